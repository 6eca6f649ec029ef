#include "loop/ticker.h"

#include <errno.h>
#include <stdlib.h>

struct mh_ticker {
    uv_timer_t timer; /* first: the close callback frees the whole ticker */
    mh_tick_fn *on_tick;
    void *context;
};

int mh_ticker_new(uv_loop_t *loop, struct mh_ticker **ret_ticker)
{
    struct mh_ticker *ticker = calloc(1, sizeof(*ticker));
    if (!ticker)
        return -ENOMEM;

    uv_timer_init(loop, &ticker->timer);
    *ret_ticker = ticker;
    return 0;
}

static void on_timer(uv_timer_t *timer)
{
    struct mh_ticker *ticker = (struct mh_ticker *)timer;

    ticker->on_tick(ticker->context);
}

void mh_ticker_start(
    struct mh_ticker *ticker, uint64_t period_ms, mh_tick_fn *on_tick, void *context)
{
    ticker->on_tick = on_tick;
    ticker->context = context;
    uv_timer_start(&ticker->timer, on_timer, period_ms, period_ms);
}

void mh_ticker_stop(struct mh_ticker *ticker)
{
    uv_timer_stop(&ticker->timer);
}

static void free_ticker(uv_handle_t *handle)
{
    free(handle);
}

struct mh_ticker *mh_ticker_close(struct mh_ticker *ticker)
{
    if (ticker)
        uv_close((uv_handle_t *)&ticker->timer, free_ticker);
    return NULL;
}
