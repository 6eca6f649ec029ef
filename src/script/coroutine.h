/* Lua's coroutine library, made to go with tasks: what a script resumes can be interrupted by
 * the deadline, and a task is resumed by nobody but the scheduler. */
#pragma once

#include "script/task.h"

/* Replaces resume, wrap and close in the state's global table `coroutine`. */
void mh_coroutine_install(lua_State *L, struct mh_scheduler *scheduler);
