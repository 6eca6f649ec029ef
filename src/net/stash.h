/* Datagrams that were taken out of sockets' buffers ahead, before who they are for comes to
 * reading them: whole, with all that the kernel says of each, and not looked at.
 *
 * One stash serves any number of sockets; mh_mcast_socket_receive() takes from it before it
 * asks the kernel, so that the order stays. It has no lock: who stashes in one thread and
 * receives, adds an annex or frees the socket in another has one of his own.
 */
#pragma once

#include "net/mcast_socket.h"

struct mh_stash;

/* What is stashed takes `most_bytes` of memory at most, which it gives back when it is
 * received. NULL: out of memory. */
struct mh_stash *mh_stash_new(size_t most_bytes);
/* Nothing may be in it any more: all that was has been received, or its socket freed. Takes
 * NULL; returns NULL. */
struct mh_stash *mh_stash_free(struct mh_stash *stash);

/* Takes out some of what waits at the socket and its annexes, one system call for each. Returns
 * how many datagrams; 0 when nothing waits or the stash has no room: then they stay in the
 * socket's buffer. */
size_t mh_mcast_socket_stash(struct mh_mcast_socket *socket, struct mh_stash *stash);
