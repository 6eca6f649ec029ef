#include "packet.h"
#include "wire/ipv4.h"

/* An IGMP packet's header as Linux sends it: TOS 0xc0, don't fragment, router alert. */
#define HEADER "46c0 0022 0000 4000 0102 40d7 0a000001 e0000016 94040000"
#define NOPS "0101010101010101 01"
#define PACKET HEADER "aabb ccdd eeff 0011 2233"

static int parse(struct mh_reader *reader)
{
    struct mh_ipv4 ipv4;
    return mh_ipv4_parse(reader, &ipv4);
}

static struct mh_ipv4 parsed(const struct packet *packet)
{
    struct mh_reader reader = reader_of(packet);
    struct mh_ipv4 ipv4;

    assert_int_equal(mh_ipv4_parse(&reader, &ipv4), 0);
    return ipv4;
}

static void reads_every_field(void **state)
{
    struct packet packet = packet_of(PACKET);
    struct mh_ipv4 ipv4 = parsed(&packet);
    (void)state;

    assert_int_equal(ipv4.header_length, 24);
    assert_int_equal(ipv4.dscp, 48);
    assert_int_equal(ipv4.ecn, 0);
    assert_int_equal(ipv4.total_length, 34);
    assert_int_equal(ipv4.identification, 0);
    assert_true(ipv4.dont_fragment && !ipv4.more_fragments && !ipv4.reserved_flag);
    assert_int_equal(ipv4.fragment_offset, 0);
    assert_int_equal(ipv4.ttl, 1);
    assert_int_equal(ipv4.protocol, IPPROTO_IGMP);
    assert_addr(ipv4.source, "10.0.0.1");
    assert_addr(ipv4.destination, "224.0.0.22");
    assert_bytes(ipv4.payload, "aabb ccdd eeff 0011 2233");
    assert_true(mh_ipv4_has_router_alert(&ipv4));
}

/* The header of many introductions, whose checksum is b861. */
static void judges_the_checksum(void **state)
{
    struct packet packet = packet_of("4500 0073 0000 4000 4011 b861 c0a80001 c0a800c7");
    (void)state;

    packet.length = 0x73;
    memset(packet.bytes + 20, 0, packet.length - 20);
    struct mh_ipv4 ipv4 = parsed(&packet);
    assert_true(ipv4.checksum_right);
    assert_false(ipv4.force_checksum);
    packet.bytes[11] ^= 1;
    ipv4 = parsed(&packet);
    assert_false(ipv4.checksum_right);
    assert_true(ipv4.force_checksum);
}

static void writes_what_was_read(void **state)
{
    const char *packets[] = {PACKET, "4503 0015 1234 e001 ff11 b861 c0a80001 c0a800c7 77",
        "4f00 003c 0000 0000 4011 0000 c0a80001 c0a800c7" NOPS NOPS NOPS NOPS "00000000"};
    (void)state;

    for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
        uint8_t memory[128];
        struct packet packet = packet_of(packets[i]);
        struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
        struct mh_ipv4 ipv4 = parsed(&packet);
        assert_int_equal(mh_ipv4_format(&writer, &ipv4), 0);
        assert_written(&writer, packets[i]);
    }
}

static void cuts_off_padding(void **state)
{
    struct packet packet =
        packet_of("4500 0016 0000 4000 4011 0000 c0a80001 c0a800c7 aabb 0000");
    (void)state;

    assert_bytes(parsed(&packet).payload, "aabb");
}

static void no_cut_packet_parses(void **state)
{
    struct packet packet = packet_of(PACKET);
    (void)state;

    assert_no_prefix_parses(&packet, parse, 0);
}

static void inconsistent_headers_are_malformed(void **state)
{
    const char *packets[] = {
        "5500 0014 0000 4000 4011 0000 c0a80001 c0a800c7", /* version 5 */
        "4400 0014 0000 4000 4011 0000 c0a80001 c0a800c7", /* header of 16 bytes */
        "4500 0013 0000 4000 4011 0000 c0a80001 c0a800c7", /* shorter than its header */
    };
    (void)state;

    for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
        struct packet packet = packet_of(packets[i]);
        struct mh_reader reader = reader_of(&packet);
        assert_int_equal(parse(&reader), -EBADMSG);
        assert_true(reader.failed);
    }
}

static struct mh_ipv4 ordinary(void)
{
    return (struct mh_ipv4){.ttl = 7,
        .protocol = IPPROTO_UDP,
        .source = addr_of("192.168.0.1"),
        .destination = addr_of("192.168.0.199"),
        .payload = {(const uint8_t *)"ab", 2}};
}

static void lengths_and_checksum_are_right_unless_forced(void **state)
{
    uint8_t memory[64];
    struct mh_ipv4 ipv4 = ordinary();
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    (void)state;

    assert_int_equal(mh_ipv4_format(&writer, &ipv4), 0);
    assert_written(&writer, "4500 0016 0000 0000 0711 31bf c0a80001 c0a800c7 6162");

    ipv4.force_header_length = ipv4.force_total_length = ipv4.force_checksum = true;
    ipv4.header_length = 16;
    ipv4.total_length = 7;
    ipv4.checksum = 0xbeef;
    writer = mh_writer_of(memory, sizeof(memory));
    assert_int_equal(mh_ipv4_format(&writer, &ipv4), 0);
    assert_written(&writer, "4400 0007 0000 0000 0711 beef c0a80001 c0a800c7 6162");
}

static void values_that_do_not_fit_are_invalid(void **state)
{
    static const uint8_t zeros[41];
    struct mh_ipv4 wrong[8];
    (void)state;

    for (size_t i = 0; i < 8; i++)
        wrong[i] = ordinary();
    wrong[0].dscp = 64;
    wrong[1].ecn = 4;
    wrong[2].fragment_offset = 7;
    wrong[3].options = (struct mh_span){zeros, sizeof(zeros)};
    wrong[4].source = addr_of("::1");
    wrong[5].force_header_length = true;
    wrong[5].header_length = 64;
    wrong[6].force_header_length = true;
    wrong[6].header_length = 22;
    wrong[7].payload.length = 65516;
    for (size_t i = 0; i < 8; i++) {
        uint8_t memory[256];
        struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
        assert_int_equal(mh_ipv4_format(&writer, &wrong[i]), -EINVAL);
    }
}

static void goes_through_options(void **state)
{
    struct packet packet = packet_of("01 94040000 4403aa 00 ff");
    struct mh_reader options = reader_of(&packet);
    struct mh_ipv4_option option;
    (void)state;

    assert_int_equal(mh_ipv4_next_option(&options, &option), 1);
    assert_int_equal(option.type, MH_IPV4_OPTION_NOP);
    assert_int_equal(mh_ipv4_next_option(&options, &option), 1);
    assert_int_equal(option.type, MH_IPV4_OPTION_ROUTER_ALERT);
    assert_bytes(option.value, "0000");
    assert_int_equal(mh_ipv4_next_option(&options, &option), 1);
    assert_int_equal(option.type, 0x44);
    assert_bytes(option.value, "aa");
    assert_int_equal(mh_ipv4_next_option(&options, &option), 0);
    assert_int_equal(mh_ipv4_next_option(&options, &option), 0);
}

static void malformed_options_end_the_walk(void **state)
{
    const char *wrong[] = {"94", "9401", "9400 0000", "9405 0000"};
    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct packet packet = packet_of(wrong[i]);
        struct mh_reader options = reader_of(&packet);
        struct mh_ipv4_option option;
        assert_int_equal(mh_ipv4_next_option(&options, &option), -EBADMSG);
        assert_int_equal(mh_ipv4_next_option(&options, &option), -EBADMSG);
    }
}

static void writes_options(void **state)
{
    uint8_t memory[16];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    const struct mh_ipv4_option nop = {.type = MH_IPV4_OPTION_NOP};
    const struct mh_ipv4_option alert = {
        MH_IPV4_OPTION_ROUTER_ALERT, {(const uint8_t *)"\0\0", 2}};
    (void)state;

    assert_int_equal(mh_ipv4_option_format(&writer, &nop), 0);
    assert_int_equal(mh_ipv4_option_format(&writer, &alert), 0);
    assert_written(&writer, "01 94040000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(judges_the_checksum),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(cuts_off_padding),
        cmocka_unit_test(no_cut_packet_parses),
        cmocka_unit_test(inconsistent_headers_are_malformed),
        cmocka_unit_test(lengths_and_checksum_are_right_unless_forced),
        cmocka_unit_test(values_that_do_not_fit_are_invalid),
        cmocka_unit_test(goes_through_options),
        cmocka_unit_test(malformed_options_end_the_walk),
        cmocka_unit_test(writes_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
