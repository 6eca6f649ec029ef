#include "loop/child_process.h"

#include "base/clock.h"
#include "loop/fd_watch.h"
#include "loop/tail.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STREAMS = 2, READS_PER_TURN = 16 };

struct mh_children {
    uv_signal_t ended; /* first: the close callback frees the whole */
    struct mh_child_process *first;
    int running;
};

struct stream {
    struct mh_child_process *child;
    int fd; /* -1: at its end */
    struct mh_fd_watch *watch;
};

struct mh_child_process {
    struct mh_children *children;
    struct mh_child_process *next;
    pid_t pid;
    bool has_ended;
    struct mh_child_end end;
    struct stream streams[STREAMS]; /* standard output, standard error */
    struct mh_tail tails[MH_OUTPUTS];
    mh_child_changed_fn *changed;
    void *context;
};

/* ---- what it writes ---- */

static void close_stream(struct stream *stream)
{
    stream->watch = mh_fd_watch_close(stream->watch);
    if (stream->fd >= 0)
        close(stream->fd);
    stream->fd = -1;
}

/* What does not fit into memory is lost; the program goes on. */
static void keep(const struct stream *stream, const char *bytes, size_t length)
{
    struct mh_child_process *child = stream->child;
    bool is_output = stream == &child->streams[0];

    mh_tail_append(&child->tails[MH_OUTPUT_BOTH], bytes, length);
    mh_tail_append(
        &child->tails[is_output ? MH_OUTPUT_STDOUT : MH_OUTPUT_STDERR], bytes, length);
}

/* Up to `most` pieces; the stream closes at its end. */
static void read_stream(struct stream *stream, int most)
{
    char bytes[16384];

    while (stream->fd >= 0 && most-- > 0) {
        ssize_t n = read(stream->fd, bytes, sizeof(bytes));
        if (n > 0)
            keep(stream, bytes, (size_t)n);
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            close_stream(stream);
        else if (errno == EAGAIN)
            return;
    }
}

static void on_readable(void *context, int status)
{
    struct stream *stream = context;
    struct mh_child_process *child = stream->child;

    if (status < 0)
        close_stream(stream);
    read_stream(stream, READS_PER_TURN);
    child->changed(child->context);
}

/* Returns the end that the program writes to. */
static int open_stream(struct mh_child_process *child, struct stream *stream, uv_loop_t *loop)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;

    fcntl(ends[0], F_SETFL, O_NONBLOCK); /* the program's end stays as it expects one */
    stream->child = child;
    stream->fd = ends[0];
    int r = mh_fd_watch_new(loop, ends[0], &stream->watch);
    if (r == 0)
        r = mh_fd_watch_start(stream->watch, on_readable, stream);
    if (r < 0)
        close(ends[1]);
    return r < 0 ? r : ends[1];
}

/* ---- its end ---- */

/* An active handle without a reference would not keep the loop waiting for a program. */
static void count_running(struct mh_children *children, int change)
{
    children->running += change;
    if (children->running > 0)
        uv_ref((uv_handle_t *)&children->ended);
    else
        uv_unref((uv_handle_t *)&children->ended);
}

static void note_end(struct mh_child_process *child, const siginfo_t *info)
{
    bool exited = info->si_code == CLD_EXITED;

    child->has_ended = true;
    child->end.time_ns = mh_clock_monotonic_ns();
    child->end.status = exited ? info->si_status : -1;
    child->end.signal = exited ? 0 : info->si_status;
    count_running(child->children, -1);
}

/* What a dead process wrote is in the pipe, whole: one that it left behind may write on. */
static void drain(struct mh_child_process *child)
{
    size_t pipe_size = 1 << 20; /* at most, for a process without privilege (pipe(7)) */

    for (int i = 0; i < STREAMS; i++)
        read_stream(&child->streams[i], (int)(pipe_size / 4096) + 1);
}

/* `options`: WNOHANG, or 0 to wait. Has it ended just now? */
static bool reap(struct mh_child_process *child, int options)
{
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    int r;
    do {
        r = waitid(P_PID, (id_t)child->pid, &info, WEXITED | options);
    } while (r < 0 && errno == EINTR);
    if (r == 0 && info.si_pid == 0)
        return false;
    if (r < 0) { /* taken by somebody else's wait: how it ended will never be known */
        info.si_code = CLD_KILLED;
        info.si_status = 0;
    }
    note_end(child, &info);
    return true;
}

/* One that we started: it ended just now, and its own signal is on the way. Or one of popen(3),
 * which unlike all programs is of our own session: pclose() wants to find it. */
static bool is_awaited(const struct mh_children *children, pid_t pid)
{
    for (const struct mh_child_process *child = children->first; child; child = child->next) {
        if (child->pid == pid)
            return true;
    }
    return getsid(pid) == getsid(0);
}

/* An awaited one hides those behind it; they are found after it. */
static void reap_orphans(const struct mh_children *children)
{
    siginfo_t info;

    for (;;) {
        memset(&info, 0, sizeof(info));
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0 ||
            is_awaited(children, info.si_pid))
            return;
        waitpid(info.si_pid, NULL, WNOHANG);
    }
}

static void on_ended(uv_signal_t *ended, int signal_number)
{
    struct mh_children *children = (struct mh_children *)ended;
    (void)signal_number;

    for (struct mh_child_process *child = children->first; child; child = child->next) {
        if (child->has_ended || !reap(child, WNOHANG))
            continue;
        drain(child);
        child->changed(child->context);
    }
    reap_orphans(children);
}

/* ---- all of them ---- */

static void free_children(uv_handle_t *handle)
{
    free(handle);
}

int mh_children_new(uv_loop_t *loop, struct mh_children **ret_children)
{
    struct mh_children *children = calloc(1, sizeof(*children));
    if (!children)
        return -ENOMEM;
    int r = uv_signal_init(loop, &children->ended);
    if (r < 0) {
        free(children);
        return r;
    }
    r = uv_signal_start(&children->ended, on_ended, SIGCHLD);
    if (r < 0) {
        mh_children_free(children);
        return r;
    }
    uv_unref((uv_handle_t *)&children->ended);
    *ret_children = children;
    return 0;
}

struct mh_children *mh_children_free(struct mh_children *children)
{
    if (!children)
        return NULL;
    assert(!children->first);
    uv_close((uv_handle_t *)&children->ended, free_children);
    return NULL;
}

/* ---- one of them ---- */

static void unlink_child(struct mh_child_process *child)
{
    struct mh_child_process **link = &child->children->first;

    while (*link && *link != child)
        link = &(*link)->next;
    if (*link)
        *link = child->next;
}

static struct mh_child_process *free_child(struct mh_child_process *child)
{
    for (int i = 0; i < STREAMS; i++)
        close_stream(&child->streams[i]);
    for (int i = 0; i < MH_OUTPUTS; i++)
        mh_tail_done(&child->tails[i]);
    free(child);
    return NULL;
}

/* Once it is started nothing can fail any more. */
static int launch(
    struct mh_child_process *child, const struct mh_program *program, struct mh_error *err)
{
    uv_loop_t *loop = child->children->ended.loop;
    int ends[STREAMS] = {-1, -1}, r = 0;

    for (int i = 0; i < STREAMS && r >= 0; i++)
        r = ends[i] = open_stream(child, &child->streams[i], loop);
    if (r < 0)
        mh_error_set(err, r, "make", "the pipes of '%s'", program->arguments[0]);
    else
        r = mh_program_spawn(program, ends[0], ends[1], &child->pid, err);
    for (int i = 0; i < STREAMS; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
    }
    return r;
}

/* NOLINTNEXTLINE(readability-function-size): what, whom to tell, and where the results go */
int mh_child_process_start(struct mh_children *children, const struct mh_program *program,
    mh_child_changed_fn *changed, void *context, struct mh_child_process **ret_child,
    struct mh_error *err)
{
    struct mh_child_process *child = calloc(1, sizeof(*child));
    if (!child)
        return mh_error_set(err, -ENOMEM, "start", "'%s'", program->arguments[0]);
    child->children = children;
    child->changed = changed;
    child->context = context;
    child->streams[0].fd = child->streams[1].fd = -1;

    int r = launch(child, program, err);
    if (r < 0) {
        free_child(child);
        return r;
    }
    child->next = children->first;
    children->first = child;
    count_running(children, 1);
    *ret_child = child;
    return 0;
}

struct mh_child_process *mh_child_process_close(struct mh_child_process *child)
{
    if (!child)
        return NULL;
    if (!child->has_ended) {
        mh_child_process_kill(child, SIGKILL);
        reap(child, 0);
    }
    unlink_child(child);
    return free_child(child);
}

pid_t mh_child_process_pid(const struct mh_child_process *child)
{
    return child->pid;
}

/* Until it is reaped its id is nobody else's. */
int mh_child_process_kill(const struct mh_child_process *child, int signal_number)
{
    if (child->has_ended)
        return -ESRCH;
    return kill(-child->pid, signal_number) < 0 ? -errno : 0;
}

const struct mh_child_end *mh_child_process_end(const struct mh_child_process *child)
{
    return child->has_ended ? &child->end : NULL;
}

bool mh_child_process_is_over(const struct mh_child_process *child)
{
    return child->has_ended && child->streams[0].fd < 0 && child->streams[1].fd < 0;
}

const char *mh_child_process_output(
    const struct mh_child_process *child, enum mh_output which, size_t *ret_length)
{
    return mh_tail_read(&child->tails[which], ret_length);
}
