#include "lab/nft_expression.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

/* ---- what is put into a rule -------------------------------------------------------------
 */

static void put_number(struct nlmsghdr *message, uint16_t type, uint32_t number)
{
    mnl_attr_put_u32(message, type, htonl(number));
}

struct expression {
    struct nlattr *element, *data;
};

static struct expression begin(struct nlmsghdr *message, const char *name)
{
    struct expression expression = {mnl_attr_nest_start(message, NFTA_LIST_ELEM), NULL};

    mnl_attr_put_strz(message, NFTA_EXPR_NAME, name);
    expression.data = mnl_attr_nest_start(message, NFTA_EXPR_DATA);
    return expression;
}

static void end(struct nlmsghdr *message, struct expression expression)
{
    mnl_attr_nest_end(message, expression.data);
    mnl_attr_nest_end(message, expression.element);
}

static void put_equals(struct nlmsghdr *message, const void *value, size_t size)
{
    struct expression cmp = begin(message, "cmp");
    struct nlattr *data;

    put_number(message, NFTA_CMP_SREG, NFT_REG_1);
    put_number(message, NFTA_CMP_OP, NFT_CMP_EQ);
    data = mnl_attr_nest_start(message, NFTA_CMP_DATA);
    mnl_attr_put(message, NFTA_DATA_VALUE, size, value);
    mnl_attr_nest_end(message, data);
    end(message, cmp);
}

void mh_nft_put_meta_is(struct nlmsghdr *message, uint32_t key, uint8_t value)
{
    struct expression meta = begin(message, "meta");

    put_number(message, NFTA_META_DREG, NFT_REG_1);
    put_number(message, NFTA_META_KEY, key);
    end(message, meta);
    put_equals(message, &value, sizeof(value));
}

void mh_nft_put_bytes_are(
    struct nlmsghdr *message, uint32_t base, uint32_t offset, const void *value, size_t size)
{
    struct expression payload = begin(message, "payload");

    put_number(message, NFTA_PAYLOAD_DREG, NFT_REG_1);
    put_number(message, NFTA_PAYLOAD_BASE, base);
    put_number(message, NFTA_PAYLOAD_OFFSET, offset);
    put_number(message, NFTA_PAYLOAD_LEN, (uint32_t)size);
    end(message, payload);
    put_equals(message, value, size);
}

void mh_nft_put_counter(struct nlmsghdr *message)
{
    end(message, begin(message, "counter"));
}

void mh_nft_put_drop(struct nlmsghdr *message)
{
    struct expression immediate = begin(message, "immediate");
    struct nlattr *data, *verdict;

    put_number(message, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
    data = mnl_attr_nest_start(message, NFTA_IMMEDIATE_DATA);
    verdict = mnl_attr_nest_start(message, NFTA_DATA_VERDICT);
    put_number(message, NFTA_VERDICT_CODE, NF_DROP);
    mnl_attr_nest_end(message, verdict);
    mnl_attr_nest_end(message, data);
    end(message, immediate);
}

/* ---- what is read from one ---------------------------------------------------------------
 */

struct sums {
    uint64_t *packets, *bytes;
};

static int take_count(const struct nlattr *attribute, void *context)
{
    const struct sums *sums = context;

    if (mnl_attr_get_type(attribute) == NFTA_COUNTER_PACKETS)
        *sums->packets += be64toh(mnl_attr_get_u64(attribute));
    if (mnl_attr_get_type(attribute) == NFTA_COUNTER_BYTES)
        *sums->bytes += be64toh(mnl_attr_get_u64(attribute));
    return MNL_CB_OK;
}

struct found {
    const char *name;
    const struct nlattr *data;
};

static int look_at_expression(const struct nlattr *attribute, void *context)
{
    struct found *found = context;

    if (mnl_attr_get_type(attribute) == NFTA_EXPR_NAME)
        found->name = mnl_attr_get_str(attribute);
    if (mnl_attr_get_type(attribute) == NFTA_EXPR_DATA)
        found->data = attribute;
    return MNL_CB_OK;
}

static int find_counter(const struct nlattr *element, void *context)
{
    struct found found = {NULL, NULL};

    mnl_attr_parse_nested(element, look_at_expression, &found);
    if (found.name && found.data && !strcmp(found.name, "counter"))
        mnl_attr_parse_nested(found.data, take_count, context);
    return MNL_CB_OK;
}

static int find_expressions(const struct nlattr *attribute, void *context)
{
    if (mnl_attr_get_type(attribute) == NFTA_RULE_EXPRESSIONS)
        mnl_attr_parse_nested(attribute, find_counter, context);
    return MNL_CB_OK;
}

void mh_nft_add_counters(const struct nlmsghdr *rule, uint64_t *packets, uint64_t *bytes)
{
    struct sums sums = {packets, bytes};

    mnl_attr_parse(rule, sizeof(struct nfgenmsg), find_expressions, &sums);
}
