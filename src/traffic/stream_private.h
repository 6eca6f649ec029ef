/* What the files of the stream share, and what streams, endpoints and their traffic know of
 * each other; nobody else includes this.
 *
 * Of a stream that a worker sends both threads touch what says so here, under the worker's
 * lock; all else stays as it was when the worker got it, or is the loop's. */
#pragma once

#include "loop/alarm.h"
#include "net/train.h"
#include "traffic/flow_book.h"
#include "traffic/lateness.h"
#include "traffic/pace.h"
#include "traffic/refusals.h"
#include "traffic/sample_ids.h"
#include "traffic/stream.h"
#include "traffic/stream_worker.h"
#include "traffic/traffic_private.h"

/* An endpoint that has got something of it. */
struct mh_stream_listener {
    struct mh_traffic_member *member;
    const struct mh_flow_account *account;
};

struct mh_stream {
    struct mh_traffic *traffic;
    struct mh_endpoint *sender; /* it tells of departures after the end, too; NULL: closed */
    bool reads_sender;          /* in place of the loop */
    uint64_t sender_read_ns;    /* CLOCK_MONOTONIC */
    struct mh_stream_plan plan;
    struct mh_probe_flow of;
    struct mh_stream_worker *worker; /* sends it; NULL: the loop does */
    struct mh_flow_end settled;      /* what was sent before everything was last read */
    /* Both threads': */
    uint64_t due_ns;                /* of one that a worker sends, CLOCK_MONOTONIC */
    size_t place;                   /* in its queue */
    bool is_over;                   /* it has come to its end, and the loop will be told */
    struct mh_stream_status status; /* but `running` and `start_ns` */
    struct mh_sample_ids samples;
    struct mh_series series;
    struct mh_lateness lateness;
    struct mh_refusals refusals;
    struct mh_pace pace;       /* CLOCK_MONOTONIC */
    struct mh_shape_walk walk; /* of a stream with a shape, in place of the pace */
    uint64_t end_ns;           /* of one that does not know its slots, likewise; 0: none */
    uint64_t slot;             /* of the schedule, that comes next */
    uint64_t sent_ns;          /* when the kernel last took something, CLOCK_MONOTONIC */
    uint64_t given_up_at;      /* what was heard when waiting for more was in vain */
    uint64_t refused_since_ns; /* the kernel takes nothing, CLOCK_MONOTONIC; 0: it does */
    struct mh_alarm *alarm;
    struct mh_train *train;
    size_t train_length;
    size_t segments;       /* of one offloaded send; 1: single frames */
    uint64_t written_from; /* the numbers that stand in the train: what was sent last, */
    uint64_t written;      /* or refused */
    uint64_t filling_sum;
    uint64_t sampled_step; /* of the series; a departure is asked for in each */
    /* The loop's: */
    struct mh_stream_listener *listeners;
    size_t listener_count;
    size_t listener_capacity;
    void (*on_end)(void *context);
    void *on_end_context;
};

/* The first probe goes alone: until it is read nobody is known to listen. 0, or a negative
 * errno with the reason in `err`. */
int mh_stream_send_first(struct mh_stream *stream, struct mh_error *err);
/* The alarm's: sends what is due, in lockstep with who listens, and sets the alarm anew. */
void mh_stream_send_due(void *context);
/* The worker's, under its lock: sends one train of what is due, and sets `due_ns` anew. False:
 * it is over. */
bool mh_stream_take_turn(struct mh_stream *stream);
/* It is stopped, and no worker's any more: what was due by now is late. */
void mh_stream_note_stop(struct mh_stream *stream);
/* Under the lock of its worker, if any: from here on each datagram is a frame of its own. */
void mh_stream_send_frames(struct mh_stream *stream);
/* It has ended: nothing is left but what became of it. */
void mh_stream_end_now(struct mh_stream *stream);

/* ---- what an endpoint does for streams ---- */

/* A worker sends from it, too: what both threads use is used under the worker's lock from here
 * on. Calls nest. */
void mh_endpoint_share(struct mh_endpoint *endpoint, bool shared);
/* That lock, where it is shared; for the loop. Does not nest. */
void mh_endpoint_lock(const struct mh_endpoint *endpoint);
void mh_endpoint_unlock(const struct mh_endpoint *endpoint);
/* Sends with the proof of departure and without logging; *ret_id is what it will carry. Either
 * thread's, under the lock. */
int mh_endpoint_send_sample(struct mh_endpoint *endpoint, const struct mh_outgoing *probe,
    uint32_t *ret_id, struct mh_error *err);
/* Likewise. */
bool mh_endpoint_is_paused(const struct mh_endpoint *endpoint);
/* Reads the error queue to its end. The loop's. */
void mh_endpoint_read_departures(struct mh_endpoint *endpoint);
/* It has sent a probe: now it has a port, and replies may come. */
void mh_endpoint_has_sent(struct mh_endpoint *endpoint);
struct mh_traffic_member *mh_endpoint_member(struct mh_endpoint *endpoint);
struct mh_traffic *mh_endpoint_traffic(const struct mh_endpoint *endpoint);
const struct mh_flow_book *mh_endpoint_book(const struct mh_endpoint *endpoint);

/* ---- what streams do for endpoints ---- */

/* The datagram is about to be taken: changes nothing but what the processor's cache holds. */
void mh_stream_expect(const struct mh_traffic *traffic, const struct mh_flow_book *book,
    const struct mh_datagram *datagram);
/* Is the datagram a train, or a probe, as a stream of this run has just sent it? Then each in
 * it is accounted for; else it is to be taken one by one. */
bool mh_stream_take_as_sent(const struct mh_traffic *traffic, struct mh_flow_book *book,
    const struct mh_datagram *datagram);
/* Is the datagram a probe of this run? Then it is accounted for. */
bool mh_stream_take_datagram(struct mh_traffic *traffic, struct mh_flow_book *book,
    struct mh_traffic_member *reader, const struct mh_datagram *datagram);
/* Is it the departure of a sample? Then it is noted. Under the sender's lock. */
bool mh_stream_take_departure(const struct mh_traffic *traffic,
    const struct mh_endpoint *sender, const struct mh_departure *departure);
/* Without a schedule it never pauses, and with it go those that it reads: its sender, and by
 * and by who hears it. */
void mh_stream_take_sender(struct mh_stream *stream);
/* From here on they are watched by the loop again: the stream has ended. */
void mh_stream_release_members(struct mh_stream *stream);
/* What was sent until now will have been read when everything next is. */
void mh_stream_settle_all(const struct mh_traffic *traffic);
/* Those that their worker has come to the end of end. */
void mh_stream_end_those_over(const struct mh_traffic *traffic);
/* The endpoint is being closed: streams that it sends end, streams that it hears forget it. */
void mh_stream_sender_gone(const struct mh_traffic *traffic, const struct mh_endpoint *sender);
void mh_stream_listener_gone(
    const struct mh_traffic *traffic, const struct mh_traffic_member *listener);
