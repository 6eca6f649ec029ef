#include "wire/pim_register.h"

#define BORDER (UINT32_C(1) << 31)
#define NULL_REGISTER (UINT32_C(1) << 30)

int mh_pim_register_parse(struct mh_reader *body, struct mh_pim_register *ret_register)
{
    uint32_t flags = mh_read_u32(body);

    if (!body->failed)
        *ret_register = (struct mh_pim_register){.border = (flags & BORDER) != 0,
            .null = (flags & NULL_REGISTER) != 0,
            .packet = mh_read_rest(body)};
    return mh_reader_status(body);
}

int mh_pim_register_stop_parse(struct mh_reader *body, struct mh_pim_register_stop *ret_stop)
{
    struct mh_pim_register_stop stop = {.group = mh_pim_group_read(body)};

    stop.source = mh_pim_addr_read(body);
    if (!body->failed)
        *ret_stop = stop;
    return mh_reader_status(body);
}

int mh_pim_register_format(struct mh_writer *writer, const struct mh_pim_register *message)
{
    mh_write_u32(writer, (message->border ? BORDER : 0) | (message->null ? NULL_REGISTER : 0));
    mh_write_span(writer, message->packet);
    return writer->error;
}

int mh_pim_register_stop_format(
    struct mh_writer *writer, const struct mh_pim_register_stop *stop)
{
    mh_pim_group_write(writer, &stop->group);
    mh_pim_addr_write(writer, &stop->source);
    return writer->error;
}
