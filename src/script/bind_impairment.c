/* core.Impairment: what becomes of frames. core.ImpairedLink: where they suffer it. */
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/netns_box.h"
#include "traffic/impaired_link.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

#define IMPAIRMENT_TYPE "mcast.core.impairment"
#define LINK_TYPE "mcast.core.impaired_link"

/* While the plan is read it owns what was read so far. */
struct impairment_box {
    struct mh_impairment_plan plan;
    struct mh_impairment *impairment; /* NULL once a link has it */
};

struct link_box {
    struct mh_impaired_link *link; /* NULL once closed */
};

static const char *const directions[] = {
    [MH_LINK_TO_HOST] = "in", [MH_LINK_FROM_HOST] = "out", NULL};

static enum mh_link_direction check_direction(lua_State *L, int arg)
{
    return (enum mh_link_direction)luaL_checkoption(L, arg, NULL, directions);
}

/* ---- plans ---------------------------------------------------------------------------------
 */

static double number_field(lua_State *L, int table, const char *field)
{
    lua_getfield(L, table, field);
    double value = luaL_optnumber(L, -1, 0);
    lua_pop(L, 1);
    if (value < 0)
        luaL_error(L, "%s: a number of 0 or more expected", field);
    return value;
}

static uint64_t integer_field(lua_State *L, int table, const char *field)
{
    lua_getfield(L, table, field);
    lua_Integer value = luaL_optinteger(L, -1, 0);
    lua_pop(L, 1);
    return (uint64_t)value;
}

static uint64_t ns_field(lua_State *L, int table, const char *field)
{
    return (uint64_t)(number_field(L, table, field) * 1e9 + 0.5);
}

static void read_filter(lua_State *L, int table, struct mh_frame_filter **ret_filter)
{
    struct mh_error err;

    lua_getfield(L, table, "only");
    const char *expression = luaL_optstring(L, -1, NULL);
    if (expression && mh_frame_filter_compile(expression, ret_filter, &err) < 0)
        mh_raise(L, &err);
    lua_pop(L, 1);
}

static void read_numbers(lua_State *L, int table, struct mh_drop_rule *rule)
{
    if (lua_getfield(L, table, "numbers") == LUA_TTABLE) {
        lua_Integer count = luaL_len(L, -1);
        luaL_argcheck(L, count <= MH_DROP_RULE_NUMBERS_MAX, 1, "numbers: more than 32");
        for (lua_Integer i = 1; i <= count; i++) {
            lua_geti(L, -1, i);
            rule->numbers[rule->number_count++] = (uint64_t)luaL_checkinteger(L, -1);
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

static void read_rules(lua_State *L, int table, struct mh_impairment_plan *plan)
{
    if (lua_getfield(L, table, "rules") == LUA_TTABLE) {
        lua_Integer count = luaL_len(L, -1);
        plan->rules = calloc(count > 0 ? (size_t)count : 1, sizeof(*plan->rules));
        if (!plan->rules) {
            luaL_error(L, "not enough memory");
            return;
        }
        for (lua_Integer i = 1; i <= count; i++) {
            struct mh_drop_rule *rule = &plan->rules[plan->rule_count++];

            lua_geti(L, -1, i);
            read_filter(L, lua_gettop(L), &rule->only);
            read_numbers(L, lua_gettop(L), rule);
            rule->first = integer_field(L, lua_gettop(L), "first");
            rule->every = integer_field(L, lua_gettop(L), "every");
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

static void read_plan(lua_State *L, int table, struct mh_impairment_plan *plan)
{
    plan->seed = integer_field(L, table, "seed");
    plan->loss = number_field(L, table, "loss");
    plan->duplicate = number_field(L, table, "duplicate");
    plan->reorder = number_field(L, table, "reorder");
    plan->delay_ns = ns_field(L, table, "delay");
    plan->jitter_ns = ns_field(L, table, "jitter");
    plan->frame_ns = ns_field(L, table, "frame_time");
    plan->byte_ns = number_field(L, table, "byte_time") * 1e9;
    plan->queue_frames = (size_t)integer_field(L, table, "queue");
    read_filter(L, table, &plan->only);
    read_rules(L, table, plan);
}

/* core.impairment(plan) */
static int impairment_new(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    struct impairment_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    memset(box, 0, sizeof(*box));
    luaL_setmetatable(L, IMPAIRMENT_TYPE);
    read_plan(L, 1, &box->plan);

    struct mh_impairment_plan plan = box->plan;
    memset(&box->plan, 0, sizeof(box->plan));
    return mh_impairment_new(&plan, &box->impairment) < 0 ? luaL_error(L, "not enough memory")
                                                          : 1;
}

static int impairment_free(lua_State *L)
{
    struct impairment_box *box = luaL_checkudata(L, 1, IMPAIRMENT_TYPE);

    mh_impairment_plan_done(&box->plan);
    box->impairment = mh_impairment_free(box->impairment);
    return 0;
}

/* ---- links ---------------------------------------------------------------------------------
 */

static struct mh_impaired_link *check_link(lua_State *L)
{
    const struct link_box *box = luaL_checkudata(L, 1, LINK_TYPE);

    luaL_argcheck(L, box->link, 1, "link is closed");
    return box->link;
}

/* One whose direction is open. */
static struct mh_impaired_link *check_open(lua_State *L, enum mh_link_direction *ret_direction)
{
    struct mh_impaired_link *link = check_link(L);

    *ret_direction = check_direction(L, 2);
    luaL_argcheck(L, mh_impaired_link_is_open(link, *ret_direction), 2, "is not open");
    return link;
}

/* core.impaired_link() */
static int link_new(lua_State *L)
{
    struct link_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    struct mh_error err;

    box->link = NULL;
    luaL_setmetatable(L, LINK_TYPE);
    return mh_impaired_link_new(&box->link, &err) < 0 ? mh_raise(L, &err) : 1;
}

/* link:open(direction, netns, place) */
static int link_open(lua_State *L)
{
    struct mh_impaired_link *link = check_link(L);
    enum mh_link_direction direction = check_direction(L, 2);
    struct mh_lane_place place = {.netns_fd = mh_check_netns(L, 3)};
    struct mh_error err;

    luaL_checktype(L, 4, LUA_TTABLE);
    luaL_argcheck(L, !mh_impaired_link_is_open(link, direction), 2, "is open");
    place.exit = (unsigned)integer_field(L, 4, "exit");
    place.entrance = (unsigned)integer_field(L, 4, "entrance");
    place.mark = (uint32_t)integer_field(L, 4, "mark");
    place.frame_max = (size_t)integer_field(L, 4, "frame_max");
    return mh_impaired_link_open(link, direction, &place, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* link:impair(direction, impairment), which it then has */
static int link_impair(lua_State *L)
{
    enum mh_link_direction direction;
    struct mh_impaired_link *link = check_open(L, &direction);
    struct impairment_box *box = luaL_checkudata(L, 3, IMPAIRMENT_TYPE);

    luaL_argcheck(L, box->impairment, 3, "is in use already");
    mh_impaired_link_impair(link, direction, box->impairment);
    box->impairment = NULL;
    return 0;
}

static int link_release(lua_State *L)
{
    enum mh_link_direction direction;
    struct mh_impaired_link *link = check_open(L, &direction);

    mh_impaired_link_release(link, direction);
    return 0;
}

static void set_count(lua_State *L, const char *name, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

static int link_count(lua_State *L)
{
    enum mh_link_direction direction;
    struct mh_impaired_link *link = check_open(L, &direction);
    struct mh_link_counters counters;

    mh_impaired_link_count(link, direction, &counters);
    lua_createtable(L, 0, 10);
    set_count(L, "seen", counters.seen);
    set_count(L, "untouched", counters.untouched);
    set_count(L, "passed", counters.passed);
    set_count(L, "dropped", counters.dropped);
    set_count(L, "delayed", counters.delayed);
    set_count(L, "duplicated", counters.duplicated);
    set_count(L, "reordered", counters.reordered);
    set_count(L, "overflowed", counters.overflowed);
    set_count(L, "refused", counters.refused);
    set_count(L, "held", counters.held);
    return 1;
}

/* ---- drops ---------------------------------------------------------------------------------
 */

static void push_drop(lua_State *L, const struct mh_link_drop *drop)
{
    static const char *const causes[] = {[MH_DROPPED_BY_LOSS] = "loss",
        [MH_DROPPED_BY_RULE] = "rule",
        [MH_DROPPED_BY_QUEUE] = "queue"};

    lua_createtable(L, 0, 8);
    mh_push_time(L, drop->time_ns);
    lua_setfield(L, -2, "time");
    lua_pushstring(L, causes[drop->cause]);
    lua_setfield(L, -2, "cause");
    if (drop->source.family == AF_UNSPEC)
        return;
    mh_push_addr(L, &drop->source);
    lua_setfield(L, -2, "source");
    mh_push_addr(L, &drop->destination);
    lua_setfield(L, -2, "destination");
    set_count(L, "protocol", drop->protocol);
    set_count(L, "source_port", drop->source_port);
    set_count(L, "port", drop->port);
    set_count(L, "length", drop->length);
}

/* link:drops(direction): the last ones, oldest first */
static int link_drops(lua_State *L)
{
    enum mh_link_direction direction;
    struct mh_impaired_link *link = check_open(L, &direction);
    size_t size = MH_LINK_DROPS_KEPT * sizeof(struct mh_link_drop);
    struct mh_link_drop *drops = lua_newuserdatauv(L, size, 0);

    size_t count = mh_impaired_link_drops(link, direction, 0, drops, MH_LINK_DROPS_KEPT);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_drop(L, &drops[i]);
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* link:close(), __close and __gc. Runs no Lua and never throws. */
static int link_close(lua_State *L)
{
    struct link_box *box = luaL_checkudata(L, 1, LINK_TYPE);

    box->link = mh_impaired_link_free(box->link);
    return 0;
}

static const luaL_Reg link_methods[] = {
    {"open", link_open},
    {"impair", link_impair},
    {"release", link_release},
    {"count", link_count},
    {"drops", link_drops},
    {"close", link_close},
    {NULL, NULL},
};

static const luaL_Reg link_metamethods[] = {
    {"__close", link_close},
    {"__gc", link_close},
    {NULL, NULL},
};

static const luaL_Reg impairment_metamethods[] = {
    {"__gc", impairment_free},
    {NULL, NULL},
};

void mh_bind_impair(lua_State *L)
{
    mh_class_define(L, IMPAIRMENT_TYPE, NULL, impairment_metamethods);
    mh_class_define(L, LINK_TYPE, link_methods, link_metamethods);

    lua_pushcfunction(L, impairment_new);
    lua_setfield(L, -2, "impairment");
    lua_pushcfunction(L, link_new);
    lua_setfield(L, -2, "impaired_link");
}
