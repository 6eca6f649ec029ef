#include "lab/attribute.h"

struct search {
    uint16_t type;
    const struct nlattr *found;
};

static int compare(const struct nlattr *attribute, void *context)
{
    struct search *search = context;

    if (mnl_attr_get_type(attribute) != search->type)
        return MNL_CB_OK;
    search->found = attribute;
    return MNL_CB_STOP;
}

const struct nlattr *mh_attribute_find(
    const struct nlmsghdr *message, size_t header_size, struct mh_attribute_path path)
{
    struct search search = {path.types[0], NULL};

    mnl_attr_parse(message, (unsigned)header_size, compare, &search);
    for (int i = 1; search.found && i < MH_ATTRIBUTE_DEPTH && path.types[i]; i++) {
        const struct nlattr *nest = search.found;

        search = (struct search){path.types[i], NULL};
        mnl_attr_parse_nested(nest, compare, &search);
    }
    return search.found;
}

uint64_t mh_attribute_number(const struct nlattr *attribute, uint64_t otherwise)
{
    switch (attribute ? mnl_attr_get_payload_len(attribute) : 0) {
    case sizeof(uint8_t):
        return mnl_attr_get_u8(attribute);
    case sizeof(uint16_t):
        return mnl_attr_get_u16(attribute);
    case sizeof(uint32_t):
        return mnl_attr_get_u32(attribute);
    case sizeof(uint64_t):
        return mnl_attr_get_u64(attribute);
    default:
        return otherwise;
    }
}
