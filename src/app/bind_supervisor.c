#include "app/bind_supervisor.h"

#include "app/job.h"
#include "app/supervisor.h"
#include "script/convert.h"

#include <lauxlib.h>
#include <lua.h>
#include <uv.h>

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#define SUPERVISOR_TYPE "mcast.supervisor.box"

/* Every function has the box as its upvalue; it is filled by the first child. */
struct box {
    struct mh_supervisor *supervisor;
};

static const char program_key;

void mh_program_attach(lua_State *L, struct mh_program *program)
{
    lua_pushlightuserdata(L, program);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &program_key);
}

static struct mh_program *program_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &program_key);
    struct mh_program *program = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return program;
}

static int collect_box(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, SUPERVISOR_TYPE);
    box->supervisor = mh_supervisor_free(box->supervisor);
    return 0;
}

static struct mh_supervisor *supervisor_of(lua_State *L)
{
    struct box *box = lua_touserdata(L, lua_upvalueindex(1));
    if (box->supervisor)
        return box->supervisor;

    struct mh_error err;
    if (mh_supervisor_new(mh_job_run, program_of(L)->lua_directory, &box->supervisor, &err) < 0)
        mh_raise(L, &err);
    return box->supervisor;
}

static int start(lua_State *L)
{
    static const char *const kinds[] = {"network", "process", NULL};
    const char *job = luaL_checkstring(L, 1);
    bool is_network = luaL_checkoption(L, 2, "network", kinds) == 0;
    bool takes_another_job = lua_toboolean(L, 3);

    struct mh_error err;
    int child = mh_supervisor_start(supervisor_of(L),
        is_network ? MH_SANDBOX_NETWORK : MH_SANDBOX_PROCESS, job, takes_another_job, &err);
    if (child < 0)
        return mh_raise(L, &err);
    lua_pushinteger(L, child);
    return 1;
}

static int send_job(lua_State *L)
{
    int child = (int)luaL_checkinteger(L, 1);
    int r = mh_supervisor_send(supervisor_of(L), child, luaL_checkstring(L, 2));
    luaL_argcheck(L, r != -EINVAL, 1, "this child takes no other job");
    lua_pushboolean(L, r == 0);
    return 1;
}

static void set_string(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static void set_integer(lua_State *L, const char *key, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

/* sigabbrev_np(3) is glibc's alone. */
static const char *signal_name(int signal_number)
{
    static const char *const names[] = {
        [SIGHUP] = "SIGHUP",
        [SIGINT] = "SIGINT",
        [SIGQUIT] = "SIGQUIT",
        [SIGILL] = "SIGILL",
        [SIGTRAP] = "SIGTRAP",
        [SIGABRT] = "SIGABRT",
        [SIGBUS] = "SIGBUS",
        [SIGFPE] = "SIGFPE",
        [SIGKILL] = "SIGKILL",
        [SIGSEGV] = "SIGSEGV",
        [SIGPIPE] = "SIGPIPE",
        [SIGTERM] = "SIGTERM",
        [SIGUSR1] = "SIGUSR1",
        [SIGUSR2] = "SIGUSR2",
        [SIGALRM] = "SIGALRM",
        [SIGXCPU] = "SIGXCPU",
        [SIGXFSZ] = "SIGXFSZ",
        [SIGSYS] = "SIGSYS",
    };
    size_t count = sizeof(names) / sizeof(names[0]);
    return signal_number > 0 && (size_t)signal_number < count ? names[signal_number] : NULL;
}

static void set_signal_name(lua_State *L, const char *key, int signal_number)
{
    const char *name = signal_name(signal_number);
    if (name)
        lua_pushstring(L, name);
    else
        lua_pushfstring(L, "signal %d", signal_number);
    lua_setfield(L, -2, key);
}

static void push_event(lua_State *L, const struct mh_supervisor_event *event)
{
    static const char *const names[] = {
        [MH_SUPERVISOR_LINE] = "line",
        [MH_SUPERVISOR_OUTPUT] = "output",
        [MH_SUPERVISOR_EXIT] = "exit",
        [MH_SUPERVISOR_SIGNAL] = "signal",
    };
    lua_createtable(L, 0, 4);
    set_string(L, "kind", names[event->kind]);
    if (event->kind == MH_SUPERVISOR_SIGNAL) {
        set_signal_name(L, "name", event->signal);
        set_integer(L, "number", event->signal);
        return;
    }
    set_integer(L, "child", event->child);
    if (event->kind != MH_SUPERVISOR_EXIT) {
        lua_pushlstring(L, event->text, event->length);
        lua_setfield(L, -2, "text");
    } else if (event->signal) {
        set_signal_name(L, "signal", event->signal);
    } else {
        set_integer(L, "status", event->status);
    }
}

static int wait_for_event(lua_State *L)
{
    struct mh_supervisor_event event;
    int r = mh_supervisor_wait(supervisor_of(L), mh_opt_timeout(L, 1), &event);
    if (r < 0) {
        struct mh_error err;
        mh_error_set(&err, r, "wait", "for the scenarios");
        return mh_raise(L, &err);
    }
    if (r == 0) {
        lua_pushnil(L);
        lua_pushliteral(L, "timeout");
        return 2;
    }
    push_event(L, &event);
    return 1;
}

static int kill_child(lua_State *L)
{
    static const char *const names[] = {"TERM", "KILL", NULL};
    static const int numbers[] = {SIGTERM, SIGKILL};
    int child = (int)luaL_checkinteger(L, 1);
    int which = luaL_checkoption(L, 2, "TERM", names);

    luaL_argcheck(L, mh_supervisor_kill(supervisor_of(L), child, numbers[which]) == 0, 1,
        "there was no such child");
    return 0;
}

static int terminal(lua_State *L)
{
    struct winsize size;
    lua_createtable(L, 0, 3);
    lua_pushboolean(L, isatty(STDOUT_FILENO));
    lua_setfield(L, -2, "fd1_tty");
    lua_pushboolean(L, isatty(STDERR_FILENO));
    lua_setfield(L, -2, "fd2_tty");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        set_integer(L, "columns", size.ws_col);
    return 1;
}

/* Whoever shares a terminal or pipe with us may have made it non-blocking. */
static void await_room(int fd)
{
    struct pollfd writable = {.fd = fd, .events = POLLOUT};
    poll(&writable, 1, -1);
}

static int write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, text, length);
        if (n >= 0) {
            text += n;
            length -= (size_t)n;
        } else if (errno == EAGAIN) {
            await_room(fd);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

static int write_whole(lua_State *L, int fd)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    int r = write_all(fd, text, length);
    if (r < 0) {
        struct mh_error err;
        mh_error_set(
            &err, r, "write", "to standard %s", fd == STDOUT_FILENO ? "output" : "error");
        return mh_raise(L, &err);
    }
    return 0;
}

static int write_output(lua_State *L)
{
    return write_whole(L, STDOUT_FILENO);
}

static int write_error(lua_State *L)
{
    return write_whole(L, STDERR_FILENO);
}

static int processors(lua_State *L)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    lua_pushinteger(L, count);
    return 1;
}

static int versions(lua_State *L)
{
    struct utsname system;
    lua_createtable(L, 0, 4);
    set_string(L, "harness", MH_VERSION);
    set_string(L, "lua", LUA_RELEASE);
    set_string(L, "libuv", uv_version_string());
    if (uname(&system) == 0)
        set_string(L, "kernel", system.release);
    return 1;
}

static void push_arguments(lua_State *L)
{
    const struct mh_program *program = program_of(L);
    lua_createtable(L, program->argument_count, 0);
    for (int i = 1; i < program->argument_count; i++) {
        lua_pushstring(L, program->arguments[i]);
        lua_rawseti(L, -2, i);
    }
}

/* How a person calls it again: as it was called, when that is a path. */
static void push_program(lua_State *L)
{
    const struct mh_program *program = program_of(L);
    const char *name = program->argument_count > 0 ? program->arguments[0] : "";
    lua_pushstring(L, strchr(name, '/') ? name : "mcast-harness");
}

int mh_open_supervisor(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"start", start},
        {"send", send_job},
        {"wait", wait_for_event},
        {"kill", kill_child},
        {"terminal", terminal},
        {"write", write_output},
        {"write_error", write_error},
        {"processors", processors},
        {"versions", versions},
        {NULL, NULL},
    };
    luaL_newlibtable(L, functions);

    struct box *box = lua_newuserdatauv(L, sizeof(*box), 0);
    box->supervisor = NULL;
    luaL_newmetatable(L, SUPERVISOR_TYPE);
    lua_pushcfunction(L, collect_box);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);

    luaL_setfuncs(L, functions, 1);
    push_arguments(L);
    lua_setfield(L, -2, "arguments");
    push_program(L);
    lua_setfield(L, -2, "program");
    return 1;
}
