#include "wire/pim_address.h"

/* IANA's address families; the bits of the flag bytes. */
enum {
    FAMILY_IPV4 = 1,
    FAMILY_IPV6 = 2,
    ENCODING_NATIVE = 0,
    BIDIRECTIONAL = 0x80,
    ZONE = 0x01,
    SPARSE = 0x04,
    WILDCARD = 0x02,
    RP_TREE = 0x01,
};

static sa_family_t read_family(struct mh_reader *reader)
{
    uint8_t family = mh_read_u8(reader);
    uint8_t encoding = mh_read_u8(reader);

    if ((family != FAMILY_IPV4 && family != FAMILY_IPV6) || encoding != ENCODING_NATIVE)
        mh_reader_fail(reader);
    return family == FAMILY_IPV4 ? AF_INET : AF_INET6;
}

struct mh_addr mh_pim_addr_read(struct mh_reader *reader)
{
    return mh_read_addr(reader, read_family(reader));
}

struct mh_pim_group mh_pim_group_read(struct mh_reader *reader)
{
    sa_family_t family = read_family(reader);
    uint8_t flags = mh_read_u8(reader);
    struct mh_pim_group group = {.bidirectional = (flags & BIDIRECTIONAL) != 0,
        .zone = (flags & ZONE) != 0,
        .mask_length = mh_read_u8(reader)};

    group.addr = mh_read_addr(reader, family);
    return group;
}

struct mh_pim_source mh_pim_source_read(struct mh_reader *reader)
{
    sa_family_t family = read_family(reader);
    uint8_t flags = mh_read_u8(reader);
    struct mh_pim_source source = {.sparse = (flags & SPARSE) != 0,
        .wildcard = (flags & WILDCARD) != 0,
        .rp_tree = (flags & RP_TREE) != 0,
        .mask_length = mh_read_u8(reader)};

    source.addr = mh_read_addr(reader, family);
    return source;
}

static void write_family(struct mh_writer *writer, const struct mh_addr *addr)
{
    mh_writer_require(writer, addr->family == AF_INET || addr->family == AF_INET6);
    mh_write_u8(writer, addr->family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6);
    mh_write_u8(writer, ENCODING_NATIVE);
}

void mh_pim_addr_write(struct mh_writer *writer, const struct mh_addr *addr)
{
    write_family(writer, addr);
    mh_write_addr(writer, addr, addr->family);
}

void mh_pim_group_write(struct mh_writer *writer, const struct mh_pim_group *group)
{
    write_family(writer, &group->addr);
    mh_write_u8(writer,
        (uint8_t)((group->bidirectional ? BIDIRECTIONAL : 0) | (group->zone ? ZONE : 0)));
    mh_write_u8(writer, group->mask_length);
    mh_write_addr(writer, &group->addr, group->addr.family);
}

void mh_pim_source_write(struct mh_writer *writer, const struct mh_pim_source *source)
{
    write_family(writer, &source->addr);
    mh_write_u8(
        writer, (uint8_t)((source->sparse ? SPARSE : 0) | (source->wildcard ? WILDCARD : 0) |
                          (source->rp_tree ? RP_TREE : 0)));
    mh_write_u8(writer, source->mask_length);
    mh_write_addr(writer, &source->addr, source->addr.family);
}

/* 1: there is one to read. */
static int is_left(const struct mh_reader *list)
{
    if (list->failed)
        return -EBADMSG;
    return mh_reader_left(list) > 0;
}

int mh_pim_addr_next(struct mh_reader *list, struct mh_addr *ret_addr)
{
    int r = is_left(list);
    if (r <= 0)
        return r;
    struct mh_addr addr = mh_pim_addr_read(list);
    if (list->failed)
        return -EBADMSG;
    *ret_addr = addr;
    return 1;
}

int mh_pim_group_next(struct mh_reader *list, struct mh_pim_group *ret_group)
{
    int r = is_left(list);
    if (r <= 0)
        return r;
    struct mh_pim_group group = mh_pim_group_read(list);
    if (list->failed)
        return -EBADMSG;
    *ret_group = group;
    return 1;
}

int mh_pim_source_next(struct mh_reader *list, struct mh_pim_source *ret_source)
{
    int r = is_left(list);
    if (r <= 0)
        return r;
    struct mh_pim_source source = mh_pim_source_read(list);
    if (list->failed)
        return -EBADMSG;
    *ret_source = source;
    return 1;
}
