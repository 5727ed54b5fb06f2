#include "base/suggest.h"

#define SUGGEST_SIZE_MAX ((size_t)64)

static char letter(struct span text, size_t index) {
    char c = byte_to_lower(text.data[index]);
    return c == '-' ? '_' : c;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t suggest_distance(struct span a, struct span b) {
    if (a.size > SUGGEST_SIZE_MAX || b.size > SUGGEST_SIZE_MAX) {
        return SIZE_MAX;
    }
    size_t rows[3][SUGGEST_SIZE_MAX + 1]; /* of the last three letters of `a` */
    for (size_t j = 0; j <= b.size; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.size; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            bool same = letter(a, i - 1) == letter(b, j - 1);
            row[j] = least(above[j - 1] + (same ? 0 : 1), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && letter(a, i - 1) == letter(b, j - 2) &&
                letter(a, i - 2) == letter(b, j - 1)) {
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
            }
        }
    }
    return rows[a.size % 3][b.size];
}

struct span suggest_name(struct span word, const struct span *candidates, size_t count) {
    struct span nearest = {0};
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t longer = word.size > candidates[i].size ? word.size : candidates[i].size;
        size_t distance = suggest_distance(word, candidates[i]);
        if (distance < best && distance <= (longer + 2) / 3 && distance < longer) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
