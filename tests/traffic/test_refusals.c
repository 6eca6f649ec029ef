#include "test.h"
#include "traffic/refusals.h"

static struct mh_refusals refusals;

static int empty(void **state)
{
    (void)state;
    mh_refusals_done(&refusals);
    return 0;
}

static void one_after_the_other_are_one(void **state)
{
    (void)state;

    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(mh_refusals_add(&refusals, 7, 100, 110 + i), 0);
    assert_int_equal(refusals.count, 1);
    assert_int_equal(refusals.entries[0].count, 5);
    assert_int_equal(refusals.entries[0].before_ns, 100);
    assert_int_equal(refusals.entries[0].after_ns, 114);
    mh_refusals_end(&refusals, 7, 120);
    assert_int_equal(refusals.entries[0].after_ns, 120);
}

/* What is taken without having been refused ends nothing. */
static void others_are_left_alone(void **state)
{
    (void)state;

    mh_refusals_end(&refusals, 7, 120);
    assert_int_equal(mh_refusals_add(&refusals, 7, 100, 110), 0);
    mh_refusals_end(&refusals, 8, 130);
    assert_int_equal(refusals.entries[0].after_ns, 110);
}

static void there_may_be_many(void **state)
{
    (void)state;

    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(mh_refusals_add(&refusals, i, i * 10, i * 10 + 1), 0);
    assert_int_equal(refusals.count, 1000);
    assert_int_equal(refusals.entries[999].number, 999);
    assert_int_equal(refusals.entries[500].before_ns, 5000);
}

#define EMPTIED(test) cmocka_unit_test_teardown(test, empty)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTIED(one_after_the_other_are_one),
        EMPTIED(others_are_left_alone),
        EMPTIED(there_may_be_many),
    };
    return cmocka_run_group_tests_name("traffic/refusals", tests, NULL, NULL);
}
