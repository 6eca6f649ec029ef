#include "script/json_encode.h"
#include "vm_fixture.h"

static void run_code(void **state, const char *code)
{
    lua_State *L = mh_vm_state(*state);
    const char *prelude = "local encode, decode = core.json_encode, core.json_decode\n"
                          "local function is(value, text)\n"
                          "  local got = encode(value)\n"
                          "  if got ~= text then error(got .. ' is not ' .. text, 2) end\n"
                          "end\n"
                          "local function fails(words, f, ...)\n"
                          "  local ok, why = pcall(f, ...)\n"
                          "  assert(not ok, 'no error')\n"
                          "  if not why:find(words, 1, true) then error(why, 2) end\n"
                          "end\n";

    lua_pushfstring(L, "%s%s", prelude, code);
    if (luaL_dostring(L, lua_tostring(L, -1)) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
}

static void plain_values(void **state)
{
    run_code(state, "is(nil, 'null'); is(core.null, 'null')\n"
                    "is(true, 'true'); is(false, 'false'); is('x', '\"x\"')");
}

static void integers_keep_all_their_bits(void **state)
{
    run_code(state, "is(math.maxinteger, '9223372036854775807')\n"
                    "is(math.mininteger, '-9223372036854775808')\n"
                    "assert(decode '9223372036854775807' == math.maxinteger)\n"
                    "assert(decode '-9223372036854775808' == math.mininteger)\n"
                    "assert(math.type(decode '3') == 'integer')");
}

static void floats_read_back_the_same(void **state)
{
    run_code(state,
        "is(0.1, '0.1'); is(1.0, '1.0'); is(-0.0, '-0.0'); is(1e300, '1e+300')\n"
        "for _, x in ipairs {1/3, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 2^53} do\n"
        "  local back = decode(encode(x))\n"
        "  assert(back == x and math.type(back) == 'float', x)\n"
        "end\n"
        "is(0/0, 'null'); is(1/0, 'null'); is(-1/0, 'null')");
}

static void tables_are_arrays_or_objects(void **state)
{
    run_code(state, "is({1, {2}, 'three'}, '[1,[2],\"three\"]')\n"
                    "is({}, '{}'); is(core.array {}, '[]')\n"
                    "is(setmetatable({}, {__jsontype = 'array'}), '[]')\n"
                    "is({a = {}, b = core.array {}}, '{\"a\":{},\"b\":[]}')\n"
                    "is({1, 2, x = 3}, '{\"1\":1,\"2\":2,\"x\":3}')\n"
                    "is({[1] = 1, [3] = 3}, '{\"1\":1,\"3\":3}')\n"
                    "is({[1.5] = 1}, '{\"1.5\":1}')\n"
                    "is({1, core.null, 3}, '[1,null,3]')\n"
                    "local t = {}; assert(core.array(t) == t)");
}

static void keys_are_sorted(void **state)
{
    run_code(state,
        "is({b = 1, a = 2, ab = 3, ['a\\0'] = 4, ['\\xc3\\xa4'] = 5, [10] = 6},\n"
        "  '{\"10\":6,\"a\":2,\"a\\\\u0000\":4,\"ab\":3,\"b\":1,\"\\xc3\\xa4\":5}')");
}

static void strings_are_escaped(void **state)
{
    run_code(state, "is('a\"b\\\\c/d', '\"a\\\\\"b\\\\\\\\c/d\"')\n"
                    "is('\\n\\t\\r\\b\\f', '\"\\\\n\\\\t\\\\r\\\\b\\\\f\"')\n"
                    "is('\\0\\x1f\\x7f', '\"\\\\u0000\\\\u001f\\\\u007f\"')\n"
                    "assert(not encode('\\n\\r\\0'):find('%c'))\n"
                    "for byte = 0, 127 do\n"
                    "  local c = string.char(byte)\n"
                    "  assert(decode(encode(c)) == c, byte)\n"
                    "end");
}

static void invalid_utf8_is_replaced(void **state)
{
    run_code(state,
        "local r = '\\u{fffd}'\n"
        "for _, good in ipairs {'\\u{7f}', '\\u{80}', '\\u{7ff}', '\\u{800}', '\\u{d7ff}',\n"
        "    '\\u{e000}', '\\u{ffff}', '\\u{10000}', '\\u{10ffff}'} do\n"
        "  assert(decode(encode(good)) == good, good)\n"
        "end\n"
        "is('a\\xffb', '\"a' .. r .. 'b\"')\n"
        "is('\\x80', '\"' .. r .. '\"')\n"
        "is('\\xc0\\x80', '\"' .. r .. r .. '\"')\n"             /* overlong */
        "is('\\xed\\xa0\\x80', '\"' .. r .. r .. r .. '\"')\n"   /* surrogate */
        "is('\\xf4\\x90\\x80\\x80', '\"' .. r:rep(4) .. '\"')\n" /* beyond U+10FFFF */
        "is('\\xf8\\x88\\x80\\x80\\x80', '\"' .. r:rep(5) .. '\"')\n"
        "is('\\xe2\\x82', '\"' .. r .. r .. '\"')\n" /* cut short */
        "is('\\xe2\\x82x', '\"' .. r .. r .. 'x\"')");
}

static void any_bytes_give_valid_json(void **state)
{
    run_code(state,
        "math.randomseed(1)\n"
        "for _ = 1, 2000 do\n"
        "  local bytes = {}\n"
        "  for i = 1, math.random(0, 12) do bytes[i] = string.char(math.random(0, 255)) end\n"
        "  local text = encode(table.concat(bytes))\n"
        "  assert(utf8.len(text) and utf8.len(decode(text)), text)\n"
        "end");
}

static void depth_and_cycles_are_errors(void **state)
{
    run_code(state, "local function nest(n)\n"
                    "  local t = {}\n"
                    "  for _ = 2, n do t = {t} end\n"
                    "  return t\n"
                    "end\n"
                    "assert(decode(encode(nest(64))))\n"
                    "fails('nested deeper than 64', encode, nest(65))\n"
                    "local cycle = {}; cycle.self = {cycle}\n"
                    "fails('nested deeper than 64', encode, cycle)\n"
                    "fails('nested deeper than 64', decode, ('['):rep(65) .. (']'):rep(65))\n"
                    "assert(decode(('['):rep(64) .. (']'):rep(64)))");
}

static void what_has_no_json_form_is_named(void **state)
{
    run_code(state,
        "fails('cannot encode a function', encode, {print})\n"
        "fails('cannot encode a table with a boolean as key', encode, {[true] = 1})\n"
        "fails('cannot encode a userdata', encode, io.stdout)\n"
        "fails('cannot encode a thread', encode, coroutine.create(print))\n"
        "fails('bad argument #1', encode)");
}

static void decoding(void **state)
{
    run_code(state,
        "local t = decode '{\"a\":[1,2.5,\"x\",null,true],\"b\":{},\"c\":[]}'\n"
        "assert(t.a[1] == 1 and t.a[2] == 2.5 and t.a[3] == 'x' and t.a[5] == true)\n"
        "assert(t.a[4] == core.null)\n"
        "is(t, '{\"a\":[1,2.5,\"x\",null,true],\"b\":{},\"c\":[]}')\n"
        "assert(decode '\"a\\\\u0000b\"' == 'a\\0b')");
}

static void decoding_tells_the_position(void **state)
{
    run_code(state, "fails('invalid JSON at line 2, column 3', decode, '{\\n  x}')\n"
                    "fails('invalid JSON', decode, '')\n"
                    "fails('invalid JSON', decode, '1 2')\n"
                    "fails('invalid JSON', decode, '\"\\xff\"')\n"
                    "fails('invalid JSON', decode, '99999999999999999999')\n"
                    "fails('bad argument #1', decode, {})");
}

static void long_text_survives_growth(void **state)
{
    run_code(state, "local long = ('x'):rep(100000)\n"
                    "assert(decode(encode({long, {long}, long}))[2][1] == long)\n"
                    "local many = {}\n"
                    "for i = 1, 5000 do many['k' .. i] = i end\n"
                    "local back = decode(encode(many))\n"
                    "for k, v in pairs(many) do assert(back[k] == v) end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(plain_values, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(integers_keep_all_their_bits, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(floats_read_back_the_same, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(tables_are_arrays_or_objects, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(keys_are_sorted, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(strings_are_escaped, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(invalid_utf8_is_replaced, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(any_bytes_give_valid_json, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(depth_and_cycles_are_errors, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(what_has_no_json_form_is_named, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(decoding, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(decoding_tells_the_position, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(long_text_survives_growth, open_vm, close_vm),
    };
    return cmocka_run_group_tests_name("script/json", tests, NULL, NULL);
}
