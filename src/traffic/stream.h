/* A measured stream: numbered probes from one endpoint to one destination, moved without Lua.
 *
 * Each time something is due it is handed to the kernel, a train at a time. In lockstep that is
 * done in the event loop, and between two trains every endpoint that hears the flow is read to
 * the end, so that on a network of ours no receiver's buffer can run over, however fast it
 * goes; others have their turn in between. Else a thread of its own does it, whatever the loop
 * is busy with (traffic/stream_worker.h), and the loop reads the receivers when it comes to
 * that; their buffers are emptied meanwhile (traffic/standby.h). All functions below are the
 * loop's.
 *
 * Every endpoint of the same traffic recognises the probes by themselves and keeps an account
 * of the flow (traffic/flow_account.h); they never enter its log of messages. A probe of
 * another run is a message like any other.
 */
#pragma once

#include "base/addr.h"
#include "base/error.h"
#include "traffic/endpoint.h"
#include "traffic/flow_account.h"
#include "traffic/shape.h"

struct mh_stream;

struct mh_stream_plan {
    struct mh_addr to;
    uint16_t port;
    size_t size;           /* payload, at least MH_PROBE_SIZE_MIN */
    uint64_t rate_upps;    /* millionths of a packet per second; 0: as fast as possible */
    uint64_t burst;        /* packets that are due together; 0 is 1 */
    struct mh_shape shape; /* with a rate; nothing of a burst then */
    uint64_t count;        /* 0: by duration */
    uint64_t duration_ns;  /* 0 as well: until stopped */
    bool offload;          /* many in one buffer, where the kernel can (net/train.h) */
    bool lockstep;         /* with who listens; else from a thread of its own */
};

enum mh_stream_cut {
    MH_STREAM_WHOLE,         /* or stopped, or still running */
    MH_STREAM_SENDER_CLOSED, /* before its end */
    MH_STREAM_REFUSED,       /* the kernel took nothing any more */
};

/* What became of it until now. */
struct mh_stream_status {
    bool running;
    enum mh_stream_cut cut;
    uint64_t sent;      /* taken by the kernel: their numbers are 0 to sent - 1 */
    uint64_t planned;   /* 0: not known */
    uint64_t refused;   /* slots of the schedule whose datagram the kernel did not take */
    int error;          /* the last refusal, a negative errno */
    uint64_t start_ns;  /* CLOCK_REALTIME, as are all times below */
    uint64_t last_ns;   /* of the last datagram taken; 0: none */
    uint64_t late_ns;   /* the furthest that one was behind its schedule */
    uint64_t offloaded; /* of `sent`, those that shared a buffer */
    uint64_t sampled;   /* datagrams whose departure was asked for: the first, ten a second */
    uint64_t departed;  /* those of them that the device has told */
};

/* Sends the first probe at once: what the kernel refuses then is the error. */
int mh_stream_start(struct mh_endpoint *sender, const struct mh_stream_plan *plan,
    struct mh_stream **ret_stream, struct mh_error *err);
/* Nothing is sent any more. Twice is harmless. Stopping the endpoint does the same. */
void mh_stream_stop(struct mh_stream *stream);
/* Takes NULL; returns NULL. Accounts of the flow stay where they are, out of reach. */
struct mh_stream *mh_stream_free(struct mh_stream *stream);
/* Called from the loop (or by stopping) once, when it has ended. */
void mh_stream_on_end(struct mh_stream *stream, void (*on_end)(void *context), void *context);
/* From here on each datagram is a frame of its own. */
void mh_stream_forbid_offload(struct mh_stream *stream);

/* Which of its traffic's streams it is, counted from 1. */
uint32_t mh_stream_number(const struct mh_stream *stream);
struct mh_stream_status mh_stream_status(const struct mh_stream *stream);
/* The furthest that one was behind its schedule since so many were sent; without one, the
 * longest pause. */
uint64_t mh_stream_late_since(const struct mh_stream *stream, uint64_t sent);
/* When its first packets are due, from the first one on, `most` at most: how many are planned.
 * None without a rate. */
size_t mh_stream_schedule(const struct mh_stream *stream, uint64_t *offsets_ns, size_t most);
/* Sent, by time: fills in the first `most` steps; returns how many there are. */
size_t mh_stream_series(const struct mh_stream *stream, uint32_t *counts, size_t most);
/* What an endpoint got of it; NULL: nothing. Borrowed until the endpoint is closed. */
const struct mh_flow_account *mh_stream_account(
    const struct mh_stream *stream, const struct mh_endpoint *receiver);
/* Stretches in which the kernel took nothing: fills in the first `most`; returns how many there
 * are. */
size_t mh_stream_refusals(
    const struct mh_stream *stream, struct mh_refusal *refusals, size_t most);
/* As far as the account (or NULL) can have got it: what was sent when everything was last read
 * to the end (mh_traffic_drain()), or what it shows to have been sent since. Without refusals.
 */
struct mh_flow_end mh_stream_end(
    const struct mh_stream *stream, const struct mh_flow_account *account);
