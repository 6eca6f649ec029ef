/* The data plane of one scenario: every endpoint of every host, moved without Lua. */
#pragma once

#include <uv.h>

#include <stdint.h>

struct mh_traffic;

/* Something a claim could be waiting for has happened: a datagram came in, an observer saw a
 * frame. Called from the loop, at most once per batch; must not close anything. */
typedef void mh_traffic_changed_fn(void *context);

struct mh_traffic *mh_traffic_new(
    uv_loop_t *loop, mh_traffic_changed_fn *changed, void *context);
/* All endpoints and observers must be closed before; streams go with it. Takes NULL; returns
 * NULL. */
struct mh_traffic *mh_traffic_free(struct mh_traffic *traffic);

/* Says that it has happened. */
void mh_traffic_tell(const struct mh_traffic *traffic);

/* Reads every open socket (of captures none: see capture.h) until nothing is left to read,
 * receivers before senders, and again while that made something new (a reply). A deadline is
 * judged after this, so that a harness that was not given the processor in time does not call
 * late what lay waiting. */
void mh_traffic_drain(struct mh_traffic *traffic);
