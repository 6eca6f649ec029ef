#include "wire/pim_join_prune.h"

enum { SOURCE_HEAD = 4 }; /* family, encoding, flags, mask length */

/* They may be of any family, so their length is known only behind them. */
static struct mh_span read_sources(struct mh_reader *reader, uint16_t count)
{
    struct mh_reader start = *reader;

    for (uint16_t i = 0; i < count && !reader->failed; i++)
        mh_pim_source_read(reader);
    return mh_read_span(&start, reader->offset - start.offset);
}

int mh_pim_join_prune_group_next(
    struct mh_reader *groups, struct mh_pim_join_prune_group *ret_group)
{
    if (!groups->failed && mh_reader_left(groups) == 0)
        return 0;
    struct mh_pim_join_prune_group group = {.group = mh_pim_group_read(groups)};
    group.joined_count = mh_read_u16(groups);
    group.pruned_count = mh_read_u16(groups);
    group.joined = read_sources(groups, group.joined_count);
    group.pruned = read_sources(groups, group.pruned_count);
    if (groups->failed)
        return -EBADMSG;
    *ret_group = group;
    return 1;
}

static struct mh_span read_groups(struct mh_reader *reader, uint8_t count)
{
    struct mh_reader start = *reader;
    struct mh_pim_join_prune_group group;

    for (uint8_t i = 0; i < count; i++) {
        if (mh_pim_join_prune_group_next(reader, &group) <= 0) {
            mh_reader_fail(reader);
            break;
        }
    }
    return mh_read_span(&start, reader->offset - start.offset);
}

int mh_pim_join_prune_parse(struct mh_reader *body, struct mh_pim_join_prune *ret_message)
{
    struct mh_pim_join_prune message = {.upstream = mh_pim_addr_read(body)};

    message.reserved = mh_read_u8(body);
    message.group_count = mh_read_u8(body);
    message.holdtime_s = mh_read_u16(body);
    message.groups = read_groups(body, message.group_count);
    if (!body->failed)
        *ret_message = message;
    return mh_reader_status(body);
}

int mh_pim_join_prune_format(struct mh_writer *writer, const struct mh_pim_join_prune *message)
{
    mh_pim_addr_write(writer, &message->upstream);
    mh_write_u8(writer, message->reserved);
    mh_write_u8(writer, message->group_count);
    mh_write_u16(writer, message->holdtime_s);
    mh_write_span(writer, message->groups);
    return writer->error;
}

static uint16_t count_of(
    struct mh_writer *writer, const struct mh_pim_join_prune_group *group, size_t length)
{
    size_t size = SOURCE_HEAD + mh_address_size(group->group.addr.family);

    mh_writer_require(writer, length % size == 0 && length / size <= UINT16_MAX);
    return (uint16_t)(length / size);
}

int mh_pim_join_prune_group_format(
    struct mh_writer *writer, const struct mh_pim_join_prune_group *group)
{
    bool force = group->force_counts;

    mh_pim_group_write(writer, &group->group);
    mh_write_u16(
        writer, force ? group->joined_count : count_of(writer, group, group->joined.length));
    mh_write_u16(
        writer, force ? group->pruned_count : count_of(writer, group, group->pruned.length));
    mh_write_span(writer, group->joined);
    mh_write_span(writer, group->pruned);
    return writer->error;
}
