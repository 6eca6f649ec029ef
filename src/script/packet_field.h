/* The fields of a packet's layers, to and from Lua tables. */
#pragma once

#include "wire/bytes.h"

#include <lua.h>

/* They set a field of the table on top of the stack. */
void mh_set_integer(lua_State *L, const char *name, lua_Integer value);
void mh_set_number(lua_State *L, const char *name, lua_Number value);
void mh_set_boolean(lua_State *L, const char *name, bool value);
void mh_set_text(lua_State *L, const char *name, const char *value);
void mh_set_addr(lua_State *L, const char *name, const struct mh_addr *addr);
void mh_set_mac(lua_State *L, const char *name, const uint8_t mac[static 6]);
void mh_set_bytes(lua_State *L, const char *name, struct mh_span bytes);
/* Fields that are as a rule zero, false or empty are there only when they are not. */
void mh_set_unusual_integer(lua_State *L, const char *name, lua_Integer value);
void mh_set_unusual_boolean(lua_State *L, const char *name, bool value);
void mh_set_unusual_bytes(lua_State *L, const char *name, struct mh_span bytes);

/* They take a table that is finished from the top of the stack: into a field, or at the end of
 * a list, of the table below it. `kind` says which words it has: "packet.ip"
 * (mcast/packet/rows.lua). */
void mh_set_row(lua_State *L, const char *name, const char *kind);
void mh_add_row(lua_State *L, const char *kind);

/* They read a field of the table at `table`, an absolute index; nil is zero, false, empty. They
 * raise "packet: <name>: expected ..." at a value that the field cannot hold. Bytes are
 * borrowed from the table. AF_UNSPEC: an address of any family. */
bool mh_has(lua_State *L, int table, const char *name);
lua_Integer mh_get_integer(lua_State *L, int table, const char *name, lua_Integer most);
lua_Number mh_get_number(lua_State *L, int table, const char *name);
bool mh_get_boolean(lua_State *L, int table, const char *name);
struct mh_addr mh_get_addr(lua_State *L, int table, const char *name, sa_family_t family);
void mh_get_mac(lua_State *L, int table, const char *name, uint8_t ret_mac[static 6]);
struct mh_span mh_get_bytes(lua_State *L, int table, const char *name);
/* Pushes the field, a table, and returns its index; 0, with nothing pushed, when it is nil. */
int mh_get_table(lua_State *L, int table, const char *name);

/* A length or a checksum is forced when it is given and `valid` does not say that it is right.
 */
bool mh_is_forced(lua_State *L, int table, const char *name, const char *valid);
