/* earshot: listens to what people say about brands, and tells the people who must know.
 *
 * The map of the source. A mention goes from left to right:
 *
 *   due source -> crawler -> body -> parsers -> items -> match -> mentions -> sentiment -> store
 *                                                                             |
 *                            CLI, feed, page  <-  report  <-  incidents, outbox  <-+
 *
 *   app/main.c          starts here: one command of the table in app/commands.c is run
 *   app/pipeline.h      joins the rooms: polls what is due, hands each page on, commits, alerts
 *   app/crawling.h      how earshot shows itself on the wire
 *   app/assessor.h      one item becomes a mention: which brands, what score
 *   app/command_*.c     the commands, by subject
 *   app/options.c       understands the command line; app/help.c prints what the tables say
 *   base/               ground floor: text, memory, errors, configuration, query language
 *   crawler/crawler.h   the wire: transfers, robots.txt, spacing, address guard, mail
 *   parsers/parsers.h   bytes in, items out: feeds, recipes, schema.org, pages
 *   sentiment/sentiment.h  text in, scores out, with reasons
 *   store/store.h       mentions, series, source state, incidents, outbox in LMDB
 *   report/report.h     KPIs, surges, incidents, mail, feed, HTTP
 *
 * Every folder has one door, the header named after it; the rest of it is private. */
#include "app/app.h"
#include "app/options.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

/* Keys and tokens stand in memory: a crash must not write them to a disk. */
static void forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

int main(int argument_count, char **arguments) {
    setlocale(LC_CTYPE, ""); /* numbers stay in the C locale, whatever the terminal speaks */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a full disk, and told as one */
    memory_keep_freed();
    forbid_core_dumps();
    struct app app;
    enum exit_code code = EXIT_CODE_OK;
    if (options_understand(argument_count, arguments, &app, &code)) {
        code = app.command->run(&app);
    }
    app_flush(&app);
    options_done(&app);
    return (int)code;
}
