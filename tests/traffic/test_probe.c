#include "test.h"
#include "traffic/probe.h"

#include <string.h>

enum { SHORTEST = MH_PROBE_SIZE_MIN, LONGEST_SHORT = MH_PROBE_LONG_SIZE_MIN - 1 };

static const struct mh_probe_flow flow = {.run = 0x12345678, .flow = 7};
static const uint64_t sent_ns = 1700000000123456789;
static const uint64_t arrival_ns = 1700000000123999999;
static const uint64_t number_40 = 0x456789abcd;

static void write_probe(const struct mh_probe *probe, uint8_t *bytes)
{
    mh_probe_format(probe, 1, mh_probe_fill(&probe->of, bytes, probe->length), bytes);
}

static struct mh_probe make(uint8_t *bytes, size_t length)
{
    struct mh_probe probe = {.of = flow,
        .length = (uint32_t)length,
        .number = mh_probe_is_short(length) ? number_40 : 0x0123456789abcdef,
        .time_ns = sent_ns};

    write_probe(&probe, bytes);
    return probe;
}

static enum mh_probe_verdict parse(
    const uint8_t *bytes, size_t length, struct mh_probe *ret_probe)
{
    return mh_probe_parse(bytes, length, flow.run, arrival_ns, ret_probe);
}

static void assert_same(const struct mh_probe *one, const struct mh_probe *other)
{
    assert_int_equal(one->of.run, other->of.run);
    assert_int_equal(one->of.flow, other->of.flow);
    assert_int_equal(one->length, other->length);
    assert_int_equal(one->number, other->number);
    assert_int_equal(one->time_ns, other->time_ns);
}

static void says_what_it_was_told(void **state)
{
    static const size_t lengths[] = {
        18, 19, 25, 26, 38, 39, 40, 41, 47, 48, 64, 71, 72, 73, 1400, 65507};
    static uint8_t bytes[65507];
    struct mh_probe parsed;
    (void)state;

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct mh_probe probe = make(bytes, lengths[i]);
        assert_int_equal(parse(bytes, lengths[i], &parsed), MH_PROBE_INTACT);
        assert_same(&parsed, &probe);
        parsed = mh_probe_read(bytes, lengths[i], flow.run, arrival_ns);
        assert_same(&parsed, &probe);
    }
}

static void number_on(uint64_t from, size_t length)
{
    enum { COUNT = 7 };
    uint8_t bytes[COUNT * 100];
    struct mh_probe parsed,
        expected = {.of = flow, .length = (uint32_t)length, .number = from, .time_ns = sent_ns};
    uint64_t sum = 0;

    for (size_t i = 0; i < COUNT; i++)
        sum = mh_probe_fill(&flow, bytes + i * length, length);
    mh_probe_format(&expected, COUNT, sum, bytes);
    for (size_t i = 0; i < COUNT; i++, expected.number++) {
        assert_int_equal(parse(bytes + i * length, length, &parsed), MH_PROBE_INTACT);
        assert_same(&parsed, &expected);
    }
}

static void probes_in_a_row_are_numbered_on(void **state)
{
    (void)state;

    number_on(UINT64_C(0xfffffffffffffffd), 73);
    for (size_t length = SHORTEST; length <= LONGEST_SHORT; length++)
        number_on(0xfd, length);
}

static void other_data_is_no_probe(void **state)
{
    static const uint8_t text[] = "a datagram of somebody who knows nothing of probes at all";
    uint8_t bytes[64];
    struct mh_probe parsed;
    (void)state;

    assert_int_equal(parse(text, sizeof(text), &parsed), MH_PROBE_NONE);
    make(bytes, sizeof(bytes));
    assert_int_equal(parse(bytes, MH_PROBE_SIZE_MIN - 1, &parsed), MH_PROBE_NONE);
    assert_int_equal(parse(bytes, 0, &parsed), MH_PROBE_NONE);
}

/* Of the length of a short one: it names a flow that nobody has. */
static void other_data_names_no_flow(void **state)
{
    static const uint8_t text[] = "somebody's few words";
    struct mh_probe parsed;
    (void)state;

    assert_int_equal(parse(text, sizeof(text), &parsed), MH_PROBE_CORRUPTED);
    assert_true(parsed.of.flow > 1000000);
    assert_false(mh_probe_recognise(text, sizeof(text), flow.run, arrival_ns, &parsed));
}

/* Each bit of it, but the magic's and the run's: without these it is no probe, or another's. */
static void every_flipped_bit_is_noticed(void **state)
{
    enum { LENGTH = 151, WHOSE_BITS = 64 };
    uint8_t bytes[LENGTH];
    struct mh_probe parsed;
    (void)state;

    make(bytes, LENGTH);
    for (unsigned bit = 0; bit < LENGTH * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(parse(bytes, LENGTH, &parsed),
            bit < WHOSE_BITS ? MH_PROBE_NONE : MH_PROBE_CORRUPTED);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(parse(bytes, LENGTH, &parsed), MH_PROBE_INTACT);
}

static void flip_each_bit_of_a_short_one(size_t length)
{
    enum { WHOSE_BITS = 32 };
    uint8_t bytes[LONGEST_SHORT];
    struct mh_probe parsed;

    make(bytes, length);
    for (unsigned bit = 0; bit < length * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(parse(bytes, length, &parsed), MH_PROBE_CORRUPTED);
        assert_int_equal(parsed.of.flow == flow.flow, bit >= WHOSE_BITS);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(parse(bytes, length, &parsed), MH_PROBE_INTACT);
}

static void every_flipped_bit_of_a_short_one_is_noticed(void **state)
{
    (void)state;

    for (size_t length = SHORTEST; length <= LONGEST_SHORT; length++)
        flip_each_bit_of_a_short_one(length);
}

static void swapped_words_are_noticed(void **state)
{
    uint8_t bytes[400];
    uint8_t word[8];
    struct mh_probe parsed;
    (void)state;

    make(bytes, sizeof(bytes));
    for (size_t from = MH_PROBE_LONG_SIZE_MIN; from + 8 <= sizeof(bytes); from += 8)
        for (size_t to = from + 8; to + 8 <= sizeof(bytes); to += 8) {
            memcpy(word, bytes + from, 8);
            memcpy(bytes + from, bytes + to, 8);
            memcpy(bytes + to, word, 8);
            assert_int_equal(parse(bytes, sizeof(bytes), &parsed), MH_PROBE_CORRUPTED);
            make(bytes, sizeof(bytes));
        }
}

static void a_cut_one_is_corrupted(void **state)
{
    uint8_t bytes[200];
    struct mh_probe parsed;
    (void)state;

    make(bytes, sizeof(bytes));
    for (size_t length = MH_PROBE_LONG_SIZE_MIN; length < sizeof(bytes); length++)
        assert_int_equal(parse(bytes, length, &parsed), MH_PROBE_CORRUPTED);
}

/* Zeros behind it may be what a link fills a frame up with, so the length alone tells. */
static void a_short_one_of_another_length_is_corrupted(void **state)
{
    uint8_t bytes[LONGEST_SHORT];
    struct mh_probe parsed;
    (void)state;

    for (size_t made = SHORTEST; made <= LONGEST_SHORT; made++)
        for (size_t length = SHORTEST; length <= LONGEST_SHORT; length++) {
            memset(bytes, 0, sizeof(bytes));
            make(bytes, made);
            assert_int_equal(parse(bytes, length, &parsed),
                length == made ? MH_PROBE_INTACT : MH_PROBE_CORRUPTED);
            assert_int_equal(parsed.of.flow, flow.flow);
        }
}

/* Half of 2^40 ns either way, since clocks are set. */
static void the_time_of_a_short_one_is_the_nearest(void **state)
{
    static const int64_t half = INT64_C(1) << 39;
    static const int64_t ways[] = {0, 1, -1, 1000000000, -1000000000, half, -half + 1};
    uint8_t bytes[SHORTEST];
    struct mh_probe parsed;
    (void)state;

    make(bytes, SHORTEST);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        uint64_t came_ns = sent_ns + (uint64_t)ways[i];
        assert_int_equal(
            mh_probe_parse(bytes, SHORTEST, flow.run, came_ns, &parsed), MH_PROBE_INTACT);
        assert_int_equal(parsed.time_ns, sent_ns);
    }
    parsed = mh_probe_read(bytes, SHORTEST, flow.run, sent_ns + (uint64_t)half + 1);
    assert_int_equal(parsed.time_ns, sent_ns + 2 * (uint64_t)half);
}

/* It has no room for them, and must not pass for another. */
static void a_short_one_with_too_high_a_number_is_corrupted(void **state)
{
    static const uint64_t last = (UINT64_C(1) << 40) - 1;
    struct mh_probe parsed,
        probe = {.of = flow, .length = 20, .number = last, .time_ns = sent_ns};
    uint8_t bytes[20];
    (void)state;

    write_probe(&probe, bytes);
    assert_int_equal(parse(bytes, sizeof(bytes), &parsed), MH_PROBE_INTACT);
    assert_int_equal(parsed.number, last);
    probe.number++;
    write_probe(&probe, bytes);
    assert_int_equal(parse(bytes, sizeof(bytes), &parsed), MH_PROBE_CORRUPTED);
}

/* It names run and flow together: to another run it is a flow that it has not, or not intact.
 */
static void a_short_one_of_another_run_is_not_intact(void **state)
{
    uint8_t bytes[SHORTEST];
    struct mh_probe parsed;
    (void)state;

    make(bytes, SHORTEST);
    assert_int_equal(
        mh_probe_parse(bytes, SHORTEST, flow.run + 7, arrival_ns, &parsed), MH_PROBE_CORRUPTED);
    assert_int_equal(parsed.of.flow, 0);
    assert_false(mh_probe_recognise(bytes, SHORTEST, flow.run + 7, arrival_ns, &parsed));
    assert_int_equal(
        mh_probe_parse(bytes, SHORTEST, flow.run + 8, arrival_ns, &parsed), MH_PROBE_CORRUPTED);
    assert_int_equal(parsed.of.flow, UINT32_MAX);
}

static void flows_and_runs_fill_differently(void **state)
{
    struct mh_probe_flow other = {.run = flow.run, .flow = 8};
    uint8_t one[100], two[100];
    (void)state;

    assert_true(mh_probe_fill(&flow, one, 100) != mh_probe_fill(&other, two, 100));
    assert_memory_not_equal(one + MH_PROBE_LONG_SIZE_MIN, two + MH_PROBE_LONG_SIZE_MIN, 60);
    assert_true(mh_probe_fill(&flow, one, 39) != mh_probe_fill(&other, two, 39));
    assert_memory_not_equal(one + MH_PROBE_SIZE_MIN, two + MH_PROBE_SIZE_MIN, 21);
}

static void whose_it_is_stands_at_its_beginning(void **state)
{
    uint8_t bytes[100];
    struct mh_probe probe;
    (void)state;

    struct mh_probe made = make(bytes, sizeof(bytes));
    assert_true(
        mh_probe_recognise(bytes, MH_PROBE_LONG_SIZE_MIN, flow.run, arrival_ns, &probe));
    assert_same(&probe, &made);
    assert_false(
        mh_probe_recognise(bytes, MH_PROBE_LONG_SIZE_MIN - 1, flow.run, arrival_ns, &probe));
    assert_false(
        mh_probe_recognise(bytes, MH_PROBE_SIZE_MIN - 1, flow.run, arrival_ns, &probe));
    assert_false(mh_probe_recognise(bytes, sizeof(bytes), flow.run + 1, arrival_ns, &probe));
    bytes[0] ^= 1;
    assert_false(mh_probe_recognise(bytes, sizeof(bytes), flow.run, arrival_ns, &probe));
}

static void a_short_one_is_recognised_when_it_is_intact(void **state)
{
    uint8_t bytes[LONGEST_SHORT];
    struct mh_probe probe;
    (void)state;

    struct mh_probe made = make(bytes, sizeof(bytes));
    assert_true(mh_probe_recognise(bytes, sizeof(bytes), flow.run, arrival_ns, &probe));
    assert_same(&probe, &made);
    assert_false(mh_probe_recognise(bytes, sizeof(bytes) - 1, flow.run, arrival_ns, &probe));
    bytes[LONGEST_SHORT - 1] ^= 1;
    assert_false(mh_probe_recognise(bytes, sizeof(bytes), flow.run, arrival_ns, &probe));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_it_was_told),
        cmocka_unit_test(probes_in_a_row_are_numbered_on),
        cmocka_unit_test(other_data_is_no_probe),
        cmocka_unit_test(other_data_names_no_flow),
        cmocka_unit_test(every_flipped_bit_is_noticed),
        cmocka_unit_test(every_flipped_bit_of_a_short_one_is_noticed),
        cmocka_unit_test(swapped_words_are_noticed),
        cmocka_unit_test(a_cut_one_is_corrupted),
        cmocka_unit_test(a_short_one_of_another_length_is_corrupted),
        cmocka_unit_test(the_time_of_a_short_one_is_the_nearest),
        cmocka_unit_test(a_short_one_with_too_high_a_number_is_corrupted),
        cmocka_unit_test(a_short_one_of_another_run_is_not_intact),
        cmocka_unit_test(flows_and_runs_fill_differently),
        cmocka_unit_test(whose_it_is_stands_at_its_beginning),
        cmocka_unit_test(a_short_one_is_recognised_when_it_is_intact),
    };
    return cmocka_run_group_tests_name("traffic/probe", tests, NULL, NULL);
}
