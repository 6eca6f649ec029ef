#include "net/machine.h"

#include <stdio.h>
#include <stdlib.h>

/* A line of /proc/net/softnet_stat is some fifteen words of eight hexadecimal digits. */
enum { LINE_MAX_LENGTH = 512 };

static unsigned read_number(const char *path, unsigned otherwise)
{
    FILE *file = fopen(path, "re");
    char line[LINE_MAX_LENGTH];
    unsigned number = otherwise;

    if (!file)
        return otherwise;
    if (fgets(line, sizeof(line), file))
        number = (unsigned)strtoul(line, NULL, 10);
    fclose(file);
    return number;
}

uint64_t mh_machine_backlog_drops(void)
{
    FILE *file = fopen("/proc/net/softnet_stat", "re");
    char line[LINE_MAX_LENGTH];
    uint64_t total = 0;

    if (!file)
        return 0;
    while (fgets(line, sizeof(line), file)) {
        char *second;
        (void)strtoul(line, &second, 16);
        total += strtoul(second, NULL, 16);
    }
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
