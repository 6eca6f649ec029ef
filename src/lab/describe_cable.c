#include "lab/describe.h"

#include <errno.h>

static int refuse_end(const struct mh_lab *lab, const struct mh_port_plan ends[2], int code,
    const char *why, struct mh_error *err)
{
    return mh_error_set_said(err, code, "connect", why, "host %s to host %s",
        lab->hosts[ends[0].host].name, lab->hosts[ends[1].host].name);
}

static bool share(const struct mh_addr *a, const struct mh_addr *b)
{
    return a->family != AF_UNSPEC && mh_addr_equal(a, b);
}

static int check_ends(
    const struct mh_lab *lab, const struct mh_port_plan ends[2], struct mh_error *err)
{
    for (int i = 0; i < 2; i++) {
        int status = mh_describe_check_port(lab, &ends[i], err);

        if (status)
            return status;
    }
    if (ends[0].host == ends[1].host)
        return refuse_end(lab, ends, -EINVAL, "expected two hosts", err);
    if (share(&ends[0].address, &ends[1].address) ||
        share(&ends[0].address6, &ends[1].address6))
        return refuse_end(lab, ends, -EADDRINUSE, "both ends have the same address", err);
    return 0;
}

int mh_lab_add_cable(
    struct mh_lab *lab, const struct mh_port_plan ends[2], struct mh_error *err)
{
    struct mh_port_plan plans[2] = {ends[0], ends[1]};
    int status, first, second;

    plans[0].attached_switch = MH_NO_SWITCH;
    plans[1].attached_switch = MH_NO_SWITCH;
    plans[0].impairable = plans[1].impairable = ends[0].impairable || ends[1].impairable;
    status = check_ends(lab, plans, err);
    if (status)
        return status;
    first = mh_describe_append_port(lab, &plans[0], err);
    if (first < 0)
        return first;
    /* Before it fails for want of memory: an end without a peer would count as a switch's. */
    lab->ports[first].peer = first;
    second = mh_describe_append_port(lab, &plans[1], err);
    if (second < 0)
        return second;
    lab->ports[first].peer = second;
    lab->ports[second].peer = first;
    return first;
}
