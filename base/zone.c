#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define NAME_MOST 64 /* the longest of the IANA's has 30 */

struct zone {
    UCalendar *calendar;
};

static bool name_widen(struct span name, UChar wide[NAME_MOST]) {
    for (size_t i = 0; i < name.size; i++) {
        if (i + 1 >= NAME_MOST || name.data[i] <= ' ' || (unsigned char)name.data[i] >= 0x7F) {
            return false;
        }
        wide[i] = (UChar)name.data[i];
    }
    wide[name.size] = 0;
    return true;
}

bool zone_is_known(struct span name) {
    UChar wide[NAME_MOST];
    UChar canonical[NAME_MOST];
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = 0;
    if (name.size == 0 || !name_widen(name, wide)) {
        return false;
    }
    ucal_getCanonicalTimeZoneID(wide, (int32_t)name.size, canonical, NAME_MOST, &is_system,
                                &status);
    return U_SUCCESS(status) && is_system;
}

bool zone_open(struct span name, struct zone **zone, struct error *error) {
    UChar wide[NAME_MOST];
    UErrorCode status = U_ZERO_ERROR;
    name = name.size == 0 ? SPAN("UTC") : name;
    if (!zone_is_known(name) || !name_widen(name, wide)) {
        return error_set(error, ERROR_USAGE,
                         "\"%.*s\" is no time zone; they are written like Europe/Madrid",
                         SPAN_ARG(span_first_utf8(name, 80)));
    }
    UCalendar *calendar = ucal_open(wide, (int32_t)name.size, "en", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status)) {
        return error_set(error, ERROR_SYSTEM, "time zone %.*s: %s", SPAN_ARG(name),
                         u_errorName(status));
    }
    *zone = NEW(struct zone);
    (*zone)->calendar = calendar;
    return true;
}

void zone_close(struct zone *zone) {
    if (zone != NULL) {
        ucal_close(zone->calendar);
        free(zone);
    }
}

int64_t zone_offset_ms(struct zone *zone, int64_t ms) {
    UErrorCode status = U_ZERO_ERROR;
    ucal_setMillis(zone->calendar, (UDate)ms, &status);
    int32_t raw = ucal_get(zone->calendar, UCAL_ZONE_OFFSET, &status);
    int32_t saving = ucal_get(zone->calendar, UCAL_DST_OFFSET, &status);
    return U_SUCCESS(status) ? (int64_t)raw + saving : 0;
}

struct date zone_date(struct zone *zone, int64_t ms) {
    return date_from_ms(ms + zone_offset_ms(zone, ms));
}

int64_t zone_moment(struct zone *zone, const struct date *local) {
    int64_t wall_ms = date_to_ms(local);
    int32_t raw = 0;
    int32_t saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    ucal_setMillis(zone->calendar, (UDate)wall_ms, &status);
    ucal_getTimeZoneOffsetFromLocal(zone->calendar, UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER,
                                    &raw, &saving, &status);
    return U_SUCCESS(status) ? wall_ms - raw - saving : wall_ms;
}

int64_t zone_day_start(struct zone *zone, int64_t ms, int days) {
    struct date local =
        date_from_ms(date_day_start(ms + zone_offset_ms(zone, ms)) + (int64_t)days * DAY_MS);
    return zone_moment(zone, &local);
}

const char *zone_print_name(struct zone *zone, int64_t ms, char text[ZONE_NAME_SIZE]) {
    UChar wide[ZONE_NAME_SIZE] = {0};
    UErrorCode status = U_ZERO_ERROR;
    ucal_setMillis(zone->calendar, (UDate)ms, &status);
    bool summer = ucal_inDaylightTime(zone->calendar, &status);
    ucal_getTimeZoneDisplayName(zone->calendar, summer ? UCAL_SHORT_DST : UCAL_SHORT_STANDARD, "en",
                                wide, ZONE_NAME_SIZE - 1, &status);
    u_strToUTF8(text, ZONE_NAME_SIZE, NULL, wide, -1, &status);
    if (U_FAILURE(status)) {
        snprintf(text, ZONE_NAME_SIZE, "local time");
    }
    return text;
}
