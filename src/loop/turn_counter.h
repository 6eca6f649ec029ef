/* Tells other threads whether the event loop turns, or whoever runs it is busy with something
 * else between two turns.
 *
 * It counts how often the loop goes to wait for events and comes back from that: an odd count
 * is that of a loop that has come back. One that stays odd is that of a loop that is held up.
 */
#pragma once

#include <uv.h>

#include <stdbool.h>

struct mh_turn_counter;

/* Begins with a loop that is away from waiting. It keeps no loop alive. 0 or a negative errno.
 */
int mh_turn_counter_new(uv_loop_t *loop, struct mh_turn_counter **ret_counter);
/* From any thread. */
unsigned mh_turn_counter_read(const struct mh_turn_counter *counter);
static inline bool mh_turn_counter_is_away(unsigned count)
{
    return count % 2 == 1;
}
/* No thread may read it any more. Takes NULL; returns NULL. */
struct mh_turn_counter *mh_turn_counter_close(struct mh_turn_counter *counter);
