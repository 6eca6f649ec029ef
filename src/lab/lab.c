#include "lab/lab.h"

#include "lab/mdb.h"
#include "lab/netlink.h"
#include "lab/network.h"
#include "lab/trunk.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct mh_lab *mh_lab_new(void)
{
    struct mh_lab *lab = calloc(1, sizeof(*lab));

    if (lab)
        lab->switch_netns = lab->carrier_events = -1;
    return lab;
}

struct mh_lab *mh_lab_free(struct mh_lab *lab)
{
    if (!lab)
        return NULL;
    mh_mdb_free(lab->mdb);
    mh_netlink_free(lab->host_link);
    mh_netlink_free(lab->netlink);
    for (int i = 0; i < lab->host_count; i++) {
        if (lab->hosts[i].netns >= 0)
            close(lab->hosts[i].netns);
        free(lab->hosts[i].name);
    }
    if (lab->switch_netns >= 0)
        close(lab->switch_netns);
    if (lab->carrier_events >= 0)
        close(lab->carrier_events);
    for (int i = 0; i < lab->switch_count; i++)
        free((char *)lab->switches[i].plan.name);
    free(lab->switches);
    free(lab->hosts);
    free(lab->ports);
    free(lab->routes);
    free(lab->trunks);
    free(lab);
    return NULL;
}

/* ---- what was built ------------------------------------------------------------------------
 */

int mh_lab_host_netns(const struct mh_lab *lab, int host)
{
    return host >= 0 && host < lab->host_count ? lab->hosts[host].netns : -1;
}

int mh_lab_switch_netns(const struct mh_lab *lab)
{
    return lab->switch_netns;
}

const struct mh_port *mh_lab_port(const struct mh_lab *lab, int port)
{
    return port >= 0 && port < lab->port_count ? &lab->ports[port].made : NULL;
}

const struct mh_lab_switch *mh_lab_built_switch(
    const struct mh_lab *lab, int number, struct mh_error *err)
{
    if (number >= 0 && number < lab->switch_count && lab->switch_netns >= 0)
        return &lab->switches[number];
    mh_error_set(err, -EINVAL, "read", "switch number %d, which is not built", number);
    return NULL;
}

/* ---- the switches' tables ------------------------------------------------------------------
 */

int mh_lab_mdb_fd(const struct mh_lab *lab)
{
    return lab->mdb ? mh_mdb_fd(lab->mdb) : -1;
}

int mh_lab_mdb_update(struct mh_lab *lab, struct mh_error *err)
{
    if (!lab->mdb)
        return mh_error_set(err, -EINVAL, "watch", "switches not yet built");
    return mh_mdb_update(lab->mdb, err);
}

static bool device_has_group(const struct mh_lab *lab, unsigned index,
    const struct mh_addr *group, const struct mh_addr *source)
{
    struct mh_mdb_key key = {.port = index, .group = *group};
    const struct mh_mdb_entry *entry = NULL;

    if (source && source->family != AF_UNSPEC) {
        key.source = *source;
        entry = mh_mdb_table_find(mh_mdb_entries(lab->mdb), &key);
        key.source = (struct mh_addr){0};
    }
    /* A source without an entry of its own is forwarded like any other. */
    if (!entry)
        entry = mh_mdb_table_find(mh_mdb_entries(lab->mdb), &key);
    return entry && entry->forwards;
}

bool mh_lab_port_has_group(const struct mh_lab *lab, int number, const struct mh_addr *group,
    const struct mh_addr *source)
{
    const struct mh_lab_port *port;
    const struct mh_lab_switch *bridge;
    int home;

    if (!lab->mdb || number < 0 || number >= lab->port_count)
        return false;
    port = &lab->ports[number];
    bridge = mh_lab_switch_of(lab, port);
    if (!bridge)
        return false;
    home = port->plan.attached_switch;
    if (!lab->trunk_count)
        return device_has_group(lab, port->made.switch_index, group, source);
    for (int i = 0; i < lab->switch_count; i++)
        if (mh_trunks_tell_of_members(lab, home, i, group->family) &&
            !device_has_group(lab,
                i == home ? port->made.switch_index : mh_trunks_towards(lab, i, home), group,
                source))
            return false;
    return true;
}
