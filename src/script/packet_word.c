#include "script/packet_word.h"

#include "script/packet_field.h"
#include "wire/group_record.h"
#include "wire/mld.h"
#include "wire/pim.h"

#include <lauxlib.h>

const struct mh_packet_word mh_mld_words[] = {
    {"query", MH_MLD_QUERY},
    {"report", MH_MLD_V2_REPORT},
    {"report", MH_MLD_V1_REPORT},
    {"done", MH_MLD_DONE},
    {NULL, 0},
};

const struct mh_packet_word mh_record_words[] = {
    {"is_include", MH_RECORD_IS_INCLUDE},
    {"is_exclude", MH_RECORD_IS_EXCLUDE},
    {"to_include", MH_RECORD_TO_INCLUDE},
    {"to_exclude", MH_RECORD_TO_EXCLUDE},
    {"allow", MH_RECORD_ALLOW},
    {"block", MH_RECORD_BLOCK},
    {NULL, 0},
};

const struct mh_packet_word mh_pim_words[] = {
    {"hello", MH_PIM_HELLO},
    {"register", MH_PIM_REGISTER},
    {"register_stop", MH_PIM_REGISTER_STOP},
    {"join_prune", MH_PIM_JOIN_PRUNE},
    {"bootstrap", MH_PIM_BOOTSTRAP},
    {"assert", MH_PIM_ASSERT},
    {"graft", MH_PIM_GRAFT},
    {"graft_ack", MH_PIM_GRAFT_ACK},
    {"candidate_rp", MH_PIM_CANDIDATE_RP},
    {NULL, 0},
};

const struct mh_packet_word mh_extension_words[] = {
    {"hop_by_hop", IPPROTO_HOPOPTS},
    {"routing", IPPROTO_ROUTING},
    {"fragment", IPPROTO_FRAGMENT},
    {"authentication", IPPROTO_AH},
    {"destination", IPPROTO_DSTOPTS},
    {"mobility", IPPROTO_MH},
    {NULL, 0},
};

void mh_set_word(
    lua_State *L, const char *name, const struct mh_packet_word *words, uint8_t value)
{
    while (words->name && words->value != value)
        words++;
    if (words->name)
        mh_set_text(L, name, words->name);
    else
        mh_set_integer(L, name, value);
}

uint8_t mh_get_word(lua_State *L, int table, const char *name,
    const struct mh_packet_word *words, lua_Integer most)
{
    if (lua_getfield(L, table, name) != LUA_TSTRING) {
        lua_pop(L, 1);
        return (uint8_t)mh_get_integer(L, table, name, most);
    }
    const char *given = lua_tostring(L, -1);
    while (words->name && strcmp(words->name, given) != 0)
        words++;
    if (!words->name)
        luaL_error(L, "packet: %s: unknown word '%s'", name, given);
    lua_pop(L, 1);
    return words->value;
}
