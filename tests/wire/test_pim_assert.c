#include "packet.h"
#include "wire/pim_assert.h"

#define ASSERT "0100 00 20 ef010203 0100 0a000001 80000065 00000014"

static int parse(struct mh_reader *reader)
{
    struct mh_pim_assert message;
    return mh_pim_assert_parse(reader, &message);
}

static void there_and_back(void **state)
{
    uint8_t memory[32];
    struct packet packet = packet_of(ASSERT);
    struct mh_reader reader = reader_of(&packet);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_assert message;
    (void)state;

    assert_int_equal(mh_pim_assert_parse(&reader, &message), 0);
    assert_addr(message.group.addr, "239.1.2.3");
    assert_addr(message.source, "10.0.0.1");
    assert_true(message.rp_tree);
    assert_int_equal(message.preference, 101);
    assert_int_equal(message.metric, 20);
    assert_int_equal(mh_pim_assert_format(&writer, &message), 0);
    assert_written(&writer, ASSERT);
}

static void nothing_cut_parses(void **state)
{
    struct packet packet = packet_of(ASSERT);
    (void)state;

    assert_no_prefix_parses(&packet, parse, 0);
}

static void a_preference_that_does_not_fit_is_invalid(void **state)
{
    uint8_t memory[32];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_assert message = {.group = {.addr = addr_of("239.1.2.3")},
        .source = addr_of("10.0.0.1"),
        .preference = UINT32_C(1) << 31};
    (void)state;

    assert_int_equal(mh_pim_assert_format(&writer, &message), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(nothing_cut_parses),
        cmocka_unit_test(a_preference_that_does_not_fit_is_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
