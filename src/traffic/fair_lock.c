#include "traffic/fair_lock.h"

void mh_fair_lock_init(struct mh_fair_lock *lock)
{
    pthread_mutex_init(&lock->door, NULL);
    pthread_mutex_init(&lock->mutex, NULL);
}

void mh_fair_lock_done(struct mh_fair_lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
    pthread_mutex_destroy(&lock->door);
}

void mh_fair_lock_take(struct mh_fair_lock *lock)
{
    pthread_mutex_lock(&lock->door);
    pthread_mutex_lock(&lock->mutex);
    pthread_mutex_unlock(&lock->door);
}

void mh_fair_lock_leave(struct mh_fair_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}
