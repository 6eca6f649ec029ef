/* core.Netns: where sockets are opened. */
#include "net/device.h"
#include "net/proc_net.h"
#include "net/sysctl.h"
#include "script/class.h"
#include "script/convert.h"
#include "script/guard.h"
#include "script/netns_box.h"
#include "script/outside.h"
#include "script/vm.h"

#include <lauxlib.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define NETNS_TYPE "mcast.core.netns"

struct netns_box {
    int fd; /* -1 once closed */
    bool is_machine;
};

static int netns_close(lua_State *L)
{
    struct netns_box *box = luaL_checkudata(L, 1, NETNS_TYPE);

    if (box->fd >= 0)
        close(box->fd);
    box->fd = -1;
    return 0;
}

void mh_push_netns(lua_State *L, int fd)
{
    struct netns_box *box = lua_newuserdatauv(L, sizeof(*box), 0);

    *box = (struct netns_box){.fd = -1};
    luaL_setmetatable(L, NETNS_TYPE);
    box->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (box->fd < 0) {
        struct mh_error err;
        mh_error_set(&err, -errno, "keep", "a network namespace open");
        mh_raise(L, &err);
    }
}

int mh_check_netns(lua_State *L, int arg)
{
    const struct netns_box *box = luaL_checkudata(L, arg, NETNS_TYPE);

    luaL_argcheck(L, box->fd >= 0, arg, "namespace is closed");
    return box->fd;
}

bool mh_is_machine_netns(lua_State *L, int arg)
{
    const struct netns_box *box = luaL_checkudata(L, arg, NETNS_TYPE);
    return box->is_machine;
}

/* core.machine_netns() */
static int machine_netns(lua_State *L)
{
    int fd = mh_vm_machine_netns(mh_vm_of(L));

    if (fd < 0)
        return luaL_error(L, "the machine's own network namespace is not known here");
    mh_push_netns(L, fd);
    struct netns_box *box = lua_touserdata(L, -1);
    box->is_machine = true;
    return 1;
}

static void push_flags(lua_State *L, unsigned flags)
{
    static const struct {
        const char *name;
        unsigned bit;
    } names[] = {
        {"up", IFF_UP},
        {"running", IFF_RUNNING},
        {"multicast", IFF_MULTICAST},
        {"loopback", IFF_LOOPBACK},
        {"broadcast", IFF_BROADCAST},
    };

    lua_newtable(L);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        lua_pushboolean(L, (flags & names[i].bit) != 0);
        lua_setfield(L, -2, names[i].name);
    }
}

static void push_device_addresses(lua_State *L, const struct mh_device *device)
{
    lua_createtable(L, (int)device->address_count, 0);
    for (size_t i = 0; i < device->address_count; i++) {
        lua_createtable(L, 0, 2);
        mh_push_addr(L, &device->addresses[i].address);
        lua_setfield(L, -2, "address");
        lua_pushinteger(L, device->addresses[i].prefix_length);
        lua_setfield(L, -2, "prefix_length");
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_device(lua_State *L, const struct mh_device *device)
{
    lua_createtable(L, 0, 6);
    lua_pushstring(L, device->name);
    lua_setfield(L, -2, "name");
    lua_pushinteger(L, device->index);
    lua_setfield(L, -2, "index");
    push_flags(L, device->flags);
    lua_setfield(L, -2, "flags");
    lua_pushinteger(L, device->mtu);
    lua_setfield(L, -2, "mtu");
    mh_push_mac(L, device->mac);
    lua_setfield(L, -2, "mac");
    push_device_addresses(L, device);
    lua_setfield(L, -2, "addresses");
}

/* netns:interfaces() */
static int netns_interfaces(lua_State *L)
{
    int fd = mh_check_netns(L, 1);
    void **guard = mh_push_guard(L);
    struct mh_device *devices;
    size_t count;
    struct mh_error err;

    int r = mh_device_list(fd, &devices, &count, &err);
    if (r == -EPERM && mh_is_machine_netns(L, 1))
        r = mh_outside_devices(L, &devices, &count, &err);
    if (r < 0)
        return mh_raise(L, &err);
    *guard = devices;
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_device(L, &devices[i]);
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

void mh_push_mac(lua_State *L, const uint8_t mac[static 6])
{
    char text[18];

    snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
        mac[3], mac[4], mac[5]);
    lua_pushstring(L, text);
}

/* netns:read_sysctl(path) -> text */
static int netns_read_sysctl(lua_State *L)
{
    char text[4096];
    struct mh_error err;
    int length =
        mh_sysctl_read(mh_check_netns(L, 1), luaL_checkstring(L, 2), text, sizeof(text), &err);

    if (length < 0)
        return mh_raise(L, &err);
    lua_pushlstring(L, text, (size_t)length);
    return 1;
}

/* netns:write_sysctl(path, text) */
static int netns_write_sysctl(lua_State *L)
{
    struct mh_error err;

    if (mh_sysctl_write(
            mh_check_netns(L, 1), luaL_checkstring(L, 2), luaL_checkstring(L, 3), &err) < 0)
        return mh_raise(L, &err);
    return 0;
}

/* netns:list_sysctl(folder) -> text, one name a line */
static int netns_list_sysctl(lua_State *L)
{
    int netns = mh_check_netns(L, 1);
    const char *folder = luaL_checkstring(L, 2);
    void **guard = mh_push_guard(L);
    char *names;
    size_t length;
    struct mh_error err;

    if (mh_sysctl_list(netns, folder, &names, &length, &err) < 0)
        return mh_raise(L, &err);
    *guard = names;
    lua_pushlstring(L, names, length);
    return 1;
}

/* netns:read_proc(name) -> text */
static int netns_read_proc(lua_State *L)
{
    int netns = mh_check_netns(L, 1);
    const char *name = luaL_checkstring(L, 2);
    void **guard = mh_push_guard(L);
    char *text;
    size_t length;
    struct mh_error err;

    if (mh_proc_net_read(netns, name, &text, &length, &err) < 0)
        return mh_raise(L, &err);
    *guard = text;
    lua_pushlstring(L, text, length);
    return 1;
}

static const luaL_Reg netns_methods[] = {
    {"interfaces", netns_interfaces},
    {"read_sysctl", netns_read_sysctl},
    {"write_sysctl", netns_write_sysctl},
    {"list_sysctl", netns_list_sysctl},
    {"read_proc", netns_read_proc},
    {NULL, NULL},
};

static const luaL_Reg netns_metamethods[] = {
    {"__close", netns_close},
    {"__gc", netns_close},
    {NULL, NULL},
};

void mh_bind_netns(lua_State *L)
{
    mh_class_define(L, NETNS_TYPE, netns_methods, netns_metamethods);

    lua_pushcfunction(L, machine_netns);
    lua_setfield(L, -2, "machine_netns");
}
