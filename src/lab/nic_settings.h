/* The kernel's settings of one interface (/proc/sys/net/ipv4/conf/eth1 and its like), which are
 * back at their defaults when it has been in another namespace. Private to the lab layer. */
#pragma once

struct mh_nic_settings;

/* In the calling thread's namespace. NULL when memory is out. */
struct mh_nic_settings *mh_nic_settings_read(const char *interface);
struct mh_nic_settings *mh_nic_settings_free(struct mh_nic_settings *settings);
/* Writes those that differ; what the kernel refuses stays as it is. */
void mh_nic_settings_restore(const struct mh_nic_settings *settings, const char *interface);
