/* Kernel settings of a network namespace: what proc(5) shows below /proc/sys/net to whoever
 * looks from inside it. */
#pragma once

#include "base/error.h"

#include <stddef.h>

/* `path` is below /proc/sys: "net/ipv4/ip_forward"; `netns` as for mh_netns_visit(). Returns
 * the length of the text, without the newline at its end. */
int mh_sysctl_read(
    int netns, const char *path, char *buffer, size_t size, struct mh_error *err);
int mh_sysctl_write(int netns, const char *path, const char *value, struct mh_error *err);
/* What a folder of settings has, one name a line, folders with a slash behind it. *ret_names is
 * the caller's, to be freed. */
int mh_sysctl_list(
    int netns, const char *folder, char **ret_names, size_t *ret_length, struct mh_error *err);
