#include "parsers/message_words.h"

#include "base/buffer.h"
#include "base/limits.h"

#include <stdlib.h>

/* "On Tue, 3 Nov 2026 at 10:11, Somebody With A Long Name <somebody@example.com> wrote:" is broken
 * into three lines at most. */
#define ATTRIBUTION_LINES 4
#define ATTRIBUTION_BYTES ((size_t)400)

/* Behind "Best regards" come a name, a company, an address: short lines, and not many. */
#define CLOSING_LINES ((size_t)12)
#define CLOSING_LINE_BYTES ((size_t)80)

/* "Sent from my Example Phone 17 Pro": longer ones are somebody's sentence. */
#define DEVICE_BYTES ((size_t)60)

struct line {
    struct span text;
    bool gone;
};

struct lines {
    struct line *list;
    size_t count;
};

/* --- Words of mail programs ------------------------------------------------------------------- */

static const char *const originals[] = {
    "original message",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "ursprüngliche nachricht",
    "ursprungliche nachricht",
    "originalnachricht",
    "message d'origine",
    "message d’origine",
    "message original",
    NULL,
};

static const char *const forwards[] = {
    "forwarded message",      "mensaje reenviado",   "mensagem encaminhada",
    "mensagem reencaminhada", "messaggio inoltrato", "weitergeleitete nachricht",
    "message transféré",      "message réexpédié",   NULL,
};

/* "On ... wrote:": how it begins, and what stands in it further on. */
static const struct attribution {
    const char *begins;
    const char *verb;
} attributions[] = {
    {"on ", "wrote"},    {"am ", "schrieb"},    {"le ", "a écrit"},        {"el ", "escribió"},
    {"em ", "escreveu"}, {"il ", "ha scritto"}, {"il giorno ", "scritto"}, {"in data ", "scritto"},
    {"den ", "schrieb"}, {"a ", "escreveu"},    {"no dia ", "escreveu"},
};

/* The head of a message that Outlook quotes. */
static const char *const head_from[] = {"from:", "von:", "de:", "de :", "da:", "*from:*", NULL};
static const char *const head_rest[] = {
    "sent:",     "date:",    "to:",     "cc:",      "subject:",    "gesendet:",   "datum:",
    "an:",       "betreff:", "envoyé:", "envoyé :", "à:",          "à :",         "À:",
    "À :",       "objet:",   "objet :", "enviado:", "enviado el:", "enviada em:", "fecha:",
    "data:",     "para:",    "asunto:", "assunto:", "inviato:",    "a:",          "oggetto:",
    "reply-to:", "cc :",     "date :",  "bcc:",     NULL,
};

static const char *const devices[] = {
    "sent from my ",
    "sent from mail for ",
    "get outlook for ",
    "sent via ",
    "von meinem ",
    "gesendet mit der ",
    "gesendet von mail ",
    "gesendet von meinem ",
    "envoyé de mon ",
    "envoyé depuis ",
    "envoyé à partir de ",
    "enviado desde mi ",
    "enviado desde ",
    "enviado do meu ",
    "enviado a partir ",
    "inviato da ",
    "inviato dal mio ",
    "outlook für ",
    "obtener outlook para ",
    "télécharger outlook ",
    NULL,
};

static const char *const closings[] = {
    "best regards",
    "kind regards",
    "warm regards",
    "with kind regards",
    "regards",
    "best wishes",
    "sincerely",
    "yours sincerely",
    "yours faithfully",
    "sincerely yours",
    "yours truly",
    "cheers",
    "all the best",
    "many thanks and best regards",
    "mit freundlichen grüßen",
    "mit freundlichen grüssen",
    "mit freundlichem gruß",
    "freundliche grüße",
    "freundliche grüsse",
    "viele grüße",
    "beste grüße",
    "liebe grüße",
    "herzliche grüße",
    "schöne grüße",
    "gruß",
    "grüße",
    "mfg",
    "vg",
    "lg",
    "hochachtungsvoll",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "sincères salutations",
    "salutations",
    "meilleures salutations",
    "amicalement",
    "respectueusement",
    "saludos",
    "un saludo",
    "saludos cordiales",
    "un cordial saludo",
    "atentamente",
    "cordialmente",
    "un abrazo",
    "atenciosamente",
    "atentamente",
    "cumprimentos",
    "com os melhores cumprimentos",
    "melhores cumprimentos",
    "abraços",
    "um abraço",
    "att",
    "cordiali saluti",
    "distinti saluti",
    "saluti",
    "un saluto",
    "in fede",
    "cari saluti",
    NULL,
};

static const char *const automatic[] = {
    "automatic reply",
    "auto reply",
    "autoreply",
    "auto-reply",
    "out of office",
    "out-of-office",
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesenheit",
    "autoreponse",
    "réponse automatique",
    "absence du bureau",
    "respuesta automática",
    "fuera de la oficina",
    "resposta automática",
    "fora do escritório",
    "risposta automatica",
    "fuori ufficio",
    NULL,
};

/* --- Looking at lines ------------------------------------------------------------------------- */

static bool begins_with_any(struct span text, const char *const *words) {
    for (; *words != NULL; words++) {
        if (span_starts_with_nocase(text, span_of(*words))) {
            return true;
        }
    }
    return false;
}

static bool equals_any(struct span text, const char *const *words) {
    for (; *words != NULL; words++) {
        if (span_equal_nocase(text, span_of(*words))) {
            return true;
        }
    }
    return false;
}

bool message_subject_is_automatic(struct span subject) {
    return begins_with_any(span_trim(subject), automatic);
}

/* What is left of a line without these bytes off both ends. */
static struct span stripped(struct span text, const char *bytes) {
    while (text.size > 0 && byte_is_any_of(text.data[0], bytes)) {
        text = span_from(text, 1);
    }
    while (text.size > 0 && byte_is_any_of(text.data[text.size - 1], bytes)) {
        text.size--;
    }
    return text;
}

/* "-----Original Message-----", "---------- Forwarded message ---------". */
static bool is_ruled(struct span line, const char *const *words) {
    return span_starts_with(line, SPAN("--")) && equals_any(stripped(line, "- \t"), words);
}

static bool is_forward(struct span line) {
    static const char *const apple[] = {"begin forwarded message:",
                                        "anfang der weitergeleiteten nachricht:",
                                        "début du message transféré :",
                                        "inicio del mensaje reenviado:",
                                        "início da mensagem encaminhada:",
                                        "inizio messaggio inoltrato:",
                                        NULL};
    return is_ruled(line, forwards) || equals_any(line, apple);
}

static bool is_quoted(struct span line) {
    return span_starts_with(line, SPAN(">")) || span_starts_with(line, SPAN("|>"));
}

static bool has_digit(struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        if (byte_is_digit(text.data[i])) {
            return true;
        }
    }
    return false;
}

static struct span line_at(const struct lines *lines, size_t at) {
    return at < lines->count ? span_trim(lines->list[at].text) : (struct span){NULL, 0};
}

static size_t next_filled(const struct lines *lines, size_t at) {
    while (at < lines->count && line_at(lines, at).size == 0) {
        at++;
    }
    return at;
}

/* How many lines an attribution that begins here has; 0: none does. It has a date, and ends with a
 * colon. */
static size_t attribution_size(const struct lines *lines, size_t at) {
    struct span first = line_at(lines, at);
    for (size_t a = 0; a < sizeof attributions / sizeof attributions[0]; a++) {
        if (!span_starts_with_nocase(first, span_of(attributions[a].begins))) {
            continue;
        }
        bool verb = false;
        bool dated = false;
        size_t bytes = 0;
        for (size_t i = 0; i < ATTRIBUTION_LINES; i++) {
            struct span line = line_at(lines, at + i);
            bytes += line.size;
            verb = verb || span_find_nocase(line, span_of(attributions[a].verb)) != SPAN_NOT_FOUND;
            dated = dated || has_digit(line);
            if (line.size == 0 || bytes > ATTRIBUTION_BYTES) {
                break;
            }
            if (verb && dated && line.data[line.size - 1] == ':') {
                return i + 1;
            }
        }
    }
    return 0;
}

/* Lines of a message's head from here on: From first, three in all at least; 0: there is none. */
static size_t head_size(const struct lines *lines, size_t at) {
    size_t size = 0;
    size_t known = 0;
    if (!begins_with_any(stripped(line_at(lines, at), "* "), head_from)) {
        return 0;
    }
    while (size < 10) {
        struct span line = stripped(line_at(lines, at + size), "* ");
        bool from = begins_with_any(line, head_from);
        bool rest = begins_with_any(line, head_rest);
        if (line.size == 0 || (!from && !rest && known < 2)) {
            break;
        }
        known += from || rest;
        size++;
        if (!from && !rest) {
            break; /* the rest of a long subject, or the first line of the text */
        }
    }
    return known >= 3 ? size : 0;
}

/* --- Taking away ------------------------------------------------------------------------------ */

static void take(struct lines *lines, size_t from, size_t end) {
    for (size_t i = from; i < end && i < lines->count; i++) {
        lines->list[i].gone = true;
    }
}

/* A name, a place, a number: what stands under a greeting. */
static bool is_signature(const struct lines *lines, size_t from, size_t end) {
    size_t filled = 0;
    for (size_t i = from; i < end; i++) {
        struct span line = line_at(lines, i);
        filled += line.size > 0 && !lines->list[i].gone;
        if (line.size > CLOSING_LINE_BYTES) {
            return false;
        }
    }
    return filled <= CLOSING_LINES;
}

static bool is_postscript(struct span line) {
    static const char *const marks[] = {"ps:", "p.s.", "ps ", "pd:", "p.d.", "p.s:", NULL};
    return begins_with_any(line, marks);
}

/* The end of what belongs to a signature that begins at `at`: a postscript, a quotation, the end. */
static size_t signature_end(const struct lines *lines, size_t at) {
    while (at < lines->count && !lines->list[at].gone && !is_postscript(line_at(lines, at))) {
        at++;
    }
    return at;
}

static void take_signatures(struct lines *lines) {
    for (size_t i = 0; i < lines->count; i++) {
        struct span line = lines->list[i].text;
        struct span bare = stripped(line_at(lines, i), ",.!- \t");
        if (lines->list[i].gone) {
            continue;
        }
        size_t end = signature_end(lines, i + 1);
        if (span_equal(line, SPAN("-- ")) || span_equal(line, SPAN("--"))) {
            take(lines, i, end);
        } else if (begins_with_any(line_at(lines, i), devices) && line.size <= DEVICE_BYTES) {
            take(lines, i, i + 1);
        } else if (equals_any(bare, closings)) {
            take(lines, i, is_signature(lines, i + 1, end) ? end : i + 1);
        }
    }
}

/* What a line at `at` begins, and where the lines that are taken away for it end; `at` itself when it
 * begins nothing. */
static size_t quotation_end(const struct lines *lines, size_t at, bool *forwarded) {
    struct span line = line_at(lines, at);
    if (is_quoted(line)) {
        return at + 1;
    }
    if (is_forward(line)) {
        *forwarded = true;
        size_t head = next_filled(lines, at + 1);
        return head + head_size(lines, head);
    }
    size_t attribution = attribution_size(lines, at);
    if (attribution > 0) {
        /* With marks on its lines the quotation ends where they do; without, nowhere. */
        size_t next = next_filled(lines, at + attribution);
        return is_quoted(line_at(lines, next)) ? next : lines->count;
    }
    if (is_ruled(line, originals)) {
        return lines->count;
    }
    size_t head = head_size(lines, at);
    if (head > 0) {
        return *forwarded ? at + head : lines->count;
    }
    /* Outlook's rule: underscores above the head. */
    bool rule = line.size >= 20 && stripped(line, "_").size == 0;
    return rule && head_size(lines, next_filled(lines, at + 1)) > 0 ? lines->count : at;
}

static void take_quotations(struct lines *lines) {
    bool forwarded = false;
    size_t at = 0;
    while (at < lines->count) {
        size_t end = quotation_end(lines, at, &forwarded);
        take(lines, at, end);
        at = end > at ? end : at + 1;
    }
}

/* --- The whole -------------------------------------------------------------------------------- */

static struct lines split(struct span text, struct arena *arena) {
    struct lines lines = {0};
    size_t capacity = 0;
    struct span line;
    struct span rest = text.size == 0 ? SPAN("") : text;
    while (span_split(&rest, '\n', &line)) {
        if (span_ends_with(line, SPAN("\r"))) {
            line.size--;
        }
        lines.list = arena_grow(arena, lines.list, lines.count, &capacity, sizeof *lines.list);
        lines.list[lines.count++] = (struct line){.text = line};
    }
    return lines;
}

struct span message_own_words(struct span text, struct arena *arena) {
    struct lines lines = split(text, arena);
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    bool blank = true; /* the line before is: one is enough */
    take_quotations(&lines);
    take_signatures(&lines);
    for (size_t i = 0; i < lines.count; i++) {
        struct span line = span_trim(lines.list[i].text);
        if (lines.list[i].gone || (line.size == 0 && blank)) {
            continue;
        }
        memcpy(out + size, line.data, line.size);
        size += line.size;
        out[size++] = '\n';
        blank = line.size == 0;
    }
    return span_trim((struct span){out, size});
}

static size_t quote_depth(struct span line) {
    size_t depth = 0;
    while (depth < line.size && line.data[depth] == '>') {
        depth++;
    }
    return depth;
}

struct span message_unflow(struct span text, bool delete_space, struct arena *arena) {
    struct lines lines = split(text, arena);
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    bool flows = false; /* the line before ends in a space */
    size_t depth_before = 0;
    for (size_t i = 0; i < lines.count; i++) {
        struct span line = lines.list[i].text;
        size_t depth = quote_depth(line);
        struct span body = span_from(line, depth);
        if (span_starts_with(body, SPAN(" "))) {
            body = span_from(body, 1); /* space-stuffing */
        }
        bool signature = span_equal(body, SPAN("-- "));
        bool joins = flows && depth == depth_before && !signature;
        if (joins) {
            size -= delete_space ? 2 : 1; /* the line feed, and the space before it */
            line = body;
        } else if (depth == 0) {
            line = body;
        }
        memcpy(out + size, line.data, line.size);
        size += line.size;
        out[size++] = '\n';
        flows = !signature && span_ends_with(body, SPAN(" "));
        depth_before = depth;
    }
    return (struct span){out, size > 0 ? size - 1 : 0};
}

/* --- HTML ------------------------------------------------------------------------------------- */

static struct span tag_at(struct span html, size_t at) {
    struct span tag = span_from(html, at);
    size_t end = span_find_byte(tag, '>');
    return end == SPAN_NOT_FOUND ? tag : span_first(tag, end + 1);
}

static bool opens_quotation(struct span tag) {
    static const struct span marks[] = {{"type=\"cite\"", 11}, {"type=3D\"cite\"", 13},
                                        {"type='cite'", 11},   {"type=cite", 9},
                                        {"gmail_quote", 11},   {"moz-cite", 8}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (span_find_nocase(tag, marks[i]) != SPAN_NOT_FOUND) {
            return true;
        }
    }
    return false;
}

/* Where the element that begins with the tag at `at` ends: behind its end tag, or the end of all. */
static size_t quotation_html_end(struct span html, size_t at) {
    static const struct span name = {"blockquote", 10};
    size_t depth = 0;
    while (at < html.size) {
        struct span tag = tag_at(html, at);
        bool closes = span_starts_with(tag, SPAN("</"));
        if (span_starts_with_nocase(span_from(tag, closes ? 2 : 1), name)) {
            depth = closes ? depth - 1 : depth + 1;
        }
        at += tag.size;
        if (depth == 0) {
            return at;
        }
        size_t next = span_find_byte(span_from(html, at), '<');
        at = next == SPAN_NOT_FOUND ? html.size : at + next;
    }
    return html.size;
}

struct span message_unquote_html(struct span html, struct arena *arena) {
    static const struct span open = {"<blockquote", 11};
    char *out = arena_allocate(arena, html.size + 1);
    size_t size = 0;
    size_t at = 0;
    while (at < html.size) {
        size_t found = span_find_byte(span_from(html, at), '<');
        size_t next = found == SPAN_NOT_FOUND ? html.size : at + found;
        memcpy(out + size, html.data + at, next - at);
        size += next - at;
        at = next;
        if (at == html.size) {
            break;
        }
        struct span tag = tag_at(html, at);
        if (span_starts_with_nocase(tag, open) && opens_quotation(tag)) {
            at = quotation_html_end(html, at);
        } else {
            memcpy(out + size, tag.data, tag.size);
            size += tag.size;
            at += tag.size;
        }
    }
    return (struct span){out, size};
}
