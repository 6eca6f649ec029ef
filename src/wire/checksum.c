#include "wire/checksum.h"

uint64_t mh_checksum_add(uint64_t sum, struct mh_span span)
{
    struct mh_reader reader = mh_reader_of(span);

    while (mh_reader_left(&reader) >= 2)
        sum += mh_read_u16(&reader);
    if (mh_reader_left(&reader) > 0)
        sum += (uint64_t)mh_read_u8(&reader) << 8;
    return sum;
}

static uint64_t add_address(uint64_t sum, const struct mh_addr *addr)
{
    struct mh_span span = {(const uint8_t *)&addr->v6, mh_address_size(addr->family)};
    return addr->family == AF_UNSPEC ? sum : mh_checksum_add(sum, span);
}

uint64_t mh_checksum_pseudo(const struct mh_pseudo_header *pseudo, size_t length)
{
    if (!pseudo)
        return 0;
    uint64_t sum = add_address(pseudo->protocol, &pseudo->source);
    return add_address(sum, &pseudo->destination) + (length >> 16) + (length & 0xffff);
}

uint16_t mh_checksum_fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

uint16_t mh_checksum_compute(uint64_t sum, struct mh_span message, size_t offset)
{
    struct mh_reader reader = mh_reader_of(message);

    sum = mh_checksum_add(sum, mh_read_span(&reader, offset));
    mh_read_u16(&reader);
    return mh_checksum_fold(mh_checksum_add(sum, mh_read_rest(&reader)));
}
