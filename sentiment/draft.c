#include "sentiment/draft.h"

#include "base/embed.h"
#include "base/hash.h"
#include "sentiment/token.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 1 << 16 };

struct span draft_text(const struct draft *draft, struct text text) {
    return (struct span){draft->pool + text.offset, text.size};
}

static struct span form_text(const struct draft *draft, uint32_t form) {
    return draft_text(draft, draft->forms[form].text);
}

static struct slot *slot_find(const struct draft *draft, struct span folded, uint64_t hash) {
    size_t mask = draft->slot_count - 1;
    uint32_t tag = (uint32_t)(hash >> 32);
    for (size_t slot = (size_t)hash & mask;; slot = (slot + 1) & mask) {
        struct slot *found = &draft->slots[slot];
        if (found->form == NO_FORM) {
            return found;
        }
        if (found->hash == tag && span_equal(form_text(draft, found->form), folded)) {
            return found;
        }
    }
}

static void slots_double(struct draft *draft) {
    draft->slot_count = draft->slot_count == 0 ? SLOTS_FIRST : draft->slot_count * 2;
    free(draft->slots);
    draft->slots = NEW_ARRAY(struct slot, draft->slot_count);
    for (size_t i = 1; i < draft->form_count; i++) {
        struct span text = form_text(draft, (uint32_t)i);
        uint64_t hash = hash_bytes(text);
        *slot_find(draft, text, hash) =
            (struct slot){.hash = (uint32_t)(hash >> 32), .form = (uint32_t)i};
    }
}

struct text draft_add_text(struct draft *draft, struct span text) {
    while (draft->pool_size + text.size > draft->pool_capacity) {
        draft->pool = memory_grow(draft->pool, draft->pool_capacity, &draft->pool_capacity,
                                  sizeof *draft->pool);
    }
    memcpy(draft->pool + draft->pool_size, text.data, text.size);
    draft->pool_size += text.size;
    return (struct text){(uint32_t)(draft->pool_size - text.size), (uint32_t)text.size};
}

uint32_t draft_add_form(struct draft *draft, struct span folded) {
    if (folded.size > LIMIT_FORM) {
        return 0;
    }
    if (draft->form_count * 2 >= draft->slot_count) {
        slots_double(draft);
    }
    uint64_t hash = hash_bytes(folded);
    struct slot *slot = slot_find(draft, folded, hash);
    if (slot->form != NO_FORM) {
        return slot->form;
    }
    draft->forms =
        memory_grow(draft->forms, draft->form_count, &draft->form_capacity, sizeof *draft->forms);
    draft->forms[draft->form_count] = (struct draft_form){.text = draft_add_text(draft, folded)};
    *slot = (struct slot){.hash = (uint32_t)(hash >> 32), .form = (uint32_t)draft->form_count};
    return (uint32_t)draft->form_count++;
}

static uint32_t sense_add(struct draft *draft, const struct sense *sense) {
    draft->senses = memory_grow(draft->senses, draft->sense_count, &draft->sense_capacity,
                                sizeof *draft->senses);
    draft->senses[draft->sense_count] = *sense;
    return (uint32_t)draft->sense_count++;
}

static struct link *link_find(const struct draft *draft, uint32_t form, unsigned language) {
    for (uint32_t i = draft->forms[form].links; i != 0; i = draft->links[i].next) {
        if (draft->senses[draft->links[i].sense].language == language) {
            return &draft->links[i];
        }
    }
    return NULL;
}

bool draft_link(struct draft *draft, uint32_t form, uint32_t sense) {
    unsigned language = draft->senses[sense].language;
    if (link_find(draft, form, language) != NULL) {
        return false;
    }
    draft->links =
        memory_grow(draft->links, draft->link_count, &draft->link_capacity, sizeof *draft->links);
    draft->links[draft->link_count] =
        (struct link){.sense = sense, .next = draft->forms[form].links};
    draft->forms[form].links = (uint32_t)draft->link_count++;
    return true;
}

/* The number of the sense that a listed form has in a language, made when new; a sense it shared
 * with a lemma becomes its own. */
static uint32_t own_sense(struct draft *draft, uint32_t form, enum language language,
                          struct span text) {
    struct link *link = link_find(draft, form, language);
    if (link != NULL && draft->senses[link->sense].owner == form) {
        return link->sense;
    }
    struct sense sense = {.language = (uint8_t)language};
    if (link != NULL) {
        sense = draft->senses[link->sense];
    }
    sense.owner = form;
    sense.text = draft_add_text(draft, text);
    uint32_t added = sense_add(draft, &sense);
    if (link != NULL) {
        link->sense = added;
    } else {
        (void)draft_link(draft, form, added);
    }
    return added;
}

static bool phrase_same(const struct phrase *phrase, const uint32_t *forms, size_t count) {
    return phrase->count == count && memcmp(phrase->forms, forms, count * sizeof *forms) == 0;
}

static uint32_t phrase_sense(struct draft *draft, const uint32_t *forms, size_t count,
                             enum language language, struct span text) {
    uint32_t first = own_sense(draft, forms[0], language, text);
    uint32_t *place = &draft->senses[first].phrases;
    while (*place != 0 && draft->phrases[*place].phrase.count >= count) {
        if (phrase_same(&draft->phrases[*place].phrase, forms, count)) {
            return draft->phrases[*place].phrase.sense;
        }
        place = &draft->phrases[*place].next;
    }
    struct draft_phrase added = {.phrase.count = (uint32_t)count, .next = *place};
    memcpy(added.phrase.forms, forms, count * sizeof *forms);
    draft->phrases = memory_grow(draft->phrases, draft->phrase_count, &draft->phrase_capacity,
                                 sizeof *draft->phrases);
    /* The table may have moved, and with it the place that names the next one. */
    uint32_t number = (uint32_t)draft->phrase_count++;
    place = &draft->senses[first].phrases;
    while (*place != added.next) {
        place = &draft->phrases[*place].next;
    }
    *place = number;
    struct sense sense = {.language = (uint8_t)language, .owner = forms[0]};
    sense.text = draft_add_text(draft, text);
    added.phrase.sense = sense_add(draft, &sense);
    draft->phrases[number] = added;
    return added.phrase.sense;
}

uint32_t draft_entry(struct draft *draft, struct span text, enum language language) {
    struct tokens tokens;
    tokens_split(text, draft->scratch, &tokens);
    uint32_t forms[PHRASE_WORDS];
    size_t count = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.list[i];
        bool any = token->kind == TOKEN_MARK && token->mark == '*' && count > 0;
        if (token->kind == TOKEN_MARK && !any) {
            continue;
        }
        uint32_t form = any ? NO_FORM : draft_add_form(draft, token->folded);
        if (count == PHRASE_WORDS || (form == NO_FORM && !any)) {
            return 0;
        }
        forms[count++] = form;
    }
    if (count == 0) {
        return 0;
    }
    if (count == 1) {
        return own_sense(draft, forms[0], language, text);
    }
    return phrase_sense(draft, forms, count, language, text);
}

bool draft_is_word(struct draft *draft, uint32_t sense) {
    const struct sense *meant = &draft->senses[sense];
    const struct link *link = link_find(draft, meant->owner, (enum language)meant->language);
    return link != NULL && link->sense == sense;
}

struct draft *draft_create(void) {
    struct draft *draft = NEW(struct draft);
    draft->scratch = arena_create();
    slots_double(draft);
    draft->forms = memory_grow(NULL, 0, &draft->form_capacity, sizeof *draft->forms);
    draft->forms[draft->form_count++] = (struct draft_form){0};
    draft->links = memory_grow(NULL, 0, &draft->link_capacity, sizeof *draft->links);
    draft->links[draft->link_count++] = (struct link){0};
    draft->phrases = memory_grow(NULL, 0, &draft->phrase_capacity, sizeof *draft->phrases);
    draft->phrases[draft->phrase_count++] = (struct draft_phrase){0};
    (void)sense_add(draft, &(struct sense){.language = LANGUAGE_SLOTS});
    return draft;
}

bool draft_read_built_in(struct draft *draft, struct error *error) {
    for (const struct embedded_file *file = embedded_lexicons; file->name != NULL; file++) {
        if (!draft_read(draft, span_of(file->name), embedded_span(file), error)) {
            return false;
        }
    }
    return true;
}

void draft_free(struct draft *draft) {
    if (draft == NULL) {
        return;
    }
    arena_free(draft->scratch);
    free(draft->pool);
    free(draft->forms);
    free(draft->slots);
    free(draft->links);
    free(draft->senses);
    free(draft->phrases);
    free(draft->lemmas);
    free(draft);
}
