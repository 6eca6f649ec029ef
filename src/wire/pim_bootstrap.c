#include "wire/pim_bootstrap.h"

int mh_pim_rp_next(struct mh_reader *rps, struct mh_pim_rp *ret_rp)
{
    if (!rps->failed && mh_reader_left(rps) == 0)
        return 0;
    struct mh_pim_rp rp = {.addr = mh_pim_addr_read(rps)};
    rp.holdtime_s = mh_read_u16(rps);
    rp.priority = mh_read_u8(rps);
    mh_read_u8(rps);
    if (rps->failed)
        return -EBADMSG;
    *ret_rp = rp;
    return 1;
}

static struct mh_span read_rps(struct mh_reader *reader, uint8_t count)
{
    struct mh_reader start = *reader;
    struct mh_pim_rp rp;

    for (uint8_t i = 0; i < count; i++) {
        if (mh_pim_rp_next(reader, &rp) <= 0) {
            mh_reader_fail(reader);
            break;
        }
    }
    return mh_read_span(&start, reader->offset - start.offset);
}

int mh_pim_bootstrap_group_next(
    struct mh_reader *groups, struct mh_pim_bootstrap_group *ret_group)
{
    if (!groups->failed && mh_reader_left(groups) == 0)
        return 0;
    struct mh_pim_bootstrap_group group = {.group = mh_pim_group_read(groups)};
    group.rp_count = mh_read_u8(groups);
    group.fragment_rp_count = mh_read_u8(groups);
    mh_read_u16(groups);
    group.rps = read_rps(groups, group.fragment_rp_count);
    if (groups->failed)
        return -EBADMSG;
    *ret_group = group;
    return 1;
}

int mh_pim_bootstrap_parse(struct mh_reader *body, struct mh_pim_bootstrap *ret_message)
{
    struct mh_pim_bootstrap message = {.fragment_tag = mh_read_u16(body)};
    struct mh_pim_bootstrap_group group;

    message.hash_mask_length = mh_read_u8(body);
    message.priority = mh_read_u8(body);
    message.router = mh_pim_addr_read(body);
    struct mh_reader start = *body;
    while (mh_pim_bootstrap_group_next(body, &group) > 0)
        ;
    message.groups = mh_read_rest(&start);
    if (!body->failed)
        *ret_message = message;
    return mh_reader_status(body);
}

int mh_pim_candidate_rp_parse(struct mh_reader *body, struct mh_pim_candidate_rp *ret_message)
{
    struct mh_pim_candidate_rp message = {.prefix_count = mh_read_u8(body)};

    message.priority = mh_read_u8(body);
    message.holdtime_s = mh_read_u16(body);
    message.rp = mh_pim_addr_read(body);
    struct mh_reader start = *body;
    for (uint8_t i = 0; i < message.prefix_count && !body->failed; i++)
        mh_pim_group_read(body);
    message.groups = mh_read_span(&start, body->offset - start.offset);
    if (!body->failed)
        *ret_message = message;
    return mh_reader_status(body);
}

int mh_pim_rp_format(struct mh_writer *writer, const struct mh_pim_rp *rp)
{
    mh_pim_addr_write(writer, &rp->addr);
    mh_write_u16(writer, rp->holdtime_s);
    mh_write_u8(writer, rp->priority);
    mh_write_u8(writer, 0);
    return writer->error;
}

int mh_pim_bootstrap_group_format(
    struct mh_writer *writer, const struct mh_pim_bootstrap_group *group)
{
    mh_pim_group_write(writer, &group->group);
    mh_write_u8(writer, group->rp_count);
    mh_write_u8(writer, group->fragment_rp_count);
    mh_write_u16(writer, 0);
    mh_write_span(writer, group->rps);
    return writer->error;
}

int mh_pim_bootstrap_format(struct mh_writer *writer, const struct mh_pim_bootstrap *message)
{
    mh_write_u16(writer, message->fragment_tag);
    mh_write_u8(writer, message->hash_mask_length);
    mh_write_u8(writer, message->priority);
    mh_pim_addr_write(writer, &message->router);
    mh_write_span(writer, message->groups);
    return writer->error;
}

int mh_pim_candidate_rp_format(
    struct mh_writer *writer, const struct mh_pim_candidate_rp *message)
{
    mh_write_u8(writer, message->prefix_count);
    mh_write_u8(writer, message->priority);
    mh_write_u16(writer, message->holdtime_s);
    mh_pim_addr_write(writer, &message->rp);
    mh_write_span(writer, message->groups);
    return writer->error;
}
