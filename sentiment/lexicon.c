#include "sentiment/lexicon.h"

#include "base/embed.h"
#include "base/hash.h"
#include "sentiment/lexicon_build.h"
#include "sentiment/token.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 1 << 16 };

static struct span form_text(const struct lexicon *lexicon, uint32_t form) {
    const struct form *row = &lexicon->forms[form];
    return (struct span){lexicon->pool + row->text, row->size};
}

static struct slot *slot_find(const struct lexicon *lexicon, struct span folded, uint64_t hash) {
    size_t mask = lexicon->slot_count - 1;
    uint32_t tag = (uint32_t)(hash >> 32);
    for (size_t slot = (size_t)hash & mask;; slot = (slot + 1) & mask) {
        struct slot *found = &lexicon->slots[slot];
        if (found->form == NO_FORM) {
            return found;
        }
        if (found->hash == tag && span_equal(form_text(lexicon, found->form), folded)) {
            return found;
        }
    }
}

static void slots_double(struct lexicon *lexicon) {
    lexicon->slot_count = lexicon->slot_count == 0 ? SLOTS_FIRST : lexicon->slot_count * 2;
    free(lexicon->slots);
    lexicon->slots = NEW_ARRAY(struct slot, lexicon->slot_count);
    for (size_t i = 1; i < lexicon->form_count; i++) {
        struct span text = form_text(lexicon, (uint32_t)i);
        uint64_t hash = hash_bytes(text);
        *slot_find(lexicon, text, hash) =
            (struct slot){.hash = (uint32_t)(hash >> 32), .form = (uint32_t)i};
    }
}

uint32_t lexicon_find(const struct lexicon *lexicon, struct span folded) {
    return slot_find(lexicon, folded, hash_bytes(folded))->form;
}

const struct form *lexicon_form(const struct lexicon *lexicon, uint32_t form) {
    return &lexicon->forms[form];
}

static uint32_t pool_add(struct lexicon *lexicon, struct span text) {
    while (lexicon->pool_size + text.size > lexicon->pool_capacity) {
        lexicon->pool = memory_grow(lexicon->pool, lexicon->pool_capacity, &lexicon->pool_capacity,
                                    sizeof *lexicon->pool);
    }
    memcpy(lexicon->pool + lexicon->pool_size, text.data, text.size);
    lexicon->pool_size += text.size;
    return (uint32_t)(lexicon->pool_size - text.size);
}

uint32_t lexicon_add_form(struct lexicon *lexicon, struct span folded) {
    if (lexicon->form_count * 2 >= lexicon->slot_count) {
        slots_double(lexicon);
    }
    uint64_t hash = hash_bytes(folded);
    struct slot *slot = slot_find(lexicon, folded, hash);
    if (slot->form != NO_FORM) {
        return slot->form;
    }
    lexicon->forms = memory_grow(lexicon->forms, lexicon->form_count, &lexicon->form_capacity,
                                 sizeof *lexicon->forms);
    struct form *form = &lexicon->forms[lexicon->form_count];
    *form = (struct form){.text = pool_add(lexicon, folded), .size = (uint32_t)folded.size};
    *slot = (struct slot){.hash = (uint32_t)(hash >> 32), .form = (uint32_t)lexicon->form_count};
    return (uint32_t)lexicon->form_count++;
}

static uint32_t sense_add(struct lexicon *lexicon, const struct sense *sense) {
    lexicon->senses = memory_grow(lexicon->senses, lexicon->sense_count, &lexicon->sense_capacity,
                                  sizeof *lexicon->senses);
    lexicon->senses[lexicon->sense_count] = *sense;
    return (uint32_t)lexicon->sense_count++;
}

static struct link *link_find(const struct lexicon *lexicon, uint32_t form, unsigned language) {
    for (uint32_t i = lexicon->forms[form].links; i != 0; i = lexicon->links[i].next) {
        if (lexicon->senses[lexicon->links[i].sense].language == language) {
            return &lexicon->links[i];
        }
    }
    return NULL;
}

bool lexicon_link(struct lexicon *lexicon, uint32_t form, uint32_t sense) {
    unsigned language = lexicon->senses[sense].language;
    if (link_find(lexicon, form, language) != NULL) {
        return false;
    }
    lexicon->links = memory_grow(lexicon->links, lexicon->link_count, &lexicon->link_capacity,
                                 sizeof *lexicon->links);
    lexicon->links[lexicon->link_count] =
        (struct link){.sense = sense, .next = lexicon->forms[form].links};
    lexicon->forms[form].links = (uint32_t)lexicon->link_count++;
    lexicon->forms[form].vocabulary |= (uint8_t)(1U << language);
    return true;
}

uint32_t lexicon_own_sense(struct lexicon *lexicon, uint32_t form, enum language language,
                           struct span text) {
    struct link *link = link_find(lexicon, form, language);
    if (link != NULL && lexicon->senses[link->sense].owner == form) {
        return link->sense;
    }
    struct sense sense = {.language = (uint8_t)language};
    if (link != NULL) {
        sense = lexicon->senses[link->sense];
    }
    sense.owner = form;
    sense.text = text;
    uint32_t added = sense_add(lexicon, &sense);
    if (link != NULL) {
        link->sense = added;
    } else {
        (void)lexicon_link(lexicon, form, added);
    }
    return added;
}

static bool phrase_same(const struct phrase *phrase, const uint32_t *forms, size_t count) {
    return phrase->count == count && memcmp(phrase->forms, forms, count * sizeof *forms) == 0;
}

static uint32_t phrase_sense(struct lexicon *lexicon, const uint32_t *forms, size_t count,
                             struct sense sense) {
    uint32_t first = lexicon_own_sense(lexicon, forms[0], sense.language, sense.text);
    uint32_t *place = &lexicon->senses[first].phrases;
    while (*place != 0 && lexicon->phrases[*place].count >= count) {
        if (phrase_same(&lexicon->phrases[*place], forms, count)) {
            return lexicon->phrases[*place].sense;
        }
        place = &lexicon->phrases[*place].next;
    }
    struct phrase phrase = {.count = (uint32_t)count, .next = *place};
    memcpy(phrase.forms, forms, count * sizeof *forms);
    lexicon->phrases = memory_grow(lexicon->phrases, lexicon->phrase_count,
                                   &lexicon->phrase_capacity, sizeof *lexicon->phrases);
    /* The table may have moved, and with it the place that names the next one. */
    uint32_t number = (uint32_t)lexicon->phrase_count++;
    place = &lexicon->senses[first].phrases;
    while (*place != phrase.next) {
        place = &lexicon->phrases[*place].next;
    }
    *place = number;
    phrase.sense = sense_add(lexicon, &sense);
    lexicon->phrases[number] = phrase;
    return phrase.sense;
}

uint32_t lexicon_entry(struct lexicon *lexicon, struct span text, enum language language) {
    struct tokens tokens;
    tokens_split(text, lexicon->scratch, &tokens);
    uint32_t forms[PHRASE_WORDS];
    size_t count = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.list[i];
        bool any = token->kind == TOKEN_MARK && token->mark == '*' && count > 0;
        if (token->kind == TOKEN_MARK && !any) {
            continue;
        }
        if (count == PHRASE_WORDS) {
            return 0;
        }
        forms[count++] = any ? NO_FORM : lexicon_add_form(lexicon, token->folded);
    }
    if (count == 0) {
        return 0;
    }
    if (count == 1) {
        return lexicon_own_sense(lexicon, forms[0], language, text);
    }
    struct sense sense = {.language = (uint8_t)language, .text = text, .owner = forms[0]};
    return phrase_sense(lexicon, forms, count, sense);
}

const struct sense *lexicon_sense(const struct lexicon *lexicon, uint32_t form,
                                  enum language language) {
    const struct sense *everywhere = NULL;
    for (uint32_t i = lexicon->forms[form].links; i != 0; i = lexicon->links[i].next) {
        const struct sense *sense = &lexicon->senses[lexicon->links[i].sense];
        if (sense->language == language) {
            return sense;
        }
        if (sense->language == LANGUAGE_ANY) {
            everywhere = sense;
        }
    }
    return everywhere;
}

const struct phrase *lexicon_phrase(const struct lexicon *lexicon, uint32_t phrase) {
    return &lexicon->phrases[phrase];
}

const struct sense *lexicon_phrase_sense(const struct lexicon *lexicon,
                                         const struct phrase *phrase) {
    return &lexicon->senses[phrase->sense];
}

const struct settings *lexicon_settings(const struct lexicon *lexicon, enum language language,
                                        enum genre genre) {
    return &lexicon->settings[language][genre];
}

const struct span *lexicon_topics(const struct lexicon *lexicon, size_t *count) {
    *count = lexicon->topic_count;
    return lexicon->topics;
}

struct lexicon_size lexicon_size(const struct lexicon *lexicon) {
    return (struct lexicon_size){lexicon->form_count - 1, lexicon->sense_count - 1,
                                 lexicon->phrase_count - 1};
}

/* Number 0 of every table means "none". */
static struct lexicon *lexicon_create(void) {
    struct lexicon *lexicon = NEW(struct lexicon);
    lexicon->scratch = arena_create();
    slots_double(lexicon);
    lexicon->forms = memory_grow(NULL, 0, &lexicon->form_capacity, sizeof *lexicon->forms);
    lexicon->forms[lexicon->form_count++] = (struct form){0};
    lexicon->links = memory_grow(NULL, 0, &lexicon->link_capacity, sizeof *lexicon->links);
    lexicon->links[lexicon->link_count++] = (struct link){0};
    lexicon->phrases = memory_grow(NULL, 0, &lexicon->phrase_capacity, sizeof *lexicon->phrases);
    lexicon->phrases[lexicon->phrase_count++] = (struct phrase){0};
    (void)sense_add(lexicon, &(struct sense){.language = LANGUAGE_SLOTS});
    return lexicon;
}

bool lexicon_open(struct lexicon **lexicon, struct error *error) {
    struct lexicon *made = lexicon_create();
    for (const struct embedded_file *file = embedded_lexicons; file->name != NULL; file++) {
        if (!lexicon_read(made, span_of(file->name), embedded_span(file), error)) {
            lexicon_close(made);
            return error_add_context(error, "%s", file->name);
        }
        arena_reset(made->scratch);
    }
    lexicon_inflect(made);
    *lexicon = made;
    return true;
}

void lexicon_close(struct lexicon *lexicon) {
    if (lexicon == NULL) {
        return;
    }
    arena_free(lexicon->scratch);
    free(lexicon->pool);
    free(lexicon->forms);
    free(lexicon->slots);
    free(lexicon->links);
    free(lexicon->senses);
    free(lexicon->phrases);
    free(lexicon->lemmas);
    free(lexicon);
}
