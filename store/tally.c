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
