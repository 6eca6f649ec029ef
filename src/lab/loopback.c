#include "lab/loopback.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int set_up(int fd)
{
    struct ifreq request;

    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

int mh_loopback_raise(struct mh_error *err)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int r;

    if (fd < 0)
        return mh_error_set(err, -errno, "open", "a socket");
    r = set_up(fd);
    close(fd);
    return r == 0 ? 0 : mh_error_set(err, r, "bring up", "the loopback interface");
}
