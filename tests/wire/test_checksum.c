#include "packet.h"
#include "wire/checksum.h"

/* RFC 1071, section 3: 0001 f203 f4f5 f6f7 sum up to ddf2. */
static void sums_as_rfc_1071_does(void **state)
{
    struct packet packet = packet_of("0001 f203 f4f5 f6f7");
    (void)state;

    assert_int_equal(mh_checksum_fold(mh_checksum_add(0, span_of(&packet))), 0xffff - 0xddf2);
}

static void pads_an_odd_byte(void **state)
{
    struct packet odd = packet_of("0102 03");
    struct packet even = packet_of("0102 0300");
    (void)state;

    assert_int_equal(mh_checksum_add(0, span_of(&odd)), mh_checksum_add(0, span_of(&even)));
    assert_int_equal(mh_checksum_fold(mh_checksum_add(0, span_of(&odd))), 0xfbfd);
}

static void computes_around_the_field(void **state)
{
    struct packet packet = packet_of("4500 0020 beef 0001");
    struct packet right = packet_of("4500 0020 0000 0001");
    (void)state;

    uint16_t checksum = mh_checksum_compute(0, span_of(&packet), 4);
    assert_int_equal(checksum, mh_checksum_fold(mh_checksum_add(0, span_of(&right))));
    mh_put_u16(right.bytes + 4, checksum);
    assert_int_equal(mh_checksum_fold(mh_checksum_add(0, span_of(&right))), 0);
}

/* RFC 768: source, destination, zero and protocol, length. */
static void pseudo_header_of_ipv4(void **state)
{
    struct mh_pseudo_header pseudo = {addr_of("10.0.0.1"), addr_of("239.1.2.3"), 17};
    struct packet written = packet_of("0a000001 ef010203 0011 0009");
    (void)state;

    assert_int_equal(mh_checksum_pseudo(&pseudo, 9), mh_checksum_add(0, span_of(&written)));
    assert_int_equal(mh_checksum_pseudo(NULL, 9), 0);
}

/* RFC 8200, section 8.1: source, destination, length of 32 bits, zeros and next header. */
static void pseudo_header_of_ipv6(void **state)
{
    struct mh_pseudo_header pseudo = {addr_of("fe80::1"), addr_of("ff02::16"), 58};
    struct packet written = packet_of("fe800000000000000000000000000001"
                                      "ff020000000000000000000000000016 00012345 0000003a");
    (void)state;

    assert_int_equal(
        mh_checksum_pseudo(&pseudo, 0x12345), mh_checksum_add(0, span_of(&written)));
}

static void folds_many_carries(void **state)
{
    (void)state;

    assert_int_equal(mh_checksum_fold(0), 0xffff);
    assert_int_equal(mh_checksum_fold(0xffff), 0);
    assert_int_equal(mh_checksum_fold(0x1fffe), 0);
    assert_int_equal(mh_checksum_fold(0xffffffffffffffff), 0);
    assert_int_equal(mh_checksum_fold(0x10000), 0xfffe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_as_rfc_1071_does),
        cmocka_unit_test(pads_an_odd_byte),
        cmocka_unit_test(computes_around_the_field),
        cmocka_unit_test(pseudo_header_of_ipv4),
        cmocka_unit_test(pseudo_header_of_ipv6),
        cmocka_unit_test(folds_many_carries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
