/* core.Stream: a measured stream of probes, and what each endpoint got of it. */
#include "script/bindings.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/endpoint_box.h"
#include "script/loss_runs.h"
#include "script/stream_box.h"
#include "script/stream_plan.h"
#include "script/vm.h"

#include <lauxlib.h>

#define STREAM_TYPE "mcast.core.stream"

/* User value 1 is the condition, 2 the sending endpoint. */
struct stream_box {
    struct mh_stream *stream;
    struct mh_condition *changed;
};

struct mh_stream *mh_check_stream(lua_State *L, int arg)
{
    struct stream_box *box = luaL_checkudata(L, arg, STREAM_TYPE);

    luaL_argcheck(L, box->stream, arg, "stream was not started"); /* its constructor raised */
    return box->stream;
}

static struct mh_stream *check_stream(lua_State *L)
{
    return mh_check_stream(L, 1);
}

/* ---- starting -------------------------------------------------------------------------------
 */

static void on_end(void *context)
{
    mh_condition_signal(context, 0);
}

/* core.stream(endpoint, plan) */
static int stream_start(lua_State *L)
{
    struct mh_endpoint *sender = mh_check_open_endpoint(L, 1);
    struct mh_stream_plan plan = mh_check_stream_plan(L, 2);
    struct mh_error err;

    lua_settop(L, 2);
    struct stream_box *box = lua_newuserdatauv(L, sizeof(*box), 2);
    *box = (struct stream_box){.stream = NULL};
    luaL_setmetatable(L, STREAM_TYPE);
    box->changed = mh_push_condition(L);
    lua_setiuservalue(L, 3, 1);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, 3, 2);
    if (mh_stream_start(sender, &plan, &box->stream, &err) < 0)
        return mh_raise(L, &err);
    mh_stream_on_end(box->stream, on_end, box->changed);
    return 1;
}

static int stream_stop(lua_State *L)
{
    mh_stream_stop(check_stream(L));
    return 0;
}

static int stream_gc(lua_State *L)
{
    struct stream_box *box = luaL_checkudata(L, 1, STREAM_TYPE);

    box->stream = mh_stream_free(box->stream);
    return 0;
}

static int stream_changed(lua_State *L)
{
    check_stream(L);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

static int stream_forbid_offload(lua_State *L)
{
    mh_stream_forbid_offload(check_stream(L));
    return 0;
}

/* ---- what became of it ----------------------------------------------------------------------
 */

static void set_integer(lua_State *L, const char *name, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

static void set_seconds(lua_State *L, const char *name, uint64_t duration_ns)
{
    lua_pushnumber(L, (double)duration_ns / 1e9);
    lua_setfield(L, -2, name);
}

/* 0: there is none. */
static void set_time(lua_State *L, const char *name, uint64_t realtime_ns)
{
    if (realtime_ns == 0)
        return;
    mh_push_time(L, realtime_ns);
    lua_setfield(L, -2, name);
}

/* stream:status() */
static int stream_status(lua_State *L)
{
    struct mh_stream_status status = mh_stream_status(check_stream(L));

    lua_createtable(L, 0, 11);
    lua_pushboolean(L, status.running);
    lua_setfield(L, -2, "running");
    set_integer(L, "sent", status.sent);
    set_integer(L, "planned", status.planned);
    set_integer(L, "refused", status.refused);
    set_integer(L, "offloaded", status.offloaded);
    set_integer(L, "sampled", status.sampled);
    set_integer(L, "departed", status.departed);
    set_time(L, "start", status.start_ns);
    set_time(L, "last", status.last_ns);
    set_seconds(
        L, "active", status.last_ns > status.start_ns ? status.last_ns - status.start_ns : 0);
    set_seconds(L, "late", status.late_ns);
    if (status.cut != MH_STREAM_WHOLE) {
        lua_pushstring(L, status.cut == MH_STREAM_REFUSED ? "refused" : "closed");
        lua_setfield(L, -2, "cut");
    }
    if (status.error) {
        lua_pushstring(L, mh_error_name(status.error));
        lua_setfield(L, -2, "error");
    }
    return 1;
}

/* stream:number() */
static int stream_number(lua_State *L)
{
    lua_pushinteger(L, mh_stream_number(check_stream(L)));
    return 1;
}

/* stream:schedule(most): seconds from the first packet, when the first `most` are due */
static int stream_schedule(lua_State *L)
{
    const struct mh_stream *stream = check_stream(L);
    lua_Integer most = luaL_checkinteger(L, 2);

    luaL_argcheck(L, most >= 0 && most <= 1000000, 2, "0 to 1000000 expected");
    uint64_t *offsets_ns = lua_newuserdatauv(L, ((size_t)most + 1) * sizeof(*offsets_ns), 0);
    size_t count = mh_stream_schedule(stream, offsets_ns, (size_t)most);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushnumber(L, (double)offsets_ns[i] / 1e9);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int push_steps(lua_State *L, const uint32_t *counts, size_t count)
{
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushinteger(L, counts[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* Since it was asked how many there are there may be more. */
static int push_sent(lua_State *L, const struct mh_stream *stream)
{
    size_t count = mh_stream_series(stream, NULL, 0);
    uint32_t *counts = lua_newuserdatauv(L, (count + 1) * sizeof(*counts), 0);

    (void)mh_stream_series(stream, counts, count);
    return push_steps(L, counts, count);
}

/* stream:series([endpoint]): sent, or received there, by tenths of a second of sending */
static int stream_series(lua_State *L)
{
    struct mh_stream *stream = check_stream(L);
    if (lua_isnoneornil(L, 2))
        return push_sent(L, stream);

    const struct mh_flow_account *account = mh_stream_account(stream, mh_check_endpoint(L, 2));
    return push_steps(
        L, account ? account->series.counts : NULL, account ? account->series.count : 0);
}

/* ---- what an endpoint got -------------------------------------------------------------------
 */

static const struct mh_flow_account *check_account(lua_State *L)
{
    static const struct mh_flow_account nothing;
    const struct mh_flow_account *account =
        mh_stream_account(check_stream(L), mh_check_endpoint(L, 2));

    return account ? account : &nothing;
}

/* stream:counts(endpoint) -> received, duplicated, reordered, corrupted: for who asks often */
static int stream_counts(lua_State *L)
{
    const struct mh_flow_account *account = check_account(L);

    lua_pushinteger(L, (lua_Integer)account->received);
    lua_pushinteger(L, (lua_Integer)account->duplicated);
    lua_pushinteger(L, (lua_Integer)account->reordered);
    lua_pushinteger(L, (lua_Integer)account->corrupted);
    return 4;
}

static void set_latency(lua_State *L, const struct mh_histogram *latency)
{
    static const struct {
        const char *name;
        double fraction;
    } percentiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};

    if (latency->count == 0)
        return;
    lua_createtable(L, 0, 7);
    set_seconds(L, "min", latency->min_ns);
    set_seconds(L, "mean", mh_histogram_mean_ns(latency));
    set_seconds(L, "max", latency->max_ns);
    for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++)
        set_seconds(
            L, percentiles[i].name, mh_histogram_value_at(latency, percentiles[i].fraction));
    lua_setfield(L, -2, "latency");
}

/* stream:account(endpoint) */
static int stream_account(lua_State *L)
{
    const struct mh_flow_account *account = check_account(L);

    lua_createtable(L, 0, 14);
    set_integer(L, "sent", mh_stream_end(check_stream(L), account).sent);
    set_integer(L, "received", account->received);
    set_integer(L, "duplicated", account->duplicated);
    set_integer(L, "reordered", account->reordered);
    set_integer(L, "corrupted", account->corrupted);
    set_integer(L, "bytes", account->bytes);
    set_integer(L, "unaccounted", account->unaccounted);
    lua_pushboolean(L, account->incomplete);
    lua_setfield(L, -2, "incomplete");
    set_time(L, "first", account->first_ns);
    set_time(L, "last", account->last_ns);
    set_seconds(L, "active", account->last_ns - account->first_ns);
    if (account->received > 0) {
        set_integer(L, "ttl_min", (uint64_t)account->ttl_min);
        set_integer(L, "ttl_max", (uint64_t)account->ttl_max);
    }
    set_latency(L, &account->latency);
    return 1;
}

static void push_gap(lua_State *L, const struct mh_gap *gap)
{
    lua_createtable(L, 0, 5);
    set_time(L, "at", gap->at_ns);
    set_seconds(L, "duration", gap->duration_ns);
    set_integer(L, "lost", gap->lost);
    set_integer(L, "refused", gap->refused);
    set_integer(L, "first", gap->first + 1);
}

/* What the sender knows, for as long as the value on the stack lives that it pushes. */
static struct mh_flow_end push_end(
    lua_State *L, const struct mh_stream *stream, const struct mh_flow_account *account)
{
    struct mh_flow_end end = mh_stream_end(stream, account);
    size_t count = mh_stream_refusals(stream, NULL, 0);
    struct mh_refusal *refusals = lua_newuserdatauv(L, (count + 1) * sizeof(*refusals), 0);

    (void)mh_stream_refusals(stream, refusals, count);
    end.refusals = refusals;
    end.refusal_count = count;
    return end;
}

/* stream:gaps(endpoint, most) -> list of the first `most`, how many there are, the longest */
static int stream_gaps(lua_State *L)
{
    static const struct mh_flow_account nothing;
    const struct mh_stream *stream = check_stream(L);
    struct mh_flow_account unheard = nothing;
    const struct mh_flow_account *account = mh_stream_account(stream, mh_check_endpoint(L, 2));
    lua_Integer most = luaL_checkinteger(L, 3);
    struct mh_flow_end end = push_end(L, stream, account);
    struct mh_gap gap, longest = {0};
    struct mh_gap_cursor cursor = {0};
    lua_Integer count = 0;

    unheard.start_ns = mh_stream_status(stream).start_ns;
    lua_newtable(L);
    while (mh_flow_account_next_gap(account ? account : &unheard, &end, &cursor, &gap)) {
        if (count == 0 || gap.duration_ns > longest.duration_ns)
            longest = gap;
        if (++count > most)
            continue;
        push_gap(L, &gap);
        lua_rawseti(L, -2, count);
    }
    lua_pushinteger(L, count);
    if (count == 0)
        return 2;
    push_gap(L, &longest);
    return 3;
}

/* stream:loss_runs(endpoint) -> span, lost, longest */
static int stream_loss_runs(lua_State *L)
{
    struct mh_loss_runs runs = mh_flow_account_loss_runs(check_account(L));

    return mh_push_loss_runs(L, &runs);
}

/* stream:late_since(sent) -> seconds */
static int stream_late_since(lua_State *L)
{
    const struct mh_stream *stream = check_stream(L);
    lua_Integer sent = luaL_checkinteger(L, 2);

    luaL_argcheck(L, sent >= 0, 2, "a number of packets expected");
    lua_pushnumber(L, (lua_Number)mh_stream_late_since(stream, (uint64_t)sent) / 1e9);
    return 1;
}

static const luaL_Reg methods[] = {
    {"stop", stream_stop},
    {"changed", stream_changed},
    {"forbid_offload", stream_forbid_offload},
    {"number", stream_number},
    {"status", stream_status},
    {"late_since", stream_late_since},
    {"series", stream_series},
    {"schedule", stream_schedule},
    {"counts", stream_counts},
    {"account", stream_account},
    {"gaps", stream_gaps},
    {"loss_runs", stream_loss_runs},
    {"sightings", mh_stream_sightings},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", stream_gc},
    {NULL, NULL},
};

void mh_bind_stream(lua_State *L)
{
    mh_class_define(L, STREAM_TYPE, methods, metamethods);

    lua_pushcfunction(L, stream_start);
    lua_setfield(L, -2, "stream");
}
