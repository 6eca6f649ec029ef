#include "wire/ipv6.h"

enum {
    HEADER_LENGTH = 40,
    EXTENSION_HEAD = 2, /* next header and length */
    FRAGMENT_VALUE = 6,
    FLOW_LABEL_MAX = 0xfffff,
};

/* Bytes behind the first two, by the length byte; 0: it is no extension header. (RFC 8200,
 * section 4; the authentication header counts in other units, RFC 4302, section 2.2) */
static size_t value_length(uint8_t type, uint8_t length)
{
    switch (type) {
    case IPPROTO_HOPOPTS:
    case IPPROTO_ROUTING:
    case IPPROTO_DSTOPTS:
    case IPPROTO_MH:
        return (size_t)length * 8 + 6;
    case IPPROTO_FRAGMENT:
        return FRAGMENT_VALUE;
    case IPPROTO_AH:
        return (size_t)length * 4 + 6;
    default:
        return 0;
    }
}

static void read_extension(
    struct mh_reader *reader, uint8_t type, struct mh_ipv6_extension *extension)
{
    extension->type = type;
    extension->next_header = mh_read_u8(reader);
    extension->value = mh_read_span(reader, value_length(type, mh_read_u8(reader)));
}

int mh_ipv6_next_extension(
    struct mh_reader *extensions, uint8_t *type, struct mh_ipv6_extension *ret_extension)
{
    struct mh_ipv6_extension extension;

    if (!extensions->failed && mh_reader_left(extensions) == 0)
        return 0;
    if (value_length(*type, 0) == 0)
        mh_reader_fail(extensions);
    read_extension(extensions, *type, &extension);
    if (extensions->failed)
        return -EBADMSG;
    *type = extension.next_header;
    *ret_extension = extension;
    return 1;
}

/* RFC 8200, section 4.5. */
static void read_fragment(const struct mh_ipv6_extension *extension, struct mh_ipv6 *ipv6)
{
    struct mh_reader reader = mh_reader_of(extension->value);
    uint16_t fragment = mh_read_u16(&reader);

    ipv6->fragment_offset = fragment & 0xfff8;
    ipv6->more_fragments = fragment & 1;
}

static void read_extensions(struct mh_reader *reader, struct mh_ipv6 *ipv6)
{
    struct mh_reader start = *reader;

    ipv6->protocol = ipv6->next_header;
    while (!reader->failed && ipv6->fragment_offset == 0 && value_length(ipv6->protocol, 0)) {
        struct mh_ipv6_extension extension;
        read_extension(reader, ipv6->protocol, &extension);
        if (extension.type == IPPROTO_FRAGMENT)
            read_fragment(&extension, ipv6);
        ipv6->protocol = extension.next_header;
    }
    ipv6->extensions = mh_read_span(&start, reader->offset - start.offset);
}

static void read_header(struct mh_reader *reader, struct mh_ipv6 *ipv6)
{
    uint32_t first = mh_read_u32(reader);

    if (first >> 28 != 6)
        mh_reader_fail(reader);
    ipv6->traffic_class = (uint8_t)(first >> 20);
    ipv6->flow_label = first & FLOW_LABEL_MAX;
    ipv6->payload_length = mh_read_u16(reader);
    ipv6->next_header = mh_read_u8(reader);
    ipv6->hop_limit = mh_read_u8(reader);
    ipv6->source = mh_read_addr(reader, AF_INET6);
    ipv6->destination = mh_read_addr(reader, AF_INET6);
}

int mh_ipv6_parse(struct mh_reader *reader, struct mh_ipv6 *ret_ipv6)
{
    struct mh_ipv6 ipv6 = {.hop_limit = 0};

    read_header(reader, &ipv6);
    if (ipv6.payload_length > mh_reader_left(reader))
        mh_reader_fail(reader);
    if (reader->failed)
        return -EBADMSG;

    /* Extensions must not reach into padding, and the reader ends behind the packet. */
    struct mh_reader inside = *reader;
    inside.span.length = reader->offset + ipv6.payload_length;
    read_extensions(&inside, &ipv6);
    ipv6.payload = mh_read_rest(&inside);
    reader->offset = inside.offset;
    reader->failed = inside.failed;
    if (!reader->failed)
        *ret_ipv6 = ipv6;
    return mh_reader_status(reader);
}

int mh_ipv6_format(struct mh_writer *writer, const struct mh_ipv6 *ipv6)
{
    size_t length = ipv6->extensions.length + ipv6->payload.length;

    mh_writer_require(writer, ipv6->flow_label <= FLOW_LABEL_MAX);
    mh_writer_require(writer, length <= UINT16_MAX || ipv6->force_payload_length);
    mh_write_u32(writer, 6U << 28 | (uint32_t)ipv6->traffic_class << 20 | ipv6->flow_label);
    mh_write_u16(writer, ipv6->force_payload_length ? ipv6->payload_length : (uint16_t)length);
    mh_write_u8(writer, ipv6->next_header);
    mh_write_u8(writer, ipv6->hop_limit);
    mh_write_addr(writer, &ipv6->source, AF_INET6);
    mh_write_addr(writer, &ipv6->destination, AF_INET6);
    mh_write_span(writer, ipv6->extensions);
    mh_write_span(writer, ipv6->payload);
    return writer->error;
}

/* The length byte counts units behind the first eight bytes. */
int mh_ipv6_extension_format(
    struct mh_writer *writer, const struct mh_ipv6_extension *extension)
{
    size_t unit = extension->type == IPPROTO_AH ? 4 : 8;
    size_t length = extension->value.length + EXTENSION_HEAD;
    size_t padded = length <= 8 ? 8 : (length + unit - 1) / unit * unit;
    size_t units = extension->type == IPPROTO_FRAGMENT ? 0 : (padded - 8) / unit;

    mh_writer_require(writer, value_length(extension->type, 0) > 0 && units <= UINT8_MAX);
    mh_writer_require(writer, extension->type != IPPROTO_FRAGMENT || padded == 8);
    mh_write_u8(writer, extension->next_header);
    mh_write_u8(writer, (uint8_t)units);
    mh_write_span(writer, extension->value);
    for (; length < padded; length++)
        mh_write_u8(writer, 0);
    return writer->error;
}

int mh_ipv6_next_option(struct mh_reader *options, struct mh_ipv6_option *ret_option)
{
    if (!options->failed && mh_reader_left(options) == 0)
        return 0;
    struct mh_ipv6_option option = {.type = mh_read_u8(options)};
    if (option.type != MH_IPV6_OPTION_PAD1)
        option.value = mh_read_span(options, mh_read_u8(options));
    if (options->failed)
        return -EBADMSG;
    *ret_option = option;
    return 1;
}

int mh_ipv6_option_format(struct mh_writer *writer, const struct mh_ipv6_option *option)
{
    mh_write_u8(writer, option->type);
    if (option->type == MH_IPV6_OPTION_PAD1)
        return writer->error;
    mh_writer_require(writer, option->value.length <= UINT8_MAX);
    mh_write_u8(writer, (uint8_t)option->value.length);
    mh_write_span(writer, option->value);
    return writer->error;
}

static bool find_router_alert(struct mh_span options, uint16_t *ret_value)
{
    struct mh_reader reader = mh_reader_of(options);
    struct mh_ipv6_option option;

    while (mh_ipv6_next_option(&reader, &option) > 0) {
        if (option.type == MH_IPV6_OPTION_ROUTER_ALERT && option.value.length == 2) {
            *ret_value = (uint16_t)(option.value.bytes[0] << 8 | option.value.bytes[1]);
            return true;
        }
    }
    return false;
}

bool mh_ipv6_router_alert(const struct mh_ipv6 *ipv6, uint16_t *ret_value)
{
    struct mh_reader extensions = mh_reader_of(ipv6->extensions);
    struct mh_ipv6_extension extension;
    uint8_t type = ipv6->next_header;

    /* A hop-by-hop header is the first or is none (RFC 8200, section 4.1). */
    return mh_ipv6_next_extension(&extensions, &type, &extension) > 0 &&
           extension.type == IPPROTO_HOPOPTS && find_router_alert(extension.value, ret_value);
}
