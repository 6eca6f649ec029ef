/* Threads beside the one that a scenario runs in. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Starts one with the stack of a thread that calls little more than the kernel, and without
 * signals: their handlers belong to the thread that the scenario runs in. `name` of at most 15
 * characters is what top(1) and debuggers show (pthread_setname_np(3)). To be joined. Returns 0
 * or a negative errno (-EAGAIN: no more threads are to be had). */
int mh_thread_start(
    pthread_t *ret_thread, const char *name, void *(*run)(void *context), void *context);

/* A condition whose time is that of CLOCK_MONOTONIC. */
void mh_thread_condition_init(pthread_cond_t *condition);
/* Until it is signalled (or seems to be), or until then; UINT64_MAX: there is no such time.
 * False: the time has come. */
bool mh_thread_await(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t until_ns);
