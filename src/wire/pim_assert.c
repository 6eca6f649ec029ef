#include "wire/pim_assert.h"

#define RP_TREE (UINT32_C(1) << 31)

int mh_pim_assert_parse(struct mh_reader *body, struct mh_pim_assert *ret_assert)
{
    struct mh_pim_assert message = {.group = mh_pim_group_read(body)};

    message.source = mh_pim_addr_read(body);
    uint32_t preference = mh_read_u32(body);
    message.rp_tree = (preference & RP_TREE) != 0;
    message.preference = preference & ~RP_TREE;
    message.metric = mh_read_u32(body);
    if (!body->failed)
        *ret_assert = message;
    return mh_reader_status(body);
}

int mh_pim_assert_format(struct mh_writer *writer, const struct mh_pim_assert *message)
{
    mh_writer_require(writer, message->preference < RP_TREE);
    mh_pim_group_write(writer, &message->group);
    mh_pim_addr_write(writer, &message->source);
    mh_write_u32(writer, (message->rp_tree ? RP_TREE : 0) | message->preference);
    mh_write_u32(writer, message->metric);
    return writer->error;
}
