#include "report/rhythm.h"

#define DAYS_MOST 62 /* within which every rhythm falls twice */

static bool day_is_of(const struct config *config, enum rhythm rhythm, const struct date *day) {
    switch (rhythm) {
    case RHYTHM_WEEKLY:
        return day->weekday == config->digest.weekday;
    case RHYTHM_MONTHLY:
        return day->day == config->digest.monthday;
    case RHYTHM_DAILY:
    case RHYTHM_COUNT:
        break;
    }
    return true;
}

/* The day `days` after today's. */
static struct date day_at(struct zone *zone, int64_t now_ms, int days) {
    struct date today = zone_date(zone, now_ms);
    today.hour = today.minute = today.second = today.ms = 0;
    return date_from_ms(date_to_ms(&today) + (int64_t)days * DAY_MS);
}

/* When that day's digest goes out. */
static int64_t sent_ms(const struct config *config, struct zone *zone, const struct date *day) {
    int64_t at_ms = 0;
    struct date moment = *day;
    (void)config_parse_time_of_day(config->digest.at, &at_ms);
    moment.hour = (int)(at_ms / HOUR_MS);
    moment.minute = (int)(at_ms % HOUR_MS / MINUTE_MS);
    return zone_moment(zone, &moment);
}

struct period rhythm_last(const struct config *config, enum rhythm rhythm, struct zone *zone,
                          int64_t now_ms) {
    int64_t ends_ms[2] = {now_ms, now_ms};
    size_t found = 0;
    for (int i = 0; found < 2 && i < DAYS_MOST; i++) {
        struct date day = day_at(zone, now_ms, -i);
        bool gone_out = found > 0 || sent_ms(config, zone, &day) <= now_ms;
        if (gone_out && day_is_of(config, rhythm, &day)) {
            ends_ms[found++] = zone_moment(zone, &day);
        }
    }
    return (struct period){ends_ms[1], ends_ms[0]};
}

int64_t rhythm_next_ms(const struct config *config, enum rhythm rhythm, struct zone *zone,
                       int64_t now_ms) {
    for (int i = 0; i < DAYS_MOST; i++) {
        struct date day = day_at(zone, now_ms, i);
        int64_t ms = sent_ms(config, zone, &day);
        if (ms > now_ms && day_is_of(config, rhythm, &day)) {
            return ms;
        }
    }
    return now_ms + DAY_MS;
}
