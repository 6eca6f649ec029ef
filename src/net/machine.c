#include "net/machine.h"

#include <inttypes.h>
#include <stdio.h>

static unsigned read_number(const char *path, unsigned otherwise)
{
    unsigned number = otherwise;
    FILE *file = fopen(path, "re");

    if (!file)
        return otherwise;
    if (fscanf(file, "%u", &number) != 1)
        number = otherwise;
    fclose(file);
    return number;
}

uint64_t mh_machine_backlog_drops(void)
{
    FILE *file = fopen("/proc/net/softnet_stat", "re");
    uint64_t total = 0;
    uint32_t dropped;

    if (!file)
        return 0;
    while (fscanf(file, "%*x %" SCNx32 "%*[^\n]", &dropped) == 1)
        total += dropped;
    fclose(file);
    return total;
}

unsigned mh_machine_backlog_limit(void)
{
    return read_number("/proc/sys/net/core/netdev_max_backlog", 1000);
}

unsigned mh_machine_receive_buffer_max(void)
{
    return read_number("/proc/sys/net/core/rmem_max", 0);
}

unsigned mh_machine_send_buffer_max(void)
{
    return read_number("/proc/sys/net/core/wmem_max", 0);
}
