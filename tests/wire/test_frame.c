#include "test.h"
#include "wire/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A frame that is written byte by byte, as the RFCs draw it. */
struct draft {
    uint8_t bytes[256];
    size_t length;
};

static void put(struct draft *draft, const uint8_t *bytes, size_t length)
{
    memcpy(draft->bytes + draft->length, bytes, length);
    draft->length += length;
}

#define PUT(draft, ...)                                                                        \
    put((draft), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void put_ethernet(struct draft *draft, uint8_t type_high, uint8_t type_low)
{
    PUT(draft, 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03, 0x02, 0, 0, 0, 0, 0x0a, type_high, type_low);
}

/* From 10.0.0.1 to 239.1.2.3; `fragment` is flags and offset. */
static void put_ipv4(
    struct draft *draft, uint8_t header_words, uint8_t payload, uint16_t fragment)
{
    PUT(draft, (uint8_t)(0x40 | header_words), 0, 0, (uint8_t)(header_words * 4 + payload), 0,
        1, (uint8_t)(fragment >> 8), (uint8_t)fragment, 7, 17, 0, 0, 10, 0, 0, 1, 239, 1, 2, 3);
    for (uint8_t word = 5; word < header_words; word++)
        PUT(draft, 0x94, 4, 0, 0); /* router alert, RFC 2113 */
}

/* From fd00::1 to ff15::7. */
static void put_ipv6(struct draft *draft, uint8_t next_header, uint8_t payload)
{
    PUT(draft, 0x60, 0, 0, 0, 0, payload, next_header, 9);
    PUT(draft, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    PUT(draft, 0xff, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7);
}

/* Ports 4660 and 5000. */
static void put_udp(struct draft *draft, uint8_t length)
{
    PUT(draft, 0x12, 0x34, 0x13, 0x88, 0, length, 0, 0);
}

static struct mh_frame parsed(const struct draft *draft)
{
    struct mh_frame frame;

    assert_int_equal(mh_frame_parse(draft->bytes, draft->length, &frame), 0);
    return frame;
}

static void assert_address(const struct mh_addr *addr, const char *expected)
{
    char text[MH_ADDR_TEXT_MAX];

    assert_string_equal(mh_addr_format(addr, text), expected);
}

static void assert_payload(const struct mh_frame *frame, const char *expected)
{
    assert_int_equal(frame->payload_length, strlen(expected));
    assert_memory_equal(frame->payload, expected, strlen(expected));
}

static struct draft ipv4_hello(void)
{
    struct draft draft = {.length = 0};

    put_ethernet(&draft, 0x08, 0x00);
    put_ipv4(&draft, 5, 13, 0);
    put_udp(&draft, 13);
    PUT(&draft, 'h', 'e', 'l', 'l', 'o');
    return draft;
}

static void reads_udp_over_ipv4(void **state)
{
    struct draft draft = ipv4_hello();
    struct mh_frame frame = parsed(&draft);
    (void)state;

    assert_memory_equal(frame.destination_mac, "\x01\x00\x5e\x01\x02\x03", 6);
    assert_memory_equal(frame.source_mac, "\x02\0\0\0\0\x0a", 6);
    assert_int_equal(frame.ethertype, 0x0800);
    assert_address(&frame.source, "10.0.0.1");
    assert_address(&frame.destination, "239.1.2.3");
    assert_int_equal(frame.protocol, IPPROTO_UDP);
    assert_int_equal(frame.ttl, 7);
    assert_int_equal(frame.source_port, 0x1234);
    assert_int_equal(frame.destination_port, 5000);
    assert_int_equal(frame.fragment_offset, 0);
    assert_int_equal(frame.more_fragments, 0);
    assert_payload(&frame, "hello");
}

static void cuts_off_the_padding_of_a_short_frame(void **state)
{
    struct draft draft = ipv4_hello();
    (void)state;

    draft.length = 60;
    struct mh_frame frame = parsed(&draft);
    assert_payload(&frame, "hello");
    draft.bytes[14 + 9] = IPPROTO_IGMP;
    frame = parsed(&draft);
    assert_int_equal(frame.payload_length, 13);
}

static void skips_ipv4_options(void **state)
{
    struct draft draft = {.length = 0};
    (void)state;

    put_ethernet(&draft, 0x08, 0x00);
    put_ipv4(&draft, 6, 8, 0);
    put_udp(&draft, 8);
    struct mh_frame frame = parsed(&draft);
    assert_int_equal(frame.destination_port, 5000);
    assert_int_equal(frame.payload_length, 0);
}

static void gives_the_ip_payload_of_other_protocols(void **state)
{
    struct draft draft = {.length = 0};
    (void)state;

    put_ethernet(&draft, 0x08, 0x00);
    put_ipv4(&draft, 6, 3, 0);
    draft.bytes[14 + 9] = IPPROTO_IGMP;
    PUT(&draft, 'a', 'b', 'c');
    struct mh_frame frame = parsed(&draft);
    assert_int_equal(frame.protocol, IPPROTO_IGMP);
    assert_int_equal(frame.destination_port, 0);
    assert_payload(&frame, "abc");
}

static void reads_the_first_ipv4_fragment_with_its_ports(void **state)
{
    struct draft draft = {.length = 0};
    (void)state;

    put_ethernet(&draft, 0x08, 0x00);
    put_ipv4(&draft, 5, 16, 0x2000);
    put_udp(&draft, 200);
    PUT(&draft, 'f', 'r', 'a', 'g', 'm', 'e', 'n', 't');
    struct mh_frame frame = parsed(&draft);
    assert_int_equal(frame.more_fragments, 1);
    assert_int_equal(frame.fragment_offset, 0);
    assert_int_equal(frame.destination_port, 5000);
    assert_payload(&frame, "fragment");
    assert_int_equal(frame.datagram_length, 192);
}

static void reads_a_later_ipv4_fragment_without_ports(void **state)
{
    struct draft draft = {.length = 0};
    (void)state;

    put_ethernet(&draft, 0x08, 0x00);
    put_ipv4(&draft, 5, 4, 0x1fff);
    PUT(&draft, 't', 'a', 'i', 'l');
    struct mh_frame frame = parsed(&draft);
    assert_int_equal(frame.more_fragments, 0);
    assert_int_equal(frame.fragment_offset, 65528);
    assert_int_equal(frame.destination_port, 0);
    assert_payload(&frame, "tail");
    assert_int_equal(frame.datagram_length, 4);
}

static struct draft ipv6_extended(void)
{
    struct draft draft = {.length = 0};

    put_ethernet(&draft, 0x86, 0xdd);
    put_ipv6(&draft, IPPROTO_HOPOPTS, 8 + 16 + 12 + 8 + 8 + 2);
    PUT(&draft, IPPROTO_DSTOPTS, 0, 5, 2, 0, 0, 1, 0); /* router alert, RFC 2711 */
    PUT(&draft, IPPROTO_AH, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    PUT(&draft, IPPROTO_FRAGMENT, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    PUT(&draft, IPPROTO_UDP, 0, 0, 0, 0, 0, 0, 1);
    put_udp(&draft, 10);
    PUT(&draft, 'o', 'k');
    return draft;
}

static void reads_udp_behind_ipv6_extension_headers(void **state)
{
    struct draft draft = ipv6_extended();
    struct mh_frame frame = parsed(&draft);
    (void)state;

    assert_int_equal(frame.ethertype, 0x86dd);
    assert_address(&frame.source, "fd00::1");
    assert_address(&frame.destination, "ff15::7");
    assert_int_equal(frame.protocol, IPPROTO_UDP);
    assert_int_equal(frame.ttl, 9);
    assert_int_equal(frame.destination_port, 5000);
    assert_payload(&frame, "ok");
}

static void reads_a_later_ipv6_fragment_without_ports(void **state)
{
    struct draft draft = {.length = 0};
    (void)state;

    put_ethernet(&draft, 0x86, 0xdd);
    put_ipv6(&draft, IPPROTO_FRAGMENT, 12);
    PUT(&draft, IPPROTO_DSTOPTS, 0, 0x05, 0xa9, 0, 0, 0, 1); /* 1448, more to come */
    PUT(&draft, 0xff, 0xff, 0xff, 0xff);
    struct mh_frame frame = parsed(&draft);
    assert_int_equal(frame.fragment_offset, 1448);
    assert_int_equal(frame.more_fragments, 1);
    assert_int_equal(frame.destination_port, 0);
    assert_int_equal(frame.payload_length, 4);
}

static void assert_refused(const struct draft *draft, int code)
{
    struct mh_frame frame = {.ttl = 99};

    assert_int_equal(mh_frame_parse(draft->bytes, draft->length, &frame), code);
    assert_int_equal(frame.ttl, 99);
}

static void refuses_what_is_not_ip(void **state)
{
    struct draft arp = ipv4_hello();
    struct draft tagged = ipv4_hello();
    (void)state;

    arp.bytes[13] = 6;
    assert_refused(&arp, -EPROTONOSUPPORT);
    tagged.bytes[12] = 0x81;
    assert_refused(&tagged, -EPROTONOSUPPORT);
}

static void refuses_every_truncation(void **state)
{
    const struct draft drafts[] = {ipv4_hello(), ipv6_extended()};
    (void)state;

    for (size_t i = 0; i < 2; i++)
        for (size_t length = 0; length < drafts[i].length; length++) {
            struct mh_frame frame;
            /* A block of exactly that size: one byte beyond is the sanitizer's. */
            uint8_t *exact = malloc(length ? length : 1);
            memcpy(exact, drafts[i].bytes, length);
            int r = mh_frame_parse(exact, length, &frame);
            free(exact);
            if (r != -EBADMSG)
                fail_msg("frame %zu cut to %zu bytes: %d", i, length, r);
        }
}

static void refuse_with_byte(struct draft draft, size_t at, uint8_t value)
{
    draft.bytes[at] = value;
    assert_refused(&draft, -EBADMSG);
}

static void refuses_what_contradicts_itself(void **state)
{
    struct draft v4 = ipv4_hello();
    struct draft v6 = ipv6_extended();
    (void)state;

    refuse_with_byte(v4, 14, 0x65);          /* another version */
    refuse_with_byte(v4, 14, 0x44);          /* header of 16 bytes */
    refuse_with_byte(v4, 14, 0x4f);          /* header longer than the packet */
    refuse_with_byte(v4, 14 + 3, 19);        /* total below the header */
    refuse_with_byte(v4, 14 + 20 + 5, 7);    /* UDP length below its header */
    refuse_with_byte(v4, 14 + 20 + 5, 14);   /* UDP length beyond the packet */
    refuse_with_byte(v6, 14, 0x45);          /* another version */
    refuse_with_byte(v6, 14 + 5, 4);         /* no room for the extension header */
    refuse_with_byte(v6, 14 + 40 + 1, 0xff); /* extension header beyond the packet */
}

static void survives_any_bytes(void **state)
{
    struct draft templates[] = {ipv4_hello(), ipv6_extended()};
    (void)state;

    srandom(1);
    for (int round = 0; round < 50000; round++) {
        struct draft draft = templates[round % 2];
        size_t length = (size_t)random() % (draft.length + 1);
        struct mh_frame frame;
        for (int change = 0; change < 4; change++)
            draft.bytes[12 + (size_t)random() % 80] = (uint8_t)random();

        uint8_t *exact = malloc(length ? length : 1);
        memcpy(exact, draft.bytes, length);
        if (mh_frame_parse(exact, length, &frame) == 0) {
            assert_true(frame.payload >= exact);
            assert_true(frame.payload + frame.payload_length <= exact + length);
        }
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_udp_over_ipv4),
        cmocka_unit_test(cuts_off_the_padding_of_a_short_frame),
        cmocka_unit_test(skips_ipv4_options),
        cmocka_unit_test(gives_the_ip_payload_of_other_protocols),
        cmocka_unit_test(reads_the_first_ipv4_fragment_with_its_ports),
        cmocka_unit_test(reads_a_later_ipv4_fragment_without_ports),
        cmocka_unit_test(reads_udp_behind_ipv6_extension_headers),
        cmocka_unit_test(reads_a_later_ipv6_fragment_without_ports),
        cmocka_unit_test(refuses_what_is_not_ip),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(refuses_what_contradicts_itself),
        cmocka_unit_test(survives_any_bytes),
    };
    return cmocka_run_group_tests_name("wire/frame", tests, NULL, NULL);
}
