/* Snooping's grace time. Private to the lab layer. */
#pragma once

#include "lab/network.h"

#include <sched.h>

/* Keeps the thread on the processor where it runs, and with it the timers that its system calls
 * start. Returns 0, or a negative errno when the thread's processors cannot be read or set. */
int mh_grace_hold_processor(cpu_set_t *ret_before);

/* Undoes it. */
void mh_grace_release_processor(const cpu_set_t *before);

/* The timers that this processor's system calls started, and that were due before now, have run
 * when this returns. -1: whatever processor. */
int mh_grace_outlast_timers(int cpu, struct mh_error *err);

/* Waits until snooping is effective on every bridge, which takes a tick or two of the kernel's
 * clock after mh_switches_create(). Ports attached later never see a frame flooded that should
 * not be. -ETIMEDOUT names the switch. */
int mh_grace_await(struct mh_lab *lab, struct mh_error *err);
