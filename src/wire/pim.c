#include "wire/pim.h"

enum { CHECKSUM_OFFSET = 2, REGISTER_HEADER = 8, NIBBLE_MAX = 15 };

static uint64_t pseudo_sum(const struct mh_pseudo_header *pseudo, size_t length)
{
    return pseudo && pseudo->source.family == AF_INET6 ? mh_checksum_pseudo(pseudo, length) : 0;
}

/* RFC 7761, section 4.9: the packet inside a register is not summed up. */
static struct mh_span covered(uint8_t type, struct mh_span message)
{
    if (type == MH_PIM_REGISTER && message.length > REGISTER_HEADER)
        message.length = REGISTER_HEADER;
    return message;
}

static bool is_right(const struct mh_pseudo_header *pseudo, struct mh_span part)
{
    return mh_checksum_fold(mh_checksum_add(pseudo_sum(pseudo, part.length), part)) == 0;
}

static uint16_t right_checksum(const struct mh_pseudo_header *pseudo, struct mh_span part)
{
    return mh_checksum_compute(pseudo_sum(pseudo, part.length), part, CHECKSUM_OFFSET);
}

int mh_pim_parse(
    struct mh_reader *reader, const struct mh_pseudo_header *pseudo, struct mh_pim *ret_pim)
{
    struct mh_reader start = *reader;
    struct mh_span message = mh_read_rest(&start);
    uint8_t first = mh_read_u8(reader);
    struct mh_pim pim = {.version = first >> 4, .type = first & NIBBLE_MAX};

    pim.flags = mh_read_u8(reader);
    pim.checksum = mh_read_u16(reader);
    pim.body = mh_read_rest(reader);
    if (reader->failed)
        return -EBADMSG;

    struct mh_span part = covered(pim.type, message);
    pim.checksum_right =
        is_right(pseudo, part) || (pim.type == MH_PIM_REGISTER && is_right(pseudo, message));
    pim.force_checksum = pim.checksum != right_checksum(pseudo, part);
    *ret_pim = pim;
    return 0;
}

int mh_pim_format(
    struct mh_writer *writer, const struct mh_pseudo_header *pseudo, const struct mh_pim *pim)
{
    size_t begin = writer->length;

    mh_writer_require(writer, pim->version <= NIBBLE_MAX && pim->type <= NIBBLE_MAX);
    mh_write_u8(writer, (uint8_t)(pim->version << 4 | pim->type));
    mh_write_u8(writer, pim->flags);
    mh_write_u16(writer, pim->checksum);
    mh_write_span(writer, pim->body);
    if (!writer->error && !pim->force_checksum) {
        struct mh_span message = {writer->bytes + begin, writer->length - begin};
        mh_rewrite_u16(writer, begin + CHECKSUM_OFFSET,
            right_checksum(pseudo, covered(pim->type, message)));
    }
    return writer->error;
}
