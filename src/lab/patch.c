#include "lab/patch.h"

#include "lab/redirect.h"
#include "lab/settle.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

static struct mh_redirect way_through(
    const struct mh_lab_port *from, const struct mh_lab_port *to)
{
    return (struct mh_redirect){
        .index = from->made.switch_index,
        .hook = MH_REDIRECT_INGRESS,
        .rank = MH_RANK_PATCH,
        .which = MH_REDIRECT_ALL,
        .target = to->made.switch_index,
    };
}

void mh_patch_join(struct mh_lab *lab, const struct mh_lab_port *port,
    const struct mh_lab_port *peer, const struct mh_attempt *attempt)
{
    const struct mh_redirect there = way_through(port, peer);
    const struct mh_redirect back = way_through(peer, port);

    mh_redirect_hooks(lab->netlink, port->made.switch_index, attempt);
    mh_redirect_hooks(lab->netlink, peer->made.switch_index, attempt);
    mh_redirect_add(lab->netlink, &there, attempt);
    mh_redirect_add(lab->netlink, &back, attempt);
}

int mh_patch_settle(struct mh_lab *lab, const struct mh_lab_port *port, struct mh_error *err)
{
    struct mh_attempt attempt = {"await", "that the cable of %s of host %s carries",
        {port->made.interface, mh_lab_host_of(lab, port)->name}};

    return mh_settle_device(lab, port->made.switch_index, &attempt, err);
}
