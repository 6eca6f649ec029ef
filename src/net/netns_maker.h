/* Network namespaces made ahead of their use. The kernel spends a third of a millisecond on
 * each (unshare(2)), most of it without the lock that all network configuration waits for
 * (rtnl): so a thread that only makes them gains that time where there is a second processor.
 */
#pragma once

#include "base/error.h"

struct mh_netns_maker;

/* What is done inside a fresh namespace by the thread that made it. Returns 0 or a negative
 * errno, which becomes that of making it. */
typedef int mh_netns_prepare_fn(void *context, int number, struct mh_error *err);

/* Begins to make `count`, in order. What `prepare` (NULL: nothing) touches is to be left alone
 * until mh_netns_maker_finish(). Where no thread is to be had, each is made when it is taken.
 * NULL when memory is out. */
struct mh_netns_maker *mh_netns_maker_start(
    int count, mh_netns_prepare_fn *prepare, void *context);
/* The next one, which is the caller's from now on; at most `count` times. Waits for it. It may
 * leave the calling thread inside, or where it was. An error comes in its turn, and is the
 * last.
 */
int mh_netns_maker_take(struct mh_netns_maker *maker, int *ret_fd, struct mh_error *err);
/* Stops making, waits for the thread and closes what nobody took. Returns NULL. */
struct mh_netns_maker *mh_netns_maker_finish(struct mh_netns_maker *maker);
