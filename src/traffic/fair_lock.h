/* A lock between the loop's thread and one that hardly ever lets go of it. Who wants it stands
 * in the door, where the busy thread does not pass: a plain mutex would be taken again before
 * the one that waits for it has woken up. Does not nest. */
#pragma once

#include <pthread.h>

struct mh_fair_lock {
    pthread_mutex_t door;
    pthread_mutex_t mutex; /* what is held: a condition may be waited for with it */
};

void mh_fair_lock_init(struct mh_fair_lock *lock);
void mh_fair_lock_done(struct mh_fair_lock *lock);
void mh_fair_lock_take(struct mh_fair_lock *lock);
void mh_fair_lock_leave(struct mh_fair_lock *lock);
