/* Texts made smaller, and back; what is damaged is refused. */
#include "tests/unit/store/fixture.h"

#include "store/record.h"

#include <pthread.h>

static const char *const texts[] = {
    "The parcel came two days late and the box was open, but support sent a new one the same week.",
    "El pedido lleg\u00f3 tarde y nadie respondi\u00f3 a mis correos; al final me devolvieron el "
    "dinero.",
    "Die Lieferung kam p\u00fcnktlich, nur die Anleitung fehlte, und am Telefon war niemand zu "
    "erreichen.",
    "A entrega demorou, mas o atendimento foi atencioso e resolveu tudo no mesmo dia.",
    "La livraison a pris du retard, mais le service client a r\u00e9pondu tout de suite.",
    "Il pacco \u00e8 arrivato aperto e il servizio clienti non risponde da una settimana.",
};
#define TEXTS (sizeof texts / sizeof texts[0])

static void texts_come_back_smaller(void **state) {
    struct fixture *fixture = *state;
    struct squeeze *squeeze = squeeze_create();
    for (size_t i = 0; i < TEXTS; i++) {
        struct span text = span_of(texts[i]);
        struct span packed;
        struct span again;
        assert_true(squeeze_pack(squeeze, text, fixture->arena, &packed));
        assert_true(packed.size * 4 < text.size * 3); /* by a quarter at least */
        assert_true(squeeze_unpack(squeeze, packed, text.size, fixture->arena, &again));
        assert_true(span_equal(again, text));
    }
    squeeze_free(squeeze);
}

static void what_does_not_become_smaller_is_left(void **state) {
    struct fixture *fixture = *state;
    struct squeeze *squeeze = squeeze_create();
    struct span packed;
    assert_false(squeeze_pack(squeeze, SPAN(""), fixture->arena, &packed));
    assert_false(squeeze_pack(squeeze, SPAN("\x01\x8f\xe3"), fixture->arena, &packed));
    squeeze_free(squeeze);
}

static void damage_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct squeeze *squeeze = squeeze_create();
    struct span text = span_of(texts[0]);
    struct span packed;
    struct span again;
    assert_true(squeeze_pack(squeeze, text, fixture->arena, &packed));
    assert_false(squeeze_unpack(squeeze, packed, text.size - 1, fixture->arena, &again));
    assert_false(squeeze_unpack(squeeze, packed, text.size + 1, fixture->arena, &again));
    for (size_t size = 0; size < packed.size; size++) {
        assert_false(
            squeeze_unpack(squeeze, span_first(packed, size), text.size, fixture->arena, &again));
    }
    squeeze_free(squeeze);
}

/* A record whose words were squeezed before says the same as one that squeezes them when it is
 * written. */
static void records_are_the_same_either_way(void **state) {
    struct fixture *fixture = *state;
    struct squeeze *squeeze = squeeze_create();
    struct record record = {.state = RECORD_LIVE};
    struct record read;
    record.mention = fixture_mention(fixture, "77", texts[0], 0, 0.5);
    record.mention.sequence = record.mention.cluster = 5;
    record_normalise(&record, fixture->arena);
    struct span late = record_encode(&record, squeeze, fixture->arena);
    struct span plain = record_encode(&record, NULL, fixture->arena);
    record_squeeze(&record, squeeze, fixture->arena);
    assert_true(record.squeezed.size > 0);
    assert_true(span_equal(late, record_encode(&record, squeeze, fixture->arena)));
    assert_true(late.size < plain.size);
    assert_true(record_decode(late, 5, squeeze, fixture->arena, &read));
    assert_string_equal(arena_copy_string(fixture->arena, read.mention.item.text), texts[0]);
    assert_true(record_decode(plain, 5, NULL, fixture->arena, &read));
    assert_string_equal(arena_copy_string(fixture->arena, read.mention.item.text), texts[0]);
    assert_false(record_decode(late, 5, NULL, fixture->arena, &read));
    squeeze_free(squeeze);
}

static void *pack_often(void *context) {
    struct arena *arena = arena_create();
    for (size_t i = 0; i < 300; i++) {
        struct span text = span_of(texts[i % TEXTS]);
        struct span packed;
        struct span again;
        if (!squeeze_pack(context, text, arena, &packed) ||
            !squeeze_unpack(context, packed, text.size, arena, &again) ||
            !span_equal(again, text)) {
            abort();
        }
    }
    arena_free(arena);
    return NULL;
}

static void threads_share_one(void **state) {
    (void)state;
    struct squeeze *squeeze = squeeze_create();
    pthread_t threads[6];
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, pack_often, squeeze), 0);
    }
    for (size_t i = 0; i < 6; i++) {
        pthread_join(threads[i], NULL);
    }
    squeeze_free(squeeze);
}

static int setup(void **state) {
    struct fixture *fixture = NEW(struct fixture);
    fixture_init(fixture);
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    fixture_done(*state);
    free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_come_back_smaller, setup, teardown),
        cmocka_unit_test_setup_teardown(what_does_not_become_smaller_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(records_are_the_same_either_way, setup, teardown),
        cmocka_unit_test_setup_teardown(threads_share_one, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
