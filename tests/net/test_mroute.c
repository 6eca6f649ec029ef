/* Host 0 routes what host 1 sends: in through eth0, out through lo, where nobody listens. */
#include "net/mroute_cache.h"
#include "net_fixture.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LO_INDEX = 1, PORT = 5000, DEADLINE_S = 10 };

static struct net_fixture fixture;

static struct mh_mroute *open_router(sa_family_t family)
{
    struct mh_mroute *mroute;

    assert_int_equal(mh_mroute_open(fixture.netns[0], family, &mroute, NULL), 0);
    return mroute;
}

static struct mh_mroute_entry entry_between(
    sa_family_t family, bool any_source, unsigned from, unsigned to)
{
    struct mh_mroute_entry entry = {
        .group = net_fixture_group(family),
        .incoming = from,
        .outputs = {{.interface_index = to, .ttl_threshold = 3}},
        .output_count = 1,
    };

    if (!any_source)
        entry.source = net_fixture_address(1, family);
    return entry;
}

static void send_from_host_1(sa_family_t family)
{
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_addr group = net_fixture_group(family);

    net_fixture_send(socket, &group, PORT, "12345678");
    mh_mcast_socket_free(socket);
}

static struct mh_mroute_counters count(
    struct mh_mroute *mroute, const struct mh_mroute_entry *entry)
{
    struct mh_mroute_counters counters;
    struct mh_error err = {0};

    if (mh_mroute_count(mroute, entry, &counters, &err) < 0)
        fail_msg("%s", err.message);
    return counters;
}

/* No event tells of it. */
static struct mh_mroute_counters await_packet(
    struct mh_mroute *mroute, const struct mh_mroute_entry *entry)
{
    time_t deadline = time(NULL) + DEADLINE_S;
    struct mh_mroute_counters counters = count(mroute, entry);

    while (counters.packets + counters.wrong_interface == 0 && time(NULL) < deadline) {
        sched_yield();
        counters = count(mroute, entry);
    }
    return counters;
}

static void counts_what_matches(void **state)
{
    sa_family_t family = *(const sa_family_t *)*state;

    for (int any_source = 0; any_source < 2; any_source++) {
        struct mh_mroute *mroute = open_router(family);
        struct mh_mroute_entry entry =
            entry_between(family, any_source, fixture.index[0], LO_INDEX);

        assert_int_equal(mh_mroute_add(mroute, &entry, NULL), 0);
        assert_int_equal(count(mroute, &entry).packets, 0);
        send_from_host_1(family);
        struct mh_mroute_counters counters = await_packet(mroute, &entry);
        assert_int_equal(counters.packets, 1);
        assert_int_equal(counters.bytes, 8 + 8 + (family == AF_INET ? 20 : 40));
        assert_int_equal(counters.wrong_interface, 0);
        mh_mroute_free(mroute);
    }
}

static void counts_what_comes_in_elsewhere(void **state)
{
    sa_family_t family = *(const sa_family_t *)*state;
    struct mh_mroute *mroute = open_router(family);
    struct mh_mroute_entry entry = entry_between(family, false, LO_INDEX, fixture.index[0]);

    assert_int_equal(mh_mroute_add(mroute, &entry, NULL), 0);
    send_from_host_1(family);
    assert_int_equal(await_packet(mroute, &entry).wrong_interface, 1);
    mh_mroute_free(mroute);
}

static size_t read_cache(sa_family_t family, struct mh_mroute_cached **ret_entries)
{
    size_t entries;
    struct mh_error err = {0};

    if (mh_mroute_cache_read(fixture.netns[0], family, ret_entries, &entries, &err) < 0)
        fail_msg("%s", err.message);
    return entries;
}

static void the_cache_tells_what_was_added(void **state)
{
    sa_family_t family = *(const sa_family_t *)*state;
    struct mh_mroute *mroute = open_router(family);
    struct mh_mroute_entry entry = entry_between(family, false, fixture.index[0], LO_INDEX);
    struct mh_mroute_cached *found;

    assert_int_equal(mh_mroute_add(mroute, &entry, NULL), 0);
    assert_int_equal(read_cache(family, &found), 1);
    assert_true(found->resolved);
    assert_true(mh_addr_equal(&found->entry.source, &entry.source));
    assert_true(mh_addr_equal(&found->entry.group, &entry.group));
    assert_int_equal(found->entry.incoming, fixture.index[0]);
    assert_int_equal(found->entry.output_count, 1);
    assert_int_equal(found->entry.outputs[0].interface_index, LO_INDEX);
    if (family == AF_INET)
        assert_int_equal(found->entry.outputs[0].ttl_threshold, 3);
    free(found);

    assert_int_equal(mh_mroute_remove(mroute, &entry, NULL), 0);
    assert_int_equal(read_cache(family, &found), 0);
    free(found);
    mh_mroute_free(mroute);
}

static void any_source_reads_as_none(void **state)
{
    sa_family_t family = *(const sa_family_t *)*state;
    struct mh_mroute *mroute = open_router(family);
    struct mh_mroute_entry entry = entry_between(family, true, fixture.index[0], LO_INDEX);
    struct mh_mroute_cached *found;

    assert_int_equal(mh_mroute_add(mroute, &entry, NULL), 0);
    assert_int_equal(read_cache(family, &found), 1);
    assert_int_equal(found->entry.source.family, AF_UNSPEC);
    free(found);
    mh_mroute_free(mroute);

    assert_int_equal(read_cache(family, &found), 0); /* gone with the socket */
    free(found);
}

static void asks_for_routes_that_it_has_not(void **state)
{
    sa_family_t family = *(const sa_family_t *)*state;
    struct mh_mroute *mroute = open_router(family);
    struct mh_mroute_entry other = entry_between(family, false, fixture.index[0], LO_INDEX);
    struct pollfd question = {.fd = mh_mroute_fd(mroute), .events = POLLIN};
    struct mh_mroute_cached *found;

    other.source = net_fixture_address(0, family);
    assert_int_equal(mh_mroute_add(mroute, &other, NULL), 0);
    send_from_host_1(family);
    net_fixture_await(question.fd, POLLIN);
    assert_int_equal(read_cache(family, &found), 2);
    assert_int_not_equal(found[0].resolved, found[1].resolved);
    free(found);
    mh_mroute_drain(mroute);
    assert_int_equal(poll(&question, 1, 0), 0);
    mh_mroute_free(mroute);
}

static void one_owner_per_namespace(void **state)
{
    sa_family_t family = *(const sa_family_t *)*state;
    struct mh_mroute *mroute = open_router(family), *second;
    struct mh_error err = {0};

    assert_int_equal(mh_mroute_open(fixture.netns[0], family, &second, &err), -EADDRINUSE);
    assert_int_equal(strncmp(err.message, "take over IPv", strlen("take over IPv")), 0);
    assert_non_null(strstr(err.hint, "daemon"));
    mh_mroute_free(mroute);
    mroute = open_router(family);
    mh_mroute_free(mroute);
}

static void refuse(struct mh_mroute *mroute, const struct mh_mroute_entry *entry, int code)
{
    struct mh_error err = {0};

    assert_int_equal(mh_mroute_add(mroute, entry, &err), code);
    assert_int_equal(err.code, code);
}

static void entries_that_cannot_be(void **state)
{
    sa_family_t family = *(const sa_family_t *)*state;
    sa_family_t other = family == AF_INET ? AF_INET6 : AF_INET;
    struct mh_mroute *mroute = open_router(family);
    struct mh_mroute_entry good = entry_between(family, false, fixture.index[0], LO_INDEX);
    struct mh_mroute_entry bad = good;
    struct mh_mroute_counters counters;
    struct mh_error err = {0};

    bad.group = net_fixture_group(other);
    refuse(mroute, &bad, -EINVAL);
    bad = good;
    bad.group = net_fixture_address(1, family);
    refuse(mroute, &bad, -EINVAL);
    bad = good;
    bad.outputs[0].ttl_threshold = 255;
    refuse(mroute, &bad, -EINVAL);
    bad = good;
    bad.outputs[0].interface_index = 999;
    assert_true(mh_mroute_add(mroute, &bad, &err) < 0);
    assert_int_equal(strncmp(err.message, "route multicast through interface 999: ", 39), 0);
    assert_int_equal(mh_mroute_count(mroute, &good, &counters, &err), -EADDRNOTAVAIL);
    assert_true(mh_mroute_remove(mroute, &good, &err) < 0);
    assert_non_null(strstr(err.hint, "no such route"));
    assert_null(mh_mroute_free(mroute));
    assert_null(mh_mroute_free(NULL));
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(counts_what_matches),
        NET_FIXTURE_BOTH(counts_what_comes_in_elsewhere),
        NET_FIXTURE_BOTH(the_cache_tells_what_was_added),
        NET_FIXTURE_BOTH(any_source_reads_as_none),
        NET_FIXTURE_BOTH(asks_for_routes_that_it_has_not),
        NET_FIXTURE_BOTH(one_owner_per_namespace),
        NET_FIXTURE_BOTH(entries_that_cannot_be),
    };

    int failed = cmocka_run_group_tests_name("net/mroute", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
