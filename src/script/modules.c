#include "script/modules.h"

#include "script/vm.h"

#include <lauxlib.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct mh_embedded_module *find_embedded(struct mh_vm *vm, const char *name)
{
    const struct mh_embedded_module *module = mh_vm_options(vm)->modules;

    while (module && module->name && strcmp(module->name, name) != 0)
        module++;
    return module && module->name ? module : NULL;
}

/* Pushes the file's text. The buffer comes first: nothing may throw while the file is open. */
static bool push_file(lua_State *L, const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return false;

    luaL_Buffer buffer;
    size_t size = (size_t)st.st_size;
    char *bytes = luaL_buffinitsize(L, &buffer, size);
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(bytes, 1, size, file) : 0;
    if (file)
        fclose(file);
    luaL_pushresultsize(&buffer, length);
    if (!file)
        lua_pop(L, 1);
    return file != NULL;
}

/* Pushes the text and path of <directory>/a/b.lua or <directory>/a/b/init.lua. */
static bool push_replacement(lua_State *L, const char *directory, const char *name)
{
    static const char *const forms[] = {"%s/%s.lua", "%s/%s/init.lua"};
    const char *relative = luaL_gsub(L, name, ".", "/");

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const char *path = lua_pushfstring(L, forms[i], directory, relative);
        if (push_file(L, path)) {
            lua_insert(L, -2);
            lua_remove(L, -3);
            return true;
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return false;
}

bool mh_vm_push_source(lua_State *L, const char *name)
{
    struct mh_vm *vm = mh_vm_of(L);
    const char *directory = mh_vm_options(vm)->lua_directory;

    if (directory && push_replacement(L, directory, name))
        return true;
    const struct mh_embedded_module *module = find_embedded(vm, name);
    if (!module)
        return false;
    lua_pushlstring(L, module->text, module->length);
    lua_pushfstring(L, "builtin:%s", module->path ? module->path : module->name);
    return true;
}

/* Pushes the function and path of a module that was compiled when the program was built. */
static bool push_compiled(lua_State *L, const char *name)
{
    struct mh_vm *vm = mh_vm_of(L);
    const struct mh_embedded_module *module =
        mh_vm_options(vm)->lua_directory ? NULL : find_embedded(vm, name);

    if (!module || !module->code)
        return false;
    if (luaL_loadbufferx(L, module->code, module->code_length, module->name, "b") != LUA_OK)
        lua_error(L);
    lua_pushfstring(L, "builtin:%s", module->path);
    return true;
}

/* A package.searchers function: name -> loader, path | message */
static int search(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);

    if (push_compiled(L, name))
        return 2;
    if (!mh_vm_push_source(L, name)) {
        lua_pushfstring(L, "no module '%s' in the library of mcast-harness", name);
        return 1;
    }
    size_t length;
    const char *text = lua_tolstring(L, -2, &length);
    const char *chunk = lua_pushfstring(L, "=%s", lua_tostring(L, -1));
    if (luaL_loadbufferx(L, text, length, chunk, "t") != LUA_OK)
        return lua_error(L);
    lua_pushvalue(L, -3); /* the path, second argument of the loader */
    return 2;
}

void mh_modules_install(lua_State *L)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "searchers");
    for (lua_Integer i = luaL_len(L, -1); i >= 2; i--) { /* behind the one for preloaded ones */
        lua_geti(L, -1, i);
        lua_seti(L, -2, i + 1);
    }
    lua_pushcfunction(L, search);
    lua_seti(L, -2, 2);
    lua_pop(L, 2);
}
