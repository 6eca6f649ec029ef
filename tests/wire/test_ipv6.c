#include "packet.h"
#include "wire/ipv6.h"

#define ADDRESSES "fe800000000000000000000000000001 ff020000000000000000000000000016"
#define ROUTER_ALERT "3a00 0502 0000 0100"
#define MLD_PACKET "6c012345 000c 00 01" ADDRESSES ROUTER_ALERT "8f00 0000"

static int parse(struct mh_reader *reader)
{
    struct mh_ipv6 ipv6;
    return mh_ipv6_parse(reader, &ipv6);
}

static struct mh_ipv6 parsed(const struct packet *packet)
{
    struct mh_reader reader = reader_of(packet);
    struct mh_ipv6 ipv6;

    assert_int_equal(mh_ipv6_parse(&reader, &ipv6), 0);
    return ipv6;
}

static void reads_every_field(void **state)
{
    struct packet packet = packet_of(MLD_PACKET);
    struct mh_ipv6 ipv6 = parsed(&packet);
    uint16_t alert = 7;
    (void)state;

    assert_int_equal(ipv6.traffic_class, 0xc0);
    assert_int_equal(ipv6.flow_label, 0x12345);
    assert_int_equal(ipv6.payload_length, 12);
    assert_int_equal(ipv6.next_header, IPPROTO_HOPOPTS);
    assert_int_equal(ipv6.hop_limit, 1);
    assert_addr(ipv6.source, "fe80::1");
    assert_addr(ipv6.destination, "ff02::16");
    assert_int_equal(ipv6.protocol, IPPROTO_ICMPV6);
    assert_bytes(ipv6.extensions, ROUTER_ALERT);
    assert_bytes(ipv6.payload, "8f00 0000");
    assert_true(mh_ipv6_router_alert(&ipv6, &alert));
    assert_int_equal(alert, MH_IPV6_ROUTER_ALERT_MLD);
}

static void writes_what_was_read(void **state)
{
    uint8_t memory[128];
    struct packet packet = packet_of(MLD_PACKET);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_ipv6 ipv6 = parsed(&packet);
    (void)state;

    assert_int_equal(mh_ipv6_format(&writer, &ipv6), 0);
    assert_written(&writer, MLD_PACKET);
}

/* RFC 8200, section 4.1; the authentication header (RFC 4302) is of 12 bytes. */
#define HOP_BY_HOP "2b00 0104 00000000"
#define ROUTING "3300 0000 00000000"
#define AUTHENTICATION "3c01 0000 00000001 aabbccdd"
#define DESTINATION_OPTIONS "2c00 0104 00000000"
#define FRAGMENT "1100 0001 00000007"

static void goes_through_extensions(void **state)
{
    struct packet packet = packet_of("60000000 002f 00 40" ADDRESSES HOP_BY_HOP ROUTING
            AUTHENTICATION DESTINATION_OPTIONS FRAGMENT "616263");
    struct mh_ipv6 ipv6 = parsed(&packet);
    struct mh_reader extensions = mh_reader_of(ipv6.extensions);
    struct mh_ipv6_extension extension;
    const uint8_t types[] = {
        IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_AH, IPPROTO_DSTOPTS, IPPROTO_FRAGMENT};
    uint8_t type = ipv6.next_header;
    (void)state;

    for (size_t i = 0; i < sizeof(types); i++) {
        assert_int_equal(mh_ipv6_next_extension(&extensions, &type, &extension), 1);
        assert_int_equal(extension.type, types[i]);
        assert_int_equal(extension.value.length, types[i] == IPPROTO_AH ? 10 : 6);
    }
    assert_int_equal(mh_ipv6_next_extension(&extensions, &type, &extension), 0);
    assert_int_equal(type, IPPROTO_UDP);
    assert_int_equal(ipv6.protocol, IPPROTO_UDP);
    assert_true(ipv6.more_fragments);
    assert_bytes(ipv6.payload, "616263");
}

static void a_later_fragment_is_not_looked_into(void **state)
{
    struct packet packet =
        packet_of("60000000 000c 2c 40" ADDRESSES "3c00 0590 00000007 ffffffff");
    struct mh_ipv6 ipv6 = parsed(&packet);
    (void)state;

    assert_int_equal(ipv6.fragment_offset, 1424);
    assert_false(ipv6.more_fragments);
    assert_int_equal(ipv6.protocol, IPPROTO_DSTOPTS);
    assert_bytes(ipv6.payload, "ffffffff");
}

static void cuts_off_padding(void **state)
{
    struct packet packet = packet_of("60000000 0002 11 40" ADDRESSES "aabb 0000 0000");
    (void)state;

    assert_bytes(parsed(&packet).payload, "aabb");
}

static void no_cut_packet_parses(void **state)
{
    struct packet packet = packet_of(MLD_PACKET);
    (void)state;

    assert_no_prefix_parses(&packet, parse, 0);
}

static void extensions_stay_inside_the_payload(void **state)
{
    struct packet version = packet_of("50000000 0000 11 40" ADDRESSES);
    struct packet longer = packet_of("60000000 0008 00 40" ADDRESSES "1101 0104 00000000"
                                     "0000 0000 0000 0000");
    struct mh_reader reader = reader_of(&version);
    (void)state;

    assert_int_equal(parse(&reader), -EBADMSG);
    reader = reader_of(&longer);
    assert_int_equal(parse(&reader), -EBADMSG);
    assert_int_equal(reader.offset, 42);
}

static void forces_a_wrong_length(void **state)
{
    uint8_t memory[64];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_ipv6 ipv6 = {.next_header = IPPROTO_UDP,
        .payload_length = 0x1234,
        .force_payload_length = true,
        .source = addr_of("fe80::1"),
        .destination = addr_of("ff02::16")};
    (void)state;

    assert_int_equal(mh_ipv6_format(&writer, &ipv6), 0);
    assert_written(&writer, "60000000 1234 11 00" ADDRESSES);
    ipv6.flow_label = 0x100000;
    assert_int_equal(mh_ipv6_format(&writer, &ipv6), -EINVAL);
}

static void writes_extensions(void **state)
{
    const struct {
        struct mh_ipv6_extension extension;
        const char *hex;
    } cases[] = {
        {{IPPROTO_HOPOPTS, IPPROTO_ICMPV6, {(const uint8_t *)"\5\2\0\0\1\0", 6}}, ROUTER_ALERT},
        {{IPPROTO_HOPOPTS, 17, {NULL, 0}}, "1100 000000000000"},
        {{IPPROTO_DSTOPTS, 17, {(const uint8_t *)"\1\7\0\0\0\0\0\0\0", 9}},
            "1101 0107000000000000000000000000"},
        {{IPPROTO_FRAGMENT, 17, {(const uint8_t *)"\0\0\1\0\0\0", 6}}, "1100 000001000000"},
        {{IPPROTO_AH, 17, {(const uint8_t *)"\0\0\0\0\0\1\0\0\0\2", 10}},
            "1101 00000000000100000002"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t memory[32];
        struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
        assert_int_equal(mh_ipv6_extension_format(&writer, &cases[i].extension), 0);
        assert_written(&writer, cases[i].hex);
    }
}

static void only_extensions_are_written_as_such(void **state)
{
    uint8_t memory[32];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_ipv6_extension udp = {IPPROTO_UDP, 0, {NULL, 0}};
    struct mh_ipv6_extension fragment = {IPPROTO_FRAGMENT, 0, {memory, 7}};
    (void)state;

    assert_int_equal(mh_ipv6_extension_format(&writer, &udp), -EINVAL);
    writer = mh_writer_of(memory, sizeof(memory));
    assert_int_equal(mh_ipv6_extension_format(&writer, &fragment), -EINVAL);
}

static void options_there_and_back(void **state)
{
    uint8_t memory[16];
    struct packet packet = packet_of("00 0502 0000 01 02 aabb");
    struct mh_reader reader = reader_of(&packet);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_ipv6_option option;
    (void)state;

    while (mh_ipv6_next_option(&reader, &option) > 0)
        assert_int_equal(mh_ipv6_option_format(&writer, &option), 0);
    assert_written(&writer, "00 0502 0000 01 02 aabb");

    packet.length--;
    reader = reader_of(&packet);
    assert_int_equal(mh_ipv6_next_option(&reader, &option), 1);
    assert_int_equal(mh_ipv6_next_option(&reader, &option), 1);
    assert_int_equal(mh_ipv6_next_option(&reader, &option), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(goes_through_extensions),
        cmocka_unit_test(a_later_fragment_is_not_looked_into),
        cmocka_unit_test(cuts_off_padding),
        cmocka_unit_test(no_cut_packet_parses),
        cmocka_unit_test(extensions_stay_inside_the_payload),
        cmocka_unit_test(forces_a_wrong_length),
        cmocka_unit_test(writes_extensions),
        cmocka_unit_test(only_extensions_are_written_as_such),
        cmocka_unit_test(options_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
