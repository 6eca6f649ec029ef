/* The command: a Lua state for the parent process, and everything else is lua/mcast/cli. */
#include "app/bind_supervisor.h"
#include "script/vm.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_HARNESS = 3 }; /* the harness itself erred; lua/mcast/cli/exit.lua has them all */

static int fail(const struct mh_error *err)
{
    fprintf(stderr, "mcast-harness: %s\n", err->message);
    return EXIT_HARNESS;
}

/* Or the next descriptor we open would get the number of a closed one, and a report written to
 * it would end in some pipe of ours. Read-only, so that writing is the error that it was. */
static void occupy_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    occupy_standard_descriptors();
    struct mh_program program = {
        .argument_count = argc,
        .arguments = argv,
        .lua_directory = getenv("MCAST_HARNESS_LUA_DIR"),
    };
    struct mh_vm_options options = {
        .event_fd = -1,
        .machine_netns_fd = -1,
        .lua_directory = program.lua_directory,
        .modules = mh_embedded_modules,
        .without_loop = true,
    };
    struct mh_error err = {0};
    struct mh_vm *vm;

    if (mh_vm_new(&options, &vm, &err) < 0)
        return fail(&err);
    mh_program_attach(mh_vm_state(vm), &program);
    mh_vm_preload(vm, "mcast.supervisor", mh_open_supervisor);

    int status = EXIT_HARNESS;
    if (mh_vm_call(vm, "mcast.cli", "main", "", false, &status, &err) < 0)
        status = fail(&err);
    mh_vm_free(vm);
    return status;
}
