#include "wire/mld.h"

#include "wire/exponential.h"

enum {
    V1_MESSAGE = 24,
    V2_QUERY_MIN = 28,
    CHECKSUM_OFFSET = 2,
    SUPPRESS_ROUTER = 0x08,
    ROBUSTNESS_MAX = 7,
    RESERVED_MAX = 15,
};

static bool is_known(uint8_t type)
{
    switch (type) {
    case MH_MLD_QUERY:
    case MH_MLD_V1_REPORT:
    case MH_MLD_DONE:
    case MH_MLD_V2_REPORT:
        return true;
    default:
        return false;
    }
}

/* RFC 3810, section 8.1. 0: no version has queries of this length. */
static uint8_t message_version(uint8_t type, size_t length)
{
    if (type == MH_MLD_V2_REPORT)
        return 2;
    if (type != MH_MLD_QUERY || length == V1_MESSAGE)
        return 1;
    return length >= V2_QUERY_MIN ? 2 : 0;
}

static void read_v2_query(struct mh_reader *reader, struct mh_mld *mld)
{
    uint8_t flags = mh_read_u8(reader);

    mld->query_reserved = flags >> 4;
    mld->suppress_router = (flags & SUPPRESS_ROUTER) != 0;
    mld->robustness = flags & ROBUSTNESS_MAX;
    mld->query_interval_code = mh_read_u8(reader);
    mld->source_count = mh_read_u16(reader);
    mld->sources = mh_read_span(reader, mld->source_count * mh_address_size(AF_INET6));
}

static void read_body(struct mh_reader *reader, struct mh_mld *mld)
{
    mld->max_response_code = mh_read_u16(reader);
    if (mld->type == MH_MLD_V2_REPORT) {
        mld->record_count = mh_read_u16(reader);
        mld->records = mh_group_records_read(reader, AF_INET6, mld->record_count);
        return;
    }
    mld->reserved = mh_read_u16(reader);
    mld->group = mh_read_addr(reader, AF_INET6);
    if (mld->type == MH_MLD_QUERY && mld->version == 2)
        read_v2_query(reader, mld);
}

static void judge_checksum(
    const struct mh_pseudo_header *pseudo, struct mh_span message, struct mh_mld *mld)
{
    uint64_t sum = mh_checksum_pseudo(pseudo, message.length);

    mld->checksum_right = mh_checksum_fold(mh_checksum_add(sum, message)) == 0;
    mld->force_checksum = mld->checksum != mh_checksum_compute(sum, message, CHECKSUM_OFFSET);
}

int mh_mld_parse(
    struct mh_reader *reader, const struct mh_pseudo_header *pseudo, struct mh_mld *ret_mld)
{
    struct mh_reader start = *reader;
    struct mh_span message = mh_read_rest(&start);
    struct mh_mld mld = {.type = mh_read_u8(reader)};

    if (!reader->failed && !is_known(mld.type))
        return -EPROTONOSUPPORT;
    mld.code = mh_read_u8(reader);
    mld.checksum = mh_read_u16(reader);
    mld.version = message_version(mld.type, message.length);
    read_body(reader, &mld);
    if (mld.version == 0)
        mh_reader_fail(reader);
    mld.trailing = mh_read_rest(reader);
    if (reader->failed)
        return -EBADMSG;

    judge_checksum(pseudo, message, &mld);
    *ret_mld = mld;
    return 0;
}

static void write_v2_query(struct mh_writer *writer, const struct mh_mld *mld)
{
    mh_writer_require(
        writer, mld->query_reserved <= RESERVED_MAX && mld->robustness <= ROBUSTNESS_MAX);
    mh_write_u8(
        writer, (uint8_t)(mld->query_reserved << 4 |
                          (mld->suppress_router ? SUPPRESS_ROUTER : 0) | mld->robustness));
    mh_write_u8(writer, mld->query_interval_code);
    mh_source_count_write(
        writer, mld->sources, AF_INET6, mld->force_source_count ? &mld->source_count : NULL);
    mh_write_span(writer, mld->sources);
}

static void write_body(struct mh_writer *writer, const struct mh_mld *mld)
{
    mh_write_u16(writer, mld->max_response_code);
    if (mld->type == MH_MLD_V2_REPORT) {
        mh_write_u16(writer, mld->record_count);
        mh_write_span(writer, mld->records);
        return;
    }
    mh_write_u16(writer, mld->reserved);
    mh_write_addr(writer, &mld->group, AF_INET6);
    if (mld->type == MH_MLD_QUERY && mld->version == 2)
        write_v2_query(writer, mld);
}

int mh_mld_format(
    struct mh_writer *writer, const struct mh_pseudo_header *pseudo, const struct mh_mld *mld)
{
    size_t begin = writer->length;

    mh_writer_require(writer, is_known(mld->type));
    mh_write_u8(writer, mld->type);
    mh_write_u8(writer, mld->code);
    mh_write_u16(writer, mld->checksum);
    write_body(writer, mld);
    mh_write_span(writer, mld->trailing);
    if (!writer->error && !mld->force_checksum) {
        struct mh_span message = {writer->bytes + begin, writer->length - begin};
        uint64_t sum = mh_checksum_pseudo(pseudo, message.length);
        mh_rewrite_u16(writer, begin + CHECKSUM_OFFSET,
            mh_checksum_compute(sum, message, CHECKSUM_OFFSET));
    }
    return writer->error;
}

uint32_t mh_mld_max_response_ms(const struct mh_mld *query)
{
    return query->version == 1 ? query->max_response_code
                               : mh_exponential16_decode(query->max_response_code);
}
