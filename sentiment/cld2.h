/* CLD2 as C: the one place where C++ is called. */
#ifndef SENTIMENT_CLD2_H
#define SENTIMENT_CLD2_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The most likely language of valid UTF-8 as an ISO 639 code ("en", "pt", "un" for unknown), a
 * constant string. `hint` is such a code or "". `percent` is its share of the text, `reliable`
 * what CLD2 thinks of its answer. Thread-safe. */
const char *cld2_detect(const char *text, size_t size, const char *hint, int *percent,
                        int *reliable);

#ifdef __cplusplus
}
#endif

#endif
