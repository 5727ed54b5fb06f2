#include "store/tally.h"

/* Classes as their inventors drew them: Reichheld 2003 for promoters and detractors. */
static void tally_answers(struct tally *tally, const double *answers) {
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        if (answers[i] >= 0) {
            tally->answers[i]++;
            tally->answer_sums[i] += answers[i];
            tally->answer_squares[i] += answers[i] * answers[i];
        }
    }
    tally->promoters += answers[SURVEY_NPS] >= 9;
    tally->detractors += answers[SURVEY_NPS] >= 0 && answers[SURVEY_NPS] < 7;
    tally->satisfied += answers[SURVEY_CSAT] >= 4;
}

void tally_add(struct tally *tally, const struct timeline_entry *entry) {
    tally->mentions++;
    tally->labels[entry->label]++;
    tally->score_sum += entry->score;
    tally->score_squares += entry->score * entry->score;
    if (entry->rating >= 0) {
        tally->ratings++;
        tally->rating_sum += entry->rating;
        tally->rating_squares += entry->rating * entry->rating;
    }
    tally_answers(tally, entry->answers);
    tally->reach += (uint64_t)entry->reach;
    tally->engagement += (uint64_t)entry->engagement;
}

void tally_add_counts(struct tally *tally, const struct counts *counts) {
    const int64_t *of = counts->of;
    tally->mentions += (uint64_t)of[COUNT_MENTIONS];
    tally->labels[LABEL_POSITIVE] += (uint64_t)of[COUNT_POSITIVE];
    tally->labels[LABEL_NEGATIVE] += (uint64_t)of[COUNT_NEGATIVE];
    tally->labels[LABEL_NEUTRAL] += (uint64_t)of[COUNT_NEUTRAL];
    tally->labels[LABEL_UNSURE] += (uint64_t)of[COUNT_UNSURE];
    tally->score_sum += (double)of[COUNT_SUM] / SCORE_UNITS;
    tally->score_squares += (double)of[COUNT_SQUARES] / SCORE_UNITS / SCORE_UNITS;
    tally->ratings += (uint64_t)of[COUNT_RATINGS];
    tally->rating_sum += (double)of[COUNT_RATING_SUM] / RATING_UNITS;
    tally->rating_squares += (double)of[COUNT_RATING_SQUARES] / RATING_UNITS / RATING_UNITS;
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        tally->answers[i] += (uint64_t)of[COUNT_ANSWERS + i];
        tally->answer_sums[i] += (double)of[COUNT_ANSWER_SUMS + i] / ANSWER_UNITS;
        tally->answer_squares[i] +=
            (double)of[COUNT_ANSWER_SQUARES + i] / ANSWER_UNITS / ANSWER_UNITS;
    }
    tally->promoters += (uint64_t)of[COUNT_PROMOTERS];
    tally->detractors += (uint64_t)of[COUNT_DETRACTORS];
    tally->satisfied += (uint64_t)of[COUNT_SATISFIED];
    tally->reach += (uint64_t)of[COUNT_REACH];
    tally->engagement += (uint64_t)of[COUNT_ENGAGEMENT];
}

void distinct_add(struct distinct *distinct, const struct timeline_entry *entry) {
    sketch_add(&distinct->stories, sketch_hash(entry->cluster));
    if (entry->author != 0) {
        sketch_add(&distinct->authors, sketch_hash(entry->author));
    }
}

void distinct_end(struct distinct *distinct, struct tally *tally) {
    tally->stories = sketch_count(&distinct->stories);
    tally->authors = sketch_count(&distinct->authors);
    sketch_done(&distinct->stories);
    sketch_done(&distinct->authors);
}
