#include "fixture.h"
#include "lab/detour.h"

#include <netinet/udp.h>

static const enum mh_detour_direction directions[] = {MH_DETOUR_TO_HOST, MH_DETOUR_FROM_HOST};

/* Takes what is led out, and sends it on when told to. */
struct tap {
    int exit;
    int entrance;
};

static int open_packet_socket(unsigned index, int protocol, uint32_t mark)
{
    struct sockaddr_ll place = {
        .sll_family = AF_PACKET, .sll_protocol = htons((uint16_t)protocol)};
    const int on = 1;
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    place.sll_ifindex = (int)index;
    assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&place, sizeof(place)), 0);
    return fd;
}

static struct tap open_tap(struct mh_lab *lab, int place, enum mh_detour_direction direction)
{
    struct mh_detour detour;
    struct mh_error err = {0};

    check(mh_lab_detour_make(lab, place, direction, &detour, &err), &err);
    assert_int_equal(detour.mtu, 1500);
    assert_int_equal(setns(mh_lab_switch_netns(lab), CLONE_NEWNET), 0);
    return (struct tap){open_packet_socket(detour.exit, ETH_P_ALL, 0),
        open_packet_socket(detour.entrance, 0, detour.mark)};
}

static void close_tap(const struct tap *tap)
{
    close(tap->exit);
    close(tap->entrance);
}

static void insert(struct mh_lab *lab, int place, enum mh_detour_direction direction)
{
    struct mh_error err = {0};

    check(mh_lab_detour_insert(lab, place, direction, &err), &err);
}

static void take_away(struct mh_lab *lab, int place, enum mh_detour_direction direction)
{
    struct mh_error err = {0};

    check(mh_lab_detour_remove(lab, place, direction, &err), &err);
}

/* The payload of a UDP frame; NULL: another frame. */
static const char *text_of(const uint8_t *frame, ssize_t size)
{
    unsigned type = (unsigned)frame[12] << 8 | frame[13];
    size_t header = type == ETH_P_IPV6 ? 40 : 20;
    uint8_t protocol = frame[ETH_HLEN + (type == ETH_P_IPV6 ? 6 : 9)];

    if (size < (ssize_t)(ETH_HLEN + header + 8) || protocol != IPPROTO_UDP)
        return NULL;
    return (const char *)frame + ETH_HLEN + header + 8;
}

/* The next datagram that is led out; what else comes goes on. */
static ssize_t take(const struct tap *tap, uint8_t frame[static 65536], const char *text)
{
    for (;;) {
        assert_true(await_readable(tap->exit, DEADLINE_MS));
        ssize_t size = recv(tap->exit, frame, 65536, 0);
        assert_true(size > ETH_HLEN);
        const char *found = text_of(frame, size);
        if (found && strncmp(found, text, strlen(text)) == 0)
            return size;
        assert_int_equal(send(tap->entrance, frame, (size_t)size, 0), size);
    }
}

/* ---- the way -------------------------------------------------------------------------------
 */

/* What host `from` sends to the other one passes there. */
static void leads(struct mh_lab *lab, int place, enum mh_detour_direction direction, int from,
    sa_family_t family)
{
    int sender = open_socket(lab, from, family);
    int receiver = open_socket(lab, 1 - from, family);
    struct mh_addr to = host_address(family, 1 - from);
    struct tap tap = open_tap(lab, place, direction);
    uint8_t frame[65536];

    assert_int_equal(send_to(sender, &to, "before"), 0);
    expect_text(receiver, "before");
    insert(lab, place, direction);
    assert_int_equal(send_to(sender, &to, "kept"), 0);
    take(&tap, frame, "kept");
    assert_int_equal(send_to(sender, &to, "sent on"), 0);
    ssize_t size = take(&tap, frame, "sent on");
    assert_int_equal(send(tap.entrance, frame, (size_t)size, 0), size);
    expect_text(receiver, "sent on");
    take_away(lab, place, direction);
    assert_int_equal(send_to(sender, &to, "after"), 0);
    expect_text(receiver, "after");
    expect_nothing(receiver);
    close_tap(&tap);
    close(sender);
    close(receiver);
}

static void leads_at_host(struct mh_lab *lab)
{
    for (size_t i = 0; i < 2; i++) {
        int from = directions[i] == MH_DETOUR_FROM_HOST ? 1 : 0;

        leads(lab, 1, directions[i], from, AF_INET);
        leads(lab, 1, directions[i], from, AF_INET6); /* made once, inserted anew */
    }
}

static void test_frames_take_the_detour_and_go_on(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);

    (void)state;
    leads_at_host(lab);
    mh_lab_free(lab);
}

static void test_the_other_direction_and_other_ports_are_untouched(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(3, &plan);
    struct mh_addr impaired = host_address(AF_INET, 1), other = host_address(AF_INET, 2);
    int sockets[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        sockets[i] = open_socket(lab, i, AF_INET);
    struct tap tap = open_tap(lab, 1, MH_DETOUR_TO_HOST);
    insert(lab, 1, MH_DETOUR_TO_HOST);
    assert_int_equal(send_to(sockets[0], &impaired, "led out"), 0);
    assert_int_equal(send_to(sockets[0], &other, "to another"), 0);
    assert_int_equal(send_to(sockets[1], &other, "from the host"), 0);
    expect_text(sockets[2], "to another");
    expect_text(sockets[2], "from the host");
    expect_nothing(sockets[1]);
    close_tap(&tap);
    for (int i = 0; i < 3; i++)
        close(sockets[i]);
    mh_lab_free(lab);
}

static void test_so_does_a_cable_between_hosts_that_is_made_for_it(void **state)
{
    struct mh_lab *lab = build_cable(1);

    (void)state;
    leads_at_host(lab);
    mh_lab_free(lab);
}

/* h0 on one switch, h1 on the other. */
static struct mh_lab *build_trunk(void)
{
    struct mh_lab *lab = mh_lab_new();
    struct mh_error err = {0};

    for (int i = 0; i < 2; i++) {
        struct mh_switch_plan plan = snooping_switch(i ? "s1" : "s0");
        struct mh_port_plan port = port_plan(i, i);

        plan.query_response_interval = 10;
        plan.address = address(i ? "10.0.255.2" : "10.0.255.1");
        plan.prefix_length = 16;
        assert_int_equal(mh_lab_add_switch(lab, &plan, &err), i);
        assert_int_equal(mh_lab_add_host(lab, i ? "h1" : "h0", &err), i);
        assert_int_equal(mh_lab_add_port(lab, &port, &err), i);
    }
    assert_int_equal(mh_lab_add_trunk(lab, 0, 1, &err), 0);
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    return lab;
}

static void test_so_do_those_of_a_trunk_at_either_end(void **state)
{
    struct mh_lab *lab = build_trunk();

    (void)state;
    for (int end = 0; end < 2; end++)
        for (size_t i = 0; i < 2; i++) {
            int from = directions[i] == MH_DETOUR_FROM_HOST ? 1 - end : end;

            leads(lab, mh_lab_trunk_place(lab, 0, end), directions[i], from, AF_INET);
            leads(lab, mh_lab_trunk_place(lab, 0, end), directions[i], from, AF_INET6);
        }
    mh_lab_free(lab);
}

/* Frames from one impaired host pass the other's detour too: marks tell them apart. */
static void passes_both(struct mh_lab *lab)
{
    int sender = open_socket(lab, 0, AF_INET), receiver = open_socket(lab, 1, AF_INET);
    struct mh_addr to = host_address(AF_INET, 1);
    struct tap out = open_tap(lab, 0, MH_DETOUR_FROM_HOST);
    struct tap in = open_tap(lab, 1, MH_DETOUR_TO_HOST);
    uint8_t frame[65536];

    insert(lab, 0, MH_DETOUR_FROM_HOST);
    insert(lab, 1, MH_DETOUR_TO_HOST);
    assert_int_equal(send_to(sender, &to, "twice"), 0);
    ssize_t size = take(&out, frame, "twice");
    expect_nothing(in.exit);
    assert_int_equal(send(out.entrance, frame, (size_t)size, 0), size);
    size = take(&in, frame, "twice");
    expect_nothing(receiver);
    assert_int_equal(send(in.entrance, frame, (size_t)size, 0), size);
    expect_text(receiver, "twice");
    close_tap(&out);
    close_tap(&in);
    close(sender);
    close(receiver);
    mh_lab_free(lab);
}

static void test_one_detour_does_not_pass_the_other_by(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");

    (void)state;
    passes_both(build(2, &plan));
    passes_both(build_cable(1));
}

/* ---- what stays as it was ------------------------------------------------------------------
 */

static void test_the_switch_keeps_what_it_knows(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);
    int member = join(lab, 1, "239.1.2.3");
    struct mh_error err = {0};

    (void)state;
    await_group(lab, 1, "239.1.2.3", NULL, true);
    for (size_t i = 0; i < 2; i++) {
        struct tap tap = open_tap(lab, 1, directions[i]);

        insert(lab, 1, directions[i]);
        check(mh_lab_mdb_update(lab, &err), &err);
        assert_true(has_group(lab, 1, "239.1.2.3", NULL));
        take_away(lab, 1, directions[i]);
        check(mh_lab_mdb_update(lab, &err), &err);
        assert_true(has_group(lab, 1, "239.1.2.3", NULL));
        close_tap(&tap);
    }
    close(member);
    mh_lab_free(lab);
}

/* ---- frames as on a wire -------------------------------------------------------------------
 */

static uint32_t add_words(uint32_t sum, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i + 1 < size; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    return size % 2 ? sum + ((uint32_t)bytes[size - 1] << 8) : sum;
}

/* RFC 768: over the pseudo header and all of the datagram, the sum is all ones. */
static bool has_right_udp_checksum(const uint8_t *frame)
{
    const uint8_t *ip = frame + ETH_HLEN, *udp = ip + 20;
    size_t size = (size_t)udp[4] << 8 | udp[5];
    uint32_t sum = add_words(add_words(IPPROTO_UDP + (uint32_t)size, ip + 12, 8), udp, size);

    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

static void test_what_is_led_out_is_cut_and_summed(void **state)
{
    enum { SEGMENT = 1000, SEGMENTS = 10 };
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);
    struct mh_addr to[2] = {host_address(AF_INET, 1), host_address(AF_INET, 0)};
    static char text[SEGMENT * SEGMENTS + 1];
    uint8_t frame[65536];
    const int segment = SEGMENT;

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    for (size_t i = 0; i < 2; i++) {
        int sender = open_socket(lab, (int)i, AF_INET); /* to host 1, then from it */
        struct tap tap = open_tap(lab, 1, directions[i]);

        insert(lab, 1, directions[i]);
        assert_int_equal(
            setsockopt(sender, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)), 0);
        assert_int_equal(send_to(sender, &to[i], text), 0);
        for (int n = 0; n < SEGMENTS; n++) {
            assert_int_equal(take(&tap, frame, "x"), ETH_HLEN + 20 + 8 + SEGMENT);
            assert_true(has_right_udp_checksum(frame));
        }
        take_away(lab, 1, directions[i]);
        close_tap(&tap);
        close(sender);
    }
    mh_lab_free(lab);
}

/* ---- refusals ------------------------------------------------------------------------------
 */

static void test_any_other_cable_between_hosts_has_none(void **state)
{
    struct mh_lab *lab = build_cable(NO_END);
    struct mh_error err = {0};
    struct mh_detour detour;

    (void)state;
    assert_int_equal(mh_lab_detour_make(lab, 0, MH_DETOUR_TO_HOST, &detour, &err), -EOPNOTSUPP);
    assert_non_null(strstr(err.message, "h0"));
    assert_non_null(strstr(err.hint, "impairable"));
    mh_lab_free(lab);
}

static void test_what_is_not_inserted_cannot_be_removed(void **state)
{
    struct mh_switch_plan plan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &plan);
    struct mh_error err = {0};

    (void)state;
    struct tap tap = open_tap(lab, 1, MH_DETOUR_TO_HOST);
    assert_true(mh_lab_detour_remove(lab, 1, MH_DETOUR_TO_HOST, &err) < 0);
    insert(lab, 1, MH_DETOUR_TO_HOST);
    assert_int_equal(mh_lab_detour_insert(lab, 1, MH_DETOUR_TO_HOST, &err), -EEXIST);
    assert_non_null(strstr(err.message, "to host h1 (eth0)"));
    close_tap(&tap);
    mh_lab_free(lab);
}

static void test_there_are_no_other_places(void **state)
{
    struct mh_lab *lab = build_trunk();
    const int none[] = {-1, mh_lab_trunk_place(lab, 0, 1) + 1};
    struct mh_error err = {0};
    struct mh_detour detour;

    (void)state;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(
            mh_lab_detour_make(lab, none[i], MH_DETOUR_TO_HOST, &detour, &err), -EINVAL);
    mh_lab_free(lab);
}

static void test_errors_name_the_switches(void **state)
{
    struct mh_lab *lab = build_trunk();
    struct mh_error err = {0};

    (void)state;
    assert_true(mh_lab_detour_remove(
                    lab, mh_lab_trunk_place(lab, 0, 1), MH_DETOUR_FROM_HOST, &err) < 0);
    assert_non_null(strstr(err.message, "from switch s0 to switch s1"));
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_take_the_detour_and_go_on),
        cmocka_unit_test(test_so_does_a_cable_between_hosts_that_is_made_for_it),
        cmocka_unit_test(test_the_other_direction_and_other_ports_are_untouched),
        cmocka_unit_test(test_so_do_those_of_a_trunk_at_either_end),
        cmocka_unit_test(test_one_detour_does_not_pass_the_other_by),
        cmocka_unit_test(test_the_switch_keeps_what_it_knows),
        cmocka_unit_test(test_what_is_led_out_is_cut_and_summed),
        cmocka_unit_test(test_any_other_cable_between_hosts_has_none),
        cmocka_unit_test(test_what_is_not_inserted_cannot_be_removed),
        cmocka_unit_test(test_there_are_no_other_places),
        cmocka_unit_test(test_errors_name_the_switches),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
