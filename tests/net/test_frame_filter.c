#include "net/filter_hint.h"
#include "net/frame_filter.h"
#include "test.h"

#include <errno.h>
#include <string.h>

/* An IPv4 datagram 10.0.0.1:4000 -> 239.1.1.1:5000 with 2 bytes; 0x0800 follows the addresses.
 */
static const uint8_t datagram[] = {0x01, 0x00, 0x5e, 1, 1, 1, 2, 0, 0, 0, 0, 1, 0x08, 0x00, //
    0x45, 0, 0, 30, 0, 0, 0, 0, 1, 17, 0, 0, 10, 0, 0, 1, 239, 1, 1, 1,                     //
    0x0f, 0xa0, 0x13, 0x88, 0, 10, 0, 0, 'h', 'i'};

/* An MLDv2 report: type 143 behind a hop-by-hop header. */
static uint8_t mld_report[14 + 40 + 8 + 8];

static void make_mld_report(void)
{
    mld_report[12] = 0x86;
    mld_report[13] = 0xdd;
    mld_report[14] = 0x60;
    mld_report[14 + 40] = 58; /* next header of the hop-by-hop header */
    mld_report[14 + 48] = 143;
}

static struct mh_frame_filter *compile(const char *expression)
{
    struct mh_frame_filter *filter;
    struct mh_error err;

    if (mh_frame_filter_compile(expression, &filter, &err) < 0)
        fail_msg("%s", err.message);
    return filter;
}

static bool matches(const char *expression, const uint8_t *frame, size_t length)
{
    struct mh_frame_filter *filter = compile(expression);
    bool found = mh_frame_filter_matches(filter, frame, length, length);

    mh_frame_filter_free(filter);
    return found;
}

static void runs_over_frames_in_memory(void **state)
{
    (void)state;
    assert_true(matches("udp port 5000", datagram, sizeof(datagram)));
    assert_true(matches("dst host 239.1.1.1 and src 10.0.0.1", datagram, sizeof(datagram)));
    assert_true(matches("", datagram, sizeof(datagram)));
    assert_false(matches("udp port 5001", datagram, sizeof(datagram)));
    assert_false(matches("igmp", datagram, sizeof(datagram)));
}

static void looks_at_what_was_captured_and_no_further(void **state)
{
    (void)state;
    struct mh_frame_filter *ports = compile("udp port 5000");
    struct mh_frame_filter *length = compile("greater 44");

    assert_false(mh_frame_filter_matches(ports, datagram, sizeof(datagram), 34));
    assert_true(mh_frame_filter_matches(length, datagram, sizeof(datagram), 34));
    mh_frame_filter_free(ports);
    mh_frame_filter_free(length);
}

static void knows_mld(void **state)
{
    (void)state;
    make_mld_report();
    assert_true(matches("mld", mld_report, sizeof(mld_report)));
    assert_true(matches("ip6 and (mld)", mld_report, sizeof(mld_report)));
    assert_false(matches("not mld", mld_report, sizeof(mld_report)));
    assert_false(matches("mld", datagram, sizeof(datagram)));
    mld_report[14 + 48] = 135; /* a neighbour solicitation is none */
    assert_false(matches("mld", mld_report, sizeof(mld_report)));
}

static void tells_libpcaps_words_and_what_to_write_instead(void **state)
{
    static const struct {
        const char *expression, *said, *hint;
    } slips[] = {
        {"igmp and 239.1.1.1", "syntax error", "igmp and host 239.1.1.1"},
        {"239.1.1.1", "syntax error", "dst host 239.1.1.1"},
        {"ip.addr == 10.0.0.1", "syntax error", "display filter of Wireshark"},
        {"udp.port == 5000", "syntax error", "udp port 5000"},
        {"udp 5000", "syntax error", "udp port 5000"},
        {"udp dst net 239.0.0.0/8", "'udp dst net 239.0.0.0/8': ", "udp and dst net"},
        {"port 5000-5005", "unknown port '5000-5005'", "portrange 5000-5005"},
        {"udp port 5000, 5001", "syntax error", "port 5000 or port 5001"},
        {"igmpv3", "syntax error", "0x22 for a v3 report"},
        {"UDP port 5000", "syntax error", "lower case"},
        {"group 239.1.1.1", "syntax error", "dst host 239.1.1.1"},
        {"udp and", "syntax error", "ends where another part is expected"},
        {"host receiver", "unknown host 'receiver'", "a.address"},
        {"host 239.0.0.0/8", "'host 239.0.0.0/8': ", "dst net 239.0.0.0/8"},
    };
    struct mh_frame_filter *filter;
    struct mh_error err;
    (void)state;

    for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
        assert_int_equal(mh_frame_filter_compile(slips[i].expression, &filter, &err), -EINVAL);
        if (!strstr(err.message, slips[i].said) || !strstr(err.message, slips[i].expression))
            fail_msg("%s: %s", slips[i].expression, err.message);
        if (!strstr(err.hint, slips[i].hint))
            fail_msg("%s: hint: %s", slips[i].expression, err.hint);
    }
    assert_int_equal(mh_frame_filter_compile("udp and", &filter, NULL), -EINVAL);
}

/* In memory they would silently match nothing. */
static void refuses_what_a_frame_does_not_tell(void **state)
{
    struct mh_frame_filter *filter;
    struct mh_error err;
    (void)state;

    assert_int_equal(mh_frame_filter_compile("inbound and udp", &filter, &err), -EINVAL);
    assert_non_null(strstr(err.hint, "leave inbound"));
    assert_int_equal(mh_frame_filter_compile("outbound", &filter, NULL), -EINVAL);
}

static bool asks_for_tag(const char *expression)
{
    struct mh_frame_filter *filter = compile(expression);
    bool asks = mh_frame_filter_asks_for_tag(filter);

    mh_frame_filter_free(filter);
    return asks;
}

static void knows_who_asks_for_a_tag(void **state)
{
    (void)state;
    assert_true(asks_for_tag("vlan"));
    assert_true(asks_for_tag("vlan 5 and udp"));
    assert_true(asks_for_tag("ether proto 0x8100"));
    assert_false(asks_for_tag("udp port 5000"));
    assert_false(asks_for_tag("mld or igmp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_over_frames_in_memory),
        cmocka_unit_test(looks_at_what_was_captured_and_no_further),
        cmocka_unit_test(knows_mld),
        cmocka_unit_test(tells_libpcaps_words_and_what_to_write_instead),
        cmocka_unit_test(refuses_what_a_frame_does_not_tell),
        cmocka_unit_test(knows_who_asks_for_a_tag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
