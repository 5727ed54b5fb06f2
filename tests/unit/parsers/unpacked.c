/* Bodies that are packed without saying so: read as what is inside, and no further than text goes. */
#include "tests/unit/test.h"

#include "base/limits.h"
#include "parsers/parsers.h"
#include "parsers/unpack.h"

#include <archive.h>
#include <archive_entry.h>

#define ROOM (8 * MIB)

static const char feed[] = "<rss version='2.0'><channel><title>T</title><item><title>One</title>"
                           "</item><item><title>Two</title></item></channel></rss>";

/* `count` files of the same contents; as gzip one, without a name. */
static struct span pack(bool zip, struct span text, size_t count, struct arena *arena) {
    char *bytes = arena_array(arena, ROOM, 1);
    size_t used = 0;
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    if (zip) {
        archive_write_set_format_zip(archive);
    } else {
        archive_write_add_filter_gzip(archive);
        archive_write_set_format_raw(archive);
    }
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(archive_write_open_memory(archive, bytes, ROOM, &used), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFDIR);
    archive_entry_set_pathname(entry, "folder/");
    if (zip) {
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    }
    for (size_t i = 0; i < count; i++) {
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_pathname(entry, i == 0 ? "folder/a.csv" : "folder/b.csv");
        archive_entry_set_size(entry, (la_int64_t)text.size);
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        assert_int_equal(archive_write_data(archive, text.data, text.size), text.size);
    }
    archive_entry_free(entry);
    archive_write_close(archive);
    archive_write_free(archive);
    return (struct span){bytes, used};
}

static void gzip_and_zip_give_what_is_inside(void **state) {
    (void)state;
    for (size_t zip = 0; zip < 2; zip++) {
        struct arena *arena = arena_create();
        struct span packed = pack(zip, SPAN("some\ttext\n"), 1, arena);
        struct span text = {0};
        struct error error = {0};
        assert_true(unpack_is(packed));
        if (!unpack(packed, arena, &text, &error)) {
            fail_msg("%s", error.message);
        }
        assert_span_equal(text, "some\ttext\n");
        arena_free(arena);
    }
}

static void what_is_not_packed_stays(void **state) {
    (void)state;
    struct span text = {0};
    struct span plain = SPAN("<rss>");
    assert_true(unpack(plain, NULL, &text, NULL));
    assert_ptr_equal(text.data, plain.data);
}

static void a_packed_feed_is_a_feed(void **state) {
    (void)state;
    for (size_t zip = 0; zip < 2; zip++) {
        struct arena *arena = arena_create();
        struct items items = {.arena = arena};
        struct error error = {0};
        if (!document_parse(pack(zip, span_of(feed), 1, arena), SPAN("application/x-gzip"),
                            SPAN("https://a.example/feed.gz"), arena, &items, NULL, &error)) {
            fail_msg("%s", error.message);
        }
        assert_int_equal(items.count, 2);
        arena_free(arena);
    }
}

static void fails(struct span packed, const char *said, enum error_kind kind, struct arena *arena) {
    struct span text = {0};
    struct error error = {0};
    assert_false(unpack(packed, arena, &text, &error));
    assert_int_equal(error.kind, kind);
    if (strstr(error.message, said) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, said);
    }
}

static void damage_is_said(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct span gzip = pack(false, span_of(feed), 1, arena);
    struct span zip = pack(true, span_of(feed), 1, arena);
    fails(span_first(gzip, gzip.size / 2), "cannot be read", ERROR_INPUT, arena);
    fails(span_first(zip, 60), "cannot be read", ERROR_INPUT, arena);
    fails(pack(true, span_of(feed), 2, arena), "more than one file", ERROR_INPUT, arena);
    fails(pack(true, span_of(feed), 0, arena), "holds no file", ERROR_INPUT, arena);
    arena_free(arena);
}

static void bombs_are_not_unpacked(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    size_t size = LIMIT_BODY + MIB;
    struct span zeros = {arena_array(arena, size, 1), size};
    struct span two = {zeros.data, 2 * MIB};
    for (size_t zip = 0; zip < 2; zip++) {
        fails(pack(zip, two, 1, arena), "times its size", ERROR_LIMIT, arena);
    }
    /* A text that packs well enough to pass for one, but is too long. */
    char *text = arena_array(arena, size, 1);
    uint32_t random = 1;
    for (size_t i = 0; i < size; i++) {
        random = i % 16 == 0 ? random * 1664525 + 1013904223 : random;
        text[i] = i % 16 == 0 ? (char)('a' + (random >> 24) % 26) : 'x';
    }
    fails(pack(false, (struct span){text, size}, 1, arena), "larger than 32 MiB", ERROR_LIMIT,
          arena);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_and_zip_give_what_is_inside),
        cmocka_unit_test(what_is_not_packed_stays),
        cmocka_unit_test(a_packed_feed_is_a_feed),
        cmocka_unit_test(damage_is_said),
        cmocka_unit_test(bombs_are_not_unpacked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
