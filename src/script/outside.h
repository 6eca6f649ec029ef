/* What the attendant (net/errand.h) opens for bindings in the machine's own network, where a
 * scenario's process may not go from inside a user namespace. */
#pragma once

#include "base/error.h"
#include "net/device.h"

#include <lua.h>

/* A UDP socket; returns the descriptor. */
int mh_outside_socket(lua_State *L, sa_family_t family, struct mh_error *err);
/* As mh_device_list(). */
int mh_outside_devices(
    lua_State *L, struct mh_device **ret_devices, size_t *ret_count, struct mh_error *err);
