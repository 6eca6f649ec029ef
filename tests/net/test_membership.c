#include "net_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct net_fixture fixture;

/* Host 1 receives, host 0 sends to its port. */
struct pair {
    sa_family_t family;
    struct mh_mcast_socket *receiver;
    struct mh_mcast_socket *sender;
    struct mh_datagram_batch *batch;
    uint16_t port;
};

static struct pair pair_new(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct pair pair = {
        .family = family,
        .receiver = net_fixture_bound(&fixture, 1, family),
        .sender = net_fixture_bound(&fixture, 0, family),
        .batch = mh_datagram_batch_new(8, 100),
    };

    pair.port = net_fixture_port(pair.receiver);
    return pair;
}

static void pair_done(struct pair *pair)
{
    mh_datagram_batch_free(pair->batch);
    mh_mcast_socket_free(pair->sender);
    mh_mcast_socket_free(pair->receiver);
}

/* Of host 1; `source` may be NULL. */
static struct mh_membership membership(
    const struct mh_addr *group, const struct mh_addr *source)
{
    return (struct mh_membership){
        .group = *group,
        .source = source ? *source : (struct mh_addr){.family = AF_UNSPEC},
        .interface_index = fixture.index[1],
    };
}

typedef int change_function(
    struct mh_mcast_socket *socket, const struct mh_membership *m, struct mh_error *err);

static void must(
    change_function *change, struct mh_mcast_socket *socket, const struct mh_membership *m)
{
    struct mh_error err;

    if (change(socket, m, &err) < 0)
        fail_msg("%s", err.message);
}

static struct mh_error refused(change_function *change, struct mh_mcast_socket *socket,
    const struct mh_membership *m, int code)
{
    struct mh_error err;

    assert_int_equal(change(socket, m, &err), code);
    assert_int_equal(err.code, code);
    return err;
}

/* What is sent to the group is followed by a unicast datagram: when that one is there, the
 * first would have been. */
static bool hears(struct pair *pair, const struct mh_addr *group)
{
    struct mh_addr unicast = net_fixture_address(1, pair->family);
    bool heard = false;

    net_fixture_send(pair->sender, group, pair->port, "group");
    net_fixture_send(pair->sender, &unicast, pair->port, "end");
    for (;;) {
        const struct mh_datagram *datagram = net_fixture_receive(pair->receiver, pair->batch);
        if (datagram->length == strlen("end"))
            return heard;
        assert_true(mh_addr_equal(&datagram->to, group));
        heard = true;
    }
}

static struct mh_addr other_group(sa_family_t family)
{
    return net_fixture_addr(family == AF_INET6 ? "ff15::9:9:9" : "239.9.9.9");
}

static struct mh_addr stranger(sa_family_t family)
{
    return net_fixture_addr(family == AF_INET6 ? "fd00::99" : "10.0.0.99");
}

static void hears_a_group_while_it_is_a_member(void **state)
{
    struct pair pair = pair_new(state);
    struct mh_addr group = net_fixture_group(pair.family);
    struct mh_addr other = other_group(pair.family);
    struct mh_membership m = membership(&group, NULL);

    assert_false(hears(&pair, &group));
    must(mh_mcast_socket_join, pair.receiver, &m);
    assert_true(hears(&pair, &group));
    assert_false(hears(&pair, &other));
    must(mh_mcast_socket_leave, pair.receiver, &m);
    assert_false(hears(&pair, &group));
    pair_done(&pair);
}

/* The kernel would deliver it if IP_MULTICAST_ALL were left on. */
static void ignores_a_group_that_only_a_neighbour_joined(void **state)
{
    struct pair pair = pair_new(state);
    struct mh_mcast_socket *neighbour = net_fixture_bound(&fixture, 1, pair.family);
    struct mh_addr group = net_fixture_group(pair.family);
    struct mh_membership m = membership(&group, NULL);

    must(mh_mcast_socket_join, neighbour, &m);
    assert_false(hears(&pair, &group));
    assert_int_equal(mh_mcast_socket_set(pair.receiver, MH_MULTICAST_ALL, 1, NULL), 0);
    assert_true(hears(&pair, &group));
    mh_mcast_socket_free(neighbour);
    pair_done(&pair);
}

static void hears_only_the_sources_it_joined(void **state)
{
    struct pair pair = pair_new(state);
    struct mh_addr group = net_fixture_group(pair.family);
    struct mh_addr sender = net_fixture_address(0, pair.family);
    struct mh_addr other = stranger(pair.family);
    struct mh_membership from_sender = membership(&group, &sender);
    struct mh_membership from_other = membership(&group, &other);

    must(mh_mcast_socket_join, pair.receiver, &from_other);
    assert_false(hears(&pair, &group));
    must(mh_mcast_socket_join, pair.receiver, &from_sender);
    assert_true(hears(&pair, &group));
    must(mh_mcast_socket_leave, pair.receiver, &from_sender);
    assert_false(hears(&pair, &group));
    pair_done(&pair);
}

static void mutes_a_source_that_it_blocks(void **state)
{
    struct pair pair = pair_new(state);
    struct mh_addr group = net_fixture_group(pair.family);
    struct mh_addr sender = net_fixture_address(0, pair.family);
    struct mh_membership any = membership(&group, NULL);
    struct mh_membership one = membership(&group, &sender);

    must(mh_mcast_socket_join, pair.receiver, &any);
    must(mh_mcast_socket_block, pair.receiver, &one);
    assert_false(hears(&pair, &group));
    must(mh_mcast_socket_unblock, pair.receiver, &one);
    assert_true(hears(&pair, &group));
    pair_done(&pair);
}

static void lists_its_groups_in_joining_order(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    const struct mh_group_membership *list;
    struct mh_membership joined[6];
    char text[MH_ADDR_TEXT_MAX];
    size_t count;

    for (size_t i = 0; i < 6; i++) {
        snprintf(text, sizeof(text), family == AF_INET6 ? "ff15::%zu" : "239.0.0.%zu", 9 - i);
        struct mh_addr group = net_fixture_addr(text);
        joined[i] = membership(&group, NULL);
        must(mh_mcast_socket_join, socket, &joined[i]);
    }
    must(mh_mcast_socket_leave, socket, &joined[2]);
    list = mh_mcast_socket_memberships(socket, &count);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_true(mh_addr_equal(&list[i].group, &joined[i < 2 ? i : i + 1].group));
        assert_int_equal(list[i].interface_index, fixture.index[1]);
    }
    mh_mcast_socket_free(socket);
}

static void lists_a_group_as_long_as_one_source_is_left(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_addr group = net_fixture_group(family);
    struct mh_addr sender = net_fixture_address(0, family);
    struct mh_addr other = stranger(family);
    struct mh_membership first = membership(&group, &sender);
    struct mh_membership second = membership(&group, &other);
    size_t count;

    must(mh_mcast_socket_join, socket, &first);
    must(mh_mcast_socket_join, socket, &second);
    must(mh_mcast_socket_leave, socket, &first);
    mh_mcast_socket_memberships(socket, &count);
    assert_int_equal(count, 1);
    must(mh_mcast_socket_leave, socket, &second);
    mh_mcast_socket_memberships(socket, &count);
    assert_int_equal(count, 0);
    mh_mcast_socket_free(socket);
}

static void leaves_all_sources_at_once(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_addr group = net_fixture_group(family);
    struct mh_addr sender = net_fixture_address(0, family);
    struct mh_membership one = membership(&group, &sender);
    struct mh_membership any = membership(&group, NULL);
    size_t count;

    must(mh_mcast_socket_join, socket, &one);
    must(mh_mcast_socket_leave, socket, &any);
    mh_mcast_socket_memberships(socket, &count);
    assert_int_equal(count, 0);
    mh_mcast_socket_free(socket);
}

struct wrong {
    const char *group;
    const char *source;
    const char *said;
};

static void refuses_wrong_arguments_in_words(void **state)
{
    static const struct wrong wrongs[2][6] = {
        {
            {"10.0.0.1", NULL, "the group is not a multicast address (224.0.0.0/4)"},
            {"ff15::1", NULL, "the group is not IPv4, as the socket is"},
            {"232.1.1.1", "0.0.0.0", "the source must be one host's unicast address"},
            {"232.1.1.1", "239.1.1.1", "the source must be one host's unicast address"},
            {"232.1.1.1", "255.255.255.255", "the source must be one host's unicast address"},
            {"232.1.1.1", "fd00::1", "the source is not IPv4, as the socket is"},
        },
        {
            {"fd00::1", NULL, "the group is not a multicast address (ff00::/8)"},
            {"239.1.1.1", NULL, "the group is not IPv6, as the socket is"},
            {"ff35::1", "::", "the source must be one host's unicast address"},
            {"ff35::1", "ff15::1", "the source must be one host's unicast address"},
            {"ff35::1", "10.0.0.1", "the source is not IPv6, as the socket is"},
            {"::", NULL, "the group is not a multicast address (ff00::/8)"},
        },
    };
    static change_function *const changes[] = {mh_mcast_socket_join, mh_mcast_socket_leave,
        mh_mcast_socket_block, mh_mcast_socket_unblock};
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    size_t count;

    for (size_t i = 0; i < 6; i++) {
        const struct wrong *wrong = &wrongs[family == AF_INET6][i];
        struct mh_addr group = net_fixture_addr(wrong->group);
        struct mh_addr source = net_fixture_addr(wrong->source ? wrong->source : "::");
        struct mh_membership m = membership(&group, wrong->source ? &source : NULL);
        for (size_t c = 0; c < 4; c++) {
            struct mh_error err = refused(changes[c], socket, &m, -EINVAL);
            if (!strstr(err.message, wrong->said))
                fail_msg("%s", err.message);
        }
    }
    mh_mcast_socket_memberships(socket, &count);
    assert_int_equal(count, 0);
    mh_mcast_socket_free(socket);
}

static void refuses_to_let_the_kernel_guess_the_interface(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_membership m = {.group = net_fixture_group(family)};

    struct mh_error err = refused(mh_mcast_socket_join, socket, &m, -EINVAL);
    assert_non_null(strstr(err.message, "no interface is given"));
    mh_mcast_socket_free(socket);
}

static void names_what_failed(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, AF_INET);
    struct mh_addr group = net_fixture_addr("232.1.1.1");
    struct mh_addr source = net_fixture_addr("10.0.0.1");
    struct mh_membership any = membership(&group, NULL);
    struct mh_membership one = membership(&group, &source);
    (void)state;

    struct mh_error err = refused(mh_mcast_socket_leave, socket, &any, -EADDRNOTAVAIL);
    assert_string_equal(err.operation, "leave");
    assert_string_equal(err.message, "leave group 232.1.1.1 on eth0: "
                                     "Cannot assign requested address (EADDRNOTAVAIL)");
    err = refused(mh_mcast_socket_block, socket, &one, -EINVAL);
    assert_string_equal(
        err.message, "block group 232.1.1.1 from 10.0.0.1 on eth0: Invalid argument (EINVAL)");
    mh_mcast_socket_free(socket);
}

static void hint_is(struct mh_error err, const char *part)
{
    if (!strstr(err.hint, part))
        fail_msg("%s\n  hint: %s", err.message, err.hint);
}

static void explains_a_join_that_is_one_too_many(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_addr group = net_fixture_group(family);
    struct mh_addr source = stranger(family);
    struct mh_membership any = membership(&group, NULL);
    struct mh_membership one = membership(&group, &source);
    size_t count;

    must(mh_mcast_socket_join, socket, &any);
    hint_is(refused(mh_mcast_socket_join, socket, &any, -EADDRINUSE), "already");
    must(mh_mcast_socket_leave, socket, &any);
    must(mh_mcast_socket_join, socket, &one);
    hint_is(refused(mh_mcast_socket_join, socket, &one, -EADDRNOTAVAIL), "this source already");
    hint_is(refused(mh_mcast_socket_join, socket, &any, -EADDRINUSE), "source-specific");
    mh_mcast_socket_memberships(socket, &count);
    assert_int_equal(count, 1);
    mh_mcast_socket_free(socket);
}

static void explains_a_leave_that_matches_no_join(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_addr group = net_fixture_group(family);
    struct mh_addr source = net_fixture_address(0, family);
    struct mh_addr other = stranger(family);
    struct mh_membership any = membership(&group, NULL);
    struct mh_membership one = membership(&group, &source);
    struct mh_membership another = membership(&group, &other);
    struct mh_membership elsewhere = any;

    hint_is(refused(mh_mcast_socket_leave, socket, &any, -EADDRNOTAVAIL), "match a join");
    hint_is(refused(mh_mcast_socket_leave, socket, &one, -EINVAL), "same source");
    must(mh_mcast_socket_join, socket, &one);
    hint_is(refused(mh_mcast_socket_leave, socket, &another, -EADDRNOTAVAIL), "same source");
    elsewhere.interface_index = 1;
    hint_is(refused(mh_mcast_socket_leave, socket, &elsewhere, -EADDRNOTAVAIL), "match a join");
    mh_mcast_socket_free(socket);
}

static void explains_a_block_without_its_join(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_addr group = net_fixture_group(family);
    struct mh_addr source = stranger(family);
    struct mh_membership any = membership(&group, NULL);
    struct mh_membership one = membership(&group, &source);
    struct mh_error err;

    hint_is(refused(mh_mcast_socket_block, socket, &one, -EINVAL), "join it first");
    err = refused(mh_mcast_socket_block, socket, &any, -EINVAL);
    assert_non_null(strstr(err.message, "no source is given"));
    must(mh_mcast_socket_join, socket, &any);
    hint_is(refused(mh_mcast_socket_unblock, socket, &one, -EADDRNOTAVAIL), "is not blocked");
    must(mh_mcast_socket_block, socket, &one);
    hint_is(refused(mh_mcast_socket_block, socket, &one, -EADDRNOTAVAIL), "blocked already");
    mh_mcast_socket_free(socket);
}

static void explains_an_interface_that_does_not_exist(void **state)
{
    sa_family_t family = *(sa_family_t *)*state;
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, family);
    struct mh_membership m = {.group = net_fixture_group(family), .interface_index = 99};

    struct mh_error err = refused(mh_mcast_socket_join, socket, &m, -ENODEV);
    assert_non_null(strstr(err.message, " on interface 99: No such device (ENODEV)"));
    hint_is(err, "no interface with index 99");
    mh_mcast_socket_free(socket);
}

/* The kernel would take each of these and mute the socket, or part of it, without an error. */
static void refuses_what_would_silently_mute_it(void **state)
{
    struct pair pair = pair_new(state);
    struct mh_addr group = net_fixture_group(pair.family);
    struct mh_addr other = stranger(pair.family);
    struct mh_membership any = membership(&group, NULL);
    struct mh_membership one = membership(&group, &other);

    must(mh_mcast_socket_join, pair.receiver, &any);
    struct mh_error err = refused(mh_mcast_socket_join, pair.receiver, &one, -EINVAL);
    assert_non_null(strstr(err.message, "any-source member"));
    hint_is(err, "mute all other sources");
    assert_true(hears(&pair, &group));
    refused(mh_mcast_socket_leave, pair.receiver, &one, -EINVAL);
    assert_true(hears(&pair, &group));

    must(mh_mcast_socket_leave, pair.receiver, &any);
    must(mh_mcast_socket_join, pair.receiver, &one);
    err = refused(mh_mcast_socket_block, pair.receiver, &one, -EINVAL);
    assert_non_null(strstr(err.message, "source-specific member"));
    refused(mh_mcast_socket_unblock, pair.receiver, &one, -EINVAL);
    pair_done(&pair);
}

static void explains_the_limits_of_one_socket(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, AF_INET);
    struct mh_membership m = {.interface_index = fixture.index[1]};
    char text[MH_ADDR_TEXT_MAX];
    int r = 0;
    struct mh_error err;
    int joined;
    (void)state;

    for (joined = 0; joined < 100 && r == 0; joined++) {
        snprintf(text, sizeof(text), "239.0.1.%d", joined);
        m.group = net_fixture_addr(text);
        r = mh_mcast_socket_join(socket, &m, &err);
    }
    assert_int_equal(joined - 1, 20);
    assert_int_equal(r, -ENOBUFS);
    hint_is(err, "net.ipv4.igmp_max_memberships (20)");
    net_fixture_sysctl(&fixture, 1, "ipv4/igmp_max_memberships", "21");
    must(mh_mcast_socket_join, socket, &m);
    net_fixture_sysctl(&fixture, 1, "ipv4/igmp_max_memberships", "20");
    mh_mcast_socket_free(socket);
}

static void explains_the_memory_limit_of_one_socket(void **state)
{
    struct mh_mcast_socket *socket = net_fixture_bound(&fixture, 1, AF_INET6);
    struct mh_membership m = {.interface_index = fixture.index[1]};
    char text[MH_ADDR_TEXT_MAX];
    struct mh_error err;
    int r = 0;
    (void)state;

    for (int i = 0; i < 9999 && r == 0; i++) {
        snprintf(text, sizeof(text), "ff15::2:%d", i);
        m.group = net_fixture_addr(text);
        r = mh_mcast_socket_join(socket, &m, &err);
    }
    assert_int_equal(r, -ENOMEM);
    hint_is(err, "net.core.optmem_max");
    mh_mcast_socket_free(socket);
}

int main(void)
{
    if (!net_fixture_init(&fixture))
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        NET_FIXTURE_BOTH(hears_a_group_while_it_is_a_member),
        NET_FIXTURE_BOTH(ignores_a_group_that_only_a_neighbour_joined),
        NET_FIXTURE_BOTH(hears_only_the_sources_it_joined),
        NET_FIXTURE_BOTH(mutes_a_source_that_it_blocks),
        NET_FIXTURE_BOTH(lists_its_groups_in_joining_order),
        NET_FIXTURE_BOTH(lists_a_group_as_long_as_one_source_is_left),
        NET_FIXTURE_BOTH(leaves_all_sources_at_once),
        NET_FIXTURE_BOTH(refuses_wrong_arguments_in_words),
        NET_FIXTURE_BOTH(refuses_to_let_the_kernel_guess_the_interface),
        cmocka_unit_test(names_what_failed),
        NET_FIXTURE_BOTH(explains_a_join_that_is_one_too_many),
        NET_FIXTURE_BOTH(explains_a_leave_that_matches_no_join),
        NET_FIXTURE_BOTH(explains_a_block_without_its_join),
        NET_FIXTURE_BOTH(explains_an_interface_that_does_not_exist),
        NET_FIXTURE_BOTH(refuses_what_would_silently_mute_it),
        cmocka_unit_test(explains_the_limits_of_one_socket),
        cmocka_unit_test(explains_the_memory_limit_of_one_socket),
    };
    int failed = cmocka_run_group_tests_name("net/membership", tests, NULL, NULL);
    net_fixture_done(&fixture);
    return failed;
}
