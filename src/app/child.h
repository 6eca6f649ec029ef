/* The life of a child process, from clone(2) to _exit(2). */
#pragma once

#include "app/sandbox.h"
#include "base/error.h"

#include <stdbool.h>

struct mh_child;

/* What the child does once it stands in its sandbox; returns its exit status. */
typedef int mh_child_body_fn(const struct mh_child *child);

struct mh_child {
    struct mh_sandbox sandbox;
    const char *job; /* inherited with the parent's memory */
    int event_fd;    /* its way to tell: a struct mh_error first, then lines */
    int output_fd;   /* its standard output and error */
    bool takes_another_job;
    int job_fd;           /* where that comes from, as a line; its end: it will not come */
    int errand_fd;        /* to its attendant (app/attendant.h) */
    int machine_netns_fd; /* the parent's network namespace; -1: unknown */
    mh_child_body_fn *body;
    void *context;
};

/* Descriptors, session, sandbox, limits and signals; then says over event_fd how that went (a
 * struct mh_error, code 0: well), runs the body and exits. */
_Noreturn void mh_child_live(struct mh_child *child);
