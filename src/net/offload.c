#include "net/offload.h"

#include "net/netns.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int switch_off(int fd, const char *device, uint32_t command)
{
    struct ethtool_value value;
    struct ifreq request;

    memset(&value, 0, sizeof(value));
    memset(&request, 0, sizeof(request));
    value.cmd = command;
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
    request.ifr_data = (char *)&value;
    return ioctl(fd, SIOCETHTOOL, &request) < 0 ? -errno : 0;
}

int mh_offload_switch_off(int netns_fd, const char *device, struct mh_error *err)
{
    static const uint32_t offloads[] = {ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO};
    int fd = mh_netns_socket(netns_fd, AF_INET, SOCK_DGRAM, 0, err);

    if (fd < 0)
        return fd;
    int r = 0;
    for (size_t i = 0; i < sizeof(offloads) / sizeof(offloads[0]) && r == 0; i++)
        r = switch_off(fd, device, offloads[i]);
    close(fd);
    return r < 0 ? mh_error_set(err, r, "switch off offloads", "of %s", device) : 0;
}
