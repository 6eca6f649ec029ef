#include "test.h"
#include "traffic/probe.h"

#include <string.h>

static const struct mh_probe_flow flow = {.run = 0x12345678, .flow = 7};

static struct mh_probe make(uint8_t *bytes, size_t length)
{
    struct mh_probe probe = {.of = flow,
        .length = (uint32_t)length,
        .number = 0x0123456789abcdef,
        .time_ns = 1700000000123456789};

    mh_probe_format(&probe, 1, mh_probe_fill(&flow, bytes, length), bytes);
    return probe;
}

static void says_what_it_was_told(void **state)
{
    static const size_t lengths[] = {
        MH_PROBE_SIZE_MIN, 41, 47, 48, 64, 71, 72, 73, 1400, 65507};
    static uint8_t bytes[65507];
    struct mh_probe parsed;
    (void)state;

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct mh_probe probe = make(bytes, lengths[i]);
        assert_int_equal(mh_probe_parse(bytes, lengths[i], &parsed), MH_PROBE_INTACT);
        assert_int_equal(parsed.of.run, flow.run);
        assert_int_equal(parsed.of.flow, flow.flow);
        assert_int_equal(parsed.length, lengths[i]);
        assert_int_equal(parsed.number, probe.number);
        assert_int_equal(parsed.time_ns, probe.time_ns);
    }
}

static void probes_in_a_row_are_numbered_on(void **state)
{
    enum { COUNT = 7, LENGTH = 73 };
    uint8_t bytes[COUNT * LENGTH];
    struct mh_probe parsed, first = {.of = flow,
                                .length = LENGTH,
                                .number = UINT64_C(0xfffffffffffffffd),
                                .time_ns = 99};
    uint64_t sum = 0;
    (void)state;

    for (size_t i = 0; i < COUNT; i++)
        sum = mh_probe_fill(&flow, bytes + i * LENGTH, LENGTH);
    mh_probe_format(&first, COUNT, sum, bytes);
    for (size_t i = 0; i < COUNT; i++) {
        const uint8_t *probe = bytes + i * LENGTH;
        assert_int_equal(mh_probe_parse(probe, LENGTH, &parsed), MH_PROBE_INTACT);
        assert_true(parsed.number == first.number + i);
        assert_int_equal(parsed.time_ns, 99);
        parsed = mh_probe_read(probe);
        assert_true(parsed.number == first.number + i && parsed.of.flow == flow.flow);
    }
}

static void other_data_is_no_probe(void **state)
{
    static const uint8_t text[] = "a datagram of somebody who knows nothing of probes at all";
    uint8_t bytes[64];
    struct mh_probe parsed;
    (void)state;

    assert_int_equal(mh_probe_parse(text, sizeof(text), &parsed), MH_PROBE_NONE);
    make(bytes, sizeof(bytes));
    assert_int_equal(mh_probe_parse(bytes, MH_PROBE_SIZE_MIN - 1, &parsed), MH_PROBE_NONE);
    assert_int_equal(mh_probe_parse(bytes, 0, &parsed), MH_PROBE_NONE);
}

/* Each bit of it, but the magic's: without that it is no probe. */
static void every_flipped_bit_is_noticed(void **state)
{
    enum { LENGTH = 151, MAGIC_BITS = 32 };
    uint8_t bytes[LENGTH];
    struct mh_probe parsed;
    (void)state;

    make(bytes, LENGTH);
    for (unsigned bit = 0; bit < LENGTH * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(mh_probe_parse(bytes, LENGTH, &parsed),
            bit < MAGIC_BITS ? MH_PROBE_NONE : MH_PROBE_CORRUPTED);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(mh_probe_parse(bytes, LENGTH, &parsed), MH_PROBE_INTACT);
}

static void swapped_words_are_noticed(void **state)
{
    uint8_t bytes[400];
    uint8_t word[8];
    struct mh_probe parsed;
    (void)state;

    make(bytes, sizeof(bytes));
    for (size_t from = MH_PROBE_SIZE_MIN; from + 8 <= sizeof(bytes); from += 8)
        for (size_t to = from + 8; to + 8 <= sizeof(bytes); to += 8) {
            memcpy(word, bytes + from, 8);
            memcpy(bytes + from, bytes + to, 8);
            memcpy(bytes + to, word, 8);
            assert_int_equal(mh_probe_parse(bytes, sizeof(bytes), &parsed), MH_PROBE_CORRUPTED);
            make(bytes, sizeof(bytes));
        }
}

static void a_cut_one_is_corrupted(void **state)
{
    uint8_t bytes[200];
    struct mh_probe parsed;
    (void)state;

    make(bytes, sizeof(bytes));
    for (size_t length = MH_PROBE_SIZE_MIN; length < sizeof(bytes); length++)
        assert_int_equal(mh_probe_parse(bytes, length, &parsed), MH_PROBE_CORRUPTED);
}

static void flows_and_runs_fill_differently(void **state)
{
    struct mh_probe_flow other = {.run = flow.run, .flow = 8};
    uint8_t one[100], two[100];
    (void)state;

    assert_true(mh_probe_fill(&flow, one, 100) != mh_probe_fill(&other, two, 100));
    assert_memory_not_equal(one + MH_PROBE_SIZE_MIN, two + MH_PROBE_SIZE_MIN, 60);
}

static void whose_it_is_stands_at_its_beginning(void **state)
{
    struct mh_probe_flow of = {0};
    uint8_t bytes[100];
    (void)state;

    make(bytes, sizeof(bytes));
    assert_true(mh_probe_whose(bytes, MH_PROBE_SIZE_MIN, &of));
    assert_int_equal(of.run, flow.run);
    assert_int_equal(of.flow, flow.flow);
    assert_false(mh_probe_whose(bytes, MH_PROBE_SIZE_MIN - 1, &of));
    bytes[0] ^= 1;
    assert_false(mh_probe_whose(bytes, sizeof(bytes), &of));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_it_was_told),
        cmocka_unit_test(probes_in_a_row_are_numbered_on),
        cmocka_unit_test(other_data_is_no_probe),
        cmocka_unit_test(every_flipped_bit_is_noticed),
        cmocka_unit_test(swapped_words_are_noticed),
        cmocka_unit_test(a_cut_one_is_corrupted),
        cmocka_unit_test(flows_and_runs_fill_differently),
        cmocka_unit_test(whose_it_is_stands_at_its_beginning),
    };
    return cmocka_run_group_tests_name("traffic/probe", tests, NULL, NULL);
}
