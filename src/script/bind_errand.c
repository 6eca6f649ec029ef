/* core: what the attendant does for us outside of the sandbox (net/errand.h). */
#include "net/errand.h"
#include "net/netns.h"
#include "script/bindings.h"
#include "script/convert.h"
#include "script/netns_box.h"
#include "script/vm.h"

#include <lauxlib.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct mh_errand new_errand(lua_State *L, enum mh_errand_kind kind, int path)
{
    size_t length;
    const char *text = luaL_checklstring(L, path, &length);
    struct mh_errand errand;

    luaL_argcheck(L, length < sizeof(errand.path), path, "too long");
    memset(&errand, 0, sizeof(errand));
    errand.kind = kind;
    memcpy(errand.path, text, length);
    return errand;
}

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
    struct mh_errand errand = new_errand(L, MH_ERRAND_OPEN_NETNS, 1);
    struct mh_error err;
    int fd = -1;

    int r = mh_errand_ask(mh_vm_errand_line(mh_vm_of(L)), &errand, -1, &fd, &err);
    if (r == 0) {
        r = try_netns(fd, &err);
        if (r == 0)
            mh_push_netns(L, fd);
        close(fd);
    }
    return r < 0 ? mh_raise(L, &err) : 1;
}

void mh_bind_errand(lua_State *L)
{
    lua_pushcfunction(L, open_netns);
    lua_setfield(L, -2, "open_netns");
}
