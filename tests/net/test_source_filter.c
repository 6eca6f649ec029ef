#include "net_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct net_fixture fixture;

static struct mh_mcast_socket *joined(sa_family_t family)
{
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_membership m = {
        .group = net_fixture_group(family), .interface_index = fixture.index[1]};

    assert_int_equal(mh_mcast_socket_join(socket, &m, NULL), 0);
    return socket;
}

static int set(
    struct mh_mcast_socket *socket, const struct mh_source_filter *filter, struct mh_error *err)
{
    struct mh_addr group = net_fixture_group(mh_mcast_socket_family(socket));

    return mh_mcast_socket_set_filter(socket, &group, fixture.index[1], filter, err);
}

static int get(
    struct mh_mcast_socket *socket, struct mh_source_filter *ret_filter, struct mh_error *err)
{
    struct mh_addr group = net_fixture_group(mh_mcast_socket_family(socket));

    return mh_mcast_socket_filter(socket, &group, fixture.index[1], ret_filter, err);
}

static size_t group_count(const struct mh_mcast_socket *socket)
{
    size_t count;

    mh_mcast_socket_memberships(socket, &count);
    return count;
}

static void assert_filter(struct mh_mcast_socket *socket, enum mh_filter_mode mode,
    const struct mh_addr *sources, size_t count)
{
    struct mh_source_filter seen;
    struct mh_error err;

    if (get(socket, &seen, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(seen.mode, mode);
    assert_int_equal(seen.source_count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(mh_addr_equal(&seen.sources[i], &sources[i]));
    free(seen.sources);
}

static void fill(struct mh_addr *sources, size_t count, sa_family_t family)
{
    char text[MH_ADDR_TEXT_MAX];

    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof(text), family == AF_INET6 ? "fd00::%zu" : "10.0.0.%zu", i + 1);
        sources[i] = net_fixture_addr(text);
    }
}

static void is_set_and_read_back_whole(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = joined(family);
    struct mh_addr sources[3];

    fill(sources, 3, family);
    assert_filter(socket, MH_FILTER_EXCLUDE, NULL, 0);
    assert_int_equal(
        set(socket, &(struct mh_source_filter){MH_FILTER_EXCLUDE, 3, sources}, NULL), 0);
    assert_filter(socket, MH_FILTER_EXCLUDE, sources, 3);
    assert_int_equal(
        set(socket, &(struct mh_source_filter){MH_FILTER_INCLUDE, 2, sources}, NULL), 0);
    assert_filter(socket, MH_FILTER_INCLUDE, sources, 2);
    assert_int_equal(
        set(socket, &(struct mh_source_filter){MH_FILTER_EXCLUDE, 0, NULL}, NULL), 0);
    assert_filter(socket, MH_FILTER_EXCLUDE, NULL, 0);
    assert_int_equal(group_count(socket), 1);
    mh_mcast_socket_free(socket);
}

static void to_include_nobody_is_to_leave(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = joined(family);
    struct mh_source_filter seen = {.source_count = 99};
    struct mh_error err;

    assert_int_equal(
        set(socket, &(struct mh_source_filter){MH_FILTER_INCLUDE, 0, NULL}, NULL), 0);
    assert_int_equal(group_count(socket), 0);
    assert_int_equal(get(socket, &seen, &err), -EADDRNOTAVAIL);
    assert_non_null(strstr(err.hint, "join it first"));
    assert_int_equal(seen.source_count, 99);
    mh_mcast_socket_free(socket);
}

static void needs_a_membership(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_addr sources[1];
    struct mh_error err;

    fill(sources, 1, family);
    assert_int_equal(
        set(socket, &(struct mh_source_filter){MH_FILTER_INCLUDE, 1, sources}, &err), -EINVAL);
    assert_non_null(strstr(err.message, "set source filter of group "));
    assert_non_null(strstr(err.hint, "join it first"));
    mh_mcast_socket_free(socket);
}

static void refuses_a_source_that_is_none(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = joined(family);
    struct mh_addr sources[2];
    struct mh_error err;

    fill(sources, 2, family);
    sources[1] = net_fixture_group(family);
    assert_int_equal(
        set(socket, &(struct mh_source_filter){MH_FILTER_INCLUDE, 2, sources}, &err), -EINVAL);
    assert_non_null(strstr(err.message, "unicast"));
    sources[1] = (struct mh_addr){.family = AF_UNSPEC};
    assert_int_equal(
        set(socket, &(struct mh_source_filter){MH_FILTER_INCLUDE, 2, sources}, &err), -EINVAL);
    assert_filter(socket, MH_FILTER_EXCLUDE, NULL, 0);
    mh_mcast_socket_free(socket);
}

static void explains_too_many_sources(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = joined(family);
    struct mh_addr sources[65];
    struct mh_error err;
    size_t limit = family == AF_INET6 ? 64 : 10;

    fill(sources, 65, family);
    assert_int_equal(
        set(socket, &(struct mh_source_filter){MH_FILTER_INCLUDE, limit, sources}, NULL), 0);
    assert_filter(socket, MH_FILTER_INCLUDE, sources, limit);
    assert_int_equal(
        set(socket, &(struct mh_source_filter){MH_FILTER_INCLUDE, limit + 1, sources}, &err),
        -ENOBUFS);
    assert_non_null(strstr(err.hint, "net.ipv4.igmp_max_msf (10)"));
    mh_mcast_socket_free(socket);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(is_set_and_read_back_whole),
        NET_FIXTURE_BOTH(to_include_nobody_is_to_leave),
        NET_FIXTURE_BOTH(needs_a_membership),
        NET_FIXTURE_BOTH(refuses_a_source_that_is_none),
        NET_FIXTURE_BOTH(explains_too_many_sources),
    };
    int failed = cmocka_run_group_tests_name("net/source_filter", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
