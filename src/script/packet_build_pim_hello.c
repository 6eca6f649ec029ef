/* PIM hellos from tables. */
#include "script/packet_build_pim.h"
#include "script/packet_field.h"
#include "wire/pim_hello.h"

#include <lauxlib.h>

#include <math.h>

static void build_hello_option(struct mh_pim_building *building, int table)
{
    struct mh_pim_hello_option option = {
        .type = (uint16_t)mh_get_integer(building->L, table, "type", UINT16_MAX),
        .value = mh_get_bytes(building->L, table, "value"),
    };

    mh_pim_hello_option_format(building->out, &option);
}

static void read_lan_prune_delay(lua_State *L, int table, struct mh_pim_hello *hello)
{
    int delay = mh_get_table(L, table, "lan_prune_delay");

    if (!delay)
        return;
    hello->has_lan_prune_delay = true;
    hello->tracking = mh_get_boolean(L, delay, "tracking");
    hello->propagation_ms =
        (uint16_t)fmin(round(mh_get_number(L, delay, "propagation_delay") * 1000), INT16_MAX);
    hello->override_ms =
        (uint16_t)fmin(round(mh_get_number(L, delay, "override_interval") * 1000), UINT16_MAX);
    lua_pop(L, 1);
}

static void build_pim_addresses(
    struct mh_pim_building *building, int table, struct mh_writer *out)
{
    lua_State *L = building->L;
    int list = mh_get_table(L, table, "addresses");

    if (!list)
        return;
    for (lua_Integer i = 1; lua_geti(L, list, i) != LUA_TNIL; i++) {
        struct mh_addr addr = {.family = AF_UNSPEC};
        const char *text = lua_tostring(L, -1);
        if (!text || mh_addr_parse(text, &addr) < 0)
            luaL_error(L, "packet: addresses: element %I is no address", i);
        mh_pim_addr_write(out, &addr);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

void mh_build_pim_hello(struct mh_pim_building *building, int table)
{
    lua_State *L = building->L;
    struct mh_writer addresses =
        mh_writer_of(building->room->element, sizeof(building->room->element));
    struct mh_pim_hello hello = {
        .has_holdtime = mh_has(L, table, "holdtime"),
        .holdtime_s = mh_get_pim_holdtime(L, table),
        .has_dr_priority = mh_has(L, table, "dr_priority"),
        .dr_priority = (uint32_t)mh_get_integer(L, table, "dr_priority", UINT32_MAX),
        .has_generation_id = mh_has(L, table, "generation_id"),
        .generation_id = (uint32_t)mh_get_integer(L, table, "generation_id", UINT32_MAX),
        .has_addresses = mh_has(L, table, "addresses"),
    };

    read_lan_prune_delay(L, table, &hello);
    build_pim_addresses(building, table, &addresses);
    hello.addresses = mh_writer_span(&addresses);
    mh_writer_require(building->out, addresses.error == 0);
    mh_pim_hello_format(building->out, &hello);
    mh_pim_for_each(building, table, "options", build_hello_option);
}
