/* What the files of the endpoint share; nobody else includes this. */
#pragma once

#include "loop/fd_watch.h"
#include "traffic/deliveries.h"
#include "traffic/flow_book.h"
#include "traffic/traffic_private.h"

/* Most receivers hear one datagram at a time: a short first read is a cheap one, and a single
 * one does not ask in vain for a second. */
enum { MH_SINGLE_READ = 1, MH_FIRST_READ = 4 };

struct mh_endpoint {
    struct mh_traffic_member member;
    struct mh_traffic *traffic;
    struct mh_mcast_socket *socket;
    struct mh_fd_watch *watch;
    struct mh_standby_place place;
    void (*on_message)(void *context);
    void *on_message_context;
    uint8_t *reply;
    size_t reply_length;
    struct mh_addr *sources;
    size_t source_count;
    uint64_t drops;    /* once the socket is closed */
    uint64_t unlogged; /* for want of memory */
    bool busy;         /* the last reading brought more than a few */
    unsigned readers;  /* streams that read it, so that the loop need not watch it */
    uint16_t port;     /* local; known from the first message or send on */
    unsigned shared;   /* streams of a worker that send from it */
    bool paused;
    struct mh_message_log messages;
    struct mh_sent_log sends;
    struct mh_flow_book flows;
};

/* Until nothing is left, or after a single read: what that leaves the watch tells again. `most`
 * datagrams with the first read, then full batches. Returns how many came. */
size_t mh_endpoint_read(struct mh_endpoint *endpoint, size_t most, int most_reads);
/* Does it answer each datagram before the next one comes, as far as the last two tell? */
bool mh_endpoint_keeps_up(const struct mh_endpoint *endpoint);
/* Once it is bound: by what it was asked, or by its first send. */
void mh_endpoint_learn_port(struct mh_endpoint *endpoint);
