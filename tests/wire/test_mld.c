#include "packet.h"
#include "wire/mld.h"

#define GROUP "ff150000000000000000000000000007"
#define NO_GROUP "00000000000000000000000000000000"
#define SOURCE "fd000000000000000000000000000001"
#define V1_QUERY "8200 0000 2710 0000" NO_GROUP
#define V1_REPORT "8300 0000 0000 0000" GROUP
#define DONE "8400 0000 0000 0000" GROUP
#define V2_QUERY "8200 0000 8abc 0000" GROUP "fa9f 0001" SOURCE
#define RECORDS "04 00 0000" GROUP "05 01 0001" GROUP SOURCE "deadbeef"
#define V2_REPORT "8f00 0000 0000 0002" RECORDS

static struct mh_pseudo_header pseudo(void)
{
    return (struct mh_pseudo_header){addr_of("fe80::1"), addr_of("ff02::16"), IPPROTO_ICMPV6};
}

static int parse(struct mh_reader *reader)
{
    struct mh_pseudo_header header = pseudo();
    struct mh_mld mld;
    return mh_mld_parse(reader, &header, &mld);
}

static struct mh_mld parsed(const struct packet *packet)
{
    struct mh_reader reader = reader_of(packet);
    struct mh_pseudo_header header = pseudo();
    struct mh_mld mld;

    assert_int_equal(mh_mld_parse(&reader, &header, &mld), 0);
    assert_int_equal(reader.offset, packet->length);
    return mld;
}

static void reads_version_1(void **state)
{
    struct packet query = packet_of(V1_QUERY), report = packet_of(V1_REPORT);
    struct packet done = packet_of(DONE);
    struct mh_mld mld = parsed(&query);
    (void)state;

    assert_int_equal(mld.type, MH_MLD_QUERY);
    assert_int_equal(mld.version, 1);
    assert_int_equal(mh_mld_max_response_ms(&mld), 10000);
    assert_addr(mld.group, "::");
    mld = parsed(&report);
    assert_int_equal(mld.type, MH_MLD_V1_REPORT);
    assert_int_equal(mld.version, 1);
    assert_addr(mld.group, "ff15::7");
    mld = parsed(&done);
    assert_int_equal(mld.type, MH_MLD_DONE);
    assert_int_equal(mld.version, 1);
}

static void reads_every_field_of_a_v2_query(void **state)
{
    struct packet packet = packet_of(V2_QUERY "77");
    struct mh_mld mld = parsed(&packet);
    (void)state;

    assert_int_equal(mld.version, 2);
    assert_int_equal(mh_mld_max_response_ms(&mld), 0x1abc << 3);
    assert_addr(mld.group, "ff15::7");
    assert_int_equal(mld.query_reserved, 15);
    assert_true(mld.suppress_router);
    assert_int_equal(mld.robustness, 2);
    assert_int_equal(mld.query_interval_code, 0x9f);
    assert_int_equal(mld.source_count, 1);
    assert_addr(mh_source_at(mld.sources, AF_INET6, 0), "fd00::1");
    assert_bytes(mld.trailing, "77");
}

static void reads_a_v2_report(void **state)
{
    struct packet packet = packet_of(V2_REPORT);
    struct mh_mld mld = parsed(&packet);
    struct mh_reader records = mh_reader_of(mld.records);
    struct mh_group_record record;
    (void)state;

    assert_int_equal(mld.version, 2);
    assert_int_equal(mld.record_count, 2);
    assert_int_equal(mh_group_record_next(&records, AF_INET6, &record), 1);
    assert_int_equal(record.type, MH_RECORD_TO_EXCLUDE);
    assert_int_equal(mh_group_record_next(&records, AF_INET6, &record), 1);
    assert_addr(mh_source_at(record.sources, AF_INET6, 0), "fd00::1");
    assert_bytes(record.auxiliary, "deadbeef");
    assert_int_equal(mh_group_record_next(&records, AF_INET6, &record), 0);
}

static void writes_what_was_read(void **state)
{
    const char *messages[] = {V1_QUERY, V1_REPORT, DONE, V2_QUERY "77", V2_REPORT "aa",
        "8307 1234 5678 9abc" GROUP "00", "8f07 1234 5678 0000"};
    (void)state;

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        uint8_t memory[256];
        struct packet packet = packet_of(messages[i]);
        struct mh_mld mld = parsed(&packet);
        struct mh_pseudo_header header = pseudo();
        struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
        assert_int_equal(mh_mld_format(&writer, &header, &mld), 0);
        assert_written(&writer, messages[i]);
    }
}

static void no_cut_message_parses(void **state)
{
    const char *messages[] = {V1_QUERY, V1_REPORT, V2_REPORT};
    (void)state;

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        struct packet packet = packet_of(messages[i]);
        assert_no_prefix_parses(&packet, parse, 0);
    }
}

static void a_cut_query_is_none_or_shorter(void **state)
{
    struct packet packet = packet_of(V2_QUERY);
    (void)state;

    for (packet.length = 0; packet.length < 44; packet.length++) {
        struct mh_reader reader = reader_of(&packet);
        assert_int_equal(parse(&reader), packet.length == 24 ? 0 : -EBADMSG);
    }
}

static void other_icmpv6_is_not_supported(void **state)
{
    struct packet packet = packet_of("8700 0000 0000 0000" GROUP);
    struct mh_reader reader = reader_of(&packet);
    (void)state;

    assert_int_equal(parse(&reader), -EPROTONOSUPPORT);
}

/* Pseudo header: fe80 + 1 + ff02 + 16 + 18 (length) + 3a = 1fdeb; message: 8300 + ff15 + 7 =
 * 1821c; together 38007, folded 800a, complement 7ff5. */
static void checksum_and_count_are_right_unless_forced(void **state)
{
    uint8_t memory[64];
    struct mh_pseudo_header header = pseudo();
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_mld mld = {.type = MH_MLD_V1_REPORT, .group = addr_of("ff15::7")};
    (void)state;

    assert_int_equal(mh_mld_format(&writer, &header, &mld), 0);
    assert_written(&writer, "8300 7ff5 0000 0000" GROUP);
    struct packet packet = {.length = writer.length};
    memcpy(packet.bytes, memory, writer.length);
    assert_true(parsed(&packet).checksum_right);
    assert_false(parsed(&packet).force_checksum);
    packet.bytes[20] ^= 1;
    assert_false(parsed(&packet).checksum_right);

    mld = (struct mh_mld){.type = MH_MLD_QUERY,
        .version = 2,
        .group = addr_of("ff15::7"),
        .checksum = 0xbeef,
        .source_count = 7,
        .force_source_count = true,
        .force_checksum = true};
    writer = mh_writer_of(memory, sizeof(memory));
    assert_int_equal(mh_mld_format(&writer, &header, &mld), 0);
    assert_written(&writer, "8200 beef 0000 0000" GROUP "0000 0007");
}

static void values_that_do_not_fit_are_invalid(void **state)
{
    const struct mh_mld wrong[] = {
        {.type = 128},
        {.type = MH_MLD_QUERY, .version = 2, .robustness = 8},
        {.type = MH_MLD_QUERY, .version = 2, .query_reserved = 16},
        {.type = MH_MLD_DONE, .group = addr_of("239.1.2.3")},
    };
    struct mh_pseudo_header header = pseudo();
    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        uint8_t memory[64];
        struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
        assert_int_equal(mh_mld_format(&writer, &header, &wrong[i]), -EINVAL);
    }
}

static void every_code_means_what_the_rfcs_say(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= UINT16_MAX; code++) {
        struct mh_mld query = {.type = MH_MLD_QUERY, .max_response_code = (uint16_t)code};
        query.version = 1;
        assert_int_equal(mh_mld_max_response_ms(&query), code);
        query.version = 2;
        assert_int_equal(mh_mld_max_response_ms(&query),
            code < 32768 ? code : ((code & 0xfff) + 0x1000) << ((code >> 12 & 7) + 3));
    }
}

/* Whatever parses is written again as it was. */
static void random_bytes_survive_or_are_malformed(void **state)
{
    const uint8_t types[] = {130, 131, 132, 143};
    struct mh_pseudo_header header = pseudo();
    uint32_t seed = 3;
    int right = 0;
    (void)state;

    for (int i = 0; i < 100000; i++) {
        uint8_t memory[128], written[128];
        struct mh_span span = random_span(&seed, memory, sizeof(memory), 1);
        memory[0] = types[next_random(&seed) % sizeof(types)];
        memory[6] = memory[9] = memory[10] = memory[26] = 0;
        memory[7] = memory[11] = memory[27] = next_random(&seed) % 4;
        struct mh_reader reader = mh_reader_of(span);
        struct mh_mld mld;
        if (mh_mld_parse(&reader, &header, &mld) < 0)
            continue;
        struct mh_writer writer = mh_writer_of(written, sizeof(written));
        assert_int_equal(mh_mld_format(&writer, &header, &mld), 0);
        assert_int_equal(writer.length, span.length);
        assert_memory_equal(written, memory, span.length);
        right++;
    }
    assert_true(right > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_version_1),
        cmocka_unit_test(reads_every_field_of_a_v2_query),
        cmocka_unit_test(reads_a_v2_report),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(no_cut_message_parses),
        cmocka_unit_test(a_cut_query_is_none_or_shorter),
        cmocka_unit_test(other_icmpv6_is_not_supported),
        cmocka_unit_test(checksum_and_count_are_right_unless_forced),
        cmocka_unit_test(values_that_do_not_fit_are_invalid),
        cmocka_unit_test(every_code_means_what_the_rfcs_say),
        cmocka_unit_test(random_bytes_survive_or_are_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
