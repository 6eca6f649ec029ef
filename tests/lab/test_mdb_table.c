#include "lab/mdb_table.h"
#include "test.h"

#include <arpa/inet.h>

enum { PORTS = 8, GROUPS = 64, STEPS = 20000 };

static struct mh_mdb_key key_of(unsigned port, unsigned group, bool with_source)
{
    struct mh_mdb_key key = {.port = port, .group.family = AF_INET};

    key.group.v4.s_addr = htonl(0xef000000U + group);
    if (with_source) {
        key.source.family = AF_INET;
        key.source.v4.s_addr = htonl(0x0a000001U);
    }
    return key;
}

static void agrees(const struct mh_mdb_table *table, bool known[PORTS][GROUPS][2])
{
    for (unsigned port = 0; port < PORTS; port++)
        for (unsigned group = 0; group < GROUPS; group++)
            for (unsigned source = 0; source < 2; source++) {
                struct mh_mdb_key key = key_of(port, group, source);

                assert_int_equal(
                    mh_mdb_table_find(table, &key) != NULL, known[port][group][source]);
            }
}

/* Against a plain array, over many additions and removals in a fixed random order. */
static void test_keeps_what_was_put_and_not_removed(void **state)
{
    static bool known[PORTS][GROUPS][2];
    struct mh_mdb_table table = {0};
    uint32_t random = 1;

    (void)state;
    for (int step = 0; step < STEPS; step++) {
        random = random * 1664525U + 1013904223U;
        bool add = random >> 31;
        unsigned port = random >> 28 & 7, group = random >> 20 & 63, source = random >> 27 & 1;
        struct mh_mdb_key key = key_of(port, group, source);

        if (add)
            assert_int_equal(mh_mdb_table_put(&table, &key, true), 0);
        else
            mh_mdb_table_remove(&table, &key);
        known[port][group][source] = add;
        if (step % 100 == 0)
            agrees(&table, known);
    }
    agrees(&table, known);
    mh_mdb_table_clear(&table);
    assert_int_equal(table.count, 0);
}

static void test_putting_again_replaces(void **state)
{
    struct mh_mdb_table table = {0};
    struct mh_mdb_key key = key_of(1, 2, true);

    (void)state;
    assert_int_equal(mh_mdb_table_put(&table, &key, true), 0);
    assert_int_equal(mh_mdb_table_put(&table, &key, false), 0);
    assert_int_equal(table.count, 1);
    assert_false(mh_mdb_table_find(&table, &key)->forwards);
    mh_mdb_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_what_was_put_and_not_removed),
        cmocka_unit_test(test_putting_again_replaces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
