/* The Lua host: one state with its library, scheduler, event loop and traffic.
 *
 * Made once per process role: the supervisor's own (without an event loop) and one in each
 * scenario's process. Shut-down has one order, written in mh_vm_free(): cancel tasks, close the
 * state, close the traffic, run the loop until idle, close the loop, complain about what is
 * left.
 */
#pragma once

#include "base/error.h"
#include "traffic/traffic.h"

#include <lua.h>
#include <uv.h>

#include <stdbool.h>
#include <stddef.h>

struct mh_vm;
struct mh_memory;
struct mh_scheduler;
struct mh_errand_line;

/* The Lua library, generated at build time; ends with a row of NULLs. */
struct mh_embedded_module {
    const char *name; /* "mcast.expect" */
    const char *text;
    size_t length;
    const char *path; /* "mcast/expect.lua", for messages */
    const char *code; /* compiled from the text, which takes five times as long; NULL: not */
    size_t code_length;
};
extern const struct mh_embedded_module mh_embedded_modules[];

struct mh_vm_options {
    int event_fd;  /* where core.emit() writes; -1: nowhere */
    int errand_fd; /* to the attendant (net/errand.h); 0 or less: there is none. Borrowed. */
    int machine_netns_fd; /* the namespace the harness was started in; -1: unknown. Borrowed. */
    /* Replaces embedded modules by files below it (MCAST_HARNESS_LUA_DIR); NULL: none. */
    const char *lua_directory;
    const struct mh_embedded_module *modules;
    /* No tasks, no traffic, and libuv stays untouched: what it holds for the whole process does
     * not survive a fork into another one (app/sandbox.h). */
    bool without_loop;
};

int mh_vm_new(const struct mh_vm_options *options, struct mh_vm **ret_vm, struct mh_error *err);
/* Returns the number of event-loop handles that somebody forgot to close (0 is right). */
int mh_vm_free(struct mh_vm *vm);

lua_State *mh_vm_state(struct mh_vm *vm);
/* Adds a C module that `require` finds. */
void mh_vm_preload(struct mh_vm *vm, const char *name, lua_CFunction open);

/* Calls require(module)[function](text) in a task and runs until every task has ended; in the
 * supervisor's role (`as_task` false, the only way without a loop) calls it directly. Returns
 * the integer that the function returned (as `*ret_status`), or a negative errno with Lua's
 * message in `err`. */
int mh_vm_call(struct mh_vm *vm, const char *module, const char *function, const char *text,
    bool as_task, int *ret_status, struct mh_error *err);

/* For bindings: what belongs to the state they run in. Loop, traffic and scheduler are NULL in
 * a state without a loop. */
struct mh_vm *mh_vm_of(lua_State *L);
uv_loop_t *mh_vm_loop(struct mh_vm *vm);
struct mh_traffic *mh_vm_traffic(struct mh_vm *vm);
struct mh_scheduler *mh_vm_scheduler(struct mh_vm *vm);
int mh_vm_machine_netns(struct mh_vm *vm);
int mh_vm_event_fd(struct mh_vm *vm);
struct mh_errand_line *mh_vm_errand_line(struct mh_vm *vm);
const struct mh_vm_options *mh_vm_options(const struct mh_vm *vm);
struct mh_memory *mh_vm_memory(struct mh_vm *vm);
/* Pushes the core.Condition that is signalled after any endpoint or observer logged something.
 */
void mh_vm_push_traffic_changed(lua_State *L);
/* Pushes the text of a module of the Lua library and the path to show for it; false without
 * pushing anything when there is none. */
bool mh_vm_push_source(lua_State *L, const char *name);
