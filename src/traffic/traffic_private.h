/* Shared by the traffic and what it moves: endpoints and observers. */
#pragma once

#include "net/closing.h"
#include "net/frame_batch.h"
#include "net/mcast_socket.h"
#include "traffic/capture_reader.h"
#include "traffic/match.h"
#include "traffic/standby.h"
#include "traffic/traffic.h"

#include <stdbool.h>
#include <stddef.h>

/* First in each endpoint and observer. */
struct mh_traffic_member {
    struct mh_traffic_member *next, **link;
    /* Reads until nothing is left; returns how much was new. Tells nobody. */
    size_t (*drain)(struct mh_traffic_member *member);
    /* Somebody reads it to the end again and again, so that the loop need not watch it: the
     * kernel then has nobody to wake for each datagram. Calls nest. NULL: it cannot be left. */
    void (*leave_to)(struct mh_traffic_member *member, bool left);
    bool sends; /* replies come here: read after all others */
};

struct mh_traffic {
    uv_loop_t *loop;
    mh_traffic_changed_fn *changed;
    void *context;
    struct mh_traffic_member *members;
    struct mh_datagram_batch *batch; /* one for all: a reader copies what it keeps */
    struct mh_standby *standby;      /* reads endpoints while the loop is held up */
    struct mh_frame_batch *observed; /* likewise; from the first observer on */
    struct mh_capture *captures;     /* these three are the reader's, and behind its lock */
    struct mh_frame_batch *frames;
    struct mh_capture_reader *reader; /* from the first capture on */
    struct mh_closing closing;        /* the sockets of observers and captures */
    struct mh_match match;            /* room for the sends of whoever sent most */
    uint64_t order;                   /* messages logged so far */
    uint32_t run;                     /* in every probe (traffic/probe.h) */
    struct mh_stream **streams;       /* by flow number; NULL: it is no more */
    size_t stream_count;
    struct mh_stream_worker *worker; /* from the first stream on that needs it */
};

void mh_traffic_add(struct mh_traffic *traffic, struct mh_traffic_member *member);
void mh_traffic_remove(struct mh_traffic_member *member);
