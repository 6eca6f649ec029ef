/* Network interfaces of one namespace, as the kernel lists them (netdevice(7)). */
#pragma once

#include "base/addr.h"
#include "base/error.h"

#include <net/if.h>
#include <stddef.h>

enum { MH_DEVICE_ADDRESSES_MAX = 16 };

struct mh_device_address {
    struct mh_addr address;
    uint8_t prefix_length;
};

struct mh_device {
    char name[IFNAMSIZ];
    unsigned index;
    unsigned flags; /* IFF_UP, IFF_RUNNING, IFF_MULTICAST, IFF_LOOPBACK ... */
    int mtu;
    uint8_t mac[6];
    struct mh_device_address addresses[MH_DEVICE_ADDRESSES_MAX];
    size_t address_count;
};

/* All interfaces of the namespace, by index. The caller frees *ret_devices with free(). */
int mh_device_list(
    int netns_fd, struct mh_device **ret_devices, size_t *ret_count, struct mh_error *err);
