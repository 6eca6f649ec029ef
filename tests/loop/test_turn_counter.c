#include "loop/turn_counter.h"
#include "test.h"

struct fixture {
    uv_loop_t loop;
    struct mh_turn_counter *counter;
    unsigned seen_inside;
};

static int setup(void **state)
{
    static struct fixture fixture;

    uv_loop_init(&fixture.loop);
    *state = &fixture;
    return mh_turn_counter_new(&fixture.loop, &fixture.counter);
}

/* A handle that was left open fails the test. */
static int teardown(void **state)
{
    struct fixture *f = *state;

    mh_turn_counter_close(f->counter);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    return uv_loop_close(&f->loop);
}

static void on_told(uv_async_t *async)
{
    struct fixture *f = async->data;

    f->seen_inside = mh_turn_counter_read(f->counter);
}

/* What it waits for is an event that is there already. */
static void turn(struct fixture *f)
{
    uv_async_t told;

    uv_async_init(&f->loop, &told, on_told);
    told.data = f;
    uv_async_send(&told);
    uv_run(&f->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&told, NULL);
    uv_run(&f->loop, UV_RUN_NOWAIT);
}

static void a_loop_that_was_never_run_is_away(void **state)
{
    const struct fixture *f = *state;

    assert_true(mh_turn_counter_is_away(mh_turn_counter_read(f->counter)));
}

static void it_is_there_while_it_waits_and_away_afterwards(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 3; i++) {
        unsigned before = mh_turn_counter_read(f->counter);
        turn(f);
        unsigned after = mh_turn_counter_read(f->counter);
        assert_false(mh_turn_counter_is_away(f->seen_inside));
        assert_true(mh_turn_counter_is_away(after));
        assert_true(f->seen_inside > before && f->seen_inside < after);
    }
}

static void it_counts_turns_that_do_not_wait(void **state)
{
    struct fixture *f = *state;
    unsigned before = mh_turn_counter_read(f->counter);

    turn(f);
    unsigned after = mh_turn_counter_read(f->counter);
    assert_int_equal(after - before, 4);
}

static void it_keeps_no_loop_alive(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(uv_loop_alive(&f->loop), 0);
    assert_int_equal(uv_run(&f->loop, UV_RUN_DEFAULT), 0);
}

static void none_can_be_closed(void **state)
{
    (void)state;
    assert_null(mh_turn_counter_close(NULL));
}

#define TURNS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TURNS(a_loop_that_was_never_run_is_away),
        TURNS(it_is_there_while_it_waits_and_away_afterwards),
        TURNS(it_counts_turns_that_do_not_wait),
        TURNS(it_keeps_no_loop_alive),
        cmocka_unit_test(none_can_be_closed),
    };

    return cmocka_run_group_tests_name("loop/turn_counter", tests, NULL, NULL);
}
