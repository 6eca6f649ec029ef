/* What a socket's own namespace says about one interface, asked through the socket
 * (netdevice(7)): the calling thread may be elsewhere. */
#pragma once

#include "base/addr.h"

#include <net/if.h>

enum { MH_INTERFACE_TEXT_MAX = IFNAMSIZ + 16 };

/* "eth0"; "interface 7" when the namespace has none with that index. Returns `text`. */
const char *mh_interface_name(int fd, unsigned index, char text[static MH_INTERFACE_TEXT_MAX]);
/* IFF_UP, IFF_MULTICAST ...; or -ENODEV. */
int mh_interface_flags(int fd, unsigned index);
/* Its first IPv4 address; AF_UNSPEC when it has none. */
struct mh_addr mh_interface_ipv4(int fd, unsigned index);
/* The interface that has this IPv4 address; 0 when none has. */
unsigned mh_interface_with_ipv4(int fd, const struct mh_addr *address);
