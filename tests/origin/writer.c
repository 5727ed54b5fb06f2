#include "tests/origin/writer.h"

#include "base/limits.h"

const char *writer_pick(const struct writer *writer, const char *const *list) {
    size_t count = 0;
    while (list[count] != NULL) {
        count++;
    }
    return list[dice_roll(writer->dice, count)];
}

size_t writer_pick_many(const struct writer *writer, const char *const *list, const char **picked,
                        size_t most) {
    size_t count = 0;
    while (list[count] != NULL) {
        count++;
    }
    size_t taken = 0;
    /* Selection sampling: each of the rest is as probable as what is still wanted of it. */
    for (size_t i = 0; i < count && taken < most; i++) {
        if (dice_roll(writer->dice, count - i) < most - taken) {
            picked[taken++] = list[i];
        }
    }
    return taken;
}

/* A word that holds the brand's name without being it: a place, say. */
static void fill_hidden(const struct writer *writer, struct buffer *out) {
    static const char *const endings[] = {"ville", "ton", "berg", "mouth", NULL};
    buffer_append(out, span_is_empty(writer->brand) ? writer->other : writer->brand);
    buffer_append_string(out, writer_pick(writer, endings));
}

static void fill_slot(const struct writer *writer, char slot, struct buffer *out) {
    const struct phrasebook *book = writer->book;
    switch (slot) {
    case 'b':
        if (span_is_empty(writer->brand)) {
            buffer_append_string(out, book->nobody);
        } else {
            buffer_append(out, writer->brand);
        }
        break;
    case 'c':
        buffer_append(out, writer->other);
        break;
    case 'x':
        fill_hidden(writer, out);
        break;
    case 'p':
        buffer_append_string(out, writer_pick(writer, book->products));
        break;
    case 'k':
        buffer_append_string(out, writer_pick(writer, book->towns));
        break;
    case 's':
        buffer_append_string(out, writer_pick(writer, book->people));
        break;
    case 'd':
        buffer_append_string(out, writer_pick(writer, book->days));
        break;
    case 'n':
        buffer_print(out, "%d", dice_between(writer->dice, 2, 9));
        break;
    case 'm': {
        struct span money = span_of(book->money);
        size_t number = span_find(money, SPAN("%d"));
        buffer_append(out, span_first(money, number));
        buffer_print(out, "%d", dice_between(writer->dice, 3, 24) * 10 - 1);
        buffer_append(out, span_from(money, number + 2));
        break;
    }
    default:
        fatal("phrase book %s: no slot {%c}", book->language, slot);
    }
}

/* Within one text a slot keeps what it was given: the town in the headline is the town in the
 * story. */
struct span writer_fill(const struct writer *writer, const char *template) {
    struct span given['z' - 'a' + 1] = {{NULL, 0}};
    struct buffer out;
    buffer_init(&out, LIMIT_TEXT);
    for (const char *at = template; *at != '\0'; at++) {
        if (at[0] != '{' || at[1] < 'a' || at[1] > 'z' || at[2] != '}') {
            buffer_append_byte(&out, *at);
            continue;
        }
        struct span *value = &given[at[1] - 'a'];
        if (value->data == NULL) {
            size_t begin = out.size;
            fill_slot(writer, at[1], &out);
            *value = arena_copy(writer->arena, span_from(buffer_span(&out), begin));
        } else {
            buffer_append(&out, *value);
        }
        at += 2;
    }
    /* A slot may open the sentence with a product. */
    if (out.size > 0 && out.data[0] >= 'a' && out.data[0] <= 'z') {
        out.data[0] = (char)(out.data[0] - 'a' + 'A');
    }
    struct span text = arena_copy(writer->arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

struct choice {
    enum topic topic;
    enum polarity polarity;
    bool named;
};

static bool phrase_fits(const struct phrase *phrase, const struct choice *choice) {
    bool named = strstr(phrase->text, "{b}") != NULL;
    return phrase->topic == choice->topic && phrase->polarity == choice->polarity &&
           named == choice->named;
}

/* A phrase that fits, or NULL where the book has none. */
static const char *choose(const struct writer *writer, const struct phrase *list, size_t count,
                          const struct choice *choice) {
    size_t fitting = 0;
    for (size_t i = 0; i < count; i++) {
        fitting += phrase_fits(&list[i], choice) ? 1 : 0;
    }
    if (fitting == 0) {
        return NULL;
    }
    size_t left = dice_roll(writer->dice, fitting);
    for (size_t i = 0; i < count; i++) {
        if (phrase_fits(&list[i], choice) && left-- == 0) {
            return list[i].text;
        }
    }
    return NULL;
}

/* The topic's own phrase if there is one, else a general one of the same feeling. */
static const char *choose_or_general(const struct writer *writer,
                                     const struct writer_request *request, bool named) {
    const struct phrasebook *book = writer->book;
    struct choice choice = {request->topic, request->polarity, named};
    const char *found = NULL;
    if (request->incident) {
        found = choose(writer, book->incident, book->incident_count, &choice);
    }
    if (found == NULL) {
        found = choose(writer, book->phrases, book->phrase_count, &choice);
    }
    if (found == NULL) {
        choice.topic = TOPIC_GENERAL;
        found = choose(writer, book->phrases, book->phrase_count, &choice);
    }
    if (found == NULL) {
        fatal("phrase book %s: nothing %s to say", book->language,
              polarity_name(request->polarity));
    }
    return found;
}

#define SENTENCES_MOST 8

static bool said_before(const char *const *said, int count) {
    for (int i = 0; i < count; i++) {
        if (said[i] == said[count]) {
            return true;
        }
    }
    return false;
}

struct span writer_say(const struct writer *writer, const struct writer_request *request) {
    struct buffer out;
    buffer_init(&out, LIMIT_TEXT);
    const char *opening = choose_or_general(writer, request, !span_is_empty(writer->brand));
    struct span first = writer_fill(writer, opening);
    int sentences = dice_between(writer->dice, 1, request->most);
    if (writer->book->openings != NULL && dice_chance(writer->dice, 12)) {
        buffer_append_string(&out, writer_pick(writer, writer->book->openings));
    }
    buffer_append(&out, first);
    const char *said[SENTENCES_MOST] = {opening};
    for (int i = 1; i < sentences; i++) {
        said[i] = choose_or_general(writer, request, false);
        if (!said_before(said, i)) {
            buffer_append_byte(&out, ' ');
            buffer_append(&out, writer_fill(writer, said[i]));
        }
    }
    if (dice_chance(writer->dice, 10)) {
        buffer_append_byte(&out, ' ');
        buffer_append_string(&out, writer_pick(writer, writer->book->closings));
    }
    struct span text = arena_copy(writer->arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

struct span writer_compare(const struct writer *writer, enum polarity *brand,
                           enum polarity *other) {
    const struct phrasebook *book = writer->book;
    const struct comparison *chosen =
        &book->comparisons[dice_roll(writer->dice, book->comparison_count)];
    *brand = chosen->brand;
    *other = chosen->other;
    return writer_fill(writer, chosen->text);
}

struct span writer_ramble(const struct writer *writer, bool *hides) {
    const char *chosen =
        writer->book->unrelated[dice_roll(writer->dice, writer->book->unrelated_count)];
    *hides = strstr(chosen, "{x}") != NULL;
    return writer_fill(writer, chosen);
}

struct span writer_title(const struct writer *writer, enum polarity polarity) {
    return span_of(writer_pick(writer, writer->book->titles[polarity]));
}

/* Swaps two letters in the middle of one lower-case ASCII word of five letters or more: brand
 * names begin with a capital and stay whole. */
static void misspell(const struct writer *writer, struct buffer *text) {
    size_t at = dice_roll(writer->dice, text->size);
    while (at < text->size && text->data[at] != ' ') {
        at++;
    }
    size_t begin = at + 1;
    size_t end = begin;
    while (end < text->size && text->data[end] >= 'a' && text->data[end] <= 'z') {
        end++;
    }
    if (end >= begin + 5) {
        size_t swap = begin + 1 + dice_roll(writer->dice, end - begin - 3);
        char kept = text->data[swap];
        text->data[swap] = text->data[swap + 1];
        text->data[swap + 1] = kept;
    }
}

static void add_emoji(const struct writer *writer, enum polarity polarity, struct buffer *out) {
    static const char *const bad[] = {"😡", "😠", "👎", "😞", "🤬", ":(", NULL};
    static const char *const flat[] = {"🤔", "📦", "🎮", NULL};
    static const char *const good[] = {"😍", "👍", "🎉", "❤️", "😊", ":)", NULL};
    static const char *const *const emoji[] = {flat, bad, flat, good};
    buffer_append_byte(out, ' ');
    buffer_append_string(out, writer_pick(writer, emoji[polarity]));
}

/* "#brellin": how people tag a brand. */
static void add_hashtag(struct span name, struct buffer *out) {
    buffer_append_string(out, " #");
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] != ' ') {
            buffer_append_byte(out, byte_to_lower(name.data[i]));
        }
    }
}

struct span writer_roughen(const struct writer *writer, struct span text, enum polarity polarity,
                           bool social) {
    static const char *const tags[] = {" #gaming", " #gamedev", " #tech", " #gadgets", NULL};
    struct buffer out;
    buffer_init(&out, LIMIT_TEXT);
    buffer_append(&out, text);
    if (dice_chance(writer->dice, 7)) {
        misspell(writer, &out);
    }
    if (polarity != POLARITY_NEUTRAL && out.size > 0 && out.data[out.size - 1] == '.' &&
        dice_chance(writer->dice, 12)) {
        out.size--;
        buffer_append_string(&out, dice_chance(writer->dice, 50) ? "!!!" : "!");
    }
    if (social) {
        if (dice_chance(writer->dice, 35)) {
            add_emoji(writer, polarity, &out);
        }
        if (!span_is_empty(writer->brand)) {
            add_hashtag(writer->brand, &out);
        }
        if (!span_is_empty(writer->other)) {
            add_hashtag(writer->other, &out);
        }
        if (span_is_empty(writer->brand) || dice_chance(writer->dice, 30)) {
            buffer_append_string(&out, writer_pick(writer, tags));
        }
    }
    struct span rough = arena_copy(writer->arena, buffer_span(&out));
    buffer_done(&out);
    return rough;
}
