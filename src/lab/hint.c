#include "lab/hint.h"

#include <errno.h>
#include <stddef.h>

static const char *remedy(int code)
{
    switch (code) {
    case -EXFULL:
        return "a Linux bridge takes 1023 ports: use several switches";
    case -EPERM:
        return "this needs CAP_NET_ADMIN: run as root, or inside a user namespace (unshare -r)";
    case -EMFILE:
        return "every host holds a descriptor: raise the limit (`ulimit -n`)";
    case -ENOSPC:
        return "every host is a network namespace: raise the sysctl user.max_net_namespaces";
    case -EOPNOTSUPP:
        return "the kernel needs veth, bridge with IGMP snooping, and IPv6 "
               "(CONFIG_VETH, CONFIG_BRIDGE, CONFIG_BRIDGE_IGMP_SNOOPING, CONFIG_IPV6)";
    default:
        return NULL;
    }
}

int mh_lab_hint(struct mh_error *err, int code)
{
    const char *words = remedy(code);

    if (words)
        return mh_error_hint(err, "%s", words);
    return code;
}
