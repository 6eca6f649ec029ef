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
 *
 * That is too long for the smallest Ethernet frame, of 64 bytes with its check sequence (RFC
 * 2544 section 9): over IPv4 it has room for 18. So what is shorter than 40 bytes has a short
 * header:
 *
 *     0  run + flow, modulo 2^32     4  number, 40 bits
 *     9  time, modulo 2^40           14  upper half of the check sum    18  filling
 *
 * Its sum is over the same fields as a long one's, and so over the whole run and the length,
 * which it does not say. Who reads it knows the run, and which of its flows are short: what
 * names another flow, or another run's, is something else. The time is the one nearest to when
 * the probe came, so that it is right if it was under way for less than 2^39 ns, nine minutes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MH_PROBE_SIZE_MIN = 18, MH_PROBE_LONG_SIZE_MIN = 40 };

/* Whose probes: `run` tells the probes of one harness from those of another that runs beside
 * it; `flow` the streams of one run. */
struct mh_probe_flow {
    uint32_t run;
    uint32_t flow;
};

struct mh_probe {
    struct mh_probe_flow of;
    uint32_t length; /* of the whole datagram */
    uint64_t number; /* from 0; a short one with more than 40 bits is corrupted */
    uint64_t time_ns;
};

/* Has a datagram of that length a short header, if it is a probe? */
static inline bool mh_probe_is_short(size_t length)
{
    return length < MH_PROBE_LONG_SIZE_MIN;
}

/* Writes the filling of `length` bytes behind the header, and the sum over it, which
 * mh_probe_format() wants back. `length` is at least MH_PROBE_SIZE_MIN. */
uint64_t mh_probe_fill(const struct mh_probe_flow *of, uint8_t *bytes, size_t length);
/* Writes the headers of `count` probes, numbered from the first one on, each in front of its
 * filling and one probe behind the other; costs the same whatever the length. */
void mh_probe_format(
    const struct mh_probe *first, size_t count, uint64_t filling_sum, uint8_t *bytes);
/* What the header says, whatever it is the header of. There are MH_PROBE_SIZE_MIN bytes at
 * least; `length` is that of the datagram, which came to that run at that time. */
struct mh_probe mh_probe_read(
    const uint8_t *bytes, size_t length, uint32_t run, uint64_t arrival_ns);

/* Is it a probe of that run, whole or the beginning of one, as far as its header says? For who
 * sees many and does not check them; a short one is checked, since its header says so little.
 * *ret_probe is filled if it is. */
bool mh_probe_recognise(const uint8_t *bytes, size_t length, uint32_t run, uint64_t arrival_ns,
    struct mh_probe *ret_probe);

enum mh_probe_verdict {
    MH_PROBE_NONE,      /* something else, or of another run */
    MH_PROBE_CORRUPTED, /* a probe once: it is cut, or its check sum is wrong; if it is short,
                           only where its flow is a short one of that run, and else none */
    MH_PROBE_INTACT,
};

/* *ret_probe is filled unless it is none; of a corrupted one every field may be wrong. */
enum mh_probe_verdict mh_probe_parse(const uint8_t *bytes, size_t length, uint32_t run,
    uint64_t arrival_ns, struct mh_probe *ret_probe);
