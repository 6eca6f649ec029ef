#include "test.h"
#include "traffic/capture_reader.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { DEADLINE_MS = 60000 };

struct fixture {
    uv_loop_t loop;
    uv_timer_t deadline;
    struct mh_capture_reader *reader;
    int source;    /* an eventfd; what is written to it is read by the reader */
    uint64_t read; /* with the lock held */
    int told;
};

static bool read_source(void *context)
{
    struct fixture *fixture = context;
    uint64_t more = 0;

    if (read(fixture->source, &more, sizeof(more)) != sizeof(more))
        return false;
    fixture->read += more;
    return true;
}

static void on_told(void *context)
{
    ((struct fixture *)context)->told++;
}

static void on_deadline(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nothing happened within %d ms", DEADLINE_MS);
}

static int set_up(void **state)
{
    static struct fixture fixture;
    const struct mh_capture_reader_calls calls = {read_source, on_told, &fixture};

    memset(&fixture, 0, sizeof(fixture));
    uv_loop_init(&fixture.loop);
    uv_timer_init(&fixture.loop, &fixture.deadline);
    fixture.source = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    *state = &fixture;
    return mh_capture_reader_start(&fixture.loop, &calls, &fixture.reader);
}

/* A handle that was left open fails the test. */
static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    mh_capture_reader_stop(fixture->reader);
    uv_close((uv_handle_t *)&fixture->deadline, NULL);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    close(fixture->source);
    return uv_loop_close(&fixture->loop);
}

static void write_source(struct fixture *fixture, uint64_t value)
{
    assert_int_equal(write(fixture->source, &value, sizeof(value)), sizeof(value));
}

static uint64_t read_so_far(struct fixture *fixture)
{
    mh_capture_reader_lock(fixture->reader);
    uint64_t so_far = fixture->read;
    mh_capture_reader_unlock(fixture->reader);
    return so_far;
}

static void await_read(struct fixture *fixture, uint64_t wanted)
{
    uv_timer_start(&fixture->deadline, on_deadline, DEADLINE_MS, 0);
    while (read_so_far(fixture) < wanted || fixture->told == 0)
        uv_run(&fixture->loop, UV_RUN_ONCE);
    uv_timer_stop(&fixture->deadline);
}

static void reads_by_itself_and_tells_the_loop(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(mh_capture_reader_watch(fixture->reader, fixture->source), 0);
    write_source(fixture, 1);
    await_read(fixture, 1);
    fixture->told = 0;
    write_source(fixture, 2);
    await_read(fixture, 3);
}

static void reads_nothing_while_somebody_has_the_lock(void **state)
{
    struct fixture *fixture = *state;

    mh_capture_reader_lock(fixture->reader);
    assert_int_equal(mh_capture_reader_watch(fixture->reader, fixture->source), 0);
    write_source(fixture, 1);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(fixture->read, 0);
    mh_capture_reader_unlock(fixture->reader);
    await_read(fixture, 1);
}

static void is_not_woken_by_what_it_no_longer_watches(void **state)
{
    struct fixture *fixture = *state;
    int other = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);

    assert_int_equal(mh_capture_reader_watch(fixture->reader, fixture->source), 0);
    assert_int_equal(mh_capture_reader_watch(fixture->reader, other), 0);
    mh_capture_reader_unwatch(fixture->reader, other);
    close(other);
    write_source(fixture, 1);
    await_read(fixture, 1);
}

static void refuses_what_cannot_be_watched(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(mh_capture_reader_watch(fixture->reader, -1), -EBADF);
}

/* Also while it waits for a first packet. */
static void stops_at_once(void **state)
{
    (void)state;
    assert_null(mh_capture_reader_stop(NULL));
}

#define READER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        READER_TEST(reads_by_itself_and_tells_the_loop),
        READER_TEST(reads_nothing_while_somebody_has_the_lock),
        READER_TEST(is_not_woken_by_what_it_no_longer_watches),
        READER_TEST(refuses_what_cannot_be_watched),
        READER_TEST(stops_at_once),
    };

    return cmocka_run_group_tests_name("traffic/capture_reader", tests, NULL, NULL);
}
