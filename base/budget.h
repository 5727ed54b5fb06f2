/* What a site lets be spent on it: so many searches a day, so many dollars a month. */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include "base/zone.h"

enum budget_period { BUDGET_HOUR, BUDGET_DAY, BUDGET_MONTH };
bool budget_period_parse(struct span name, enum budget_period *period);
const char *budget_period_name(enum budget_period period);

/* One rule of a site. What is counted has a name, "searches" or "units", of which a request, or an item
 * of an answer, takes so many. */
struct budget {
    struct span name;
    enum budget_period period;
    struct span zone;  /* IANA name: where its hours, days and months begin; empty = UTC */
    double most;       /* in a period; 0 = the site sets no bound: who pays must (money), or may */
    double request;    /* what a request takes: of the listing, and of what is asked before it */
    double follow;     /* ... for the sake of single items */
    double item;       /* each item that an answer shows, new or not */
    int64_t page;      /* items that one answer shows at most: held back before it is asked for */
    struct span money; /* "USD": it is paid for. Empty: it is not */
};

/* When the period began that `now_ms` lies in, and when the next begins. */
int64_t budget_begin_ms(const struct budget *budget, struct zone *zone, int64_t now_ms);
int64_t budget_end_ms(const struct budget *budget, struct zone *zone, int64_t now_ms);

/* "12", "$3.40", "3.40 EUR", "1,200". */
#define BUDGET_TEXT_SIZE 48
const char *budget_print(const struct budget *budget, double amount, char text[BUDGET_TEXT_SIZE]);

#endif
