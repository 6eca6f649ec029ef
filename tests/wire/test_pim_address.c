#include "packet.h"
#include "wire/pim_address.h"

#define V4 "0100 0a000001"
#define V6 "0200 fd000000000000000000000000000001"
#define V4_GROUP "0100 80 18 ef010200"
#define V6_GROUP "0200 01 80 ff150000000000000000000000000007"
#define V4_SOURCE "0100 07 20 0a000001"
#define V6_SOURCE "0200 04 80 fd000000000000000000000000000001"

static int next_addr(struct mh_reader *reader)
{
    struct mh_addr addr;
    return mh_pim_addr_next(reader, &addr);
}

static int next_group(struct mh_reader *reader)
{
    struct mh_pim_group group;
    return mh_pim_group_next(reader, &group);
}

static int next_source(struct mh_reader *reader)
{
    struct mh_pim_source source;
    return mh_pim_source_next(reader, &source);
}

static void reads_lists_of_both_families(void **state)
{
    struct packet addrs = packet_of(V4 V6), groups = packet_of(V4_GROUP V6_GROUP);
    struct packet sources = packet_of(V4_SOURCE V6_SOURCE);
    struct mh_reader reader = reader_of(&addrs);
    (void)state;

    assert_addr(mh_pim_addr_read(&reader), "10.0.0.1");
    assert_addr(mh_pim_addr_read(&reader), "fd00::1");
    assert_int_equal(next_addr(&reader), 0);

    reader = reader_of(&groups);
    struct mh_pim_group group = mh_pim_group_read(&reader);
    assert_addr(group.addr, "239.1.2.0");
    assert_int_equal(group.mask_length, 24);
    assert_true(group.bidirectional && !group.zone);
    group = mh_pim_group_read(&reader);
    assert_addr(group.addr, "ff15::7");
    assert_true(!group.bidirectional && group.zone);
    assert_int_equal(next_group(&reader), 0);

    reader = reader_of(&sources);
    struct mh_pim_source source = mh_pim_source_read(&reader);
    assert_addr(source.addr, "10.0.0.1");
    assert_true(source.sparse && source.wildcard && source.rp_tree);
    source = mh_pim_source_read(&reader);
    assert_int_equal(source.mask_length, 128);
    assert_true(source.sparse && !source.wildcard && !source.rp_tree);
    assert_int_equal(next_source(&reader), 0);
}

static void writes_what_was_read(void **state)
{
    uint8_t memory[128];
    struct packet packet = packet_of(V4 V6 V4_GROUP V6_GROUP V4_SOURCE V6_SOURCE);
    struct mh_reader reader = reader_of(&packet);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    (void)state;

    for (int i = 0; i < 2; i++) {
        struct mh_addr addr = mh_pim_addr_read(&reader);
        mh_pim_addr_write(&writer, &addr);
    }
    for (int i = 0; i < 2; i++) {
        struct mh_pim_group group = mh_pim_group_read(&reader);
        mh_pim_group_write(&writer, &group);
    }
    for (int i = 0; i < 2; i++) {
        struct mh_pim_source source = mh_pim_source_read(&reader);
        mh_pim_source_write(&writer, &source);
    }
    assert_written(&writer, V4 V6 V4_GROUP V6_GROUP V4_SOURCE V6_SOURCE);
}

static void no_cut_address_parses(void **state)
{
    struct packet addr = packet_of(V6), group = packet_of(V4_GROUP);
    struct packet source = packet_of(V6_SOURCE);
    (void)state;

    assert_no_prefix_parses(&addr, next_addr, 1);
    assert_no_prefix_parses(&group, next_group, 1);
    assert_no_prefix_parses(&source, next_source, 1);
}

static void other_families_and_encodings_are_malformed(void **state)
{
    const char *wrong[] = {"0000 0a000001", "0300 0a000001", "0101 0a000001"};
    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct packet packet = packet_of(wrong[i]);
        struct mh_reader reader = reader_of(&packet);
        assert_int_equal(next_addr(&reader), -EBADMSG);
        assert_int_equal(next_addr(&reader), -EBADMSG);
    }
}

static void no_address_is_invalid(void **state)
{
    uint8_t memory[32];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_group group = {.mask_length = 32};
    (void)state;

    mh_pim_group_write(&writer, &group);
    assert_int_equal(writer.error, -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lists_of_both_families),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(no_cut_address_parses),
        cmocka_unit_test(other_families_and_encodings_are_malformed),
        cmocka_unit_test(no_address_is_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
