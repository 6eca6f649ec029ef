#include "test.h"
#include "traffic/payload.h"

#include <string.h>

static void copies_stay_where_they_are(void **state)
{
    (void)state;
    struct mh_payload_store store = {0};
    const uint8_t *kept[500];
    uint8_t bytes[500];

    for (size_t i = 0; i < 500; i++) {
        memset(bytes, (int)i, sizeof(bytes));
        kept[i] = mh_payload_keep(&store, bytes, i);
        assert_non_null(kept[i]);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t at = 0; at < i; at++)
            assert_int_equal(kept[i][at], (uint8_t)i);
    mh_payload_store_done(&store);
}

static void the_largest_datagram_fits(void **state)
{
    (void)state;
    struct mh_payload_store store = {0};
    static uint8_t bytes[65507];
    bytes[65506] = 7;
    for (int i = 0; i < 3; i++)
        assert_int_equal(mh_payload_keep(&store, bytes, sizeof(bytes))[65506], 7);
    mh_payload_store_done(&store);
}

static void an_empty_payload_is_kept_without_memory(void **state)
{
    (void)state;
    struct mh_payload_store store = {0};
    const uint8_t *kept = mh_payload_keep(&store, NULL, 0);
    assert_non_null(kept);
    mh_payload_forget_last(&store, kept);
    assert_null(store.newest);
    mh_payload_store_done(&store);
}

static void what_is_taken_back_leaves_its_room(void **state)
{
    (void)state;
    struct mh_payload_store store = {0};
    mh_payload_keep(&store, "a", 1);
    const uint8_t *first = mh_payload_keep(&store, "bcd", 3);
    mh_payload_forget_last(&store, first);
    assert_ptr_equal(mh_payload_keep(&store, "xyz", 3), first);
    mh_payload_store_done(&store);
}

static void the_hash_sees_each_bit_and_the_length(void **state)
{
    (void)state;
    uint8_t bytes[40] = {0};
    uint64_t plain = mh_payload_hash(bytes, sizeof(bytes));

    for (size_t bit = 0; bit < sizeof(bytes) * 8; bit++) {
        bytes[bit / 8] = (uint8_t)(1 << (bit % 8));
        assert_true(mh_payload_hash(bytes, sizeof(bytes)) != plain);
        bytes[bit / 8] = 0;
    }
    for (size_t length = 0; length < sizeof(bytes); length++)
        assert_true(mh_payload_hash(bytes, length) != plain);
    assert_true(mh_payload_hash(bytes, sizeof(bytes)) == plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_stay_where_they_are),
        cmocka_unit_test(the_largest_datagram_fits),
        cmocka_unit_test(an_empty_payload_is_kept_without_memory),
        cmocka_unit_test(what_is_taken_back_leaves_its_room),
        cmocka_unit_test(the_hash_sees_each_bit_and_the_length),
    };
    return cmocka_run_group_tests_name("traffic/payload", tests, NULL, NULL);
}
