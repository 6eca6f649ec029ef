/* Threads beside the one that a scenario runs in. */
#pragma once

#include <pthread.h>

/* Starts one with the stack of a thread that calls little more than the kernel, and without
 * signals: their handlers belong to the thread that the scenario runs in. To be joined. Returns
 * 0 or a negative errno (-EAGAIN: no more threads are to be had). */
int mh_thread_start(pthread_t *ret_thread, void *(*run)(void *context), void *context);
