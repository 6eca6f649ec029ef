/* The attendant of a child: a process outside of the sandbox that does its errands
 * (lab/attendant.h).
 *
 * It is started by the child's first errand, and outlives both the child and the supervisor by
 * as long as it takes to undo what it did: its end comes when the child's end of the line is
 * closed. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct mh_attendant {
    int line_fd; /* our end of the line, until it is started; -1: it has been, or nobody asks */
    pid_t pid;   /* 0: none */
    int pidfd;   /* readable when it has ended */
};

/* *ret_child_fd is the child's end of the line, the caller's to close once the child has it. */
int mh_attendant_open(struct mh_attendant *ret_attendant, int *ret_child_fd);
/* Awaits its end, which comes soon after that of the child. */
void mh_attendant_close(struct mh_attendant *attendant);

/* What to poll for POLLIN; -1: nothing. */
int mh_attendant_fd(const struct mh_attendant *attendant);
/* That was readable: starts it, or reaps it. 0 or a negative errno. */
int mh_attendant_hear(struct mh_attendant *attendant);
bool mh_attendant_is_over(const struct mh_attendant *attendant);
