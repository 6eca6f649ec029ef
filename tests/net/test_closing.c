#include "net/closing.h"
#include "net/frame_socket.h"
#include "net_fixture.h"

#include <fcntl.h>
#include <unistd.h>

static struct net_fixture fixture;

static int open_packet_socket(void)
{
    struct mh_frame_socket *socket;
    struct mh_error err;

    if (mh_frame_socket_open(fixture.netns[0], fixture.index[0], &socket, &err) < 0)
        fail_msg("%s", err.message);
    return mh_frame_socket_release(socket);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void all_are_closed_at_the_end(void **state)
{
    enum { SOCKETS = 20 };
    struct mh_closing closing = {0};
    int fds[SOCKETS];
    (void)state;

    for (int i = 0; i < SOCKETS; i++)
        fds[i] = open_packet_socket();
    for (int i = 0; i < SOCKETS; i++)
        mh_closing_add(&closing, fds[i]);
    mh_closing_finish(&closing);
    for (int i = 0; i < SOCKETS; i++)
        assert_false(is_open(fds[i]));
    assert_null(closing.closers);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_closed_at_the_end),
    };
    int failed = cmocka_run_group_tests_name("net/closing", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
