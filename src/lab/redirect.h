/* Frames that cross one device and go on at another one of the same network namespace, by tc
 * (tc-bpf(8), tc-mirred(8)). Private to the lab layer. */
#pragma once

#include "lab/netlink.h"

#include <stdbool.h>

enum mh_redirect_hook { MH_REDIRECT_INGRESS, MH_REDIRECT_EGRESS };
/* By SO_MARK, which a frame loses where it crosses namespaces. */
enum mh_redirect_which { MH_REDIRECT_ALL, MH_REDIRECT_MARKED, MH_REDIRECT_NOT_MARKED };
/* Of those at one hook the first that wants a frame gets it; each rank is there once. */
enum mh_redirect_rank { MH_RANK_DETOUR = 1, MH_RANK_PATCH };

struct mh_redirect {
    unsigned index;
    enum mh_redirect_hook hook;
    enum mh_redirect_rank rank;
    enum mh_redirect_which which;
    uint32_t mark;
    unsigned target;
    bool arrives; /* at the target, as if from its wire; else it leaves from there */
};

/* Adds messages to the batch. A device has its hooks before it redirects anything. */
void mh_redirect_hooks(
    struct mh_netlink *netlink, unsigned index, const struct mh_attempt *attempt);
void mh_redirect_add(struct mh_netlink *netlink, const struct mh_redirect *redirect,
    const struct mh_attempt *attempt);
void mh_redirect_remove(struct mh_netlink *netlink, const struct mh_redirect *redirect,
    const struct mh_attempt *attempt);
/* mh_netlink_send(), with a hint when the kernel has no such thing. */
int mh_redirect_send(struct mh_netlink *netlink, struct mh_error *err);
