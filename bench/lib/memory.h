/* What a process and its network hold, in bytes (proc(5)). */
#pragma once

#include <stdint.h>

/* VmRSS of this process. */
uint64_t memory_resident(void);
/* Slab and Percpu of the machine: what network namespaces, devices and sockets are made of. */
uint64_t memory_of_kernel(void);
