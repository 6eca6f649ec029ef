/* An independent witness of a paced stream: joins GROUP on eth0, takes the kernel's receive
 * time stamps of the first COUNT datagrams to PORT, and says how they kept to RATE a second. It
 * knows nothing of mcast-harness and does not look into the datagrams.
 *
 *   witness GROUP PORT RATE COUNT
 *
 * Prints, when they have come or nothing has for two seconds:
 *
 *   received  how many came
 *   early     microseconds that the earliest came before its time, where the times are those of
 *             the first one and each 1/RATE later: that the first one is late counts as early
 *   p50 p99 max  microseconds that they were late, against the one that was earliest
 *   rate      from the first to the last
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { IDLE_MS = 2000, BUFFER = 8 << 20 };

static void die(const char *what)
{
    fprintf(stderr, "witness: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int open_socket(const char *group, uint16_t port)
{
    const int yes = 1, size = BUFFER;
    struct ip_mreqn request = {.imr_ifindex = (int)if_nametoindex("eth0")};
    struct sockaddr_in here;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memset(&here, 0, sizeof(here));
    here.sin_family = AF_INET;
    here.sin_port = htons(port);
    if (fd < 0 || inet_pton(AF_INET, group, &here.sin_addr) != 1)
        die("socket");
    request.imr_multiaddr = here.sin_addr;
    if (bind(fd, (const struct sockaddr *)&here, sizeof(here)) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes)) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) < 0)
        die("receive");
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    return fd;
}

static int64_t stamp_of(struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        struct timespec stamp;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
        return (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
    }
    errno = ENOMSG;
    die("time stamp");
    return 0;
}

static int64_t take_one(int fd)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct timespec))];
    char byte;
    struct iovec payload = {&byte, sizeof(byte)};
    struct msghdr message;

    memset(&message, 0, sizeof(message));
    message.msg_iov = &payload;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    if (recvmsg(fd, &message, 0) < 0)
        die("recvmsg");
    return stamp_of(&message);
}

/* Until the first one comes it waits as long as it takes. */
static size_t take_all(int fd, int64_t *times, size_t count)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    size_t received = 0;

    while (received < count && poll(&ready, 1, received ? IDLE_MS : -1) > 0)
        times[received++] = take_one(fd);
    return received;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double microseconds(int64_t nanoseconds)
{
    return (double)nanoseconds / 1e3;
}

/* Sorts what is left of them: how far each was off its time. */
static void tell(int64_t *times, size_t count, double rate)
{
    const int64_t first = times[0], last = times[count - 1];

    for (size_t i = 0; i < count; i++)
        times[i] -= first + (int64_t)((double)i * 1e9 / rate);
    qsort(times, count, sizeof(*times), compare);
    printf("%zu %.3f %.3f %.3f %.3f %.5f\n", count, microseconds(-times[0]),
        microseconds(times[count / 2] - times[0]),
        microseconds(times[(count - 1) * 99 / 100] - times[0]),
        microseconds(times[count - 1] - times[0]),
        (double)(count - 1) * 1e9 / (double)(last - first));
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: witness GROUP PORT RATE COUNT\n");
        return 2;
    }
    size_t count = strtoull(argv[4], NULL, 10);
    int64_t *times = calloc(count + 1, sizeof(*times));
    if (!times)
        die("calloc");
    size_t received =
        take_all(open_socket(argv[1], (uint16_t)strtoul(argv[2], NULL, 10)), times, count);
    if (received > 1)
        tell(times, received, strtod(argv[3], NULL));
    return received == count ? 0 : 1;
}
