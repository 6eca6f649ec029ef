#include "net/interface.h"
#include "net/mroute_private.h"
#include "net/netns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DRAINED_AT_ONCE = 64 };

int mh_mroute_set(
    const struct mh_mroute *mroute, int level, int name, const void *value, size_t size)
{
    return setsockopt(mroute->fd, level, name, value, (socklen_t)size) < 0 ? -errno : 0;
}

/* ---- opening -------------------------------------------------------------------------------
 */

static int explain_open(struct mh_error *err, int code, sa_family_t family)
{
    mh_error_set(
        err, code, "take over", "IPv%d multicast forwarding", family == AF_INET ? 4 : 6);
    if (code == -EADDRINUSE)
        mh_error_hint(err, "a routing daemon has it already, and there is one owner per "
                           "host: give it the route, or stop it");
    if (code == -ENOPROTOOPT || code == -EPROTONOSUPPORT)
        mh_error_hint(err, "this kernel was built without multicast routing (CONFIG_IP_MROUTE, "
                           "CONFIG_IPV6_MROUTE)");
    if (code == -EPERM || code == -EACCES)
        mh_error_hint(err, "it takes CAP_NET_ADMIN in the network namespace");
    return code;
}

int mh_mroute_open(
    int netns_fd, sa_family_t family, struct mh_mroute **ret_mroute, struct mh_error *err)
{
    const struct mh_mroute_kernel *kernel =
        family == AF_INET ? &mh_mroute_ipv4 : &mh_mroute_ipv6;
    int fd = mh_netns_socket(netns_fd, family, SOCK_RAW, kernel->protocol, err);
    if (fd < 0) /* with a hint it was the namespace that refused */
        return err && err->hint[0] ? fd : explain_open(err, fd, family);

    struct mh_mroute *self = calloc(1, sizeof(*self));
    if (!self) {
        close(fd);
        return explain_open(err, -ENOMEM, family);
    }
    self->fd = fd;
    self->kernel = kernel;
    int r = kernel->take_over(self);
    if (r < 0) {
        mh_mroute_free(self);
        return explain_open(err, r, family);
    }
    *ret_mroute = self;
    return 0;
}

struct mh_mroute *mh_mroute_free(struct mh_mroute *mroute)
{
    if (mroute)
        close(mroute->fd);
    free(mroute);
    return NULL;
}

/* ---- interfaces ----------------------------------------------------------------------------
 */

int mh_mroute_number(const struct mh_mroute *mroute, unsigned interface_index)
{
    for (size_t i = 0; i < mroute->interface_count; i++)
        if (mroute->interfaces[i] == interface_index)
            return (int)i;
    return MH_MROUTE_NOT_FOUND;
}

static int explain_interface(
    const struct mh_mroute *self, int code, unsigned interface_index, struct mh_error *err)
{
    char name[MH_INTERFACE_TEXT_MAX] = "";

    mh_interface_name(self->fd, interface_index, name);
    mh_error_set(err, code, "route", "multicast through %s", name);
    if (code == -ENFILE)
        mh_error_hint(err,
            "the kernel routes multicast between %d interfaces of a host at most",
            MH_MROUTE_INTERFACES_MAX);
    return code;
}

static int ensure_interface(
    struct mh_mroute *self, unsigned interface_index, struct mh_error *err)
{
    int r;

    if (mh_mroute_number(self, interface_index) != MH_MROUTE_NOT_FOUND)
        return 0;
    if (self->interface_count == MH_MROUTE_INTERFACES_MAX)
        return explain_interface(self, -ENFILE, interface_index, err);
    r = self->kernel->add_interface(self, interface_index);
    if (r < 0)
        return explain_interface(self, r, interface_index, err);
    self->interfaces[self->interface_count++] = interface_index;
    return 0;
}

static int ensure_interfaces(
    struct mh_mroute *self, const struct mh_mroute_entry *entry, struct mh_error *err)
{
    int r = ensure_interface(self, entry->incoming, err);

    for (size_t i = 0; r == 0 && i < entry->output_count; i++)
        r = ensure_interface(self, entry->outputs[i].interface_index, err);
    return r;
}

/* ---- entries -------------------------------------------------------------------------------
 */

bool mh_mroute_is_any_source(const struct mh_mroute_entry *entry)
{
    return entry->source.family == AF_UNSPEC;
}

static int explain_entry(
    int code, const char *verb, const struct mh_mroute_entry *entry, struct mh_error *err)
{
    char source[MH_ADDR_TEXT_MAX], group[MH_ADDR_TEXT_MAX];

    mh_error_set(err, code, verb, "the multicast route (%s, %s)",
        mh_addr_format(&entry->source, source), mh_addr_format(&entry->group, group));
    if (code == -EADDRNOTAVAIL || code == -ENOENT)
        mh_error_hint(err, "there is no such route (any more)");
    return code;
}

static bool is_consistent(const struct mh_mroute *self, const struct mh_mroute_entry *entry)
{
    sa_family_t family = self->kernel->family;
    bool valid = entry->group.family == family && mh_addr_is_multicast(&entry->group) &&
                 entry->output_count <= MH_MROUTE_INTERFACES_MAX &&
                 (mh_mroute_is_any_source(entry) || entry->source.family == family);

    for (size_t i = 0; valid && i < entry->output_count; i++)
        valid = entry->outputs[i].ttl_threshold >= 1 && entry->outputs[i].ttl_threshold <= 254;
    return valid;
}

int mh_mroute_add(
    struct mh_mroute *mroute, const struct mh_mroute_entry *entry, struct mh_error *err)
{
    if (!is_consistent(mroute, entry))
        return explain_entry(-EINVAL, "add", entry, err);
    int r = ensure_interfaces(mroute, entry, err);
    if (r < 0)
        return r;
    r = mroute->kernel->add(mroute, entry);
    return r < 0 ? explain_entry(r, "add", entry, err) : 0;
}

int mh_mroute_remove(
    struct mh_mroute *mroute, const struct mh_mroute_entry *entry, struct mh_error *err)
{
    struct mh_mroute_entry key = *entry;

    if (!is_consistent(mroute, entry))
        return explain_entry(-EINVAL, "remove", entry, err);
    if (mh_mroute_number(mroute, entry->incoming) == MH_MROUTE_NOT_FOUND)
        return explain_entry(-ENOENT, "remove", entry, err);
    key.output_count = 0;
    int r = mroute->kernel->remove(mroute, &key);
    return r < 0 ? explain_entry(r, "remove", entry, err) : 0;
}

int mh_mroute_count(struct mh_mroute *mroute, const struct mh_mroute_entry *entry,
    struct mh_mroute_counters *ret_counters, struct mh_error *err)
{
    if (!is_consistent(mroute, entry))
        return explain_entry(-EINVAL, "count", entry, err);
    int r = mroute->kernel->count(mroute, entry, ret_counters);
    return r < 0 ? explain_entry(r, "count", entry, err) : 0;
}

/* ---- what the kernel asks ------------------------------------------------------------------
 */

int mh_mroute_fd(const struct mh_mroute *mroute)
{
    return mroute->fd;
}

void mh_mroute_drain(struct mh_mroute *mroute)
{
    char start;

    for (int i = 0; i < DRAINED_AT_ONCE; i++)
        if (recv(mroute->fd, &start, sizeof(start), MSG_DONTWAIT | MSG_TRUNC) < 0)
            return;
}
