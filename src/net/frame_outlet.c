#include "net/frame_outlet.h"

#include "net/packet_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* To wait for room beats losing what nobody asked to lose. */
static int make_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0 ? -errno : 0;
}

static int configure(int fd, unsigned interface_index, uint32_t mark)
{
    int r = mh_packet_socket_set(fd, SOL_SOCKET, SO_MARK, (int)mark);
    if (r == 0)
        r = mh_packet_socket_set(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
    if (r == 0)
        r = mh_packet_socket_bind(fd, interface_index, 0);
    return r == 0 ? make_blocking(fd) : r;
}

int mh_frame_outlet_open(
    int netns_fd, unsigned interface_index, uint32_t mark, struct mh_error *err)
{
    int fd = mh_packet_socket_open(netns_fd, "sending", err);
    if (fd < 0)
        return fd;

    int r = configure(fd, interface_index, mark);
    if (r < 0) {
        close(fd);
        return mh_error_set(err, r, "send frames", "out of interface %u", interface_index);
    }
    return fd;
}

/* sendmmsg(2) stops at the first that fails, and says why only when that is the first of all.
 */
size_t mh_frame_outlet_send(int fd, struct iovec *frames, size_t count)
{
    struct mmsghdr messages[MH_FRAME_BATCH];
    size_t sent = 0, at = 0;

    memset(messages, 0, count * sizeof(messages[0]));
    for (size_t i = 0; i < count; i++) {
        messages[i].msg_hdr.msg_iov = &frames[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    while (at < count) {
        int r = sendmmsg(fd, messages + at, (unsigned)(count - at), 0);
        if (r > 0)
            sent += (size_t)r;
        if (r < 0 && errno == EINTR)
            continue;
        at += r > 0 ? (size_t)r : 1;
    }
    return sent;
}
