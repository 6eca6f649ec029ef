/* The probes of a stream among the packets of a capture, told by what they say of themselves
 * (traffic/probe.h) and not by when they came. */
#pragma once

#include "traffic/capture.h"
#include "traffic/stream.h"

struct mh_sighting {
    size_t packet;   /* of the capture, from 0 */
    uint64_t number; /* of the probe, from 0 */
    unsigned interface_index;
    bool outgoing;
};

/* The first one among the packets from `from` up to, and without, `end`; false: there is none.
 * Of a probe that came in fragments it is the first fragment; a corrupted one is none. */
bool mh_sighting_find(const struct mh_stream *stream, const struct mh_capture *capture,
    size_t from, size_t end, struct mh_sighting *ret_sighting);
