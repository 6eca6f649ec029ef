#include "packet.h"
#include "wire/group_record.h"

/* CHANGE_TO_EXCLUDE_MODE 239.1.2.3 without {10.0.0.1, 10.0.0.2}, one word of auxiliary data. */
#define V4_RECORD "04 01 0002 ef010203 0a000001 0a000002 deadbeef"
#define V6_RECORD "05 00 0001 ff150000000000000000000000000007 fd000000000000000000000000000001"

static int next_v4(struct mh_reader *reader)
{
    struct mh_group_record record;
    return mh_group_record_next(reader, AF_INET, &record);
}

static int next_v6(struct mh_reader *reader)
{
    struct mh_group_record record;
    return mh_group_record_next(reader, AF_INET6, &record);
}

static void reads_a_record_of_each_family(void **state)
{
    struct packet packet = packet_of(V4_RECORD);
    struct mh_reader reader = reader_of(&packet);
    struct mh_group_record record;
    (void)state;

    assert_int_equal(mh_group_record_next(&reader, AF_INET, &record), 1);
    assert_int_equal(record.type, MH_RECORD_TO_EXCLUDE);
    assert_addr(record.group, "239.1.2.3");
    assert_int_equal(record.source_count, 2);
    assert_int_equal(mh_source_count(record.sources, AF_INET), 2);
    assert_addr(mh_source_at(record.sources, AF_INET, 0), "10.0.0.1");
    assert_addr(mh_source_at(record.sources, AF_INET, 1), "10.0.0.2");
    assert_addr(mh_source_at(record.sources, AF_INET, 2), "*");
    assert_int_equal(record.auxiliary_words, 1);
    assert_bytes(record.auxiliary, "deadbeef");
    assert_int_equal(mh_group_record_next(&reader, AF_INET, &record), 0);

    packet = packet_of(V6_RECORD);
    reader = reader_of(&packet);
    assert_int_equal(mh_group_record_next(&reader, AF_INET6, &record), 1);
    assert_int_equal(record.type, MH_RECORD_ALLOW);
    assert_addr(record.group, "ff15::7");
    assert_addr(mh_source_at(record.sources, AF_INET6, 0), "fd00::1");
}

static void writes_what_was_read(void **state)
{
    uint8_t memory[256];
    struct packet packet = packet_of(V4_RECORD V4_RECORD);
    struct mh_reader reader = reader_of(&packet);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_group_record record;
    (void)state;

    while (mh_group_record_next(&reader, AF_INET, &record) > 0)
        assert_int_equal(mh_group_record_format(&writer, AF_INET, &record), 0);
    assert_written(&writer, V4_RECORD V4_RECORD);
}

static void no_cut_record_parses(void **state)
{
    struct packet v4 = packet_of(V4_RECORD);
    struct packet v6 = packet_of(V6_RECORD);
    (void)state;

    assert_no_prefix_parses(&v4, next_v4, 1);
    assert_no_prefix_parses(&v6, next_v6, 1);
}

static void pads_auxiliary_data(void **state)
{
    uint8_t memory[32];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_group_record record = {.type = MH_RECORD_IS_EXCLUDE,
        .group = addr_of("239.1.2.3"),
        .auxiliary = {(const uint8_t *)"abcde", 5}};
    (void)state;

    assert_int_equal(mh_group_record_format(&writer, AF_INET, &record), 0);
    assert_written(&writer, "02 02 0000 ef010203 6162636465 000000");
}

static void forces_wrong_counts(void **state)
{
    uint8_t memory[32];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_group_record record = {.type = 77,
        .group = addr_of("239.1.2.3"),
        .source_count = 0xabcd,
        .auxiliary_words = 9,
        .force_source_count = true,
        .force_auxiliary_words = true};
    (void)state;

    assert_int_equal(mh_group_record_format(&writer, AF_INET, &record), 0);
    assert_written(&writer, "4d 09 abcd ef010203");
}

static void what_does_not_fit_is_invalid(void **state)
{
    uint8_t memory[2048] = {0};
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_group_record torn = {.sources = {memory, 5}};
    struct mh_group_record large = {.auxiliary = {memory, 1021}};
    struct mh_group_record other = {.group = addr_of("ff15::7")};
    (void)state;

    assert_int_equal(mh_group_record_format(&writer, AF_INET, &torn), -EINVAL);
    writer = mh_writer_of(memory, sizeof(memory));
    assert_int_equal(mh_group_record_format(&writer, AF_INET, &large), -EINVAL);
    writer = mh_writer_of(memory, sizeof(memory));
    assert_int_equal(mh_group_record_format(&writer, AF_INET, &other), -EINVAL);
}

static void takes_as_many_records_as_counted(void **state)
{
    struct packet packet = packet_of(V4_RECORD V4_RECORD "0000");
    struct mh_reader reader = reader_of(&packet);
    (void)state;

    assert_bytes(mh_group_records_read(&reader, AF_INET, 2), V4_RECORD V4_RECORD);
    assert_bytes(mh_read_rest(&reader), "0000");
    packet.length -= 2;
    reader = reader_of(&packet);
    assert_int_equal(mh_group_records_read(&reader, AF_INET, 3).length, 40);
    assert_int_equal(mh_reader_status(&reader), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_record_of_each_family),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(no_cut_record_parses),
        cmocka_unit_test(pads_auxiliary_data),
        cmocka_unit_test(forces_wrong_counts),
        cmocka_unit_test(what_does_not_fit_is_invalid),
        cmocka_unit_test(takes_as_many_records_as_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
