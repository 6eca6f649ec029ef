#include "packet.h"
#include "wire/udp.h"

/* "hello" from 10.0.0.1 to 239.1.2.3. */
#define DATAGRAM "1234 1388 000d 0000 68656c6c6f"

static struct mh_pseudo_header pseudo_v4(void)
{
    return (struct mh_pseudo_header){addr_of("10.0.0.1"), addr_of("239.1.2.3"), IPPROTO_UDP};
}

static struct mh_pseudo_header pseudo_v6(void)
{
    return (struct mh_pseudo_header){addr_of("fd00::1"), addr_of("ff15::7"), IPPROTO_UDP};
}

static struct mh_udp parsed(const struct packet *packet, const struct mh_pseudo_header *pseudo)
{
    struct mh_reader reader = reader_of(packet);
    struct mh_udp udp;

    assert_int_equal(mh_udp_parse(&reader, pseudo, &udp), 0);
    return udp;
}

static int parse(struct mh_reader *reader)
{
    struct mh_pseudo_header pseudo = pseudo_v4();
    struct mh_udp udp;
    return mh_udp_parse(reader, &pseudo, &udp);
}

static void reads_every_field(void **state)
{
    struct packet packet = packet_of(DATAGRAM "0000");
    struct mh_pseudo_header pseudo = pseudo_v4();
    struct mh_udp udp = parsed(&packet, &pseudo);
    (void)state;

    assert_int_equal(udp.source_port, 0x1234);
    assert_int_equal(udp.destination_port, 5000);
    assert_int_equal(udp.length, 13);
    assert_bytes(udp.payload, "68656c6c6f");
}

/* 0a00 + 0001 + ef01 + 0203 + 0011 + 000d + 1234 + 1388 + 000d + 6865 + 6c6c + 6f00 = 264bd,
 * folded 64bf, complement 9b40. */
static void a_right_checksum_is_written_and_found_right(void **state)
{
    uint8_t memory[64];
    struct packet packet = packet_of(DATAGRAM);
    struct mh_pseudo_header pseudo = pseudo_v4();
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_udp udp = parsed(&packet, &pseudo);
    (void)state;

    assert_true(udp.checksum_right); /* there is none */
    udp.force_checksum = false;
    assert_int_equal(mh_udp_format(&writer, &pseudo, &udp), 0);
    assert_written(&writer, "1234 1388 000d 9b40 68656c6c6f");
    struct packet written = {.length = writer.length};
    memcpy(written.bytes, memory, writer.length);
    udp = parsed(&written, &pseudo);
    assert_true(udp.checksum_right);
    assert_false(udp.force_checksum);
    written.bytes[7] ^= 1;
    udp = parsed(&written, &pseudo);
    assert_false(udp.checksum_right);
    assert_true(udp.force_checksum);
}

static void ipv6_wants_a_checksum(void **state)
{
    struct packet packet = packet_of(DATAGRAM);
    struct mh_pseudo_header pseudo = pseudo_v6();
    (void)state;

    assert_false(parsed(&packet, &pseudo).checksum_right);
}

/* A payload that makes the sum ffff, whose complement would mean "none". */
static void a_zero_sum_is_sent_as_ones(void **state)
{
    uint8_t memory[64];
    struct mh_pseudo_header pseudo = {.source = {.family = AF_UNSPEC}, .protocol = 0};
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_udp udp = {.payload = {(const uint8_t *)"\xff\xeb", 2}};
    (void)state;

    assert_int_equal(mh_udp_format(&writer, &pseudo, &udp), 0);
    assert_written(&writer, "0000 0000 000a ffff ffeb");
}

static void forces_length_and_checksum(void **state)
{
    uint8_t memory[64];
    struct mh_pseudo_header pseudo = pseudo_v4();
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_udp udp = {.length = 3,
        .checksum = 0xbeef,
        .force_length = true,
        .force_checksum = true,
        .payload = {(const uint8_t *)"a", 1}};
    (void)state;

    assert_int_equal(mh_udp_format(&writer, &pseudo, &udp), 0);
    assert_written(&writer, "0000 0000 0003 beef 61");
}

static void no_cut_datagram_parses(void **state)
{
    struct packet packet = packet_of(DATAGRAM);
    struct packet shorter = packet_of("1234 1388 0007 0000 68");
    struct mh_reader reader = reader_of(&shorter);
    (void)state;

    assert_no_prefix_parses(&packet, parse, 0);
    assert_int_equal(parse(&reader), -EBADMSG);
    assert_true(reader.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(a_right_checksum_is_written_and_found_right),
        cmocka_unit_test(ipv6_wants_a_checksum),
        cmocka_unit_test(a_zero_sum_is_sent_as_ones),
        cmocka_unit_test(forces_length_and_checksum),
        cmocka_unit_test(no_cut_datagram_parses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
