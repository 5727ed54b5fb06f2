#include "report/quiet.h"

#include "base/zone.h"

int64_t quiet_until_ms(const struct config_person *person, int64_t now_ms) {
    struct config_hours quiet;
    struct zone *zone = NULL;
    if (person->quiet.size == 0 || !config_parse_hours(person->quiet, &quiet) ||
        !zone_open(person->zone, &zone, NULL)) {
        return now_ms;
    }
    struct date now = zone_date(zone, now_ms);
    int64_t time_ms = now.hour * HOUR_MS + now.minute * MINUTE_MS;
    bool over_midnight = quiet.from_ms > quiet.until_ms;
    bool evening = time_ms >= quiet.from_ms;
    bool morning = time_ms < quiet.until_ms;
    int64_t until_ms = now_ms;
    if (over_midnight ? evening || morning : evening && morning) {
        int days = over_midnight && evening ? 1 : 0;
        struct date end = zone_date(zone, zone_day_start(zone, now_ms, days));
        end.hour = (int)(quiet.until_ms / HOUR_MS);
        end.minute = (int)(quiet.until_ms % HOUR_MS / MINUTE_MS);
        until_ms = zone_moment(zone, &end);
    }
    zone_close(zone);
    /* In the night that is an hour longer the end may come twice: the first one counts. */
    return until_ms > now_ms ? until_ms : now_ms;
}
