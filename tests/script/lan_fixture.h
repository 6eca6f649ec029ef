/* A Lua state with a snooping switch of three hosts, and words for what the tests do there. */
#pragma once

#include "vm_fixture.h"

#include <sched.h>
#include <unistd.h>

/* For each family: FAMILY, GROUP, OTHER (a group), address(host), and per host NETNS[host] and
 * INDEX[host]. Hosts are 0, 1, 2; ports have the hosts' numbers. */
static const char *const lan_words =
    "GROUP = FAMILY == 'ipv6' and 'ff15::1:2:3' or '239.1.2.3'\n"
    "OTHER = FAMILY == 'ipv6' and 'ff15::9:9:9' or '239.9.9.9'\n"
    "PORT = 5000\n"
    "LAB, NETNS, INDEX = core.lab(), {}, {}\n"
    "function address(host)\n"
    "  return (FAMILY == 'ipv6' and 'fd00::%d' or '10.0.0.%d'):format(host + 1)\n"
    "end\n"
    "LAB:add_switch {name = 'lan', snooping = true, querier = true, last_member_interval = "
    "10}\n"
    "for host = 0, 2 do\n"
    "  assert(LAB:add_host('h' .. host) == host)\n"
    "  assert(LAB:add_port {host = host, switch = 0, interface = 'eth0',\n"
    "    address = ('10.0.0.%d/24'):format(host + 1), default_multicast = true,\n"
    "    address6 = ('fd00::%d/64'):format(host + 1)} == host)\n"
    "end\n"
    "LAB:build()\n"
    "LAB:settle()\n"
    "for host = 0, 2 do NETNS[host], INDEX[host] = LAB:netns(host), LAB:port(host).index end\n"
    "function socket(host)\n"
    "  local s = core.socket(NETNS[host], FAMILY)\n"
    "  s:set_multicast_if(INDEX[host])\n"
    "  return s\n"
    "end\n"
    "function await(condition, holds)\n"
    "  local deadline = core.now() + 60\n"
    "  while not holds() do\n"
    "    assert(condition:wait(deadline - core.now()), 'it did not happen')\n"
    "  end\n"
    "end\n"
    /* On PORT, member of GROUP, known to the switch. */
    "function member(host)\n"
    "  local s = socket(host)\n"
    "  s:set('reuse_addr', true)\n"
    "  s:bind(nil, PORT)\n"
    "  s:join(GROUP, INDEX[host])\n"
    "  await(LAB:changed(), function() return LAB:has_group(host, GROUP) end)\n"
    "  return s\n"
    "end\n"
    "function receiver(host, reply) return core.endpoint(member(host), {reply = reply}) end\n"
    "function sender(host)\n"
    "  return core.endpoint(socket(host), {sources = {address(host)}, track = true})\n"
    "end\n"
    "function raises(code, f, ...)\n"
    "  local ok, e = pcall(f, ...)\n"
    "  assert(not ok, 'nothing was raised')\n"
    "  assert(getmetatable(e) == core.error_metatable, e)\n"
    "  assert(e.code == code, e.message)\n"
    "  return e\n"
    "end\n"
    "function refuses(words, f, ...)\n"
    "  local ok, e = pcall(f, ...)\n"
    "  assert(not ok, 'nothing was raised')\n"
    "  assert(tostring(e):find(words, 1, true), e)\n"
    "end\n";

static inline void run_lua(lua_State *L, const char *code)
{
    if (luaL_dostring(L, code) != LUA_OK) {
        luaL_tolstring(L, -1, NULL);
        if (lua_istable(L, -2))
            lua_getfield(L, -2, "message");
        fail_msg("%s", lua_tostring(L, -1));
    }
}

static inline int open_lan(void **state)
{
    const char *family = *state;
    struct mh_vm_options options = {.event_fd = -1, .machine_netns_fd = -1};

    if (open_vm_with(state, &options) < 0)
        return -1;
    lua_State *L = mh_vm_state(*state);
    lua_pushstring(L, family);
    lua_setglobal(L, "FAMILY");
    run_lua(L, lan_words);
    return 0;
}

/* Without root: inside a user namespace of our own. */
static inline bool enter_sandbox(void)
{
    return geteuid() == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

static inline void run_task(void **state, const char *code)
{
    spawn(*state, code);
    run(*state);
}

static char lan_ipv4[] = "ipv4";
static char lan_ipv6[] = "ipv6";

/* clang-format off */
#define LAN_TEST(test)                                                                         \
    {#test " (IPv4)", test, open_lan, close_vm, lan_ipv4},                                     \
    {#test " (IPv6)", test, open_lan, close_vm, lan_ipv6}
/* clang-format on */
