/* Small networks to test with, and plain sockets in their hosts: not ours, so that a mistake
 * there cannot hide one here. Hosts are h0, h1, ... with 10.0.0.1, fd00::1 and so on; each has
 * one interface, whose port has the host's number. */
#pragma once

#include "lab/lab.h"
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_MS = 60000, PORT = 5000 };

/* A message says once what was attempted. */
static inline void assert_begins(const char *message, const char *beginning)
{
    if (strncmp(message, beginning, strlen(beginning)) != 0)
        fail_msg("'%s' does not begin with '%s'", message, beginning);
}

static inline bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return done;
}

/* A network namespace of our own; without root inside a user namespace of our own. */
static inline bool enter_sandbox(void)
{
    char map[32];

    if (geteuid() == 0)
        return unshare(CLONE_NEWNET) == 0;
    snprintf(map, sizeof(map), "0 %u 1", geteuid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 && write_file("/proc/self/uid_map", map);
}

static inline struct mh_switch_plan snooping_switch(const char *name)
{
    return (struct mh_switch_plan){
        .name = name,
        .snooping = true,
        .querier = true,
        .igmp_version = 3,
        .mld_version = 2,
        .last_member_interval = 10,
    };
}

static inline struct mh_addr address(const char *text)
{
    struct mh_addr parsed;

    assert_int_equal(mh_addr_parse(text, &parsed), 0);
    return parsed;
}

static inline struct mh_addr host_address(sa_family_t family, int host)
{
    char text[64];

    if (family == AF_INET)
        snprintf(text, sizeof(text), "10.0.%d.%d", (host + 1) / 256, (host + 1) % 256);
    else
        snprintf(text, sizeof(text), "fd00::%x", host + 1);
    return address(text);
}

static inline struct mh_port_plan port_plan(int host, int attached_switch)
{
    return (struct mh_port_plan){
        .host = host,
        .attached_switch = attached_switch,
        .interface = "eth0",
        .address = host_address(AF_INET, host),
        .prefix_length = 16,
        .address6 = host_address(AF_INET6, host),
        .prefix_length6 = 64,
        .default_multicast = true,
    };
}

static inline struct mh_lab *describe(int hosts, const struct mh_switch_plan *plan)
{
    struct mh_lab *lab = mh_lab_new();
    struct mh_error err = {0};
    char name[16];

    assert_non_null(lab);
    assert_int_equal(mh_lab_add_switch(lab, plan, &err), 0);
    for (int i = 0; i < hosts; i++) {
        struct mh_port_plan port = port_plan(i, 0);

        snprintf(name, sizeof(name), "h%d", i);
        assert_int_equal(mh_lab_add_host(lab, name, &err), i);
        assert_int_equal(mh_lab_add_port(lab, &port, &err), i);
    }
    return lab;
}

static inline void check(int status, const struct mh_error *err)
{
    if (status < 0)
        fail_msg("%s (%s)", err->message, err->hint);
}

static inline struct mh_lab *build(int hosts, const struct mh_switch_plan *plan)
{
    struct mh_lab *lab = describe(hosts, plan);
    struct mh_error err = {0};

    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    return lab;
}

enum { NO_END = -1 };

/* Between h0 and h1; it can be impaired at one end, or at none. */
static inline struct mh_lab *build_cable(int impairable_end)
{
    struct mh_lab *lab = mh_lab_new();
    struct mh_port_plan ends[2] = {port_plan(0, 0), port_plan(1, 0)};
    struct mh_error err = {0};

    if (impairable_end != NO_END)
        ends[impairable_end].impairable = true;
    assert_int_equal(mh_lab_add_host(lab, "h0", &err), 0);
    assert_int_equal(mh_lab_add_host(lab, "h1", &err), 1);
    assert_int_equal(mh_lab_add_cable(lab, ends, &err), 0);
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    return lab;
}

/* ---- sockets in hosts ----------------------------------------------------------------------
 */

static inline void enter_host(const struct mh_lab *lab, int host)
{
    assert_int_equal(setns(mh_lab_host_netns(lab, host), CLONE_NEWNET), 0);
}

/* Bound to any address and PORT. */
static inline int open_socket(const struct mh_lab *lab, int host, sa_family_t family)
{
    struct mh_addr any = {.family = family};
    union mh_sockaddr bound;
    const int on = 1;
    int fd;

    enter_host(lab, host);
    fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (family == AF_INET6) /* leaves the port to an IPv4 socket beside it */
        assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)), 0);
    assert_int_equal(bind(fd, &bound.any, mh_addr_to_sockaddr(&any, PORT, &bound)), 0);
    return fd;
}

static inline int send_to(int fd, const struct mh_addr *to, const char *text)
{
    union mh_sockaddr sockaddr;
    socklen_t length = mh_addr_to_sockaddr(to, PORT, &sockaddr);

    return sendto(fd, text, strlen(text), 0, &sockaddr.any, length) < 0 ? -errno : 0;
}

static inline bool await_readable(int fd, int timeout_ms)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};

    return poll(&waiting, 1, timeout_ms) == 1;
}

static inline void expect_text(int fd, const char *text)
{
    char buffer[256] = {0};

    assert_true(await_readable(fd, DEADLINE_MS));
    assert_true(recv(fd, buffer, sizeof(buffer) - 1, 0) > 0);
    assert_string_equal(buffer, text);
}

static inline void expect_nothing(int fd)
{
    assert_false(await_readable(fd, 0));
}

/* MCAST_JOIN_GROUP and its kin on eth0. */
static inline void change_membership(int fd, int option, const char *group)
{
    struct mh_addr parsed = address(group);
    union mh_sockaddr sockaddr = {0};
    struct group_req request;

    memset(&request, 0, sizeof(request));
    request.gr_interface = if_nametoindex("eth0");
    mh_addr_to_sockaddr(&parsed, 0, &sockaddr);
    request.gr_group = sockaddr.storage;
    assert_int_equal(setsockopt(fd, parsed.family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
                         option, &request, sizeof(request)),
        0);
}

static inline void change_source(int fd, int option, const char *group, const char *source)
{
    struct mh_addr parsed = address(group);
    struct mh_addr parsed_source = address(source);
    union mh_sockaddr sockaddr = {0};
    struct group_source_req request;

    memset(&request, 0, sizeof(request));
    request.gsr_interface = if_nametoindex("eth0");
    mh_addr_to_sockaddr(&parsed, 0, &sockaddr);
    request.gsr_group = sockaddr.storage;
    memset(&sockaddr, 0, sizeof(sockaddr));
    mh_addr_to_sockaddr(&parsed_source, 0, &sockaddr);
    request.gsr_source = sockaddr.storage;
    assert_int_equal(setsockopt(fd, parsed.family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
                         option, &request, sizeof(request)),
        0);
}

static inline int join(const struct mh_lab *lab, int host, const char *group)
{
    int fd = open_socket(lab, host, address(group).family);

    change_membership(fd, MCAST_JOIN_GROUP, group);
    return fd;
}

/* ---- frames --------------------------------------------------------------------------------
 */

/* All frames that arrive at this interface of the host, not promiscuous but for multicast: what
 * the switch sends there, wanted or not. */
static inline int open_capture(const struct mh_lab *lab, int host, const char *interface)
{
    struct packet_mreq all = {.mr_type = PACKET_MR_ALLMULTI};
    struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
    const int on = 1;
    int fd;

    enter_host(lab, host);
    place.sll_ifindex = (int)if_nametoindex(interface);
    all.mr_ifindex = place.sll_ifindex;
    fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)), 0);
    assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&place, sizeof(place)), 0);
    return fd;
}

enum frame_kind { OTHER_FRAME, UDP_FRAME, RESOLUTION_FRAME };

struct captured {
    enum frame_kind kind;
    char text[64]; /* of a datagram */
};

static inline void read_datagram(const uint8_t *udp, const uint8_t *end, struct captured *ret)
{
    size_t size = end > udp + 8 ? (size_t)(end - udp - 8) : 0;

    if (size >= sizeof(ret->text))
        size = sizeof(ret->text) - 1;
    memcpy(ret->text, udp + 8, size);
    ret->text[size] = '\0';
    ret->kind = UDP_FRAME;
}

/* The next frame; RESOLUTION_FRAME is ARP or a neighbour solicitation. */
static inline struct captured next_frame(int fd)
{
    struct captured captured = {0};
    uint8_t frame[2048];
    const uint8_t *payload = frame + ETH_HLEN;
    ssize_t size;
    unsigned type;

    assert_true(await_readable(fd, DEADLINE_MS));
    size = recv(fd, frame, sizeof(frame), 0);
    assert_true(size > ETH_HLEN + 20);
    type = (unsigned)frame[12] << 8 | frame[13];
    if (type == ETH_P_ARP || (type == ETH_P_IPV6 && payload[6] == 58 && payload[40] == 135))
        captured.kind = RESOLUTION_FRAME;
    else if (type == ETH_P_IP && payload[9] == IPPROTO_UDP)
        read_datagram(
            payload + 20, payload + ((unsigned)payload[2] << 8 | payload[3]), &captured);
    else if (type == ETH_P_IPV6 && payload[6] == IPPROTO_UDP)
        read_datagram(
            payload + 40, payload + 40 + ((unsigned)payload[4] << 8 | payload[5]), &captured);
    return captured;
}

/* Frames of this kind (datagrams: but the marker) in front of the datagram `marker`. */
static inline int count_before(int fd, const char *marker, enum frame_kind kind)
{
    int count = 0;

    for (;;) {
        struct captured captured = next_frame(fd);

        if (captured.kind == UDP_FRAME && !strcmp(captured.text, marker))
            return count;
        if (captured.kind == kind)
            count++;
    }
}

/* ---- memberships ---------------------------------------------------------------------------
 */

static inline bool has_group(
    struct mh_lab *lab, int port, const char *group, const char *source)
{
    struct mh_addr parsed = address(group);
    struct mh_addr from = {0};

    if (source)
        from = address(source);
    return mh_lab_port_has_group(lab, port, &parsed, source ? &from : NULL);
}

/* Waits for the switch to learn (or to forget) it. */
static inline void await_group(
    struct mh_lab *lab, int port, const char *group, const char *source, bool wanted)
{
    struct mh_error err = {0};

    check(mh_lab_mdb_update(lab, &err), &err);
    while (has_group(lab, port, group, source) != wanted) {
        if (!await_readable(mh_lab_mdb_fd(lab), DEADLINE_MS))
            fail_msg("switch did not %s %s", wanted ? "learn" : "forget", group);
        check(mh_lab_mdb_update(lab, &err), &err);
    }
}
