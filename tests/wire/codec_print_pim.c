#include "codec_print.h"
#include "wire/pim.h"
#include "wire/pim_assert.h"
#include "wire/pim_bootstrap.h"
#include "wire/pim_hello.h"
#include "wire/pim_join_prune.h"
#include "wire/pim_register.h"

/* tshark has a name for either family. */
static void print_addr46(const char *name4, const char *name6, struct mh_addr addr)
{
    print_addr(addr.family == AF_INET ? name4 : name6, addr);
}

static int print_hello(struct mh_reader *body)
{
    struct mh_reader options = *body;
    struct mh_pim_hello_option option;
    struct mh_pim_hello hello;
    struct mh_addr addr;

    while (mh_pim_hello_option_next(&options, &option) > 0) {
        print_number("pim.optiontype", option.type);
        print_number("pim.optionlength", option.value.length);
    }
    if (mh_pim_hello_parse(body, &hello) < 0)
        return -EBADMSG;
    if (hello.has_holdtime)
        print_number("pim.holdtime", hello.holdtime_s);
    if (hello.has_lan_prune_delay) {
        print_number("pim.t", hello.tracking);
        print_number("pim.propagation_delay", hello.propagation_ms);
        print_number("pim.override_interval", hello.override_ms);
    }
    if (hello.has_dr_priority)
        print_number("pim.dr_priority", hello.dr_priority);
    if (hello.has_generation_id)
        print_number("pim.generation_id", hello.generation_id);
    struct mh_reader addresses = mh_reader_of(hello.addresses);
    while (mh_pim_addr_next(&addresses, &addr) > 0)
        print_addr46("pim.address_list", "pim.address_list_ip6", addr);
    return 0;
}

static int print_register(struct mh_reader *body)
{
    struct mh_pim_register message;
    int r = mh_pim_register_parse(body, &message);

    if (r == 0) {
        print_number("pim.register_flag.border", message.border);
        print_number("pim.register_flag.null_register", message.null);
    }
    return r;
}

static void print_group(const struct mh_pim_group *group)
{
    print_number("pim.group_addr.flags.b", group->bidirectional);
    print_number("pim.group_addr.flags.z", group->zone);
    print_number("pim.mask_len", group->mask_length);
    print_addr46("pim.group", "pim.group_ip6", group->addr);
}

static int print_register_stop(struct mh_reader *body)
{
    struct mh_pim_register_stop stop;
    int r = mh_pim_register_stop_parse(body, &stop);

    if (r == 0) {
        print_group(&stop.group);
        print_addr46("pim.source", "pim.source_ip6", stop.source);
    }
    return r;
}

static void print_list(const char *name4, const char *name6, struct mh_span list)
{
    struct mh_reader reader = mh_reader_of(list);
    struct mh_pim_source source;

    while (mh_pim_source_next(&reader, &source) > 0) {
        print_number("pim.source_addr.flags.s", source.sparse);
        print_number("pim.source_addr.flags.w", source.wildcard);
        print_number("pim.source_addr.flags.r", source.rp_tree);
        print_number("pim.mask_len", source.mask_length);
        print_addr46(name4, name6, source.addr);
    }
}

static int print_join_prune(struct mh_reader *body)
{
    struct mh_pim_join_prune message;
    struct mh_pim_join_prune_group group;

    if (mh_pim_join_prune_parse(body, &message) < 0)
        return -EBADMSG;
    struct mh_reader groups = mh_reader_of(message.groups);
    print_addr46("pim.upstream_neighbor", "pim.upstream_neighbor_ip6", message.upstream);
    print_number("pim.numgroups", message.group_count);
    print_number("pim.holdtime", message.holdtime_s);
    while (mh_pim_join_prune_group_next(&groups, &group) > 0) {
        print_group(&group.group);
        print_number("pim.numjoins", group.joined_count);
        print_number("pim.numprunes", group.pruned_count);
        print_list("pim.join_ip", "pim.join_ip6", group.joined);
        print_list("pim.prune_ip", "pim.prune_ip6", group.pruned);
    }
    return 0;
}

static int print_bootstrap(struct mh_reader *body)
{
    struct mh_pim_bootstrap message;
    struct mh_pim_bootstrap_group group;
    struct mh_pim_rp rp;

    if (mh_pim_bootstrap_parse(body, &message) < 0)
        return -EBADMSG;
    struct mh_reader groups = mh_reader_of(message.groups);
    print_number("pim.fragment_tag", message.fragment_tag);
    print_number("pim.hash_mask_len", message.hash_mask_length);
    print_number("pim.bsr_priority", message.priority);
    print_addr46("pim.bsr", "pim.bsr_ip6", message.router);
    while (mh_pim_bootstrap_group_next(&groups, &group) > 0) {
        struct mh_reader rps = mh_reader_of(group.rps);
        print_group(&group.group);
        print_number("pim.rp_count", group.rp_count);
        print_number("pim.frp_count", group.fragment_rp_count);
        while (mh_pim_rp_next(&rps, &rp) > 0) {
            print_addr46("pim.rp", "pim.rp_ip6", rp.addr);
            print_number("pim.holdtime", rp.holdtime_s);
            print_number("pim.priority", rp.priority);
        }
    }
    return 0;
}

static int print_assert(struct mh_reader *body)
{
    struct mh_pim_assert message;
    int r = mh_pim_assert_parse(body, &message);

    if (r == 0) {
        print_group(&message.group);
        print_addr46("pim.source", "pim.source_ip6", message.source);
        print_number("pim.rpt", message.rp_tree);
        print_number("pim.metric_pref", message.preference);
        print_number("pim.metric", message.metric);
    }
    return r;
}

static int print_candidate_rp(struct mh_reader *body)
{
    struct mh_pim_candidate_rp message;
    struct mh_pim_group group;

    if (mh_pim_candidate_rp_parse(body, &message) < 0)
        return -EBADMSG;
    struct mh_reader groups = mh_reader_of(message.groups);
    print_number("pim.prefix_count", message.prefix_count);
    print_number("pim.priority", message.priority);
    print_number("pim.holdtime", message.holdtime_s);
    print_addr46("pim.rp", "pim.rp_ip6", message.rp);
    while (mh_pim_group_next(&groups, &group) > 0)
        print_group(&group);
    return 0;
}

static int print_pim_body(const struct mh_pim *pim)
{
    struct mh_reader body = mh_reader_of(pim->body);

    switch (pim->type) {
    case MH_PIM_HELLO:
        return print_hello(&body);
    case MH_PIM_REGISTER:
        return print_register(&body);
    case MH_PIM_REGISTER_STOP:
        return print_register_stop(&body);
    case MH_PIM_JOIN_PRUNE:
    case MH_PIM_GRAFT:
    case MH_PIM_GRAFT_ACK:
        return print_join_prune(&body);
    case MH_PIM_BOOTSTRAP:
        return print_bootstrap(&body);
    case MH_PIM_ASSERT:
        return print_assert(&body);
    case MH_PIM_CANDIDATE_RP:
        return print_candidate_rp(&body);
    default:
        return 0;
    }
}

void print_pim(struct mh_span payload, const struct mh_pseudo_header *pseudo)
{
    struct mh_reader reader = mh_reader_of(payload);
    struct mh_pim pim;

    if (mh_pim_parse(&reader, pseudo, &pim) < 0) {
        print_malformed("pim");
        return;
    }
    print_number("pim.version", pim.version);
    print_number("pim.type", pim.type);
    if (pim.version != MH_PIM_VERSION)
        return;
    print_number("pim.cksum", pim.checksum);
    print_number("pim.cksum.status", pim.checksum_right);
    if (print_pim_body(&pim) < 0)
        print_malformed("pim");
}
