/* core: JSON. Encoding is our own (json_encode.c); jansson reads. */
#include "script/bindings.h"
#include "script/json_encode.h"

#include <lauxlib.h>

#include <jansson.h>

#define DOCUMENT_TYPE "mcast.core.json"

/* core.json_encode(value) -> text */
static int core_json_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    mh_json_encode(L, 1);
    return 1;
}

/* The parsed document in a box of Lua's, so that it goes also when something raises. */
static int free_document(lua_State *L)
{
    json_t **document = lua_touserdata(L, 1);

    json_decref(*document);
    *document = NULL;
    return 0;
}

static json_t **push_document(lua_State *L)
{
    json_t **document = lua_newuserdatauv(L, sizeof(*document), 0);
    *document = NULL;
    if (luaL_newmetatable(L, DOCUMENT_TYPE)) {
        lua_pushcfunction(L, free_document);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return document;
}

static void push_value(lua_State *L, const json_t *value, int depth);

static void push_array(lua_State *L, const json_t *array, int depth)
{
    size_t size = json_array_size(array);

    lua_createtable(L, size < INT32_MAX ? (int)size : 0, 0);
    for (size_t i = 0; i < size; i++) {
        push_value(L, json_array_get(array, i), depth);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    mh_json_push_array_metatable(L); /* so that an empty one is written as one again */
    lua_setmetatable(L, -2);
}

static void push_object(lua_State *L, json_t *object, int depth)
{
    lua_newtable(L);
    for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
        lua_pushstring(L, json_object_iter_key(i));
        push_value(L, json_object_iter_value(i), depth);
        lua_rawset(L, -3);
    }
}

static void push_table(lua_State *L, const json_t *value, int depth)
{
    if (depth >= MH_JSON_DEPTH_MAX)
        luaL_error(L, "JSON is nested deeper than %d", MH_JSON_DEPTH_MAX);
    luaL_checkstack(L, 8, "JSON is nested too deeply");
    if (json_is_array(value))
        push_array(L, value, depth + 1);
    else
        push_object(L, (json_t *)value, depth + 1);
}

static void push_value(lua_State *L, const json_t *value, int depth)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        push_table(L, value, depth);
        break;
    case JSON_STRING:
        lua_pushlstring(L, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        lua_pushinteger(L, json_integer_value(value));
        break;
    case JSON_REAL:
        lua_pushnumber(L, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        lua_pushboolean(L, json_is_true(value));
        break;
    case JSON_NULL:
        lua_pushlightuserdata(L, NULL);
        break;
    }
}

/* core.json_decode(text) -> value */
static int core_json_decode(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    json_t **document = push_document(L);
    json_error_t error;

    *document = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!*document)
        return luaL_error(
            L, "invalid JSON at line %d, column %d: %s", error.line, error.column, error.text);
    push_value(L, *document, 0);
    lua_insert(L, -2);
    json_decref(*document);
    *document = NULL;
    lua_pop(L, 1);
    return 1;
}

/* core.array(table) -> the same table */
static int core_array(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    mh_json_push_array_metatable(L);
    lua_setmetatable(L, 1);
    return 1;
}

static const luaL_Reg functions[] = {
    {"json_encode", core_json_encode},
    {"json_decode", core_json_decode},
    {"array", core_array},
    {NULL, NULL},
};

void mh_bind_json(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
}
