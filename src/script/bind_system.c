/* core: the event stream, files, and what is known of the machine. */
#include "net/machine.h"
#include "script/bindings.h"
#include "script/convert.h"
#include "script/deadline.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Raises the error object of a failed call on a path. Takes errno. */
static int raise_path(lua_State *L, const char *operation, const char *path)
{
    struct mh_error err;

    mh_error_set(&err, -errno, operation, "%s", path);
    return mh_raise(L, &err);
}

static void skip_written(struct iovec parts[static 2], size_t written)
{
    for (int i = 0; i < 2; i++) {
        size_t n = written < parts[i].iov_len ? written : parts[i].iov_len;
        parts[i].iov_base = (char *)parts[i].iov_base + n;
        parts[i].iov_len -= n;
        written -= n;
    }
}

/* The deadline's signal must not tear a line apart, hence no end at EINTR. */
static int write_all(int fd, struct iovec parts[static 2])
{
    while (parts[0].iov_len + parts[1].iov_len > 0) {
        ssize_t n = writev(fd, parts, 2);
        if (n >= 0) {
            skip_written(parts, (size_t)n);
        } else if (errno == EAGAIN) {
            struct pollfd writable = {.fd = fd, .events = POLLOUT};
            poll(&writable, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/* A supervisor that has no time to read is no fault of the scenario's. */
static int write_line(struct mh_vm *vm, int fd, struct iovec parts[static 2])
{
    struct mh_scheduler *scheduler = mh_vm_scheduler(vm);
    struct mh_deadline *deadline = scheduler ? mh_scheduler_deadline_of(scheduler) : NULL;

    if (deadline)
        deadline->is_held = true;
    int r = write_all(fd, parts);
    if (deadline)
        deadline->is_held = false;
    return r;
}

/* core.emit(line) */
static int core_emit(lua_State *L)
{
    size_t length;
    const char *line = luaL_checklstring(L, 1, &length);
    luaL_argcheck(L, !memchr(line, '\n', length), 1, "one line expected");
    struct mh_vm *vm = mh_vm_of(L);
    int fd = mh_vm_event_fd(vm);
    if (fd < 0)
        return 0;

    char end[] = "\n";
    struct iovec parts[2] = {{(char *)line, length}, {end, 1}};
    int r = write_line(vm, fd, parts);
    if (r < 0) {
        struct mh_error err;
        mh_error_set(&err, r, "emit", "%zu bytes into the event stream", length + 1);
        return mh_raise(L, &err);
    }
    return 0;
}

/* ---- files ---- */

static void free_names(struct dirent **names, int count)
{
    while (count > 0)
        free(names[--count]);
    free(names);
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Called protected, so that the names are freed whatever happens. */
static int push_names(lua_State *L)
{
    struct dirent **names = lua_touserdata(L, 1);
    int count = (int)lua_tointeger(L, 2);

    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        lua_pushstring(L, names[i]->d_name);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* core.list_directory(path) -> names */
static int core_list_directory(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct dirent **names;
    int count = scandir(path, &names, is_entry, compare_names);

    if (count < 0)
        return raise_path(L, "list", path);
    lua_pushcfunction(L, push_names);
    lua_pushlightuserdata(L, names);
    lua_pushinteger(L, count);
    int status = lua_pcall(L, 2, 1, 0);
    free_names(names, count);
    return status == LUA_OK ? 1 : lua_error(L);
}

/* core.file_kind(path) -> "file" | "directory" | nil */
static int core_file_kind(lua_State *L)
{
    struct stat st;

    if (stat(luaL_checkstring(L, 1), &st) < 0)
        luaL_pushfail(L);
    else
        lua_pushstring(L, S_ISDIR(st.st_mode) ? "directory" : "file");
    return 1;
}

/* core.real_path(path) -> path */
static int core_real_path(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    char resolved[PATH_MAX];

    if (!realpath(path, resolved))
        return raise_path(L, "resolve", path);
    lua_pushstring(L, resolved);
    return 1;
}

/* core.current_directory() -> path */
static int core_current_directory(lua_State *L)
{
    char path[PATH_MAX];

    if (!getcwd(path, sizeof(path)))
        return raise_path(L, "find", "the current directory");
    lua_pushstring(L, path);
    return 1;
}

/* ---- the harness and the machine ---- */

/* core.builtin_source(name) -> text, path | nil */
static int core_builtin_source(lua_State *L)
{
    if (mh_vm_push_source(L, luaL_checkstring(L, 1)))
        return 2;
    luaL_pushfail(L);
    return 1;
}

static void set_integer(lua_State *L, const char *name, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

/* core.backlog_drops() */
static int core_backlog_drops(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mh_machine_backlog_drops());
    return 1;
}

/* core.machine() -> table */
static int core_machine(lua_State *L)
{
    lua_createtable(L, 0, 3);
    set_integer(L, "backlog_limit", mh_machine_backlog_limit());
    set_integer(L, "receive_buffer_max", mh_machine_receive_buffer_max());
    set_integer(L, "send_buffer_max", mh_machine_send_buffer_max());
    return 1;
}

static const luaL_Reg functions[] = {
    {"emit", core_emit},
    {"list_directory", core_list_directory},
    {"file_kind", core_file_kind},
    {"real_path", core_real_path},
    {"current_directory", core_current_directory},
    {"builtin_source", core_builtin_source},
    {"machine", core_machine},
    {"backlog_drops", core_backlog_drops},
    {NULL, NULL},
};

void mh_bind_system(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
    lua_pushliteral(L, MH_VERSION);
    lua_setfield(L, -2, "version");
}
