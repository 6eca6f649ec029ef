#include "script/json_encode.h"

#include <lauxlib.h>

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_TYPE "mcast.core.array"
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* The text grows in a block of Lua's: bounded by the state's limit, and no leak when something
 * raises. (A luaL_Buffer would want the top of the stack for itself.) */
struct encoder {
    lua_State *L;
    int block; /* stack index of the userdata that `bytes` is in */
    char *bytes;
    size_t length, capacity;
    int depth;
};

void mh_json_push_array_metatable(lua_State *L)
{
    if (luaL_newmetatable(L, ARRAY_TYPE)) {
        lua_pushliteral(L, "array");
        lua_setfield(L, -2, "__jsontype");
    }
}

static void put_bytes(struct encoder *encoder, const char *bytes, size_t length)
{
    if (length > encoder->capacity - encoder->length) {
        size_t capacity = 2 * (encoder->capacity + length);
        char *grown = lua_newuserdatauv(encoder->L, capacity, 0);
        memcpy(grown, encoder->bytes, encoder->length);
        lua_replace(encoder->L, encoder->block);
        encoder->bytes = grown;
        encoder->capacity = capacity;
    }
    memcpy(encoder->bytes + encoder->length, bytes, length);
    encoder->length += length;
}

static void put(struct encoder *encoder, const char *text)
{
    put_bytes(encoder, text, strlen(text));
}

/* The length of the well-formed UTF-8 sequence at `s` (RFC 3629), or 0. */
static size_t sequence_length(const unsigned char *s, size_t available)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = s[0] < 0x80 ? 1 : s[0] >> 5 == 0x6 ? 2 : s[0] >> 4 == 0xe ? 3 : 4;

    if (length == 1)
        return 1;
    if (length > available || (length == 4 && s[0] >> 3 != 0x1e))
        return 0;
    uint32_t code = s[0] & (0xffU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (s[i] & 0x3f);
    }
    bool valid =
        code >= smallest[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return valid ? length : 0;
}

static void put_control(struct encoder *encoder, unsigned char c)
{
    char escape[8];
    const char *letter = c ? strchr("\bb\tt\nn\ff\rr", c) : NULL;

    if (letter)
        snprintf(escape, sizeof(escape), "\\%c", letter[1]);
    else
        snprintf(escape, sizeof(escape), "\\u%04x", c);
    put(encoder, escape);
}

static void put_string(struct encoder *encoder, const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text, *end = s + length;

    put(encoder, "\"");
    while (s < end) {
        size_t n = sequence_length(s, (size_t)(end - s));
        if (n == 0)
            put(encoder, REPLACEMENT);
        else if (*s < 0x20 || *s == 0x7f)
            put_control(encoder, *s);
        else if (*s == '"' || *s == '\\')
            put(encoder, *s == '"' ? "\\\"" : "\\\\");
        else
            put_bytes(encoder, (const char *)s, n);
        s += n ? n : 1;
    }
    put(encoder, "\"");
}

/* The shortest of the forms that read back as the same number. */
static void put_float(struct encoder *encoder, double number)
{
    char digits[40];

    if (!isfinite(number)) {
        put(encoder, "null");
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof(digits), "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    put(encoder, digits);
    if (!strpbrk(digits, ".e"))
        put(encoder, ".0"); /* a float stays one */
}

static void put_number(struct encoder *encoder, int index)
{
    char digits[32];

    if (!lua_isinteger(encoder->L, index)) {
        put_float(encoder, lua_tonumber(encoder->L, index));
        return;
    }
    snprintf(digits, sizeof(digits), "%lld", (long long)lua_tointeger(encoder->L, index));
    put(encoder, digits);
}

static void put_value(struct encoder *encoder);

static bool is_marked(lua_State *L, int index)
{
    if (luaL_getmetafield(L, index, "__jsontype") == LUA_TNIL)
        return false;
    bool marked = lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "array") == 0;
    lua_pop(L, 1);
    return marked;
}

/* Are the keys of the table 1..length and nothing else? */
static bool is_sequence(lua_State *L, int index, lua_Unsigned length)
{
    lua_Unsigned count = 0;

    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        lua_Integer key = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        if (key < 1 || (lua_Unsigned)key > length) {
            lua_pop(L, 2);
            return false;
        }
        count++;
    }
    return count == length && count > 0;
}

static void put_array(struct encoder *encoder, int index, lua_Unsigned length)
{
    put(encoder, "[");
    for (lua_Unsigned i = 1; i <= length; i++) {
        if (i > 1)
            put(encoder, ",");
        lua_rawgeti(encoder->L, index, (lua_Integer)i);
        put_value(encoder);
    }
    put(encoder, "]");
}

/* Pushes the key at the top of the stack once more, as a string. */
static void push_key(lua_State *L)
{
    int type = lua_type(L, -1);

    if (type != LUA_TSTRING && type != LUA_TNUMBER)
        luaL_error(L, "cannot encode a table with a %s as key", lua_typename(L, type));
    lua_pushvalue(L, -1);
    lua_tostring(L, -1);
}

struct key {
    const char *text; /* kept alive by the table or by `names` */
    size_t length;
    int number; /* of the value in `values` */
};

static int compare_keys(const void *a, const void *b)
{
    const struct key *left = a, *right = b;
    size_t shorter = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->text, right->text, shorter);

    return order ? order : (left->length > right->length) - (left->length < right->length);
}

static size_t count_pairs(lua_State *L, int index)
{
    size_t count = 0;

    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        count++;
    return count;
}

/* Pushes a block of keys, sorted, and behind it two lists that keep their texts and values. */
static struct key *push_sorted_keys(lua_State *L, int index, size_t count)
{
    struct key *keys = lua_newuserdatauv(L, (count + 1) * sizeof(*keys), 0);
    lua_newtable(L);
    lua_newtable(L);
    int names = lua_gettop(L) - 1, n = 0;

    for (lua_pushnil(L); lua_next(L, index); n++) {
        lua_rawseti(L, names + 1, n + 1);
        push_key(L);
        keys[n].text = lua_tolstring(L, -1, &keys[n].length);
        keys[n].number = n + 1;
        lua_rawseti(L, names, n + 1);
    }
    qsort(keys, count, sizeof(*keys), compare_keys);
    return keys;
}

static void put_object(struct encoder *encoder, int index)
{
    lua_State *L = encoder->L;
    size_t count = count_pairs(L, index);
    const struct key *keys = push_sorted_keys(L, index, count);
    int values = lua_gettop(L);

    put(encoder, "{");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            put(encoder, ",");
        put_string(encoder, keys[i].text, keys[i].length);
        put(encoder, ":");
        lua_rawgeti(L, values, keys[i].number);
        put_value(encoder);
    }
    put(encoder, "}");
    lua_pop(L, 3);
}

static void put_table(struct encoder *encoder)
{
    lua_State *L = encoder->L;
    int index = lua_gettop(L);
    lua_Unsigned length = lua_rawlen(L, index);

    if (++encoder->depth > MH_JSON_DEPTH_MAX)
        luaL_error(L, "cannot encode tables nested deeper than %d, or into themselves",
            MH_JSON_DEPTH_MAX);
    luaL_checkstack(L, 16, "cannot encode");
    if (is_marked(L, index) || is_sequence(L, index, length))
        put_array(encoder, index, length);
    else
        put_object(encoder, index);
    encoder->depth--;
}

/* Writes the value at the top of the stack of the values, and pops it. */
static void put_value(struct encoder *encoder)
{
    lua_State *L = encoder->L;
    size_t length;

    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        put(encoder, "null");
        break;
    case LUA_TBOOLEAN:
        put(encoder, lua_toboolean(L, -1) ? "true" : "false");
        break;
    case LUA_TNUMBER:
        put_number(encoder, -1);
        break;
    case LUA_TSTRING: {
        const char *text = lua_tolstring(L, -1, &length);
        put_string(encoder, text, length);
        break;
    }
    case LUA_TTABLE:
        put_table(encoder);
        break;
    default:
        if (lua_touserdata(L, -1) || !lua_islightuserdata(L, -1)) /* core.null is NULL */
            luaL_error(L, "cannot encode a %s", luaL_typename(L, -1));
        put(encoder, "null");
    }
    lua_pop(L, 1);
}

void mh_json_encode(lua_State *L, int index)
{
    enum { FIRST_CAPACITY = 256 };
    index = lua_absindex(L, index);
    struct encoder encoder = {.L = L, .capacity = FIRST_CAPACITY};

    encoder.bytes = lua_newuserdatauv(L, encoder.capacity, 0);
    encoder.block = lua_gettop(L);
    lua_pushvalue(L, index);
    put_value(&encoder);
    lua_pushlstring(L, encoder.bytes, encoder.length);
    lua_remove(L, encoder.block);
}
