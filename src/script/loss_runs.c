#include "script/loss_runs.h"

int mh_push_loss_runs(lua_State *L, const struct mh_loss_runs *runs)
{
    lua_pushinteger(L, (lua_Integer)runs->span);
    lua_pushinteger(L, (lua_Integer)runs->lost);
    lua_pushinteger(L, (lua_Integer)runs->longest);
    return 3;
}
