#include "sentiment/lexicon.h"

#include "base/embed.h"
#include "base/hash.h"
#include "sentiment/draft.h"
#include "sentiment/image.h"

#include <stdlib.h>

static bool refuse(struct error *error, const char *why) {
    return error_set(error, ERROR_INPUT, "lexicon image: %s; build it anew (\"make\")", why);
}

/* Is it an image for this program on this machine, and whole? */
static bool image_check(struct span image, struct error *error) {
    struct image_head head;
    if (image.size < sizeof head || memcmp(image.data, IMAGE_MAGIC, sizeof IMAGE_MAGIC) != 0) {
        return refuse(error, "not one");
    }
    memcpy(&head, image.data, sizeof head);
    if (head.byte_order != IMAGE_BYTE_ORDER) {
        return refuse(error, "made on a machine of another byte order");
    }
    bool same = head.version == IMAGE_VERSION;
    for (int i = 0; i < SECTION_COUNT; i++) {
        same = same && head.sections[i].row == image_rows[i];
    }
    if (!same) {
        return refuse(error, "made by another version of earshot");
    }
    if (head.size != image.size || head.checksum != hash_bytes(image_checked(image))) {
        return refuse(error, "damaged");
    }
    return true;
}

static const void *section(struct span image, enum section which, uint32_t *count) {
    const struct image_section *row =
        &((const struct image_head *)(const void *)image.data)->sections[which];
    *count = row->count;
    return image.data + row->offset;
}

bool lexicon_open_image(struct span image, struct lexicon **lexicon, struct error *error) {
    uint32_t count = 0;
    if (!image_check(image, error)) {
        return false;
    }
    struct lexicon *made = NEW(struct lexicon);
    made->forms = section(image, SECTION_FORMS, &made->form_count);
    made->form_count--;
    made->displacements = section(image, SECTION_DISPLACEMENTS, &made->displacement_count);
    made->meanings = section(image, SECTION_MEANINGS, &count);
    made->senses = section(image, SECTION_SENSES, &made->sense_count);
    made->phrases = section(image, SECTION_PHRASES, &made->phrase_count);
    made->seconds = section(image, SECTION_SECONDS, &count);
    made->pairs = section(image, SECTION_PAIRS, &count);
    made->letters = section(image, SECTION_LETTERS, &count);
    made->settings = section(image, SECTION_SETTINGS, &count);
    made->pool = section(image, SECTION_POOL, &count);
    const struct text *topics = section(image, SECTION_TOPICS, &count);
    for (made->topic_count = 0; made->topic_count < count; made->topic_count++) {
        made->topics[made->topic_count] = lexicon_text(made, topics[made->topic_count]);
    }
    *lexicon = made;
    return true;
}

/* The built-in text files and overlays behind them, as an image on the heap. */
static bool image_make(const struct lexicon_file *overlays, size_t count, char **image,
                       size_t *size, struct error *error) {
    struct draft *draft = draft_create();
    bool ok = draft_read_built_in(draft, error);
    for (size_t i = 0; ok && i < count; i++) {
        ok = draft_read(draft, overlays[i].name, overlays[i].text, error);
    }
    if (ok) {
        draft_inflect(draft);
        *image = draft_write(draft, size);
    }
    draft_free(draft);
    return ok;
}

bool lexicon_open(const struct lexicon_file *overlays, size_t count, struct lexicon **lexicon,
                  struct error *error) {
    if (count == 0) {
        return lexicon_open_image(embedded_span(&embedded_lexicon_image[0]), lexicon, error);
    }
    char *image = NULL;
    size_t size = 0;
    if (!image_make(overlays, count, &image, &size, error) ||
        !lexicon_open_image((struct span){image, size}, lexicon, error)) {
        free(image);
        return false;
    }
    (*lexicon)->owned = image;
    return true;
}

uint32_t lexicon_find(const struct lexicon *lexicon, struct span folded) {
    char padded[LIMIT_FORM + BLOCK_SIZE] = {0};
    if (folded.size > LIMIT_FORM) {
        return NO_FORM;
    }
    memcpy(padded, folded.data, folded.size);
    uint64_t hash = blocks_hash(padded, folded.size);
    return lexicon_confirm(lexicon, lexicon_row(lexicon, hash), hash);
}

void lexicon_close(struct lexicon *lexicon) {
    if (lexicon != NULL) {
        free(lexicon->owned);
        free(lexicon);
    }
}
