/* A receiver of host 1 that is bound to the group. What it tells of each datagram it does not
 * always ask from the kernel; a witness beside it, bound to any address, does. */
#include "net_fixture.h"

#include <poll.h>

static struct net_fixture fixture;

enum { LOOPBACK = 1 /* the index of lo, in each network namespace */, PORT = 5001 };

struct scene {
    struct mh_addr group;
    struct mh_mcast_socket *receiver, *witness;
    struct mh_mcast_socket *sender; /* of host 0 */
    struct mh_mcast_socket *own;    /* a sender of host 1 */
    struct mh_datagram_batch *batch;
};

static struct mh_mcast_socket *bound(const struct mh_addr *address)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture, 1, AF_INET);

    assert_int_equal(mh_mcast_socket_set(socket, MH_REUSE_ADDR, 1, NULL), 0);
    assert_int_equal(mh_mcast_socket_bind(socket, address, PORT, NULL), 0);
    return socket;
}

static struct scene scene_new(void)
{
    struct mh_addr any = {.family = AF_UNSPEC};
    struct scene scene = {.group = net_fixture_group(AF_INET),
        .witness = bound(&any),
        .sender = net_fixture_socket(&fixture, 0, AF_INET),
        .own = net_fixture_socket(&fixture, 1, AF_INET),
        .batch = mh_datagram_batch_new(8, 100)};

    scene.receiver = bound(&scene.group);
    return scene;
}

static void scene_done(struct scene *scene)
{
    mh_datagram_batch_free(scene->batch);
    mh_mcast_socket_free(scene->receiver);
    mh_mcast_socket_free(scene->witness);
    mh_mcast_socket_free(scene->sender);
    mh_mcast_socket_free(scene->own);
}

static struct mh_membership membership(const struct scene *scene, unsigned interface_index)
{
    return (struct mh_membership){.group = scene->group, .interface_index = interface_index};
}

static void join(
    const struct scene *scene, struct mh_mcast_socket *socket, unsigned interface_index)
{
    struct mh_membership m = membership(scene, interface_index);
    struct mh_error err;

    if (mh_mcast_socket_join(socket, &m, &err) < 0)
        fail_msg("%s", err.message);
}

static void leave(const struct scene *scene, unsigned interface_index)
{
    struct mh_membership m = membership(scene, interface_index);

    assert_int_equal(mh_mcast_socket_leave(scene->receiver, &m, NULL), 0);
}

static void send_from_host_0(const struct scene *scene)
{
    net_fixture_send(scene->sender, &scene->group, PORT, "0");
}

static void send_over(const struct scene *scene, unsigned interface_index)
{
    assert_int_equal(
        mh_mcast_socket_set_multicast_if(scene->own, interface_index, NULL, NULL), 0);
    net_fixture_send(scene->own, &scene->group, PORT, "1");
}

static bool is_asked(const struct mh_mcast_socket *socket)
{
    int value = -1;
    socklen_t length = sizeof(value);

    assert_int_equal(
        getsockopt(mh_mcast_socket_fd(socket), IPPROTO_IP, IP_PKTINFO, &value, &length), 0);
    return value != 0;
}

/* The next datagram at the receiver came in there. */
static void assert_came_in_at(const struct scene *scene, unsigned interface_index)
{
    const struct mh_datagram *datagram = net_fixture_receive(scene->receiver, scene->batch);

    assert_int_equal(datagram->interface_index, interface_index);
    assert_true(mh_addr_equal(&datagram->to, &scene->group));
    assert_false(datagram->broadcast);
}

static void assert_tells_what_the_witness_tells(const struct scene *scene)
{
    const struct mh_datagram *datagram = net_fixture_receive(scene->witness, scene->batch);
    struct mh_datagram told = *datagram;

    assert_came_in_at(scene, told.interface_index);
    assert_true(mh_addr_equal(&told.to, &scene->group));
}

static void tells_without_asking_what_the_kernel_would_tell(void **state)
{
    (void)state;
    struct scene scene = scene_new();

    join(&scene, scene.receiver, fixture.index[1]);
    join(&scene, scene.witness, fixture.index[1]);
    assert_false(is_asked(scene.receiver));
    assert_true(is_asked(scene.witness));
    send_from_host_0(&scene);
    assert_tells_what_the_witness_tells(&scene);
    send_over(&scene, fixture.index[1]);
    assert_tells_what_the_witness_tells(&scene);
    scene_done(&scene);
}

static void asks_when_it_joins_at_a_second_interface(void **state)
{
    (void)state;
    struct scene scene = scene_new();

    join(&scene, scene.receiver, fixture.index[1]);
    send_from_host_0(&scene);
    net_fixture_await(mh_mcast_socket_fd(scene.receiver), POLLIN);
    join(&scene, scene.receiver, LOOPBACK);
    assert_true(is_asked(scene.receiver));
    send_over(&scene, LOOPBACK);
    assert_came_in_at(&scene, fixture.index[1]);
    assert_came_in_at(&scene, LOOPBACK);
    scene_done(&scene);
}

static void knows_what_came_before_it_moved_to_another_interface(void **state)
{
    (void)state;
    struct scene scene = scene_new();

    join(&scene, scene.receiver, fixture.index[1]);
    send_from_host_0(&scene);
    net_fixture_await(mh_mcast_socket_fd(scene.receiver), POLLIN);
    leave(&scene, fixture.index[1]);
    join(&scene, scene.receiver, LOOPBACK);
    send_over(&scene, LOOPBACK);
    assert_came_in_at(&scene, fixture.index[1]);
    assert_came_in_at(&scene, LOOPBACK);
    leave(&scene, LOOPBACK);
    join(&scene, scene.receiver, fixture.index[1]);
    send_from_host_0(&scene);
    assert_came_in_at(&scene, fixture.index[1]);
    scene_done(&scene);
}

static void asks_when_it_hears_what_others_joined(void **state)
{
    (void)state;
    struct scene scene = scene_new();

    join(&scene, scene.receiver, fixture.index[1]);
    join(&scene, scene.witness, LOOPBACK);
    assert_int_equal(mh_mcast_socket_set(scene.receiver, MH_MULTICAST_ALL, 1, NULL), 0);
    send_over(&scene, LOOPBACK);
    assert_came_in_at(&scene, LOOPBACK);
    scene_done(&scene);
}

/* It still waits there when the socket hears its own memberships alone. */
static void knows_what_it_heard_of_others_before_it_joined(void **state)
{
    (void)state;
    struct scene scene = scene_new();

    join(&scene, scene.witness, LOOPBACK);
    assert_int_equal(mh_mcast_socket_set(scene.receiver, MH_MULTICAST_ALL, 1, NULL), 0);
    send_over(&scene, LOOPBACK);
    net_fixture_await(mh_mcast_socket_fd(scene.receiver), POLLIN);
    assert_int_equal(mh_mcast_socket_set(scene.receiver, MH_MULTICAST_ALL, 0, NULL), 0);
    join(&scene, scene.receiver, fixture.index[1]);
    send_from_host_0(&scene);
    assert_came_in_at(&scene, LOOPBACK);
    assert_came_in_at(&scene, fixture.index[1]);
    scene_done(&scene);
}

static void a_membership_of_another_group_does_not_count(void **state)
{
    (void)state;
    struct scene scene = scene_new();
    struct mh_membership other = {
        .group = net_fixture_addr("239.9.9.9"), .interface_index = LOOPBACK};

    assert_int_equal(mh_mcast_socket_join(scene.receiver, &other, NULL), 0);
    assert_true(is_asked(scene.receiver));
    join(&scene, scene.receiver, fixture.index[1]);
    assert_false(is_asked(scene.receiver));
    send_from_host_0(&scene);
    assert_came_in_at(&scene, fixture.index[1]);
    scene_done(&scene);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_without_asking_what_the_kernel_would_tell),
        cmocka_unit_test(asks_when_it_joins_at_a_second_interface),
        cmocka_unit_test(knows_what_came_before_it_moved_to_another_interface),
        cmocka_unit_test(asks_when_it_hears_what_others_joined),
        cmocka_unit_test(knows_what_it_heard_of_others_before_it_joined),
        cmocka_unit_test(a_membership_of_another_group_does_not_count),
    };
    int failed = cmocka_run_group_tests_name("net/arrival", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
