#include "test.h"
#include "traffic/shape.h"

#include <math.h>
#include <string.h>

enum { PACKETS = 200000 };
static const uint64_t second = UINT64_C(1000000000);
static const uint64_t kpps = UINT64_C(1000) * 1000000;
static const double gap_ns = 1e6; /* of 1,000 packets per second */

static const struct mh_shape shapes[] = {
    {.kind = MH_SHAPE_CONSTANT, .seed = 7},
    {.kind = MH_SHAPE_POISSON, .seed = 7},
    {.kind = MH_SHAPE_ON_OFF, .seed = 7, .on_ns = 100000000, .off_ns = 200000000},
};
enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* When each of the packets is due; the caller's until the next call. */
static const uint64_t *schedule_of(const struct mh_shape *shape, uint64_t *offsets)
{
    struct mh_shape_walk walk = mh_shape_begin(shape, kpps);

    for (size_t i = 0; i < PACKETS; i++) {
        offsets[i] = mh_shape_offset_ns(&walk);
        mh_shape_step(&walk);
    }
    return offsets;
}

static uint64_t one[PACKETS], other[PACKETS];

static void the_same_seed_gives_the_same_schedule(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++)
        assert_memory_equal(
            schedule_of(&shapes[s], one), schedule_of(&shapes[s], other), sizeof(one));
}

static void another_seed_gives_another(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++) {
        struct mh_shape shape = shapes[s];
        shape.seed = 8;
        schedule_of(&shapes[s], one);
        schedule_of(&shape, other);
        for (size_t i = 1; i < 1000; i++)
            assert_true(one[i] != other[i]);
    }
}

/* Worked out apart from this program, by what the header says and the paper's generator. */
static void a_schedule_is_the_same_everywhere(void **state)
{
    static const uint64_t expected[SHAPES][3] = {
        {389830, 1389830, 2389830},
        {494018, 510949, 2821170},
        {129944, 463277, 796610},
    };
    (void)state;

    for (size_t s = 0; s < SHAPES; s++) {
        schedule_of(&shapes[s], one);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(one[i + 1], expected[s][i]);
    }
}

static void the_first_is_due_at_once_and_none_before_the_one_before(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++) {
        schedule_of(&shapes[s], one);
        assert_int_equal(one[0], 0);
        for (size_t i = 1; i < PACKETS; i++)
            assert_true(one[i] >= one[i - 1]);
    }
}

static void the_average_rate_is_the_one_wanted(void **state)
{
    static const double tolerance[] = {0.0001, 0.02, 0.15};
    (void)state;

    for (size_t s = 0; s < SHAPES; s++) {
        schedule_of(&shapes[s], one);
        double mean = (double)one[PACKETS - 1] / (PACKETS - 1);
        assert_true(fabs(mean / gap_ns - 1) < tolerance[s]);
    }
}

/* Of the gaps: their variance over their squared mean. */
static double spread(const uint64_t *offsets)
{
    double mean = (double)offsets[PACKETS - 1] / (PACKETS - 1), sum = 0;

    for (size_t i = 1; i < PACKETS; i++) {
        double difference = (double)(offsets[i] - offsets[i - 1]) - mean;
        sum += difference * difference;
    }
    return sum / (PACKETS - 1) / mean / mean;
}

static double share_longer_than(const uint64_t *offsets, double ns)
{
    size_t longer = 0;

    for (size_t i = 1; i < PACKETS; i++)
        longer += (double)(offsets[i] - offsets[i - 1]) > ns;
    return (double)longer / (PACKETS - 1);
}

static void constant_is_even_behind_its_first_gap(void **state)
{
    (void)state;
    schedule_of(&shapes[0], one);
    assert_true(one[1] < (uint64_t)gap_ns);
    for (size_t i = 2; i < PACKETS; i++)
        assert_true(fabs((double)(one[i] - one[i - 1]) - gap_ns) <= 1);
}

/* An exponential distribution: its deviation is its mean, and so many are longer than n means.
 */
static void poisson_gaps_are_exponential(void **state)
{
    (void)state;
    schedule_of(&shapes[1], one);
    assert_true(fabs(spread(one) - 1) < 0.1);
    for (double n = 0.5; n < 4; n += 0.5)
        assert_true(fabs(share_longer_than(one, n * gap_ns) - exp(-n)) < 0.02);
}

/* Three times the average rate while on; then off for 200 ms on average. */
static void on_and_off_take_turns(void **state)
{
    double peak_gap_ns = gap_ns / 3, off = 0;
    size_t pauses = 0;
    (void)state;

    schedule_of(&shapes[2], one);
    for (size_t i = 2; i < PACKETS; i++) {
        double gap = (double)(one[i] - one[i - 1]);
        assert_true(gap >= peak_gap_ns - 1);
        if (gap <= peak_gap_ns + 1)
            continue;
        off += gap - peak_gap_ns;
        pauses++;
    }
    /* An on period of 100 ms has 300 packets. */
    assert_true(fabs((double)pauses / (PACKETS / 300.0) - 1) < 0.2);
    assert_true(fabs(off / (double)pauses / 2e8 - 1) < 0.2);
    assert_true(spread(one) > 100);
}

/* Many that begin together: so many are on at the beginning as later. */
static void those_that_begin_together_are_not_in_step(void **state)
{
    enum { SOURCES = 3000 };
    size_t on = 0;
    (void)state;

    for (uint64_t i = 0; i < SOURCES; i++) {
        struct mh_shape shape = shapes[2];
        shape.seed = i;
        struct mh_shape_walk walk = mh_shape_begin(&shape, kpps);
        mh_shape_step(&walk);
        on += mh_shape_offset_ns(&walk) < (uint64_t)(gap_ns / 3);
    }
    assert_true(fabs((double)on / SOURCES - 1 / 3.0) < 0.05);
}

static void looking_ahead_changes_nothing(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++) {
        struct mh_shape_walk walk = mh_shape_begin(&shapes[s], kpps);
        schedule_of(&shapes[s], one);
        for (size_t i = 0; i + 64 < 2000; i++) {
            assert_true(mh_shape_due(&walk, one[i], 64) >= 1);
            assert_int_equal(mh_shape_due(&walk, UINT64_MAX, 64), 64);
            assert_true(mh_shape_due(&walk, one[i + 10], 64) >= 11);
            assert_true(one[i] == 0 || mh_shape_due(&walk, one[i] - 1, 64) == 0);
            assert_int_equal(mh_shape_offset_ns(&walk), one[i]);
            mh_shape_step(&walk);
        }
    }
}

/* However slow, it ends, and its times do not run over. */
static void the_slowest_has_times(void **state)
{
    struct mh_shape shape = {.kind = MH_SHAPE_POISSON, .seed = 1};
    struct mh_shape_walk walk = mh_shape_begin(&shape, 1);
    (void)state;

    for (size_t i = 0; i < 100000; i++)
        mh_shape_step(&walk);
    assert_true(mh_shape_offset_ns(&walk) > 3000000000 * second);
    assert_true(mh_shape_offset_ns(&walk) < INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_schedule),
        cmocka_unit_test(another_seed_gives_another),
        cmocka_unit_test(a_schedule_is_the_same_everywhere),
        cmocka_unit_test(the_first_is_due_at_once_and_none_before_the_one_before),
        cmocka_unit_test(the_average_rate_is_the_one_wanted),
        cmocka_unit_test(constant_is_even_behind_its_first_gap),
        cmocka_unit_test(poisson_gaps_are_exponential),
        cmocka_unit_test(on_and_off_take_turns),
        cmocka_unit_test(those_that_begin_together_are_not_in_step),
        cmocka_unit_test(looking_ahead_changes_nothing),
        cmocka_unit_test(the_slowest_has_times),
    };
    return cmocka_run_group_tests_name("traffic/shape", tests, NULL, NULL);
}
