#include "traffic/capture.h"

#include "traffic/packet_log.h"
#include "traffic/traffic_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* Batches of one socket in a row: others want their turn. What is left is read at the next. */
enum { BATCHES_PER_TURN = 64, BATCHES_PER_READ = 8192 };

/* An interface. Without a socket once the capture was stopped. */
struct tap {
    struct tap *next;
    unsigned interface_index;
    struct mh_frame_socket *socket;
    uint64_t drops; /* the kernel's count at the stop, and packets that could not be read */
    uint64_t downs;
};

struct mh_capture {
    struct mh_traffic *traffic;
    struct mh_capture *next, **link; /* among the traffic's */
    struct tap *taps;
    const struct mh_frame_filter *filter;
    struct mh_packet_log log;
};

static void lock(const struct mh_capture *capture)
{
    mh_capture_reader_lock(capture->traffic->reader);
}

static void unlock(const struct mh_capture *capture)
{
    mh_capture_reader_unlock(capture->traffic->reader);
}

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

static size_t read_tap(struct mh_capture *capture, struct tap *tap, int batches)
{
    int full = mh_frame_batch_capacity();
    size_t kept = 0;
    int count = tap->socket ? full : 0;

    for (int i = 0; i < batches && (count < 0 || count == full); i++) {
        count = mh_frame_batch_receive(capture->traffic->frames, tap->socket);
        if (count < 0)
            note_error(tap, count);
        else
            kept += keep_batch(capture, count);
    }
    return kept;
}

/* With the lock held. */
static size_t read_taps(struct mh_capture *capture, int batches)
{
    size_t kept = 0;

    for (struct tap *tap = capture->taps; tap; tap = tap->next)
        kept += read_tap(capture, tap, batches);
    return kept;
}

size_t mh_capture_read(struct mh_capture *capture)
{
    lock(capture);
    size_t kept = read_taps(capture, BATCHES_PER_READ);
    unlock(capture);
    return kept;
}

/* ---- the reader ---- */

static bool read_captures(void *context)
{
    const struct mh_traffic *traffic = context;
    size_t kept = 0;

    for (struct mh_capture *capture = traffic->captures; capture; capture = capture->next)
        kept += read_taps(capture, BATCHES_PER_TURN);
    return kept > 0;
}

static void tell(void *context)
{
    mh_traffic_tell(context);
}

/* With the first capture. */
static int need_reader(struct mh_traffic *traffic)
{
    const struct mh_capture_reader_calls calls = {read_captures, tell, traffic};

    if (!traffic->frames)
        traffic->frames = mh_frame_batch_new();
    if (!traffic->frames)
        return -ENOMEM;
    return traffic->reader ? 0
                           : mh_capture_reader_start(traffic->loop, &calls, &traffic->reader);
}

/* ---- its life ---- */

static int fail_open(struct mh_error *err, int code)
{
    return mh_error_set(err, code, "open", "a capture");
}

int mh_capture_new(struct mh_traffic *traffic, size_t room, struct mh_capture **ret_capture,
    struct mh_error *err)
{
    struct mh_capture *self = calloc(1, sizeof(*self));
    int r = self ? need_reader(traffic) : -ENOMEM;

    if (r < 0) {
        free(self);
        return fail_open(err, r);
    }
    self->traffic = traffic;
    self->log.room = room;
    lock(self);
    self->next = traffic->captures;
    self->link = &traffic->captures;
    if (self->next)
        self->next->link = &self->next;
    traffic->captures = self;
    unlock(self);
    *ret_capture = self;
    return 0;
}

/* With the lock held. */
static void stop_tap(const struct mh_capture *capture, struct tap *tap)
{
    if (!tap->socket)
        return;
    mh_capture_reader_unwatch(capture->traffic->reader, mh_frame_socket_fd(tap->socket));
    tap->drops += mh_frame_socket_drops(tap->socket);
    mh_closing_add(&capture->traffic->closing, mh_frame_socket_release(tap->socket));
    tap->socket = NULL;
}

int mh_capture_add(struct mh_capture *capture, unsigned interface_index,
    struct mh_frame_socket *socket, struct mh_error *err)
{
    struct tap *tap = calloc(1, sizeof(*tap));
    int r = tap ? 0 : -ENOMEM;

    if (r == 0)
        r = mh_capture_reader_watch(capture->traffic->reader, mh_frame_socket_fd(socket));
    if (r < 0) {
        mh_frame_socket_free(socket);
        free(tap);
        return fail_open(err, r);
    }
    tap->interface_index = interface_index;
    tap->socket = socket;
    lock(capture);
    tap->next = capture->taps;
    capture->taps = tap;
    unlock(capture);
    return 0;
}

void mh_capture_set_filter(struct mh_capture *capture, const struct mh_frame_filter *filter)
{
    lock(capture);
    capture->filter = filter;
    unlock(capture);
}

void mh_capture_stop(struct mh_capture *capture)
{
    lock(capture);
    for (struct tap *tap = capture->taps; tap; tap = tap->next)
        stop_tap(capture, tap);
    unlock(capture);
}

static void leave_list(struct mh_capture *capture)
{
    lock(capture);
    *capture->link = capture->next;
    if (capture->next)
        capture->next->link = capture->link;
    unlock(capture);
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
    leave_list(capture);
    free_taps(capture);
    mh_packet_log_clear(&capture->log);
    free(capture);
    return NULL;
}

/* ---- what it has ---- */

size_t mh_capture_count(const struct mh_capture *capture)
{
    lock(capture);
    size_t count = capture->log.count;
    unlock(capture);
    return count;
}

struct mh_captured_frame mh_capture_packet(const struct mh_capture *capture, size_t i)
{
    lock(capture);
    assert(i < capture->log.count);
    struct mh_captured_frame packet = capture->log.packets[i];
    unlock(capture);
    return packet;
}

size_t mh_capture_find(
    const struct mh_capture *capture, const struct mh_frame_filter *filter, size_t from)
{
    size_t count = mh_capture_count(capture);

    for (size_t i = from; i < count; i++) {
        struct mh_captured_frame packet = mh_capture_packet(capture, i);
        if (mh_frame_filter_matches(filter, packet.bytes, packet.length, packet.captured))
            return i;
    }
    return SIZE_MAX;
}

void mh_capture_clear(struct mh_capture *capture)
{
    lock(capture);
    mh_packet_log_clear(&capture->log);
    unlock(capture);
}

static uint64_t drops_of(const struct tap *tap)
{
    return tap->drops + (tap->socket ? mh_frame_socket_drops(tap->socket) : 0);
}

struct mh_capture_losses mh_capture_losses(
    const struct mh_capture *capture, unsigned interface_index)
{
    struct mh_capture_losses losses = {0};

    lock(capture);
    losses.unkept = capture->log.unkept;
    for (const struct tap *tap = capture->taps; tap; tap = tap->next) {
        if (interface_index != 0 && tap->interface_index != interface_index)
            continue;
        losses.kernel_drops += drops_of(tap);
        losses.downs += tap->downs;
    }
    unlock(capture);
    return losses;
}
