#include "loop/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* Returns the descriptor. */
static int open_input(const struct mh_program *program)
{
    int fd = program->input ? memfd_create("input", MFD_CLOEXEC)
                            : open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || !program->input)
        return fd < 0 ? -errno : fd;

    int r = write_all(fd, program->input, program->input_length);
    if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
        r = -errno;
    if (r < 0)
        close(fd);
    return r < 0 ? r : fd;
}

/* A handler, a mask and what is ignored are ours, not the program's. */
static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setflags(attributes,
        (short)(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
}

/* dup2() takes CLOEXEC away, and every other descriptor of ours has it. */
static int add_actions(
    posix_spawn_file_actions_t *actions, const int streams[3], const char *directory)
{
    for (int fd = 0; fd < 3; fd++) {
        int r = posix_spawn_file_actions_adddup2(actions, streams[fd], fd);
        if (r != 0)
            return -r;
    }
    return directory ? -posix_spawn_file_actions_addchdir_np(actions, directory) : 0;
}

static int spawn(const struct mh_program *program, const int streams[3], pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return -ENOMEM;
    }

    set_attributes(&attributes);
    int r = add_actions(&actions, streams, program->directory);
    if (r == 0)
        r = -posix_spawnp(ret_pid, program->arguments[0], &actions, &attributes,
            (char *const *)program->arguments, (char *const *)program->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return r;
}

/* In one directory of PATH, of `length` bytes. */
static int look_in(const char *directory, size_t length, const char *name)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%.*s/%s", (int)length, directory, name);

    if (n < 0 || (size_t)n >= sizeof(path))
        return -ENAMETOOLONG;
    return access(path, X_OK) < 0 ? -errno : 0;
}

/* Asked beforehand, because where vfork(2) is but a fork (under valgrind, say) posix_spawn()
 * cannot tell that the program was not executed. */
static int check_executable(const char *name)
{
    const char *path = getenv("PATH");
    int r = -ENOENT;

    if (strchr(name, '/'))
        return access(name, X_OK) < 0 ? -errno : 0;
    if (!path)
        return 0; /* posix_spawnp() knows where to look */
    for (;;) {
        size_t length = strcspn(path, ":");
        int found = length > 0 ? look_in(path, length, name) : look_in(".", 1, name);
        if (found == 0)
            return 0;
        if (found == -EACCES)
            r = found;
        if (path[length] == '\0')
            return r;
        path += length + 1;
    }
}

static int explain(const char *name, int code, struct mh_error *err)
{
    const char *path = getenv("PATH");

    mh_error_set(err, code, "start", "'%s'", name);
    if (code == -ENOENT && !strchr(name, '/'))
        mh_error_hint(err, "install it, or give its path: it is in no directory of PATH, %s",
            path ? path : "not set");
    else if (code == -ENOENT)
        mh_error_hint(err, "there is no such file, or the interpreter that its first line "
                           "names is missing");
    else if (code == -EACCES)
        mh_error_hint(err, "it may not be executed: chmod +x");
    else if (code == -ENOEXEC)
        mh_error_hint(err, "a script needs a first line such as #!/bin/sh");
    return code;
}

int mh_program_spawn(const struct mh_program *program, int output, int error, pid_t *ret_pid,
    struct mh_error *err)
{
    int r = check_executable(program->arguments[0]);
    if (r < 0)
        return explain(program->arguments[0], r, err);
    int input = open_input(program);
    if (input < 0)
        return mh_error_set(
            err, input, "prepare", "the standard input of '%s'", program->arguments[0]);

    const int streams[3] = {input, output, error};
    r = spawn(program, streams, ret_pid);
    close(input);
    return r < 0 ? explain(program->arguments[0], r, err) : 0;
}
