#include "lab/nic.h"

#include "lab/interface.h"
#include "lab/nic_record.h"
#include "lab/nic_settings.h"
#include "net/netns.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where an index is taken: the next to try, far from those that the kernel counts through. */
enum { INDEX_STEP = 100003, INDEX_TRIES = 10 };

struct mh_nic {
    char name[IFNAMSIZ];
    struct mh_place_link home_link;
    unsigned away_index; /* 0: it has not been moved */
    bool stays;
    int home; /* the machine's namespace, or the one that it stays in */
    struct mh_netlink *home_netlink;
    struct mh_netlink *away_netlink; /* its socket keeps the host's namespace, too */
    struct mh_nic_record *record;
    struct mh_nic_settings *settings;
};

const char *mh_nic_name(const struct mh_nic *nic)
{
    return nic->name;
}

static struct mh_nic *free_nic(struct mh_nic *nic)
{
    mh_nic_settings_free(nic->settings);
    mh_nic_record_free(nic->record);
    mh_netlink_free(nic->away_netlink);
    mh_netlink_free(nic->home_netlink);
    if (nic->home >= 0)
        close(nic->home);
    free(nic);
    return NULL;
}

/* ---- moving --------------------------------------------------------------------------------
 */

struct move {
    struct mh_netlink *netlink; /* where it is */
    unsigned index;             /* there */
    int target;                 /* the namespace that it goes to */
    unsigned wanted_index;      /* there; 0: any */
    const char *other_name;     /* there, when its own is taken: a pattern; NULL: none */
};

static int move(const struct move *move, const struct mh_attempt *attempt, struct mh_error *err)
{
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)move->index;
    message = mh_netlink_add(move->netlink, RTM_NEWLINK, 0, &link, sizeof(link), attempt);
    mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)move->target);
    if (move->wanted_index)
        mnl_attr_put_u32(message, IFLA_NEW_IFINDEX, move->wanted_index);
    if (move->other_name)
        mnl_attr_put_strz(message, IFLA_IFNAME, move->other_name);
    return mh_netlink_send(move->netlink, err);
}

/* ---- taking --------------------------------------------------------------------------------
 */

/* A port of a bridge or a bond would come back without it. */
static int check_free(const struct mh_nic *nic, struct mh_error *err)
{
    if (nic->home_link.flags & IFF_LOOPBACK) {
        mh_error_set(err, -EINVAL, "attach", "interface %s", nic->name);
        return mh_error_hint(
            err, "loopback cannot be moved: every network namespace has its own");
    }
    if (nic->home_link.master) {
        mh_error_set(err, -EBUSY, "attach", "interface %s", nic->name);
        return mh_error_hint(err,
            "it is a port of a bridge or a bond: take it out first (ip link set %s nomaster)",
            nic->name);
    }
    return 0;
}

static int look_at_home(struct mh_nic *nic, struct mh_error *err)
{
    int r = mh_netlink_connect(nic->home_netlink, err);
    if (r == 0)
        r = mh_place_find(nic->home_netlink, nic->name, &nic->home_link, err);
    if (r == 0)
        r = mh_nic_record_take(nic->home_link.index, &nic->record, err);
    if (r < 0)
        return r;
    nic->settings = mh_nic_settings_read(nic->name);
    return nic->settings ? 0 : mh_error_set(err, -ENOMEM, "attach", "%s", nic->name);
}

static void explain_move(const struct mh_nic *nic, int code, struct mh_error *err)
{
    if (code == -EPERM)
        mh_error_hint(err, "only root may move an interface of this machine: run as root");
    if (code == -EINVAL)
        mh_error_hint(err, "the kernel does not let %s leave its namespace", nic->name);
}

static int move_away(struct mh_nic *nic, const struct mh_place *place, struct mh_error *err)
{
    struct mh_attempt attempt = {"move", "%s into a namespace", {nic->name}};
    struct move away = {
        .netlink = nic->home_netlink, .index = nic->home_link.index, .target = place->netns};
    struct mh_place_link there = {.index = 0};

    int r = mh_place_connect(place, nic->away_netlink, err);
    if (r == 0)
        r = move(&away, &attempt, err);
    explain_move(nic, r, err);
    if (r == 0)
        r = mh_place_find(nic->away_netlink, nic->name, &there, err);
    if (r == 0)
        nic->away_index = there.index;
    return r;
}

static bool has_addresses(const struct mh_place *place)
{
    return place->ipv4.address.family != AF_UNSPEC || place->ipv6.address.family != AF_UNSPEC;
}

/* The move took a veth's other end down, too; a bridge that it is a port of must not hear of
 * its coming up again some time later. */
static void settle_peer(const struct mh_nic *nic)
{
    struct mh_attempt attempt = {"bring up", "the other end of %s", {nic->name}};

    if (nic->home_link.peer == 0)
        return;
    mh_interface_settle(nic->home_netlink, nic->home_link.peer, &attempt);
    (void)mh_netlink_send(nic->home_netlink, NULL);
}

static int configure(
    const struct mh_nic *nic, const struct mh_place *place, struct mh_error *err)
{
    struct mh_attempt address = {"give", "%s the addresses that it had", {nic->name}};
    struct mh_attempt route = {"route", "multicast through %s", {nic->name}};
    struct mh_netlink *netlink = nic->away_netlink;
    unsigned index = nic->away_index;

    int r = mh_place_configure(place, netlink, index, err);
    if (r == 0 && !has_addresses(place))
        r = mh_nic_record_play_addresses_at_once(nic->record, netlink, index, &address, err);
    if (r < 0)
        return r;
    mh_interface_multicast(netlink, index, &route);
    r = mh_netlink_send(netlink, err);
    settle_peer(nic);
    return r;
}

static int take(struct mh_nic *nic, const struct mh_place *place, struct mh_error *err)
{
    int r = mh_netns_current(&nic->home, err);
    if (r == 0)
        r = look_at_home(nic, err);
    if (r == 0)
        r = check_free(nic, err);
    if (r == 0)
        r = move_away(nic, place, err);
    return r == 0 ? configure(nic, place, err) : r;
}

static int keep(struct mh_nic *nic, const struct mh_place *place, struct mh_error *err)
{
    int away;
    int r = mh_netns_visit(place->netns, &away, err);
    if (r < 0)
        return r;

    r = mh_netns_current(&nic->home, err);
    if (r == 0)
        r = look_at_home(nic, err);
    nic->stays = r == 0;
    int back = mh_netns_return(away, r < 0 ? NULL : err);
    return r < 0 ? r : back;
}

/* `how` is take() or keep(). */
static int begin(int (*how)(struct mh_nic *, const struct mh_place *, struct mh_error *),
    const struct mh_place *place, struct mh_nic **ret_nic, struct mh_error *err)
{
    struct mh_nic *nic = calloc(1, sizeof(*nic));
    if (!nic)
        return mh_error_set(err, -ENOMEM, "attach", "interface %s", place->lower);
    nic->home = -1;
    strncpy(nic->name, place->lower, sizeof(nic->name) - 1);
    nic->home_netlink = mh_netlink_new();
    nic->away_netlink = mh_netlink_new();

    int r = nic->home_netlink && nic->away_netlink
                ? how(nic, place, err)
                : mh_error_set(err, -ENOMEM, "attach", "interface %s", place->lower);
    if (r < 0) {
        mh_nic_give_back(nic, NULL);
        return r;
    }
    *ret_nic = nic;
    return 0;
}

int mh_nic_take(const struct mh_place *place, struct mh_nic **ret_nic, struct mh_error *err)
{
    return begin(take, place, ret_nic, err);
}

int mh_nic_keep(const struct mh_place *place, struct mh_nic **ret_nic, struct mh_error *err)
{
    return begin(keep, place, ret_nic, err);
}

/* ---- giving back ---------------------------------------------------------------------------
 */

/* Where its name or its index is somebody else's by now, it gets another one. */
static int move_home(struct mh_nic *nic, struct mh_error *err)
{
    struct mh_attempt attempt = {"give back", "%s to this machine", {nic->name}};
    struct move home = {.netlink = nic->away_netlink,
        .index = nic->away_index,
        .target = nic->home,
        .wanted_index = nic->home_link.index};

    int r = move(&home, &attempt, err);
    if (r == -EEXIST) {
        home.other_name = "dev%d"; /* what the kernel calls those whose namespace has ended */
        r = move(&home, &attempt, err);
    }
    for (int tries = 0; r == -EBUSY && tries < INDEX_TRIES; tries++) {
        home.wanted_index += INDEX_STEP;
        r = move(&home, &attempt, err);
    }
    nic->home_link.index = home.wanted_index;
    return r;
}

/* Its name goes first: a scenario may have renamed it, and its settings go by that. */
static int rename_back(const struct mh_nic *nic, struct mh_error *err)
{
    struct mh_attempt attempt = {"rename", "it to %s again", {nic->name}};
    struct nlmsghdr *message;
    struct ifinfomsg link;

    memset(&link, 0, sizeof(link));
    link.ifi_index = (int)nic->home_link.index;
    message = mh_netlink_add(nic->home_netlink, RTM_NEWLINK, 0, &link, sizeof(link), &attempt);
    mnl_attr_put_strz(message, IFLA_IFNAME, nic->name);
    return mh_netlink_send(nic->home_netlink, err);
}

static int bring_up(const struct mh_nic *nic, struct mh_error *err)
{
    struct mh_attempt attempt = {"bring up", "%s again", {nic->name}};

    if (!(nic->home_link.flags & IFF_UP))
        return 0;
    mh_interface_up(nic->home_netlink, nic->home_link.index, &attempt);
    mh_interface_settle(nic->home_netlink, nic->home_link.index, &attempt);
    int r = mh_netlink_send(nic->home_netlink, err);
    settle_peer(nic);
    return r;
}

/* Each step is tried, whatever became of the one before; the first failure is told. */
static int restore(const struct mh_nic *nic, struct mh_error *err)
{
    struct mh_attempt address = {"give", "%s its addresses again", {nic->name}};
    struct mh_attempt route = {"give", "%s its routes again", {nic->name}};
    unsigned index = nic->home_link.index;

    int r = rename_back(nic, err);
    mh_nic_settings_restore(nic->settings, nic->name);
    int up = bring_up(nic, r < 0 ? NULL : err);
    r = r < 0 ? r : up;
    int addresses = mh_nic_record_play_addresses(
        nic->record, nic->home_netlink, index, &address, r < 0 ? NULL : err);
    r = r < 0 ? r : addresses;
    int routes = nic->home_link.flags & IFF_UP
                     ? mh_nic_record_play_routes(
                           nic->record, nic->home_netlink, index, &route, r < 0 ? NULL : err)
                     : 0;
    return r < 0 ? r : routes;
}

static int restore_there(const struct mh_nic *nic, struct mh_error *err)
{
    int away;
    int r = mh_netns_visit(nic->home, &away, err);
    if (r < 0)
        return r;

    r = restore(nic, err);
    int back = mh_netns_return(away, r < 0 ? NULL : err);
    return r < 0 ? r : back;
}

int mh_nic_give_back(struct mh_nic *nic, struct mh_error *err)
{
    int r = 0;

    if (!nic)
        return 0;
    if (nic->stays)
        r = restore_there(nic, err);
    if (nic->away_index) {
        r = move_home(nic, err);
        if (r == 0)
            r = restore(nic, err);
    }
    free_nic(nic);
    return r;
}
