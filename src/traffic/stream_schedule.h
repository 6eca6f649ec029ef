/* When the datagrams of a stream are due: its slots, which a rate or a shape puts on the clock
 * (CLOCK_MONOTONIC). Without a rate all are due at once. Private to the stream's files. */
#pragma once

#include "traffic/stream_private.h"

/* The first slot is due now. Sets what the status tells of the beginning, too. */
void mh_stream_begin_schedule(struct mh_stream *stream);
bool mh_stream_has_schedule(const struct mh_stream *stream);
/* Of the next slot. */
uint64_t mh_stream_next_due_ns(const struct mh_stream *stream);
/* How many slots are due by then, those of before included; of a shape no more than the next
 * train takes. */
uint64_t mh_stream_slots_due(const struct mh_stream *stream, uint64_t now_ns);
/* They are used, or lost. */
void mh_stream_pass_slots(struct mh_stream *stream, uint64_t count);
/* No slot is left, or its duration is over, with a second beyond it for those that are late. */
bool mh_stream_schedule_is_over(const struct mh_stream *stream, uint64_t now_ns);
