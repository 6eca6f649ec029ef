/* The limit for acknowledgements: one multicast request to N receivers in N hosts on one
 * switch, each answers with a unicast datagram; one thread, one epoll, nothing recorded. Prints
 * the microseconds from the send to the last acknowledgement, one line per round.
 *
 *   limit_acks HOSTS ROUNDS                bare C
 *   limit_acks HOSTS ROUNDS PROGRAM ...    runs PROGRAM with the hosts' namespaces as inherited
 * descriptors in MH_BENCH_NETNS ("7,8,9": the sender's first), so that other languages meet the
 * same network
 */
#include "base/clock.h"
#include "lab/lab.h"
#include "net/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

static const char group_text[] = "239.1.2.3";
enum { PORT = 5001, REPLY_SIZE = 64, SENDER = -1 };

static void die(const char *what, const char *why)
{
    fprintf(stderr, "limit_acks: %s: %s\n", what, why);
    exit(2);
}

static void check(int r, const struct mh_error *err)
{
    if (r < 0)
        die(err->operation, err->message);
}

/* Host 0 is the sender. */
static struct mh_lab *build_network(int host_count)
{
    struct mh_error err;
    struct mh_lab *lab = mh_lab_new();
    struct mh_switch_plan plan = {.name = "lan",
        .snooping = true,
        .querier = true,
        .igmp_version = 3,
        .mld_version = 2,
        .query_interval = 12500,
        .query_response_interval = 10};
    int lan = mh_lab_add_switch(lab, &plan, &err);
    check(lan, &err);
    for (int i = 0; i <= host_count; i++) {
        char name[16];
        char address[32];
        snprintf(name, sizeof(name), "h%d", i);
        snprintf(address, sizeof(address), "10.0.%d.%d", (i + 1) / 250, (i + 1) % 250 + 1);
        int host = mh_lab_add_host(lab, name, &err);
        check(host, &err);
        struct mh_port_plan port = {.host = host,
            .attached_switch = lan,
            .interface = "eth0",
            .prefix_length = 16,
            .default_multicast = true};
        mh_addr_parse(address, &port.address);
        check(mh_lab_add_port(lab, &port, &err), &err);
    }
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    check(mh_lab_introduce(lab, 0, &err), &err);
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

static struct sockaddr_in group_address(void)
{
    struct sockaddr_in to;
    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    inet_pton(AF_INET, group_text, &to.sin_addr);
    return to;
}

static void watch(int poll, int fd, int number)
{
    struct epoll_event event = {
        .events = EPOLLIN, .data.u64 = (uint64_t)fd << 32 | (uint32_t)number};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) < 0)
        die("epoll_ctl", strerror(errno));
}

static void open_receiver(const struct mh_lab *lab, int host, int poll)
{
    const struct sockaddr_in to = group_address();
    struct ip_mreqn request = {.imr_multiaddr = to.sin_addr,
        .imr_ifindex = (int)mh_lab_port(lab, host)->interface_index};
    int fd = udp_socket(mh_lab_host_netns(lab, host));
    if (bind(fd, (const struct sockaddr *)&to, sizeof(to)) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) < 0)
        die("receiver", strerror(errno));
    watch(poll, fd, host);
}

static int open_sender(const struct mh_lab *lab, int poll)
{
    int fd = udp_socket(mh_lab_host_netns(lab, 0));
    int size = 8 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
    watch(poll, fd, SENDER);
    return fd;
}

static void wait_for_memberships(struct mh_lab *lab, int host_count)
{
    struct mh_error err;
    struct mh_addr group;
    struct mh_addr any = {.family = AF_UNSPEC};
    mh_addr_parse(group_text, &group);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    watch(poll, mh_lab_mdb_fd(lab), 0);
    for (int host = 1; host <= host_count;) {
        if (mh_lab_port_has_group(lab, host, &group, &any)) {
            host++;
            continue;
        }
        struct epoll_event event;
        if (epoll_wait(poll, &event, 1, 10000) != 1)
            die("memberships", "not all in the switch's table after 10 s");
        check(mh_lab_mdb_update(lab, &err), &err);
    }
    close(poll);
}

static int answer(int fd)
{
    uint8_t data[REPLY_SIZE];
    struct sockaddr_in from;
    socklen_t length = sizeof(from);
    ssize_t size = recvfrom(fd, data, sizeof(data), 0, (struct sockaddr *)&from, &length);
    return size >= 0 && sendto(fd, data, (size_t)size, 0, (struct sockaddr *)&from, length) >= 0
               ? 1
               : 0;
}

static int collect(int fd)
{
    uint8_t data[REPLY_SIZE];
    int count = 0;
    while (recv(fd, data, sizeof(data), 0) >= 0)
        count++;
    return count;
}

static void run_round(int poll, int sender, int host_count)
{
    const struct sockaddr_in to = group_address();
    struct epoll_event events[256];
    uint8_t data[REPLY_SIZE] = {0};
    int acknowledged = 0;
    uint64_t begin = mh_clock_monotonic_ns();

    if (sendto(sender, data, sizeof(data), 0, (const struct sockaddr *)&to, sizeof(to)) < 0)
        die("sendto", strerror(errno));
    while (acknowledged < host_count) {
        int n = epoll_wait(poll, events, 256, 5000);
        if (n <= 0)
            die("round", "acknowledgements are missing");
        for (int i = 0; i < n; i++) {
            int fd = (int)(events[i].data.u64 >> 32);
            if ((int)(uint32_t)events[i].data.u64 == SENDER)
                acknowledged += collect(fd);
            else
                answer(fd);
        }
    }
    printf("%.1f\n", (double)(mh_clock_monotonic_ns() - begin) / 1e3);
}

/* The namespaces stay open over exec(), the hosts' named in the environment. */
static void run_program(const struct mh_lab *lab, int host_count, char **command)
{
    fcntl(mh_lab_switch_netns(lab), F_SETFD, 0);
    size_t size = (size_t)(host_count + 1) * 8;
    char *list = calloc(1, size);
    for (int host = 0; host <= host_count; host++) {
        int fd = mh_lab_host_netns(lab, host);
        size_t used = strlen(list);
        fcntl(fd, F_SETFD, 0);
        snprintf(list + used, size - used, "%s%d", host ? "," : "", fd);
    }
    setenv("MH_BENCH_NETNS", list, 1);
    execvp(command[0], command);
    die(command[0], strerror(errno));
}

int main(int argc, char **argv)
{
    if (argc < 3)
        die("usage", "limit_acks HOSTS ROUNDS [PROGRAM ...]");
    int host_count = atoi(argv[1]);
    int rounds = atoi(argv[2]);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    struct mh_lab *lab = build_network(host_count);
    if (argc > 3)
        run_program(lab, host_count, argv + 3);

    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (int host = 1; host <= host_count; host++)
        open_receiver(lab, host, poll);
    int sender = open_sender(lab, poll);
    wait_for_memberships(lab, host_count);
    for (int i = 0; i < rounds; i++)
        run_round(poll, sender, host_count);
    return 0;
}
