/* core.Lab: ways around a cable, for frames that are to be impaired. */
#include "lab/detour.h"
#include "script/convert.h"
#include "script/lab_box.h"

static enum mh_detour_direction check_direction(lua_State *L, int arg)
{
    static const char *const directions[] = {
        [MH_DETOUR_TO_HOST] = "in", [MH_DETOUR_FROM_HOST] = "out", NULL};

    return (enum mh_detour_direction)luaL_checkoption(L, arg, NULL, directions);
}

static void set_integer(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

/* lab:trunk_place(trunk, end): the number of a place at a trunk's end, 0 or 1; a port's is its
 * own */
static int lab_trunk_place(lua_State *L)
{
    const struct mh_lab *lab = mh_check_built_lab(L);
    int trunk = (int)luaL_checkinteger(L, 2);
    int end = (int)luaL_checkinteger(L, 3);

    luaL_argcheck(L, mh_lab_trunk_index(lab, trunk, end), 2, "there is no such trunk");
    lua_pushinteger(L, mh_lab_trunk_place(lab, trunk, end != 0));
    return 1;
}

/* lab:make_detour(place, direction) -> detour */
static int lab_make_detour(lua_State *L)
{
    struct mh_lab *lab = mh_check_built_lab(L);
    int place = (int)luaL_checkinteger(L, 2);
    enum mh_detour_direction direction = check_direction(L, 3);
    struct mh_detour detour;
    struct mh_error err;

    if (mh_lab_detour_make(lab, place, direction, &detour, &err) < 0)
        return mh_raise(L, &err);
    lua_createtable(L, 0, 4);
    set_integer(L, "exit", detour.exit);
    set_integer(L, "entrance", detour.entrance);
    set_integer(L, "mark", detour.mark);
    set_integer(L, "mtu", detour.mtu);
    return 1;
}

static int lead(lua_State *L,
    int (*change)(struct mh_lab *, int, enum mh_detour_direction, struct mh_error *))
{
    struct mh_lab *lab = mh_check_built_lab(L);
    int place = (int)luaL_checkinteger(L, 2);
    enum mh_detour_direction direction = check_direction(L, 3);
    struct mh_error err;

    return change(lab, place, direction, &err) < 0 ? mh_raise(L, &err) : 0;
}

static int lab_insert_detour(lua_State *L)
{
    return lead(L, mh_lab_detour_insert);
}

static int lab_remove_detour(lua_State *L)
{
    return lead(L, mh_lab_detour_remove);
}

const luaL_Reg mh_lab_detour_methods[] = {
    {"trunk_place", lab_trunk_place},
    {"make_detour", lab_make_detour},
    {"insert_detour", lab_insert_detour},
    {"remove_detour", lab_remove_detour},
    {NULL, NULL},
};
