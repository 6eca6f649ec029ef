/* Mount namespaces in which daemons leave the machine alone (mount_namespaces(7)).
 *
 * A daemon has fixed paths for its sockets, pid files and state. In a namespace of these it has
 * a /run of its own, empty but for /run/lock, and its own view of /etc, /var and /tmp: what is
 * there can be read, what is written stays in the namespace and ends with it.
 */
#pragma once

#include "base/error.h"

/* Where a thread stands: in which mount namespace, with which root and working directory. */
struct mh_mountns {
    int namespace_fd;
    int root_fd;
    int directory_fd;
};

/* Makes a fresh one, in which `folder` (NULL: none) is the machine's own wherever it is; the
 * calling thread is where it was afterwards. It takes CAP_SYS_ADMIN. */
int mh_mountns_create(const char *folder, struct mh_mountns *ret_mountns, struct mh_error *err);
/* Closes the descriptors; the namespace lives as long as a process is in it. */
void mh_mountns_close(struct mh_mountns *mountns);

/* Moves the calling thread, and it alone, into the namespace for a short errand. *ret_home is
 * for mh_mountns_return(), which must follow. */
int mh_mountns_visit(
    const struct mh_mountns *mountns, struct mh_mountns *ret_home, struct mh_error *err);
/* Closes `home`. An error leaves the thread astray: pass it on, touch no files any more. */
int mh_mountns_return(struct mh_mountns *home, struct mh_error *err);
