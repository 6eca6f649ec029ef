#include "codec_build.h"

#include "codec_tool.h"
#include "wire/ethernet.h"
#include "wire/igmp.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"
#include "wire/mld.h"
#include "wire/udp.h"

#include <stdlib.h>

enum { LAYERS_MAX = 8 };

/* "10.0.0.1+10.0.0.2" */
static struct mh_span addresses(struct mh_writer *list, const char *text, sa_family_t family)
{
    size_t begin = list->length;

    for (; text && !word_is_empty(text); text = word_next_in_part(text, '+')) {
        struct mh_addr addr = word_to_addr(text);
        mh_write_addr(list, &addr, family);
    }
    return (struct mh_span){list->bytes + begin, list->length - begin};
}

static void build_ethernet(
    const char *layer, struct mh_span payload, struct mh_writer *list, struct mh_writer *writer)
{
    struct mh_ethernet ethernet = {.tag_type = (uint16_t)word_number(layer, "tag"),
        .vlan_priority = (uint8_t)word_number(layer, "priority"),
        .drop_eligible = (uint8_t)word_number(layer, "dei"),
        .vlan_id = (uint16_t)word_number(layer, "vlan"),
        .ethertype = (uint16_t)word_number(layer, "type"),
        .payload = payload};

    memcpy(ethernet.destination, word_bytes(list, layer, "dst").bytes, 6);
    memcpy(ethernet.source, word_bytes(list, layer, "src").bytes, 6);
    mh_ethernet_format(writer, &ethernet);
}

static void build_ipv4(
    const char *layer, struct mh_span payload, struct mh_writer *list, struct mh_writer *writer)
{
    struct mh_ipv4 ipv4 = {.dscp = (uint8_t)word_number(layer, "dscp"),
        .ecn = (uint8_t)word_number(layer, "ecn"),
        .identification = (uint16_t)word_number(layer, "id"),
        .dont_fragment = word_number(layer, "df"),
        .ttl = (uint8_t)word_number(layer, "ttl"),
        .protocol = (uint8_t)word_number(layer, "protocol"),
        .checksum = (uint16_t)word_number(layer, "checksum"),
        .force_checksum = word_find(layer, "checksum") != NULL,
        .source = word_addr(layer, "src"),
        .destination = word_addr(layer, "dst"),
        .options = word_bytes(list, layer, "options"),
        .payload = payload};

    mh_ipv4_format(writer, &ipv4);
}

static void build_ipv6(
    const char *layer, struct mh_span payload, struct mh_writer *list, struct mh_writer *writer)
{
    size_t begin = list->length;
    bool has_alert = word_find(layer, "alert") != NULL;
    uint8_t protocol = (uint8_t)word_number(layer, "protocol");
    uint8_t value[2];

    if (has_alert) {
        struct mh_writer hop_by_hop = mh_writer_of((uint8_t[8]){0}, 8);
        mh_put_u16(value, (uint16_t)word_number(layer, "alert"));
        struct mh_ipv6_option alert = {MH_IPV6_OPTION_ROUTER_ALERT, {value, 2}};
        mh_ipv6_option_format(&hop_by_hop, &alert);
        mh_ipv6_extension_format(list, &(struct mh_ipv6_extension){IPPROTO_HOPOPTS, protocol,
                                           mh_writer_span(&hop_by_hop)});
    }
    struct mh_ipv6 ipv6 = {.traffic_class = (uint8_t)word_number(layer, "tclass"),
        .flow_label = word_number(layer, "flow"),
        .next_header = has_alert ? IPPROTO_HOPOPTS : protocol,
        .hop_limit = (uint8_t)word_number(layer, "hops"),
        .source = word_addr(layer, "src"),
        .destination = word_addr(layer, "dst"),
        .extensions = {list->bytes + begin, list->length - begin},
        .payload = payload};
    mh_ipv6_format(writer, &ipv6);
}

static void build_udp(const char *layer, const struct mh_pseudo_header *pseudo,
    struct mh_writer *list, struct mh_writer *writer)
{
    struct mh_udp udp = {.source_port = (uint16_t)word_number(layer, "src"),
        .destination_port = (uint16_t)word_number(layer, "dst"),
        .checksum = (uint16_t)word_number(layer, "checksum"),
        .force_checksum = word_find(layer, "checksum") != NULL,
        .payload = word_bytes(list, layer, "payload")};

    mh_udp_format(writer, pseudo, &udp);
}

/* "record=TYPE/GROUP/SOURCE+SOURCE/AUXILIARY". Returns how many there are. */
static uint16_t write_records(
    const char *layer, sa_family_t family, struct mh_writer *list, struct mh_span *ret_records)
{
    static uint8_t memory[LAYER_BYTES];
    struct mh_writer records = mh_writer_of(memory, sizeof(memory));
    uint16_t count = 0;

    for (const char *text = word_find(layer, "record"); text;
         text = word_find(text, "record")) {
        const char *group = word_after(text, '/');
        const char *sources = word_after(group, '/');
        const char *auxiliary = word_after(sources, '/');
        struct mh_group_record record = {.type = (uint8_t)strtoul(text, NULL, 0),
            .group = word_to_addr(group),
            .sources = addresses(list, sources, family)};
        size_t begin = list->length;
        word_write_hex(list, auxiliary);
        record.auxiliary = (struct mh_span){list->bytes + begin, list->length - begin};
        mh_group_record_format(&records, family, &record);
        count++;
    }
    *ret_records = mh_writer_span(&records);
    return count;
}

static void build_igmp(const char *layer, struct mh_writer *list, struct mh_writer *writer)
{
    struct mh_igmp igmp = {.type = (uint8_t)word_number(layer, "type"),
        .version = (uint8_t)word_number(layer, "version"),
        .max_response_code = (uint8_t)word_number(layer, "code"),
        .checksum = (uint16_t)word_number(layer, "checksum"),
        .force_checksum = word_find(layer, "checksum") != NULL,
        .group = word_addr(layer, "group"),
        .suppress_router = word_number(layer, "suppress"),
        .robustness = (uint8_t)word_number(layer, "robustness"),
        .query_interval_code = (uint8_t)word_number(layer, "interval"),
        .sources = addresses(list, word_find(layer, "sources"), AF_INET)};

    igmp.record_count = write_records(layer, AF_INET, list, &igmp.records);
    mh_igmp_format(writer, &igmp);
}

static void build_mld(const char *layer, const struct mh_pseudo_header *pseudo,
    struct mh_writer *list, struct mh_writer *writer)
{
    struct mh_mld mld = {.type = (uint8_t)word_number(layer, "type"),
        .version = (uint8_t)word_number(layer, "version"),
        .max_response_code = (uint16_t)word_number(layer, "code"),
        .checksum = (uint16_t)word_number(layer, "checksum"),
        .force_checksum = word_find(layer, "checksum") != NULL,
        .group = word_addr(layer, "group"),
        .suppress_router = word_number(layer, "suppress"),
        .robustness = (uint8_t)word_number(layer, "robustness"),
        .query_interval_code = (uint8_t)word_number(layer, "interval"),
        .sources = addresses(list, word_find(layer, "sources"), AF_INET6)};

    mld.record_count = write_records(layer, AF_INET6, list, &mld.records);
    mh_mld_format(writer, pseudo, &mld);
}

static bool is_layer(const char *layer, const char *name)
{
    return strncmp(layer, name, strlen(name)) == 0 && layer[strlen(name)] == ' ';
}

static struct mh_pseudo_header pseudo_of(const char *layer)
{
    return (struct mh_pseudo_header){word_addr(layer, "src"), word_addr(layer, "dst"),
        (uint8_t)word_number(layer, "protocol")};
}

/* `around`: the layer that it is in. */
static void build_layer(const char *layer, const char *around, struct mh_span payload,
    struct mh_writer *list, struct mh_writer *writer)
{
    if (is_layer(layer, "eth")) {
        build_ethernet(layer, payload, list, writer);
    } else if (is_layer(layer, "ipv4")) {
        build_ipv4(layer, payload, list, writer);
    } else if (is_layer(layer, "ipv6")) {
        build_ipv6(layer, payload, list, writer);
    } else {
        struct mh_pseudo_header pseudo = pseudo_of(around);
        if (is_layer(layer, "udp"))
            build_udp(layer, &pseudo, list, writer);
        else if (is_layer(layer, "igmp"))
            build_igmp(layer, list, writer);
        else if (is_layer(layer, "mld"))
            build_mld(layer, &pseudo, list, writer);
        else if (is_layer(layer, "pim"))
            build_pim(layer, &pseudo, list, writer);
        else
            writer->error = -EINVAL;
    }
}

/* From the innermost layer outwards: lengths and checksums need what they are around. */
int build_frame(char *text, struct mh_writer *writer)
{
    static uint8_t list_memory[LAYER_BYTES], memory[2][LAYER_BYTES];
    struct mh_writer list = mh_writer_of(list_memory, sizeof(list_memory));
    struct mh_span payload = {NULL, 0};
    char *layers[LAYERS_MAX];
    size_t count = 0;

    char *save = NULL;
    for (char *layer = strtok_r(text, "|", &save); layer && count < LAYERS_MAX;
         layer = strtok_r(NULL, "|", &save))
        layers[count++] = layer + strspn(layer, " ");
    while (count-- > 0) {
        struct mh_writer out = mh_writer_of(memory[count % 2], LAYER_BYTES);
        build_layer(layers[count], count > 0 ? layers[count - 1] : "", payload, &list, &out);
        payload = mh_writer_span(&out);
        if (out.error)
            writer->error = out.error;
    }
    mh_write_span(writer, payload);
    return writer->error;
}
