#include "packet.h"
#include "wire/pim_register.h"

#define REGISTER "c0000000 4500"
#define STOP "0100 00 20 ef010203 0100 0a000001"

static int parse_register(struct mh_reader *reader)
{
    struct mh_pim_register message;
    return mh_pim_register_parse(reader, &message);
}

static int parse_stop(struct mh_reader *reader)
{
    struct mh_pim_register_stop stop;
    return mh_pim_register_stop_parse(reader, &stop);
}

static void register_there_and_back(void **state)
{
    uint8_t memory[16];
    struct packet packet = packet_of(REGISTER);
    struct mh_reader reader = reader_of(&packet);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_register message;
    (void)state;

    assert_int_equal(mh_pim_register_parse(&reader, &message), 0);
    assert_true(message.border && message.null);
    assert_bytes(message.packet, "4500");
    assert_int_equal(mh_pim_register_format(&writer, &message), 0);
    assert_written(&writer, REGISTER);
    message.border = false;
    writer = mh_writer_of(memory, sizeof(memory));
    assert_int_equal(mh_pim_register_format(&writer, &message), 0);
    assert_written(&writer, "40000000 4500");
}

static void register_stop_there_and_back(void **state)
{
    uint8_t memory[32];
    struct packet packet = packet_of(STOP);
    struct mh_reader reader = reader_of(&packet);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_register_stop stop;
    (void)state;

    assert_int_equal(mh_pim_register_stop_parse(&reader, &stop), 0);
    assert_addr(stop.group.addr, "239.1.2.3");
    assert_addr(stop.source, "10.0.0.1");
    assert_int_equal(mh_pim_register_stop_format(&writer, &stop), 0);
    assert_written(&writer, STOP);
}

static void nothing_cut_parses(void **state)
{
    struct packet flags = packet_of("c0000000"), stop = packet_of(STOP);
    (void)state;

    assert_no_prefix_parses(&flags, parse_register, 0);
    assert_no_prefix_parses(&stop, parse_stop, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(register_there_and_back),
        cmocka_unit_test(register_stop_there_and_back),
        cmocka_unit_test(nothing_cut_parses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
