/* Writes the Lua library as a C table of struct mh_embedded_module (script/vm.h): the text of
 * each file and, with "code", what Lua compiled from it, line numbers included:
 *
 *     embed_lua OUTPUT ROOT text|code FILE...
 *
 * FILE is relative to ROOT: mcast/expect.lua is the module mcast.expect. */
#include <lauxlib.h>
#include <lua.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 100 };

/* A C string literal that is being written, of any bytes. */
struct literal {
    FILE *output;
    int column;
};

static void literal_begin(struct literal *literal, FILE *output, const char *name, int number)
{
    fprintf(output, "static const char %s_%d[] =\n    \"", name, number);
    *literal = (struct literal){.output = output};
}

/* Three digits, because a digit may follow; '?' for the sake of trigraphs. */
static void literal_put(struct literal *literal, unsigned char byte)
{
    bool plain = isprint(byte) && !strchr("\"\\?", byte);

    literal->column += fprintf(literal->output, plain ? "%c" : "\\%03o", byte);
    if (literal->column < COLUMNS)
        return;
    fputs("\"\n    \"", literal->output);
    literal->column = 0;
}

static void literal_end(struct literal *literal)
{
    fputs("\";\n", literal->output);
}

static int write_code(lua_State *L, const void *bytes, size_t size, void *context)
{
    (void)L;
    for (size_t i = 0; i < size; i++)
        literal_put(context, ((const unsigned char *)bytes)[i]);
    return 0;
}

/* ---- one file ------------------------------------------------------------------------------
 */

/* Pushes the text, or ends the program. */
static const char *read_file(lua_State *L, const char *root, const char *name, size_t *ret_size)
{
    const char *path = lua_pushfstring(L, "%s/%s", root, name);
    FILE *file = fopen(path, "rb");
    luaL_Buffer text;
    size_t length;

    if (!file) {
        perror(path);
        exit(1);
    }
    luaL_buffinit(L, &text);
    do {
        length = fread(luaL_prepbuffer(&text), 1, LUAL_BUFFERSIZE, file);
        luaL_addsize(&text, length);
    } while (length > 0);
    fclose(file);
    luaL_pushresult(&text);
    return lua_tolstring(L, -1, ret_size);
}

static void put_code(
    FILE *output, lua_State *L, const char *name, int number, const char *text, size_t size)
{
    const char *chunk = lua_pushfstring(L, "=builtin:%s", name);
    struct literal literal;

    if (luaL_loadbufferx(L, text, size, chunk, "t") != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        exit(1);
    }
    literal_begin(&literal, output, "code", number);
    lua_dump(L, write_code, &literal, false);
    literal_end(&literal);
}

static void put_file(
    FILE *output, lua_State *L, const char *root, const char *name, int number, bool compile)
{
    struct literal literal;
    size_t size;
    const char *text = read_file(L, root, name, &size);

    literal_begin(&literal, output, "text", number);
    for (size_t i = 0; i < size; i++)
        literal_put(&literal, (unsigned char)text[i]);
    literal_end(&literal);
    if (compile)
        put_code(output, L, name, number, text, size);
    lua_settop(L, 0);
}

/* ---- the table -----------------------------------------------------------------------------
 */

static bool cut_ending(char *name, const char *ending)
{
    size_t length = strlen(name), cut = strlen(ending);

    if (length < cut || strcmp(name + length - cut, ending) != 0)
        return false;
    name[length - cut] = '\0';
    return true;
}

static void put_row(FILE *output, const char *file, int number, bool compiled)
{
    char name[256];

    snprintf(name, sizeof(name), "%s", file);
    if (!cut_ending(name, "/init.lua"))
        cut_ending(name, ".lua");
    for (char *at = name; *at; at++)
        if (*at == '/')
            *at = '.';
    fprintf(output, "    {\"%s\", text_%d, sizeof(text_%d) - 1, \"%s\", ", name, number, number,
        file);
    if (compiled)
        fprintf(output, "code_%d, sizeof(code_%d) - 1},\n", number, number);
    else
        fputs("NULL, 0},\n", output);
}

int main(int argc, char **argv)
{
    bool compile = argc > 3 && strcmp(argv[3], "code") == 0;
    FILE *output = argc > 4 ? fopen(argv[1], "w") : NULL;
    lua_State *L = luaL_newstate();

    if (!output || !L) {
        fputs("usage: embed_lua OUTPUT ROOT text|code FILE...\n", stderr);
        return 2;
    }
    fputs("#include \"script/vm.h\"\n\n", output);
    for (int i = 4; i < argc; i++)
        put_file(output, L, argv[2], argv[i], i, compile);
    fputs("\nconst struct mh_embedded_module mh_embedded_modules[] = {\n", output);
    for (int i = 4; i < argc; i++)
        put_row(output, argv[i], i, compile);
    fputs("    {0},\n};\n", output);
    lua_close(L);
    return fclose(output) == 0 ? 0 : 1;
}
