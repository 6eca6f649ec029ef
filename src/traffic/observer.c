#include "traffic/observer.h"

#include "loop/fd_watch.h"
#include "traffic/probe.h"
#include "traffic/traffic_private.h"
#include "wire/frame.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_MAX = 64 << 20 };
/* Full batches in a row, at most: others want their turn. What is left is told again. */
enum { READS_PER_TURN = 8, READS_PER_DRAIN = 2048 };

struct mh_observer {
    struct mh_traffic_member member;
    struct mh_traffic *traffic;
    struct mh_frame_socket *socket;
    struct mh_fd_watch *watch;
    struct mh_addr group;
    struct mh_observed *frames;
    size_t count;
    size_t capacity;
    size_t data_left; /* bytes of payload that may yet be kept */
    uint64_t downs;
};

static bool reserve(struct mh_observer *observer, size_t wanted)
{
    if (wanted <= observer->capacity - observer->count)
        return true;

    size_t capacity = observer->count + wanted;
    if (capacity < observer->capacity * 2)
        capacity = observer->capacity * 2;
    struct mh_observed *frames = reallocarray(observer->frames, capacity, sizeof(*frames));
    if (!frames)
        return false;
    observer->frames = frames;
    observer->capacity = capacity;
    return true;
}

static bool is_wanted(const struct mh_observer *observer, const struct mh_frame *frame)
{
    if (frame->fragment_offset > 0 || !mh_addr_is_multicast(&frame->destination))
        return false;
    return observer->group.family == AF_UNSPEC ||
           mh_addr_equal(&observer->group, &frame->destination);
}

/* NULL where the frame has not the whole datagram, or there is no room for it. */
static uint8_t *copy_data(struct mh_observer *observer, const struct mh_frame *frame)
{
    if (frame->protocol != IPPROTO_UDP || frame->more_fragments ||
        frame->payload_length > observer->data_left)
        return NULL;
    uint8_t *data = malloc(frame->payload_length + 1); /* an empty one is not NULL */
    if (!data)
        return NULL;
    memcpy(data, frame->payload, frame->payload_length);
    observer->data_left -= frame->payload_length;
    return data;
}

/* Streams of one sender to one group are told apart by what their probes say alone. */
static void note_probe(const struct mh_observer *observer, const struct mh_frame *frame,
    struct mh_observed *observed)
{
    struct mh_probe probe;

    if (frame->protocol != IPPROTO_UDP ||
        !mh_probe_recognise(frame->payload, frame->payload_length, observer->traffic->run,
            observed->time_ns, &probe))
        return;
    observed->stream = probe.of.flow + 1;
    observed->number = probe.number;
}

static void log_frame(
    struct mh_observer *observer, const struct mh_frame *frame, uint64_t time_ns)
{
    struct mh_observed *observed = &observer->frames[observer->count++];

    *observed = (struct mh_observed){
        .time_ns = time_ns,
        .source = frame->source,
        .group = frame->destination,
        .protocol = frame->protocol,
        .ttl = frame->ttl,
        .source_port = frame->source_port,
        .port = frame->destination_port,
        .length = frame->datagram_length,
        .data = observer->data_left > 0 ? copy_data(observer, frame) : NULL,
    };
    note_probe(observer, frame, observed);
}

/* Returns how many were logged. */
static size_t log_batch(struct mh_observer *observer, int count)
{
    size_t before = observer->count;

    for (int i = 0; i < count; i++) {
        const struct mh_captured_frame *taken =
            mh_frame_batch_at(observer->traffic->observed, i);
        struct mh_frame frame;

        if (mh_frame_parse(taken->bytes, taken->captured, &frame) == 0 &&
            is_wanted(observer, &frame))
            log_frame(observer, &frame, taken->time_ns);
    }
    return observer->count - before;
}

/* What cannot be logged for want of memory stays in the kernel, which counts what it drops. */
static size_t read_frames(struct mh_observer *observer, int most_reads)
{
    int full = mh_frame_batch_capacity();
    size_t logged = 0;

    for (int reads = 0; reads < most_reads && reserve(observer, (size_t)full); reads++) {
        int count = mh_frame_batch_receive(observer->traffic->observed, observer->socket);

        if (count == -ENETDOWN) { /* told once; frames come again when the link does */
            observer->downs++;
            continue;
        }
        logged += count > 0 ? log_batch(observer, count) : 0;
        if (count < full)
            break;
    }
    return logged;
}

static size_t drain(struct mh_traffic_member *member)
{
    return read_frames((struct mh_observer *)member, READS_PER_DRAIN);
}

static void on_ready(void *context, int status)
{
    struct mh_observer *observer = context;

    if (read_frames(observer, READS_PER_TURN) > 0)
        mh_traffic_tell(observer->traffic);
    if (status < 0) /* libuv stops at an error condition; the reading above took it */
        (void)mh_fd_watch_start(observer->watch, on_ready, observer);
}

/* With the first observer. */
static int need_buffers(struct mh_traffic *traffic)
{
    if (!traffic->observed)
        traffic->observed = mh_frame_batch_new();
    return traffic->observed ? 0 : -ENOMEM;
}

static int start_watching(struct mh_observer *observer)
{
    int fd = mh_frame_socket_fd(observer->socket);
    int r = need_buffers(observer->traffic);

    if (r == 0)
        r = mh_fd_watch_new(observer->traffic->loop, fd, &observer->watch);
    return r < 0 ? r : mh_fd_watch_start(observer->watch, on_ready, observer);
}

int mh_observer_open(struct mh_traffic *traffic, struct mh_frame_socket *socket,
    const struct mh_addr *group, bool keep_data, struct mh_observer **ret_observer,
    struct mh_error *err)
{
    struct mh_observer *observer = calloc(1, sizeof(*observer));
    if (!observer) {
        mh_frame_socket_free(socket);
        return mh_error_set(err, -ENOMEM, "open", "an observer");
    }

    observer->traffic = traffic;
    observer->socket = socket;
    observer->group = *group;
    observer->data_left = keep_data ? DATA_MAX : 0;
    observer->member.drain = drain;
    int r = start_watching(observer);
    if (r < 0) {
        mh_observer_close(observer);
        return mh_error_set(err, r, "watch", "the socket of an observer");
    }
    mh_traffic_add(traffic, &observer->member);
    *ret_observer = observer;
    return 0;
}

struct mh_observer *mh_observer_close(struct mh_observer *observer)
{
    if (!observer)
        return NULL;

    mh_traffic_remove(&observer->member);
    mh_fd_watch_close(observer->watch);
    mh_closing_add(&observer->traffic->closing, mh_frame_socket_release(observer->socket));
    for (size_t i = 0; i < observer->count; i++)
        free((void *)observer->frames[i].data);
    free(observer->frames);
    free(observer);
    return NULL;
}

size_t mh_observer_count(const struct mh_observer *observer)
{
    return observer->count;
}

const struct mh_observed *mh_observer_frame(const struct mh_observer *observer, size_t i)
{
    assert(i < observer->count);
    return &observer->frames[i];
}

struct mh_observed_tally mh_observer_tally(
    const struct mh_observer *observer, size_t from, uint32_t stream, uint64_t since_ns)
{
    struct mh_observed_tally tally = {0};

    for (size_t i = from; i < observer->count; i++) {
        const struct mh_observed *frame = &observer->frames[i];
        if (frame->stream != stream)
            continue;
        tally.last_ns = frame->time_ns;
        tally.since += frame->time_ns > since_ns;
    }
    return tally;
}

static size_t collect_numbers(
    const struct mh_observer *observer, uint32_t stream, uint64_t *numbers)
{
    size_t count = 0;

    for (size_t i = 0; i < observer->count; i++)
        if (observer->frames[i].stream == stream)
            numbers[count++] = observer->frames[i].number;
    return count;
}

int mh_observer_loss_runs(
    const struct mh_observer *observer, uint32_t stream, struct mh_loss_runs *ret_runs)
{
    uint64_t *numbers = reallocarray(NULL, observer->count + 1, sizeof(*numbers));
    if (!numbers)
        return -ENOMEM;

    *ret_runs = mh_loss_runs_of(numbers, collect_numbers(observer, stream, numbers));
    free(numbers);
    return 0;
}

void mh_observer_leave_to_reader(struct mh_observer *observer)
{
    mh_fd_watch_stop(observer->watch);
}

void mh_observer_read(struct mh_observer *observer)
{
    (void)read_frames(observer, READS_PER_DRAIN);
}

uint64_t mh_observer_drops(struct mh_observer *observer)
{
    return mh_frame_socket_drops(observer->socket);
}

uint64_t mh_observer_downs(const struct mh_observer *observer)
{
    return observer->downs;
}
