/* What `require "mcast.core"` is made of: each file adds its functions to the module's table.
 */
#pragma once

#include <lua.h>

/* Each expects the module's table on top of the stack and leaves it there. */
void mh_bind_time(lua_State *L);   /* now, memory, memory_limit */
void mh_bind_json(lua_State *L);   /* json_encode, json_decode, null, array */
void mh_bind_system(lua_State *L); /* emit, files, machine, version */
void mh_bind_packet(lua_State *L); /* packet_decode, packet_encode, packet_rows */

/* These only where there is an event loop. */
void mh_bind_task(lua_State *L);       /* sleep, spawn, condition, deadline */
void mh_bind_lab(lua_State *L);        /* lab, netns */
void mh_bind_socket(lua_State *L);     /* socket */
void mh_bind_endpoint(lua_State *L);   /* endpoint, traffic_changed, drain */
void mh_bind_stream(lua_State *L);     /* stream */
void mh_bind_observer(lua_State *L);   /* observer */
void mh_bind_capture(lua_State *L);    /* capture, frame_filter */
void mh_bind_mroute(lua_State *L);     /* mroute, mroutes */
void mh_bind_mountns(lua_State *L);    /* mountns */
void mh_bind_process(lua_State *L);    /* process, signals */
void mh_bind_errand(lua_State *L);     /* take_turn, open_netns, take_nic ... */
void mh_bind_fault(lua_State *L);      /* outage, block, residents */
void mh_bind_frame_port(lua_State *L); /* frame_port */
void mh_bind_impair(lua_State *L);     /* impairment, impaired_link */
