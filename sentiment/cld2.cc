#include "sentiment/cld2.h"

/* The header of CLD2 forgets these two. */
#include <cstddef>
#include <cstdio>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

/* Without best effort (0x4000), which answers "English" where it knows nothing. */
static const int flags = 0;

const char *cld2_detect(const char *text, size_t size, const char *hint, int *percent,
                        int *reliable) {
    CLD2::CLDHints hints = {hint[0] == '\0' ? nullptr : hint, nullptr, CLD2::UNKNOWN_ENCODING,
                            CLD2::UNKNOWN_LANGUAGE};
    CLD2::Language languages[3];
    int percents[3];
    double scores[3];
    int bytes = 0;
    bool is_reliable = false;
    /* What it returns defaults to English too; the first of its list does not. */
    CLD2::ExtDetectLanguageSummary(text, static_cast<int>(size), true, &hints, flags, languages,
                                   percents, scores, nullptr, &bytes, &is_reliable);
    *percent = percents[0];
    *reliable = is_reliable ? 1 : 0;
    return CLD2::LanguageCode(languages[0]);
}
