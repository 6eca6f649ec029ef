/* What the machine as a whole does to packets, outside every namespace of ours. */
#pragma once

#include <stdint.h>

/* Packets that the kernel dropped because a CPU's input queue was full
 * (net.core.netdev_max_backlog; second column of /proc/net/softnet_stat), over all CPUs. */
uint64_t mh_machine_backlog_drops(void);
/* net.core.netdev_max_backlog where it can be read (the machine's own namespace), else 1000. */
unsigned mh_machine_backlog_limit(void);
/* Limits of this namespace, in bytes: net.core.rmem_max, net.core.wmem_max; 0: unreadable. */
unsigned mh_machine_receive_buffer_max(void);
unsigned mh_machine_send_buffer_max(void);
