/* One socket of a receiver or sender, with a log of what came in and what went out.
 *
 * A receiver is an endpoint that may answer by itself with a fixed reply; a sender is one that
 * sends, and logs the replies that come back. What was sent is found again in the receivers'
 * logs by mh_endpoint_deliveries(): payloads are the user's own, there is no header of ours.
 */
#pragma once

#include "base/addr.h"
#include "base/error.h"
#include "net/mcast_socket.h"
#include "traffic/traffic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_endpoint;

struct mh_message {
    uint64_t time_ns; /* kernel time stamp, CLOCK_REALTIME */
    struct mh_addr from;
    uint16_t from_port;
    struct mh_addr to;
    unsigned interface_index;
    int ttl;
    bool truncated;
    const uint8_t *data;
    size_t length;
    uint64_t hash;          /* of the payload */
    uint64_t reply_time_ns; /* CLOCK_REALTIME; 0: not answered (yet) */
    int reply_error;        /* negative errno of the reply that could not be sent, else 0 */
};

struct mh_sent {
    uint64_t time_ns;     /* CLOCK_REALTIME, just before the system call */
    uint64_t departed_ns; /* when the device took it; 0: no proof that it left */
    int error;            /* asynchronous error, else 0 */
    struct mh_addr to;
    uint16_t port;
    uint64_t hash;
    size_t length;
};

/* Takes the socket over (also on failure) and starts to read it. */
int mh_endpoint_open(struct mh_traffic *traffic, struct mh_mcast_socket *socket,
    struct mh_endpoint **ret_endpoint, struct mh_error *err);
/* Takes in what lies waiting, then closes the socket: from here on it neither hears nor
 * answers, mh_endpoint_socket() is NULL, and reply and send may not be called; but its logs can
 * still be asked. Twice is harmless. */
void mh_endpoint_stop(struct mh_endpoint *endpoint);
/* Forgets the logs too. Takes NULL; returns NULL. */
struct mh_endpoint *mh_endpoint_close(struct mh_endpoint *endpoint);
/* A paused endpoint reads nothing and answers nothing, as a stopped process: what comes waits
 * in the socket's buffer, with the time when it came, until it goes on. Returns 0 or a negative
 * errno. */
int mh_endpoint_pause(struct mh_endpoint *endpoint, bool paused);
struct mh_mcast_socket *mh_endpoint_socket(struct mh_endpoint *endpoint);
/* mh_mcast_socket_add_annex() of its socket, which must not be called by itself. */
int mh_endpoint_add_annex(
    struct mh_endpoint *endpoint, struct mh_mcast_socket *annex, struct mh_error *err);

/* Every message is answered with these bytes from the loop callback; NULL: silent. Copied. */
int mh_endpoint_set_reply(struct mh_endpoint *endpoint, const void *data, size_t length);
/* Datagrams that the socket's full buffer cost, until it was stopped. */
uint64_t mh_endpoint_drops(const struct mh_endpoint *endpoint);
/* Probes of streams that came in (traffic/stream.h). They are no messages. */
uint64_t mh_endpoint_probes(const struct mh_endpoint *endpoint);
/* Called after new messages were logged or probes accounted for; at most once per batch. May be
 * NULL. */
void mh_endpoint_on_message(
    struct mh_endpoint *endpoint, void (*on_message)(void *context), void *context);

/* Messages since it was opened; none is ever forgotten. */
size_t mh_endpoint_count(const struct mh_endpoint *endpoint);
/* Borrowed until the next one is logged. */
const struct mh_message *mh_endpoint_message(const struct mh_endpoint *endpoint, size_t i);
/* Answers message `i` (a reply computed by the scenario). */
int mh_endpoint_reply(struct mh_endpoint *endpoint, size_t i, const void *data, size_t length,
    struct mh_error *err);

/* The addresses that this endpoint sends from: its host's. Copied. */
int mh_endpoint_set_sources(
    struct mh_endpoint *endpoint, const struct mh_addr *sources, size_t count);
/* Sends and logs; returns the number of the send, counted from 0. */
int mh_endpoint_send(struct mh_endpoint *endpoint, const struct mh_addr *to, uint16_t port,
    const void *data, size_t length, struct mh_error *err);
/* Sends without logging: the socket's own send, for whoever uses it beside the endpoint.
 * Returns the bytes sent. (Each datagram moves on the numbers by which departures are told
 * apart.) */
int mh_endpoint_send_aside(struct mh_endpoint *endpoint, const struct mh_addr *to,
    uint16_t port, const void *data, size_t length, struct mh_error *err);
size_t mh_endpoint_sent_count(const struct mh_endpoint *endpoint);
/* Reads the error queue first, so `departed_ns` is as fresh as the kernel's. Borrowed until the
 * next send. */
const struct mh_sent *mh_endpoint_sent(struct mh_endpoint *endpoint, size_t number);

/* How often send `number` of `sender` arrived at `receiver`, counting from message `since`.
 *
 * A message is one of the sender's when source address, source port, destination, length and
 * payload agree. Among equal sends, messages are given out from the last to the first, each to
 * the latest send not after it that still has none; what is left over counts as a duplicate of
 * the latest send not after it. *ret_first (may be NULL) gets the earliest message's number. */
size_t mh_endpoint_deliveries(const struct mh_endpoint *sender, size_t number,
    const struct mh_endpoint *receiver, size_t since, size_t *ret_first);
/* How many replies in the sender's own log answer send `number` and come from one of
 * `addresses`, by the same rule (identity: the replying address). */
size_t mh_endpoint_replies(const struct mh_endpoint *sender, size_t number,
    const struct mh_addr *addresses, size_t address_count, size_t *ret_first);
