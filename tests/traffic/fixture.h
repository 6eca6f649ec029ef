/* A loop with its traffic between two hosts on a cable. */
#pragma once

#include "net_fixture.h"
#include "traffic/endpoint.h"
#include "traffic/traffic.h"

#include <linux/sock_diag.h>
#include <poll.h>
#include <string.h>

enum { DEADLINE_MS = 60000, ENDPOINTS_MAX = 8 };

struct fixture {
    struct net_fixture net;
    uv_loop_t loop;
    uv_timer_t deadline;
    struct mh_traffic *traffic;
    struct mh_endpoint *endpoints[ENDPOINTS_MAX]; /* closed by the teardown */
    size_t endpoint_count;
    int changes;
    sa_family_t family;
};

static struct fixture fixture;

static inline void on_changed(void *context)
{
    ((struct fixture *)context)->changes++;
}

static inline void on_deadline(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nothing happened within %d ms", DEADLINE_MS);
}

static inline int open_traffic(void **state)
{
    fixture.family = **(sa_family_t **)state;
    fixture.changes = 0;
    uv_loop_init(&fixture.loop);
    uv_timer_init(&fixture.loop, &fixture.deadline);
    fixture.traffic = mh_traffic_new(&fixture.loop, on_changed, &fixture);
    return fixture.traffic ? 0 : -1;
}

/* A handle that was left open fails the test. */
static inline int close_traffic(void **state)
{
    (void)state;
    while (fixture.endpoint_count > 0)
        mh_endpoint_close(fixture.endpoints[--fixture.endpoint_count]);
    mh_traffic_free(fixture.traffic);
    uv_close((uv_handle_t *)&fixture.deadline, NULL);
    uv_run(&fixture.loop, UV_RUN_DEFAULT);
    return uv_loop_close(&fixture.loop);
}

/* Turns the loop until `count(of)` has reached `wanted`. */
static inline void await_count(size_t (*count)(const void *of), const void *of, size_t wanted)
{
    uv_timer_start(&fixture.deadline, on_deadline, DEADLINE_MS, 0);
    while (count(of) < wanted)
        uv_run(&fixture.loop, UV_RUN_ONCE);
    uv_timer_stop(&fixture.deadline);
}

static inline size_t messages_of(const void *endpoint)
{
    return mh_endpoint_count(endpoint);
}

static inline void await_messages(const struct mh_endpoint *endpoint, size_t wanted)
{
    await_count(messages_of, endpoint, wanted);
}

static inline struct mh_endpoint *open_endpoint(struct mh_mcast_socket *socket)
{
    struct mh_endpoint *endpoint = NULL;
    struct mh_error err;

    if (mh_endpoint_open(fixture.traffic, socket, &endpoint, &err) < 0)
        fail_msg("%s", err.message);
    assert_true(fixture.endpoint_count < ENDPOINTS_MAX);
    fixture.endpoints[fixture.endpoint_count++] = endpoint;
    return endpoint;
}

/* On host 1, member of the fixture's group. */
static inline struct mh_endpoint *open_receiver(uint16_t port)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture.net, 1, fixture.family);
    struct mh_addr any = {.family = AF_UNSPEC};
    struct mh_membership membership = {
        .group = net_fixture_group(fixture.family),
        .interface_index = fixture.net.index[1],
    };

    assert_int_equal(mh_mcast_socket_set(socket, MH_REUSE_ADDR, 1, NULL), 0);
    assert_int_equal(mh_mcast_socket_bind(socket, &any, port, NULL), 0);
    assert_int_equal(mh_mcast_socket_join(socket, &membership, NULL), 0);
    return open_endpoint(socket);
}

/* On host 0, with departures told. */
static inline struct mh_endpoint *open_sender(void)
{
    struct mh_mcast_socket *socket = net_fixture_socket(&fixture.net, 0, fixture.family);
    struct mh_addr source = net_fixture_address(0, fixture.family);

    assert_int_equal(mh_mcast_socket_track_departures(socket, NULL), 0);
    struct mh_endpoint *endpoint = open_endpoint(socket);
    assert_int_equal(mh_endpoint_set_sources(endpoint, &source, 1), 0);
    return endpoint;
}

static inline uint16_t port_of(struct mh_endpoint *endpoint)
{
    return net_fixture_port(mh_endpoint_socket(endpoint));
}

static inline size_t send_bytes(
    struct mh_endpoint *sender, uint16_t port, const void *data, size_t length)
{
    struct mh_addr group = net_fixture_group(fixture.family);
    struct mh_error err;
    int number = mh_endpoint_send(sender, &group, port, data, length, &err);

    if (number < 0)
        fail_msg("%s", err.message);
    return (size_t)number;
}

static inline size_t send_text(struct mh_endpoint *sender, uint16_t port, const char *text)
{
    return send_bytes(sender, port, text, strlen(text));
}

static inline uint32_t queued_bytes(struct mh_endpoint *endpoint)
{
    uint32_t meminfo[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof(meminfo);
    int fd = mh_mcast_socket_fd(mh_endpoint_socket(endpoint));

    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, meminfo, &length), 0);
    return meminfo[SK_MEMINFO_RMEM_ALLOC];
}

static inline void await_queued(struct mh_endpoint *endpoint, uint32_t bytes)
{
    for (int ms = 0; queued_bytes(endpoint) < bytes; ms++) {
        if (ms == DEADLINE_MS)
            fail_msg("not all arrived within %d ms", DEADLINE_MS);
        poll(NULL, 0, 1);
    }
}

/* Returns when all of them lie unread in the receiver's socket: each takes the same room. */
static inline void send_burst(
    struct mh_endpoint *sender, struct mh_endpoint *receiver, uint32_t count)
{
    uint16_t port = port_of(receiver);

    send_text(sender, port, "burst");
    await_queued(receiver, 1);
    uint32_t each = queued_bytes(receiver);
    for (uint32_t i = 1; i < count; i++)
        send_text(sender, port, "burst");
    await_queued(receiver, count * each);
}

static inline int close_net(void **state)
{
    (void)state;
    net_fixture_done(&fixture.net);
    return 0;
}

#define RUN_TRAFFIC_TESTS(name, tests)                                                         \
    (net_fixture_init(&fixture.net)                                                            \
            ? cmocka_run_group_tests_name(name, tests, NULL, close_net)                        \
            : TEST_SKIPPED)

/* clang-format off */
#define TRAFFIC_TEST_WITH(test, teardown)                                                      \
    {#test " (IPv4)", test, open_traffic, teardown, &net_fixture_ipv4},                        \
    {#test " (IPv6)", test, open_traffic, teardown, &net_fixture_ipv6}
/* clang-format on */
#define TRAFFIC_TEST(test) TRAFFIC_TEST_WITH(test, close_traffic)
