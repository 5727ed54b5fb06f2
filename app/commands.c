/* The table of commands. A new command is a row here and a function in a command_*.c file. */
#include "app/app.h"

static const struct app_option compare_options[] = {
    {"before", 0, "DATE", "the days before this one against those from it on"},
    {"window", 0, "LENGTH", "with --before: how many days on each side (28d)"},
    {"a", 'a', "QUERY", "one segment; the other is --b"},
    {"b", 'b', "QUERY", "against this one"},
    {"since", 0, "TIME", "with --a and --b: begin of the period (2026-11-01, or 30d)"},
    {"until", 0, "TIME", "with --a and --b: end of the period"},
    {"query", 'q', "QUERY", "of what matches this only; without BRAND: of everything kept"},
    {"zone", 'z', "ZONE", "time zone that dates and days are meant in (the configuration's)"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option crawl_options[] = {
    {"once", 0, NULL, "fetch what is new, then stop"},
    {"source", 's', "NAME", "this source only"},
    {"since", 0, "TIME", "go back to here (2026-11-01, or 90d), also where newer things are known"},
    {"dry-run", 0, NULL, "say what would be asked and what it costs; ask nobody"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option run_options[] = {
    {"source", 's', "NAME", "this source only"},
    {"since", 0, "TIME", "go back to here (2026-11-01, or 90d), also where newer things are known"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option detect_options[] = {
    {"csv", 0, "FILE", "the series: a head, then rows \"timestamp,value\""},
    {NULL, 0, NULL, NULL},
};

static const struct app_option digest_options[] = {
    {"period", 'p', "RHYTHM", "daily (default), weekly or monthly: the last whole one"},
    {"so-far", 0, NULL, "the one that has begun, up to now"},
    {"zone", 0, "ZONE", "whose days they are (as the configuration says)"},
    {"html", 0, "FILE", "write it as the page that mail programs show"},
    {"send", 0, NULL, "queue it for all who get digests of that rhythm"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option drivers_options[] = {
    {"since", 0, "TIME", "begin of the period (2026-11-01, or 30d)"},
    {"until", 0, "TIME", "end of the period"},
    {"query", 'q', "QUERY", "of what matches this only; without BRAND: of everything kept"},
    {"zone", 'z', "ZONE", "time zone that dates are meant in (the configuration's)"},
    {"least", 0, "COUNT", "leave out topics with fewer mentions (10)"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option import_options[] = {
    {"source", 's', "NAME", "name it is stored under; settings are those of the configured source"},
    {"kind", 'k', "KIND", "survey, jsonl or answer, where the contents do not show it"},
    {"recipe", 'r', "NAME", "recipe that reads a saved answer"},
    {"url", 0, "URL", "where a saved answer came from"},
    {"about", 0, "BRAND", "whom all of it is about; may be given several times"},
    {"map", 0, "FILE", "what the columns of a survey are (YAML)"},
    {"dry-run", 0, NULL, "say what was understood, show the first rows, store nothing"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option init_options[] = {
    {"brand", 'b', "NAME", "your brand"},
    {"brand-competitor", 0, "NAME", "a competitor of it; may be given several times"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option kpi_options[] = {
    {"since", 0, "TIME", "begin of the period (2026-11-01, or 30d)"},
    {"until", 0, "TIME", "end of the period"},
    {"query", 'q', "QUERY", "of what matches this only; without BRAND: of everything kept"},
    {"by", 0, "DIMENSION[,DIMENSION]",
     "channel, source, language, country, topic, stage or brand; two: each by each"},
    {"views", 0, NULL, "the last 24 hours, 7 days, 30 days and 13 months side by side"},
    {"zone", 'z', "ZONE", "time zone that dates are meant in (the configuration's)"},
    {"limit", 'n', "COUNT", "at most so many of each dimension (20)"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option lexicon_train_options[] = {
    {"from-store", 0, NULL, "learn from the rated mentions of the store"},
    {"corrections", 0, NULL, "learn from what people corrected and confirmed"},
    {"brand", 'b', "NAME", "what the labels are about, where a line has no target"},
    {"genre", 'g', "GENRE", "any, social, review or news"},
    {"labels", 0, "COUNT", "learn from at most so many texts, spread over all"},
    {"least", 0, "COUNT", "learn only of what stands in so many texts (2)"},
    {"most", 0, "COUNT", "learn so many rows, those that tell most"},
    {"without", 0, "FILE", "learn nothing of its words, one a line; ~WORD: not of it alone"},
    {"no-names", 0, NULL, "learn nothing of what is written with a capital, nor of numbers"},
    {"no-tilt", 0, NULL, "choose rare labels no more often than they are meant"},
    {"output", 'o', "FILE", "write the overlay there and show what changed"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option lexicon_test_options[] = {
    {"from-store", 0, NULL, "test on the rated mentions of the store"},
    {"corrections", 0, NULL, "test on what people corrected and confirmed"},
    {"brand", 'b', "NAME", "what the labels are about, where a line has no target"},
    {"genre", 'g', "GENRE", "any, social, review or news"},
    {"overlay", 0, "FILE", "what was learned, beside the lexicon alone"},
    {"folds", 0, "COUNT", "learn from the rest of the file and judge each of so many parts"},
    {"forward", 0, NULL, "with --folds: learn from earlier parts only"},
    {"labels", 0, "COUNT", "with --folds: learn from at most so many texts"},
    {"least", 0, "COUNT", "with --folds: learn only of what stands in so many texts (2)"},
    {"most", 0, "COUNT", "with --folds: learn so many rows, those that tell most"},
    {"without", 0, "FILE",
     "with --folds: learn nothing of its words, one a line; ~WORD: not of it alone"},
    {"no-names", 0, NULL,
     "with --folds: learn nothing of what is written with a capital, nor of numbers"},
    {"no-tilt", 0, NULL, "with --folds: choose rare labels no more often than they are meant"},
    {"worst", 0, "COUNT", "show so many of the worst errors (5)"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option lexicon_diff_options[] = {
    {"limit", 'n', "COUNT", "show at most so many words (40)"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option lexicon_explain_options[] = {
    {"language", 'l', "CODE", "in this language only (en, es, pt, it, de, fr)"},
    {"overlay", 0, "FILE", "with what was learned about it"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option mention_options[] = {
    {"status", 0, "STATUS", "none, open, answered or closed"},
    {"answered", 0, "TIME", "when it was answered (2026-11-21T09:00:00Z, or 2h ago as 2h)"},
    {"assign", 0, "NAME", "who takes care of it; \"\" = nobody"},
    {"tag", 't', "WORD", "file it under this word too; may be given several times"},
    {"untag", 0, "WORD", "no more under this one; may be given several times"},
    {"sentiment", 0, "LABEL[/BRAND]",
     "what it is: positive, neutral or negative; or machine, to take that back"},
    {"confirm", 0, NULL, "what earshot says of it is right"},
    {"note", 0, "TEXT", "write something down"},
    {"by", 0, "NAME", "who does this (the name you are logged in with)"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option incident_options[] = {
    {"note", 0, "TEXT", "write down why"},
    {"by", 0, "NAME", "who does this (the name you are logged in with)"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option query_options[] = {
    {"since", 0, "TIME", "begin of the period (2026-11-01, or 30d)"},
    {"until", 0, "TIME", "end of the period"},
    {"limit", 'n', "COUNT", "show at most so many mentions (20)"},
    {"explain", 0, NULL, "show how the query was understood and what matched where"},
    {"fail-on-match", 0, NULL, "exit with 4 when something matches (for cron)"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option report_options[] = {
    {"since", 0, "TIME", "begin of the period (2026-11-01, or 30d)"},
    {"until", 0, "TIME", "end of the period"},
    {"query", 0, "QUERY", "of what a query finds (of BRAND, or of everything kept)"},
    {"html", 0, "FILE", "write a page that needs nothing else"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option score_options[] = {
    {"explain", 0, NULL, "show every word that counted, and the rules that bent it"},
    {"brand", 'b', "NAME", "score towards this brand too; may be given several times"},
    {"language", 'l', "CODE", "what the text is in (en, es, pt, it, de, fr)"},
    {"genre", 'g', "GENRE", "any, social, review or news"},
    {"overlay", 0, "FILE", "lay what was learned over the lexicon"},
    {"classes", 0, "3", "positive, neutral or negative only: never unsure"},
    {"jsonl", 0, NULL, "read lines {\"text\": ..., \"target\": ..., \"tpos\": ...} from stdin"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option source_new_options[] = {
    {"file", 0, "PAGE", "a saved page instead of the network; URL is where it is from"},
    {"blocks", 0, NULL, "a recipe of the page's repeated blocks, whatever else there is"},
    {"allow-private", 0, NULL, "let it connect to private addresses"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option source_test_options[] = {
    {"file", 0, "PAYLOAD", "a recorded answer instead of the network"},
    {"url", 0, "URL", "fetch this very address, or for recipes that take one: ask by it"},
    {"query", 0, "TEXT", "what to search for"},
    {"explain", 0, NULL, "show what of a query goes to the site and what is checked here"},
    {"param", 'p', "NAME=VALUE", "a parameter of the recipe; may be given several times"},
    {"since", 0, "TIME", "how far back"},
    {"all", 0, NULL, "show all items"},
    {"allow-private", 0, NULL, "let it connect to private addresses"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option robots_options[] = {
    {"file", 0, "FILE", "a robots.txt at hand instead of the site's (\"-\": stdin)"},
    {"agent", 0, "TOKEN", "whom to ask for (earshot)"},
    {"allow-private", 0, NULL, "let it connect to private addresses"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option author_options[] = {
    {"source", 's', "NAME", "in this source only"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option erase_options[] = {
    {"source", 's', "NAME", "in this source only"},
    {"block", 0, NULL, "and take in nothing by the author from now on"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option store_restore_options[] = {
    {"replace", 0, NULL, "put it in the place of a store that is there, which is kept beside it"},
    {NULL, 0, NULL, NULL},
};

const struct app_command app_commands[] = {
    {"budget", "", "show what may be spent, and what is",
     "What sites count (searches, units, dollars), how much of it is spent in the period at hand, "
     "and "
     "what is expected to be spent until it ends. The site's own bounds hold; `budget:` of a "
     "source "
     "lowers them, and must be given where money is paid. What is scarce is spread over the "
     "period, "
     "and spent where it brings most mentions.",
     0, 0, NULL, command_budget},
    {"compare", "[BRAND]", "say whether two times or two segments differ",
     "Every KPI before and after a day, or of one segment and another: the difference with its 95 "
     "% "
     "interval, and how often chance alone makes one as large: whole days (or whole stories) are "
     "shuffled between the sides, always in the same way, so that the answer can be repeated.\n\n"
     "    earshot compare Acme --before 2026-10-01 --window 28d\n"
     "    earshot compare Acme --a lang:es --b lang:en --since 90d\n"
     "    earshot compare Acme --a channel:review --b channel:social --format md",
     0, 1, compare_options, command_compare},
    {"config check", "", "say whether the configuration is right",
     "Reads the configuration, the brands' queries and the sources' recipes, and tells every "
     "mistake with its line and column. Asks nobody.",
     0, 0, NULL, command_config_check},
    {"config options", "", "list every option of the configuration file",
     "One line an option: name, type, default, range and what it does.", 0, 0, NULL,
     command_config_options},
    {"config show", "", "show the values in force",
     "Prints the configuration as it is understood, defaults included, secrets as ***.", 0, 0, NULL,
     command_config_show},
    {"config survey-map", "", "list every option of a survey's map",
     "What a file given to `earshot import --map`, or named by `map:` at a source, may say of the "
     "columns of a survey.",
     0, 0, NULL, command_config_survey_map},
    {"crawl", "", "poll the sources and store what they bring",
     "Polls every source once until it has caught up, stores and scores what is new, raises alerts "
     "and sends the mail that is due. Exit code 3 says that some sources failed; what the others "
     "brought is stored.\n\n"
     "    earshot crawl --once\n"
     "    earshot crawl --once --source hackernews --since 90d",
     0, 0, crawl_options, command_crawl},
    {"detect", "", "find bursts in a series of counts",
     "Reads an evenly spaced series and prints its rows with a score (0.5 and above is an alarm), "
     "the ratio to what is loud, and the value at which that would be 1. Nothing is stored; no row "
     "sees what comes after it.\n\n"
     "    earshot detect --csv counts.csv",
     0, 0, detect_options, command_detect},
    {"digest", "[BRAND]", "show or send what people get daily, weekly or monthly",
     "Tiles with change, trend, topics that rose and fell, what was said for and against with the "
     "words that decided, the market, incidents, and how well the sources were asked. Whoever has "
     "digests: in the configuration (people, webhooks) gets it by itself, at digest.at of his own "
     "time zone.\n\n"
     "    earshot digest Acme --period weekly\n"
     "    earshot digest --period monthly --html october.html\n"
     "    earshot digest --so-far --send",
     0, 1, digest_options, command_digest},
    {"drivers", "[BRAND]", "say what to mend first: which topics cost most",
     "Ranks the topics by their impact: how much is said about them, how far their sentiment lies "
     "below the rest, how far it spreads; each with its 95 % interval.\n\n"
     "    earshot drivers Acme --since 90d\n"
     "    earshot drivers Acme --query 'stage:purchase channel:review'",
     0, 1, drivers_options, command_drivers},
    {"feed", "BRAND", "print a brand's JSON Feed",
     "The newest fifty mentions as JSON Feed 1.1, as `earshot run` serves it under "
     "/feed/BRAND.json.",
     1, 1, NULL, command_feed},
    {"help", "[COMMAND]", "say what a command does",
     "Without a command: the list of all. --format md prints it all as Markdown; \"earshot help "
     "manual\" prints the manual page (mdoc).",
     0, 2, NULL, command_help},
    {"import", "FILE...", "take in surveys, exports and saved pages",
     "Takes answers to surveys (CSV as Typeform, SurveyMonkey, Delighted, Qualtrics, Google Forms "
     "and "
     "spreadsheets write it), JSON lines as `store export` prints them, and saved pages or answers "
     "of sites. What a file is, its contents show. Importing it again adds nothing; what was "
     "edited "
     "is updated. The columns of a survey are found out from their names and values; --dry-run "
     "says "
     "what was understood and stores nothing; a map (--map, or `map:` of the source) says it "
     "otherwise. Addresses of people are never stored. Exit code 3: something in it was not "
     "understood; the rest is in.\n\n"
     "    earshot import survey.csv --dry-run\n"
     "    earshot import survey.csv --source nps-2026 --about Acme --map columns.yaml\n"
     "    earshot import page.html --recipe trustpilot-page --about Acme\n"
     "    earshot import backup.jsonl",
     1, 1000, import_options, command_import},
    {"incident ack", "ID...", "say that somebody knows of an incident",
     "Nothing more is sent of it but its end. Works while earshot runs.\n\n"
     "    earshot incident ack 3 --note 'the carrier has lost a lorry'",
     1, 100, incident_options, command_incident_ack},
    {"incident list", "", "list the incidents",
     "Newest first, with expected and seen, and what people said of them.", 0, 0, NULL,
     command_incident_list},
    {"incident merge", "ID... INTO", "make incidents a part of another one",
     "For one story that was found as several, of the same brand. Nothing more is sent of the "
     "parts; what is sent of INTO names them. Works while earshot runs.\n\n"
     "    earshot incident merge 4 5 3",
     2, 100, incident_options, command_incident_merge},
    {"incident mute", "ID...", "send nothing more of an incident",
     "What waits in the outbox of it is dropped. Its life goes on, and stands in reports and "
     "digests. Works while earshot runs.",
     1, 100, incident_options, command_incident_mute},
    {"incident resume", "ID...", "take back what was said of an incident",
     "It is told of as if it had never been acknowledged, muted or merged.", 1, 100,
     incident_options, command_incident_resume},
    {"incident show", "ID", "show an incident with its evidence",
     "What was expected and seen, the new words, where it came from, how it spread, the loudest "
     "mentions, what was sent, and what people said of it.",
     1, 1, NULL, command_incident_show},
    {"init", "", "write a configuration to start from",
     "Writes a commented configuration with sources that need no key. It never overwrites one.\n\n"
     "    earshot init --brand \"Acme\" --brand-competitor \"Globex\"",
     0, 0, init_options, command_init},
    {"kpi", "[BRAND]", "tell the KPIs of a brand or of any segment",
     "Every KPI with its 95 % interval, n, change against the period before and against the same "
     "weekdays of the four weeks before; or by the members of a dimension, such as the stages of "
     "the customer's journey by the channels they were met in; or the short view beside the long "
     "one. Without BRAND: your first brand, or with --query everything kept.\n\n"
     "    earshot kpi Acme --since 7d\n"
     "    earshot kpi Acme --by stage,channel\n"
     "    earshot kpi Acme --query 'topic:delivery lang:es' --views\n"
     "    earshot kpi --query '\"new roaster\"' --format csv",
     0, 1, kpi_options, command_kpi},
    {"kpi list", "", "list the KPIs with their formulas",
     "Every number earshot prints is one of these: formula, interval, where it comes from, and the "
     "version of its definition: numbers of one version can be compared.",
     0, 0, NULL, command_kpi_list},
    {"lexicon diff", "OVERLAY [OVERLAY]", "show what an overlay changed",
     "The words of an overlay beside the lexicon, or of two overlays beside each other, those that "
     "changed most first.",
     1, 2, lexicon_diff_options, command_lexicon_diff},
    {"lexicon explain", "WORD...", "say where the meaning of a word comes from",
     "The rows of the lexicons and rules that name the word, or the lemma it is a form of: file "
     "and "
     "line, valence, tags; and the phrases it is part of.\n\n"
     "    earshot lexicon explain delayed --language en",
     1, 8, lexicon_explain_options, command_lexicon_explain},
    {"lexicon test", "[FILE]", "measure how well labelled texts are judged",
     "Accuracy, F1, what was taken for what, how often it is right when it is how sure, and the "
     "worst errors with their reasons. FILE holds lines as for `lexicon train`. With --folds it "
     "also learns, each time from the rest of the file, and says what that gains.\n\n"
     "    earshot lexicon test labelled.jsonl --folds 5\n"
     "    earshot lexicon test labelled.jsonl --overlay acme.overlay.tsv",
     0, 1, lexicon_test_options, command_lexicon_test},
    {"lexicon train", "[FILE]", "learn words from labelled texts",
     "Reads lines {\"text\": ..., \"label\": \"negative\"} (or \"stars\": 1 to 5; also "
     "\"target\", \"lang\", \"genre\"), or CSV with columns of these names, and writes an overlay: "
     "what each word is worth in these "
     "texts, where that differs from the lexicon. A few hundred labels of one brand are enough to "
     "feel it. The lexicon stays as it is.\n\n"
     "    earshot lexicon train labelled.jsonl --brand Acme --output acme.overlay.tsv\n"
     "    earshot lexicon train --from-store --genre review --output reviews.overlay.tsv\n"
     "    earshot lexicon train --corrections --brand Acme --output acme.overlay.tsv",
     0, 1, lexicon_train_options, command_lexicon_train},
    {"mention", "ID... [set]", "show a mention in full, or do something about it",
     "Shows text, scores with the words that made them, what people did about it, its thread, its "
     "copies, and what else its author wrote. With `set` at the end: tags it, gives it to "
     "somebody, "
     "notes that it was answered or closed, corrects or confirms its sentiment. A correction "
     "counts "
     "in every number from then on, stays when the source is polled again, and is what `lexicon "
     "train --corrections` learns from; what earshot itself said stays beside it. Works while "
     "earshot runs.\n\n"
     "    earshot mention 17\n"
     "    earshot mention 17 set --tag refund --assign jo --status open\n"
     "    earshot mention 17 18 set --sentiment negative/Acme --note 'irony'\n"
     "    earshot query 'status:open assigned:jo'",
     1, 1000, mention_options, command_mention},
    {"outbox drop", "ID...", "give up messages that wait",
     "They are not sent, and not told of in digests. Stop earshot run first.", 1, 100, NULL,
     command_outbox_drop},
    {"outbox list", "", "list what was, and what waits to be, delivered",
     "Every message with its state, attempts and the server's last answer.", 0, 0, NULL,
     command_outbox_list},
    {"outbox retry", "ID...", "queue messages again",
     "What failed, expired or was dropped gets new attempts under its old id. Stop earshot run "
     "first.",
     1, 100, NULL, command_outbox_retry},
    {"outbox show", "ID", "show a message with what became of it",
     "What is posted or mailed, whole; of what was sent only what is kept: its text is not.", 1, 1,
     NULL, command_outbox_show},
    {"people list", "", "list who is told what",
     "What the configuration says (people), and what somebody has had enough of by the link in a "
     "mail.",
     0, 0, NULL, command_people_list},
    {"people resume", "EMAIL", "mail somebody again who had enough of it",
     "Takes back what was said by the link in a mail. Stop earshot run first.", 1, 1, NULL,
     command_people_resume},
    {"privacy block", "AUTHOR", "take in nothing by an author from now on",
     "AUTHOR is the name, handle or key that a source gives, whole. The store keeps only a keyed "
     "hash; the key lies beside it in DATA_DIR.key. Stop earshot run first.",
     1, 1, author_options, command_privacy_block},
    {"privacy erase", "AUTHOR", "forget what an author has written",
     "Empties every mention by AUTHOR: texts, names and addresses go, numbers stay in the series. "
     "A "
     "source that still lists them brings nothing back. Stop earshot run first; \"earshot store "
     "compact\" then leaves nothing in the file.",
     1, 1, erase_options, command_privacy_erase},
    {"privacy export", "AUTHOR", "print everything that is kept of an author",
     "Mentions as JSON lines, as \"earshot store export\" prints them.", 1, 1, author_options,
     command_privacy_export},
    {"privacy unblock", "AUTHOR", "take in what an author writes again", "", 1, 1, author_options,
     command_privacy_unblock},
    {"query", "QUERY...", "find mentions",
     "Finds mentions of the period (30 days, or what the query says), newest first.\n\n"
     "    earshot query 'acme AND (refund OR return*) lang:es'\n"
     "    earshot query 'acme NEAR/5 broken -\"acme brick\"' --explain\n"
     "    earshot query 'label:negative since:7d' --format csv",
     1, 100, query_options, command_query},
    {"report", "[BRAND]", "show how a brand stands",
     "KPIs with intervals, trend, incidents, topics, sources, best and worst mentions of the "
     "period (30 days): of a brand, of a part of it, or of what nobody configured.\n\n"
     "    earshot report\n"
     "    earshot report Acme --since 7d --html acme.html\n"
     "    earshot report Acme --query 'lang:es topic:delivery'\n"
     "    earshot report --query 'initech OR \"initech cloud\"'",
     0, 1, report_options, command_report},
    {"robots", "URL", "say whether a robots.txt lets us fetch a URL",
     "Asks the site, and judges by RFC 9309, with the line that decided. Exit code 1: it does "
     "not.\n\n"
     "    earshot robots https://shop.example/reviews?page=2",
     1, 1, robots_options, command_robots},
    {"run", "", "poll, store, alert and serve until stopped",
     "The daemon. Polls every source at its interval, serves feeds on the address of "
     "`serve.listen`, and takes there what webhooks deliver (POST /hook/NAME). SIGINT or SIGTERM "
     "ends it cleanly, a second one at once. SIGHUP has it read the configuration again: one with "
     "mistakes is told and changes nothing.",
     0, 0, run_options, command_run},
    {"score", "[TEXT...]", "score a text and show why",
     "Scores a text as a whole and towards brands.\n\n"
     "    earshot score --explain 'Love Acme, but the delivery was not great' --brand Acme\n"
     "    earshot score --jsonl --classes 3 < lines.jsonl",
     0, 1000, score_options, command_score},
    {"serve", "", "serve the page and the feeds, poll nothing",
     "Serves what is stored on the address of `serve.listen`, also beside a crawl in another "
     "process.",
     0, 0, NULL, command_serve},
    {"source list", "", "list the sources and their health",
     "Last success, failures in a row and why, mentions brought.", 0, 0, NULL, command_source_list},
    {"source new", "URL", "draft a source for a site",
     "Looks at a page and at a few places where sites say what they offer, and prints a source for "
     "you to finish: by a recipe that knows the address or the site's software, a feed, reviews "
     "that the page states for machines, or else a recipe of the blocks that repeat on the page. "
     "What was found, and how to try it, goes to stderr. Obeys robots.txt; asks sixteen questions "
     "at most.\n\n"
     "    earshot source new https://forum.example/\n"
     "    earshot source new https://shop.example/reviews > recipes/shop-example.yaml",
     1, 1, source_new_options, command_source_new},
    {"source recipes", "[NAME]", "list the recipes that come with earshot",
     "What can be polled, and what it needs; then what may not be polled. With NAME everything "
     "about "
     "one: its site's terms and limits, what it gives and cannot, how long that may be kept, what "
     "has to be deleted, its parameters.",
     0, 1, NULL, command_source_recipes},
    {"source test", "NAME", "try a source or recipe without storing anything",
     "Shows what is asked, what came, which fields were found and the first items. NAME is a "
     "configured source or a recipe.\n\n"
     "    earshot source test feed --url https://example.com/feed.xml\n"
     "    earshot source test hackernews --query 'acme* lang:en' --explain\n"
     "    earshot source test steam --param app=620 --file reviews.json",
     1, 1, source_test_options, command_source_test},
    {"store backup", "FOLDER", "copy the store while it is in use",
     "Writes the store as it is at this moment into a new folder, with a MANIFEST that has its "
     "checksum. earshot run may go on meanwhile.",
     1, 1, NULL, command_store_backup},
    {"store compact", "", "rewrite the store without its free pages",
     "Gives room back to the disk, and leaves nothing of what was erased. Stop earshot run first.",
     0, 0, NULL, command_store_compact},
    {"store export", "", "print every mention as JSON lines", "In order of arrival.", 0, 0, NULL,
     command_store_export},
    {"store restore", "FOLDER", "put a backup back",
     "Checks the backup against its MANIFEST first. Stop earshot run before.", 1, 1,
     store_restore_options, command_store_restore},
    {"store stats", "", "say how large the store is", "Counts and bytes.", 0, 0, NULL,
     command_store_stats},
    {"store verify", "", "recount the store",
     "Recounts every series, timeline and identity from the mentions; any disagreement is an "
     "error.",
     0, 0, NULL, command_store_verify},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
