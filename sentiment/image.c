/* Writes a draft as an image. Forms find their rows by "hash and displace" (Pagh 1999; Belazzougui,
 * Botelho and Dietzfelbinger 2009): forms fall into small buckets by their hash, and each bucket, the
 * largest first, takes the first displacement under which all its forms fall on free rows. */
#include "sentiment/image.h"

#include "base/hash.h"
#include "sentiment/draft.h"

#include <stdlib.h>

/* Forms per bucket, about; rows that stay free, one in so many. Fuller takes longer to build. */
enum { BUCKET_FORMS = 5, FREE_ROWS = 6 };

_Static_assert(sizeof(struct form) == 16 && sizeof(struct sense) == 64 &&
                   sizeof(struct phrase) == 40 && sizeof(struct settings) % sizeof(double) == 0,
               "a row holds no byte that nobody writes");

const uint32_t image_rows[SECTION_COUNT] = {
    [SECTION_FORMS] = sizeof(struct form),
    [SECTION_DISPLACEMENTS] = sizeof(uint16_t),
    [SECTION_MEANINGS] = sizeof(uint32_t),
    [SECTION_SENSES] = sizeof(struct sense),
    [SECTION_PHRASES] = sizeof(struct phrase),
    [SECTION_SECONDS] = sizeof(uint32_t),
    [SECTION_PAIRS] = sizeof(uint64_t),
    [SECTION_LETTERS] = sizeof(struct letters),
    [SECTION_SETTINGS] = sizeof(struct settings[GENRE_COUNT]),
    [SECTION_TOPICS] = sizeof(struct text),
    [SECTION_POOL] = 1,
};

/* An image while it is written. */
struct writing {
    const struct draft *draft;
    char *image;
    struct image_head head;
    uint64_t *hashes; /* of the draft's forms */
    uint32_t *rows;   /* where each of them goes; 0 = not yet */
    uint32_t *bucket; /* first form of each bucket; 0 = none */
    uint32_t *next;   /* next form of the same bucket */
    bool *taken;      /* rows */
};

static void *section_begin(const struct writing *writing, enum section section) {
    return writing->image + writing->head.sections[section].offset;
}

static uint32_t section_count(const struct writing *writing, enum section section) {
    return writing->head.sections[section].count;
}

static uint32_t power_of_two_above(uint32_t number) {
    uint32_t power = 1;
    while (power < number) {
        power *= 2;
    }
    return power;
}

static uint64_t aligned(uint64_t size) {
    return (size + IMAGE_ALIGNMENT - 1) & ~(uint64_t)(IMAGE_ALIGNMENT - 1);
}

/* Rows of phrases: senses may share the end of a chain, but lie each beside its own. */
static uint32_t phrases_count(const struct draft *draft) {
    uint32_t count = 1;
    for (size_t i = 0; i < draft->sense_count; i++) {
        for (uint32_t j = draft->senses[i].phrases; j != 0; j = draft->phrases[j].next) {
            count++;
        }
    }
    return count;
}

/* Decides how large everything is, and where it lies. */
static void lay_out(struct writing *writing) {
    const struct draft *draft = writing->draft;
    uint32_t forms = (uint32_t)draft->form_count;
    uint32_t phrases = phrases_count(draft);
    const uint32_t counts[SECTION_COUNT] = {
        [SECTION_FORMS] = 1 + forms + forms / FREE_ROWS,
        [SECTION_DISPLACEMENTS] = power_of_two_above(forms / BUCKET_FORMS),
        /* One more: a form that means nothing in a language is looked up behind the others'. */
        [SECTION_MEANINGS] = (uint32_t)draft->link_count + 1,
        [SECTION_SENSES] = (uint32_t)draft->sense_count,
        [SECTION_PHRASES] = phrases,
        [SECTION_SECONDS] = phrases,
        [SECTION_PAIRS] = (1U << PAIRS_BITS) / 64,
        [SECTION_LETTERS] = 1U << LETTERS_BITS,
        [SECTION_SETTINGS] = LANGUAGE_SLOTS,
        [SECTION_TOPICS] = (uint32_t)draft->topic_count,
        [SECTION_POOL] = (uint32_t)draft->pool_size,
    };
    struct image_head *head = &writing->head;
    *head = (struct image_head){.magic = IMAGE_MAGIC,
                                .byte_order = IMAGE_BYTE_ORDER,
                                .version = IMAGE_VERSION,
                                .size = aligned(sizeof *head)};
    for (int i = 0; i < SECTION_COUNT; i++) {
        head->sections[i] = (struct image_section){
            .offset = (uint32_t)head->size, .count = counts[i], .row = image_rows[i]};
        head->size += aligned((uint64_t)counts[i] * image_rows[i]);
    }
    writing->image = memory_new(1, head->size);
}

/* A form as scoring sees it: zeros behind it. */
static struct span form_padded(const struct draft *draft, uint32_t form,
                               char padded[LIMIT_FORM + BLOCK_SIZE]) {
    struct span text = draft_text(draft, draft->forms[form].text);
    memset(padded, 0, LIMIT_FORM + BLOCK_SIZE);
    memcpy(padded, text.data, text.size);
    return (struct span){padded, text.size};
}

static void fill_buckets(struct writing *writing) {
    uint32_t mask = section_count(writing, SECTION_DISPLACEMENTS) - 1;
    for (uint32_t i = 1; i < writing->draft->form_count; i++) {
        char padded[LIMIT_FORM + BLOCK_SIZE];
        struct span form = form_padded(writing->draft, i, padded);
        writing->hashes[i] = blocks_hash(form.data, form.size);
        uint32_t *bucket = &writing->bucket[writing->hashes[i] & mask];
        writing->next[i] = *bucket;
        *bucket = i;
    }
}

static uint32_t bucket_size(const struct writing *writing, uint32_t bucket) {
    uint32_t size = 0;
    for (uint32_t i = writing->bucket[bucket]; i != 0; i = writing->next[i]) {
        size++;
    }
    return size;
}

/* Puts all forms of a bucket on the rows of a displacement; when one is taken, none. */
static bool bucket_try(struct writing *writing, uint32_t bucket, uint16_t displacement) {
    uint32_t rows = section_count(writing, SECTION_FORMS) - 1;
    uint32_t i = writing->bucket[bucket];
    for (; i != 0; i = writing->next[i]) {
        writing->rows[i] = form_row(writing->hashes[i], displacement, rows);
        if (writing->taken[writing->rows[i]]) {
            break;
        }
        writing->taken[writing->rows[i]] = true;
    }
    for (uint32_t j = writing->bucket[bucket]; i != 0 && j != i; j = writing->next[j]) {
        writing->taken[writing->rows[j]] = false;
    }
    return i == 0;
}

static void bucket_place(struct writing *writing, uint32_t bucket) {
    uint16_t *displacements = section_begin(writing, SECTION_DISPLACEMENTS);
    for (uint32_t displacement = 0; displacement <= UINT16_MAX; displacement++) {
        if (bucket_try(writing, bucket, (uint16_t)displacement)) {
            displacements[bucket] = (uint16_t)displacement;
            return;
        }
    }
    fatal("the words of a lexicon cannot be told apart by their hashes");
}

static void place_forms(struct writing *writing) {
    uint32_t buckets = section_count(writing, SECTION_DISPLACEMENTS);
    uint32_t largest = 0;
    for (uint32_t i = 0; i < buckets; i++) {
        uint32_t size = bucket_size(writing, i);
        largest = size > largest ? size : largest;
    }
    for (uint32_t size = largest; size > 0; size--) {
        for (uint32_t i = 0; i < buckets; i++) {
            if (bucket_size(writing, i) == size) {
                bucket_place(writing, i);
            }
        }
    }
}

/* Notes what a form means, in the order of the languages. */
static void write_meanings(const struct writing *writing, uint32_t number, struct form *form,
                           uint32_t *used) {
    const struct draft *draft = writing->draft;
    uint32_t *meanings = section_begin(writing, SECTION_MEANINGS);
    form->meanings = *used;
    for (unsigned language = 0; language < LANGUAGE_SLOTS; language++) {
        for (uint32_t i = draft->forms[number].links; i != 0; i = draft->links[i].next) {
            if (draft->senses[draft->links[i].sense].language == language) {
                meanings[(*used)++] = draft->links[i].sense;
                form->vocabulary |= (uint8_t)(1U << language);
            }
        }
    }
}

static uint8_t form_evidence(const struct form *form) {
    const unsigned ours = (1U << LANGUAGE_COUNT) - 1;
    unsigned functions = form->function & ours;
    unsigned vocabulary = form->vocabulary & ours;
    bool foreign = form->function == 1U << LANGUAGE_ANY && vocabulary == 0;
    return (uint8_t)(functions != 0 ? functions | EVIDENCE_FUNCTION
                                    : vocabulary | (foreign ? EVIDENCE_FOREIGN : 0U));
}

static void write_forms(const struct writing *writing) {
    struct form *forms = section_begin(writing, SECTION_FORMS);
    uint32_t used = 0;
    for (uint32_t i = 0; i < section_count(writing, SECTION_FORMS); i++) {
        forms[i].hash = FORM_FREE;
    }
    for (uint32_t i = 1; i < writing->draft->form_count; i++) {
        const struct draft_form *from = &writing->draft->forms[i];
        struct form *form = &forms[writing->rows[i]];
        form->hash = writing->hashes[i];
        form->function = from->function;
        write_meanings(writing, i, form, &used);
        form->evidence = form_evidence(form);
    }
}

static void write_copies(const struct writing *writing) {
    const struct draft *draft = writing->draft;
    const struct {
        enum section section;
        const void *table;
    } copies[] = {
        {SECTION_SENSES, draft->senses},
        {SECTION_SETTINGS, draft->settings},
        {SECTION_TOPICS, draft->topics},
        {SECTION_POOL, draft->pool},
    };
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        const struct image_section *section = &writing->head.sections[copies[i].section];
        if (section->count > 0) {
            memcpy(writing->image + section->offset, copies[i].table,
                   (size_t)section->count * section->row);
        }
    }
}

/* Forms have other numbers in the image than in the draft. */
static void phrase_write(const struct writing *writing, const struct phrase *from,
                         struct phrase *phrase) {
    *phrase = *from;
    for (uint32_t i = 0; i < phrase->count; i++) {
        phrase->forms[i] = writing->rows[from->forms[i]];
    }
}

/* The phrases of each sense, behind each other. */
static void write_phrases(const struct writing *writing) {
    struct sense *senses = section_begin(writing, SECTION_SENSES);
    struct phrase *phrases = section_begin(writing, SECTION_PHRASES);
    uint32_t *seconds = section_begin(writing, SECTION_SECONDS);
    uint64_t *pairs = section_begin(writing, SECTION_PAIRS);
    uint32_t used = 1;
    for (uint32_t i = 0; i < section_count(writing, SECTION_SENSES); i++) {
        uint32_t next = senses[i].phrases;
        senses[i].owner = writing->rows[senses[i].owner];
        senses[i].phrases = next != 0 ? used : 0;
        for (; next != 0; next = writing->draft->phrases[next].next, used++) {
            phrase_write(writing, &writing->draft->phrases[next].phrase, &phrases[used]);
            seconds[used] = phrases[used].forms[1];
            uint32_t bit = pair_bit(senses[i].phrases, seconds[used]);
            pairs[bit / 64] |= UINT64_C(1) << bit % 64;
            senses[i].seconds |= seconds[used] == NO_FORM ? UINT64_MAX : form_bit(seconds[used]);
        }
        senses[i].phrase_count = senses[i].phrases != 0 ? used - senses[i].phrases : 0;
    }
}

char *draft_write(const struct draft *draft, size_t *size) {
    struct writing writing = {.draft = draft};
    lay_out(&writing);
    writing.hashes = NEW_ARRAY(uint64_t, draft->form_count);
    writing.rows = NEW_ARRAY(uint32_t, draft->form_count);
    writing.next = NEW_ARRAY(uint32_t, draft->form_count);
    writing.bucket = NEW_ARRAY(uint32_t, section_count(&writing, SECTION_DISPLACEMENTS));
    writing.taken = NEW_ARRAY(bool, section_count(&writing, SECTION_FORMS));
    fill_buckets(&writing);
    place_forms(&writing);
    write_forms(&writing);
    write_copies(&writing);
    write_phrases(&writing);
    draft_learn_letters(draft, section_begin(&writing, SECTION_LETTERS));
    *size = writing.head.size;
    memcpy(writing.image, &writing.head, sizeof writing.head);
    writing.head.checksum = hash_bytes(image_checked((struct span){writing.image, *size}));
    memcpy(writing.image, &writing.head, sizeof writing.head);
    free(writing.hashes);
    free(writing.rows);
    free(writing.next);
    free(writing.bucket);
    free(writing.taken);
    return writing.image;
}
