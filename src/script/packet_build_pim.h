/* The bodies of PIM messages from tables: what packet_build_pim.c and the files beside it
 * share. */
#pragma once

#include "script/packet_layer.h"
#include "wire/pim_address.h"

/* A body on its way; its lists' elements are told apart by the writer they go to. */
struct mh_pim_building {
    lua_State *L;
    sa_family_t family;
    struct mh_packet_room *room;
    struct mh_writer *out;
};

/* ---- fields that several messages have ---- */

uint16_t mh_get_pim_holdtime(lua_State *L, int table);
/* Where none is given, that of a single address. */
uint8_t mh_get_pim_mask_length(lua_State *L, int table, sa_family_t family);
/* PIM's addresses say their family themselves; one that is missing is of the packet's. */
struct mh_addr mh_get_pim_addr(lua_State *L, int table, const char *name, sa_family_t family);
struct mh_pim_group mh_get_pim_group(lua_State *L, int table, sa_family_t family);
/* Calls `build` for each element of a list of tables; returns how many there were. */
lua_Integer mh_pim_for_each(struct mh_pim_building *building, int table, const char *name,
    void (*build)(struct mh_pim_building *building, int element));

/* ---- bodies with files of their own: each appends the one that the table describes ---- */

void mh_build_pim_hello(struct mh_pim_building *building, int table);
void mh_build_pim_join_prune(struct mh_pim_building *building, int table);
void mh_build_pim_bootstrap(struct mh_pim_building *building, int table);
void mh_build_pim_candidate_rp(struct mh_pim_building *building, int table);
