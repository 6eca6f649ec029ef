/* What one endpoint sent, and the kernel's word that it left.
 *
 * Departures carry the number of a datagram. Before Linux 6.13 the kernel numbers them by
 * itself (SOF_TIMESTAMPING_OPT_ID), and a send that failed may have used up a number or not: it
 * has when the packet was refused after it was built (a firewall, a full queue), it has not
 * when it never was (too long, no route). So each send knows how far its number may be ahead,
 * and the first departure after a failure settles it.
 */
#pragma once

#include "net/mcast_socket.h"
#include "traffic/endpoint.h"
#include "traffic/match.h"
#include "traffic/payload.h"

struct mh_logged_send {
    struct mh_sent sent;
    const uint8_t *data;
    uint64_t order;    /* struct mh_moment */
    uint32_t id;       /* the kernel's number, if no failed send used one up */
    uint32_t failures; /* how many may have, at most */
};

/* Zero-initialised is empty. */
struct mh_sent_log {
    struct mh_logged_send *entries;
    size_t count;
    size_t capacity;
    struct mh_payload_store payloads;
    uint32_t next_id;
    uint32_t failures;            /* unsettled ones */
    bool failures_take_no_number; /* mh_mcast_socket_numbers_departures() */
};

/* A send in two steps, so that nothing can fail after the system call: begin copies the payload
 * (0 or -ENOMEM), end makes it count or, when the call failed, takes it back. */
int mh_sent_log_begin(struct mh_sent_log *log, const struct mh_logged_send *draft,
    const void *data, size_t length);
void mh_sent_log_end(struct mh_sent_log *log, int result);
/* A datagram of the same socket that is not logged here: a reply. `result` as the kernel's. */
void mh_sent_log_aside(struct mh_sent_log *log, int result);
/* What the error queue said. */
void mh_sent_log_depart(struct mh_sent_log *log, const struct mh_departure *departure);
void mh_sent_log_done(struct mh_sent_log *log);
