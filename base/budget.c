#include "base/budget.h"

#include <math.h>
#include <stdio.h>

static const char *const period_names[] = {
    [BUDGET_HOUR] = "hour", [BUDGET_DAY] = "day", [BUDGET_MONTH] = "month"};

bool budget_period_parse(struct span name, enum budget_period *period) {
    for (size_t i = 0; i < sizeof period_names / sizeof *period_names; i++) {
        if (span_equal(name, span_of(period_names[i]))) {
            *period = (enum budget_period)i;
            return true;
        }
    }
    return false;
}

const char *budget_period_name(enum budget_period period) {
    return period_names[period];
}

static struct date period_begin(const struct budget *budget, struct zone *zone, int64_t now_ms) {
    struct date date = zone_date(zone, now_ms);
    date.minute = 0;
    date.second = 0;
    date.ms = 0;
    if (budget->period != BUDGET_HOUR) {
        date.hour = 0;
    }
    if (budget->period == BUDGET_MONTH) {
        date.day = 1;
    }
    return date;
}

int64_t budget_begin_ms(const struct budget *budget, struct zone *zone, int64_t now_ms) {
    struct date begin = period_begin(budget, zone, now_ms);
    int64_t begin_ms = zone_moment(zone, &begin);
    /* An hour that the clock shows twice begins twice. */
    bool repeated = budget->period == BUDGET_HOUR && now_ms - begin_ms >= HOUR_MS;
    return repeated ? begin_ms + HOUR_MS : begin_ms;
}

int64_t budget_end_ms(const struct budget *budget, struct zone *zone, int64_t now_ms) {
    int64_t begin_ms = budget_begin_ms(budget, zone, now_ms);
    if (budget->period == BUDGET_HOUR) {
        return begin_ms + HOUR_MS;
    }
    if (budget->period == BUDGET_DAY) {
        return zone_day_start(zone, begin_ms, 1);
    }
    struct date next = period_begin(budget, zone, now_ms);
    next.year += next.month == 12;
    next.month = next.month == 12 ? 1 : next.month + 1;
    return zone_moment(zone, &next);
}

/* "1,234" in place of "1234". */
static void group_digits(const char *digits, char *out, size_t capacity) {
    size_t size = strlen(digits);
    size_t at = 0;
    for (size_t i = 0; i < size && at + 2 < capacity; i++) {
        if (i > 0 && (size - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

const char *budget_print(const struct budget *budget, double amount, char text[BUDGET_TEXT_SIZE]) {
    char whole[BUDGET_TEXT_SIZE / 2];
    char grouped[BUDGET_TEXT_SIZE / 2];
    bool money = budget->money.size > 0;
    double cents = round(amount * 100);
    snprintf(whole, sizeof whole, "%.0f", money ? floor(cents / 100) : round(amount));
    group_digits(whole, grouped, sizeof grouped);
    if (!money) {
        snprintf(text, BUDGET_TEXT_SIZE, "%s", grouped);
    } else if (span_equal(budget->money, SPAN("USD"))) {
        snprintf(text, BUDGET_TEXT_SIZE, "$%s.%02d", grouped, (int)fmod(cents, 100));
    } else {
        snprintf(text, BUDGET_TEXT_SIZE, "%s.%02d %.8s", grouped, (int)fmod(cents, 100),
                 budget->money.data);
    }
    return text;
}
