#include "packet.h"
#include "wire/pim.h"

/* 2000 + 0001 + 0002 + 0069 = 206c, complement df93. */
#define HELLO "2000 df93 0001 0002 0069"

static struct mh_pseudo_header ipv4(void)
{
    return (struct mh_pseudo_header){addr_of("10.0.0.1"), addr_of("224.0.0.13"), IPPROTO_PIM};
}

static struct mh_pseudo_header ipv6(void)
{
    return (struct mh_pseudo_header){addr_of("fe80::1"), addr_of("ff02::d"), IPPROTO_PIM};
}

static int parse(struct mh_reader *reader)
{
    struct mh_pim pim;
    return mh_pim_parse(reader, NULL, &pim);
}

static struct mh_pim parsed(const struct packet *packet, const struct mh_pseudo_header *pseudo)
{
    struct mh_reader reader = reader_of(packet);
    struct mh_pim pim;

    assert_int_equal(mh_pim_parse(&reader, pseudo, &pim), 0);
    return pim;
}

static struct packet formatted(const struct mh_pim *pim, const struct mh_pseudo_header *pseudo)
{
    struct packet packet;
    struct mh_writer writer = mh_writer_of(packet.bytes, sizeof(packet.bytes));

    assert_int_equal(mh_pim_format(&writer, pseudo, pim), 0);
    packet.length = writer.length;
    return packet;
}

static void reads_the_header(void **state)
{
    struct packet packet = packet_of(HELLO);
    struct mh_pseudo_header pseudo = ipv4();
    struct mh_pim pim = parsed(&packet, &pseudo);
    (void)state;

    assert_int_equal(pim.version, MH_PIM_VERSION);
    assert_int_equal(pim.type, MH_PIM_HELLO);
    assert_int_equal(pim.flags, 0);
    assert_int_equal(pim.checksum, 0xdf93);
    assert_true(pim.checksum_right);
    assert_false(pim.force_checksum);
    assert_bytes(pim.body, "0001 0002 0069");
}

static void writes_what_was_read(void **state)
{
    const char *messages[] = {HELLO, "2480 beef 0102", "f077 1234"};
    (void)state;

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        struct packet packet = packet_of(messages[i]);
        struct mh_pim pim = parsed(&packet, NULL);
        struct packet written = formatted(&pim, NULL);
        assert_bytes(span_of(&written), messages[i]);
    }
}

/* Over IPv6 also fe80 + 1 + ff02 + d + a (length) + 67 (protocol). */
static void ipv6_has_a_pseudo_header(void **state)
{
    struct mh_pseudo_header pseudo = ipv6();
    struct packet packet = packet_of(HELLO);
    struct mh_pim pim = parsed(&packet, &pseudo);
    (void)state;

    assert_false(pim.checksum_right);
    pim.force_checksum = false;
    packet = formatted(&pim, &pseudo);
    assert_bytes(span_of(&packet), "2000 e190 0001 0002 0069");
    assert_true(parsed(&packet, &pseudo).checksum_right);
}

static void the_packet_in_a_register_is_not_summed_up(void **state)
{
    struct packet body = packet_of("00000000 4500 dead");
    struct mh_pim pim = {
        .version = MH_PIM_VERSION, .type = MH_PIM_REGISTER, .body = span_of(&body)};
    struct packet packet = formatted(&pim, NULL);
    (void)state;

    assert_bytes(span_of(&packet), "2100 deff 00000000 4500 dead");
    packet.bytes[9] ^= 1;
    assert_true(parsed(&packet, NULL).checksum_right);
    packet.bytes[7] ^= 1;
    assert_false(parsed(&packet, NULL).checksum_right);
    /* Over all of it: 2100 + 4500 + dead = 144ad, folded 44ae. */
    packet = packet_of("2100 bb51 00000000 4500 dead");
    assert_true(parsed(&packet, NULL).checksum_right);
    assert_true(parsed(&packet, NULL).force_checksum);
}

static void no_cut_header_parses(void **state)
{
    struct packet packet = packet_of("2000 dfff");
    (void)state;

    assert_no_prefix_parses(&packet, parse, 0);
    assert_int_equal(parsed(&packet, NULL).body.length, 0);
}

static void values_that_do_not_fit_are_invalid(void **state)
{
    const struct mh_pim wrong[] = {{.version = 16}, {.type = 16}};
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        uint8_t memory[16];
        struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
        assert_int_equal(mh_pim_format(&writer, NULL, &wrong[i]), -EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_header),
        cmocka_unit_test(writes_what_was_read),
        cmocka_unit_test(ipv6_has_a_pseudo_header),
        cmocka_unit_test(the_packet_in_a_register_is_not_summed_up),
        cmocka_unit_test(no_cut_header_parses),
        cmocka_unit_test(values_that_do_not_fit_are_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
