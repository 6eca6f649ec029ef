/* Which departures are a stream's own? */
#include "test.h"
#include "traffic/sample_ids.h"

static void each_that_was_asked_for_is_told_once(void **state)
{
    (void)state;
    struct mh_sample_ids ids = {.asked = 0};

    assert_false(mh_sample_ids_tell(&ids, 0));
    mh_sample_ids_ask(&ids, 0);
    mh_sample_ids_ask(&ids, 7);
    mh_sample_ids_ask(&ids, 9);
    assert_true(mh_sample_ids_tell(&ids, 0));
    assert_false(mh_sample_ids_tell(&ids, 0));
    assert_false(mh_sample_ids_tell(&ids, 8));
    assert_true(mh_sample_ids_tell(&ids, 9));
    assert_true(mh_sample_ids_tell(&ids, 7));
    assert_false(mh_sample_ids_tell(&ids, 9));
    assert_int_equal(ids.asked, 3);
    assert_int_equal(ids.told, 3);
}

static void the_latest_are_known(void **state)
{
    (void)state;
    struct mh_sample_ids ids = {.asked = 0};

    for (uint32_t id = 0; id < MH_SAMPLE_IDS + 10; id++)
        mh_sample_ids_ask(&ids, id);
    for (uint32_t id = 0; id < MH_SAMPLE_IDS + 10; id++)
        assert_int_equal(mh_sample_ids_tell(&ids, id), id >= 10);
    assert_int_equal(ids.asked - ids.told, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_that_was_asked_for_is_told_once),
        cmocka_unit_test(the_latest_are_known),
    };
    return cmocka_run_group_tests_name("sample_ids", tests, NULL, NULL);
}
