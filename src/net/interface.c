#include "net/interface.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static int request_by_index(int fd, unsigned index, struct ifreq *ret_request)
{
    memset(ret_request, 0, sizeof(*ret_request));
    ret_request->ifr_ifindex = (int)index;
    return ioctl(fd, SIOCGIFNAME, ret_request) < 0 ? -errno : 0;
}

const char *mh_interface_name(int fd, unsigned index, char text[static MH_INTERFACE_TEXT_MAX])
{
    struct ifreq request;

    if (request_by_index(fd, index, &request) < 0)
        snprintf(text, MH_INTERFACE_TEXT_MAX, "interface %u", index);
    else
        snprintf(text, MH_INTERFACE_TEXT_MAX, "%.*s", IFNAMSIZ, request.ifr_name);
    return text;
}

int mh_interface_flags(int fd, unsigned index)
{
    struct ifreq request;
    int r = request_by_index(fd, index, &request);

    if (r < 0)
        return r;
    return ioctl(fd, SIOCGIFFLAGS, &request) < 0 ? -errno : (unsigned short)request.ifr_flags;
}

static struct mh_addr ifreq_address(const struct ifreq *request)
{
    union mh_sockaddr address;

    memset(&address, 0, sizeof(address));
    memcpy(&address, &request->ifr_addr, sizeof(request->ifr_addr));
    return mh_addr_from_sockaddr(&address);
}

struct mh_addr mh_interface_ipv4(int fd, unsigned index)
{
    struct ifreq request;

    if (request_by_index(fd, index, &request) < 0)
        return (struct mh_addr){.family = AF_UNSPEC};
    request.ifr_addr.sa_family = AF_INET;
    if (ioctl(fd, SIOCGIFADDR, &request) < 0)
        return (struct mh_addr){.family = AF_UNSPEC};
    return ifreq_address(&request);
}

static unsigned index_by_request(int fd, struct ifreq *request)
{
    char *label = strchr(request->ifr_name, ':'); /* "eth0:1" is an address of eth0 */

    if (label)
        *label = '\0';
    return ioctl(fd, SIOCGIFINDEX, request) < 0 ? 0 : (unsigned)request->ifr_ifindex;
}

unsigned mh_interface_with_ipv4(int fd, const struct mh_addr *address)
{
    struct ifconf list = {.ifc_len = 0};
    unsigned index = 0;

    if (ioctl(fd, SIOCGIFCONF, &list) < 0 || list.ifc_len <= 0)
        return 0;
    list.ifc_req = calloc(1, (size_t)list.ifc_len);
    if (!list.ifc_req)
        return 0;

    if (ioctl(fd, SIOCGIFCONF, &list) == 0) {
        size_t count = (size_t)list.ifc_len / sizeof(struct ifreq);
        for (size_t i = 0; i < count && index == 0; i++) {
            struct mh_addr candidate = ifreq_address(&list.ifc_req[i]);
            if (mh_addr_equal(&candidate, address))
                index = index_by_request(fd, &list.ifc_req[i]);
        }
    }
    free(list.ifc_req);
    return index;
}
