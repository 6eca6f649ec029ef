#include "base/clock.h"
#include "loop/alarm.h"
#include "test.h"

struct fixture {
    uv_loop_t loop;
    struct mh_alarm *alarm;
    int calls;
    uint64_t called_ns;
};

static void on_time(void *context)
{
    struct fixture *f = context;

    f->calls++;
    f->called_ns = mh_clock_monotonic_ns();
    mh_alarm_stop(f->alarm);
}

static int setup(void **state)
{
    static struct fixture fixture;

    fixture = (struct fixture){.calls = 0};
    uv_loop_init(&fixture.loop);
    *state = &fixture;
    return mh_alarm_new(&fixture.loop, on_time, &fixture, &fixture.alarm);
}

/* A handle that was left open fails the test. */
static int teardown(void **state)
{
    struct fixture *f = *state;

    mh_alarm_close(f->alarm);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    return uv_loop_close(&f->loop);
}

static void it_calls_back_in_time_and_not_before(void **state)
{
    struct fixture *f = *state;
    uint64_t at_ns = mh_clock_monotonic_ns() + 3000000;

    assert_int_equal(mh_alarm_set(f->alarm, at_ns), 0);
    uv_run(&f->loop, UV_RUN_ONCE);
    assert_int_equal(f->calls, 1);
    assert_true(f->called_ns >= at_ns);
}

static void a_time_that_has_passed_is_now(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mh_alarm_set(f->alarm, 0), 0);
    uv_run(&f->loop, UV_RUN_ONCE);
    assert_int_equal(mh_alarm_set(f->alarm, mh_clock_monotonic_ns() - 1000), 0);
    uv_run(&f->loop, UV_RUN_ONCE);
    assert_int_equal(mh_alarm_set(f->alarm, 0), 0);
    uv_run(&f->loop, UV_RUN_ONCE);
    assert_int_equal(f->calls, 3);
}

static void once_stopped_it_is_silent(void **state)
{
    struct fixture *f = *state;

    uv_run(&f->loop, UV_RUN_NOWAIT);
    assert_int_equal(mh_alarm_set(f->alarm, 0), 0);
    mh_alarm_stop(f->alarm);
    uv_run(&f->loop, UV_RUN_NOWAIT);
    assert_int_equal(f->calls, 0);
}

static void on_time_close(void *context)
{
    struct fixture *f = context;

    f->calls++;
    f->alarm = mh_alarm_close(f->alarm);
}

static void it_may_be_closed_from_its_own_call(void **state)
{
    struct fixture *f = *state;

    mh_alarm_close(f->alarm);
    assert_int_equal(mh_alarm_new(&f->loop, on_time_close, f, &f->alarm), 0);
    assert_int_equal(mh_alarm_set(f->alarm, 0), 0);
    uv_run(&f->loop, UV_RUN_ONCE);
    assert_int_equal(f->calls, 1);
    assert_null(f->alarm);
}

#define WITH_ALARM(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ALARM(it_calls_back_in_time_and_not_before),
        WITH_ALARM(a_time_that_has_passed_is_now),
        WITH_ALARM(once_stopped_it_is_silent),
        WITH_ALARM(it_may_be_closed_from_its_own_call),
    };
    return cmocka_run_group_tests_name("loop/alarm", tests, NULL, NULL);
}
