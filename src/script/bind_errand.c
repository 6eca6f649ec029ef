/* core: what the attendant does for us outside of the sandbox (net/errand.h). */
#include "net/errand.h"
#include "net/netns.h"
#include "script/bindings.h"
#include "script/convert.h"
#include "script/netns_box.h"
#include "script/outside.h"
#include "script/plan.h"
#include "script/vm.h"

#include <lauxlib.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct mh_errand new_errand(enum mh_errand_kind kind)
{
    struct mh_errand errand;

    memset(&errand, 0, sizeof(errand));
    errand.kind = kind;
    return errand;
}

static void copy_text(lua_State *L, int arg, char *to, size_t size)
{
    size_t length;
    const char *text = luaL_checklstring(L, arg, &length);

    luaL_argcheck(L, length < size, arg, "too long");
    memcpy(to, text, length);
}

static int ask(
    lua_State *L, struct mh_errand *errand, int along, int *ret_fd, struct mh_error *err)
{
    return mh_errand_ask(mh_vm_errand_line(mh_vm_of(L)), errand, along, ret_fd, err);
}

/* core.take_turn(thing, waits) -> is it ours now? */
static int take_turn(lua_State *L)
{
    struct mh_errand errand = new_errand(MH_ERRAND_TAKE_TURN);
    struct mh_error err;
    int fd = -1;

    copy_text(L, 1, errand.path, sizeof(errand.path));
    errand.waits = lua_toboolean(L, 2);
    int r = ask(L, &errand, -1, &fd, &err);
    if (r < 0 && (r != -EBUSY || errand.waits))
        return mh_raise(L, &err);
    lua_pushboolean(L, r == 0);
    return 1;
}

/* ---- namespaces ----------------------------------------------------------------------------
 */

/* Going there and back is the proof that it is ours to use. */
static int try_netns(int fd, struct mh_error *err)
{
    int home;
    int r = mh_netns_visit(fd, &home, err);

    if (r == 0)
        return mh_netns_return(home, err);
    if (r == -EPERM)
        mh_error_hint(err,
            "only root may enter a network that is not the harness's own: run as "
            "root");
    return r;
}

/* core.open_netns(path) */
static int open_netns(lua_State *L)
{
    struct mh_errand errand = new_errand(MH_ERRAND_OPEN_NETNS);
    struct mh_error err;
    int fd = -1;

    copy_text(L, 1, errand.path, sizeof(errand.path));
    int r = ask(L, &errand, -1, &fd, &err);
    if (r == 0) {
        r = try_netns(fd, &err);
        if (r == 0)
            mh_push_netns(L, fd);
        close(fd);
    }
    return r < 0 ? mh_raise(L, &err) : 1;
}

/* core.new_netns(): with nothing in it but loopback, which is down. */
static int new_netns(lua_State *L)
{
    struct mh_error err;
    int home = -1, fd = -1;
    int r = mh_netns_current(&home, &err);

    if (r == 0) {
        r = mh_netns_create(&fd, &err);
        int back = mh_netns_return(home, r < 0 ? NULL : &err);
        r = r < 0 ? r : back;
    }
    if (r < 0)
        return mh_raise(L, &err);
    mh_push_netns(L, fd);
    close(fd);
    return 1;
}

/* ---- the machine's own network -------------------------------------------------------------
 */

int mh_outside_socket(lua_State *L, sa_family_t family, struct mh_error *err)
{
    struct mh_errand errand = new_errand(MH_ERRAND_OPEN_SOCKET);
    int fd = -1;

    errand.family = family;
    int r = ask(L, &errand, -1, &fd, err);
    return r < 0 ? r : fd;
}

static int read_devices(int fd, struct mh_device **ret_devices, size_t *ret_count)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;

    size_t size = (size_t)status.st_size;
    struct mh_device *devices = malloc(size ? size : 1);
    if (!devices)
        return -ENOMEM;
    if (pread(fd, devices, size, 0) != (ssize_t)size) {
        free(devices);
        return -EIO;
    }
    *ret_devices = devices;
    *ret_count = size / sizeof(*devices);
    return 0;
}

int mh_outside_devices(
    lua_State *L, struct mh_device **ret_devices, size_t *ret_count, struct mh_error *err)
{
    struct mh_errand errand = new_errand(MH_ERRAND_LIST_DEVICES);
    int fd = -1;

    int r = ask(L, &errand, -1, &fd, err);
    if (r < 0)
        return r;
    r = read_devices(fd, ret_devices, ret_count);
    close(fd);
    return r < 0 ? mh_error_set(err, r, "list", "the network interfaces") : 0;
}

/* ---- interfaces of this machine ------------------------------------------------------------
 */

static void copy_field(lua_State *L, int plan, const char *field, char *to, size_t size)
{
    if (lua_getfield(L, plan, field) != LUA_TNIL)
        copy_text(L, -1, to, size);
    lua_pop(L, 1);
}

/* plan: {interface =, address =, address6 =, name =, mode =} */
static struct mh_errand errand_from(lua_State *L, int plan, enum mh_errand_kind kind)
{
    struct mh_errand errand = new_errand(kind);

    luaL_checktype(L, plan, LUA_TTABLE);
    copy_field(L, plan, "interface", errand.interface, sizeof(errand.interface));
    copy_field(L, plan, "name", errand.name, sizeof(errand.name));
    copy_field(L, plan, "mode", errand.mode, sizeof(errand.mode));
    mh_prefix_field(L, plan, "address", AF_INET, &errand.ipv4, &errand.prefix_length);
    mh_prefix_field(L, plan, "address6", AF_INET6, &errand.ipv6, &errand.prefix_length6);
    return errand;
}

static int place_interface(lua_State *L, enum mh_errand_kind kind)
{
    int netns = mh_check_netns(L, 1);
    struct mh_errand errand = errand_from(L, 2, kind);
    struct mh_error err;
    int fd = -1;

    return ask(L, &errand, netns, &fd, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* core.take_nic(netns, plan) */
static int take_nic(lua_State *L)
{
    return place_interface(L, MH_ERRAND_TAKE_NIC);
}

/* core.make_macvlan(netns, plan) */
static int make_macvlan(lua_State *L)
{
    return place_interface(L, MH_ERRAND_MAKE_MACVLAN);
}

/* core.keep_interface(netns, name) */
static int keep_interface(lua_State *L)
{
    int netns = mh_check_netns(L, 1), fd = -1;
    struct mh_errand errand = new_errand(MH_ERRAND_KEEP_INTERFACE);
    struct mh_error err;

    copy_text(L, 2, errand.interface, sizeof(errand.interface));
    return ask(L, &errand, netns, &fd, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* core.keep_setting(netns, path, value) */
static int keep_setting(lua_State *L)
{
    int netns = mh_check_netns(L, 1), fd = -1;
    struct mh_errand errand = new_errand(MH_ERRAND_KEEP_SETTING);
    struct mh_error err;

    copy_text(L, 2, errand.path, sizeof(errand.path));
    copy_text(L, 3, errand.value, sizeof(errand.value));
    return ask(L, &errand, netns, &fd, &err) < 0 ? mh_raise(L, &err) : 0;
}

/* core.give_back(interface) */
static int give_back(lua_State *L)
{
    struct mh_errand errand = new_errand(MH_ERRAND_GIVE_BACK);
    struct mh_error err;
    int fd = -1;

    copy_text(L, 1, errand.interface, sizeof(errand.interface));
    return ask(L, &errand, -1, &fd, &err) < 0 ? mh_raise(L, &err) : 0;
}

static const luaL_Reg functions[] = {
    {"take_turn", take_turn},
    {"open_netns", open_netns},
    {"new_netns", new_netns},
    {"take_nic", take_nic},
    {"make_macvlan", make_macvlan},
    {"give_back", give_back},
    {"keep_interface", keep_interface},
    {"keep_setting", keep_setting},
    {NULL, NULL},
};

void mh_bind_errand(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
}
