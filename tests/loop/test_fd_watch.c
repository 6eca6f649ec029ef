#include "loop/fd_watch.h"
#include "test.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct fixture {
    uv_loop_t loop;
    int fd; /* bound to the loopback address and connected to itself */
    struct mh_fd_watch *watch;
    int calls, last_status;
};

static int loopback_socket(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static int open_watch(void **state)
{
    static struct fixture fixture;

    memset(&fixture, 0, sizeof(fixture));
    uv_loop_init(&fixture.loop);
    fixture.fd = loopback_socket();
    *state = &fixture;
    return mh_fd_watch_new(&fixture.loop, fixture.fd, &fixture.watch);
}

/* Closes the descriptor right after the watch, as owners do. */
static int close_watch(void **state)
{
    struct fixture *fixture = *state;

    fixture->watch = mh_fd_watch_close(fixture->watch);
    close(fixture->fd);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    return uv_loop_close(&fixture->loop);
}

static void count(void *context, int status)
{
    struct fixture *fixture = context;
    fixture->calls++;
    fixture->last_status = status;
}

static void poke(const struct fixture *fixture)
{
    assert_int_equal(send(fixture->fd, "x", 1, 0), 1);
}

static void drain(const struct fixture *fixture)
{
    char byte;
    while (recv(fixture->fd, &byte, 1, 0) >= 0)
        ;
}

static void tells_until_it_is_read(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(mh_fd_watch_start(fixture->watch, count, fixture), 0);
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_int_equal(fixture->calls, 0);

    poke(fixture);
    uv_run(&fixture->loop, UV_RUN_ONCE);
    uv_run(&fixture->loop, UV_RUN_ONCE);
    assert_int_equal(fixture->calls, 2);
    assert_int_equal(fixture->last_status, 0);

    drain(fixture);
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_int_equal(fixture->calls, 2);
}

static void stopped_it_is_silent_and_started_again_it_tells(void **state)
{
    struct fixture *fixture = *state;

    poke(fixture);
    assert_int_equal(mh_fd_watch_start(fixture->watch, count, fixture), 0);
    mh_fd_watch_stop(fixture->watch);
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_int_equal(fixture->calls, 0);

    assert_int_equal(mh_fd_watch_start(fixture->watch, count, fixture), 0);
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_int_equal(fixture->calls, 1);
}

static void close_in_callback(void *context, int status)
{
    struct fixture *fixture = context;

    count(context, status);
    fixture->watch = mh_fd_watch_close(fixture->watch);
}

static void closed_in_its_own_callback_it_is_never_called_again(void **state)
{
    struct fixture *fixture = *state;

    poke(fixture);
    assert_int_equal(mh_fd_watch_start(fixture->watch, close_in_callback, fixture), 0);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(fixture->calls, 1);
}

/* Reads one entry of the error queue; 0, or -1 when there is none. */
static int read_error_queue(int fd)
{
    char control[512], payload[256];
    struct iovec part = {payload, sizeof(payload)};
    struct msghdr message = {.msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof(control)};
    return recvmsg(fd, &message, MSG_ERRQUEUE) < 0 ? -1 : 0;
}

static void entry_in_the_error_queue_is_told(void **state)
{
    struct fixture *fixture = *state;
    int on = 1, stamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;

    setsockopt(fixture->fd, SOL_SOCKET, SO_SELECT_ERR_QUEUE, &on, sizeof(on));
    assert_int_equal(
        setsockopt(fixture->fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof(stamps)), 0);
    assert_int_equal(mh_fd_watch_start(fixture->watch, count, fixture), 0);
    poke(fixture);
    drain(fixture);

    /* Twice: libuv must not have stopped the watch at the first. */
    for (int i = 1; i <= 2; i++) {
        uv_run(&fixture->loop, UV_RUN_NOWAIT);
        assert_int_equal(fixture->calls, i);
        assert_int_equal(fixture->last_status, 0);
    }
    assert_int_equal(read_error_queue(fixture->fd), 0);
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_int_equal(fixture->calls, 2);
}

static void bad_descriptor_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct mh_fd_watch *watch = NULL;

    assert_int_equal(mh_fd_watch_new(&fixture->loop, -1, &watch), -EBADF);
    assert_null(watch);
    assert_null(mh_fd_watch_close(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_until_it_is_read, open_watch, close_watch),
        cmocka_unit_test_setup_teardown(
            stopped_it_is_silent_and_started_again_it_tells, open_watch, close_watch),
        cmocka_unit_test_setup_teardown(
            closed_in_its_own_callback_it_is_never_called_again, open_watch, close_watch),
        cmocka_unit_test_setup_teardown(
            entry_in_the_error_queue_is_told, open_watch, close_watch),
        cmocka_unit_test_setup_teardown(bad_descriptor_is_refused, open_watch, close_watch),
    };
    return cmocka_run_group_tests_name("loop/fd_watch", tests, NULL, NULL);
}
