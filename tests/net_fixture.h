/* Two hosts on one cable, for tests of sockets: two network namespaces joined by a veth pair.
 * Both ends are "eth0"; host 0 has 10.0.0.1/24 and fd00::1/64, host 1 has 10.0.0.2 and fd00::2.
 * No test reaches anything outside. */
#pragma once

#include "net/mcast_socket.h"
#include "test.h"

#include <stdbool.h>

struct net_fixture {
    int netns[2];
    unsigned index[2]; /* of eth0 */
};

/* Leaves the thread in host 0. False where no namespace may be made: skip the test. */
bool net_fixture_init(struct net_fixture *ret_fixture);
void net_fixture_done(struct net_fixture *fixture);

/* Takes one end up or down and waits until both ends have noticed. */
void net_fixture_set_link(const struct net_fixture *fixture, int host, bool up);
/* Gives eth0 an outgoing queue that is full after a few datagrams (tc-tbf(8)), or takes it away
 * with all that is in it. */
void net_fixture_choke(const struct net_fixture *fixture, int host, bool choked);
/* Writes below /proc/sys/net/ of one host. */
void net_fixture_sysctl(
    const struct net_fixture *fixture, int host, const char *name, const char *value);

struct mh_addr net_fixture_addr(const char *text);
struct mh_addr net_fixture_address(int host, sa_family_t family);
struct mh_addr net_fixture_group(sa_family_t family);

/* A socket of that host that sends through eth0. Not bound. */
struct mh_mcast_socket *net_fixture_socket(
    const struct net_fixture *fixture, int host, sa_family_t family);
/* The same, bound to any address on a free port. */
struct mh_mcast_socket *net_fixture_bound(
    const struct net_fixture *fixture, int host, sa_family_t family);
uint16_t net_fixture_port(struct mh_mcast_socket *socket);

/* Waits for the events (poll(2)); fails the test when they do not come in time. */
void net_fixture_await(int fd, short events);
/* Waits until something is there to receive, and takes one datagram. */
const struct mh_datagram *net_fixture_receive(
    struct mh_mcast_socket *socket, struct mh_datagram_batch *batch);
void net_fixture_send(struct mh_mcast_socket *socket, const struct mh_addr *to, uint16_t port,
    const char *payload);

/* One test function, run for each family: it finds the family in *state. */
#define NET_FIXTURE_BOTH(test)                                                                 \
    {#test " (IPv4)", test, NULL, NULL, &net_fixture_ipv4},                                    \
    {                                                                                          \
#test " (IPv6)", test, NULL, NULL, &net_fixture_ipv6                                   \
    }
extern sa_family_t net_fixture_ipv4;
extern sa_family_t net_fixture_ipv6;
