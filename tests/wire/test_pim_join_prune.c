#include "packet.h"
#include "wire/pim_join_prune.h"

#define JOINED                                                                                 \
    "0100 07 20 0a0000fe"                                                                      \
    "0100 04 20 0a000001"
#define PRUNED "0100 05 20 0a000002"
#define GROUP "0100 00 20 ef010203 0002 0001" JOINED PRUNED
#define EMPTY_GROUP "0200 00 80 ff150000000000000000000000000007 0000 0000"
#define MESSAGE "0100 0a000009 00 02 00d2" GROUP EMPTY_GROUP

static int parse(struct mh_reader *reader)
{
    struct mh_pim_join_prune message;
    return mh_pim_join_prune_parse(reader, &message);
}

static struct mh_pim_join_prune parsed(const struct packet *packet)
{
    struct mh_reader reader = reader_of(packet);
    struct mh_pim_join_prune message;

    assert_int_equal(mh_pim_join_prune_parse(&reader, &message), 0);
    return message;
}

static void reads_groups_and_sources(void **state)
{
    struct packet packet = packet_of(MESSAGE "77");
    struct mh_pim_join_prune message = parsed(&packet);
    struct mh_reader groups = mh_reader_of(message.groups);
    struct mh_pim_join_prune_group group;
    struct mh_pim_source source;
    (void)state;

    assert_addr(message.upstream, "10.0.0.9");
    assert_int_equal(message.group_count, 2);
    assert_int_equal(message.holdtime_s, 210);
    assert_int_equal(mh_pim_join_prune_group_next(&groups, &group), 1);
    assert_addr(group.group.addr, "239.1.2.3");
    assert_int_equal(group.joined_count, 2);
    assert_int_equal(group.pruned_count, 1);
    assert_bytes(group.joined, JOINED);
    assert_bytes(group.pruned, PRUNED);

    struct mh_reader joined = mh_reader_of(group.joined);
    assert_int_equal(mh_pim_source_next(&joined, &source), 1);
    assert_addr(source.addr, "10.0.0.254");
    assert_true(source.wildcard);
    assert_int_equal(mh_pim_source_next(&joined, &source), 1);
    assert_int_equal(mh_pim_source_next(&joined, &source), 0);

    assert_int_equal(mh_pim_join_prune_group_next(&groups, &group), 1);
    assert_addr(group.group.addr, "ff15::7");
    assert_int_equal(mh_pim_join_prune_group_next(&groups, &group), 0);
}

static void writes_what_was_read(void **state)
{
    uint8_t list[256], memory[256];
    struct packet packet = packet_of(MESSAGE);
    struct mh_pim_join_prune message = parsed(&packet);
    struct mh_reader groups = mh_reader_of(message.groups);
    struct mh_writer list_writer = mh_writer_of(list, sizeof(list));
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_join_prune_group group;
    (void)state;

    while (mh_pim_join_prune_group_next(&groups, &group) > 0)
        assert_int_equal(mh_pim_join_prune_group_format(&list_writer, &group), 0);
    message.groups = mh_writer_span(&list_writer);
    assert_int_equal(mh_pim_join_prune_format(&writer, &message), 0);
    assert_written(&writer, MESSAGE);
}

static void nothing_cut_parses(void **state)
{
    struct packet packet = packet_of(MESSAGE);
    (void)state;

    assert_no_prefix_parses(&packet, parse, 0);
}

static void counts_are_right_unless_forced(void **state)
{
    uint8_t memory[64];
    struct packet joined = packet_of(JOINED);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_join_prune_group group = {
        .group = {.addr = addr_of("239.1.2.3"), .mask_length = 32},
        .joined = span_of(&joined),
        .joined_count = 0xabcd,
        .pruned_count = 0x1234};
    (void)state;

    assert_int_equal(mh_pim_join_prune_group_format(&writer, &group), 0);
    assert_written(&writer, "0100 00 20 ef010203 0002 0000" JOINED);
    group.force_counts = true;
    writer = mh_writer_of(memory, sizeof(memory));
    assert_int_equal(mh_pim_join_prune_group_format(&writer, &group), 0);
    assert_written(&writer, "0100 00 20 ef010203 abcd 1234" JOINED);
    group.force_counts = false;
    group.joined.length--;
    writer = mh_writer_of(memory, sizeof(memory));
    assert_int_equal(mh_pim_join_prune_group_format(&writer, &group), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_groups_and_sources),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(nothing_cut_parses),
        cmocka_unit_test(counts_are_right_unless_forced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
