#include "test.h"
#include "traffic/lateness.h"

static void tells_the_most_since_a_moment(void **state)
{
    struct mh_lateness lateness = {.count = 0};
    (void)state;

    assert_int_equal(mh_lateness_since(&lateness, 0), 0);
    mh_lateness_note(&lateness, 10, 500);
    mh_lateness_note(&lateness, 20, 3);
    mh_lateness_note(&lateness, 30, 70);
    mh_lateness_note(&lateness, 40, 9);
    assert_int_equal(mh_lateness_since(&lateness, 0), 500);
    assert_int_equal(mh_lateness_since(&lateness, 10), 500);
    assert_int_equal(mh_lateness_since(&lateness, 11), 70);
    assert_int_equal(mh_lateness_since(&lateness, 31), 9);
    assert_int_equal(mh_lateness_since(&lateness, 41), 0);
}

static void a_longer_pause_covers_those_before_it(void **state)
{
    struct mh_lateness lateness = {.count = 0};
    (void)state;

    for (uint64_t i = 1; i <= 1000; i++)
        mh_lateness_note(&lateness, i, i);
    assert_int_equal(lateness.count, 1);
    assert_int_equal(mh_lateness_since(&lateness, 1), 1000);
    assert_int_equal(mh_lateness_since(&lateness, 1000), 1000);
}

/* However many there were. */
static void never_tells_too_little(void **state)
{
    enum { NOTES = 300 };
    struct mh_lateness lateness = {.count = 0};
    uint64_t late_ns[NOTES];
    uint64_t chance = 1;
    (void)state;

    for (size_t i = 0; i < NOTES; i++) {
        chance = chance * 6364136223846793005U + 1442695040888963407U;
        late_ns[i] = 1000000 - 3000 * i + (chance >> 40) % 2000;
        mh_lateness_note(&lateness, i, late_ns[i]);
        for (size_t since = 0; since <= i; since++) {
            uint64_t most = 0;
            for (size_t k = since; k <= i; k++)
                most = late_ns[k] > most ? late_ns[k] : most;
            assert_true(mh_lateness_since(&lateness, since) >= most);
        }
    }
    assert_int_equal(mh_lateness_since(&lateness, NOTES), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_most_since_a_moment),
        cmocka_unit_test(a_longer_pause_covers_those_before_it),
        cmocka_unit_test(never_tells_too_little),
    };
    return cmocka_run_group_tests_name("traffic/lateness", tests, NULL, NULL);
}
