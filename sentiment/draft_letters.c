/* Letters by language, learned from the words that the lexicon lists for it and their inflected
 * forms: a naive Bayes model over three letters in a row (Cavnar and Trenkle 1994 showed how far
 * letter groups go). Rather few and clean words than many: what it must tell apart is six. */
#include "sentiment/draft.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 1 << LETTERS_BITS };

/* A function word is met more often than another: counts as so many. */
static const double function_weight = 10;

/* Added to every count in 10,000, so that what was never seen is unlikely and not impossible. */
static const double unseen = 0.5;
static const double counted_in = 10000;

static const double steps_per_nat = 15;

struct counts {
    double rows[ROWS][LANGUAGE_COUNT];
    double all[LANGUAGE_COUNT];
};

static void count_word(struct counts *counts, struct span word, unsigned language, double weight) {
    uint32_t three = 0;
    for (size_t i = 0; i <= word.size; i++) {
        three = three >> 8 | (uint32_t)(unsigned char)(i < word.size ? word.data[i] : 0) << 16;
        if (i > 0) {
            counts->rows[letters_row(three)][language] += weight;
            counts->all[language] += weight;
        }
    }
}

static void count_form(struct counts *counts, const struct draft *draft, uint32_t number) {
    const struct draft_form *form = &draft->forms[number];
    for (uint32_t i = form->links; i != 0; i = draft->links[i].next) {
        unsigned language = draft->senses[draft->links[i].sense].language;
        bool function = (form->function >> language & 1U) != 0;
        if (language < LANGUAGE_COUNT) {
            count_word(counts, draft_text(draft, form->text), language,
                       function ? function_weight : 1);
        }
    }
}

static int8_t weight_of(double count, double all) {
    double share = all > 0 ? count / all * counted_in : 0;
    double likelier = (share + unseen) / (counted_in / ROWS);
    return (int8_t)lround(fmax(-127, fmin(127, steps_per_nat * log(likelier))));
}

void draft_learn_letters(const struct draft *draft, struct letters *rows) {
    struct counts *counts = NEW(struct counts);
    for (uint32_t i = 1; i < draft->form_count; i++) {
        count_form(counts, draft, i);
    }
    for (size_t i = 0; i < ROWS; i++) {
        for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
            rows[i].weight[language] = weight_of(counts->rows[i][language], counts->all[language]);
        }
    }
    free(counts);
}
