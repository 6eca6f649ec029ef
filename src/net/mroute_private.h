/* The kernel's two interfaces for multicast routing, one for each family, with the same verbs:
 * what they do for a struct mh_mroute, and what they need of it. */
#pragma once

#include "net/mroute.h"

#include <stdbool.h>

struct mh_mroute_kernel {
    sa_family_t family;
    int protocol; /* of the raw socket */
    int (*take_over)(const struct mh_mroute *mroute);
    /* Under the number that is the count of those that are there. */
    int (*add_interface)(const struct mh_mroute *mroute, unsigned interface_index);
    /* All interfaces of the entry are in the kernel's table. */
    int (*add)(const struct mh_mroute *mroute, const struct mh_mroute_entry *entry);
    int (*remove)(const struct mh_mroute *mroute, const struct mh_mroute_entry *entry);
    int (*count)(const struct mh_mroute *mroute, const struct mh_mroute_entry *entry,
        struct mh_mroute_counters *ret_counters);
};

extern const struct mh_mroute_kernel mh_mroute_ipv4;
extern const struct mh_mroute_kernel mh_mroute_ipv6;

struct mh_mroute {
    int fd;
    const struct mh_mroute_kernel *kernel;
    unsigned interfaces[MH_MROUTE_INTERFACES_MAX]; /* by their number in the kernel's table */
    size_t interface_count;
};

enum { MH_MROUTE_NOT_FOUND = -1 };

/* The number of an interface in the kernel's table. */
int mh_mroute_number(const struct mh_mroute *mroute, unsigned interface_index);
bool mh_mroute_is_any_source(const struct mh_mroute_entry *entry);
/* setsockopt(); a negative errno. */
int mh_mroute_set(
    const struct mh_mroute *mroute, int level, int name, const void *value, size_t size);
