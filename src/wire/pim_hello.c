#include "wire/pim_hello.h"

#include "wire/pim_address.h"

enum { TRACKING = 0x8000, PROPAGATION_MAX = 0x7fff };

int mh_pim_hello_option_next(struct mh_reader *options, struct mh_pim_hello_option *ret_option)
{
    if (!options->failed && mh_reader_left(options) == 0)
        return 0;
    struct mh_pim_hello_option option = {.type = mh_read_u16(options)};
    option.value = mh_read_span(options, mh_read_u16(options));
    if (options->failed)
        return -EBADMSG;
    *ret_option = option;
    return 1;
}

static void write_head(struct mh_writer *writer, uint16_t type, size_t length)
{
    mh_writer_require(writer, length <= UINT16_MAX);
    mh_write_u16(writer, type);
    mh_write_u16(writer, (uint16_t)length);
}

int mh_pim_hello_option_format(
    struct mh_writer *writer, const struct mh_pim_hello_option *option)
{
    write_head(writer, option->type, option->value.length);
    mh_write_span(writer, option->value);
    return writer->error;
}

static void read_lan_prune_delay(struct mh_reader *value, struct mh_pim_hello *hello)
{
    uint16_t word = mh_read_u16(value);

    hello->has_lan_prune_delay = true;
    hello->tracking = (word & TRACKING) != 0;
    hello->propagation_ms = word & PROPAGATION_MAX;
    hello->override_ms = mh_read_u16(value);
}

static void read_addresses(struct mh_reader *value, struct mh_pim_hello *hello)
{
    struct mh_addr addr;

    hello->has_addresses = true;
    hello->addresses = value->span;
    while (mh_pim_addr_next(value, &addr) > 0)
        ;
}

/* Takes the whole value, or there is something wrong with its length. */
static void read_option(const struct mh_pim_hello_option *option, struct mh_reader *value,
    struct mh_pim_hello *hello)
{
    switch (option->type) {
    case MH_PIM_HELLO_HOLDTIME:
        hello->has_holdtime = true;
        hello->holdtime_s = mh_read_u16(value);
        break;
    case MH_PIM_HELLO_LAN_PRUNE_DELAY:
        read_lan_prune_delay(value, hello);
        break;
    case MH_PIM_HELLO_DR_PRIORITY:
        hello->has_dr_priority = true;
        hello->dr_priority = mh_read_u32(value);
        break;
    case MH_PIM_HELLO_GENERATION_ID:
        hello->has_generation_id = true;
        hello->generation_id = mh_read_u32(value);
        break;
    case MH_PIM_HELLO_ADDRESS_LIST:
        read_addresses(value, hello);
        break;
    default:
        mh_read_rest(value);
    }
}

int mh_pim_hello_parse(struct mh_reader *body, struct mh_pim_hello *ret_hello)
{
    struct mh_pim_hello hello = {.has_holdtime = false};
    struct mh_pim_hello_option option;

    while (mh_pim_hello_option_next(body, &option) > 0) {
        struct mh_reader value = mh_reader_of(option.value);
        read_option(&option, &value, &hello);
        if (value.failed || mh_reader_left(&value) > 0)
            mh_reader_fail(body);
    }
    if (!body->failed)
        *ret_hello = hello;
    return mh_reader_status(body);
}

static void write_lan_prune_delay(struct mh_writer *writer, const struct mh_pim_hello *hello)
{
    mh_writer_require(writer, hello->propagation_ms <= PROPAGATION_MAX);
    write_head(writer, MH_PIM_HELLO_LAN_PRUNE_DELAY, 4);
    mh_write_u16(writer, (uint16_t)((hello->tracking ? TRACKING : 0) | hello->propagation_ms));
    mh_write_u16(writer, hello->override_ms);
}

int mh_pim_hello_format(struct mh_writer *writer, const struct mh_pim_hello *hello)
{
    if (hello->has_holdtime) {
        write_head(writer, MH_PIM_HELLO_HOLDTIME, 2);
        mh_write_u16(writer, hello->holdtime_s);
    }
    if (hello->has_lan_prune_delay)
        write_lan_prune_delay(writer, hello);
    if (hello->has_dr_priority) {
        write_head(writer, MH_PIM_HELLO_DR_PRIORITY, 4);
        mh_write_u32(writer, hello->dr_priority);
    }
    if (hello->has_generation_id) {
        write_head(writer, MH_PIM_HELLO_GENERATION_ID, 4);
        mh_write_u32(writer, hello->generation_id);
    }
    if (hello->has_addresses) {
        write_head(writer, MH_PIM_HELLO_ADDRESS_LIST, hello->addresses.length);
        mh_write_span(writer, hello->addresses);
    }
    return writer->error;
}
