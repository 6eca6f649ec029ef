#include "loop/ticker.h"
#include "test.h"

struct fixture {
    uv_loop_t loop;
    struct mh_ticker *ticker;
    int ticks;
};

static void on_tick(void *context)
{
    struct fixture *fixture = context;

    if (++fixture->ticks == 3)
        mh_ticker_stop(fixture->ticker);
}

static void ticks_until_it_is_stopped_and_again_when_it_is_started(void **state)
{
    struct fixture fixture = {.ticks = 0};
    (void)state;

    uv_loop_init(&fixture.loop);
    assert_int_equal(mh_ticker_new(&fixture.loop, &fixture.ticker), 0);
    mh_ticker_start(fixture.ticker, 1, on_tick, &fixture);
    uv_run(&fixture.loop, UV_RUN_DEFAULT); /* ends, because nothing is active any more */
    assert_int_equal(fixture.ticks, 3);
    fixture.ticks = 2;
    mh_ticker_start(fixture.ticker, 1, on_tick, &fixture);
    uv_run(&fixture.loop, UV_RUN_DEFAULT);
    assert_int_equal(fixture.ticks, 3);

    mh_ticker_start(fixture.ticker, 1, on_tick, &fixture);
    assert_null(mh_ticker_close(fixture.ticker));
    assert_null(mh_ticker_close(NULL));
    uv_run(&fixture.loop, UV_RUN_DEFAULT);
    assert_int_equal(fixture.ticks, 3);
    assert_int_equal(uv_loop_close(&fixture.loop), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_until_it_is_stopped_and_again_when_it_is_started),
    };

    return cmocka_run_group_tests_name("loop/ticker", tests, NULL, NULL);
}
