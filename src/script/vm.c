#include "script/vm.h"

#include "net/errand.h"
#include "script/bindings.h"
#include "script/convert.h"
#include "script/coroutine.h"
#include "script/lua_compat.h"
#include "script/memory.h"
#include "script/modules.h"
#include "script/task.h"

#include <lualib.h>

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mh_vm {
    struct mh_vm_options options;
    struct mh_errand_line errand_line;
    struct mh_memory memory;
    lua_State *L;
    uv_loop_t loop; /* all zero without one */
    struct mh_scheduler *scheduler;
    struct mh_traffic *traffic;
    struct mh_condition *traffic_changed; /* NULL while there is no state that it lives in */
};

/* Registry keys: only their addresses count. */
static const char vm_key, traffic_changed_key;

struct mh_vm *mh_vm_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key);
    struct mh_vm *vm = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return vm;
}

lua_State *mh_vm_state(struct mh_vm *vm)
{
    return vm->L;
}

uv_loop_t *mh_vm_loop(struct mh_vm *vm)
{
    return vm->options.without_loop ? NULL : &vm->loop;
}

struct mh_traffic *mh_vm_traffic(struct mh_vm *vm)
{
    return vm->traffic;
}

struct mh_scheduler *mh_vm_scheduler(struct mh_vm *vm)
{
    return vm->scheduler;
}

struct mh_memory *mh_vm_memory(struct mh_vm *vm)
{
    return &vm->memory;
}

const struct mh_vm_options *mh_vm_options(const struct mh_vm *vm)
{
    return &vm->options;
}

int mh_vm_machine_netns(struct mh_vm *vm)
{
    return vm->options.machine_netns_fd;
}

struct mh_errand_line *mh_vm_errand_line(struct mh_vm *vm)
{
    return &vm->errand_line;
}

int mh_vm_event_fd(struct mh_vm *vm)
{
    return vm->options.event_fd;
}

void mh_vm_push_traffic_changed(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &traffic_changed_key);
}

void mh_vm_preload(struct mh_vm *vm, const char *name, lua_CFunction open)
{
    luaL_getsubtable(vm->L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(vm->L, open);
    lua_setfield(vm->L, -2, name);
    lua_pop(vm->L, 1);
}

/* ---- making and ending a state ---- */

static void bind_to_loop(lua_State *L)
{
    mh_bind_task(L);
    mh_bind_lab(L);
    mh_bind_socket(L);
    mh_bind_endpoint(L);
    mh_bind_stream(L);
    mh_bind_observer(L);
    mh_bind_capture(L);
    mh_bind_frame_port(L);
    mh_bind_mroute(L);
    mh_bind_mountns(L);
    mh_bind_process(L);
    mh_bind_errand(L);
    mh_bind_fault(L);
    mh_bind_impair(L);
}

static int open_core(lua_State *L)
{
    lua_newtable(L);
    mh_push_error_metatable(L);
    lua_setfield(L, -2, "error_metatable");
    mh_bind_time(L);
    mh_bind_json(L);
    mh_bind_system(L);
    mh_bind_packet(L);
    if (mh_vm_loop(mh_vm_of(L)))
        bind_to_loop(L);
    return 1;
}

/* Called protected, with the VM as its argument. */
static int open_state(lua_State *L)
{
    struct mh_vm *vm = lua_touserdata(L, 1);

    lua_rawsetp(L, LUA_REGISTRYINDEX, &vm_key);
    luaL_openlibs(L);
    mh_modules_install(L);
    mh_vm_preload(vm, "mcast.core", open_core);
    if (!mh_vm_loop(vm))
        return 0;
    mh_coroutine_install(L, vm->scheduler);
    vm->traffic_changed = mh_push_condition(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &traffic_changed_key);
    return 0;
}

static void on_traffic(void *context)
{
    struct mh_vm *vm = context;

    if (vm->traffic_changed)
        mh_condition_signal(vm->traffic_changed, 0);
}

static int start_loop(struct mh_vm *vm)
{
    vm->scheduler = mh_scheduler_new(vm->L, &vm->loop);
    vm->traffic = mh_traffic_new(&vm->loop, on_traffic, vm);
    return vm->scheduler && vm->traffic ? 0 : -ENOMEM;
}

static int build(struct mh_vm *vm)
{
    vm->L = mh_lua_new_state(mh_memory_alloc, &vm->memory);
    if (!vm->L)
        return -ENOMEM;
    int r = mh_vm_loop(vm) ? start_loop(vm) : 0;
    if (r < 0)
        return r;
    lua_pushcfunction(vm->L, open_state);
    lua_pushlightuserdata(vm->L, vm);
    return lua_pcall(vm->L, 1, 0, 0) == LUA_OK ? 0 : -ENOMEM;
}

int mh_vm_new(const struct mh_vm_options *options, struct mh_vm **ret_vm, struct mh_error *err)
{
    struct mh_vm *vm = calloc(1, sizeof(*vm));
    if (!vm)
        return mh_error_set(err, -ENOMEM, "start", "Lua");
    vm->options = *options;
    vm->errand_line.fd = options->errand_fd > 0 ? options->errand_fd : -1;
    int r = mh_vm_loop(vm) ? uv_loop_init(&vm->loop) : 0;
    if (r < 0) {
        free(vm);
        return mh_error_set(err, r, "start", "the event loop");
    }
    r = build(vm);
    if (r < 0) {
        mh_vm_free(vm);
        return mh_error_set(err, r, "start", "Lua");
    }
    *ret_vm = vm;
    return 0;
}

struct leftovers {
    int open, closing;
};

static void count_handle(uv_handle_t *handle, void *context)
{
    struct leftovers *leftovers = context;

    if (uv_is_closing(handle))
        leftovers->closing++;
    else
        leftovers->open++;
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Runs the loop until nothing is closing any more; returns how many handles are still open. */
static int run_until_idle(uv_loop_t *loop)
{
    struct leftovers leftovers;

    do {
        uv_run(loop, UV_RUN_NOWAIT);
        leftovers = (struct leftovers){0};
        uv_walk(loop, count_handle, &leftovers);
    } while (leftovers.closing > 0);
    return leftovers.open;
}

static int end_loop(uv_loop_t *loop)
{
    int forgotten = run_until_idle(loop);
    if (forgotten > 0) {
        uv_walk(loop, close_handle, NULL);
        run_until_idle(loop);
    }
    uv_loop_close(loop);
    return forgotten;
}

int mh_vm_free(struct mh_vm *vm)
{
    if (!vm)
        return 0;
    if (vm->scheduler)
        mh_scheduler_free(vm->scheduler);
    if (vm->L)
        lua_close(vm->L);
    vm->traffic_changed = NULL;
    mh_traffic_free(vm->traffic);

    int forgotten = mh_vm_loop(vm) ? end_loop(&vm->loop) : 0;
    free(vm);
    return forgotten;
}

/* ---- calling the library ---- */

struct call {
    struct mh_vm *vm;
    const char *module, *function, *text;
    int status;
};

static int finish_call(lua_State *L, int status, lua_KContext context)
{
    struct call *call = (struct call *)context;
    (void)status;

    call->status = (int)lua_tointeger(L, -1);
    return 0;
}

static int make_call(lua_State *L)
{
    struct call *call = lua_touserdata(L, 1);

    lua_getglobal(L, "require");
    lua_pushstring(L, call->module);
    lua_call(L, 1, 1);
    lua_getfield(L, -1, call->function);
    lua_pushstring(L, call->text);
    lua_callk(L, 1, 1, (lua_KContext)call, finish_call);
    return finish_call(L, LUA_OK, (lua_KContext)call);
}

static int spawn_call(lua_State *L)
{
    struct call *call = lua_touserdata(L, 1);

    lua_pushcfunction(L, make_call);
    lua_pushlightuserdata(L, call);
    if (mh_scheduler_spawn(call->vm->scheduler, L, 1) < 0)
        return luaL_error(L, "not enough memory");
    return 0;
}

static int add_traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

static int call_protected(lua_State *L, lua_CFunction function, struct call *call)
{
    lua_pushcfunction(L, add_traceback);
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, call);
    return lua_pcall(L, 1, 0, -3) == LUA_OK ? 0 : -ECANCELED;
}

/* The message is Lua's own; the kernel has nothing to add to it. */
static int fail_call(lua_State *L, int code, const struct call *call, struct mh_error *err)
{
    const char *message = lua_tostring(L, -1);

    if (!err)
        return code;
    mh_error_set(err, code, call->function, "Lua");
    snprintf(err->message, sizeof(err->message), "%s", message ? message : "unknown error");
    return code;
}

/* NOLINTNEXTLINE(readability-function-size): what, how, and where the results go */
int mh_vm_call(struct mh_vm *vm, const char *module, const char *function, const char *text,
    bool as_task, int *ret_status, struct mh_error *err)
{
    struct call call = {.vm = vm, .module = module, .function = function, .text = text};
    int top = lua_gettop(vm->L);

    assert(!as_task || vm->scheduler);
    int r = call_protected(vm->L, as_task ? spawn_call : make_call, &call);
    if (r == 0 && as_task)
        r = mh_scheduler_run(vm->scheduler);
    if (r < 0)
        fail_call(vm->L, r, &call, err);
    else
        *ret_status = call.status;
    lua_settop(vm->L, top);
    return r;
}
