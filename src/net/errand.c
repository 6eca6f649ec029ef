#include "net/errand.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct answer {
    uint32_t number;
    struct mh_error err;
};

/* Room for one descriptor beside a message. */
union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr alignment;
};

/* Only the messages' own bytes go to the other side: both kinds are cleared when they are made.
 */
static int send_message(int fd, const void *message, size_t size, int along)
{
    struct iovec part = {.iov_base = (void *)message, .iov_len = size};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    union control control;

    if (along >= 0) {
        memset(&control, 0, sizeof(control));
        header.msg_control = control.bytes;
        header.msg_controllen = sizeof(control.bytes);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(along));
        memcpy(CMSG_DATA(rights), &along, sizeof(along));
    }
    return sendmsg(fd, &header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int descriptor_in(struct msghdr *header)
{
    struct cmsghdr *rights = CMSG_FIRSTHDR(header);
    int fd = -1;

    if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(rights), sizeof(fd));
    return fd;
}

/* 1, 0 at the end, or a negative errno. */
static int receive_message(int fd, void *message, size_t size, int *ret_along)
{
    struct iovec part = {.iov_base = message, .iov_len = size};
    union control control;
    struct msghdr header = {.msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof(control.bytes)};

    ssize_t n = recvmsg(fd, &header, MSG_CMSG_CLOEXEC);
    if (n < 0)
        return errno == ECONNRESET ? 0 : -errno;
    if (n == 0)
        return 0;
    *ret_along = descriptor_in(&header);
    return (size_t)n == size ? 1 : -EPROTO;
}

/* ---- asking --------------------------------------------------------------------------------
 */

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* Waits for the answer to the errand of that number. */
static int await_answer(
    const struct mh_errand_line *line, struct answer *ret_answer, int *ret_along)
{
    for (;;) {
        int along = -1;
        int r = receive_message(line->fd, ret_answer, sizeof(*ret_answer), &along);
        if (r > 0 && ret_answer->number == line->last_number) {
            *ret_along = along;
            return 0;
        }
        close_if_open(along);
        if (r <= 0)
            return r < 0 ? r : -EPIPE;
    }
}

/* Only SIGKILL and the like end an attendant while somebody can ask it. */
static int tell_failure(int code, struct mh_error *err)
{
    mh_error_set(err, code, "reach the machine", "outside of the sandbox");
    if (code == -EPIPE)
        mh_error_hint(err,
            "the process that does what has to be done there, and undoes it at the end, was "
            "killed: settings of attached places stay as they are, and of moved ports the "
            "kernel gives back physical ones alone, without their addresses (ip link)");
    return code;
}

int mh_errand_ask(struct mh_errand_line *line, struct mh_errand *errand, int along, int *ret_fd,
    struct mh_error *err)
{
    struct answer answer;
    int came_along = -1;

    if (line->fd < 0)
        return mh_error_set(err, -ENOTCONN, "reach the machine", "outside of the sandbox");
    memset(&answer, 0, sizeof(answer));
    errand->number = ++line->last_number;
    int r = send_message(line->fd, errand, sizeof(*errand), along);
    if (r == 0)
        r = await_answer(line, &answer, &came_along);
    if (r < 0)
        return tell_failure(r, err);
    if (answer.err.code < 0) {
        close_if_open(came_along);
        if (err)
            *err = answer.err;
        return answer.err.code;
    }
    *ret_fd = came_along;
    return 0;
}

/* ---- answering -----------------------------------------------------------------------------
 */

int mh_errand_receive(int fd, struct mh_errand *ret_errand, int *ret_along)
{
    return receive_message(fd, ret_errand, sizeof(*ret_errand), ret_along);
}

int mh_errand_answer(
    int fd, const struct mh_errand *errand, const struct mh_error *err, int along)
{
    struct answer answer;

    memset(&answer, 0, sizeof(answer));
    answer.number = errand->number;
    answer.err = *err;
    return send_message(fd, &answer, sizeof(answer), along);
}
