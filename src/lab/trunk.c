#include "lab/trunk.h"

#include "lab/describe.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_PORT_INDEX = 100 }; /* as of the ports (cable.c), behind which these come */

/* ---- describing ----------------------------------------------------------------------------
 */

static int check_ends(const struct mh_lab *lab, int a, int b, struct mh_error *err)
{
    const char *operation = "add trunk";

    if (a < 0 || a >= lab->switch_count || b < 0 || b >= lab->switch_count)
        return mh_error_set(err, -EINVAL, operation, "between switches number %d and %d of %d",
            a, b, lab->switch_count);
    if (lab->switches[a].lan == lab->switches[b].lan)
        return mh_error_set(err, -ELOOP, operation,
            "from switch %s to switch %s, which are joined already", lab->switches[a].plan.name,
            lab->switches[b].plan.name);
    return mh_describe_check_time(lab, operation, lab->switches[a].plan.name, err);
}

static void join_lans(struct mh_lab *lab, int a, int b)
{
    int first = a < b ? a : b, second = a < b ? b : a;

    for (int i = 0; i < lab->switch_count; i++)
        if (lab->switches[i].lan == second)
            lab->switches[i].lan = first;
}

int mh_lab_add_trunk(struct mh_lab *lab, int a, int b, struct mh_error *err)
{
    int status = check_ends(lab, a, b, err);
    struct mh_lab_trunk *trunk;

    if (status)
        return status;
    trunk = mh_describe_grow(lab->trunks, lab->trunk_count, sizeof(*trunk));
    if (!trunk)
        return mh_describe_out_of_memory(err);
    lab->trunks = trunk;
    trunk += lab->trunk_count++;
    memset(trunk, 0, sizeof(*trunk));
    trunk->ends[0] = a;
    trunk->ends[1] = b;
    join_lans(lab, lab->switches[a].lan, lab->switches[b].lan);
    return lab->trunk_count - 1;
}

void mh_trunks_plan(struct mh_lab *lab)
{
    for (int i = 0; i < lab->trunk_count; i++)
        for (int end = 0; end < 2; end++) {
            struct mh_lab_trunk *trunk = &lab->trunks[i];

            trunk->index[end] = (unsigned)(lab->switch_count + FIRST_PORT_INDEX +
                                           lab->port_count + 2 * i + end);
            snprintf(trunk->device[end], sizeof(trunk->device[end]), "t%d%c", i, 'a' + end);
        }
}

/* ---- creating ------------------------------------------------------------------------------
 */

static struct mh_attempt attempt_on(const struct mh_lab *lab, const struct mh_lab_trunk *trunk)
{
    return (struct mh_attempt){"connect", "switch %s to switch %s",
        {lab->switches[trunk->ends[0]].plan.name, lab->switches[trunk->ends[1]].plan.name}};
}

static void put_other_end(struct nlmsghdr *message, const struct mh_lab_trunk *trunk)
{
    struct nlattr *info = mnl_attr_nest_start(message, IFLA_LINKINFO);
    struct nlattr *data, *peer;
    struct ifinfomsg *link;

    mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
    data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
    peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
    link = mnl_nlmsg_put_extra_header(message, sizeof(*link));
    link->ifi_index = (int)trunk->index[1];
    mnl_attr_put_strz(message, IFLA_IFNAME, trunk->device[1]);
    mnl_attr_nest_end(message, peer);
    mnl_attr_nest_end(message, data);
    mnl_attr_nest_end(message, info);
}

static void add_pair(struct mh_lab *lab, const struct mh_lab_trunk *trunk)
{
    struct mh_attempt attempt = attempt_on(lab, trunk);
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)trunk->index[0];
    message = mh_netlink_add(
        lab->netlink, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link), &attempt);
    mnl_attr_put_strz(message, IFLA_IFNAME, trunk->device[0]);
    put_other_end(message, trunk);
}

static void attach_end(struct mh_lab *lab, const struct mh_lab_trunk *trunk, int end)
{
    struct mh_attempt attempt = attempt_on(lab, trunk);
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)trunk->index[end];
    link.ifi_flags = IFF_UP;
    link.ifi_change = IFF_UP;
    message = mh_netlink_add(lab->netlink, RTM_NEWLINK, 0, &link, sizeof(link), &attempt);
    mnl_attr_put_u32(message, IFLA_MASTER, lab->switches[trunk->ends[end]].index);
}

int mh_trunks_create(struct mh_lab *lab, struct mh_error *err)
{
    for (int i = 0; i < lab->trunk_count; i++) {
        add_pair(lab, &lab->trunks[i]);
        attach_end(lab, &lab->trunks[i], 0);
        attach_end(lab, &lab->trunks[i], 1);
    }
    return mh_netlink_send(lab->netlink, err);
}

unsigned mh_lab_trunk_index(const struct mh_lab *lab, int trunk, int end)
{
    return trunk >= 0 && trunk < lab->trunk_count ? lab->trunks[trunk].index[end != 0] : 0;
}

/* ---- finding the way
 * -------------------------------------------------------------------------
 */

/* There are no loops: the way back is the only one to leave out. `through`: the trunk that
 * leads here; -1 at the beginning. Returns the first trunk's end on the way, twice its number
 * plus the end; -1: not this way. */
static int search(const struct mh_lab *lab, int from, int to, int through)
{
    for (int i = 0; i < lab->trunk_count; i++)
        for (int end = 0; end < 2; end++) {
            const struct mh_lab_trunk *trunk = &lab->trunks[i];
            int other = trunk->ends[!end];

            if (i == through || trunk->ends[end] != from)
                continue;
            if (other == to || search(lab, other, to, i) >= 0)
                return 2 * i + end;
        }
    return -1;
}

unsigned mh_trunks_towards(const struct mh_lab *lab, int from, int to)
{
    int found = from == to ? -1 : search(lab, from, to, -1);

    return found < 0 ? 0 : lab->trunks[found / 2].index[found % 2];
}

bool mh_trunks_is_joined(const struct mh_lab *lab, int lan)
{
    for (int i = 0; i < lab->trunk_count; i++)
        if (lab->switches[lab->trunks[i].ends[0]].lan == lan)
            return true;
    return false;
}

/* The lowest address wins, and addresses rise with the numbers of the switches. */
int mh_trunks_querier(const struct mh_lab *lab, int lan)
{
    for (int i = 0; i < lab->switch_count; i++)
        if (lab->switches[i].lan == lan && lab->switches[i].plan.querier &&
            lab->switches[i].plan.snooping)
            return i;
    return -1;
}

/* Hosts report as the querier asks, and any may be it. */
static bool reports_are_flooded(const struct mh_lab *lab, int lan, sa_family_t family)
{
    for (int i = 0; i < lab->switch_count; i++) {
        const struct mh_switch_plan *plan = &lab->switches[i].plan;

        if (lab->switches[i].lan == lan &&
            (family == AF_INET ? plan->igmp_version < 3 : plan->mld_version < 2))
            return false;
    }
    return true;
}

bool mh_trunks_tell_of_members(
    const struct mh_lab *lab, int home, int other, sa_family_t family)
{
    int lan = lab->switches[home].lan;

    return lab->switches[other].lan == lan && lab->switches[other].plan.snooping &&
           (other == home || reports_are_flooded(lab, lan, family));
}
