#include "packet.h"
#include "wire/pim_bootstrap.h"

#define RPS                                                                                    \
    "0100 0a000001 0096 c0 00"                                                                 \
    "0100 0a000002 0000 07 00"
#define GROUP "0100 00 04 e0000000 03 02 0000" RPS
#define EMPTY_GROUP "0100 80 08 ef000000 00 00 0000"
#define BOOTSTRAP "1234 1e 40 0100 0a000009" GROUP EMPTY_GROUP
#define CANDIDATE "01 c0 0096 0100 0a000001 0100 00 04 e0000000"

static int parse_bootstrap(struct mh_reader *reader)
{
    struct mh_pim_bootstrap message;
    return mh_pim_bootstrap_parse(reader, &message);
}

static int parse_candidate(struct mh_reader *reader)
{
    struct mh_pim_candidate_rp message;
    return mh_pim_candidate_rp_parse(reader, &message);
}

static struct mh_pim_bootstrap parsed(const struct packet *packet)
{
    struct mh_reader reader = reader_of(packet);
    struct mh_pim_bootstrap message;

    assert_int_equal(mh_pim_bootstrap_parse(&reader, &message), 0);
    return message;
}

static void reads_groups_and_rendezvous_points(void **state)
{
    struct packet packet = packet_of(BOOTSTRAP);
    struct mh_pim_bootstrap message = parsed(&packet);
    struct mh_reader groups = mh_reader_of(message.groups);
    struct mh_pim_bootstrap_group group;
    struct mh_pim_rp rp;
    (void)state;

    assert_int_equal(message.fragment_tag, 0x1234);
    assert_int_equal(message.hash_mask_length, 30);
    assert_int_equal(message.priority, 64);
    assert_addr(message.router, "10.0.0.9");
    assert_int_equal(mh_pim_bootstrap_group_next(&groups, &group), 1);
    assert_addr(group.group.addr, "224.0.0.0");
    assert_int_equal(group.rp_count, 3);
    assert_int_equal(group.fragment_rp_count, 2);
    struct mh_reader rps = mh_reader_of(group.rps);
    assert_int_equal(mh_pim_rp_next(&rps, &rp), 1);
    assert_addr(rp.addr, "10.0.0.1");
    assert_int_equal(rp.holdtime_s, 150);
    assert_int_equal(rp.priority, 192);
    assert_int_equal(mh_pim_rp_next(&rps, &rp), 1);
    assert_int_equal(mh_pim_rp_next(&rps, &rp), 0);
    assert_int_equal(mh_pim_bootstrap_group_next(&groups, &group), 1);
    assert_true(group.group.bidirectional);
    assert_int_equal(mh_pim_bootstrap_group_next(&groups, &group), 0);
}

static void write_group(struct mh_writer *writer, const struct mh_pim_bootstrap_group *read)
{
    uint8_t memory[64];
    struct mh_writer list = mh_writer_of(memory, sizeof(memory));
    struct mh_reader rps = mh_reader_of(read->rps);
    struct mh_pim_bootstrap_group group = *read;
    struct mh_pim_rp rp;

    while (mh_pim_rp_next(&rps, &rp) > 0)
        assert_int_equal(mh_pim_rp_format(&list, &rp), 0);
    group.rps = mh_writer_span(&list);
    assert_int_equal(mh_pim_bootstrap_group_format(writer, &group), 0);
}

static void writes_what_was_read(void **state)
{
    uint8_t list[128], memory[128];
    struct packet packet = packet_of(BOOTSTRAP);
    struct mh_pim_bootstrap message = parsed(&packet);
    struct mh_reader groups = mh_reader_of(message.groups);
    struct mh_writer list_writer = mh_writer_of(list, sizeof(list));
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_bootstrap_group group;
    (void)state;

    while (mh_pim_bootstrap_group_next(&groups, &group) > 0)
        write_group(&list_writer, &group);
    message.groups = mh_writer_span(&list_writer);
    assert_int_equal(mh_pim_bootstrap_format(&writer, &message), 0);
    assert_written(&writer, BOOTSTRAP);
}

static void candidate_rp_there_and_back(void **state)
{
    uint8_t memory[32];
    struct packet packet = packet_of(CANDIDATE);
    struct mh_reader reader = reader_of(&packet);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_candidate_rp message;
    (void)state;

    assert_int_equal(mh_pim_candidate_rp_parse(&reader, &message), 0);
    assert_int_equal(message.prefix_count, 1);
    assert_int_equal(message.priority, 192);
    assert_int_equal(message.holdtime_s, 150);
    assert_addr(message.rp, "10.0.0.1");
    assert_bytes(message.groups, "0100 00 04 e0000000");
    assert_int_equal(mh_pim_candidate_rp_format(&writer, &message), 0);
    assert_written(&writer, CANDIDATE);
}

/* A bootstrap message may end behind any group. */
static void nothing_cut_parses(void **state)
{
    struct packet head = packet_of("1234 1e 40 0100 0a000009");
    struct packet packet = packet_of(BOOTSTRAP), candidate = packet_of(CANDIDATE);
    size_t group = head.length + packet_of(GROUP).length;
    (void)state;

    assert_no_prefix_parses(&head, parse_bootstrap, 0);
    assert_no_prefix_parses(&packet, parse_bootstrap, group + 1);
    packet.length = group;
    assert_no_prefix_parses(&packet, parse_bootstrap, head.length + 1);
    assert_no_prefix_parses(&candidate, parse_candidate, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_groups_and_rendezvous_points),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(candidate_rp_there_and_back),
        cmocka_unit_test(nothing_cut_parses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
