/* What the kernel needs at the least for a network of HOSTS hosts on SWITCHES switches: the
 * same objects as src/lab makes, by netlink messages written in place, without names,
 * descriptions, verification or a word about errors, in the way that is fastest: a second
 * thread makes the namespaces with their lo up, each host is finished in one go, and a large
 * switch does not snoop until its ports are there. Prints milliseconds: `limit_network HOSTS
 * SWITCHES [hold]`. It does not wait until snooping is effective: a limit owes nobody anything.
 * `hold` as in lab_network.c. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64 * 1024, FIRST_BRIDGE = 2, FIRST_PORT = 100, HOST_PORT = 2 };
enum { MESHED_MAX = 32, SNOOPING_MAX = 64 };

static _Alignas(8) char batch[BATCH];
static _Alignas(8) char answers[BATCH];
static size_t used;
static uint32_t sequence;
static struct nlmsghdr *message;
static int netlink = -1;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- messages ------------------------------------------------------------------------------
 */

static void connect_here(void)
{
    const int on = 1;

    if (netlink >= 0)
        close(netlink);
    netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (netlink < 0)
        die("socket");
    setsockopt(netlink, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
}

static bool acknowledged(ssize_t bytes)
{
    for (struct nlmsghdr *answer = (struct nlmsghdr *)answers; NLMSG_OK(answer, bytes);
         answer = NLMSG_NEXT(answer, bytes)) {
        struct nlmsgerr *verdict = NLMSG_DATA(answer);

        if (answer->nlmsg_type != NLMSG_ERROR)
            continue;
        if (verdict->error) {
            errno = -verdict->error;
            die("netlink");
        }
        if (answer->nlmsg_seq == sequence)
            return true;
    }
    return false;
}

static void flush(void)
{
    ssize_t bytes;

    if (!message)
        return;
    message->nlmsg_flags |= NLM_F_ACK;
    if (send(netlink, batch, used + NLMSG_ALIGN(message->nlmsg_len), 0) < 0)
        die("send");
    do {
        bytes = recv(netlink, answers, sizeof(answers), 0);
        if (bytes < 0)
            die("recv");
    } while (!acknowledged(bytes));
    used = 0;
    message = NULL;
}

static void *start(uint16_t type, uint16_t flags, size_t header_size)
{
    if (message)
        used += NLMSG_ALIGN(message->nlmsg_len);
    if (used + 1024 > sizeof(batch)) {
        used -= NLMSG_ALIGN(message->nlmsg_len);
        flush();
    }
    message = (struct nlmsghdr *)(batch + used);
    memset(message, 0, NLMSG_SPACE(header_size));
    message->nlmsg_len = (uint32_t)NLMSG_SPACE(header_size);
    message->nlmsg_type = type;
    message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    message->nlmsg_seq = ++sequence;
    return NLMSG_DATA(message);
}

static struct rtattr *put(uint16_t type, const void *value, size_t size)
{
    struct rtattr *attribute = (struct rtattr *)((char *)message + message->nlmsg_len);

    attribute->rta_type = type;
    attribute->rta_len = (uint16_t)RTA_LENGTH(size);
    if (size)
        memcpy(RTA_DATA(attribute), value, size);
    message->nlmsg_len += (uint32_t)RTA_SPACE(size);
    return attribute;
}

static void put_u8(uint16_t type, uint8_t value)
{
    put(type, &value, sizeof(value));
}

static void put_u32(uint16_t type, uint32_t value)
{
    put(type, &value, sizeof(value));
}

static void put_u64(uint16_t type, uint64_t value)
{
    put(type, &value, sizeof(value));
}

static void put_text(uint16_t type, const char *text)
{
    put(type, text, strlen(text) + 1);
}

static void end(struct rtattr *nest)
{
    nest->rta_len = (uint16_t)((char *)message + message->nlmsg_len - (char *)nest);
}

static struct ifinfomsg *start_link(uint16_t flags, int index, unsigned up)
{
    struct ifinfomsg *link = start(RTM_NEWLINK, flags, sizeof(*link));

    link->ifi_index = index;
    link->ifi_flags = up;
    link->ifi_change = up;
    return link;
}

static void stop_autoconfiguration(int index)
{
    struct rtattr *families, *ipv6;

    start_link(0, index, 0);
    families = put(IFLA_AF_SPEC, NULL, 0);
    ipv6 = put(AF_INET6, NULL, 0);
    put_u8(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    end(ipv6);
    end(families);
}

static void add_address(int index, int family, const void *bytes, uint8_t prefix_length)
{
    struct ifaddrmsg *header = start(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*header));
    size_t size = family == AF_INET ? 4 : 16;

    header->ifa_family = (uint8_t)family;
    header->ifa_prefixlen = prefix_length;
    header->ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0;
    header->ifa_index = (unsigned)index;
    put(IFA_LOCAL, bytes, size);
    put(IFA_ADDRESS, bytes, size);
}

/* Whoever asks makes the kernel handle the device's link event at once. */
static void settle_link(const char *name)
{
    struct ethtool_value running = {.cmd = ETHTOOL_GLINK};
    struct ifreq request;

    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, name);
    request.ifr_data = (void *)&running;
    if (ioctl(netlink, SIOCETHTOOL, &request))
        die(name);
}

/* ---- switches ------------------------------------------------------------------------------
 */

static void write_setting(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd >= 0 && write(fd, value, strlen(value)) < 0)
        die(path);
    close(fd);
}

static void set_bridge(int index, uint16_t flag, uint8_t value)
{
    struct rtattr *info, *data;

    start_link(0, index, 0);
    info = put(IFLA_LINKINFO, NULL, 0);
    put_text(IFLA_INFO_KIND, "bridge");
    data = put(IFLA_INFO_DATA, NULL, 0);
    if (flag)
        put_u8(flag, value);
    else
        put_u64(IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, 1000);
    end(data);
    end(info);
}

/* Of a bridge and of its ports: an address of its own would cost each port an entry in the
 * forwarding database. */
static void mac_of_switch(int index, uint8_t mac[6])
{
    const uint8_t bytes[6] = {2, 0x53, 0, 0, 0, (uint8_t)index};

    memcpy(mac, bytes, sizeof(bytes));
}

static void add_bridge(int number)
{
    const int index = FIRST_BRIDGE + number;
    const uint8_t link_local[16] = {0xfe, 0x80, [9] = 0x53, [15] = (uint8_t)index};
    struct rtattr *info, *data;
    char name[IFNAMSIZ];
    uint8_t mac[6];

    snprintf(name, sizeof(name), "br%d", number);
    mac_of_switch(index, mac);
    start_link(NLM_F_CREATE | NLM_F_EXCL, index, 0);
    put_text(IFLA_IFNAME, name);
    put(IFLA_ADDRESS, mac, sizeof(mac));
    info = put(IFLA_LINKINFO, NULL, 0);
    put_text(IFLA_INFO_KIND, "bridge");
    data = put(IFLA_INFO_DATA, NULL, 0);
    put_u8(IFLA_BR_MCAST_SNOOPING, 1);
    put_u8(IFLA_BR_MCAST_IGMP_VERSION, 3);
    put_u8(IFLA_BR_MCAST_MLD_VERSION, 2);
    put_u32(IFLA_BR_MCAST_HASH_MAX, 1 << 20);
    put_u64(IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, 0);
    end(data);
    end(info);
    stop_autoconfiguration(index);
    start_link(0, index, IFF_UP);
    add_address(index, AF_INET6, link_local, 64);
    set_bridge(index, IFLA_BR_MCAST_QUERIER, 1);
    set_bridge(index, 0, 0);
}

static int make_namespace(void)
{
    int fd;

    if (unshare(CLONE_NEWNET))
        die("unshare");
    fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die("open namespace");
    return fd;
}

/* Returns their namespace. */
static int make_switches(int switches)
{
    int namespace = make_namespace();

    connect_here();
    write_setting("/proc/sys/net/bridge/bridge-nf-call-iptables", "0");
    write_setting("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "0");
    write_setting("/proc/sys/net/bridge/bridge-nf-call-arptables", "0");
    write_setting("/proc/sys/net/ipv6/conf/default/accept_ra", "0");
    for (int i = 0; i < switches; i++)
        add_bridge(i);
    flush();
    write_setting("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    return namespace;
}

static void set_snooping(int switches, bool on)
{
    for (int i = 0; i < switches; i++)
        set_bridge(FIRST_BRIDGE + i, IFLA_BR_MCAST_SNOOPING, on);
    flush();
}

/* ---- cables --------------------------------------------------------------------------------
 */

static void mac_of(int host, uint8_t mac[6])
{
    const uint8_t bytes[6] = {2, 0x4d, 0, 0, (uint8_t)(host >> 8), (uint8_t)host};

    memcpy(mac, bytes, sizeof(bytes));
}

static void put_end(const char *name, const uint8_t mac[6])
{
    put_text(IFLA_IFNAME, name);
    put(IFLA_ADDRESS, mac, 6);
    put_u32(IFLA_NUM_TX_QUEUES, 1);
    put_u32(IFLA_NUM_RX_QUEUES, 1);
}

static void add_cable(int host, int namespace, int bridge)
{
    const struct ifinfomsg peer_link = {.ifi_index = HOST_PORT};
    struct rtattr *info, *data, *peer;
    char name[IFNAMSIZ];
    uint8_t mac[6];

    snprintf(name, sizeof(name), "p%d", host);
    mac_of_switch(bridge, mac);
    start_link(NLM_F_CREATE | NLM_F_EXCL, FIRST_PORT + host, IFF_UP);
    put_end(name, mac);
    mac_of(host, mac);
    put_u32(IFLA_MASTER, (uint32_t)bridge);
    info = put(IFLA_LINKINFO, NULL, 0);
    put_text(IFLA_INFO_KIND, "veth");
    data = put(IFLA_INFO_DATA, NULL, 0);
    peer = put(VETH_INFO_PEER, &peer_link, sizeof(peer_link));
    put_end("eth0", mac);
    put_u32(IFLA_NET_NS_FD, (uint32_t) namespace);
    end(peer);
    end(data);
    end(info);
}

static void set_port(int host, bool flood)
{
    struct ifinfomsg *link = start(RTM_SETLINK, 0, sizeof(*link));
    struct rtattr *info;

    link->ifi_family = AF_BRIDGE;
    link->ifi_index = FIRST_PORT + host;
    info = put(IFLA_PROTINFO | NLA_F_NESTED, NULL, 0);
    put_u8(IFLA_BRPORT_MULTICAST_ROUTER, 0);
    if (!flood)
        put_u8(IFLA_BRPORT_MCAST_FLOOD, 0);
    end(info);
}

/* ---- hosts ---------------------------------------------------------------------------------
 */

static void addresses_of(int host, uint8_t v4[4], uint8_t v6[16], uint8_t link_local[16])
{
    const uint32_t number = htonl(0x0a000001U + (uint32_t)host);
    uint8_t mac[6];

    memcpy(v4, &number, 4);
    memset(v6, 0, 16);
    v6[0] = 0xfd;
    v6[14] = (uint8_t)((host + 1) >> 8);
    v6[15] = (uint8_t)(host + 1);
    mac_of(host, mac);
    memset(link_local, 0, 16);
    link_local[0] = 0xfe;
    link_local[1] = 0x80;
    memcpy(link_local + 8, mac, 3);
    link_local[8] ^= 2;
    link_local[11] = 0xff;
    link_local[12] = 0xfe;
    memcpy(link_local + 13, mac + 3, 3);
}

static void add_neighbour(int family, const void *address, const uint8_t mac[6])
{
    struct ndmsg *header = start(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, sizeof(*header));

    header->ndm_family = (uint8_t)family;
    header->ndm_ifindex = HOST_PORT;
    header->ndm_state = NUD_PERMANENT;
    put(NDA_DST, address, family == AF_INET ? 4 : 16);
    put(NDA_LLADDR, mac, 6);
}

static void add_neighbours(int host, int hosts, int switches)
{
    uint8_t v4[4], v6[16], link_local[16], mac[6];

    for (int other = host % switches; other < hosts; other += switches) {
        if (other == host)
            continue;
        addresses_of(other, v4, v6, link_local);
        mac_of(other, mac);
        add_neighbour(AF_INET, v4, mac);
        add_neighbour(AF_INET6, v6, mac);
        add_neighbour(AF_INET6, link_local, mac);
    }
}

static void route_multicast(void)
{
    struct rtmsg *header = start(RTM_NEWROUTE, NLM_F_CREATE, sizeof(*header));
    const uint8_t all_groups[4] = {224};

    header->rtm_family = AF_INET;
    header->rtm_dst_len = 4;
    header->rtm_table = RT_TABLE_MAIN;
    header->rtm_protocol = RTPROT_STATIC;
    header->rtm_scope = RT_SCOPE_LINK;
    header->rtm_type = RTN_UNICAST;
    put(RTA_DST, all_groups, sizeof(all_groups));
    put_u32(RTA_OIF, HOST_PORT);
}

static void configure_host(int host, int namespace, int hosts, int switches)
{
    uint8_t v4[4], v6[16], link_local[16];

    if (setns(namespace, CLONE_NEWNET))
        die("setns");
    connect_here();
    addresses_of(host, v4, v6, link_local);
    stop_autoconfiguration(HOST_PORT);
    start_link(0, HOST_PORT, IFF_UP);
    flush();
    settle_link("eth0");
    add_address(HOST_PORT, AF_INET, v4, 16);
    add_address(HOST_PORT, AF_INET6, link_local, 64);
    add_address(HOST_PORT, AF_INET6, v6, 64);
    route_multicast();
    if (hosts <= MESHED_MAX * switches)
        add_neighbours(host, hosts, switches);
    flush();
}

/* ---- everything ----------------------------------------------------------------------------
 */

static void settle(int hosts, int switches)
{
    char name[IFNAMSIZ];

    for (int i = 0; i < hosts; i++) {
        snprintf(name, sizeof(name), "p%d", i);
        settle_link(name);
    }
    for (int i = 0; i < switches; i++) {
        snprintf(name, sizeof(name), "br%d", i);
        settle_link(name);
    }
}

struct job {
    int hosts;
    int switch_namespace;
    int *namespaces;
    sem_t made;
};

static void raise_loopback(void)
{
    struct ifreq request;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (ioctl(fd, SIOCSIFFLAGS, &request))
        die("lo");
    close(fd);
}

static void *make_namespaces(void *context)
{
    struct job *job = context;

    for (int i = 0; i < job->hosts; i++) {
        job->namespaces[i] = make_namespace();
        raise_loopback();
        sem_post(&job->made);
    }
    return NULL;
}

static void make_hosts(struct job *job, int switches)
{
    const int each = (job->hosts + switches - 1) / switches;
    int bridges = netlink, hosts = -1;

    for (int i = 0; i < job->hosts; i++) {
        sem_wait(&job->made);
        add_cable(i, job->namespaces[i], FIRST_BRIDGE + i % switches);
        set_port(i, each * each <= 1000);
        flush();
        netlink = hosts;
        configure_host(i, job->namespaces[i], job->hosts, switches);
        hosts = netlink;
        netlink = bridges;
    }
    close(hosts);
}

static void build(struct job *job, int switches)
{
    bool spared = job->hosts > SNOOPING_MAX * switches;
    pthread_t thread;

    sem_init(&job->made, 0, 0);
    if (pthread_create(&thread, NULL, make_namespaces, job))
        die("pthread_create");
    job->switch_namespace = make_switches(switches);
    if (spared)
        set_snooping(switches, false);
    make_hosts(job, switches);
    settle(job->hosts, switches);
    if (spared)
        set_snooping(switches, true);
    pthread_join(thread, NULL);
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void hold(const struct job *job)
{
    const long self = (long)getpid();

    printf("/proc/%ld/fd/%d\n", self, job->switch_namespace);
    for (int i = 0; i < job->hosts; i++)
        printf("/proc/%ld/fd/%d\n", self, job->namespaces[i]);
    fflush(stdout);
    while (getchar() != EOF)
        continue;
}

int main(int argc, char **argv)
{
    struct job job = {.hosts = argc > 1 ? atoi(argv[1]) : 4};
    int switches = argc > 2 ? atoi(argv[2]) : 1;
    struct rlimit limit;
    double started;

    job.namespaces = calloc((size_t)job.hosts, sizeof(*job.namespaces));
    if (!job.namespaces || getrlimit(RLIMIT_NOFILE, &limit))
        die("prepare");
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    started = now_ms();
    build(&job, switches);
    printf("%.2f\n", now_ms() - started);
    if (argc > 3 && strcmp(argv[3], "hold") == 0)
        hold(&job);
    free(job.namespaces);
    return 0;
}
