/* An IPv4 or IPv6 address: a plain value, compared and copied freely. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct mh_addr {
    sa_family_t family; /* AF_UNSPEC: no address */
    uint32_t scope;     /* interface index of a scoped IPv6 address, 0: none (RFC 4007) */
    union {
        struct in_addr v4;
        struct in6_addr v6;
    };
};

/* What the socket calls take; a union, so that no cast is needed. */
union mh_sockaddr {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
};

enum { MH_ADDR_TEXT_MAX = INET6_ADDRSTRLEN + 12 }; /* with "%<index>" */

/* "10.0.0.1", "ff02::1" or "fe80::1%3" (a numeric scope). 0, or -EINVAL. */
int mh_addr_parse(const char *text, struct mh_addr *ret_addr);
/* "*" for AF_UNSPEC. Returns `text`. */
const char *mh_addr_format(const struct mh_addr *addr, char text[static MH_ADDR_TEXT_MAX]);
bool mh_addr_equal(const struct mh_addr *a, const struct mh_addr *b); /* scope does not count */
bool mh_addr_is_any(const struct mh_addr *addr);                      /* 0.0.0.0 or :: */
bool mh_addr_is_multicast(const struct mh_addr *addr);                /* 224/4, ff00::/8 */
/* 224.0.0.0/24, or ff01::/16 and ff02::1: groups a snooping switch never learns. */
bool mh_addr_is_unlearned_group(const struct mh_addr *addr);
uint32_t mh_addr_hash(const struct mh_addr *addr);
/* Returns the length to give to the kernel; 0 for AF_UNSPEC. */
socklen_t mh_addr_to_sockaddr(
    const struct mh_addr *addr, uint16_t port, union mh_sockaddr *ret_sockaddr);
struct mh_addr mh_addr_from_sockaddr(const union mh_sockaddr *sockaddr);
uint16_t mh_sockaddr_port(const union mh_sockaddr *sockaddr);
