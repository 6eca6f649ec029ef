#include "wire/igmp.h"

#include "wire/checksum.h"
#include "wire/exponential.h"

enum {
    SHORT_MESSAGE = 8, /* all but version 3 */
    V3_QUERY_MIN = 12,
    CHECKSUM_OFFSET = 2,
    MS_PER_TENTH = 100,
    V1_MAX_RESPONSE_MS = 10000, /* RFC 2236, section 4 */
    SUPPRESS_ROUTER = 0x08,
    ROBUSTNESS_MAX = 7,
    RESERVED_MAX = 15,
};

/* RFC 3376, section 7.1. 0: no version has queries of this length. */
static uint8_t query_version(uint8_t max_response_code, size_t length)
{
    if (length >= V3_QUERY_MIN)
        return 3;
    if (length != SHORT_MESSAGE)
        return 0;
    return max_response_code == 0 ? 1 : 2;
}

static uint8_t message_version(const struct mh_igmp *igmp, size_t length)
{
    switch (igmp->type) {
    case MH_IGMP_QUERY:
        return query_version(igmp->max_response_code, length);
    case MH_IGMP_V1_REPORT:
        return 1;
    case MH_IGMP_V2_REPORT:
    case MH_IGMP_LEAVE:
        return 2;
    default:
        return 3;
    }
}

static bool is_known(uint8_t type)
{
    switch (type) {
    case MH_IGMP_QUERY:
    case MH_IGMP_V1_REPORT:
    case MH_IGMP_V2_REPORT:
    case MH_IGMP_LEAVE:
    case MH_IGMP_V3_REPORT:
        return true;
    default:
        return false;
    }
}

static void read_v3_query(struct mh_reader *reader, struct mh_igmp *igmp)
{
    uint8_t flags = mh_read_u8(reader);

    igmp->reserved = flags >> 4;
    igmp->suppress_router = (flags & SUPPRESS_ROUTER) != 0;
    igmp->robustness = flags & ROBUSTNESS_MAX;
    igmp->query_interval_code = mh_read_u8(reader);
    igmp->source_count = mh_read_u16(reader);
    igmp->sources = mh_read_span(reader, igmp->source_count * mh_address_size(AF_INET));
}

static void read_v3_report(struct mh_reader *reader, struct mh_igmp *igmp)
{
    igmp->report_reserved = mh_read_u16(reader);
    igmp->record_count = mh_read_u16(reader);
    igmp->records = mh_group_records_read(reader, AF_INET, igmp->record_count);
}

static void read_body(struct mh_reader *reader, struct mh_igmp *igmp)
{
    if (igmp->type == MH_IGMP_V3_REPORT) {
        read_v3_report(reader, igmp);
        return;
    }
    igmp->group = mh_read_addr(reader, AF_INET);
    if (igmp->type == MH_IGMP_QUERY && igmp->version == 3)
        read_v3_query(reader, igmp);
}

static void judge_checksum(struct mh_span message, struct mh_igmp *igmp)
{
    igmp->checksum_right = mh_checksum_fold(mh_checksum_add(0, message)) == 0;
    igmp->force_checksum = igmp->checksum != mh_checksum_compute(0, message, CHECKSUM_OFFSET);
}

int mh_igmp_parse(struct mh_reader *reader, struct mh_igmp *ret_igmp)
{
    struct mh_reader start = *reader;
    struct mh_span message = mh_read_rest(&start);
    struct mh_igmp igmp = {.type = mh_read_u8(reader)};

    if (!reader->failed && !is_known(igmp.type))
        return -EPROTONOSUPPORT;
    igmp.max_response_code = mh_read_u8(reader);
    igmp.checksum = mh_read_u16(reader);
    igmp.version = message_version(&igmp, message.length);
    read_body(reader, &igmp);
    if (igmp.version == 0)
        mh_reader_fail(reader);
    igmp.trailing = mh_read_rest(reader);
    if (reader->failed)
        return -EBADMSG;

    judge_checksum(message, &igmp);
    *ret_igmp = igmp;
    return 0;
}

static void write_v3_query(struct mh_writer *writer, const struct mh_igmp *igmp)
{
    mh_writer_require(
        writer, igmp->reserved <= RESERVED_MAX && igmp->robustness <= ROBUSTNESS_MAX);
    mh_write_u8(
        writer, (uint8_t)(igmp->reserved << 4 | (igmp->suppress_router ? SUPPRESS_ROUTER : 0) |
                          igmp->robustness));
    mh_write_u8(writer, igmp->query_interval_code);
    mh_source_count_write(
        writer, igmp->sources, AF_INET, igmp->force_source_count ? &igmp->source_count : NULL);
    mh_write_span(writer, igmp->sources);
}

static void write_body(struct mh_writer *writer, const struct mh_igmp *igmp)
{
    if (igmp->type == MH_IGMP_V3_REPORT) {
        mh_write_u16(writer, igmp->report_reserved);
        mh_write_u16(writer, igmp->record_count);
        mh_write_span(writer, igmp->records);
        return;
    }
    mh_write_addr(writer, &igmp->group, AF_INET);
    if (igmp->type == MH_IGMP_QUERY && igmp->version == 3)
        write_v3_query(writer, igmp);
}

int mh_igmp_format(struct mh_writer *writer, const struct mh_igmp *igmp)
{
    size_t begin = writer->length;

    mh_writer_require(writer, is_known(igmp->type));
    mh_write_u8(writer, igmp->type);
    mh_write_u8(writer, igmp->max_response_code);
    mh_write_u16(writer, igmp->checksum);
    write_body(writer, igmp);
    mh_write_span(writer, igmp->trailing);
    if (!writer->error && !igmp->force_checksum) {
        struct mh_span message = {writer->bytes + begin, writer->length - begin};
        mh_rewrite_u16(
            writer, begin + CHECKSUM_OFFSET, mh_checksum_compute(0, message, CHECKSUM_OFFSET));
    }
    return writer->error;
}

uint32_t mh_igmp_max_response_ms(const struct mh_igmp *query)
{
    switch (query->version) {
    case 1:
        return V1_MAX_RESPONSE_MS;
    case 2:
        return query->max_response_code * MS_PER_TENTH;
    default:
        return (uint32_t)mh_exponential8_decode(query->max_response_code) * MS_PER_TENTH;
    }
}
