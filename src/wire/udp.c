#include "wire/udp.h"

enum { HEADER_LENGTH = 8, CHECKSUM_OFFSET = 6 };

/* A sum of zero is sent as all ones: zero means that there is none. */
static uint16_t right_checksum(const struct mh_pseudo_header *pseudo, struct mh_span datagram)
{
    uint16_t checksum = mh_checksum_compute(
        mh_checksum_pseudo(pseudo, datagram.length), datagram, CHECKSUM_OFFSET);
    return checksum == 0 ? UINT16_MAX : checksum;
}

static void judge_checksum(
    const struct mh_pseudo_header *pseudo, struct mh_span datagram, struct mh_udp *udp)
{
    uint64_t sum = mh_checksum_pseudo(pseudo, datagram.length);

    if (udp->checksum == 0)
        udp->checksum_right = pseudo->source.family == AF_INET;
    else
        udp->checksum_right = mh_checksum_fold(mh_checksum_add(sum, datagram)) == 0;
    udp->force_checksum = udp->checksum != right_checksum(pseudo, datagram);
}

int mh_udp_parse(
    struct mh_reader *reader, const struct mh_pseudo_header *pseudo, struct mh_udp *ret_udp)
{
    struct mh_reader start = *reader;
    struct mh_udp udp = {.source_port = mh_read_u16(reader)};

    udp.destination_port = mh_read_u16(reader);
    udp.length = mh_read_u16(reader);
    udp.checksum = mh_read_u16(reader);
    if (udp.length < HEADER_LENGTH)
        mh_reader_fail(reader);
    udp.payload = mh_read_span(reader, (size_t)udp.length - HEADER_LENGTH);
    if (reader->failed)
        return -EBADMSG;

    judge_checksum(pseudo, mh_read_span(&start, udp.length), &udp);
    *ret_udp = udp;
    return 0;
}

int mh_udp_format(
    struct mh_writer *writer, const struct mh_pseudo_header *pseudo, const struct mh_udp *udp)
{
    size_t begin = writer->length;
    size_t length = HEADER_LENGTH + udp->payload.length;

    mh_writer_require(writer, length <= UINT16_MAX);
    mh_write_u16(writer, udp->source_port);
    mh_write_u16(writer, udp->destination_port);
    mh_write_u16(writer, udp->force_length ? udp->length : (uint16_t)length);
    mh_write_u16(writer, udp->checksum);
    mh_write_span(writer, udp->payload);
    if (!writer->error && !udp->force_checksum) {
        struct mh_span datagram = {writer->bytes + begin, length};
        mh_rewrite_u16(writer, begin + CHECKSUM_OFFSET, right_checksum(pseudo, datagram));
    }
    return writer->error;
}
