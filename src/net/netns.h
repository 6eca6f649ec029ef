/* Network namespaces as descriptors (network_namespaces(7)). A namespace without a name lives
 * exactly as long as a descriptor, a process or a socket refers to it. */
#pragma once

#include "base/error.h"

/* Makes a fresh network namespace and leaves the calling thread inside it. */
int mh_netns_create(int *ret_fd, struct mh_error *err);
/* A descriptor for the calling thread's namespace. */
int mh_netns_current(int *ret_fd, struct mh_error *err);
/* The namespace that a file stands for: /run/netns/NAME, /proc/PID/ns/net (namespaces(7)). */
int mh_netns_open(const char *path, int *ret_fd, struct mh_error *err);
/* Moves the calling thread. */
int mh_netns_enter(int fd, struct mh_error *err);

/* Moves the calling thread into `fd` for a short errand; -1 stays where it is. *ret_home is for
 * mh_netns_return(), which must follow. */
int mh_netns_visit(int fd, int *ret_home, struct mh_error *err);
/* Closes `home`. An error leaves the thread astray: pass it on, touch the network no more. */
int mh_netns_return(int home, struct mh_error *err);
/* A CLOEXEC, non-blocking socket of the namespace `fd` (-1: where the thread is); it stays
 * there. Returns the descriptor. */
int mh_netns_socket(int fd, int domain, int type, int protocol, struct mh_error *err);
