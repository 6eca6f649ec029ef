/* Threads beside the one that a scenario runs in. */
#pragma once

#include <pthread.h>

/* Starts one with the stack of a thread that calls little more than the kernel, and without
 * signals: their handlers belong to the thread that the scenario runs in. `name` of at most 15
 * characters is what top(1) and debuggers show (pthread_setname_np(3)). To be joined. Returns 0
 * or a negative errno (-EAGAIN: no more threads are to be had). */
int mh_thread_start(
    pthread_t *ret_thread, const char *name, void *(*run)(void *context), void *context);
