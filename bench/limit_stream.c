/* The limit for streams: one thread sends to a group and, between two calls, reads every
 * receiver to the end (lockstep); nothing is looked at, nothing recorded. Prints the packets
 * per second that each receiver got; exits with 1 when one of them missed any.
 *
 *   limit_stream RECEIVERS SIZE COUNT [offload]
 *
 * One receiver hangs on a cable (veth), several on a switch (bridge). `offload`: UDP_SEGMENT
 * and UDP_GRO.
 */
#include "base/clock.h"
#include "lab/lab.h"
#include "net/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

static const char group_text[] = "239.1.2.3";
enum {
    PORT = 5001,
    BATCH = 64,
    SLOT = 2048,
    LARGE_SLOT = 65536,
    RECEIVERS_MAX = 64,
    SMALL = 16384
};

struct bench {
    int receivers[RECEIVERS_MAX];
    int receiver_count;
    size_t size;
    size_t segments; /* 1: single frames */
    size_t slot;
    int sender;
    struct sockaddr_in to;
    uint8_t *out, *in;
    uint64_t received[RECEIVERS_MAX]; /* bytes */
};

static void die(const char *what, const char *why)
{
    fprintf(stderr, "limit_stream: %s: %s\n", what, why);
    exit(2);
}

static void check(int r, const struct mh_error *err)
{
    if (r < 0)
        die(err->operation, err->message);
}

static struct mh_port_plan port_plan(int host, int attached_switch)
{
    struct mh_port_plan plan = {.host = host,
        .attached_switch = attached_switch,
        .interface = "eth0",
        .prefix_length = 16,
        .default_multicast = true};

    plan.address.family = AF_INET;
    plan.address.v4.s_addr = htonl(0x0a000001U + (unsigned)host);
    return plan;
}

static void add_hosts(struct mh_lab *lab, int count)
{
    struct mh_error err;
    char name[16];

    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "h%d", i);
        check(mh_lab_add_host(lab, name, &err), &err);
    }
}

static void connect_hosts(struct mh_lab *lab, int count)
{
    struct mh_error err;
    struct mh_switch_plan plan = {.name = "lan",
        .snooping = true,
        .querier = true,
        .igmp_version = 3,
        .mld_version = 2,
        .query_interval = 12500,
        .query_response_interval = 10};

    if (count == 2) {
        const struct mh_port_plan ends[2] = {port_plan(0, 0), port_plan(1, 0)};
        check(mh_lab_add_cable(lab, ends, &err), &err);
        return;
    }
    int lan = mh_lab_add_switch(lab, &plan, &err);
    check(lan, &err);
    for (int i = 0; i < count; i++) {
        struct mh_port_plan port = port_plan(i, lan);
        check(mh_lab_add_port(lab, &port, &err), &err);
    }
}

/* Host 0 is the sender. */
static struct mh_lab *build_network(int receivers)
{
    struct mh_error err;
    struct mh_lab *lab = mh_lab_new();

    add_hosts(lab, receivers + 1);
    connect_hosts(lab, receivers + 1);
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    return lab;
}

static int udp_socket(int netns)
{
    struct mh_error err;
    check(mh_netns_enter(netns, &err), &err);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket", strerror(errno));
    return fd;
}

static void open_receiver(struct bench *bench, const struct mh_lab *lab, int host)
{
    int size = 4 << 20, yes = 1;
    struct ip_mreqn request = {.imr_multiaddr = bench->to.sin_addr,
        .imr_ifindex = (int)mh_lab_port(lab, host)->interface_index};
    int fd = udp_socket(mh_lab_host_netns(lab, host));

    if (bind(fd, (const struct sockaddr *)&bench->to, sizeof(bench->to)) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) < 0)
        die("receiver", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
    if (bench->segments > 1 && setsockopt(fd, SOL_UDP, UDP_GRO, &yes, sizeof(yes)) < 0)
        die("UDP_GRO", strerror(errno));
    bench->receivers[bench->receiver_count++] = fd;
}

static void open_sockets(struct bench *bench, const struct mh_lab *lab, int receivers)
{
    memset(&bench->to, 0, sizeof(bench->to));
    bench->to.sin_family = AF_INET;
    bench->to.sin_port = htons(PORT);
    inet_pton(AF_INET, group_text, &bench->to.sin_addr);
    for (int host = 1; host <= receivers; host++)
        open_receiver(bench, lab, host);
    bench->sender = udp_socket(mh_lab_host_netns(lab, 0));
    if (bench->segments > 1) {
        int size = (int)bench->size;
        if (setsockopt(bench->sender, SOL_UDP, UDP_SEGMENT, &size, sizeof(size)) < 0)
            die("UDP_SEGMENT", strerror(errno));
    }
}

static void drain(struct bench *bench, int i)
{
    struct mmsghdr headers[BATCH];
    struct iovec payloads[BATCH];
    int count;

    do {
        for (int m = 0; m < BATCH; m++) {
            memset(&headers[m], 0, sizeof(headers[m]));
            payloads[m] = (struct iovec){bench->in + (size_t)m * bench->slot, bench->slot};
            headers[m].msg_hdr.msg_iov = &payloads[m];
            headers[m].msg_hdr.msg_iovlen = 1;
        }
        count = recvmmsg(bench->receivers[i], headers, BATCH, MSG_DONTWAIT, NULL);
        for (int m = 0; m < count; m++)
            bench->received[i] += headers[m].msg_len;
    } while (count == BATCH);
}

/* Of single datagrams a call takes a batch; of buffers of many as many as a receiver's default
 * buffer is sure to hold when they are cut up there: of small ones more than one. */
static unsigned messages_of(const struct bench *bench, uint64_t left)
{
    uint64_t whole = (left + bench->segments - 1) / bench->segments;
    uint64_t most = bench->segments == 1 ? BATCH : SMALL / (bench->segments * bench->size);

    if (most < 1)
        most = 1;
    return (unsigned)(whole < most ? whole : most);
}

static uint64_t send_some(struct bench *bench, uint64_t left)
{
    struct mmsghdr headers[BATCH];
    struct iovec payloads[BATCH];
    unsigned messages = messages_of(bench, left);
    uint64_t sum = 0;

    for (unsigned m = 0; m < messages; m++) {
        size_t each = left - sum < bench->segments ? (size_t)(left - sum) : bench->segments;
        sum += each;
        memset(&headers[m], 0, sizeof(headers[m]));
        payloads[m] = (struct iovec){bench->out + m * bench->slot, each * bench->size};
        headers[m].msg_hdr.msg_name = &bench->to;
        headers[m].msg_hdr.msg_namelen = sizeof(bench->to);
        headers[m].msg_hdr.msg_iov = &payloads[m];
        headers[m].msg_hdr.msg_iovlen = 1;
    }
    int sent = sendmmsg(bench->sender, headers, messages, MSG_DONTWAIT);
    if (sent <= 0)
        die("sendmmsg", strerror(errno));
    return (unsigned)sent == messages ? sum : (uint64_t)sent * bench->segments;
}

static void send_all(struct bench *bench, uint64_t count)
{
    for (uint64_t sent = 0; sent < count;) {
        sent += send_some(bench, count - sent);
        for (int i = 0; i < bench->receiver_count; i++)
            drain(bench, i);
    }
}

/* Until the switch forwards to every member. */
static void warm_up(struct bench *bench)
{
    for (int tries = 0; tries < 100000; tries++) {
        bool all = true;
        send_all(bench, 1);
        for (int i = 0; i < bench->receiver_count; i++)
            all = all && bench->received[i] > 0;
        if (all)
            return;
    }
    die("warm-up", "a receiver gets nothing");
}

static bool got_all(const struct bench *bench, uint64_t count)
{
    for (int i = 0; i < bench->receiver_count; i++)
        if (bench->received[i] != count * bench->size)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        die("usage", "limit_stream RECEIVERS SIZE COUNT [offload]");
    int receivers = atoi(argv[1]);
    uint64_t count = strtoull(argv[3], NULL, 10);
    struct bench bench = {.size = strtoull(argv[2], NULL, 10), .segments = 1, .slot = SLOT};
    if (argc > 4) {
        bench.segments = 65000 / bench.size < 64 ? 65000 / bench.size : 64;
        bench.slot = LARGE_SLOT;
    }
    bench.out = calloc(BATCH, bench.slot);
    bench.in = calloc(BATCH, bench.slot);
    open_sockets(&bench, build_network(receivers), receivers);
    warm_up(&bench);

    memset(bench.received, 0, sizeof(bench.received));
    uint64_t begin = mh_clock_monotonic_ns();
    send_all(&bench, count);
    printf("%.0f\n", (double)count * 1e9 / (double)(mh_clock_monotonic_ns() - begin));
    return got_all(&bench, count) ? 0 : 1;
}
