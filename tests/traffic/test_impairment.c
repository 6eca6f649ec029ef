#include "test.h"
#include "traffic/impairment.h"

#include <stdlib.h>
#include <string.h>

enum { FRAME = 1000, MS = 1000000 };

static const uint8_t frame[FRAME] = {0x01, 0, 0x5e, 1, 2, 3, 2, 0, 0, 0, 0, 1, 0x08, 0x00, 0x45,
    0, 0, 32, 0, 0, 0x40, 0, 1, 17, 0, 0, 10, 0, 0, 1, 239, 1, 2, 3, 0x30, 0x39, 0x13, 0x88};

static struct mh_impairment *make(struct mh_impairment_plan plan)
{
    struct mh_impairment *made;

    if (plan.seed == 0)
        plan.seed = 1;
    assert_int_equal(mh_impairment_new(&plan, &made), 0);
    return made;
}

static struct mh_fate decide(struct mh_impairment *impairment, uint64_t now_ns)
{
    return mh_impairment_decide(impairment, frame, sizeof(frame), now_ns);
}

/* The fates of 64 frames, as a mask of those dropped. */
static uint64_t drops_of(struct mh_impairment_plan plan)
{
    struct mh_impairment *impairment = make(plan);
    uint64_t mask = 0;

    for (unsigned i = 0; i < 64; i++)
        if (decide(impairment, i).cause != MH_NOT_DROPPED)
            mask |= 1ULL << i;
    mh_impairment_free(impairment);
    return mask;
}

/* ---- chance --------------------------------------------------------------------------------
 */

static void the_same_seed_drops_the_same_frames(void **state)
{
    struct mh_impairment_plan plan = {.seed = 42, .loss = 0.3};
    uint64_t first = drops_of(plan);

    (void)state;
    assert_true(first == drops_of(plan));
    /* On any kernel, machine and compiler: this is the pattern. */
    assert_true(first == 0xc601290000244042U);
    plan.seed = 43;
    assert_true(first != drops_of(plan));
}

static void one_option_more_does_not_shift_the_others(void **state)
{
    struct mh_impairment_plan plan = {.seed = 42, .loss = 0.3};
    uint64_t alone = drops_of(plan);

    (void)state;
    plan.duplicate = 0.5;
    plan.delay_ns = 10 * MS;
    plan.jitter_ns = 5 * MS;
    plan.reorder = 0.5;
    assert_true(alone == drops_of(plan));
}

static void shares_are_as_asked(void **state)
{
    enum { COUNT = 100000 };
    struct mh_impairment *impairment = make((struct mh_impairment_plan){
        .loss = 0.1, .duplicate = 0.2, .reorder = 0.3, .delay_ns = MS});
    int lost = 0, twice = 0, overtook = 0;

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        struct mh_fate fate = decide(impairment, (uint64_t)i);

        lost += fate.cause == MH_DROPPED_BY_LOSS;
        twice += fate.twice;
        overtook += fate.overtakes;
        assert_false(fate.twice && fate.cause != MH_NOT_DROPPED);
    }
    assert_in_range(lost, COUNT * 0.095, COUNT * 0.105);
    assert_in_range(twice, (COUNT - lost) * 0.19, (COUNT - lost) * 0.21);
    assert_in_range(overtook, (COUNT - lost) * 0.29, (COUNT - lost) * 0.31);
    mh_impairment_free(impairment);
}

static void all_and_none(void **state)
{
    (void)state;
    assert_true(drops_of((struct mh_impairment_plan){.loss = 1}) == UINT64_MAX);
    assert_true(drops_of((struct mh_impairment_plan){.loss = 0}) == 0);
}

/* ---- rules ---------------------------------------------------------------------------------
 */

static uint64_t drops_by(struct mh_drop_rule rule)
{
    struct mh_impairment_plan plan = {.rule_count = 1, .rules = malloc(sizeof(rule))};

    assert_non_null(plan.rules);
    plan.rules[0] = rule;
    return drops_of(plan);
}

static struct mh_frame_filter *filter(const char *expression)
{
    struct mh_frame_filter *compiled;
    struct mh_error err = {0};

    if (mh_frame_filter_compile(expression, &compiled, &err) < 0)
        fail_msg("%s", err.message);
    return compiled;
}

static void rules_drop_by_count(void **state)
{
    (void)state;
    assert_true(drops_by((struct mh_drop_rule){.numbers = {3}, .number_count = 1}) == 0x4);
    assert_true(drops_by((struct mh_drop_rule){.numbers = {1, 64}, .number_count = 2}) ==
                0x8000000000000001U);
    assert_true(drops_by((struct mh_drop_rule){.first = 4}) == 0xf);
    assert_true(drops_by((struct mh_drop_rule){.every = 16}) == 0x8000800080008000U);
}

static void rules_count_what_their_filter_matches(void **state)
{
    struct mh_drop_rule rule = {.first = 2};

    (void)state;
    rule.only = filter("udp port 5000");
    assert_true(drops_by(rule) == 0x3);
    rule.only = filter("igmp");
    assert_true(drops_by(rule) == 0);
}

static void every_rule_counts_every_frame(void **state)
{
    struct mh_impairment_plan plan = {.rule_count = 2, .rules = calloc(2, sizeof(*plan.rules))};

    (void)state;
    assert_non_null(plan.rules);
    plan.rules[0].first = 2;
    plan.rules[1] = (struct mh_drop_rule){.numbers = {3}, .number_count = 1};
    assert_true(drops_of(plan) == 0x7);
}

static void only_lets_the_others_pass(void **state)
{
    struct mh_impairment *impairment =
        make((struct mh_impairment_plan){.loss = 1, .only = filter("igmp")});
    struct mh_fate fate = decide(impairment, 7);

    (void)state;
    assert_false(fate.concerned);
    assert_int_equal(fate.cause, MH_NOT_DROPPED);
    assert_int_equal(fate.due_ns, 7);
    mh_impairment_free(impairment);
}

/* ---- time ----------------------------------------------------------------------------------
 */

static void jitter_spreads_around_the_delay(void **state)
{
    struct mh_impairment *impairment =
        make((struct mh_impairment_plan){.delay_ns = 20 * MS, .jitter_ns = 5 * MS});
    uint64_t least = UINT64_MAX, most = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t due = decide(impairment, 1000).due_ns - 1000;

        least = due < least ? due : least;
        most = due > most ? due : most;
    }
    assert_in_range(least, 15 * MS, 15 * MS + MS / 2);
    assert_in_range(most, 25 * MS - MS / 2, 25 * MS);
    mh_impairment_free(impairment);
}

static void a_rate_is_time_on_the_wire(void **state)
{
    /* 8 Mbit/s: a microsecond a byte. */
    struct mh_impairment *impairment = make(
        (struct mh_impairment_plan){.byte_ns = 1000, .delay_ns = 5 * MS, .queue_frames = 10});

    (void)state;
    assert_int_equal(decide(impairment, 0).due_ns, 6 * MS);
    assert_int_equal(decide(impairment, 0).due_ns, 7 * MS);
    assert_int_equal(decide(impairment, MS / 2).due_ns, 8 * MS);
    assert_int_equal(decide(impairment, 10 * MS).due_ns, 16 * MS); /* it was free meanwhile */
    mh_impairment_free(impairment);
}

static void a_full_queue_drops(void **state)
{
    struct mh_impairment *impairment =
        make((struct mh_impairment_plan){.frame_ns = MS, .queue_frames = 3});

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(decide(impairment, 0).cause, MH_NOT_DROPPED);
    assert_int_equal(decide(impairment, 0).cause, MH_DROPPED_BY_QUEUE);
    assert_int_equal(decide(impairment, MS).cause, MH_NOT_DROPPED);
    assert_int_equal(decide(impairment, MS).cause, MH_DROPPED_BY_QUEUE);
    mh_impairment_free(impairment);
}

static void who_overtakes_skips_the_delay(void **state)
{
    struct mh_impairment *impairment =
        make((struct mh_impairment_plan){.delay_ns = 5 * MS, .reorder = 1});
    struct mh_fate fate = decide(impairment, 3);

    (void)state;
    assert_true(fate.overtakes);
    assert_int_equal(fate.due_ns, 3);
    mh_impairment_free(impairment);
}

static void a_duplicate_has_a_delay_of_its_own(void **state)
{
    struct mh_impairment *impairment = make(
        (struct mh_impairment_plan){.duplicate = 1, .delay_ns = 5 * MS, .jitter_ns = 5 * MS});
    struct mh_fate fate = decide(impairment, 0);

    (void)state;
    assert_true(fate.twice);
    assert_true(fate.copy_ns != fate.due_ns);
    assert_true(fate.copy_ns <= 10 * MS);
    mh_impairment_free(impairment);
    assert_null(mh_impairment_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_drops_the_same_frames),
        cmocka_unit_test(one_option_more_does_not_shift_the_others),
        cmocka_unit_test(shares_are_as_asked),
        cmocka_unit_test(all_and_none),
        cmocka_unit_test(rules_drop_by_count),
        cmocka_unit_test(rules_count_what_their_filter_matches),
        cmocka_unit_test(every_rule_counts_every_frame),
        cmocka_unit_test(only_lets_the_others_pass),
        cmocka_unit_test(jitter_spreads_around_the_delay),
        cmocka_unit_test(a_rate_is_time_on_the_wire),
        cmocka_unit_test(a_full_queue_drops),
        cmocka_unit_test(who_overtakes_skips_the_delay),
        cmocka_unit_test(a_duplicate_has_a_delay_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
