#include "net_fixture.h"

#include "net/machine.h"
#include "net/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_MS = 5000 };
/* Of linux/if.h, which does not stand net/if.h beside it. */
enum { IF_OPER_UNKNOWN = 0, IF_OPER_UP = 6 };

sa_family_t net_fixture_ipv4 = AF_INET;
sa_family_t net_fixture_ipv6 = AF_INET6;

/* One rtnetlink request, built up from the front. */
struct request {
    union {
        struct nlmsghdr header;
        uint8_t bytes[512];
    };
};

static void start(struct request *request, uint16_t type, const void *about, size_t size)
{
    memset(request, 0, sizeof(*request));
    request->header.nlmsg_len = (uint32_t)NLMSG_LENGTH(size);
    request->header.nlmsg_type = type;
    request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    if (type != RTM_DELQDISC)
        request->header.nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
    memcpy(NLMSG_DATA(&request->header), about, size);
}

static struct rtattr *add(struct request *request, uint16_t type, const void *data, size_t size)
{
    struct rtattr *attribute =
        (void *)(request->bytes + NLMSG_ALIGN(request->header.nlmsg_len));

    attribute->rta_type = type;
    attribute->rta_len = (uint16_t)RTA_LENGTH(size);
    if (size > 0)
        memcpy(RTA_DATA(attribute), data, size);
    request->header.nlmsg_len =
        (uint32_t)(NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len));
    return attribute;
}

static void end(struct request *request, struct rtattr *nest)
{
    nest->rta_len =
        (uint16_t)(request->bytes + request->header.nlmsg_len - (const uint8_t *)nest);
}

static void transact(struct request *request)
{
    union {
        struct nlmsghdr header;
        uint8_t bytes[1024];
    } reply;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    assert_true(fd >= 0);
    assert_int_equal(
        send(fd, request, request->header.nlmsg_len, 0), request->header.nlmsg_len);
    assert_true(recv(fd, &reply, sizeof(reply), 0) > 0);
    close(fd);
    const struct nlmsgerr *result = NLMSG_DATA(&reply.header);
    if (result->error)
        fail_msg("rtnetlink: %s", strerror(-result->error));
}

/* "ip link add eth0 type veth peer name eth0 netns FD" */
static void add_veth(int peer_netns)
{
    struct request request;
    struct ifinfomsg none = {.ifi_family = AF_UNSPEC};

    start(&request, RTM_NEWLINK, &none, sizeof(none));
    add(&request, IFLA_IFNAME, "eth0", sizeof("eth0"));

    struct rtattr *info = add(&request, IFLA_LINKINFO, NULL, 0);
    add(&request, IFLA_INFO_KIND, "veth", sizeof("veth"));
    struct rtattr *data = add(&request, IFLA_INFO_DATA, NULL, 0);
    struct rtattr *peer = add(&request, VETH_INFO_PEER, &none, sizeof(none));
    add(&request, IFLA_IFNAME, "eth0", sizeof("eth0"));
    add(&request, IFLA_NET_NS_FD, &peer_netns, sizeof(peer_netns));
    end(&request, peer);
    end(&request, data);
    end(&request, info);
    transact(&request);
}

/* "tc qdisc add root tbf": the bucket holds one small datagram and never fills again in a test.
 */
static void queue_request(struct request *request, uint16_t type, unsigned index)
{
    struct tcmsg about = {
        .tcm_family = AF_UNSPEC, .tcm_ifindex = (int)index, .tcm_parent = TC_H_ROOT};
    struct tc_tbf_qopt options = {.rate = {.rate = 1, .linklayer = TC_LINKLAYER_ETHERNET},
        .limit = 200,
        .buffer = 2000000000};

    start(request, type, &about, sizeof(about));
    add(request, TCA_KIND, "tbf", sizeof("tbf"));
    struct rtattr *nest = add(request, TCA_OPTIONS, NULL, 0);
    add(request, TCA_TBF_PARMS, &options, sizeof(options));
    end(request, nest);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        fail_msg("%s: %s", path, strerror(errno));
    close(fd);
}

static short flags_of(int fd, const char *name)
{
    struct ifreq request;

    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, name);
    assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &request), 0);
    return request.ifr_flags;
}

static void set_up(int fd, const char *name, bool up)
{
    struct ifreq request;
    short flags = flags_of(fd, name);

    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, name);
    request.ifr_flags = (short)(up ? flags | IFF_UP : flags & ~IFF_UP);
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
}

static void add_ipv4(int fd, const char *name, const struct mh_addr *address)
{
    struct ifreq request;
    struct mh_addr mask = net_fixture_addr("255.255.255.0");
    union mh_sockaddr sockaddr;

    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, name);
    mh_addr_to_sockaddr(address, 0, &sockaddr);
    memcpy(&request.ifr_addr, &sockaddr, sizeof(request.ifr_addr));
    assert_int_equal(ioctl(fd, SIOCSIFADDR, &request), 0);
    mh_addr_to_sockaddr(&mask, 0, &sockaddr);
    memcpy(&request.ifr_netmask, &sockaddr, sizeof(request.ifr_netmask));
    assert_int_equal(ioctl(fd, SIOCSIFNETMASK, &request), 0);
}

/* "ip addr add ... nodad": without, the address is good only some time later. */
static void add_ipv6(unsigned index, const struct mh_addr *address)
{
    struct request request;
    struct ifaddrmsg about = {.ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_index = index};
    uint32_t flags = IFA_F_NODAD | IFA_F_PERMANENT;

    start(&request, RTM_NEWADDR, &about, sizeof(about));
    add(&request, IFA_LOCAL, &address->v6, sizeof(address->v6));
    add(&request, IFA_FLAGS, &flags, sizeof(flags));
    transact(&request);
}

static void configure_host(struct net_fixture *fixture, int host)
{
    struct mh_addr ipv4 = net_fixture_address(host, AF_INET);
    struct mh_addr ipv6 = net_fixture_address(host, AF_INET6);

    assert_int_equal(mh_netns_enter(fixture->netns[host], NULL), 0);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    set_up(fd, "lo", true);
    set_up(fd, "eth0", true);
    fixture->index[host] = if_nametoindex("eth0");
    add_ipv4(fd, "eth0", &ipv4);
    add_ipv6(fixture->index[host], &ipv6);
    close(fd);
}

static bool create_netns(int *ret_fd)
{
    if (mh_netns_create(ret_fd, NULL) < 0)
        return false;
    write_file("/proc/sys/net/ipv6/conf/default/router_solicitations", "0");
    return true;
}

/* RFC 2863's state. Asking about a single interface makes the kernel (since 6.9) handle its
 * link event first, by which the queue behind it begins to work; IFF_RUNNING is set before
 * that. */
static uint8_t operstate_of(int fd, unsigned index)
{
    struct ifinfomsg about = {.ifi_family = AF_UNSPEC, .ifi_index = (int)index};
    union {
        struct nlmsghdr header;
        uint8_t bytes[16384];
    } reply;
    struct request request;

    start(&request, RTM_GETLINK, &about, sizeof(about));
    request.header.nlmsg_flags = NLM_F_REQUEST;
    assert_int_equal(send(fd, &request, request.header.nlmsg_len, 0), request.header.nlmsg_len);
    assert_true(recv(fd, &reply, sizeof(reply), 0) > 0);
    assert_int_equal(reply.header.nlmsg_type, RTM_NEWLINK);
    int left = (int)IFLA_PAYLOAD(&reply.header);
    const struct rtattr *attribute = IFLA_RTA(NLMSG_DATA(&reply.header));
    while (RTA_OK(attribute, left)) {
        if (attribute->rta_type == IFLA_OPERSTATE)
            return *(const uint8_t *)RTA_DATA(attribute);
        int step = (int)RTA_ALIGN(attribute->rta_len);
        left -= step;
        attribute = (const struct rtattr *)(const void *)((const uint8_t *)attribute + step);
    }
    return IF_OPER_UNKNOWN;
}

static void await_running(const struct net_fixture *fixture, int host, bool running)
{
    int fd = mh_netns_socket(fixture->netns[host], AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, NULL);

    assert_true(fd >= 0);
    for (int ms = 0; (operstate_of(fd, fixture->index[host]) == IF_OPER_UP) != running; ms++) {
        if (ms == DEADLINE_MS)
            fail_msg("eth0 of host %d is not %s", host, running ? "running" : "stopped");
        poll(NULL, 0, 1);
    }
    close(fd);
}

static uint64_t drops_before;

bool net_fixture_init(struct net_fixture *ret_fixture)
{
    drops_before = mh_machine_backlog_drops();
    if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
        return false;
    if (!create_netns(&ret_fixture->netns[1]) || !create_netns(&ret_fixture->netns[0]))
        return false;

    add_veth(ret_fixture->netns[1]);
    configure_host(ret_fixture, 1);
    configure_host(ret_fixture, 0);
    await_running(ret_fixture, 1, true);
    await_running(ret_fixture, 0, true);
    return true;
}

void net_fixture_done(struct net_fixture *fixture)
{
    close(fixture->netns[0]);
    close(fixture->netns[1]);
}

void net_fixture_set_link(const struct net_fixture *fixture, int host, bool up)
{
    struct mh_addr ipv6 = net_fixture_address(host, AF_INET6);
    int home;

    assert_int_equal(mh_netns_visit(fixture->netns[host], &home, NULL), 0);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    set_up(fd, "eth0", up);
    close(fd);
    if (up)
        add_ipv6(fixture->index[host], &ipv6); /* going down has flushed it */
    assert_int_equal(mh_netns_return(home, NULL), 0);
    await_running(fixture, 0, up);
    await_running(fixture, 1, up);
}

void net_fixture_choke(const struct net_fixture *fixture, int host, bool choked)
{
    struct request request;
    int home;

    queue_request(&request, choked ? RTM_NEWQDISC : RTM_DELQDISC, fixture->index[host]);
    assert_int_equal(mh_netns_visit(fixture->netns[host], &home, NULL), 0);
    transact(&request);
    assert_int_equal(mh_netns_return(home, NULL), 0);
}

void net_fixture_sysctl(
    const struct net_fixture *fixture, int host, const char *name, const char *value)
{
    char path[128];
    int home;

    snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
    assert_int_equal(mh_netns_visit(fixture->netns[host], &home, NULL), 0);
    write_file(path, value);
    assert_int_equal(mh_netns_return(home, NULL), 0);
}

struct mh_addr net_fixture_addr(const char *text)
{
    struct mh_addr addr;

    if (mh_addr_parse(text, &addr) < 0)
        fail_msg("not an address: %s", text);
    return addr;
}

struct mh_addr net_fixture_address(int host, sa_family_t family)
{
    static const char *const text[2][2] = {{"10.0.0.1", "fd00::1"}, {"10.0.0.2", "fd00::2"}};

    return net_fixture_addr(text[host][family == AF_INET6]);
}

struct mh_addr net_fixture_group(sa_family_t family)
{
    return net_fixture_addr(family == AF_INET6 ? "ff15::1:2:3" : "239.1.2.3");
}

struct mh_mcast_socket *net_fixture_socket(
    const struct net_fixture *fixture, int host, sa_family_t family)
{
    struct mh_mcast_socket *socket;
    struct mh_error err;

    if (mh_mcast_socket_open(fixture->netns[host], family, &socket, &err) < 0 ||
        mh_mcast_socket_set_multicast_if(socket, fixture->index[host], NULL, &err) < 0)
        fail_msg("%s", err.message);
    return socket;
}

struct mh_mcast_socket *net_fixture_bound(
    const struct net_fixture *fixture, int host, sa_family_t family)
{
    struct mh_mcast_socket *socket = net_fixture_socket(fixture, host, family);
    struct mh_addr any = {.family = AF_UNSPEC};

    assert_int_equal(mh_mcast_socket_bind(socket, &any, 0, NULL), 0);
    return socket;
}

uint16_t net_fixture_port(struct mh_mcast_socket *socket)
{
    struct mh_addr address;
    uint16_t port;

    assert_int_equal(mh_mcast_socket_local(socket, &address, &port, NULL), 0);
    return port;
}

void net_fixture_await(int fd, short events)
{
    struct pollfd wanted = {.fd = fd, .events = events};

    if (poll(&wanted, 1, DEADLINE_MS) == 1)
        return;
    /* Somebody else's flood may have filled the queue that this cable ends in, too. */
    fail_msg(
        "nothing happened within %d ms; since the test began, the input queues of the whole "
        "machine dropped %llu packets",
        DEADLINE_MS, (unsigned long long)(mh_machine_backlog_drops() - drops_before));
}

const struct mh_datagram *net_fixture_receive(
    struct mh_mcast_socket *socket, struct mh_datagram_batch *batch)
{
    struct mh_error err;

    net_fixture_await(mh_mcast_socket_fd(socket), POLLIN);
    int count = mh_mcast_socket_receive(socket, batch, 1, &err);
    if (count < 0)
        fail_msg("%s", err.message);
    assert_int_equal(count, 1);
    return mh_datagram_batch_at(batch, 0);
}

void net_fixture_send(struct mh_mcast_socket *socket, const struct mh_addr *to, uint16_t port,
    const char *payload)
{
    struct mh_error err;

    if (mh_mcast_socket_send(socket, to, port, payload, strlen(payload), &err) < 0)
        fail_msg("%s", err.message);
}
