#include "lab/turn.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LOOK_AGAIN_MS = 20 /* at one that is bound and does not listen yet */ };

struct name {
    struct sockaddr_un address;
    socklen_t length;
};

static struct name name_of(const char *thing)
{
    struct name name;

    memset(&name, 0, sizeof(name));
    name.address.sun_family = AF_UNIX;
    int length = snprintf(name.address.sun_path + 1, sizeof(name.address.sun_path) - 1,
        "mcast-harness/%s", thing);
    name.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1) + (socklen_t)length;
    return name;
}

static int new_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd < 0 ? -errno : fd;
}

/* -EADDRINUSE: somebody else has it. */
static int take(const struct name *name)
{
    int fd = new_socket();
    if (fd < 0)
        return fd;
    if (bind(fd, (const struct sockaddr *)&name->address, name->length) == 0 &&
        listen(fd, SOMAXCONN) == 0)
        return fd;
    int r = -errno;
    close(fd);
    return r;
}

/* Returns when the owner has given it up, or something is to be read. */
static int await_end(const struct name *name, int interrupting_fd)
{
    int fd = new_socket();
    if (fd < 0)
        return fd;

    bool is_connected = connect(fd, (const struct sockaddr *)&name->address, name->length) == 0;
    struct pollfd waiting[] = {
        {.fd = interrupting_fd, .events = POLLIN}, {.fd = is_connected ? fd : -1}};
    poll(waiting, 2, is_connected ? -1 : LOOK_AGAIN_MS);
    close(fd);
    return waiting[0].revents ? -ECANCELED : 0;
}

int mh_turn_take(const char *thing, bool waits, int interrupting_fd, struct mh_error *err)
{
    struct name name = name_of(thing);
    int r = take(&name);

    while (r == -EADDRINUSE && waits) {
        r = await_end(&name, interrupting_fd);
        if (r == 0)
            r = take(&name);
    }
    if (r == -EADDRINUSE)
        r = -EBUSY;
    return r < 0 ? mh_error_set(err, r, "take turns", "at %s", thing) : r;
}
