/* The limit for streams: one thread sends to a group and, between two calls, reads every
 * receiver to the end (lockstep); nothing is looked at, nothing recorded. Prints the packets
 * per second that each receiver got, by the clock and by processor time; exits with 1 when one
 * of them missed any.
 *
 *   limit_stream RECEIVERS SIZE COUNT [offload] [routed] [looks] [probes] [accounts] [memory]
 *
 * The networks are those of lib/stream_network.h. `offload`: UDP_SEGMENT and UDP_GRO. `looks`:
 * it does look, the least that can be: the kernel is asked where each datagram comes from, when
 * it came and with which TTL, and its bytes are compared with what was sent. `probes`: what is
 * sent are the numbered, stamped and summed datagrams of mcast-harness; they are counted like
 * any others. `accounts`: each receiver keeps mcast-harness's account of them, of what it has
 * looked at (so it `looks`, and sends `probes`). `memory`: prints what the process and the
 * machine's kernel hold then, too.
 */
#include "base/clock.h"
#include "lib/memory.h"
#include "lib/stream_network.h"
#include "net/netns.h"
#include "traffic/flow_account.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

static const char group_text[] = "239.1.2.3";
static const struct mh_probe_flow flow = {1, 1};
enum { PORT = 5001, TTL = 8, SLOT = 2048, LARGE_SLOT = 65536 };
enum { SMALL = 16384, SMALL_MESSAGES = 3 };
/* A call that reads less than it might has read all. */
enum { BATCH = 64, SHORT_BATCH = 16, COPIES = 256, READ = BATCH + 1, CONTROL = 256 };

struct bench {
    int *receivers;
    int receiver_count;
    size_t size;
    size_t segments; /* 1: single frames */
    size_t slot;
    bool looks;
    bool probes;
    struct mh_flow_account *accounts; /* of each receiver; NULL: counts only */
    uint64_t filling_sum;
    uint64_t number; /* of the next probe */
    int sender;
    struct sockaddr_in to;
    uint8_t *out, *in;
    struct mmsghdr headers[READ]; /* of what is read */
    struct iovec payloads[READ];
    struct sockaddr_in sources[READ];
    _Alignas(struct cmsghdr) uint8_t controls[READ][CONTROL];
    uint64_t *received; /* bytes */
    uint64_t different; /* datagrams, from what was sent last */
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

static int udp_socket(int netns)
{
    struct mh_error err;
    check(mh_netns_enter(netns, &err), &err);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket", strerror(errno));
    return fd;
}

static void ask_for_facts(int fd)
{
    const int yes = 1;

    if (setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &yes, sizeof(yes)) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes)) < 0)
        die("facts", strerror(errno));
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
    if (bench->looks)
        ask_for_facts(fd);
    bench->receivers[bench->receiver_count++] = fd;
}

static void open_sockets(struct bench *bench, const struct mh_lab *lab, int receivers)
{
    const int ttl = TTL;

    for (int host = 1; host <= receivers; host++)
        open_receiver(bench, lab, host);
    bench->sender = udp_socket(mh_lab_host_netns(lab, 0));
    if (setsockopt(bench->sender, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof(ttl)) < 0)
        die("IP_MULTICAST_TTL", strerror(errno));
    if (bench->segments > 1) {
        int size = (int)bench->size;
        if (setsockopt(bench->sender, SOL_UDP, UDP_SEGMENT, &size, sizeof(size)) < 0)
            die("UDP_SEGMENT", strerror(errno));
    }
}

struct facts {
    uint64_t arrival_ns;
    int ttl;
};

static struct facts read_facts(struct msghdr *header)
{
    struct facts facts = {.ttl = -1};
    struct timespec stamp;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) {
            memcpy(&facts.ttl, CMSG_DATA(c), sizeof(facts.ttl));
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
            facts.arrival_ns = mh_clock_timespec_ns(&stamp);
        }
    return facts;
}

/* What is the same as was sent is intact; another one tells it by its check sum. */
static void account_for(const struct bench *bench, struct mh_flow_account *account,
    struct mmsghdr *message, bool as_sent)
{
    const uint8_t *bytes = message->msg_hdr.msg_iov->iov_base;
    const struct facts facts = read_facts(&message->msg_hdr);
    struct mh_probe probe = mh_probe_read(bytes, bench->size, flow.run, facts.arrival_ns);

    if (as_sent)
        mh_flow_account_take_run(account, &probe, (uint32_t)(message->msg_len / bench->size),
            facts.arrival_ns, facts.ttl);
    for (size_t at = 0; !as_sent && at < message->msg_len; at += bench->size)
        if (mh_probe_parse(bytes + at, bench->size, flow.run, facts.arrival_ns, &probe) ==
            MH_PROBE_INTACT)
            mh_flow_account_take(account, &probe, facts.arrival_ns, facts.ttl);
}

static void note_received(struct bench *bench, int i, struct mmsghdr *message, size_t sent)
{
    const uint8_t *bytes = message->msg_hdr.msg_iov->iov_base;

    bench->received[i] += message->msg_len;
    if (!bench->looks)
        return;
    bool as_sent = memcmp(bytes, bench->out + sent, message->msg_len) == 0;
    bench->different += !as_sent;
    if (bench->accounts)
        account_for(bench, &bench->accounts[i], message, as_sent);
}

/* The lengths are what the kernel leaves there. */
static void reset_facts(struct msghdr *header)
{
    header->msg_namelen = sizeof(struct sockaddr_in);
    header->msg_controllen = CONTROL;
}

/* Once for all: but for the lengths of facts the kernel leaves nothing in a header that matters
 * to the next call. */
static void prepare_reading(struct bench *bench)
{
    for (int m = 0; m < READ; m++) {
        struct msghdr *header = &bench->headers[m].msg_hdr;

        bench->payloads[m] = (struct iovec){bench->in + (size_t)m * bench->slot, bench->slot};
        header->msg_iov = &bench->payloads[m];
        header->msg_iovlen = 1;
        if (!bench->looks)
            continue;
        header->msg_name = &bench->sources[m];
        header->msg_control = bench->controls[m];
        reset_facts(header);
    }
}

/* On a machine that is not quiet more than one batch may lie there. */
static void drain(struct bench *bench, int i)
{
    size_t sent = 0;
    int count;

    do {
        count = recvmmsg(bench->receivers[i], bench->headers, READ, MSG_DONTWAIT, NULL);
        for (int m = 0; m < count; m++) {
            note_received(bench, i, &bench->headers[m], sent);
            sent = (sent + bench->headers[m].msg_len) % (BATCH * bench->slot);
            if (bench->looks)
                reset_facts(&bench->headers[m].msg_hdr);
        }
    } while (count == READ);
}

/* Of single datagrams a call takes a batch: a short one where many hear it, since what lies in
 * their queues is then still in the processor's near caches when it is read. Of buffers of many
 * as many as a receiver's default buffer is sure to hold when they are cut up there: of small
 * ones more than one, but of four with 64 datagrams each some were lost. */
static uint64_t messages_at_most(const struct bench *bench)
{
    uint64_t copies = COPIES / (uint64_t)bench->receiver_count;
    uint64_t most = SMALL / (bench->segments * bench->size);

    if (bench->segments == 1)
        return copies > BATCH ? BATCH : copies < SHORT_BATCH ? SHORT_BATCH : copies;
    return most < 1 ? 1 : most > SMALL_MESSAGES ? SMALL_MESSAGES : most;
}

/* One clock reading for all: they are handed over in one call. */
static void write_probes(struct bench *bench, uint64_t left)
{
    const uint64_t most = messages_at_most(bench) * bench->segments;
    const struct mh_probe first = {.of = flow,
        .length = (uint32_t)bench->size,
        .number = bench->number,
        .time_ns = mh_clock_realtime_ns()};

    mh_probe_format(&first, left < most ? left : most, bench->filling_sum, bench->out);
}

static uint64_t send_some(struct bench *bench, uint64_t left)
{
    const uint64_t whole = (left + bench->segments - 1) / bench->segments;
    const uint64_t most = messages_at_most(bench);
    const unsigned messages = (unsigned)(whole < most ? whole : most);
    struct mmsghdr headers[BATCH];
    struct iovec payloads[BATCH];
    uint64_t sum = 0;

    for (unsigned m = 0; m < messages; m++) {
        size_t each = left - sum < bench->segments ? (size_t)(left - sum) : bench->segments;
        memset(&headers[m], 0, sizeof(headers[m]));
        payloads[m] = (struct iovec){bench->out + sum * bench->size, each * bench->size};
        headers[m].msg_hdr.msg_name = &bench->to;
        headers[m].msg_hdr.msg_namelen = sizeof(bench->to);
        headers[m].msg_hdr.msg_iov = &payloads[m];
        headers[m].msg_hdr.msg_iovlen = 1;
        sum += each;
    }
    int sent = sendmmsg(bench->sender, headers, messages, MSG_DONTWAIT);
    if (sent <= 0)
        die("sendmmsg", strerror(errno));
    return (unsigned)sent == messages ? sum : (uint64_t)sent * bench->segments;
}

static void send_all(struct bench *bench, uint64_t count)
{
    for (uint64_t sent = 0; sent < count;) {
        if (bench->probes)
            write_probes(bench, count - sent);
        uint64_t some = send_some(bench, count - sent);
        sent += some;
        bench->number += some;
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
        if (bench->received[i] != count * bench->size ||
            (bench->accounts && bench->accounts[i].received < count))
            return false;
    return true;
}

/* On a busy machine the last ones are still on their way. */
static bool await_all(struct bench *bench, uint64_t count)
{
    const uint64_t until_ns = mh_clock_monotonic_ns() + UINT64_C(1000000000);

    while (!got_all(bench, count)) {
        if (mh_clock_monotonic_ns() > until_ns)
            return false;
        for (int i = 0; i < bench->receiver_count; i++)
            drain(bench, i);
    }
    return true;
}

static uint64_t processor_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return mh_clock_timespec_ns(&time);
}

static double per_second(uint64_t count, uint64_t time_ns)
{
    return (double)count * 1e9 / (double)time_ns;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool has_word(int argc, char **argv, const char *word)
{
    for (int i = 4; i < argc; i++)
        if (strcmp(argv[i], word) == 0)
            return true;
    return false;
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        die("calloc", strerror(ENOMEM));
    return memory;
}

static void prepare(struct bench *bench, int receivers, bool offload, bool routed)
{
    struct mh_addr group = {.family = AF_INET};

    bench->segments = 1;
    bench->slot = SLOT;
    if (offload) {
        bench->segments = 65000 / bench->size < 64 ? 65000 / bench->size : 64;
        bench->slot = LARGE_SLOT;
    }
    bench->out = allocate(2 * BATCH, bench->slot);
    bench->in = allocate(READ, bench->slot);
    prepare_reading(bench);
    bench->receivers = allocate((size_t)receivers, sizeof(*bench->receivers));
    bench->received = allocate((size_t)receivers, sizeof(*bench->received));

    bench->to.sin_family = AF_INET;
    bench->to.sin_port = htons(PORT);
    inet_pton(AF_INET, group_text, &bench->to.sin_addr);
    group.v4 = bench->to.sin_addr;
    raise_descriptor_limit();
    open_sockets(bench, stream_network_build(receivers, routed, &group), receivers);
    for (size_t i = 0; bench->probes && i < messages_at_most(bench) * bench->segments; i++)
        bench->filling_sum = mh_probe_fill(&flow, bench->out + i * bench->size, bench->size);
}

/* Of what comes from now on. */
static void open_accounts(struct bench *bench)
{
    const uint64_t now_ns = mh_clock_realtime_ns();

    bench->accounts = allocate((size_t)bench->receiver_count, sizeof(*bench->accounts));
    for (int i = 0; i < bench->receiver_count; i++)
        bench->accounts[i].start_ns = now_ns;
}

int main(int argc, char **argv)
{
    struct bench bench;

    if (argc < 4)
        die("usage", "limit_stream RECEIVERS SIZE COUNT [offload] [routed] [looks] [probes] "
                     "[accounts] [memory]");
    int receivers = atoi(argv[1]);
    uint64_t count = strtoull(argv[3], NULL, 10);
    memset(&bench, 0, sizeof(bench));
    bench.size = strtoull(argv[2], NULL, 10);
    bool accounts = has_word(argc, argv, "accounts");
    bench.looks = accounts || has_word(argc, argv, "looks");
    bench.probes = accounts || has_word(argc, argv, "probes");
    prepare(&bench, receivers, has_word(argc, argv, "offload"), has_word(argc, argv, "routed"));
    warm_up(&bench);
    if (accounts)
        open_accounts(&bench);

    memset(bench.received, 0, (size_t)receivers * sizeof(*bench.received));
    uint64_t begin = mh_clock_monotonic_ns(), processor = processor_ns();
    send_all(&bench, count);
    bool complete = await_all(&bench, count);
    printf("%.0f %.0f\n", per_second(count, mh_clock_monotonic_ns() - begin),
        per_second(count, processor_ns() - processor));
    if (bench.different > 0)
        fprintf(
            stderr, "%" PRIu64 " came later than what was sent after them\n", bench.different);
    if (has_word(argc, argv, "memory"))
        printf("%" PRIu64 " %" PRIu64 "\n", memory_resident(), memory_of_kernel());
    return complete ? 0 : 1;
}
