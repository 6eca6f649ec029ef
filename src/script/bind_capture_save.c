/* core.save_packets(): the packets of captures, by time, into one pcapng file. */
#include "base/clock.h"
#include "net/pcapng.h"
#include "script/capture_box.h"
#include "script/convert.h"

#include <stdlib.h>
#include <string.h>

/* An interface of a capture. Its texts belong to the Lua tables of the call. */
struct source {
    const struct mh_capture *capture;
    unsigned index;
    uint8_t mac[6];
    struct mh_pcapng_interface described;
    uint64_t kept;
};

struct entry {
    struct mh_captured_frame frame;
    const char *comment;
    unsigned source;
    size_t order; /* packets of one time stay in it */
};

/* All that is collected before the file is made: nothing may throw while it is open. */
struct collection {
    struct source *sources;
    size_t source_count;
    struct entry *entries;
    size_t entry_count;
};

/* ---- collecting ---- */

static const char *get_text(lua_State *L, int table, const char *name)
{
    lua_getfield(L, table, name);
    const char *text = luaL_optstring(L, -1, "");
    lua_pop(L, 1); /* the table keeps it */
    return text;
}

static void read_mac(const char *text, uint8_t ret_mac[static 6])
{
    memset(ret_mac, 0, 6);
    for (size_t i = 0; i < 6 && strlen(text) >= 2; i++) {
        char *end;
        ret_mac[i] = (uint8_t)strtoul(text, &end, 16);
        text = *end ? end + 1 : end;
    }
}

/* The interface on top of the stack. */
static void add_source(
    lua_State *L, struct collection *collection, const struct mh_capture *capture)
{
    int table = lua_gettop(L);
    struct source *source = &collection->sources[collection->source_count++];

    luaL_checktype(L, table, LUA_TTABLE);
    lua_getfield(L, table, "index");
    *source = (struct source){.capture = capture, .index = (unsigned)luaL_checkinteger(L, -1)};
    lua_pop(L, 1);
    read_mac(get_text(L, table, "mac"), source->mac);
    source->described = (struct mh_pcapng_interface){
        .name = get_text(L, table, "name"),
        .description = get_text(L, table, "description"),
        .filter = get_text(L, table, "filter"),
        .mac = source->mac,
    };
}

static unsigned source_of(const struct collection *collection, size_t first, unsigned index)
{
    for (size_t i = first; i < collection->source_count; i++)
        if (collection->sources[i].index == index)
            return (unsigned)i;
    return (unsigned)first;
}

/* How many of its packets a part is about: more come while it is saved. */
static size_t count_of(lua_State *L, int part, const struct mh_capture *capture)
{
    lua_getfield(L, part, "count");
    lua_Integer count = luaL_checkinteger(L, -1);
    luaL_argcheck(L, count >= 0 && (lua_Unsigned)count <= mh_capture_count(capture), 2,
        "a count of packets that there are");
    lua_pop(L, 1);
    return (size_t)count;
}

/* `comments`: the index of a table from packet numbers to texts. */
static void add_entries(lua_State *L, struct collection *collection, size_t first_source,
    const struct mh_capture *capture, size_t count, int comments)
{
    for (size_t i = 0; i < count; i++) {
        struct mh_captured_frame frame = mh_capture_packet(capture, i);
        struct entry *entry = &collection->entries[collection->entry_count];
        lua_geti(L, comments, (lua_Integer)i + 1);
        *entry = (struct entry){
            .frame = frame,
            .comment = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL,
            .source = source_of(collection, first_source, frame.interface_index),
            .order = collection->entry_count++,
        };
        collection->sources[entry->source].kept++;
        lua_pop(L, 1);
    }
}

/* The part on top of the stack: {capture =, count =, interfaces = {...}, comments = {...}}. */
static void add_part(lua_State *L, struct collection *collection)
{
    int part = lua_gettop(L);
    size_t first = collection->source_count;

    lua_getfield(L, part, "capture");
    const struct mh_capture *capture = mh_check_capture(L, part + 1);
    lua_getfield(L, part, "interfaces");
    for (lua_Integer i = 1; i <= luaL_len(L, part + 2); i++) {
        lua_geti(L, part + 2, i);
        add_source(L, collection, capture);
        lua_pop(L, 1);
    }
    lua_getfield(L, part, "comments");
    add_entries(L, collection, first, capture, count_of(L, part, capture), part + 3);
    lua_settop(L, part);
}

/* Room in userdata, which an error leaves to the garbage collector. */
static void make_room(lua_State *L, int parts, struct collection *collection)
{
    size_t sources = 0;
    size_t entries = 0;

    for (lua_Integer i = 1; i <= luaL_len(L, parts); i++) {
        lua_geti(L, parts, i);
        int part = lua_gettop(L);
        lua_getfield(L, part, "capture");
        entries += count_of(L, part, mh_check_capture(L, part + 1));
        lua_getfield(L, part, "interfaces");
        sources += (size_t)luaL_len(L, part + 2);
        lua_settop(L, part - 1);
    }
    collection->sources = lua_newuserdatauv(L, sources * sizeof(struct source) + 1, 0);
    collection->entries = lua_newuserdatauv(L, entries * sizeof(struct entry) + 1, 0);
}

/* ---- writing ---- */

static int by_time(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;

    if (a->frame.time_ns != b->frame.time_ns)
        return a->frame.time_ns < b->frame.time_ns ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static void write_statistics(
    struct mh_pcapng *file, const struct source *source, unsigned number)
{
    struct mh_capture_losses losses = mh_capture_losses(source->capture, source->index);
    const struct mh_pcapng_statistics statistics = {
        .time_ns = mh_clock_realtime_ns(),
        .kept = source->kept,
        .kernel_drops = losses.kernel_drops,
        .unkept = losses.unkept,
    };

    mh_pcapng_add_statistics(file, number, &statistics);
}

static int write_file(
    const char *path, const struct collection *collection, struct mh_error *err)
{
    struct mh_pcapng *file;
    int r = mh_pcapng_create(path, "mcast-harness " MH_VERSION, &file, err);
    if (r < 0)
        return r;

    for (size_t i = 0; i < collection->source_count; i++)
        mh_pcapng_add_interface(file, &collection->sources[i].described);
    for (size_t i = 0; i < collection->entry_count; i++) {
        const struct entry *entry = &collection->entries[i];
        mh_pcapng_add_packet(file, entry->source, &entry->frame, entry->comment);
    }
    for (size_t i = 0; i < collection->source_count; i++)
        write_statistics(file, &collection->sources[i], (unsigned)i);
    return mh_pcapng_close(file, err);
}

int mh_save_packets(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct collection collection = {0};
    struct mh_error err;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    make_room(L, 2, &collection);
    for (lua_Integer i = 1; i <= luaL_len(L, 2); i++) {
        lua_geti(L, 2, i);
        add_part(L, &collection);
        lua_pop(L, 1);
    }
    if (collection.entry_count > 0)
        qsort(collection.entries, collection.entry_count, sizeof(struct entry), by_time);
    if (write_file(path, &collection, &err) < 0)
        return mh_raise(L, &err);
    lua_pushinteger(L, (lua_Integer)collection.entry_count);
    return 1;
}
