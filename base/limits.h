/* Every ceiling of the program, with its reason. Input above a ceiling is an ordinary error
 * (ERROR_LIMIT) that names the ceiling; nothing else is allowed to grow without one. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#define KIB ((size_t)1024)
#define MIB ((size_t)1024 * KIB)

/* One log line: longer than any terminal, shorter than what journald splits (48 KiB). */
#define LIMIT_LOG_LINE (16 * KIB)
#define LIMIT_LOG_TEXT (2 * KIB) /* one text in it, before escaping */

/* One fetched body after decompression. The largest real feed met was 22 MB; a page of an API is
 * under 2 MB. `crawler.max_body` sets less. */
#define LIMIT_BODY (32 * MIB)

/* A body may inflate by this factor at most once it is past 1 MiB: real text compresses 3..20 fold,
 * bombs 1,000 fold. */
#define LIMIT_INFLATE_RATIO ((size_t)200)

/* Entries of a zip archive looked at: one file is wanted, folders may stand around it. */
#define LIMIT_ARCHIVE_ENTRIES 100

/* One robots.txt: RFC 9309 2.5 asks for at least 500 KiB; the largest real one met was 853 KB. */
#define LIMIT_ROBOTS (1 * MIB)

/* Redirects followed for one request: RFC 9309 2.3.1.2 asks for five; browsers stop at 20. */
#define LIMIT_REDIRECTS 5

/* Length of one URL: what servers commonly accept (8,000 octets, RFC 9110 4.1). */
#define LIMIT_URL (8 * KIB)

/* The head of one answer: curl itself stops at 300 KiB; the largest real one met was under 20 KiB.
 */
#define LIMIT_HEADERS (128 * KIB)
#define LIMIT_HEADER_COUNT ((size_t)500)

/* One line of robots.txt: what Google's parser takes, eight times the longest URL of browsers. The
 * rest of a longer line is cut off. */
#define LIMIT_ROBOTS_LINE ((size_t)2083 * 8 - 1)

/* Hosts whose robots.txt is remembered, and domains whose spacing is: 1,000 brands' sources live on
 * fewer; the least useful go first. */
#define LIMIT_ROBOTS_HOSTS ((size_t)20 * 1000)
#define LIMIT_GOVERNOR_KEYS ((size_t)50 * 1000)

/* Nesting of JSON, XML or HTML. Reddit's deepest comment tree is 10 levels of 3; libxml2 stops at
 * 256 itself. */
#define LIMIT_DEPTH 200

/* Nodes of one parsed tree: a 1.4 MB page has 30,000; each costs libxml2 about 120 bytes. */
#define LIMIT_NODES ((size_t)2 * 1000 * 1000)

/* Attributes of one XML or HTML tag: libxml2 compares each with all before it, which takes minutes
 * for a hundred thousand. Tags of real pages have up to 60. */
#define LIMIT_ATTRIBUTES 1000

/* Items taken from one document: feeds hold 10..500, API pages 1,000. */
#define LIMIT_ITEMS ((size_t)10 * 1000)

/* Addresses taken from one sitemap: the protocol allows 50,000 in a file. */
#define LIMIT_SITEMAP ((size_t)50 * 1000)

/* Columns of one line of a data file: GDELT's have 27 and 61. */
#define LIMIT_LINE_COLUMNS 256

/* Text kept of one mention, bytes: the longest comment a site allows is 40,000 (Reddit). Articles
 * are cut here; a mention record must also fit an LMDB overflow run. */
#define LIMIT_TEXT (64 * KIB)
#define LIMIT_TITLE (1 * KIB)
/* Of a text whose time to be kept whole is over, bytes: what a search engine shows of a page, twice.
 * And never more than half of it, or short posts would stay for ever. */
#define LIMIT_EXCERPT ((size_t)320)
#define LIMIT_FIELD (1 * KIB) /* id, author, language, country and such */

/* Bytes asked for of one mail: text stands before attachments, and the longest text with all its HTML
 * met was 300 KB. And mails of one visit to a mailbox. */
#define LIMIT_MESSAGE (512 * KIB)
#define LIMIT_MESSAGES ((size_t)200)

/* One delivery to a webhook: services send one event, some of them 200 rows at once, under 256 KiB; and
 * how many may wait for the store (each holds its body), what a sender may keep up, and at once. A
 * service that has more waits and sends again, as it is told to. */
#define LIMIT_HOOK (1 * MIB)
#define LIMIT_HOOKS_WAITING ((size_t)32)
#define LIMIT_HOOK_RATE 20 /* a second */
#define LIMIT_HOOK_BURST 100

/* Pages asked for in one poll: a poll that needs more is a back-fill and goes on next time. */
#define LIMIT_PAGES 50

/* Items of one source that are followed up at once, for each kind of follow-up: what a busy listing
 * brings in the days that comments come in; the cursor that remembers them stays under 256 KiB. Then
 * the listing waits, at the end of a page. */
#define LIMIT_FOLLOWED ((size_t)2000)

/* One configuration, recipe, lexicon or rules file. */
#define LIMIT_CONFIG (1 * MIB)
#define LIMIT_CONFIG_ERRORS 50 /* then "and more": nobody reads further */

/* One row of a CSV file: a hundred answers as long as a text may be. Beyond it, a quote was not
 * closed. A file with more of those than this does not mean its quotes. */
#define LIMIT_CSV_ROW (4 * MIB)
#define LIMIT_CSV_FAULTS ((size_t)100)

/* Columns of a CSV file: what a spreadsheet can hold. */
#define LIMIT_COLUMNS ((size_t)16 * 1024)

/* Sources and people in one configuration, parameters of one source. A thousand brands with ten
 * sources each is the largest plan met; a list that long is a mistake elsewhere. */
#define LIMIT_SOURCES ((size_t)20 * 1000)
#define LIMIT_PEOPLE ((size_t)1000)
#define LIMIT_PARAMS ((size_t)64)

/* Webhooks in one configuration: a room a brand in the largest plan met would be 40. */
#define LIMIT_WEBHOOKS ((size_t)100)

/* Things that one site counts: YouTube has two. */
#define LIMIT_BUDGETS 4

/* A password, key or token: the longest bearer tokens met (signed JSON) are under 4 KiB. */
#define LIMIT_SECRET (8 * KIB)

/* One query's text, and the terms and depth of its tree: 1,000 names in an OR list must pass. */
#define LIMIT_QUERY (64 * KIB)
#define LIMIT_QUERY_TERMS ((size_t)10 * 1000)
#define LIMIT_QUERY_DEPTH 64

/* Words that NEAR and ~ may span: a long paragraph. And words of a phrase with ~, all of which are
 * looked for at every word of a text. */
#define LIMIT_QUERY_DISTANCE 100
#define LIMIT_QUERY_LOOSE 16

/* Brands in one configuration. The matcher is one automaton over all of them. */
#define LIMIT_BRANDS ((size_t)10 * 1000)

/* Brands one mention may speak of; a text that names more is a list, not an opinion. */
#define LIMIT_MENTION_BRANDS ((size_t)64)

/* Topics kept per mention. */
#define LIMIT_MENTION_TOPICS ((size_t)16)

/* What people add to one mention: names of people and tags are words, notes a paragraph; it is read
 * with the mention, each time. Verdicts: one a brand, and one on the whole text. */
#define LIMIT_WORK_NAME ((size_t)100)
#define LIMIT_WORK_NOTE (1 * KIB)
#define LIMIT_WORK_TAGS ((size_t)16)
#define LIMIT_WORK_CHANGES ((size_t)32)
#define LIMIT_WORK_VERDICTS (LIMIT_MENTION_BRANDS + 1)

/* One message to a person, encoded: Gmail cuts HTML at about 102 KB. */
#define LIMIT_MAIL (1 * MIB)
#define LIMIT_MAIL_HTML (90 * KIB)

/* One document served or rendered (feed page, report, export page). */
#define LIMIT_DOCUMENT (64 * MIB)

/* Batches waiting for the store's writer: what 50 transfers in flight bring while one commit's
 * fsync takes a tenth of a second; beyond it the crawler waits. */
#define LIMIT_STORE_QUEUE ((size_t)256)

/* Fingerprints kept in memory to find copies: 14 days of 18,000 mentions, in 70 MB. */
#define LIMIT_PRINTS ((size_t)1 << 18)
/* Older texts looked at per chain: copies follow each other closely, coincidences do not. */
#define LIMIT_PRINT_CHAIN ((size_t)256)

/* Days that one successful poll may declare covered: a year's back-fill and its leap day. */
#define LIMIT_COVERAGE_DAYS 366

/* Points of one series: a century of hours. */
#define LIMIT_POINTS ((size_t)900 * 1000)

/* Sources, and topics, that the series count one by one: as many as a configuration has sources. What a
 * store meets beyond it (an import that brings a topic of its own for every row) counts as "other". */
#define LIMIT_SERIES_MEMBERS ((uint32_t)20 * 1000)

/* Words in texts learned from at once: 50,000 posts, or 5,000 long reviews, in 200 MB. */
#define LIMIT_COURSE ((size_t)4 * 1000 * 1000)

/* Rows of incidents or outbox given to the store at once. */
#define LIMIT_ALERTS ((size_t)10 * 1000)

#endif
