#include "test.h"
#include "traffic/match.h"

#include <stdlib.h>

static struct mh_match match;

static int begin(void **state)
{
    (void)state;
    mh_match_begin(&match);
    return mh_match_reserve(&match, 8);
}

static int done(void **state)
{
    (void)state;
    mh_match_done(&match);
    return 0;
}

static size_t sent(uint64_t time_ns, uint64_t order)
{
    return mh_match_add(&match, (struct mh_moment){.time_ns = time_ns, .order = order});
}

static size_t whose(uint64_t time_ns, uint64_t order)
{
    return mh_match_give(&match, (struct mh_moment){.time_ns = time_ns, .order = order});
}

static void one_send_gets_every_message_after_it(void **state)
{
    (void)state;
    size_t only = sent(100, 0);
    assert_int_equal(whose(120, 1), only);
    assert_int_equal(whose(110, 0), only); /* a duplicate */
}

static void equal_sends_get_one_each(void **state)
{
    (void)state;
    size_t first = sent(100, 0);
    size_t second = sent(200, 1);
    assert_int_equal(whose(210, 1), second);
    assert_int_equal(whose(110, 0), first);
}

static void a_lost_first_send_stays_without(void **state)
{
    (void)state;
    sent(100, 0);
    size_t second = sent(200, 0);
    assert_int_equal(whose(210, 0), second);
}

static void a_lost_last_send_stays_without(void **state)
{
    (void)state;
    size_t first = sent(100, 0);
    sent(200, 1);
    assert_int_equal(whose(150, 0), first);
}

static void late_messages_are_shared_out(void **state)
{
    (void)state;
    size_t first = sent(100, 0);
    size_t second = sent(200, 0);
    size_t third = sent(300, 0);
    assert_int_equal(whose(330, 2), third);
    assert_int_equal(whose(320, 1), second);
    assert_int_equal(whose(310, 0), first);
}

static void what_is_left_over_is_a_duplicate_of_the_latest(void **state)
{
    (void)state;
    size_t first = sent(100, 0);
    size_t second = sent(200, 0);
    assert_int_equal(whose(230, 2), second);
    assert_int_equal(whose(220, 1), first);
    assert_int_equal(whose(210, 0), second);
}

static void a_message_between_goes_to_the_earlier(void **state)
{
    (void)state;
    size_t first = sent(100, 0);
    size_t second = sent(200, 2);
    assert_int_equal(whose(220, 3), second);
    assert_int_equal(whose(210, 2), first);
    assert_int_equal(whose(150, 1), first); /* both of these came for one send */
    assert_int_equal(whose(140, 0), first);
}

/* Two processors may log in another order than they stamped. */
static void stamps_out_of_order_are_matched_by_stamp(void **state)
{
    (void)state;
    size_t first = sent(100, 0);
    size_t second = sent(200, 0);
    assert_int_equal(whose(190, 1), first);
    assert_int_equal(whose(210, 0), second);
}

static void a_stamp_at_the_very_moment_counts(void **state)
{
    (void)state;
    sent(100, 0);
    size_t second = sent(200, 0);
    assert_int_equal(whose(200, 0), second);
}

static void a_clock_set_back_falls_to_the_first_send(void **state)
{
    (void)state;
    size_t first = sent(1000, 5);
    sent(2000, 6);
    assert_int_equal(whose(10, 7), first);
    assert_int_equal(whose(9, 6), first);
}

static void what_was_logged_before_is_nobodys(void **state)
{
    (void)state;
    sent(1000, 5);
    assert_int_equal(mh_match_first_order(&match), 5);
    assert_int_equal(whose(1001, 4), MH_MATCH_NONE); /* by order, whatever the clock says */
}

static void what_was_logged_between_is_not_the_later_ones(void **state)
{
    (void)state;
    size_t first = sent(1000, 5);
    size_t second = sent(900, 6); /* the clock was set back in between */
    assert_int_equal(whose(1001, 5), first);
    assert_int_equal(whose(901, 6), second);
}

static void room_grows_and_a_new_question_starts_anew(void **state)
{
    (void)state;
    assert_int_equal(mh_match_reserve(&match, 1000), 0);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(sent(i * 10, i), i);
    for (size_t i = 1000; i-- > 0;)
        assert_int_equal(whose(i * 10 + 5, i), i);
    mh_match_begin(&match);
    sent(0, 0);
    assert_int_equal(whose(10000, 1000), 0);
}

/* The rule as the header words it, in the most naive way. */
static size_t whose_naively(const uint64_t *sent_at, unsigned *taken, size_t count, uint64_t at)
{
    size_t latest = MH_MATCH_NONE;

    for (size_t i = count; i-- > 0;) {
        if (sent_at[i] > at)
            continue;
        if (latest == MH_MATCH_NONE)
            latest = i;
        if (!taken[i]) {
            taken[i] = 1;
            return i;
        }
    }
    return latest;
}

static void agrees_with_the_naive_rule(void **state)
{
    (void)state;
    srand(1);
    for (int round = 0; round < 2000; round++) {
        enum { SENDS = 8 };
        uint64_t sent_at[SENDS] = {0};
        unsigned taken[SENDS] = {0};
        size_t count = 1 + (size_t)rand() % SENDS;
        mh_match_begin(&match);
        for (size_t i = 0; i < count; i++) {
            sent_at[i] = (i ? sent_at[i - 1] : 1) + (uint64_t)(rand() % 5);
            sent(sent_at[i], 0);
        }
        for (int messages = rand() % 12; messages > 0; messages--) {
            uint64_t at = sent_at[0] + (uint64_t)(rand() % 30);
            assert_int_equal(whose(at, 0), whose_naively(sent_at, taken, count, at));
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, done)
    const struct CMUnitTest tests[] = {
        TEST(one_send_gets_every_message_after_it),
        TEST(equal_sends_get_one_each),
        TEST(a_lost_first_send_stays_without),
        TEST(a_lost_last_send_stays_without),
        TEST(late_messages_are_shared_out),
        TEST(what_is_left_over_is_a_duplicate_of_the_latest),
        TEST(a_message_between_goes_to_the_earlier),
        TEST(stamps_out_of_order_are_matched_by_stamp),
        TEST(a_stamp_at_the_very_moment_counts),
        TEST(a_clock_set_back_falls_to_the_first_send),
        TEST(what_was_logged_before_is_nobodys),
        TEST(what_was_logged_between_is_not_the_later_ones),
        TEST(room_grows_and_a_new_question_starts_anew),
        TEST(agrees_with_the_naive_rule),
    };
    return cmocka_run_group_tests_name("traffic/match", tests, NULL, NULL);
}
