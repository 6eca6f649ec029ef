/* A conversation with the kernel's network configuration (rtnetlink(7)): messages are gathered
 * and sent many at a time, and each carries what it attempts, so that a refusal can be told in
 * words: ours for the attempt, the kernel's for the reason (NETLINK_EXT_ACK). */
#pragma once

#include "base/error.h"

#include <libmnl/libmnl.h>

#include <stddef.h>
#include <stdint.h>

struct mh_netlink;

/* What a message is for. The strings are borrowed until the message has been sent. */
struct mh_attempt {
    const char *operation; /* of struct mh_error */
    const char *sentence;  /* a format with up to three %s */
    const char *names[3];
};

/* Talks to nobody before mh_netlink_connect(). NULL when memory is out. */
struct mh_netlink *mh_netlink_new(void);
struct mh_netlink *mh_netlink_free(struct mh_netlink *netlink);
/* (Re)opens the socket in the calling thread's namespace; it stays there when the thread moves.
 */
int mh_netlink_connect(struct mh_netlink *netlink, struct mh_error *err);

/* A socket of the calling thread's namespace that hears what this group (RTNLGRP_*) announces.
 */
int mh_netlink_subscribe(unsigned group, int *ret_fd, struct mh_error *err);

/* Adds a message to the batch: type RTM_*, flags NLM_F_* (NLM_F_REQUEST is added), then the
 * family's header. Attributes are put by libmnl into the returned message, which is finished by
 * the next call. A full batch is sent on the way. Never NULL. */
struct nlmsghdr *mh_netlink_add(struct mh_netlink *netlink, uint16_t type, uint16_t flags,
    const void *header, size_t header_size, const struct mh_attempt *attempt);
/* Sends what was added and waits until the kernel has done it all. The first refusal since the
 * last call is the error; messages after it have been tried nevertheless. */
int mh_netlink_send(struct mh_netlink *netlink, struct mh_error *err);
/* The same for a batch that asks something: each answer is given to `on_answer` (which returns
 * MNL_CB_OK), in the order of the questions. A question for all there is (NLM_F_DUMP) must be
 * the only one of its batch. */
int mh_netlink_ask(
    struct mh_netlink *netlink, mnl_cb_t on_answer, void *context, struct mh_error *err);
/* Asks for all there is: the one message added since the last call becomes a dump, whose parts
 * are given to `on_answer`. */
int mh_netlink_dump(
    struct mh_netlink *netlink, mnl_cb_t on_answer, void *context, struct mh_error *err);
