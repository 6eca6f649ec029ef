/* Calls back at a point in time, to the nanosecond where libuv's own timers have milliseconds.
 *
 * An alarm whose time has come calls back in every turn of the loop until it is set anew or
 * stopped: set it in the callback.
 */
#pragma once

#include <uv.h>

#include <stdint.h>

struct mh_alarm;

/* Called from the loop. */
typedef void mh_alarm_fn(void *context);

int mh_alarm_new(
    uv_loop_t *loop, mh_alarm_fn *on_time, void *context, struct mh_alarm **ret_alarm);
/* `time_ns` on CLOCK_MONOTONIC; one that has passed is as soon as the loop turns. */
int mh_alarm_set(struct mh_alarm *alarm, uint64_t time_ns);
void mh_alarm_stop(struct mh_alarm *alarm);
/* Never calls back again. Takes NULL; returns NULL. */
struct mh_alarm *mh_alarm_close(struct mh_alarm *alarm);
