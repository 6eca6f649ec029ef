#include "loop/alarm.h"

#include "loop/fd_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct mh_alarm {
    int fd;
    uint64_t time_ns; /* for which it is set; 0: it is not */
    struct mh_fd_watch *watch;
    mh_alarm_fn *on_time;
    void *context;
};

static void on_ready(void *context, int status)
{
    struct mh_alarm *alarm = context;
    (void)status;

    alarm->on_time(alarm->context);
}

int mh_alarm_new(
    uv_loop_t *loop, mh_alarm_fn *on_time, void *context, struct mh_alarm **ret_alarm)
{
    struct mh_alarm *alarm = calloc(1, sizeof(*alarm));
    if (!alarm)
        return -ENOMEM;

    alarm->on_time = on_time;
    alarm->context = context;
    alarm->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    int r = alarm->fd < 0 ? -errno : mh_fd_watch_new(loop, alarm->fd, &alarm->watch);
    if (r == 0)
        r = mh_fd_watch_start(alarm->watch, on_ready, alarm);
    if (r < 0) {
        mh_alarm_close(alarm);
        return r;
    }
    *ret_alarm = alarm;
    return 0;
}

static int set_timer(struct mh_alarm *alarm, uint64_t time_ns)
{
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)(time_ns / 1000000000),
                                  .tv_nsec = (long)(time_ns % 1000000000)}};

    if (timerfd_settime(alarm->fd, TFD_TIMER_ABSTIME, &when, NULL) < 0)
        return -errno;
    alarm->time_ns = time_ns;
    return 0;
}

/* Zero would disarm it (timerfd_settime(2)). One that is set for this time already stays as it
 * is: whoever wants every turn of the loop need not pay for it. */
int mh_alarm_set(struct mh_alarm *alarm, uint64_t time_ns)
{
    if (time_ns == 0)
        time_ns = 1;
    return time_ns == alarm->time_ns ? 0 : set_timer(alarm, time_ns);
}

void mh_alarm_stop(struct mh_alarm *alarm)
{
    (void)set_timer(alarm, 0);
}

struct mh_alarm *mh_alarm_close(struct mh_alarm *alarm)
{
    if (!alarm)
        return NULL;

    mh_fd_watch_close(alarm->watch);
    if (alarm->fd >= 0)
        close(alarm->fd);
    free(alarm);
    return NULL;
}
