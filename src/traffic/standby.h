/* The thread that reads endpoints' sockets while the loop is held up, mostly by a scenario that
 * computes, and streams of a worker are sent meanwhile: their buffers would run over.
 *
 * It only takes datagrams out of the buffers, into a stash of bounded memory (net/stash.h). All
 * else stays the loop's: once it turns again it is told, and takes in what was stashed in front
 * of what waits in the socket, through the same code. What is not stashed, for want of room,
 * stays in the socket's buffer, and may be dropped there, as ever.
 *
 * All functions below are the loop's, but for one. Sockets of the endpoints that joined are
 * received from, get annexes and are freed under its lock, which costs nothing until it was
 * started.
 */
#pragma once

#include "net/mcast_socket.h"

#include <uv.h>

struct mh_standby;

/* One in each endpoint. */
struct mh_standby_place {
    struct mh_mcast_socket *socket;
    struct mh_standby_place *next, **link;
};

/* Called from the loop after something was stashed: read all endpoints. */
typedef void mh_standby_told_fn(void *context);

/* NULL: out of memory. */
struct mh_standby *mh_standby_new(uv_loop_t *loop, mh_standby_told_fn *told, void *context);
/* All have left it, and what it stashed was received. Takes NULL; returns NULL. */
struct mh_standby *mh_standby_free(struct mh_standby *standby);

/* From here on there is a thread; it sleeps while nothing is expected. Twice is harmless. 0 or
 * a negative errno. */
int mh_standby_start(struct mh_standby *standby);
/* Something is sent whatever the loop does. Calls nest. Only once it was started. */
void mh_standby_expect(struct mh_standby *standby, bool expected);

/* From the thread that sends, while it holds no lock: so many more were sent. Where the other
 * thread has not come to reading for too many of them it does so here. */
void mh_standby_relieve(struct mh_standby *standby, uint64_t sent);

/* From here on its socket is read. Twice is harmless. */
void mh_standby_join(struct mh_standby *standby, struct mh_standby_place *place);
/* From here on it is not; what was stashed waits. One that has not joined is left alone. */
void mh_standby_leave(struct mh_standby *standby, struct mh_standby_place *place);
/* Has the loop told once more. */
void mh_standby_tell(struct mh_standby *standby);

/* Does not nest. */
void mh_standby_lock(struct mh_standby *standby);
void mh_standby_unlock(struct mh_standby *standby);
