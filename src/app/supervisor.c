#include "app/supervisor.h"

#include "app/process.h"
#include "app/signals.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct entry {
    int number;
    struct mh_process *process;
};

enum { POLLED_PER_ENTRY = 4 };

struct mh_supervisor {
    mh_child_body_fn *body;
    void *context;
    int signal_fd;
    int machine_netns_fd;
    int last_number;
    struct entry *entries;
    struct pollfd *polled; /* one for the signals, then POLLED_PER_ENTRY for each entry */
    size_t count, capacity;
    size_t next; /* whose turn it is to be heard first */
};

static int make_room(struct mh_supervisor *supervisor)
{
    if (supervisor->count < supervisor->capacity)
        return 0;

    size_t capacity = supervisor->capacity ? supervisor->capacity * 2 : 8;
    struct entry *entries =
        reallocarray(supervisor->entries, capacity, sizeof(*supervisor->entries));
    if (!entries)
        return -ENOMEM;
    supervisor->entries = entries;
    struct pollfd *polled = reallocarray(
        supervisor->polled, 1 + POLLED_PER_ENTRY * capacity, sizeof(*supervisor->polled));
    if (!polled)
        return -ENOMEM;
    supervisor->polled = polled;
    supervisor->capacity = capacity;
    return 0;
}

int mh_supervisor_new(mh_child_body_fn *body, void *context,
    struct mh_supervisor **ret_supervisor, struct mh_error *err)
{
    struct mh_supervisor *supervisor = calloc(1, sizeof(*supervisor));
    if (!supervisor)
        return mh_error_set(err, -ENOMEM, "set up", "the supervisor");

    supervisor->body = body;
    supervisor->context = context;
    supervisor->machine_netns_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    supervisor->signal_fd = mh_signals_open();
    int r = supervisor->signal_fd < 0 ? supervisor->signal_fd : make_room(supervisor);
    if (r < 0) {
        mh_supervisor_free(supervisor);
        return mh_error_set(err, r, "set up", "the supervisor");
    }
    *ret_supervisor = supervisor;
    return 0;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

struct mh_supervisor *mh_supervisor_free(struct mh_supervisor *supervisor)
{
    if (!supervisor)
        return NULL;

    for (size_t i = 0; i < supervisor->count; i++)
        mh_process_free(supervisor->entries[i].process);
    mh_signals_close(supervisor->signal_fd);
    close_if_open(supervisor->machine_netns_fd);
    free(supervisor->entries);
    free(supervisor->polled);
    free(supervisor);
    return NULL;
}

int mh_supervisor_start(struct mh_supervisor *supervisor, enum mh_sandbox_kind kind,
    const char *job, bool takes_another_job, struct mh_error *err)
{
    struct mh_child child = {
        .job = job,
        .takes_another_job = takes_another_job,
        .machine_netns_fd = supervisor->machine_netns_fd,
        .body = supervisor->body,
        .context = supervisor->context,
    };
    int r = make_room(supervisor);
    if (r < 0)
        return mh_error_set(err, r, "remember", "a child");

    struct entry *entry = &supervisor->entries[supervisor->count];
    r = mh_process_start(kind, &child, &entry->process, err);
    if (r < 0)
        return r;
    supervisor->count++;
    entry->number = ++supervisor->last_number;
    return entry->number;
}

int mh_supervisor_send(struct mh_supervisor *supervisor, int child, const char *job)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->entries[i].number == child)
            return mh_process_send(supervisor->entries[i].process, job);
    return -ESRCH;
}

int mh_supervisor_kill(struct mh_supervisor *supervisor, int child, int signal_number)
{
    if (child < 1 || child > supervisor->last_number)
        return -ESRCH;
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->entries[i].number == child)
            mh_process_kill(supervisor->entries[i].process, signal_number);
    return 0;
}

/* ---- listening
 * -------------------------------------------------------------------------------
 */

static struct pollfd polled_for(int fd)
{
    return (struct pollfd){.fd = fd, .events = POLLIN}; /* ppoll skips negative descriptors */
}

static int poll_all(struct mh_supervisor *supervisor, int64_t timeout_ns)
{
    struct pollfd *polled = supervisor->polled;
    polled[0] = polled_for(supervisor->signal_fd);
    for (size_t i = 0; i < supervisor->count; i++) {
        const struct mh_process *process = supervisor->entries[i].process;
        struct pollfd *mine = &polled[1 + POLLED_PER_ENTRY * i];
        mine[0] = polled_for(process->pidfd);
        mine[1] = polled_for(process->lines.fd);
        mine[2] = polled_for(process->output.fd);
        mine[3] = polled_for(mh_attendant_fd(&process->attendant));
    }
    struct timespec timeout = {
        .tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    int r = ppoll(polled, 1 + POLLED_PER_ENTRY * supervisor->count,
        timeout_ns < 0 ? NULL : &timeout, NULL);
    if (r >= 0)
        return 0;
    memset(polled, 0, (1 + POLLED_PER_ENTRY * supervisor->count) * sizeof(*polled));
    return errno == EINTR ? 0 : -errno;
}

static int hear(struct mh_process *process, const struct pollfd *polled)
{
    int r = 0;
    if (polled[1].revents)
        r = mh_inbox_fill(&process->lines);
    if (r >= 0 && polled[2].revents)
        r = mh_inbox_fill(&process->output);
    if (r >= 0 && polled[3].revents)
        r = mh_attendant_hear(&process->attendant);
    if (r >= 0 && polled[0].revents)
        r = mh_process_bury(process);
    return r < 0 ? r : 0;
}

static int hear_all(struct mh_supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++) {
        int r =
            hear(supervisor->entries[i].process, &supervisor->polled[1 + POLLED_PER_ENTRY * i]);
        if (r < 0)
            return r;
    }
    return 0;
}

static bool take_from(const struct entry *entry, struct mh_supervisor_event *ret_event)
{
    struct mh_supervisor_event event = {.child = entry->number};
    struct mh_process *process = entry->process;

    if (mh_inbox_take_line(&process->lines, &event.text, &event.length)) {
        event.kind = MH_SUPERVISOR_LINE;
    } else if (mh_inbox_take_all(&process->output, &event.text, &event.length)) {
        event.kind = MH_SUPERVISOR_OUTPUT;
    } else if (process->is_buried && mh_attendant_is_over(&process->attendant)) {
        event.kind = MH_SUPERVISOR_EXIT;
        event.status = process->status;
        event.signal = process->signal;
    } else {
        return false;
    }
    *ret_event = event;
    return true;
}

static void remove_entry(struct mh_supervisor *supervisor, size_t i)
{
    mh_process_free(supervisor->entries[i].process);
    supervisor->count--;
    memmove(&supervisor->entries[i], &supervisor->entries[i + 1],
        (supervisor->count - i) * sizeof(*supervisor->entries));
}

/* Children take turns, so that a talkative one cannot keep the others from being heard. */
static bool take_event(struct mh_supervisor *supervisor, struct mh_supervisor_event *ret_event)
{
    for (size_t n = 0; n < supervisor->count; n++) {
        size_t i = supervisor->next++ % supervisor->count;
        if (!take_from(&supervisor->entries[i], ret_event))
            continue;
        if (ret_event->kind == MH_SUPERVISOR_EXIT)
            remove_entry(supervisor, i);
        return true;
    }
    return false;
}

static bool take_signal(struct mh_supervisor *supervisor, struct mh_supervisor_event *ret_event)
{
    int number = mh_signals_take(supervisor->signal_fd);
    *ret_event = (struct mh_supervisor_event){.kind = MH_SUPERVISOR_SIGNAL, .signal = number};
    return number > 0;
}

static bool take(struct mh_supervisor *supervisor, struct mh_supervisor_event *ret_event)
{
    return take_signal(supervisor, ret_event) || take_event(supervisor, ret_event);
}

static int64_t time_left(uint64_t deadline_ns, int64_t timeout_ns)
{
    uint64_t now = mh_clock_monotonic_ns();
    if (timeout_ns < 0)
        return -1;
    return now < deadline_ns ? (int64_t)(deadline_ns - now) : 0;
}

int mh_supervisor_wait(
    struct mh_supervisor *supervisor, int64_t timeout_ns, struct mh_supervisor_event *ret_event)
{
    uint64_t deadline = mh_clock_monotonic_ns() + (timeout_ns > 0 ? (uint64_t)timeout_ns : 0);

    for (;;) {
        if (take(supervisor, ret_event))
            return 1;
        int64_t left = time_left(deadline, timeout_ns);
        int r = poll_all(supervisor, left);
        if (r == 0)
            r = hear_all(supervisor);
        if (r < 0)
            return r;
        if (left == 0)
            return take(supervisor, ret_event);
    }
}
