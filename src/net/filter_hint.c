#include "net/filter_hint.h"

#include <regex.h>
#include <stddef.h>

struct slip {
    const char *pattern; /* POSIX extended, regex(7) */
    const char *hint;
};

/* The first that is found tells; what is more special comes first. */
static const struct slip slips[] = {
    {"(^|[^a-z])(inbound|outbound|ifindex)([^a-z]|$)",
        "leave inbound, outbound and ifindex out; a captured packet tells its direction and "
        "its "
        "interface"},
    {"(^|[^a-z0-9_])(ip|ipv6|ip6|udp|tcp|eth|igmp|icmpv6|icmp6|mld|pim|frame|arp)\\.[a-z]",
        "this is a display filter of Wireshark's; libpcap writes \"udp port 5000\", \"dst host "
        "239.1.1.1\", \"igmp\""},
    {"(igmp|mld)_?v?[123]",
        "libpcap does not tell the versions apart by name: \"igmp\", and the type by its byte: "
        "igmp[0] is 0x11 for a query, 0x16 for a v2 report, 0x22 for a v3 report, 0x17 for a "
        "leave"},
    {"(^|[^a-z])(IGMP|UDP|TCP|ICMP6?|ARP|PIM|MLD|IP6?|AND|OR|NOT|HOST|PORT|SRC|DST|NET)"
     "([^A-Za-z]|$)",
        "libpcap's words are written in lower case"},
    {"(^|[^a-z])(ipv6|ipv4|icmpv6)([^a-z0-9]|$)", "libpcap's words are ip, ip6 and icmp6"},
    {"(^|[^a-z])(group|destination|dest|source|sender|to|from) ",
        "libpcap writes \"dst host 239.1.1.1\" and \"src host 10.0.0.1\""},
    {"(port|host|src|dst|proto|net) *=",
        "libpcap writes it without '=': \"udp port 5000\", \"dst host 239.1.1.1\""},
    {"(^|[^a-z])(port|portrange) *(:|[a-z]*$|$)", "a port's number follows: \"udp port 5000\""},
    {"host *[0-9.]+/", "a prefix is a net: \"dst net 239.0.0.0/8\""},
    {"(^|[^a-z])in ", "libpcap has no sets: write \"port 5000 or port 5001\""},
    {"(^|and|or|not|&&|\\|\\||!|\\() *[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+",
        "an address says what it is: \"igmp and host 239.1.1.1\", \"dst host 239.1.1.1\""},
    {"(udp|tcp|igmp|icmp6?|pim) +[0-9]", "a number says what it is: \"udp port 5000\""},
    {"(udp|tcp|igmp|icmp6?|pim) +((src|dst) +)?(host|net) ",
        "a protocol and an address are joined by \"and\": \"udp and dst net 239.0.0.0/8\""},
    {"port +[0-9]+-[0-9]", "several ports are a range: \"portrange 5000-5005\""},
    {",", "libpcap has no lists: write \"port 5000 or port 5001\""},
    {"host +[A-Za-z_]",
        "libpcap knows no names of this network: write the address, \"host \" .. a.address"},
    {"(and|or|not|&&|\\|\\||!) *$", "the expression ends where another part is expected"},
    {"^ *$", "an expression is missing; leave the filter out to have every frame"},
};

static int matches(const char *pattern, const char *expression)
{
    regex_t compiled;

    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return 0;
    int found = regexec(&compiled, expression, 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}

const char *mh_filter_hint(const char *expression)
{
    for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++)
        if (matches(slips[i].pattern, expression))
            return slips[i].hint;
    return NULL;
}
