#include "packet.h"
#include "wire/exponential.h"
#include "wire/igmp.h"

#define V1_QUERY "1100 eeff 00000000"
#define V2_QUERY "1164 ee9b 00000000"
#define V2_LEAVE "1700 f7fa ef010203"
/* General query as Linux's bridge sends it: 10 s, QRV 2, QQI 125 s. */
#define V3_QUERY "1164 ec1e 00000000 027d 0000"
#define V3_SOURCES_QUERY "118a 0000 ef010203 fa9f 0002 0a000001 0a000002"
#define TO_EXCLUDE "04 00 0000 ef010203"
#define ALL_TYPES                                                                              \
    "01 00 0001 ef010201 0a000001"                                                             \
    "02 00 0002 ef010202 0a000001 0a000002"                                                    \
    "03 01 0000 ef010203 deadbeef"                                                             \
    "04 00 0000 ef010204"                                                                      \
    "05 00 0001 ef010205 0a000001"                                                             \
    "06 00 0001 ef010206 0a000001"

static int parse(struct mh_reader *reader)
{
    struct mh_igmp igmp;
    return mh_igmp_parse(reader, &igmp);
}

static struct mh_igmp parsed(const struct packet *packet)
{
    struct mh_reader reader = reader_of(packet);
    struct mh_igmp igmp;

    assert_int_equal(mh_igmp_parse(&reader, &igmp), 0);
    assert_int_equal(reader.offset, packet->length);
    return igmp;
}

static void a_query_has_the_version_of_its_length_and_code(void **state)
{
    struct packet v1 = packet_of(V1_QUERY), v2 = packet_of(V2_QUERY), v3 = packet_of(V3_QUERY);
    struct mh_igmp igmp = parsed(&v1);
    (void)state;

    assert_int_equal(igmp.version, 1);
    assert_true(igmp.checksum_right);
    assert_int_equal(mh_igmp_max_response_ms(&igmp), 10000);
    igmp = parsed(&v2);
    assert_int_equal(igmp.version, 2);
    assert_true(igmp.checksum_right);
    assert_int_equal(mh_igmp_max_response_ms(&igmp), 10000);
    igmp = parsed(&v3);
    assert_int_equal(igmp.version, 3);
    assert_true(igmp.checksum_right);
    assert_addr(igmp.group, "0.0.0.0");
    assert_int_equal(igmp.robustness, 2);
    assert_int_equal(igmp.query_interval_code, 125);
    assert_false(igmp.suppress_router);
}

static void reads_every_field_of_a_v3_query(void **state)
{
    struct packet packet = packet_of(V3_SOURCES_QUERY "77");
    struct mh_igmp igmp = parsed(&packet);
    (void)state;

    assert_int_equal(igmp.type, MH_IGMP_QUERY);
    assert_int_equal(mh_igmp_max_response_ms(&igmp), 20800);
    assert_addr(igmp.group, "239.1.2.3");
    assert_int_equal(igmp.reserved, 15);
    assert_true(igmp.suppress_router);
    assert_int_equal(igmp.robustness, 2);
    assert_int_equal(igmp.query_interval_code, 0x9f);
    assert_int_equal(igmp.source_count, 2);
    assert_addr(mh_source_at(igmp.sources, AF_INET, 1), "10.0.0.2");
    assert_bytes(igmp.trailing, "77");
    assert_false(igmp.checksum_right);
    assert_true(igmp.force_checksum);
}

static void reads_short_messages(void **state)
{
    const struct {
        const char *hex;
        uint8_t type, version;
    } cases[] = {
        {"1200 fcfa ef010203", MH_IGMP_V1_REPORT, 1},
        {"1600 f8fa ef010203", MH_IGMP_V2_REPORT, 2},
        {V2_LEAVE, MH_IGMP_LEAVE, 2},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct packet packet = packet_of(cases[i].hex);
        struct mh_igmp igmp = parsed(&packet);
        assert_int_equal(igmp.type, cases[i].type);
        assert_int_equal(igmp.version, cases[i].version);
        assert_addr(igmp.group, "239.1.2.3");
        assert_true(igmp.checksum_right);
    }
}

static void reads_all_types_of_records(void **state)
{
    struct packet packet = packet_of("2200 0000 0000 0006" ALL_TYPES "aabb");
    struct mh_igmp igmp = parsed(&packet);
    struct mh_reader records = mh_reader_of(igmp.records);
    struct mh_group_record record;
    (void)state;

    assert_int_equal(igmp.version, 3);
    assert_int_equal(igmp.record_count, 6);
    for (uint8_t type = MH_RECORD_IS_INCLUDE; type <= MH_RECORD_BLOCK; type++) {
        assert_int_equal(mh_group_record_next(&records, AF_INET, &record), 1);
        assert_int_equal(record.type, type);
        assert_int_equal(ntohl(record.group.v4.s_addr), 0xef010200 + type);
        assert_int_equal(record.auxiliary_words, type == MH_RECORD_TO_INCLUDE ? 1 : 0);
    }
    assert_int_equal(mh_group_record_next(&records, AF_INET, &record), 0);
    assert_bytes(igmp.trailing, "aabb");
}

static void writes_what_was_read(void **state)
{
    const char *messages[] = {V1_QUERY, V2_QUERY, V3_QUERY, V3_SOURCES_QUERY "77", V2_LEAVE,
        "1264 beef ef010203 00", "2277 1234 abcd 0006" ALL_TYPES "aabb", "2200 0000 0000 0000"};
    (void)state;

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        uint8_t memory[256];
        struct packet packet = packet_of(messages[i]);
        struct mh_igmp igmp = parsed(&packet);
        struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
        assert_int_equal(mh_igmp_format(&writer, &igmp), 0);
        assert_written(&writer, messages[i]);
    }
}

static void no_cut_message_parses(void **state)
{
    const char *messages[] = {V2_LEAVE, "2200 0000 0000 0006" ALL_TYPES};
    (void)state;

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        struct packet packet = packet_of(messages[i]);
        assert_no_prefix_parses(&packet, parse, 0);
    }
}

/* Eight bytes of a version 3 query are one of version 2; between eight and twelve it is none.
 */
static void a_cut_query_is_none_or_shorter(void **state)
{
    struct packet packet = packet_of(V3_SOURCES_QUERY);
    (void)state;

    for (packet.length = 0; packet.length < 20; packet.length++) {
        struct mh_reader reader = reader_of(&packet);
        assert_int_equal(parse(&reader), packet.length == 8 ? 0 : -EBADMSG);
    }
}

static void other_types_are_not_supported(void **state)
{
    struct packet packet = packet_of(V2_LEAVE);
    (void)state;

    for (unsigned type = 0; type <= UINT8_MAX; type++) {
        bool known = type == 0x11 || type == 0x12 || type == 0x16 || type == 0x17;
        struct mh_reader reader = reader_of(&packet);
        packet.bytes[0] = (uint8_t)type;
        if (type == 0x22)
            continue;
        assert_int_equal(parse(&reader), known ? 0 : -EPROTONOSUPPORT);
    }
}

static void checksum_and_count_are_right_unless_forced(void **state)
{
    uint8_t memory[64];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct packet sources = packet_of("0a000001 0a000002");
    struct mh_igmp igmp = {.type = MH_IGMP_QUERY,
        .version = 3,
        .max_response_code = 100,
        .group = addr_of("239.1.2.3"),
        .robustness = 2,
        .query_interval_code = 125,
        .sources = span_of(&sources)};
    (void)state;

    assert_int_equal(mh_igmp_format(&writer, &igmp), 0);
    assert_written(&writer, "1164 e714 ef010203 027d 0002 0a000001 0a000002");

    igmp.force_checksum = igmp.force_source_count = true;
    igmp.checksum = 0xbeef;
    igmp.source_count = 7;
    writer = mh_writer_of(memory, sizeof(memory));
    assert_int_equal(mh_igmp_format(&writer, &igmp), 0);
    assert_written(&writer, "1164 beef ef010203 027d 0007 0a000001 0a000002");
}

static void values_that_do_not_fit_are_invalid(void **state)
{
    const struct mh_igmp wrong[] = {
        {.type = 0x13},
        {.type = MH_IGMP_QUERY, .version = 3, .robustness = 8},
        {.type = MH_IGMP_QUERY, .version = 3, .reserved = 16},
        {.type = MH_IGMP_LEAVE, .group = addr_of("ff15::1")},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        uint8_t memory[64];
        struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
        assert_int_equal(mh_igmp_format(&writer, &wrong[i]), -EINVAL);
    }
}

static void every_code_means_what_the_rfcs_say(void **state)
{
    (void)state;
    for (unsigned code = 0; code <= UINT8_MAX; code++) {
        struct mh_igmp query = {.type = MH_IGMP_QUERY, .max_response_code = (uint8_t)code};
        query.version = 2;
        assert_int_equal(mh_igmp_max_response_ms(&query), code * 100);
        query.version = 3;
        assert_int_equal(mh_igmp_max_response_ms(&query),
            code < 128 ? code * 100 : ((code & 15) + 16) * 100 << ((code >> 4 & 7) + 3));
    }
}

static struct mh_igmp random_query(uint32_t *seed, uint8_t *memory)
{
    return (struct mh_igmp){.type = MH_IGMP_QUERY,
        .version = 3,
        .max_response_code = (uint8_t)next_random(seed),
        .group = {.family = AF_INET, .v4.s_addr = next_random(seed)},
        .reserved = next_random(seed) & 15,
        .suppress_router = next_random(seed) & 1,
        .robustness = next_random(seed) & 7,
        .query_interval_code = (uint8_t)next_random(seed),
        .sources = random_span(seed, memory, 256, 4)};
}

static void random_queries_survive_the_round_trip(void **state)
{
    uint32_t seed = 1;
    (void)state;

    for (int i = 0; i < 10000; i++) {
        uint8_t memory[256], written[512];
        struct mh_igmp query = random_query(&seed, memory), back;
        struct mh_writer writer = mh_writer_of(written, sizeof(written));
        assert_int_equal(mh_igmp_format(&writer, &query), 0);
        struct mh_reader reader = mh_reader_of(mh_writer_span(&writer));
        assert_int_equal(mh_igmp_parse(&reader, &back), 0);
        assert_true(back.checksum_right && !back.force_checksum && back.version == 3);
        assert_int_equal(back.max_response_code, query.max_response_code);
        assert_int_equal(back.group.v4.s_addr, query.group.v4.s_addr);
        assert_int_equal(back.reserved, query.reserved);
        assert_int_equal(back.suppress_router, query.suppress_router);
        assert_int_equal(back.robustness, query.robustness);
        assert_int_equal(back.query_interval_code, query.query_interval_code);
        assert_int_equal(back.sources.length, query.sources.length);
        if (query.sources.length > 0)
            assert_memory_equal(back.sources.bytes, memory, query.sources.length);
    }
}

/* Whatever parses is written again as it was. */
static void random_bytes_survive_or_are_malformed(void **state)
{
    const uint8_t types[] = {0x11, 0x12, 0x16, 0x17, 0x22};
    uint32_t seed = 2;
    int right = 0;
    (void)state;

    for (int i = 0; i < 100000; i++) {
        uint8_t memory[64], written[64];
        struct mh_span span = random_span(&seed, memory, sizeof(memory), 1);
        memory[0] = types[next_random(&seed) % sizeof(types)];
        memory[6] = memory[10] = 0;
        memory[7] = memory[11] = next_random(&seed) % 4;
        struct mh_reader reader = mh_reader_of(span);
        struct mh_igmp igmp;
        if (mh_igmp_parse(&reader, &igmp) < 0)
            continue;
        struct mh_writer writer = mh_writer_of(written, sizeof(written));
        assert_int_equal(mh_igmp_format(&writer, &igmp), 0);
        assert_int_equal(writer.length, span.length);
        assert_memory_equal(written, memory, span.length);
        right++;
    }
    assert_true(right > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_has_the_version_of_its_length_and_code),
        cmocka_unit_test(reads_every_field_of_a_v3_query),
        cmocka_unit_test(reads_short_messages),
        cmocka_unit_test(reads_all_types_of_records),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(no_cut_message_parses),
        cmocka_unit_test(a_cut_query_is_none_or_shorter),
        cmocka_unit_test(other_types_are_not_supported),
        cmocka_unit_test(checksum_and_count_are_right_unless_forced),
        cmocka_unit_test(values_that_do_not_fit_are_invalid),
        cmocka_unit_test(every_code_means_what_the_rfcs_say),
        cmocka_unit_test(random_queries_survive_the_round_trip),
        cmocka_unit_test(random_bytes_survive_or_are_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
