/* Which switch of a LAN asks. A query of the one with the lowest address silences the others
 * (RFC 3376 section 6.6.2, RFC 3810 section 7.6.2); a switch that hears of a querier floods
 * until all have had the time to answer (br_multicast_update_query_timer()). */
#include "base/clock.h"
#include "lab/attribute.h"
#include "lab/bridge.h"
#include "lab/grace.h"
#include "lab/trunk.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <time.h>

enum {
    DEADLINE_MS = 5000,
    LOOK_EVERY_US = 500,
    MS_PER_CS = 10,
    USUAL_RESPONSE_INTERVAL_CS = 1000,
    LATENESS_MS = 20,
};

/* ---- asking --------------------------------------------------------------------------------
 */

static void set_snooping(struct mh_lab *lab, const struct mh_lab_switch *bridge, bool on)
{
    struct mh_attempt attempt = {"await", "the querier, switch %s", {bridge->plan.name}};

    mh_bridge_set_flag(lab->netlink, bridge->index, IFLA_BR_MCAST_SNOOPING, on, &attempt);
}

/* Switching snooping off and on again starts the startup queries, and nothing else. */
static void ask_now(struct mh_lab *lab, int querier)
{
    set_snooping(lab, &lab->switches[querier], false);
    set_snooping(lab, &lab->switches[querier], true);
}

/* ---- hearing -------------------------------------------------------------------------------
 */

static bool has_other(const struct nlmsghdr *message, uint16_t timer)
{
    return mh_attribute_find(message, sizeof(struct ifinfomsg),
               (struct mh_attribute_path){{IFLA_LINKINFO, IFLA_INFO_DATA,
                   IFLA_BR_MCAST_QUERIER_STATE, timer}}) != NULL;
}

/* How many of the two, IPv4's and IPv6's. */
static int look_for_others(const struct nlmsghdr *message, void *context)
{
    int *heard = context;

    *heard = has_other(message, BRIDGE_QUERIER_IP_OTHER_TIMER) +
             has_other(message, BRIDGE_QUERIER_IPV6_OTHER_TIMER);
    return MNL_CB_OK;
}

static int has_heard(struct mh_lab *lab, const struct mh_lab_switch *bridge, int *ret_heard,
    struct mh_error *err)
{
    struct mh_attempt attempt = {"read", "switch %s", {bridge->plan.name}};
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)bridge->index;
    mh_netlink_add(lab->netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
    *ret_heard = 0;
    return mh_netlink_ask(lab->netlink, look_for_others, ret_heard, err);
}

static int await_hearing(struct mh_lab *lab, const struct mh_lab_switch *bridge,
    uint64_t deadline, struct mh_error *err)
{
    const struct timespec pause = {0, LOOK_EVERY_US * 1000L};
    int heard = 0;
    int status = has_heard(lab, bridge, &heard, err);

    while (!status && heard < 2) {
        if (mh_clock_monotonic_ns() > deadline)
            return mh_error_set(err, -ETIMEDOUT, "await", "that switch %s hears the querier",
                bridge->plan.name);
        ppoll(NULL, 0, &pause, NULL); /* no event tells of it */
        status = has_heard(lab, bridge, &heard, err);
    }
    return status;
}

/* ---- all of it -----------------------------------------------------------------------------
 */

static unsigned grace_of(const struct mh_lab_switch *bridge)
{
    uint32_t response = bridge->plan.query_response_interval;
    unsigned ms = (response ? response : USUAL_RESPONSE_INTERVAL_CS) * MS_PER_CS;

    return ms + ms / 8 + LATENESS_MS;
}

static int await_others(struct mh_lab *lab, int querier, struct mh_error *err)
{
    uint64_t deadline = mh_clock_monotonic_ns() + DEADLINE_MS * UINT64_C(1000000);
    int status = 0;

    for (int i = 0; i < lab->switch_count && !status; i++) {
        const struct mh_lab_switch *bridge = &lab->switches[i];

        if (i != querier && bridge->lan == lab->switches[querier].lan && bridge->plan.snooping)
            status = await_hearing(lab, bridge, deadline, err);
    }
    return status;
}

/* A switch that hears another querier asks nothing, though its address were lower: the one that
 * has been elected stays (br_multicast_send_query()). */
static int elect(
    struct mh_lab *lab, int querier, bool ask, unsigned *ret_grace_ms, struct mh_error *err)
{
    const struct mh_lab_switch *bridge = &lab->switches[querier];
    int heard = 0, status;

    if (ask) {
        ask_now(lab, querier);
        status = mh_netlink_send(lab->netlink, err);
    } else {
        status = has_heard(lab, bridge, &heard, err);
    }
    if (status || heard)
        return status;
    if (grace_of(bridge) > *ret_grace_ms)
        *ret_grace_ms = grace_of(bridge);
    return await_others(lab, querier, err);
}

int mh_lab_elect_queriers(
    struct mh_lab *lab, bool ask, unsigned *ret_grace_ms, struct mh_error *err)
{
    unsigned grace_ms = 0;
    int status = 0;

    for (int lan = 0; lan < lab->switch_count && !status; lan++) {
        int querier = mh_trunks_is_joined(lab, lan) ? mh_trunks_querier(lab, lan) : -1;

        if (querier >= 0)
            status = elect(lab, querier, ask, &grace_ms, err);
    }
    if (!status)
        *ret_grace_ms = grace_ms;
    return status;
}
