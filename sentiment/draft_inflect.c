/* Inflected forms and spellings without accents, made once at load. */
#include "sentiment/draft.h"
#include "sentiment/token.h"

static bool sense_is_blank(const struct sense *sense) {
    for (int i = 0; i < GENRE_COUNT; i++) {
        if (sense->valence[i] != 0) {
            return false;
        }
    }
    return sense->roles == 0 && sense->strength == 0;
}

/* What a made form takes from its lemma where it was listed for another reason: as the first word
 * of a phrase it means what the lemma means; with a meaning of its own it takes the topics. */
static void sense_complete(struct draft *draft, uint32_t form, uint32_t lemma) {
    const struct sense *from = &draft->senses[lemma];
    for (uint32_t i = draft->forms[form].links; i != 0; i = draft->links[i].next) {
        struct sense *to = &draft->senses[draft->links[i].sense];
        if (to->language != from->language || to == from) {
            continue;
        }
        if (sense_is_blank(to)) {
            uint32_t phrases = to->phrases;
            *to = *from;
            to->phrases = phrases;
        } else if (to->topics[0] == 0) {
            memcpy(to->topics, from->topics, sizeof to->topics);
        }
    }
}

static void form_make(struct draft *draft, struct span stem, struct span ending, uint32_t sense) {
    char text[LIMIT_FORM];
    if (stem.size + ending.size > sizeof text || stem.size < 2) {
        return;
    }
    memcpy(text, stem.data, stem.size);
    memcpy(text + stem.size, ending.data, ending.size);
    uint32_t form = draft_add_form(draft, (struct span){text, stem.size + ending.size});
    if (!draft_link(draft, form, sense)) {
        sense_complete(draft, form, sense);
    }
}

/* The row with the longest ending that fits. */
static const struct inflection *inflection_find(const struct draft *draft, unsigned language,
                                                struct span lemma) {
    const struct inflection *best = NULL;
    for (size_t i = 0; i < draft->inflection_counts[language]; i++) {
        const struct inflection *row = &draft->inflections[language][i];
        if (span_ends_with(lemma, row->ending) &&
            (best == NULL || row->ending.size > best->ending.size)) {
            best = row;
        }
    }
    return best;
}

/* A form's text where adding forms does not move it. */
static struct span form_copy(const struct draft *draft, uint32_t form, char copy[LIMIT_FORM]) {
    struct span text = draft_text(draft, draft->forms[form].text);
    memcpy(copy, text.data, text.size);
    return (struct span){copy, text.size};
}

static void lemma_inflect(struct draft *draft, struct lemma lemma) {
    char copy[LIMIT_FORM];
    struct span text = form_copy(draft, lemma.form, copy);
    const struct inflection *row =
        inflection_find(draft, draft->senses[lemma.sense].language, text);
    if (row == NULL) {
        return;
    }
    struct span stem = span_first(text, text.size - row->ending.size);
    struct span rest = row->replacements;
    struct span ending;
    while (rest.size > 0 && span_split(&rest, ' ', &ending)) {
        form_make(draft, stem, span_equal(ending, SPAN("-")) ? SPAN("") : ending, lemma.sense);
    }
}

/* People leave accents out: "perdon", "schoen". A German vowel without its dots is another word
 * ("schon"), so there the two-letter spelling is made. */
static void form_without_accents(struct draft *draft, uint32_t form) {
    char copy[LIMIT_FORM];
    struct span text = form_copy(draft, form, copy);
    for (uint32_t i = draft->forms[form].links; i != 0; i = draft->links[i].next) {
        uint32_t sense = draft->links[i].sense;
        unsigned language = draft->senses[sense].language;
        char plain[2 * LIMIT_FORM];
        size_t size = token_without_accents(text, language == LANGUAGE_DE, plain);
        if (size > 2 && size <= LIMIT_FORM && !span_equal((struct span){plain, size}, text)) {
            form_make(draft, (struct span){plain, size}, SPAN(""), sense);
        }
    }
}

void draft_inflect(struct draft *draft) {
    for (size_t i = 0; i < draft->lemma_count; i++) {
        lemma_inflect(draft, draft->lemmas[i]);
    }
    size_t count = draft->form_count;
    for (size_t i = 1; i < count; i++) {
        form_without_accents(draft, (uint32_t)i);
    }
}
