#include "codec_build.h"
#include "wire/pim.h"
#include "wire/pim_assert.h"
#include "wire/pim_bootstrap.h"
#include "wire/pim_hello.h"
#include "wire/pim_join_prune.h"
#include "wire/pim_register.h"

#include <stdlib.h>

/* "ADDRESS@MASK_LENGTH@FLAGS" */
static struct mh_pim_group to_group(const char *text)
{
    const char *mask = word_next_in_part(text, '@');
    unsigned long flags = strtoul(word_next_in_part(mask, '@'), NULL, 0);

    return (struct mh_pim_group){
        word_to_addr(text), (uint8_t)strtoul(mask, NULL, 0), flags & 0x80, flags & 0x01};
}

static struct mh_span pim_sources(struct mh_writer *list, const char *text)
{
    size_t begin = list->length;

    for (; text && !word_is_empty(text); text = word_next_in_part(text, '+')) {
        const char *mask = word_next_in_part(text, '@');
        unsigned long flags = strtoul(word_next_in_part(mask, '@'), NULL, 0);
        struct mh_pim_source source = {word_to_addr(text), (uint8_t)strtoul(mask, NULL, 0),
            flags & 4, flags & 2, flags & 1};
        mh_pim_source_write(list, &source);
    }
    return (struct mh_span){list->bytes + begin, list->length - begin};
}

static void build_hello(const char *layer, struct mh_writer *list, struct mh_writer *body)
{
    size_t begin = list->length;
    struct mh_pim_hello hello = {.has_holdtime = word_find(layer, "holdtime"),
        .has_lan_prune_delay = word_find(layer, "propagation"),
        .has_dr_priority = word_find(layer, "priority"),
        .has_generation_id = word_find(layer, "generation"),
        .has_addresses = word_find(layer, "address"),
        .holdtime_s = (uint16_t)word_number(layer, "holdtime"),
        .tracking = word_number(layer, "tracking"),
        .propagation_ms = (uint16_t)word_number(layer, "propagation"),
        .override_ms = (uint16_t)word_number(layer, "override"),
        .dr_priority = word_number(layer, "priority"),
        .generation_id = word_number(layer, "generation")};

    for (const char *text = word_find(layer, "address"); text;
         text = word_find(text, "address")) {
        struct mh_addr addr = word_to_addr(text);
        mh_pim_addr_write(list, &addr);
    }
    hello.addresses = (struct mh_span){list->bytes + begin, list->length - begin};
    mh_pim_hello_format(body, &hello);
}

static void build_register(const char *layer, struct mh_writer *list, struct mh_writer *body)
{
    struct mh_pim_register message = {.border = word_number(layer, "border"),
        .null = word_number(layer, "null"),
        .packet = word_bytes(list, layer, "packet")};

    mh_pim_register_format(body, &message);
}

/* "group=GROUP/SOURCE+SOURCE/SOURCE+SOURCE": joined, pruned. */
static void build_join_prune(const char *layer, struct mh_writer *list, struct mh_writer *body)
{
    static uint8_t memory[LAYER_BYTES];
    struct mh_writer groups = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_join_prune message = {.upstream = word_addr(layer, "upstream"),
        .holdtime_s = (uint16_t)word_number(layer, "holdtime")};

    for (const char *text = word_find(layer, "group"); text; text = word_find(text, "group")) {
        struct mh_pim_join_prune_group group = {.group = to_group(text)};
        const char *joined = word_after(text, '/');
        group.joined = pim_sources(list, joined);
        group.pruned = pim_sources(list, word_after(joined, '/'));
        mh_pim_join_prune_group_format(&groups, &group);
        message.group_count++;
    }
    message.groups = mh_writer_span(&groups);
    mh_pim_join_prune_format(body, &message);
}

/* "group=GROUP/RP+RP", an RP as "ADDRESS@HOLDTIME@PRIORITY". */
static void build_bootstrap(const char *layer, struct mh_writer *list, struct mh_writer *body)
{
    static uint8_t memory[LAYER_BYTES];
    struct mh_writer groups = mh_writer_of(memory, sizeof(memory));
    struct mh_pim_bootstrap message = {.fragment_tag = (uint16_t)word_number(layer, "tag"),
        .hash_mask_length = (uint8_t)word_number(layer, "hash"),
        .priority = (uint8_t)word_number(layer, "priority"),
        .router = word_addr(layer, "router")};

    for (const char *text = word_find(layer, "group"); text; text = word_find(text, "group")) {
        size_t begin = list->length;
        struct mh_pim_bootstrap_group group = {.group = to_group(text)};
        const char *rps = word_after(text, '/');
        for (; rps && !word_is_empty(rps); rps = word_next_in_part(rps, '+')) {
            const char *holdtime = word_next_in_part(rps, '@');
            struct mh_pim_rp rp = {word_to_addr(rps), (uint16_t)strtoul(holdtime, NULL, 0),
                (uint8_t)strtoul(word_next_in_part(holdtime, '@'), NULL, 0)};
            mh_pim_rp_format(list, &rp);
            group.fragment_rp_count++;
        }
        group.rp_count = group.fragment_rp_count;
        group.rps = (struct mh_span){list->bytes + begin, list->length - begin};
        mh_pim_bootstrap_group_format(&groups, &group);
    }
    message.groups = mh_writer_span(&groups);
    mh_pim_bootstrap_format(body, &message);
}

static void build_candidate_rp(
    const char *layer, struct mh_writer *list, struct mh_writer *body)
{
    size_t begin = list->length;
    struct mh_pim_candidate_rp message = {.priority = (uint8_t)word_number(layer, "priority"),
        .holdtime_s = (uint16_t)word_number(layer, "holdtime"),
        .rp = word_addr(layer, "rp")};

    for (const char *text = word_find(layer, "group"); text; text = word_find(text, "group")) {
        struct mh_pim_group group = to_group(text);
        mh_pim_group_write(list, &group);
        message.prefix_count++;
    }
    message.groups = (struct mh_span){list->bytes + begin, list->length - begin};
    mh_pim_candidate_rp_format(body, &message);
}

static void build_assert(const char *layer, struct mh_writer *body)
{
    struct mh_pim_assert message = {.group = to_group(word_find(layer, "group")),
        .source = word_addr(layer, "source"),
        .rp_tree = word_number(layer, "rpt"),
        .preference = word_number(layer, "preference"),
        .metric = word_number(layer, "metric")};

    mh_pim_assert_format(body, &message);
}

static void build_pim_body(const char *layer, struct mh_writer *list, struct mh_writer *body)
{
    struct mh_pim_register_stop stop;

    switch (word_number(layer, "type")) {
    case MH_PIM_HELLO:
        build_hello(layer, list, body);
        break;
    case MH_PIM_REGISTER:
        build_register(layer, list, body);
        break;
    case MH_PIM_REGISTER_STOP:
        stop = (struct mh_pim_register_stop){
            to_group(word_find(layer, "group")), word_addr(layer, "source")};
        mh_pim_register_stop_format(body, &stop);
        break;
    case MH_PIM_BOOTSTRAP:
        build_bootstrap(layer, list, body);
        break;
    case MH_PIM_ASSERT:
        build_assert(layer, body);
        break;
    case MH_PIM_CANDIDATE_RP:
        build_candidate_rp(layer, list, body);
        break;
    default:
        build_join_prune(layer, list, body);
    }
}

void build_pim(const char *layer, const struct mh_pseudo_header *pseudo, struct mh_writer *list,
    struct mh_writer *writer)
{
    static uint8_t memory[LAYER_BYTES];
    struct mh_writer body = mh_writer_of(memory, sizeof(memory));

    build_pim_body(layer, list, &body);
    struct mh_pim pim = {.version = MH_PIM_VERSION,
        .type = (uint8_t)word_number(layer, "type"),
        .checksum = (uint16_t)word_number(layer, "checksum"),
        .force_checksum = word_find(layer, "checksum") != NULL,
        .body = mh_writer_span(&body)};
    mh_pim_format(writer, pseudo, &pim);
    if (body.error)
        writer->error = body.error;
}
