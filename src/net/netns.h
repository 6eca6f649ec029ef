/* Network namespaces as descriptors (network_namespaces(7)). A namespace without a name lives
 * exactly as long as a descriptor, a process or a socket refers to it. */
#pragma once

#include "base/error.h"

/* Makes a fresh network namespace and leaves the calling thread inside it. */
int mh_netns_create(int *ret_fd, struct mh_error *err);
/* A descriptor for the calling thread's namespace. */
int mh_netns_current(int *ret_fd, struct mh_error *err);
/* Moves the calling thread. */
int mh_netns_enter(int fd, struct mh_error *err);
