#include "store/squeeze.h"

#include "base/embed.h"
#include "base/memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <zstd.h>

#define LEVEL 1               /* 3 takes half as long again and saves one byte in a hundred */
#define IDLE_MOST ((size_t)4) /* contexts kept for whoever comes next; 100 KB each */

/* Every frame begins with the same bytes, which are not stored. */
static const char magic[] = {'\x28', '\xB5', '\x2F', '\xFD'};

struct squeeze {
    ZSTD_CDict *packing;
    ZSTD_DDict *unpacking;
    pthread_mutex_t mutex; /* guards what follows */
    ZSTD_CCtx *packers[IDLE_MOST];
    size_t packer_count;
    ZSTD_DCtx *unpackers[IDLE_MOST];
    size_t unpacker_count;
};

static void *never_null(void *made) {
    if (made == NULL) {
        fatal("out of memory");
    }
    return made;
}

struct squeeze *squeeze_create(void) {
    struct squeeze *squeeze = NEW(struct squeeze);
    struct span words = embedded_span(&embedded_words[0]);
    squeeze->packing = never_null(ZSTD_createCDict(words.data, words.size, LEVEL));
    squeeze->unpacking = never_null(ZSTD_createDDict(words.data, words.size));
    pthread_mutex_init(&squeeze->mutex, NULL);
    return squeeze;
}

void squeeze_free(struct squeeze *squeeze) {
    if (squeeze == NULL) {
        return;
    }
    for (size_t i = 0; i < squeeze->packer_count; i++) {
        ZSTD_freeCCtx(squeeze->packers[i]);
    }
    for (size_t i = 0; i < squeeze->unpacker_count; i++) {
        ZSTD_freeDCtx(squeeze->unpackers[i]);
    }
    ZSTD_freeCDict(squeeze->packing);
    ZSTD_freeDDict(squeeze->unpacking);
    pthread_mutex_destroy(&squeeze->mutex);
    free(squeeze);
}

/* --- Contexts, lent ---------------------------------------------------------------------------- */

static ZSTD_CCtx *packer_make(const struct squeeze *squeeze) {
    ZSTD_CCtx *packer = never_null(ZSTD_createCCtx());
    ZSTD_CCtx_setParameter(packer, ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setParameter(packer, ZSTD_c_dictIDFlag, 0);
    ZSTD_CCtx_refCDict(packer, squeeze->packing);
    return packer;
}

static ZSTD_CCtx *packer_take(struct squeeze *squeeze) {
    ZSTD_CCtx *packer = NULL;
    pthread_mutex_lock(&squeeze->mutex);
    if (squeeze->packer_count > 0) {
        packer = squeeze->packers[--squeeze->packer_count];
    }
    pthread_mutex_unlock(&squeeze->mutex);
    return packer == NULL ? packer_make(squeeze) : packer;
}

static void packer_return(struct squeeze *squeeze, ZSTD_CCtx *packer) {
    pthread_mutex_lock(&squeeze->mutex);
    if (squeeze->packer_count < IDLE_MOST) {
        squeeze->packers[squeeze->packer_count++] = packer;
        packer = NULL;
    }
    pthread_mutex_unlock(&squeeze->mutex);
    ZSTD_freeCCtx(packer);
}

static ZSTD_DCtx *unpacker_take(struct squeeze *squeeze) {
    ZSTD_DCtx *unpacker = NULL;
    pthread_mutex_lock(&squeeze->mutex);
    if (squeeze->unpacker_count > 0) {
        unpacker = squeeze->unpackers[--squeeze->unpacker_count];
    }
    pthread_mutex_unlock(&squeeze->mutex);
    return unpacker == NULL ? never_null(ZSTD_createDCtx()) : unpacker;
}

static void unpacker_return(struct squeeze *squeeze, ZSTD_DCtx *unpacker) {
    pthread_mutex_lock(&squeeze->mutex);
    if (squeeze->unpacker_count < IDLE_MOST) {
        squeeze->unpackers[squeeze->unpacker_count++] = unpacker;
        unpacker = NULL;
    }
    pthread_mutex_unlock(&squeeze->mutex);
    ZSTD_freeDCtx(unpacker);
}

/* --- Packing ----------------------------------------------------------------------------------- */

bool squeeze_pack(struct squeeze *squeeze, struct span text, struct arena *arena,
                  struct span *packed) {
    size_t room = ZSTD_compressBound(text.size);
    char *frame = arena_allocate(arena, room);
    ZSTD_CCtx *packer = packer_take(squeeze);
    size_t size = ZSTD_compress2(packer, frame, room, text.data, text.size);
    packer_return(squeeze, packer);
    if (ZSTD_isError(size) || size < sizeof magic || size - sizeof magic >= text.size) {
        return false;
    }
    *packed = (struct span){frame + sizeof magic, size - sizeof magic};
    return true;
}

bool squeeze_unpack(struct squeeze *squeeze, struct span packed, size_t size, struct arena *arena,
                    struct span *text) {
    char *frame = arena_allocate(arena, packed.size + sizeof magic);
    char *bytes = arena_allocate(arena, size);
    memcpy(frame, magic, sizeof magic);
    memcpy(frame + sizeof magic, packed.data, packed.size);
    ZSTD_DCtx *unpacker = unpacker_take(squeeze);
    size_t found = ZSTD_decompress_usingDDict(unpacker, bytes, size, frame,
                                              packed.size + sizeof magic, squeeze->unpacking);
    unpacker_return(squeeze, unpacker);
    *text = (struct span){bytes, size};
    return found == size;
}
