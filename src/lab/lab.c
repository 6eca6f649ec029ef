#include "lab/lab.h"

#include "lab/mdb.h"
#include "lab/netlink.h"
#include "lab/network.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct mh_lab *mh_lab_new(void)
{
    struct mh_lab *lab = calloc(1, sizeof(*lab));

    if (lab)
        lab->switch_netns = -1;
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
    for (int i = 0; i < lab->switch_count; i++)
        free((char *)lab->switches[i].plan.name);
    free(lab->switches);
    free(lab->hosts);
    free(lab->ports);
    free(lab->routes);
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
    mh_error_set(
        err, -EINVAL, "read switch", "read switch number %d, which is not built", number);
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
        return mh_error_set(err, -EINVAL, "watch switches", "watch switches not yet built");
    return mh_mdb_update(lab->mdb, err);
}

bool mh_lab_port_has_group(const struct mh_lab *lab, int port, const struct mh_addr *group,
    const struct mh_addr *source)
{
    struct mh_mdb_key key = {.group = *group};
    const struct mh_mdb_entry *entry = NULL;

    if (!lab->mdb || port < 0 || port >= lab->port_count)
        return false;
    key.port = lab->ports[port].made.switch_index;
    if (!key.port)
        return false;
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
