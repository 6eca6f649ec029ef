/* Errands: what a scenario's process asks of its attendant, a process outside of the sandbox,
 * which sees the machine as the user does: its files, its processes, its network.
 *
 * One message each way over a socket pair (SOCK_SEQPACKET), and a descriptor beside it where
 * one goes along (SCM_RIGHTS, unix(7)). Asking blocks, for as long as the kernel takes; a
 * signal (the scenario's deadline) ends it with -EINTR, and an answer that comes too late is
 * dropped. */
#pragma once

#include "base/addr.h"
#include "base/error.h"

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

enum mh_errand_kind {
    MH_ERRAND_OPEN_NETNS,     /* the file `path`; its descriptor comes back */
    MH_ERRAND_OPEN_SOCKET,    /* of the machine's network: UDP, of `family`; it comes back */
    MH_ERRAND_LIST_DEVICES,   /* of the machine's network: a file of struct mh_device comes back
                               */
    MH_ERRAND_TAKE_TURN,      /* at `path` (empty: among one run), until the end (lab/turn.h) */
    MH_ERRAND_TAKE_NIC,       /* `interface` into the namespace that goes along, for a while */
    MH_ERRAND_GIVE_BACK,      /* `interface`, as it was */
    MH_ERRAND_KEEP_INTERFACE, /* of the namespace that goes along: at the end it is as it was */
    MH_ERRAND_KEEP_SETTING,   /* `path` below /proc/sys there: at the end it is `value` */
    MH_ERRAND_MAKE_MACVLAN,   /* on `interface`, in the namespace that goes along */
};

struct mh_errand {
    enum mh_errand_kind kind;
    uint32_t number; /* mh_errand_ask() fills it in */
    char path[PATH_MAX];
    bool waits;
    sa_family_t family;
    char interface[IFNAMSIZ]; /* this machine's */
    char name[IFNAMSIZ];      /* of a child of it */
    char value[128];
    char mode[16];             /* of a child: "bridge" ... */
    struct mh_addr ipv4, ipv6; /* in the namespace; AF_UNSPEC: none */
    uint8_t prefix_length, prefix_length6;
};

/* The asking end. */
struct mh_errand_line {
    int fd; /* borrowed; -1: there is no attendant */
    uint32_t last_number;
};

/* Returns 0 or a negative errno. `along` (-1: none) is lent to the attendant. *ret_fd, which
 * the caller owns, is -1 when no descriptor came back. */
int mh_errand_ask(struct mh_errand_line *line, struct mh_errand *errand, int along, int *ret_fd,
    struct mh_error *err);

/* The attendant's end: 1 and an errand, 0 when nobody will ask any more, or a negative errno.
 * The caller owns *ret_along. */
int mh_errand_receive(int fd, struct mh_errand *ret_errand, int *ret_along);
/* `err->code` is 0 when it went well; `along` (-1: none) is lent. */
int mh_errand_answer(
    int fd, const struct mh_errand *errand, const struct mh_error *err, int along);
