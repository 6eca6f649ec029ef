/* How to know that the grace time is over: the kernel does not tell. But it does tell the
 * source address of the first MLD query. So the timers of the grace are started first, with no
 * delay, and those of the first queries in a later message (switch.c;
 * br_multicast_set_querier() and br_multicast_toggle() in the kernel), all on one processor,
 * which keeps them in this order, or within one pass over the due timers. The query seen, what
 * is left is to see that pass to its end. */
#include "lab/grace.h"

#include "base/clock.h"
#include "lab/attribute.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_MS = 2000, LOOK_EVERY_US = 200 };

/* Before the first query the address is told as "::". */
static int look_for_first_query(const struct nlmsghdr *message, void *context)
{
    const struct nlattr *querier = mh_attribute_find(message, sizeof(struct ifinfomsg),
        (struct mh_attribute_path){{IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_MCAST_QUERIER_STATE,
            BRIDGE_QUERIER_IPV6_ADDRESS}});
    struct in6_addr address = IN6ADDR_ANY_INIT;
    bool *seen = context;

    if (querier && mnl_attr_get_payload_len(querier) == sizeof(address))
        memcpy(&address, mnl_attr_get_payload(querier), sizeof(address));
    *seen = !IN6_IS_ADDR_UNSPECIFIED(&address);
    return MNL_CB_OK;
}

static int has_queried(struct mh_lab *lab, const struct mh_lab_switch *bridge, bool *ret_seen,
    struct mh_error *err)
{
    struct mh_attempt attempt = {"read", "switch %s", {bridge->plan.name}};
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)bridge->index;
    mh_netlink_add(lab->netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
    *ret_seen = false;
    return mh_netlink_ask(lab->netlink, look_for_first_query, ret_seen, err);
}

static int await_switch(struct mh_lab *lab, const struct mh_lab_switch *bridge,
    uint64_t deadline, struct mh_error *err)
{
    const struct timespec pause = {0, LOOK_EVERY_US * 1000L};
    bool seen = false;
    int status = has_queried(lab, bridge, &seen, err);

    while (!status && !seen) {
        if (mh_clock_monotonic_ns() > deadline)
            return mh_error_set(err, -ETIMEDOUT, "await",
                "that snooping on switch %s is effective", bridge->plan.name);
        /* No event tells of it. */
        ppoll(NULL, 0, &pause, NULL);
        status = has_queried(lab, bridge, &seen, err);
    }
    return status;
}

int mh_grace_hold_processor(cpu_set_t *ret_before)
{
    cpu_set_t one;
    int cpu = sched_getcpu();

    CPU_ZERO(ret_before);
    if (cpu < 0 || sched_getaffinity(0, sizeof(*ret_before), ret_before) < 0)
        return -errno;
    CPU_ZERO(&one);
    CPU_SET((size_t)cpu, &one);
    return sched_setaffinity(0, sizeof(one), &one) < 0 ? -errno : 0;
}

void mh_grace_release_processor(const cpu_set_t *before)
{
    sched_setaffinity(0, sizeof(*before), before);
}

/* Timers that are due together run one after the other, without a pause that could let a thread
 * run on the same processor. Which one it is nobody tells: so having run on each is the proof.
 */
static void outlast_running_timers(void)
{
    cpu_set_t allowed, one;

    if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
        return;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof(one), &one);
    }
    sched_setaffinity(0, sizeof(allowed), &allowed);
}

/* A processor's timers of the kernel's clock (not its high-resolution ones) run in the order in
 * which they are due; so one that is started now, of at least one tick, comes after them. A
 * receive timeout is such a timer (sock_set_timeout(), schedule_timeout()). */
static int wait_one_tick(void)
{
    const struct timeval shortest = {0, 1};
    char nothing;
    int status = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &shortest, sizeof(shortest)) < 0)
        status = -errno;
    while (!status && recv(fd, &nothing, sizeof(nothing), 0) < 0 && errno == EINTR) {
    }
    if (fd >= 0)
        close(fd);
    return status;
}

int mh_grace_outlast_timers(int cpu, struct mh_error *err)
{
    cpu_set_t before, one;
    bool held = false;
    int status;

    CPU_ZERO(&one);
    if (cpu >= 0)
        CPU_SET((size_t)cpu, &one);
    if (cpu >= 0 && sched_getaffinity(0, sizeof(before), &before) == 0)
        held = sched_setaffinity(0, sizeof(one), &one) == 0;
    status = wait_one_tick();
    if (held)
        mh_grace_release_processor(&before);
    return status ? mh_error_set(err, status, "await", "the kernel's timers") : 0;
}

int mh_grace_await(struct mh_lab *lab, struct mh_error *err)
{
    uint64_t deadline = mh_clock_monotonic_ns() + DEADLINE_MS * UINT64_C(1000000);
    bool awaited = false;
    int status = 0;

    for (int i = 0; !status && i < lab->switch_count; i++) {
        /* Without snooping, or without a querier, a switch floods for ever. */
        if (!lab->switches[i].plan.snooping || !lab->switches[i].plan.querier)
            continue;
        status = await_switch(lab, &lab->switches[i], deadline, err);
        awaited = true;
    }
    if (awaited)
        outlast_running_timers();
    return status;
}
