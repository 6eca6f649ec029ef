/* The datagrams of a measured stream: numbered, stamped and checked.
 *
 * A probe says whose it is (run, flow), which one (its number), when it was handed to the
 * kernel, how long it was made, and carries a check sum over all of that and the filling behind
 * it. So receivers account for each without having been told of any, and a corrupted or cut one
 * is told apart. All fields are in network byte order:
 *
 *     0  magic        4  run         8  flow       12  length
 *    16  number                     24  time, CLOCK_REALTIME in ns
 *    32  check sum                  40  filling, the same in every probe of a flow
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MH_PROBE_SIZE_MIN = 40 };

/* Whose probes: `run` tells the probes of one harness from those of another that runs beside
 * it; `flow` the streams of one run. */
struct mh_probe_flow {
    uint32_t run;
    uint32_t flow;
};

struct mh_probe {
    struct mh_probe_flow of;
    uint32_t length; /* of the whole datagram */
    uint64_t number; /* from 0 */
    uint64_t time_ns;
};

/* Writes the filling of `length` bytes behind the header, and the sum over it, which
 * mh_probe_format() wants back. `length` is at least MH_PROBE_SIZE_MIN. */
uint64_t mh_probe_fill(const struct mh_probe_flow *of, uint8_t *bytes, size_t length);
/* Writes the headers of `count` probes, numbered from the first one on, each in front of its
 * filling and one probe behind the other; costs the same whatever the length. */
void mh_probe_format(
    const struct mh_probe *first, size_t count, uint64_t filling_sum, uint8_t *bytes);
/* What the header says, whatever it is the header of; MH_PROBE_SIZE_MIN bytes are there. */
struct mh_probe mh_probe_read(const uint8_t *bytes);

/* Whose it is, as far as its header says: for who sees many and checks none. *ret_of is filled
 * when it is a probe, whole or the beginning of one. */
bool mh_probe_whose(const uint8_t *bytes, size_t length, struct mh_probe_flow *ret_of);

enum mh_probe_verdict {
    MH_PROBE_NONE,      /* something else */
    MH_PROBE_CORRUPTED, /* a probe once: it is cut, or its check sum is wrong */
    MH_PROBE_INTACT,
};

/* *ret_probe is filled unless it is none; of a corrupted one every field may be wrong. */
enum mh_probe_verdict mh_probe_parse(
    const uint8_t *bytes, size_t length, struct mh_probe *ret_probe);
