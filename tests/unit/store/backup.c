/* Backups: complete beside a writer, checked before they are put back; compaction leaves nothing of
 * what was taken away. */
#include "tests/unit/store/fixture.h"

#include "store/environment.h"
#include "store/pack.h"

#include <fcntl.h>

struct places {
    struct fixture fixture;
    char backup[96];
    char other[96];
};

static void places_init(struct places *places) {
    fixture_init(&places->fixture);
    snprintf(places->backup, sizeof places->backup, "%s-backup", places->fixture.folder);
    snprintf(places->other, sizeof places->other, "%s-other", places->fixture.folder);
    fixture_open(&places->fixture);
}

static void places_done(struct places *places) {
    fixture_done(&places->fixture);
    folder_remove(places->backup);
    folder_remove(places->other);
}

static void store_some(struct fixture *fixture, const char *what, size_t first, size_t count) {
    for (size_t i = first; i < first + count; i++) {
        char id[32];
        char text[128];
        snprintf(id, sizeof id, "%zu", i);
        snprintf(text, sizeof text, "number %zu about the %s parcel", i, what);
        struct mention mention = fixture_mention(fixture, id, text, 0, 0.5);
        fixture_store(fixture, "forum", &mention, 1);
    }
}

static uint64_t mentions_in(const char *folder) {
    struct store *store = NULL;
    struct error error = {0};
    uint64_t mentions = 0;
    struct store_options options = {.mode = STORE_READ};
    if (!store_open(folder, &options, &store, &error) || !store_verify(store, &mentions, &error)) {
        fail_msg("%s", error.message);
    }
    store_close(store);
    return mentions;
}

/* Whether the bytes stand anywhere in the folder's data file. */
static bool data_holds(const char *folder, struct span bytes) {
    char path[128];
    struct span text;
    struct arena *arena = arena_create();
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    text.size = (size_t)ftell(file);
    rewind(file);
    char *data = arena_allocate(arena, text.size);
    assert_int_equal(fread(data, 1, text.size, file), text.size);
    fclose(file);
    text.data = data;
    bool holds = span_find(text, bytes) != SPAN_NOT_FOUND;
    arena_free(arena);
    return holds;
}

/* A record as it stands in the file of a store that is closed: its texts are squeezed. */
static struct span record_stored(struct fixture *fixture, uint64_t sequence) {
    struct store_options options = {.mode = STORE_READ};
    struct environment *environment = NULL;
    struct transaction transaction;
    struct span value;
    struct key key = key_make();
    key_add(&key, sequence, 8);
    assert_true(environment_open(fixture->folder, &options, &environment, NULL));
    assert_true(environment_read(environment, &transaction, NULL));
    assert_true(transaction_get(&transaction, TABLE_MENTIONS, key_span(&key), &value));
    value = arena_copy(fixture->arena, value);
    environment_read_end(environment, &transaction);
    environment_close(environment);
    return value;
}

static void backup_is_whole_beside_a_writer(void **state) {
    (void)state;
    struct places places;
    struct store_manifest manifest;
    struct error error = {0};
    places_init(&places);
    store_some(&places.fixture, "first", 0, 50);
    assert_true(store_backup(places.fixture.store, places.backup, &manifest, &error));
    assert_int_equal(manifest.mentions, 50);
    assert_int_equal(manifest.last_sequence, 50);
    store_some(&places.fixture, "second", 50, 10);
    assert_int_equal(mentions_in(places.backup), 50);
    assert_false(store_backup(places.fixture.store, places.backup, &manifest, &error));
    assert_non_null(strstr(error.message, "already"));
    assert_true(store_restore(places.backup, places.other, false, &manifest, &error));
    assert_int_equal(mentions_in(places.other), 50);
    places_done(&places);
}

static void restore_asks_before_it_replaces(void **state) {
    (void)state;
    struct places places;
    struct store_manifest manifest;
    struct error error = {0};
    places_init(&places);
    struct fixture *fixture = &places.fixture;
    store_some(fixture, "first", 0, 5);
    assert_true(store_backup(fixture->store, places.backup, &manifest, &error));
    store_some(fixture, "second", 5, 5);
    assert_false(store_restore(places.backup, fixture->folder, true, &manifest, &error));
    assert_non_null(strstr(error.message, "being written by"));
    fixture_close(fixture);
    assert_false(store_restore(places.backup, fixture->folder, false, &manifest, &error));
    assert_non_null(strstr(error.message, "--replace"));
    assert_true(store_restore(places.backup, fixture->folder, true, &manifest, &error));
    assert_int_equal(mentions_in(fixture->folder), 5);
    char kept[128];
    struct stat file;
    snprintf(kept, sizeof kept, "%s/data.mdb.replaced", fixture->folder);
    assert_int_equal(stat(kept, &file), 0);
    fixture_open(fixture);
    store_some(fixture, "third", 20, 3);
    fixture_verify(fixture);
    places_done(&places);
}

static void damaged_backups_are_refused(void **state) {
    (void)state;
    struct places places;
    struct store_manifest manifest;
    struct error error = {0};
    char path[128];
    places_init(&places);
    store_some(&places.fixture, "first", 0, 5);
    assert_true(store_backup(places.fixture.store, places.backup, &manifest, &error));
    snprintf(path, sizeof path, "%s/data.mdb", places.backup);
    int file = open(path, O_RDWR);
    char byte = 0;
    assert_int_equal(pread(file, &byte, 1, 20000), 1);
    byte ^= 4;
    assert_int_equal(pwrite(file, &byte, 1, 20000), 1);
    close(file);
    assert_false(store_restore(places.backup, places.other, false, &manifest, &error));
    assert_non_null(strstr(error.message, "damaged"));
    snprintf(path, sizeof path, "%s/MANIFEST", places.backup);
    assert_int_equal(unlink(path), 0);
    assert_false(store_restore(places.backup, places.other, false, &manifest, &error));
    assert_non_null(strstr(error.message, "no complete backup"));
    file = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(
        write(file, "earshot-backup 1\nschema 99\nmentions 1\nlast_sequence 1\nbytes 1\n", 62) > 0);
    assert_true(write(file, "sha256 ", 7) == 7);
    for (int i = 0; i < 64; i++) {
        assert_int_equal(write(file, "0", 1), 1);
    }
    close(file);
    assert_false(store_restore(places.backup, places.other, false, &manifest, &error));
    assert_non_null(strstr(error.message, "newer"));
    places_done(&places);
}

static void compaction_leaves_nothing_of_what_went(void **state) {
    (void)state;
    struct places places;
    struct error error = {0};
    uint64_t before = 0;
    uint64_t after = 0;
    places_init(&places);
    struct fixture *fixture = &places.fixture;
    store_some(fixture, "keepable", 0, 300);
    store_some(fixture, "unspeakable", 300, 300);
    fixture_close(fixture);
    struct span kept = record_stored(fixture, 300);
    struct span gone = record_stored(fixture, 301);
    assert_true(data_holds(fixture->folder, gone));
    fixture_open(fixture);
    for (size_t i = 300; i < 600; i++) {
        char id[32];
        snprintf(id, sizeof id, "%zu", i);
        struct mention mention = fixture_mention(fixture, id, "", 0, 0);
        mention.item.deleted = true;
        fixture_store(fixture, "forum", &mention, 1);
    }
    assert_false(store_compact(fixture->folder, &before, &after, &error));
    assert_non_null(strstr(error.message, "being written by"));
    fixture_close(fixture);
    assert_true(data_holds(fixture->folder, SPAN("unspeakable")));
    assert_true(store_compact(fixture->folder, &before, &after, &error));
    assert_true(after < before);
    assert_false(data_holds(fixture->folder, SPAN("unspeakable")));
    assert_false(data_holds(fixture->folder, gone));
    assert_true(data_holds(fixture->folder, SPAN("keepable")));
    assert_true(data_holds(fixture->folder, kept));
    assert_int_equal(mentions_in(fixture->folder), 300);
    fixture_open(fixture);
    store_some(fixture, "later", 700, 3);
    fixture_verify(fixture);
    places_done(&places);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backup_is_whole_beside_a_writer),
        cmocka_unit_test(restore_asks_before_it_replaces),
        cmocka_unit_test(damaged_backups_are_refused),
        cmocka_unit_test(compaction_leaves_nothing_of_what_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
