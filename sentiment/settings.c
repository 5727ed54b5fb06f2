#include "sentiment/settings.h"

static const char *const language_codes[LANGUAGE_SLOTS] = {
    [LANGUAGE_EN] = "en", [LANGUAGE_ES] = "es", [LANGUAGE_PT] = "pt", [LANGUAGE_IT] = "it",
    [LANGUAGE_DE] = "de", [LANGUAGE_FR] = "fr", [LANGUAGE_ANY] = "",
};

static const char *const genre_names[GENRE_COUNT] = {
    [GENRE_ANY] = "any",
    [GENRE_SOCIAL] = "social",
    [GENRE_REVIEW] = "review",
    [GENRE_NEWS] = "news",
};

static const struct setting {
    const char *name;
    size_t offset;
} settings_table[] = {
#define ROW(field)                                                                                 \
    { #field, offsetof(struct settings, field) }
    ROW(negation_scope),
    ROW(negation_backward),
    ROW(negation_positive),
    ROW(negation_negative),
    ROW(booster_scope),
    ROW(booster_after),
    ROW(capitals),
    ROW(exclamation),
    ROW(irrealis),
    ROW(question),
    ROW(contrast_before),
    ROW(contrast_after),
    ROW(concede),
    ROW(mockery),
    ROW(hashtag),
    ROW(hashtag_part),
    ROW(compound_tail),
    ROW(long_text),
    ROW(long_power),
    ROW(repetition),
    ROW(negative_weight),
    ROW(positive_from),
    ROW(negative_from),
    ROW(unsure_below),
    ROW(confidence_base),
    ROW(confidence_slope),
    ROW(confidence_clash),
    ROW(target_reach),
    ROW(target_outside),
    ROW(target_consensus),
    ROW(target_text),
    ROW(target_decay),
    ROW(target_other),
    ROW(target_comma),
    ROW(target_positive),
    ROW(target_negative),
    ROW(move),
    ROW(compare_than),
    ROW(refusal),
    ROW(lack),
    ROW(ended),
    ROW(ended_scope),
#undef ROW
};

const char *language_code(enum language language) {
    return language_codes[language];
}

bool language_parse(struct span code, enum language *language) {
    if (span_equal(code, SPAN("any"))) {
        *language = LANGUAGE_ANY;
        return true;
    }
    if (code.size > 2 && code.data[2] != '-' && code.data[2] != '_') {
        return false;
    }
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        if (span_equal_nocase(span_first(code, 2), span_of(language_codes[i]))) {
            *language = (enum language)i;
            return true;
        }
    }
    return false;
}

const char *genre_name(enum genre genre) {
    return genre_names[genre];
}

bool genre_parse(struct span name, enum genre *genre) {
    for (int i = 0; i < GENRE_COUNT; i++) {
        if (span_equal(name, span_of(genre_names[i]))) {
            *genre = (enum genre)i;
            return true;
        }
    }
    return false;
}

bool settings_set(struct settings *settings, struct span name, double value) {
    for (size_t i = 0; i < sizeof settings_table / sizeof *settings_table; i++) {
        if (span_equal(name, span_of(settings_table[i].name))) {
            memcpy((char *)settings + settings_table[i].offset, &value, sizeof value);
            return true;
        }
    }
    return false;
}
