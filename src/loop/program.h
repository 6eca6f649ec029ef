/* A program to be started: posix_spawn(3) with what a test of programs wants of it. */
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <sys/types.h>

struct mh_program {
    const char *const *arguments; /* NULL at the end; the first is looked up on our own PATH */
    const char *const *environment; /* "NAME=value", NULL at the end */
    const char *directory;          /* must exist; NULL: ours */
    const char *input;              /* standard input; NULL: /dev/null */
    size_t input_length;
};

/* Starts it as the leader of a session of its own, with no signal blocked or ignored, in the
 * network namespace of the calling thread. Its standard output and error are `output` and
 * `error`, its standard input is a file: no writer can block, whatever the program reads. */
int mh_program_spawn(const struct mh_program *program, int output, int error, pid_t *ret_pid,
    struct mh_error *err);
