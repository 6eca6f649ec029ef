#include "lib/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file's lines are "Field:   number kB". */
static uint64_t field(const char *path, const char *name)
{
    size_t length = strlen(name);
    uint64_t kilobytes = 0;
    char line[256];
    FILE *file = fopen(path, "re");

    if (!file) {
        perror(path);
        exit(2);
    }
    while (fgets(line, sizeof(line), file))
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            kilobytes = strtoull(line + length + 1, NULL, 10);
    fclose(file);
    return kilobytes * 1024;
}

uint64_t memory_resident(void)
{
    return field("/proc/self/status", "VmRSS");
}

uint64_t memory_of_kernel(void)
{
    return field("/proc/meminfo", "Slab") + field("/proc/meminfo", "Percpu");
}
