#include "wire/ipv4.h"

#include "wire/checksum.h"

enum {
    HEADER_MIN = 20,
    HEADER_MAX = 60,
    CHECKSUM_OFFSET = 10,
    RESERVED_FLAG = 0x8000,
    DONT_FRAGMENT = 0x4000,
    MORE_FRAGMENTS = 0x2000,
    OFFSET_MASK = 0x1fff,
};

static void read_version_and_length(struct mh_reader *reader, struct mh_ipv4 *ipv4)
{
    uint8_t byte = mh_read_u8(reader);

    ipv4->header_length = (uint8_t)((byte & 0x0f) * 4);
    if (byte >> 4 != 4 || ipv4->header_length < HEADER_MIN)
        mh_reader_fail(reader);
}

static void read_fragment(struct mh_reader *reader, struct mh_ipv4 *ipv4)
{
    uint16_t fragment = mh_read_u16(reader);

    ipv4->reserved_flag = (fragment & RESERVED_FLAG) != 0;
    ipv4->dont_fragment = (fragment & DONT_FRAGMENT) != 0;
    ipv4->more_fragments = (fragment & MORE_FRAGMENTS) != 0;
    ipv4->fragment_offset = (uint16_t)((fragment & OFFSET_MASK) * 8);
}

static void read_header(struct mh_reader *reader, struct mh_ipv4 *ipv4)
{
    read_version_and_length(reader, ipv4);
    uint8_t service = mh_read_u8(reader);
    ipv4->dscp = service >> 2;
    ipv4->ecn = service & 3;
    ipv4->total_length = mh_read_u16(reader);
    ipv4->identification = mh_read_u16(reader);
    read_fragment(reader, ipv4);
    ipv4->ttl = mh_read_u8(reader);
    ipv4->protocol = mh_read_u8(reader);
    ipv4->checksum = mh_read_u16(reader);
    ipv4->source = mh_read_addr(reader, AF_INET);
    ipv4->destination = mh_read_addr(reader, AF_INET);
    ipv4->options = mh_read_span(reader, (size_t)ipv4->header_length - HEADER_MIN);
}

static void judge_checksum(struct mh_span header, struct mh_ipv4 *ipv4)
{
    ipv4->checksum_right = mh_checksum_fold(mh_checksum_add(0, header)) == 0;
    ipv4->force_checksum = ipv4->checksum != mh_checksum_compute(0, header, CHECKSUM_OFFSET);
}

int mh_ipv4_parse(struct mh_reader *reader, struct mh_ipv4 *ret_ipv4)
{
    struct mh_ipv4 ipv4 = {.header_length = HEADER_MIN};
    size_t begin = reader->offset;

    read_header(reader, &ipv4);
    if (ipv4.total_length < ipv4.header_length)
        mh_reader_fail(reader);
    ipv4.payload = mh_read_span(reader, (size_t)ipv4.total_length - ipv4.header_length);
    if (reader->failed)
        return -EBADMSG;

    judge_checksum((struct mh_span){reader->span.bytes + begin, ipv4.header_length}, &ipv4);
    *ret_ipv4 = ipv4;
    return 0;
}

/* Header and payload alike: what is right unless it is forced. */
static uint8_t header_length(struct mh_writer *writer, const struct mh_ipv4 *ipv4)
{
    size_t right = HEADER_MIN + (ipv4->options.length + 3) / 4 * 4;

    mh_writer_require(writer, right <= HEADER_MAX);
    if (!ipv4->force_header_length)
        return (uint8_t)right;
    mh_writer_require(
        writer, ipv4->header_length <= HEADER_MAX && ipv4->header_length % 4 == 0);
    return ipv4->header_length;
}

static uint16_t total_length(struct mh_writer *writer, const struct mh_ipv4 *ipv4)
{
    size_t right = HEADER_MIN + (ipv4->options.length + 3) / 4 * 4 + ipv4->payload.length;

    if (ipv4->force_total_length)
        return ipv4->total_length;
    mh_writer_require(writer, right <= UINT16_MAX);
    return (uint16_t)right;
}

static uint16_t fragment_word(struct mh_writer *writer, const struct mh_ipv4 *ipv4)
{
    mh_writer_require(writer, ipv4->fragment_offset % 8 == 0);
    return (uint16_t)((ipv4->reserved_flag ? RESERVED_FLAG : 0) |
                      (ipv4->dont_fragment ? DONT_FRAGMENT : 0) |
                      (ipv4->more_fragments ? MORE_FRAGMENTS : 0) | ipv4->fragment_offset / 8);
}

static void write_header(struct mh_writer *writer, const struct mh_ipv4 *ipv4)
{
    mh_writer_require(writer, ipv4->dscp <= 63 && ipv4->ecn <= 3);
    mh_write_u8(writer, (uint8_t)(0x40 | header_length(writer, ipv4) / 4));
    mh_write_u8(writer, (uint8_t)(ipv4->dscp << 2 | ipv4->ecn));
    mh_write_u16(writer, total_length(writer, ipv4));
    mh_write_u16(writer, ipv4->identification);
    mh_write_u16(writer, fragment_word(writer, ipv4));
    mh_write_u8(writer, ipv4->ttl);
    mh_write_u8(writer, ipv4->protocol);
    mh_write_u16(writer, ipv4->checksum);
    mh_write_addr(writer, &ipv4->source, AF_INET);
    mh_write_addr(writer, &ipv4->destination, AF_INET);
    mh_write_span(writer, ipv4->options);
    mh_write_padding(writer, ipv4->options.length, 4);
}

int mh_ipv4_format(struct mh_writer *writer, const struct mh_ipv4 *ipv4)
{
    size_t begin = writer->length;

    write_header(writer, ipv4);
    if (!writer->error && !ipv4->force_checksum) {
        struct mh_span header = {writer->bytes + begin, writer->length - begin};
        mh_rewrite_u16(
            writer, begin + CHECKSUM_OFFSET, mh_checksum_compute(0, header, CHECKSUM_OFFSET));
    }
    mh_write_span(writer, ipv4->payload);
    return writer->error;
}

int mh_ipv4_next_option(struct mh_reader *options, struct mh_ipv4_option *ret_option)
{
    if (options->failed)
        return -EBADMSG;
    if (mh_reader_left(options) == 0)
        return 0;
    struct mh_ipv4_option option = {.type = mh_read_u8(options)};
    if (option.type == MH_IPV4_OPTION_END) {
        mh_read_rest(options);
        return 0;
    }
    if (option.type != MH_IPV4_OPTION_NOP) {
        uint8_t length = mh_read_u8(options);
        if (length < 2)
            mh_reader_fail(options);
        option.value = mh_read_span(options, length < 2 ? 0 : length - 2U);
    }
    if (options->failed)
        return -EBADMSG;
    *ret_option = option;
    return 1;
}

int mh_ipv4_option_format(struct mh_writer *writer, const struct mh_ipv4_option *option)
{
    mh_write_u8(writer, option->type);
    if (option->type == MH_IPV4_OPTION_END || option->type == MH_IPV4_OPTION_NOP)
        return writer->error;
    mh_writer_require(writer, option->value.length <= UINT8_MAX - 2);
    mh_write_u8(writer, (uint8_t)(option->value.length + 2));
    mh_write_span(writer, option->value);
    return writer->error;
}

bool mh_ipv4_has_router_alert(const struct mh_ipv4 *ipv4)
{
    struct mh_reader options = mh_reader_of(ipv4->options);
    struct mh_ipv4_option option;

    while (mh_ipv4_next_option(&options, &option) > 0) {
        if (option.type == MH_IPV4_OPTION_ROUTER_ALERT && option.value.length == 2)
            return true;
    }
    return false;
}
