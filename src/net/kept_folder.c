#include "net/kept_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_below(const char *path, const char *top)
{
    size_t length = strlen(top);
    return strncmp(path, top, length) == 0 && path[length] == '/';
}

int mh_kept_folder_open(const char *path)
{
    static const char *const tops[] = {"/run", "/etc", "/var", "/tmp"};

    for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
        if (is_below(path, tops[i]))
            return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    return -1;
}

/* With its parents. */
static int make_directory(const char *path)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof(part))
        return -ENAMETOOLONG;

    memcpy(part, path, length + 1);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0755) < 0 && errno != EEXIST)
            return -errno;
        *slash = '/';
    }
    return mkdir(part, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

int mh_kept_folder_show(int fd, const char *path, struct mh_error *err)
{
    char source[64];
    if (fd < 0)
        return 0;

    snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
    int r = make_directory(path);
    if (r == 0 && mount(source, path, "none", MS_BIND | MS_REC, NULL) < 0)
        r = -errno;
    close(fd);
    return r < 0 ? mh_error_set(err, r, "show", "folder %s to daemons", path) : 0;
}
