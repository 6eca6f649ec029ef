#include "wire/ethernet.h"

static bool is_tag(uint16_t type)
{
    return type == MH_ETHERTYPE_VLAN || type == MH_ETHERTYPE_SERVICE_VLAN;
}

static void read_tag(struct mh_reader *reader, struct mh_ethernet *ethernet)
{
    uint16_t control = mh_read_u16(reader);

    ethernet->tag_type = ethernet->ethertype;
    ethernet->vlan_priority = (uint8_t)(control >> 13);
    ethernet->drop_eligible = control >> 12 & 1;
    ethernet->vlan_id = control & 0x0fff;
    ethernet->ethertype = mh_read_u16(reader);
}

int mh_ethernet_parse(struct mh_reader *reader, struct mh_ethernet *ret_ethernet)
{
    struct mh_ethernet ethernet = {.tag_type = 0};

    mh_read_copy(reader, ethernet.destination, sizeof(ethernet.destination));
    mh_read_copy(reader, ethernet.source, sizeof(ethernet.source));
    ethernet.ethertype = mh_read_u16(reader);
    if (is_tag(ethernet.ethertype))
        read_tag(reader, &ethernet);
    ethernet.payload = mh_read_rest(reader);

    if (!reader->failed)
        *ret_ethernet = ethernet;
    return mh_reader_status(reader);
}

static void write_tag(struct mh_writer *writer, const struct mh_ethernet *ethernet)
{
    mh_writer_require(writer, is_tag(ethernet->tag_type) && ethernet->vlan_priority <= 7 &&
                                  ethernet->drop_eligible <= 1 && ethernet->vlan_id <= 4095);
    mh_write_u16(writer, ethernet->tag_type);
    mh_write_u16(writer, (uint16_t)(ethernet->vlan_priority << 13 |
                                    ethernet->drop_eligible << 12 | ethernet->vlan_id));
}

int mh_ethernet_format(struct mh_writer *writer, const struct mh_ethernet *ethernet)
{
    mh_write_span(
        writer, (struct mh_span){ethernet->destination, sizeof(ethernet->destination)});
    mh_write_span(writer, (struct mh_span){ethernet->source, sizeof(ethernet->source)});
    if (ethernet->tag_type != 0)
        write_tag(writer, ethernet);
    mh_write_u16(writer, ethernet->ethertype);
    mh_write_span(writer, ethernet->payload);
    return writer->error;
}
