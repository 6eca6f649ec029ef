/* Watches one interface and logs the multicast frames that the network delivered there. */
#pragma once

#include "base/addr.h"
#include "base/error.h"
#include "net/frame_socket.h"
#include "traffic/loss_runs.h"
#include "traffic/traffic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_observer;

struct mh_observed {
    uint64_t time_ns; /* CLOCK_REALTIME */
    struct mh_addr source;
    struct mh_addr group;
    uint8_t protocol;
    uint8_t ttl;
    uint16_t source_port;
    uint16_t port;       /* destination; 0 for what is not UDP and for later fragments */
    size_t length;       /* of the UDP payload, fragments together; else of the IP payload */
    uint32_t stream;     /* whose probe of this run it is, counted from 1; 0: of none */
    uint64_t number;     /* of the probe */
    const uint8_t *data; /* the UDP payload; NULL: not UDP, a fragment, or not kept */
};

/* Logs frames to `group` (AF_UNSPEC: to any group), and with `keep_data` the first 64 MiB of
 * their payload. Takes the socket over, also on failure. Later fragments of a datagram are not
 * counted again. */
int mh_observer_open(struct mh_traffic *traffic, struct mh_frame_socket *socket,
    const struct mh_addr *group, bool keep_data, struct mh_observer **ret_observer,
    struct mh_error *err);
struct mh_observer *mh_observer_close(struct mh_observer *observer);
size_t mh_observer_count(const struct mh_observer *observer);
const struct mh_observed *mh_observer_frame(const struct mh_observer *observer, size_t i);

/* What came of a stream: when the last datagram did (0: none), and how many did after a time.
 */
struct mh_observed_tally {
    uint64_t last_ns;
    uint64_t since;
};

/* Of the frames from number `from` on those of that stream. */
struct mh_observed_tally mh_observer_tally(
    const struct mh_observer *observer, size_t from, uint32_t stream, uint64_t since_ns);

/* What of that stream is missing among all that it saw of it; without memory to look: -ENOMEM.
 */
int mh_observer_loss_runs(
    const struct mh_observer *observer, uint32_t stream, struct mh_loss_runs *ret_runs);

/* The loop watches it no more. With a thousand observers of a stream, to be woken for each
 * frame costs more than all else: who looks at them again and again may read many at once. */
void mh_observer_leave_to_reader(struct mh_observer *observer);
/* Takes in what waits; tells nobody. */
void mh_observer_read(struct mh_observer *observer);

uint64_t mh_observer_drops(struct mh_observer *observer);
/* How often its interface was found down, or to be going down. */
uint64_t mh_observer_downs(const struct mh_observer *observer);
