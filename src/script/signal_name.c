#include "script/signal_name.h"

#include <lauxlib.h>

#include <signal.h>
#include <string.h>

static const struct {
    const char *name;
    int number;
} signals[] = {
    {"SIGHUP", SIGHUP},
    {"SIGINT", SIGINT},
    {"SIGQUIT", SIGQUIT},
    {"SIGILL", SIGILL},
    {"SIGTRAP", SIGTRAP},
    {"SIGABRT", SIGABRT},
    {"SIGBUS", SIGBUS},
    {"SIGFPE", SIGFPE},
    {"SIGKILL", SIGKILL},
    {"SIGUSR1", SIGUSR1},
    {"SIGSEGV", SIGSEGV},
    {"SIGUSR2", SIGUSR2},
    {"SIGPIPE", SIGPIPE},
    {"SIGALRM", SIGALRM},
    {"SIGTERM", SIGTERM},
    {"SIGCHLD", SIGCHLD},
    {"SIGCONT", SIGCONT},
    {"SIGSTOP", SIGSTOP},
    {"SIGTSTP", SIGTSTP},
    {"SIGTTIN", SIGTTIN},
    {"SIGTTOU", SIGTTOU},
    {"SIGURG", SIGURG},
    {"SIGXCPU", SIGXCPU},
    {"SIGXFSZ", SIGXFSZ},
    {"SIGVTALRM", SIGVTALRM},
    {"SIGPROF", SIGPROF},
    {"SIGWINCH", SIGWINCH},
    {"SIGIO", SIGIO},
    {"SIGSYS", SIGSYS},
};

void mh_push_signal_name(lua_State *L, int number)
{
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (signals[i].number == number) {
            lua_pushstring(L, signals[i].name);
            return;
        }
    }
    lua_pushfstring(L, "signal %d", number);
}

int mh_check_signal(lua_State *L, int arg)
{
    if (lua_isinteger(L, arg))
        return (int)lua_tointeger(L, arg);
    const char *name = luaL_checkstring(L, arg);

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (strcmp(signals[i].name, name) == 0)
            return signals[i].number;
    }
    return luaL_argerror(L, arg, lua_pushfstring(L, "there is no signal '%s'", name));
}

int mh_signal_names(lua_State *L)
{
    lua_createtable(L, (int)(sizeof(signals) / sizeof(signals[0])), 0);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        lua_pushstring(L, signals[i].name);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}
