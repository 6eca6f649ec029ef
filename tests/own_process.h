/* What the test's own process has, for tests that nothing is left behind. */
#pragma once

#include "test.h"

#include <dirent.h>

/* One more or less than there are: good for comparing only. */
static inline int count_entries(const char *folder)
{
    DIR *directory = opendir(folder);
    int count = 0;

    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static inline int open_descriptors(void)
{
    return count_entries("/proc/self/fd");
}

static inline int running_threads(void)
{
    return count_entries("/proc/self/task");
}
