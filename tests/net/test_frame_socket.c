#include "base/clock.h"
#include "net/frame_batch.h"
#include "net_fixture.h"
#include "wire/frame.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct net_fixture fixture;

static struct mh_frame_batch *batch;

static struct mh_frame_socket *observe(int host)
{
    struct mh_frame_socket *observer;
    struct mh_error err;

    if (mh_frame_socket_open(fixture.netns[host], fixture.index[host], &observer, &err) < 0)
        fail_msg("%s", err.message);
    return observer;
}

/* The next frame to that UDP port; others (membership reports) are passed over. */
static struct mh_frame next_to_port(
    const struct mh_frame_socket *observer, uint16_t port, uint64_t *ret_time_ns)
{
    struct mh_frame frame;

    for (;;) {
        net_fixture_await(mh_frame_socket_fd(observer), POLLIN);
        int count = mh_frame_batch_receive(batch, observer);
        assert_true(count > 0);
        for (int i = 0; i < count; i++) {
            const struct mh_captured_frame *taken = mh_frame_batch_at(batch, i);
            if (mh_frame_parse(taken->bytes, taken->captured, &frame) < 0 ||
                frame.destination_port != port)
                continue;
            assert_int_equal(taken->length, taken->captured);
            *ret_time_ns = taken->time_ns;
            return frame;
        }
    }
}

static void sees_what_arrives_for_groups_and_nothing_else(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_addr group = net_fixture_group(family);
    struct mh_addr unicast = net_fixture_address(1, family);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, family);
    struct mh_frame_socket *observer = observe(1);
    uint64_t before = mh_clock_realtime_ns();
    uint64_t time_ns = 0;

    net_fixture_send(sender, &unicast, 5000, "unicast");
    net_fixture_send(sender, &group, 5000, "for the group");
    struct mh_frame frame = next_to_port(observer, 5000, &time_ns);
    assert_int_equal(frame.payload_length, strlen("for the group"));
    assert_memory_equal(frame.payload, "for the group", frame.payload_length);
    assert_true(mh_addr_equal(&frame.destination, &group));
    assert_int_equal(frame.source_port, net_fixture_port(sender));
    assert_in_range(time_ns, before, mh_clock_realtime_ns());
    mh_frame_socket_free(observer);
    mh_mcast_socket_free(sender);
}

static void leaves_out_own_frames(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_addr group = net_fixture_group(family);
    struct mh_mcast_socket *local = net_fixture_bound(&fixture, 1, family);
    struct mh_mcast_socket *remote = net_fixture_bound(&fixture, 0, family);
    struct mh_frame_socket *observer = observe(1);
    uint64_t time_ns;

    net_fixture_send(local, &group, 5001, "own");
    net_fixture_send(remote, &group, 5001, "arrived");
    struct mh_frame frame = next_to_port(observer, 5001, &time_ns);
    assert_int_equal(frame.payload_length, strlen("arrived"));
    mh_frame_socket_free(observer);
    mh_mcast_socket_free(remote);
    mh_mcast_socket_free(local);
}

static void says_when_nothing_waits(void **state)
{
    struct mh_frame_socket *observer = observe(1);
    int r;
    (void)state;

    while ((r = mh_frame_batch_receive(batch, observer)) > 0)
        continue;
    assert_int_equal(r, 0);
    assert_int_equal(mh_frame_socket_drops(observer), 0);
    mh_frame_socket_free(observer);
}

static void counts_the_frames_lost_in_a_full_buffer(void **state)
{
    enum { FRAMES = 600 };
    struct mh_addr group = net_fixture_group(AF_INET);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, AF_INET);
    struct mh_frame_socket *observer = observe(1);
    int small = 4096;
    (void)state;

    assert_int_equal(
        setsockopt(mh_frame_socket_fd(observer), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)),
        0);
    for (int i = 0; i < FRAMES; i++)
        net_fixture_send(sender, &group, 5002, "much");
    uint64_t drops = mh_frame_socket_drops(observer);
    assert_in_range(drops, 1, FRAMES);
    assert_true(mh_frame_socket_drops(observer) >= drops);
    mh_frame_socket_free(observer);
    mh_mcast_socket_free(sender);
}

/* What comes behind the frames that are there: those of before the news may come after it. */
static int after_the_frames(const struct mh_frame_socket *observer)
{
    int r;

    do
        r = mh_frame_batch_receive(batch, observer);
    while (r > 0);
    return r;
}

static void tells_once_that_the_link_went_down(void **state)
{
    struct mh_addr group = net_fixture_group(AF_INET);
    struct mh_frame_socket *observer = observe(1);
    uint64_t time_ns;
    (void)state;

    net_fixture_set_link(&fixture, 1, false);
    assert_int_equal(after_the_frames(observer), -ENETDOWN);
    assert_int_equal(after_the_frames(observer), 0);

    net_fixture_set_link(&fixture, 1, true);
    struct mh_mcast_socket *sender = net_fixture_bound(&fixture, 0, AF_INET);
    net_fixture_send(sender, &group, 5003, "again");
    next_to_port(observer, 5003, &time_ns);
    mh_mcast_socket_free(sender);
    mh_frame_socket_free(observer);
}

static void refuses_an_interface_that_does_not_exist(void **state)
{
    struct mh_frame_socket *observer = NULL;
    struct mh_error err;
    (void)state;

    assert_int_equal(mh_frame_socket_open(fixture.netns[1], 99, &observer, &err), -ENODEV);
    assert_string_equal(err.message, "observe interface 99: No such device (ENODEV)");
    assert_string_equal(err.hint, "this host has no interface with that index");
    assert_int_equal(mh_frame_socket_open(fixture.netns[1], 0, &observer, &err), -EINVAL);
    assert_null(observer);
    assert_null(mh_frame_socket_free(NULL));
}

/* In a child, since what it gives up it does not get back. */
static void blames_the_namespace_when_that_is_closed_to_it(void **state)
{
    (void)state;
    pid_t child = fork();
    int status;

    if (child == 0) {
        struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
        struct __user_cap_data_struct none[2] = {{0}};
        struct mh_frame_socket *observer;
        struct mh_error err;

        syscall(SYS_capset, &header, none);
        int r = mh_frame_socket_open(fixture.netns[1], fixture.index[1], &observer, &err);
        _exit(r == -EPERM && strstr(err.hint, "run as root") ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(sees_what_arrives_for_groups_and_nothing_else),
        NET_FIXTURE_BOTH(leaves_out_own_frames),
        cmocka_unit_test(says_when_nothing_waits),
        cmocka_unit_test(counts_the_frames_lost_in_a_full_buffer),
        cmocka_unit_test(tells_once_that_the_link_went_down),
        cmocka_unit_test(refuses_an_interface_that_does_not_exist),
        cmocka_unit_test(blames_the_namespace_when_that_is_closed_to_it),
    };
    batch = mh_frame_batch_new();
    int failed = cmocka_run_group_tests_name("net/frame_socket", tests, NULL, NULL);
    mh_frame_batch_free(batch);
    net_fixture_done(&fixture);
    return failed;
}
