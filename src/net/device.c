#include "net/device.h"

#include "net/netns.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct device_list {
    struct mh_device *devices;
    size_t count;
};

/* getifaddrs(3) gives every interface once with its link layer, then once for each address. */
static bool is_link(const struct ifaddrs *entry)
{
    return entry->ifa_addr && entry->ifa_addr->sa_family == AF_PACKET;
}

static bool is_address(const struct ifaddrs *entry)
{
    return entry->ifa_addr &&
           (entry->ifa_addr->sa_family == AF_INET || entry->ifa_addr->sa_family == AF_INET6);
}

static int read_mtu(int fd, const char *name)
{
    struct ifreq request;

    memset(&request, 0, sizeof(request));
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
    return ioctl(fd, SIOCGIFMTU, &request) < 0 ? 0 : request.ifr_mtu;
}

static void read_link(int fd, const struct ifaddrs *entry, struct mh_device *device)
{
    struct sockaddr_ll link;

    memcpy(&link, entry->ifa_addr, sizeof(link));
    memset(device, 0, sizeof(*device));
    snprintf(device->name, sizeof(device->name), "%s", entry->ifa_name);
    device->index = (unsigned)link.sll_ifindex;
    device->flags = entry->ifa_flags;
    device->mtu = read_mtu(fd, device->name);
    if (link.sll_halen == sizeof(device->mac))
        memcpy(device->mac, link.sll_addr, sizeof(device->mac));
}

/* "eth0:1" is the label of an address on eth0. */
static struct mh_device *find_by_label(const struct device_list *list, const char *label)
{
    size_t length = strcspn(label, ":");

    for (size_t i = 0; i < list->count; i++)
        if (strlen(list->devices[i].name) == length &&
            memcmp(list->devices[i].name, label, length) == 0)
            return &list->devices[i];
    return NULL;
}

static struct mh_addr read_address(const struct sockaddr *from)
{
    union mh_sockaddr address;

    memcpy(
        &address, from, from->sa_family == AF_INET6 ? sizeof(address.v6) : sizeof(address.v4));
    return mh_addr_from_sockaddr(&address);
}

static uint8_t prefix_length(const struct sockaddr *netmask)
{
    if (!netmask)
        return 0;

    struct mh_addr mask = read_address(netmask);
    size_t size = mask.family == AF_INET6 ? sizeof(mask.v6) : sizeof(mask.v4);
    unsigned bits = 0;
    for (size_t i = 0; i < size; i++)
        bits += (unsigned)__builtin_popcount(mask.v6.s6_addr[i]);
    return (uint8_t)bits;
}

static void add_address(struct device_list *list, const struct ifaddrs *entry)
{
    struct mh_device *device = find_by_label(list, entry->ifa_name);

    if (!device || device->address_count == MH_DEVICE_ADDRESSES_MAX)
        return;
    device->addresses[device->address_count++] = (struct mh_device_address){
        .address = read_address(entry->ifa_addr),
        .prefix_length = prefix_length(entry->ifa_netmask),
    };
}

static int by_index(const void *a, const void *b)
{
    unsigned left = ((const struct mh_device *)a)->index;
    unsigned right = ((const struct mh_device *)b)->index;

    return (left > right) - (left < right);
}

static int collect(int fd, const struct ifaddrs *entries, struct device_list *list)
{
    size_t links = 0;

    for (const struct ifaddrs *entry = entries; entry; entry = entry->ifa_next)
        links += is_link(entry);
    list->devices = calloc(links ? links : 1, sizeof(*list->devices));
    if (!list->devices)
        return -ENOMEM;

    for (const struct ifaddrs *entry = entries; entry; entry = entry->ifa_next)
        if (is_link(entry))
            read_link(fd, entry, &list->devices[list->count++]);
    for (const struct ifaddrs *entry = entries; entry; entry = entry->ifa_next)
        if (is_address(entry))
            add_address(list, entry);
    qsort(list->devices, list->count, sizeof(*list->devices), by_index);
    return 0;
}

static int list_here(struct device_list *list)
{
    struct ifaddrs *entries;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;

    int r = getifaddrs(&entries) < 0 ? -errno : 0;
    if (r == 0) {
        r = collect(fd, entries, list);
        freeifaddrs(entries);
    }
    close(fd);
    return r;
}

int mh_device_list(
    int netns_fd, struct mh_device **ret_devices, size_t *ret_count, struct mh_error *err)
{
    struct device_list list = {.devices = NULL};
    int home;
    int r = mh_netns_visit(netns_fd, &home, err);
    if (r < 0)
        return r;

    r = list_here(&list);
    if (r < 0)
        mh_error_set(err, r, "list", "the network interfaces");

    int back = mh_netns_return(home, err);
    if (r == 0)
        r = back;
    if (r < 0) {
        free(list.devices);
        return r;
    }
    *ret_devices = list.devices;
    *ret_count = list.count;
    return 0;
}
