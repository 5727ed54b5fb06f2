/* The image of a lexicon: a head, and tables of rows that lie behind each other. */
#ifndef SENTIMENT_IMAGE_H
#define SENTIMENT_IMAGE_H

#include "sentiment/lexicon.h"

enum { IMAGE_VERSION = 3 }; /* one more whenever a table changes its meaning or its rows */

enum section {
    SECTION_FORMS,
    SECTION_DISPLACEMENTS,
    SECTION_MEANINGS,
    SECTION_SENSES,
    SECTION_PHRASES,
    SECTION_SECONDS,
    SECTION_PAIRS,
    SECTION_LETTERS,
    SECTION_SETTINGS,
    SECTION_TOPICS,
    SECTION_POOL,
    SECTION_COUNT,
};

/* Bytes of a row of each section. */
extern const uint32_t image_rows[SECTION_COUNT];

struct image_head {
    char magic[16];      /* IMAGE_MAGIC */
    uint32_t byte_order; /* IMAGE_BYTE_ORDER, as the machine that made it writes it */
    uint32_t version;
    uint64_t checksum; /* XXH3 of all bytes behind this field */
    uint64_t size;     /* bytes of the image */
    struct image_section {
        uint32_t offset; /* from the start of the image, a multiple of IMAGE_ALIGNMENT */
        uint32_t count;  /* rows */
        uint32_t row;    /* bytes */
        uint32_t spare;  /* 0 */
    } sections[SECTION_COUNT];
};

enum { IMAGE_ALIGNMENT = 64 }; /* a cache line */

#define IMAGE_MAGIC "earshot lexicon"
enum { IMAGE_BYTE_ORDER = 0x01020304 };

/* What the checksum is taken of. */
static inline struct span image_checked(struct span image) {
    return span_from(image, offsetof(struct image_head, size));
}

#endif
