#include "sentiment/score.h"

#include <math.h>

/* As VADER's: about the largest sum that a short text reaches. */
static const double normal_width = 15;

double sentiment_normalise(double sum) {
    return sum / sqrt(sum * sum + normal_width);
}

static enum label label_of(struct thresholds thresholds, double sum) {
    if (sum >= thresholds.positive) {
        return LABEL_POSITIVE;
    }
    return sum <= thresholds.negative ? LABEL_NEGATIVE : LABEL_NEUTRAL;
}

/* How far the sum lies from where another label begins. */
static double clearance(struct thresholds thresholds, double sum) {
    return fmin(fabs(sum - thresholds.positive), fabs(sum - thresholds.negative));
}

struct score score_make(const struct settings *settings, struct thresholds thresholds,
                        const struct tally *tally, bool three) {
    double sum = tally->positive - tally->negative;
    double all = tally->positive + tally->negative;
    double clash = all > 0 ? fmin(tally->positive, tally->negative) / all : 0;
    double logit = settings->confidence_base +
                   settings->confidence_slope * fmin(clearance(thresholds, sum), 4) -
                   settings->confidence_clash * clash;
    struct score score = {.value = sentiment_normalise(sum),
                          .confidence = 1 / (1 + exp(-logit)),
                          .label = label_of(thresholds, sum)};
    if (!three && tally->count > 0 && score.confidence < settings->unsure_below) {
        score.label = LABEL_UNSURE;
    }
    return score;
}
