/* Any bytes as a stored mention (its checksum made right first), as a day of the series and as a
 * row of the timeline. What can be read must come back the same once it was written. */
#include "store/record.h"
#include "store/pack.h"
#include "store/series.h"
#include "store/timeline.h"

#include "base/hash.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECKSUM_AT 1
#define CHECKED_AT 5
#define SEQUENCE 77

static void contribution_ignore(void *context, const struct contribution *contribution) {
    *(int64_t *)context += contribution->counts.of[COUNT_MENTIONS];
}

static void row_ignore(void *context, struct row_key key, struct span value) {
    *(int64_t *)context += (int64_t)(key.low + value.size);
}

static void check_record(struct span bytes, struct squeeze *squeeze, struct arena *arena) {
    struct record record;
    struct record again;
    int64_t sum = 0;
    if (!record_decode(bytes, SEQUENCE, squeeze, arena, &record)) {
        return;
    }
    record_normalise(&record, arena);
    struct span first = record_encode(&record, squeeze, arena);
    if (!record_decode(first, SEQUENCE, squeeze, arena, &again)) {
        fatal("a record that was written cannot be read");
    }
    record_normalise(&again, arena);
    if (!span_equal(first, record_encode(&again, squeeze, arena))) {
        fatal("a record is another the second time");
    }
    if (again.state == RECORD_LIVE) {
        record_fingerprint(&again);
        series_contributions(&again, contribution_ignore, &sum);
        timeline_rows(&again, row_ignore, &sum);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    char *copy = arena_copy_string(arena, (struct span){(const char *)data, size});
    struct span bytes = {copy, size};
    if (size > CHECKED_AT) {
        uint32_t sum = (uint32_t)hash_bytes_seeded(span_from(bytes, CHECKED_AT), SEQUENCE);
        struct packer packer = packer_make(copy + CHECKSUM_AT, 4);
        pack_big(&packer, sum, 4);
    }
    struct squeeze *squeeze = squeeze_create();
    check_record(bytes, squeeze, arena);
    squeeze_free(squeeze);

    struct counts counts;
    struct timeline_entry entry;
    uint32_t brand = 0;
    bool read = counts_unpack(bytes, &counts);
    read = timeline_read(timeline_key(1, 0, SEQUENCE), bytes, &brand, &entry) && read;
    (void)read;
    arena_free(arena);
    return 0;
}
