/* Measures the impaired link between two hosts on a switch.
 *
 *   impaired_link rate [COUNT]   frames of 1,400 bytes a second through the link, by wall time
 *                                and by the processor time of the link's own thread
 *   impaired_link latency        median microseconds from one host to the other, direct and
 *                                through the link
 *   impaired_link delay [COUNT]  how far a delay of 20 ms is off at the 99th percentile,
 *                                microseconds: of the link, and of a bare timer on this machine
 */
#include "traffic/impaired_link.h"

#include "base/clock.h"
#include "lab/detour.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 5000, SIZE = 1400, BATCH = 64, WINDOW = 512, PINGS = 2000, DELAYED = 200 };

enum { DELAY_NS = 20000000 };

struct bench {
    struct mh_lab *lab;
    struct mh_impaired_link *link;
    int sender;
    int receiver;
};

static void check(int status, const struct mh_error *err)
{
    if (status >= 0)
        return;
    fprintf(stderr, "%s\n%s\n", err->message, err->hint);
    exit(1);
}

static void add_host(struct mh_lab *lab, const char *name, const char *address)
{
    struct mh_port_plan port = {.interface = "eth0", .prefix_length = 24};
    struct mh_error err = {0};

    port.host = mh_lab_add_host(lab, name, NULL);
    mh_addr_parse(address, &port.address);
    check(mh_lab_add_port(lab, &port, &err), &err);
}

static int open_socket(struct mh_lab *lab, int host, const char *address)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    const int bytes = 8 << 20, on = 1;
    int fd;

    if (setns(mh_lab_host_netns(lab, host), CLONE_NEWNET) < 0)
        exit(1);
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
    inet_pton(AF_INET, address, &name.sin_addr);
    if (bind(fd, (struct sockaddr *)&name, sizeof(name)) < 0)
        exit(1);
    return fd;
}

static void build(struct bench *bench)
{
    struct mh_switch_plan plan = {.name = "lan", .igmp_version = 3, .mld_version = 2};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    struct mh_error err = {0};

    bench->lab = mh_lab_new();
    check(mh_lab_add_switch(bench->lab, &plan, &err), &err);
    add_host(bench->lab, "a", "10.0.0.1");
    add_host(bench->lab, "b", "10.0.0.2");
    check(mh_lab_build(bench->lab, &err), &err);
    check(mh_lab_settle(bench->lab, &err), &err);
    bench->sender = open_socket(bench->lab, 0, "10.0.0.1");
    bench->receiver = open_socket(bench->lab, 1, "10.0.0.2");
    inet_pton(AF_INET, "10.0.0.2", &to.sin_addr);
    if (connect(bench->sender, (struct sockaddr *)&to, sizeof(to)) < 0)
        exit(1);
}

/* Frames to b take the link from here on. */
static void insert(struct bench *bench, const struct mh_impairment_plan *plan)
{
    struct mh_impairment *impairment;
    struct mh_detour detour;
    struct mh_error err = {0};

    check(mh_lab_detour_make(bench->lab, 1, MH_DETOUR_TO_HOST, &detour, &err), &err);
    struct mh_lane_place place = {mh_lab_switch_netns(bench->lab), detour.exit, detour.entrance,
        detour.mark, (size_t)detour.mtu + 18};
    check(mh_impaired_link_new(&bench->link, &err), &err);
    check(mh_impaired_link_open(bench->link, MH_LINK_TO_HOST, &place, &err), &err);
    if (mh_impairment_new(plan, &impairment) < 0)
        exit(1);
    mh_impaired_link_impair(bench->link, MH_LINK_TO_HOST, impairment);
    check(mh_lab_detour_insert(bench->lab, 1, MH_DETOUR_TO_HOST, &err), &err);
}

/* ---- rate ----------------------------------------------------------------------------------
 */

static void fill(struct mmsghdr *messages, struct iovec *parts, char *bytes, size_t stride)
{
    memset(messages, 0, BATCH * sizeof(*messages));
    for (size_t i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){bytes + i * stride, SIZE};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
}

static uint64_t cpu_of_others_ns(void)
{
    struct timespec all, own;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &all);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    return (uint64_t)((all.tv_sec - own.tv_sec) * 1000000000L + all.tv_nsec - own.tv_nsec);
}

static int receive_some(int fd, struct mmsghdr *messages, int timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    if (timeout_ms && poll(&wait, 1, timeout_ms) != 1)
        return 0;
    int r = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
    return r < 0 ? 0 : r;
}

/* Never more on their way than the window, so that nothing but the link sets the pace. */
static int measure_rate(struct bench *bench, int frames)
{
    static char out[SIZE], in[BATCH * 2048];
    struct mmsghdr send[BATCH], receive[BATCH];
    struct iovec send_parts[BATCH], receive_parts[BATCH];
    int sent = 0, received = 0;

    insert(bench, &(struct mh_impairment_plan){0});
    fill(send, send_parts, out, 0);
    fill(receive, receive_parts, in, 2048);
    uint64_t cpu_before = cpu_of_others_ns(), before = mh_clock_monotonic_ns();
    while (received < frames) {
        if (sent < frames && sent - received < WINDOW)
            sent += sendmmsg(bench->sender, send, BATCH, 0);
        int more = receive_some(bench->receiver, receive, sent - received < WINDOW ? 0 : 1000);
        if (more == 0 && sent - received >= WINDOW) {
            fprintf(stderr, "%d of %d frames were lost\n", sent - received, sent);
            return 1;
        }
        received += more;
    }
    double wall = (double)(mh_clock_monotonic_ns() - before);
    double cpu = (double)(cpu_of_others_ns() - cpu_before);
    printf("%.0f %.0f\n", received / wall * 1e9, received / cpu * 1e9);
    return 0;
}

/* ---- latency -------------------------------------------------------------------------------
 */

static int by_value(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

/* Until the kernel had it for the receiver, which may then take its time to wake up. */
static uint64_t arrival_ns(int fd)
{
    _Alignas(struct cmsghdr) char control[64];
    char bytes[2048];
    struct iovec part = {bytes, sizeof(bytes)};
    struct msghdr message = {.msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof(control)};
    struct timespec time;

    if (recvmsg(fd, &message, 0) < 0 || !CMSG_FIRSTHDR(&message))
        exit(1);
    memcpy(&time, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(time));
    return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static double ping_us(const struct bench *bench)
{
    uint64_t before = mh_clock_realtime_ns();

    if (send(bench->sender, "ping", 4, 0) < 0)
        exit(1);
    return (double)(arrival_ns(bench->receiver) - before) / 1e3;
}

/* The share's quantile of so many pings. */
static double pings_us(const struct bench *bench, int count, double share)
{
    static double times[PINGS];

    for (int i = 0; i < count; i++)
        times[i] = ping_us(bench);
    qsort(times, (size_t)count, sizeof(times[0]), by_value);
    return times[(int)(share * (count - 1))];
}

static int measure_latency(struct bench *bench)
{
    struct mh_error err = {0};
    double direct, through;

    pings_us(bench, PINGS, 0.5);
    direct = pings_us(bench, PINGS, 0.5);
    insert(bench, &(struct mh_impairment_plan){0});
    pings_us(bench, PINGS, 0.5);
    through = pings_us(bench, PINGS, 0.5);
    check(mh_lab_detour_remove(bench->lab, 1, MH_DETOUR_TO_HOST, &err), &err);
    direct = (direct + pings_us(bench, PINGS, 0.5)) / 2;
    printf("%.2f %.2f\n", direct, through);
    return 0;
}

/* What the machine can do: how late a thread is that waits for a timer. */
static double timer_us(int count, double share)
{
    static double late[DELAYED];

    for (int i = 0; i < count; i++) {
        uint64_t due_ns = mh_clock_monotonic_ns() + DELAY_NS;
        struct timespec due = {(time_t)(due_ns / 1000000000), (long)(due_ns % 1000000000)};

        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        late[i] = (double)(mh_clock_monotonic_ns() - due_ns) / 1e3;
    }
    qsort(late, (size_t)count, sizeof(late[0]), by_value);
    return late[(int)(share * (count - 1))];
}

static int measure_delay(struct bench *bench, int count)
{
    insert(bench, &(struct mh_impairment_plan){.delay_ns = DELAY_NS});
    pings_us(bench, 10, 0.5);
    double link = pings_us(bench, count, 0.99) - DELAY_NS / 1e3;
    printf("%.0f %.0f\n", link, timer_us(count, 0.99));
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "rate";
    int count = argc > 2 ? atoi(argv[2]) : 0;
    struct bench bench = {0};
    int status;

    build(&bench);
    if (!strcmp(what, "latency"))
        status = measure_latency(&bench);
    else if (!strcmp(what, "delay"))
        status = measure_delay(&bench, count > 0 && count < DELAYED ? count : DELAYED);
    else
        status = measure_rate(&bench, count > 0 ? count : 500000);
    mh_impaired_link_free(bench.link);
    mh_lab_free(bench.lab);
    return status;
}
