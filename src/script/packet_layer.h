/* The layers of a packet, each in a file or two of its own: pushed as tables, and built from
 * them. */
#pragma once

#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"

#include <lua.h>

/* ---- pushed: each pushes one table, or nothing with the decoder's negative errno ---- */

void mh_push_ethernet(lua_State *L, const struct mh_ethernet *ethernet);
void mh_push_ipv4(lua_State *L, const struct mh_ipv4 *ipv4);
void mh_push_ipv6(lua_State *L, const struct mh_ipv6 *ipv6);
int mh_push_udp(
    lua_State *L, struct mh_reader *reader, const struct mh_pseudo_header *pseudo, bool whole);
int mh_push_igmp(lua_State *L, struct mh_reader *reader);
int mh_push_mld(lua_State *L, struct mh_reader *reader, const struct mh_pseudo_header *pseudo);
int mh_push_pim(lua_State *L, struct mh_reader *reader, const struct mh_pseudo_header *pseudo);
/* Sets the fields of a body on the table on top of the stack; -EBADMSG: not all of them. */
int mh_set_pim_body(lua_State *L, uint8_t type, struct mh_span body);

void mh_push_sources(lua_State *L, struct mh_span sources, sa_family_t family);

/* ---- built ---- */

enum { MH_PACKET_ROOM = 66000 }; /* the largest packet, and its frame */

/* Memory for what is built inside of what. */
struct mh_packet_room {
    uint8_t frame[MH_PACKET_ROOM];
    uint8_t ip[MH_PACKET_ROOM];
    uint8_t message[MH_PACKET_ROOM];
    uint8_t list[MH_PACKET_ROOM];    /* records, groups, extension headers, a body */
    uint8_t element[MH_PACKET_ROOM]; /* the lists of one of them */
    uint8_t pruned[MH_PACKET_ROOM];  /* the second list of a group of a join/prune */
};

/* Each appends the layer that the table at `table` describes. */
void mh_build_ethernet(
    lua_State *L, int table, uint16_t ethertype, struct mh_span payload, struct mh_writer *out);
void mh_build_ipv4(lua_State *L, int table, struct mh_span payload, struct mh_writer *out);
void mh_build_ipv6(lua_State *L, int table, struct mh_span payload, struct mh_packet_room *room,
    struct mh_writer *out);
void mh_build_udp(
    lua_State *L, int table, const struct mh_pseudo_header *pseudo, struct mh_writer *out);
void mh_build_igmp(lua_State *L, int table, struct mh_packet_room *room, struct mh_writer *out);
void mh_build_mld(lua_State *L, int table, const struct mh_pseudo_header *pseudo,
    struct mh_packet_room *room, struct mh_writer *out);
void mh_build_pim(lua_State *L, int table, const struct mh_pseudo_header *pseudo,
    struct mh_packet_room *room, struct mh_writer *out);
/* Returns the body, in room->list. */
struct mh_span mh_build_pim_body(
    lua_State *L, int table, uint8_t type, sa_family_t family, struct mh_packet_room *room);

/* The list of addresses in field `name`, which they follow in `out`. */
struct mh_span mh_build_addresses(
    lua_State *L, int table, const char *name, sa_family_t family, struct mh_writer *out);
