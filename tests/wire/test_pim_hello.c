#include "packet.h"
#include "wire/pim_hello.h"

#define HOLDTIME "0001 0002 0069"
#define LAN_PRUNE_DELAY "0002 0004 81f4 09c4"
#define DR_PRIORITY "0013 0004 00000007"
#define GENERATION_ID "0014 0004 deadbeef"
#define ADDRESSES "0018 0018 0100 0a000001 0200 fd000000000000000000000000000001"
#define UNKNOWN "fff1 0003 aabbcc"
#define ALL HOLDTIME LAN_PRUNE_DELAY DR_PRIORITY GENERATION_ID ADDRESSES

static int parse(struct mh_reader *reader)
{
    struct mh_pim_hello hello;
    return mh_pim_hello_parse(reader, &hello);
}

static struct mh_pim_hello parsed(const char *hex, struct packet *packet)
{
    *packet = packet_of(hex);
    struct mh_reader reader = reader_of(packet);
    struct mh_pim_hello hello;

    assert_int_equal(mh_pim_hello_parse(&reader, &hello), 0);
    return hello;
}

static void reads_every_option(void **state)
{
    struct packet packet;
    struct mh_pim_hello hello = parsed(UNKNOWN ALL, &packet);
    (void)state;

    assert_true(hello.has_holdtime && hello.has_lan_prune_delay && hello.has_dr_priority);
    assert_true(hello.has_generation_id && hello.has_addresses);
    assert_int_equal(hello.holdtime_s, 105);
    assert_true(hello.tracking);
    assert_int_equal(hello.propagation_ms, 500);
    assert_int_equal(hello.override_ms, 2500);
    assert_int_equal(hello.dr_priority, 7);
    assert_int_equal(hello.generation_id, 0xdeadbeef);
    assert_int_equal(hello.addresses.length, 24);
}

static void a_hello_may_have_no_options(void **state)
{
    struct packet packet;
    struct mh_pim_hello hello = parsed("", &packet);
    (void)state;

    assert_false(hello.has_holdtime || hello.has_lan_prune_delay || hello.has_dr_priority);
    assert_false(hello.has_generation_id || hello.has_addresses);
}

static void writes_what_was_read(void **state)
{
    uint8_t memory[128];
    struct packet packet;
    struct mh_pim_hello hello = parsed(ALL, &packet);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    (void)state;

    assert_int_equal(mh_pim_hello_format(&writer, &hello), 0);
    assert_written(&writer, ALL);
}

static void options_there_and_back(void **state)
{
    uint8_t memory[128];
    struct packet packet = packet_of(UNKNOWN ALL);
    struct mh_reader reader = reader_of(&packet);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_hello_option option;
    (void)state;

    while (mh_pim_hello_option_next(&reader, &option) > 0)
        assert_int_equal(mh_pim_hello_option_format(&writer, &option), 0);
    assert_written(&writer, UNKNOWN ALL);
}

static void no_cut_option_parses(void **state)
{
    const char *options[] = {
        HOLDTIME, LAN_PRUNE_DELAY, DR_PRIORITY, GENERATION_ID, ADDRESSES, UNKNOWN};
    (void)state;

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        struct packet packet = packet_of(options[i]);
        assert_no_prefix_parses(&packet, parse, 1);
    }
}

static void wrong_lengths_are_malformed(void **state)
{
    const char *wrong[] = {"0001 0003 006900", "0001 0001 69", "0002 0002 81f4", "0013 0000",
        "0014 0005 deadbeef00", "0018 0005 0100 0a0000"};
    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct packet packet = packet_of(wrong[i]);
        struct mh_reader reader = reader_of(&packet);
        assert_int_equal(parse(&reader), -EBADMSG);
    }
}

static void a_delay_that_does_not_fit_is_invalid(void **state)
{
    uint8_t memory[16];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_hello hello = {.has_lan_prune_delay = true, .propagation_ms = 0x8000};
    (void)state;

    assert_int_equal(mh_pim_hello_format(&writer, &hello), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_option),
        cmocka_unit_test(a_hello_may_have_no_options),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(options_there_and_back),
        cmocka_unit_test(no_cut_option_parses),
        cmocka_unit_test(wrong_lengths_are_malformed),
        cmocka_unit_test(a_delay_that_does_not_fit_is_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
