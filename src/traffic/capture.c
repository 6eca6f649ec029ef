#include "traffic/capture.h"

#include "loop/fd_watch.h"
#include "loop/ticker.h"
#include "traffic/packet_log.h"
#include "traffic/traffic_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { TICK_MS = 2 };
/* Batches of one socket in a row: others want their turn. What is left is read at the next. */
enum { BATCHES_PER_TURN = 64, BATCHES_PER_READ = 8192 };

/* An interface. Without socket and watch once the capture was stopped. */
struct tap {
    struct mh_capture *capture;
    struct tap *next;
    unsigned interface_index;
    struct mh_frame_socket *socket;
    struct mh_fd_watch *watch;
    uint64_t drops; /* the kernel's count at the stop, and packets that could not be read */
    uint64_t downs;
};

struct mh_capture {
    struct mh_traffic *traffic;
    struct tap *taps;
    struct mh_ticker *ticker;
    const struct mh_frame_filter *filter;
    struct mh_packet_log log;
};

/* ---- reading ---- */

static size_t keep_batch(struct mh_capture *capture, int count)
{
    size_t kept = 0;

    for (int i = 0; i < count; i++) {
        const struct mh_captured_frame *frame = mh_frame_batch_at(capture->traffic->frames, i);
        if (!capture->filter || mh_frame_filter_matches(capture->filter, frame->bytes,
                                    frame->length, frame->captured))
            kept += mh_packet_log_add(&capture->log, frame);
    }
    return kept;
}

/* An error other than the link's is that of one packet, which is lost. */
static void note_error(struct tap *tap, int code)
{
    if (code == -ENETDOWN)
        tap->downs++;
    else
        tap->drops++;
}

/* Returns how many frames came, kept or not. */
static size_t read_tap(struct tap *tap, int batches, size_t *kept)
{
    struct mh_capture *capture = tap->capture;
    int full = mh_frame_batch_capacity();
    size_t came = 0;

    if (!tap->socket)
        return 0;
    for (int i = 0; i < batches; i++) {
        int count = mh_frame_batch_receive(capture->traffic->frames, tap->socket);
        if (count < 0) {
            note_error(tap, count);
            continue;
        }
        *kept += keep_batch(capture, count);
        came += (size_t)count;
        if (count < full)
            break;
    }
    return came;
}

static size_t read_taps(struct mh_capture *capture, int batches, size_t *kept)
{
    size_t came = 0;

    for (struct tap *tap = capture->taps; tap; tap = tap->next)
        came += read_tap(tap, batches, kept);
    return came;
}

size_t mh_capture_read(struct mh_capture *capture)
{
    size_t kept = 0;

    read_taps(capture, BATCHES_PER_READ, &kept);
    return kept;
}

/* ---- in the loop ---- */

static void on_ready(void *context, int status);

static void watch_all(struct mh_capture *capture)
{
    for (struct tap *tap = capture->taps; tap; tap = tap->next)
        (void)mh_fd_watch_start(tap->watch, on_ready, tap);
}

static size_t read_a_turn(struct mh_capture *capture)
{
    size_t kept = 0;
    size_t came = read_taps(capture, BATCHES_PER_TURN, &kept);

    if (kept > 0)
        mh_traffic_tell(capture->traffic);
    return came;
}

static void on_tick(void *context)
{
    struct mh_capture *capture = context;

    if (read_a_turn(capture) == 0) {
        mh_ticker_stop(capture->ticker);
        watch_all(capture);
    }
}

/* A status is an error condition, the link's: reading takes it, too. */
static void on_ready(void *context, int status)
{
    struct mh_capture *capture = ((struct tap *)context)->capture;
    (void)status;

    for (struct tap *tap = capture->taps; tap; tap = tap->next)
        mh_fd_watch_stop(tap->watch);
    (void)read_a_turn(capture);
    mh_ticker_start(capture->ticker, TICK_MS, on_tick, capture);
}

/* ---- its life ---- */

static int fail_open(struct mh_error *err, int code)
{
    return mh_error_set(err, code, "capture", "open capture");
}

int mh_capture_new(struct mh_traffic *traffic, size_t room, struct mh_capture **ret_capture,
    struct mh_error *err)
{
    struct mh_capture *self = calloc(1, sizeof(*self));

    if (!traffic->frames)
        traffic->frames = mh_frame_batch_new();
    int r = self && traffic->frames ? mh_ticker_new(traffic->loop, &self->ticker) : -ENOMEM;
    if (r < 0) {
        free(self);
        return fail_open(err, r);
    }
    self->traffic = traffic;
    self->log.room = room;
    *ret_capture = self;
    return 0;
}

static int start_watching(struct mh_capture *capture, struct tap *tap)
{
    int fd = mh_frame_socket_fd(tap->socket);
    int r = mh_fd_watch_new(capture->traffic->loop, fd, &tap->watch);

    return r < 0 ? r : mh_fd_watch_start(tap->watch, on_ready, tap);
}

static void stop_tap(struct tap *tap)
{
    if (!tap->socket)
        return;
    tap->watch = mh_fd_watch_close(tap->watch);
    tap->drops += mh_frame_socket_drops(tap->socket);
    mh_closing_add(&tap->capture->traffic->closing, mh_frame_socket_release(tap->socket));
    tap->socket = NULL;
}

int mh_capture_add(struct mh_capture *capture, unsigned interface_index,
    struct mh_frame_socket *socket, struct mh_error *err)
{
    struct tap *tap = calloc(1, sizeof(*tap));
    if (!tap) {
        mh_frame_socket_free(socket);
        return fail_open(err, -ENOMEM);
    }

    tap->capture = capture;
    tap->interface_index = interface_index;
    tap->socket = socket;
    int r = start_watching(capture, tap);
    if (r < 0) {
        stop_tap(tap);
        free(tap);
        return fail_open(err, r);
    }
    tap->next = capture->taps;
    capture->taps = tap;
    return 0;
}

void mh_capture_set_filter(struct mh_capture *capture, const struct mh_frame_filter *filter)
{
    capture->filter = filter;
}

void mh_capture_stop(struct mh_capture *capture)
{
    mh_ticker_stop(capture->ticker);
    for (struct tap *tap = capture->taps; tap; tap = tap->next)
        stop_tap(tap);
}

static void free_taps(struct mh_capture *capture)
{
    while (capture->taps) {
        struct tap *tap = capture->taps;
        capture->taps = tap->next;
        free(tap);
    }
}

struct mh_capture *mh_capture_close(struct mh_capture *capture)
{
    if (!capture)
        return NULL;

    mh_capture_stop(capture);
    free_taps(capture);
    mh_ticker_close(capture->ticker);
    mh_packet_log_clear(&capture->log);
    free(capture);
    return NULL;
}

/* ---- what it has ---- */

size_t mh_capture_count(const struct mh_capture *capture)
{
    return capture->log.count;
}

const struct mh_captured_frame *mh_capture_packet(const struct mh_capture *capture, size_t i)
{
    assert(i < capture->log.count);
    return &capture->log.packets[i];
}

size_t mh_capture_find(
    const struct mh_capture *capture, const struct mh_frame_filter *filter, size_t from)
{
    const struct mh_packet_log *log = &capture->log;
    size_t i = from;

    while (i < log->count && !mh_frame_filter_matches(filter, log->packets[i].bytes,
                                 log->packets[i].length, log->packets[i].captured))
        i++;
    return i < log->count ? i : log->count;
}

void mh_capture_clear(struct mh_capture *capture)
{
    mh_packet_log_clear(&capture->log);
}

static uint64_t drops_of(const struct tap *tap)
{
    return tap->drops + (tap->socket ? mh_frame_socket_drops(tap->socket) : 0);
}

struct mh_capture_losses mh_capture_losses(
    const struct mh_capture *capture, unsigned interface_index)
{
    struct mh_capture_losses losses = {.unkept = capture->log.unkept};

    for (const struct tap *tap = capture->taps; tap; tap = tap->next) {
        if (interface_index != 0 && tap->interface_index != interface_index)
            continue;
        losses.kernel_drops += drops_of(tap);
        losses.downs += tap->downs;
    }
    return losses;
}
