#include "lab/attribute.h"
#include "lab/mdb_message.h"
#include "lab/network.h"
#include "lab/state.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

static const struct nlattr *find(const struct nlmsghdr *message, uint16_t type)
{
    return mh_attribute_find(message, sizeof(struct ifinfomsg),
        (struct mh_attribute_path){
            {IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_MCAST_QUERIER_STATE, type}});
}

/* The kernel gives an address when the switch is a querier or has heard one, and the timer only
 * of another one. */
static struct mh_querier read_one(
    const struct nlmsghdr *message, uint16_t address, uint16_t port, uint16_t timer)
{
    struct mh_querier querier;

    memset(&querier, 0, sizeof(querier));
    if (!find(message, address))
        return querier;
    querier.present = true;
    querier.address = mh_mdb_address_of(find(message, address));
    querier.other = find(message, timer) != NULL;
    querier.timer = (uint32_t)mh_attribute_number(find(message, timer), 0);
    querier.port = (unsigned)mh_attribute_number(find(message, port), 0);
    return querier;
}

static int read_both(const struct nlmsghdr *message, void *context)
{
    struct mh_querier *queriers = context;

    queriers[0] = read_one(message, BRIDGE_QUERIER_IP_ADDRESS, BRIDGE_QUERIER_IP_PORT,
        BRIDGE_QUERIER_IP_OTHER_TIMER);
    queriers[1] = read_one(message, BRIDGE_QUERIER_IPV6_ADDRESS, BRIDGE_QUERIER_IPV6_PORT,
        BRIDGE_QUERIER_IPV6_OTHER_TIMER);
    return MNL_CB_OK;
}

int mh_lab_read_querier(
    struct mh_lab *lab, int number, struct mh_querier ret_queriers[2], struct mh_error *err)
{
    const struct mh_lab_switch *bridge = mh_lab_built_switch(lab, number, err);
    struct mh_attempt attempt = {"read", "the querier of switch %s", {NULL}};
    struct ifinfomsg link;

    if (!bridge)
        return -EINVAL;
    attempt.names[0] = bridge->plan.name;
    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)bridge->index;
    mh_netlink_add(lab->netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
    return mh_netlink_ask(lab->netlink, read_both, ret_queriers, err);
}
