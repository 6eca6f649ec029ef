/* The walls around a scenario's process (namespaces(7)).
 *
 * A scenario runs in network, PID, mount and IPC namespaces of its own, and in a user namespace
 * where the caller lacks CAP_SYS_ADMIN. It is PID 1 of its PID namespace: when it ends, by
 * whatever cause, the kernel kills everything that it started. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

enum mh_sandbox_kind {
    MH_SANDBOX_PROCESS, /* a process and no more: needs no privilege and has no network of its
                           own */
    MH_SANDBOX_NETWORK
};

struct mh_sandbox {
    enum mh_sandbox_kind kind;
    bool has_user_namespace;
    uid_t uid; /* who the caller is outside */
    gid_t gid;
    int pidfd; /* in the parent alone */
};

/* fork(2), but into the sandbox's namespaces: 0 in the child, the child's pid in the parent.
 * The error's hint names what is missing on this machine. No pthread_atfork() handler runs:
 * what libuv holds for the whole process would stay the parent's, so a caller never starts it
 * (struct mh_vm_options), and each child is its first user. */
int mh_sandbox_fork(
    enum mh_sandbox_kind kind, struct mh_sandbox *ret_sandbox, struct mh_error *err);

/* In the child, before anything else: maps the ids, makes the mounts private with a fresh
 * /proc, and brings the loopback interface up. */
int mh_sandbox_enter(const struct mh_sandbox *sandbox, struct mh_error *err);
