/* Inflected forms and spellings without accents, made once at load. */
#include "sentiment/lexicon_build.h"
#include "sentiment/token.h"

/* No form is longer than this: the longest German compound a person writes. */
enum { LIMIT_FORM = 96 };

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
static void sense_complete(struct lexicon *lexicon, uint32_t form, uint32_t lemma) {
    const struct sense *from = &lexicon->senses[lemma];
    for (uint32_t i = lexicon->forms[form].links; i != 0; i = lexicon->links[i].next) {
        struct sense *to = &lexicon->senses[lexicon->links[i].sense];
        if (to->language != from->language || to == from) {
            continue;
        }
        if (sense_is_blank(to)) {
            uint32_t phrases = to->phrases;
            uint32_t owner = to->owner;
            *to = *from;
            to->phrases = phrases;
            to->owner = owner;
        } else if (to->topics[0] == 0) {
            memcpy(to->topics, from->topics, sizeof to->topics);
        }
    }
}

static void form_make(struct lexicon *lexicon, struct span stem, struct span ending,
                      uint32_t sense) {
    char text[LIMIT_FORM];
    if (stem.size + ending.size > sizeof text || stem.size < 2) {
        return;
    }
    memcpy(text, stem.data, stem.size);
    memcpy(text + stem.size, ending.data, ending.size);
    uint32_t form = lexicon_add_form(lexicon, (struct span){text, stem.size + ending.size});
    if (!lexicon_link(lexicon, form, sense)) {
        sense_complete(lexicon, form, sense);
    }
}

/* The row with the longest ending that fits. */
static const struct inflection *inflection_find(const struct lexicon *lexicon, unsigned language,
                                                struct span lemma) {
    const struct inflection *best = NULL;
    for (size_t i = 0; i < lexicon->inflection_counts[language]; i++) {
        const struct inflection *row = &lexicon->inflections[language][i];
        if (span_ends_with(lemma, row->ending) &&
            (best == NULL || row->ending.size > best->ending.size)) {
            best = row;
        }
    }
    return best;
}

static void lemma_inflect(struct lexicon *lexicon, struct lemma lemma) {
    char copy[LIMIT_FORM]; /* the pool moves while forms are added */
    const struct form *form = &lexicon->forms[lemma.form];
    struct span text = {copy, form->size};
    if (form->size > sizeof copy) {
        return;
    }
    memcpy(copy, lexicon->pool + form->text, form->size);
    const struct inflection *row =
        inflection_find(lexicon, lexicon->senses[lemma.sense].language, text);
    if (row == NULL) {
        return;
    }
    struct span stem = span_first(text, text.size - row->ending.size);
    struct span rest = row->replacements;
    struct span ending;
    while (rest.size > 0 && span_split(&rest, ' ', &ending)) {
        form_make(lexicon, stem, span_equal(ending, SPAN("-")) ? SPAN("") : ending, lemma.sense);
    }
}

/* People leave accents out: "perdon", "schoen". A German vowel without its dots is another word
 * ("schon"), so there the two-letter spelling is made. */
static void form_without_accents(struct lexicon *lexicon, uint32_t form) {
    char copy[LIMIT_FORM];
    const struct form *row = &lexicon->forms[form];
    if (row->size > sizeof copy) {
        return;
    }
    memcpy(copy, lexicon->pool + row->text, row->size);
    for (uint32_t i = row->links; i != 0; i = lexicon->links[i].next) {
        uint32_t sense = lexicon->links[i].sense;
        unsigned language = lexicon->senses[sense].language;
        char plain[2 * LIMIT_FORM];
        size_t size = token_without_accents((struct span){copy, lexicon->forms[form].size},
                                            language == LANGUAGE_DE, plain);
        if (size > 2 && size <= LIMIT_FORM &&
            !span_equal((struct span){plain, size},
                        (struct span){copy, lexicon->forms[form].size})) {
            form_make(lexicon, (struct span){plain, size}, SPAN(""), sense);
        }
    }
}

void lexicon_inflect(struct lexicon *lexicon) {
    for (size_t i = 0; i < lexicon->lemma_count; i++) {
        lemma_inflect(lexicon, lexicon->lemmas[i]);
    }
    size_t count = lexicon->form_count;
    for (size_t i = 1; i < count; i++) {
        form_without_accents(lexicon, (uint32_t)i);
    }
}
