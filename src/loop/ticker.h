/* Calls back every few milliseconds. Its memory belongs to the event loop from
 * mh_ticker_close() until libuv's close callback, which frees it. */
#pragma once

#include <uv.h>

#include <stdint.h>

struct mh_ticker;

/* Called from the loop. */
typedef void mh_tick_fn(void *context);

int mh_ticker_new(uv_loop_t *loop, struct mh_ticker **ret_ticker);
/* From now on, until it is stopped. Starting one that ticks begins anew. */
void mh_ticker_start(
    struct mh_ticker *ticker, uint64_t period_ms, mh_tick_fn *on_tick, void *context);
void mh_ticker_stop(struct mh_ticker *ticker);
/* Never calls back again. Takes NULL; returns NULL. */
struct mh_ticker *mh_ticker_close(struct mh_ticker *ticker);
