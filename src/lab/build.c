#include "lab/cable.h"
#include "lab/carrier.h"
#include "lab/grace.h"
#include "lab/hint.h"
#include "lab/host.h"
#include "lab/mdb.h"
#include "lab/route.h"
#include "lab/switch.h"
#include "lab/trunk.h"

#include <errno.h>
#include <stddef.h>

static int out_of_memory(struct mh_error *err)
{
    return mh_error_set(err, -ENOMEM, "build", "the network");
}

static int prepare(struct mh_lab *lab, struct mh_error *err)
{
    lab->netlink = mh_netlink_new();
    lab->host_link = mh_netlink_new();
    if (!lab->netlink || !lab->host_link)
        return out_of_memory(err);
    mh_cables_plan(lab);
    mh_trunks_plan(lab);
    return 0;
}

/* Snooping's grace time passes while the first hosts are made: what they report meanwhile is
 * learnt as ever, and what is flooded is only that. Cables between switches would carry their
 * queries too early. */
static int create_first_hosts(
    struct mh_lab *lab, struct mh_netns_maker *namespaces, struct mh_error *err)
{
    enum { FIRST = 16 };

    return lab->trunk_count ? 0 : mh_hosts_create(lab, namespaces, FIRST, err);
}

static int build(struct mh_lab *lab, struct mh_netns_maker *namespaces, struct mh_error *err)
{
    int status = mh_switches_create(lab, err);

    if (!status)
        status = mh_mdb_open(&lab->mdb, err);
    if (!status)
        status = create_first_hosts(lab, namespaces, err);
    if (!status)
        status = mh_grace_await(lab, err);
    if (!status)
        status = mh_switches_pause_snooping(lab, err);
    if (!status)
        status = mh_trunks_create(lab, err);
    if (!status)
        status = mh_hosts_create(lab, namespaces, lab->host_count, err);
    if (!status)
        status = mh_cables_connect(lab, err);
    if (!status)
        status = mh_hosts_raise(lab, err);
    if (!status)
        status = mh_switches_resume_snooping(lab, err);
    if (!status)
        status = mh_hosts_configure(lab, err);
    if (!status)
        status = mh_routes_install(lab, err);
    return status ? status : mh_carriers_listen(lab, err);
}

/* The namespaces of hosts are what takes longest, and needs nothing that is made here. */
static int build_with_namespaces(struct mh_lab *lab, struct mh_error *err)
{
    struct mh_netns_maker *namespaces;
    int status = prepare(lab, err);

    if (status)
        return status;
    namespaces = mh_hosts_begin(lab);
    if (!namespaces)
        return out_of_memory(err);
    status = build(lab, namespaces, err);
    mh_netns_maker_finish(namespaces);
    return status;
}

int mh_lab_build(struct mh_lab *lab, struct mh_error *err)
{
    if (lab->netlink)
        return mh_error_set(err, -EBUSY, "build", "the network, which was done before");
    return mh_lab_hint(err, build_with_namespaces(lab, err));
}
