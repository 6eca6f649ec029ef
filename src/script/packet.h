/* A packet as a Lua table (lua-api.md, section 9), from bytes and back. */
#pragma once

#include "wire/bytes.h"

#include <lua.h>

enum mh_link_layer {
    MH_LINK_ETHERNET, /* the bytes begin with an Ethernet header */
    MH_LINK_IP,       /* with an IPv4 or IPv6 header */
};

/* Pushes the table of a packet that had `length` bytes, of which `captured` are here. Any bytes
 * will do: what no decoder knows is the packet's `payload`, what one refuses is told as
 * `malformed`, and a packet whose end is missing is `truncated`. */
void mh_push_packet(
    lua_State *L, struct mh_span captured, size_t length, enum mh_link_layer link_layer);

/* Pushes the bytes of the packet that the table at `index` describes; without `eth` they begin
 * with the IP header. A length or checksum that is given is written as it is, unless the layer
 * says that it is right (`lengths_valid`, `checksum_valid`); then, and where none is given, the
 * right one is. Missing fields are zero. Raises, with the name of the field, at what no packet
 * can have. */
void mh_push_packet_bytes(lua_State *L, int index);
