#include "codec_print.h"

#include "codec_tool.h"
#include "wire/ethernet.h"
#include "wire/exponential.h"
#include "wire/igmp.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"
#include "wire/mld.h"
#include "wire/udp.h"

#include <inttypes.h>
#include <stdio.h>

void print_number(const char *name, uint64_t value)
{
    printf(" %s=%" PRIu64, name, value);
}

void print_bytes(const char *name, struct mh_span span)
{
    if (span.length > 0)
        printf(" %s=", name);
    for (size_t i = 0; i < span.length; i++)
        printf("%02x", span.bytes[i]);
}

void print_addr(const char *name, struct mh_addr addr)
{
    char text[MH_ADDR_TEXT_MAX];

    printf(" %s=%s", name, mh_addr_format(&addr, text));
}

void print_malformed(const char *layer)
{
    printf(" malformed=%s", layer);
}

static void print_udp(struct mh_span payload, const struct mh_pseudo_header *pseudo)
{
    struct mh_reader reader = mh_reader_of(payload);
    struct mh_udp udp;

    if (mh_udp_parse(&reader, pseudo, &udp) < 0) {
        print_malformed("udp");
        return;
    }
    print_number("udp.srcport", udp.source_port);
    print_number("udp.dstport", udp.destination_port);
    print_number("udp.length", udp.length);
    print_number("udp.checksum", udp.checksum);
    if (udp.checksum != 0)
        print_number("udp.checksum.status", udp.checksum_right);
    print_bytes("udp.payload", udp.payload);
}

static void print_sources(const char *name, struct mh_span sources, sa_family_t family)
{
    for (size_t i = 0; i < mh_source_count(sources, family); i++)
        print_addr(name, mh_source_at(sources, family, i));
}

static void print_igmp_body(const struct mh_igmp *igmp)
{
    struct mh_reader records = mh_reader_of(igmp->records);
    struct mh_group_record record;

    if (igmp->type == MH_IGMP_V3_REPORT)
        print_number("igmp.num_grp_recs", igmp->record_count);
    else
        print_addr("igmp.maddr", igmp->group);
    if (igmp->type == MH_IGMP_QUERY && igmp->version == 3) {
        print_number("igmp.s", igmp->suppress_router);
        print_number("igmp.qrv", igmp->robustness);
        print_number("igmp.qqic", igmp->query_interval_code);
        print_number("igmp.num_src", igmp->source_count);
        print_sources("igmp.saddr", igmp->sources, AF_INET);
    }
    while (mh_group_record_next(&records, AF_INET, &record) > 0) {
        print_number("igmp.record_type", record.type);
        print_number("igmp.aux_data_len", record.auxiliary_words);
        print_number("igmp.num_src", record.source_count);
        print_addr("igmp.maddr", record.group);
        print_sources("igmp.saddr", record.sources, AF_INET);
        print_bytes("igmp.aux_data", record.auxiliary);
    }
}

static void print_igmp(struct mh_span payload)
{
    struct mh_reader reader = mh_reader_of(payload);
    struct mh_igmp igmp;
    int r = mh_igmp_parse(&reader, &igmp);

    if (r == -EBADMSG)
        print_malformed("igmp");
    if (r < 0)
        return;
    print_number("igmp.type", igmp.type);
    print_number("igmp.version", igmp.version);
    if (igmp.type == MH_IGMP_QUERY && igmp.version > 1)
        print_number("igmp.max_resp", mh_igmp_max_response_ms(&igmp) / 100);
    print_number("igmp.checksum", igmp.checksum);
    print_number("igmp.checksum.status", igmp.checksum_right);
    print_igmp_body(&igmp);
}

static void print_mld_query(const struct mh_mld *mld)
{
    print_number("icmpv6.mld.flag.s", mld->suppress_router);
    print_number("icmpv6.mld.flag.qrv", mld->robustness);
    print_number("icmpv6.mld.qqi", mh_exponential8_decode(mld->query_interval_code));
    print_number("icmpv6.mld.nb_sources", mld->source_count);
    print_sources("icmpv6.mld.source_address", mld->sources, AF_INET6);
}

static void print_mld_records(const struct mh_mld *mld)
{
    struct mh_reader records = mh_reader_of(mld->records);
    struct mh_group_record record;

    print_number("icmpv6.mldr.nb_mcast_records", mld->record_count);
    while (mh_group_record_next(&records, AF_INET6, &record) > 0) {
        print_number("icmpv6.mldr.mar.record_type", record.type);
        print_number("icmpv6.mldr.mar.aux_data_len", record.auxiliary_words);
        print_number("icmpv6.mldr.mar.nb_sources", record.source_count);
        print_addr("icmpv6.mldr.mar.multicast_address", record.group);
        print_sources("icmpv6.mldr.mar.source_address", record.sources, AF_INET6);
        print_bytes("icmpv6.mldr.mar.auxiliary_data", record.auxiliary);
    }
}

static void print_mld(struct mh_span payload, const struct mh_pseudo_header *pseudo)
{
    struct mh_reader reader = mh_reader_of(payload);
    struct mh_mld mld;
    int r = mh_mld_parse(&reader, pseudo, &mld);

    if (r == -EBADMSG)
        print_malformed("mld");
    if (r < 0)
        return;
    print_number("icmpv6.type", mld.type);
    print_number("icmpv6.code", mld.code);
    print_number("icmpv6.checksum", mld.checksum);
    print_number("icmpv6.checksum.status", mld.checksum_right);
    if (mld.type == MH_MLD_V2_REPORT) {
        print_mld_records(&mld);
        return;
    }
    print_number(mld.version == 1 ? "icmpv6.mld.maximum_response_delay"
                                  : "icmpv6.mld.maximum_response_code",
        mh_mld_max_response_ms(&mld));
    print_addr("icmpv6.mld.multicast_address", mld.group);
    if (mld.version == 2)
        print_mld_query(&mld);
}

static void print_upper(struct mh_span payload, const struct mh_pseudo_header *pseudo)
{
    switch (pseudo->protocol) {
    case IPPROTO_UDP:
        print_udp(payload, pseudo);
        break;
    case IPPROTO_IGMP:
        print_igmp(payload);
        break;
    case IPPROTO_ICMPV6:
        print_mld(payload, pseudo);
        break;
    case IPPROTO_PIM:
        print_pim(payload, pseudo);
        break;
    default:
        break;
    }
}

static void print_ipv4_header(const struct mh_ipv4 *ipv4)
{
    print_number("ip.hdr_len", ipv4->header_length);
    print_number("ip.dsfield.dscp", ipv4->dscp);
    print_number("ip.dsfield.ecn", ipv4->ecn);
    print_number("ip.len", ipv4->total_length);
    print_number("ip.id", ipv4->identification);
    print_number("ip.flags.rb", ipv4->reserved_flag);
    print_number("ip.flags.df", ipv4->dont_fragment);
    print_number("ip.flags.mf", ipv4->more_fragments);
    print_number("ip.frag_offset", ipv4->fragment_offset);
    print_number("ip.ttl", ipv4->ttl);
    print_number("ip.proto", ipv4->protocol);
    print_number("ip.checksum", ipv4->checksum);
    print_number("ip.checksum.status", ipv4->checksum_right);
    print_addr("ip.src", ipv4->source);
    print_addr("ip.dst", ipv4->destination);
    if (mh_ipv4_has_router_alert(ipv4))
        print_number("ip.opt.ra", 0);
}

static void print_ipv4(struct mh_span payload)
{
    struct mh_reader reader = mh_reader_of(payload);
    struct mh_ipv4 ipv4;

    if (mh_ipv4_parse(&reader, &ipv4) < 0) {
        print_malformed("ip");
        return;
    }
    print_ipv4_header(&ipv4);
    if (ipv4.fragment_offset == 0 && !ipv4.more_fragments)
        print_upper(ipv4.payload,
            &(struct mh_pseudo_header){ipv4.source, ipv4.destination, ipv4.protocol});
}

static void print_extensions(const struct mh_ipv6 *ipv6)
{
    struct mh_reader extensions = mh_reader_of(ipv6->extensions);
    struct mh_ipv6_extension extension;
    uint8_t type = ipv6->next_header;

    while (mh_ipv6_next_extension(&extensions, &type, &extension) > 0) {
        if (extension.type == IPPROTO_HOPOPTS)
            print_number("ipv6.hopopts.nxt", extension.next_header);
        if (extension.type == IPPROTO_DSTOPTS)
            print_number("ipv6.dstopts.nxt", extension.next_header);
        if (extension.type == IPPROTO_FRAGMENT) {
            print_number("ipv6.fraghdr.nxt", extension.next_header);
            print_number("ipv6.fraghdr.offset", ipv6->fragment_offset);
            print_number("ipv6.fraghdr.more", ipv6->more_fragments);
        }
    }
}

static void print_ipv6(struct mh_span payload)
{
    struct mh_reader reader = mh_reader_of(payload);
    struct mh_ipv6 ipv6;
    uint16_t alert;

    if (mh_ipv6_parse(&reader, &ipv6) < 0) {
        print_malformed("ipv6");
        return;
    }
    print_number("ipv6.tclass", ipv6.traffic_class);
    print_number("ipv6.flow", ipv6.flow_label);
    print_number("ipv6.plen", ipv6.payload_length);
    print_number("ipv6.nxt", ipv6.next_header);
    print_number("ipv6.hlim", ipv6.hop_limit);
    print_addr("ipv6.src", ipv6.source);
    print_addr("ipv6.dst", ipv6.destination);
    if (mh_ipv6_router_alert(&ipv6, &alert))
        print_number("ipv6.opt.router_alert", alert);
    print_extensions(&ipv6);
    if (ipv6.fragment_offset == 0 && !ipv6.more_fragments)
        print_upper(ipv6.payload,
            &(struct mh_pseudo_header){ipv6.source, ipv6.destination, ipv6.protocol});
}

static void print_tag(const struct mh_ethernet *ethernet)
{
    print_number("vlan.priority", ethernet->vlan_priority);
    print_number("vlan.dei", ethernet->drop_eligible);
    print_number("vlan.id", ethernet->vlan_id);
    print_number("vlan.etype", ethernet->ethertype);
}

void print_frame(struct mh_span frame)
{
    struct mh_reader reader = mh_reader_of(frame);
    struct mh_ethernet ethernet;

    if (mh_ethernet_parse(&reader, &ethernet) < 0) {
        print_malformed("eth");
        return;
    }
    print_bytes("eth.dst", (struct mh_span){ethernet.destination, 6});
    print_bytes("eth.src", (struct mh_span){ethernet.source, 6});
    print_number("eth.type", ethernet.tag_type ? ethernet.tag_type : ethernet.ethertype);
    if (ethernet.tag_type)
        print_tag(&ethernet);
    if (ethernet.ethertype == MH_ETHERTYPE_IPV4)
        print_ipv4(ethernet.payload);
    if (ethernet.ethertype == MH_ETHERTYPE_IPV6)
        print_ipv6(ethernet.payload);
}
