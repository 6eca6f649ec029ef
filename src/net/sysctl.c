#include "net/sysctl.h"

#include "net/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void explain(int code, struct mh_error *err)
{
    if (code == -EISDIR)
        mh_error_hint(err, "this is a folder of settings");
    else if (code == -ENOTDIR)
        mh_error_hint(err, "a setting is no folder of others");
    else if (code == -ENOENT)
        mh_error_hint(err, "this kernel has no such setting in a host's network namespace: "
                           "misspelt, a module that is not loaded, or the machine's alone");
    else if (code == -EROFS)
        mh_error_hint(err, "/proc/sys is mounted read-only here, as containers do");
    else if (code == -EACCES || code == -EPERM)
        mh_error_hint(err, "a host may not change this setting: it is the whole machine's");
    else if (code == -EINVAL)
        mh_error_hint(err, "the kernel does not take this value for it");
}

/* Which namespace it shows is decided when the file is looked up. Returns the descriptor. */
static int open_setting(int netns, const char *path, int flags, struct mh_error *err)
{
    char name[256];
    int home;
    if ((size_t)snprintf(name, sizeof(name), "/proc/sys/%s", path) >= sizeof(name))
        return mh_error_set(err, -ENAMETOOLONG, "open", "setting %s", path);

    int r = mh_netns_visit(netns, &home, err);
    if (r < 0)
        return r;
    int fd = open(name, flags | O_CLOEXEC);
    if (fd < 0) {
        fd =
            mh_error_set(err, -errno, flags == O_RDONLY ? "read" : "write", "setting %s", path);
        explain(fd, err);
    }
    r = mh_netns_return(home, fd < 0 ? NULL : err);
    if (r < 0 && fd >= 0)
        close(fd);
    return r < 0 ? r : fd;
}

int mh_sysctl_read(int netns, const char *path, char *buffer, size_t size, struct mh_error *err)
{
    int fd = open_setting(netns, path, O_RDONLY, err);
    if (fd < 0)
        return fd;

    ssize_t n = read(fd, buffer, size);
    int r = n < 0 ? mh_error_set(err, -errno, "read", "setting %s", path) : (int)n;
    if (r < 0)
        explain(r, err);
    close(fd);
    while (r > 0 && buffer[r - 1] == '\n')
        r--;
    return r;
}

int mh_sysctl_write(int netns, const char *path, const char *value, struct mh_error *err)
{
    int fd = open_setting(netns, path, O_WRONLY, err);
    if (fd < 0)
        return fd;

    ssize_t n = write(fd, value, strlen(value));
    int r = n < 0 ? mh_error_set(err, -errno, "write", "'%s' to setting %s", value, path) : 0;
    if (r < 0)
        explain(r, err);
    close(fd);
    return r;
}

/* The lines that are being collected. */
struct names {
    char *text;
    size_t length;
};

static int add_name(struct names *names, const char *name, bool is_folder)
{
    size_t room = strlen(name) + sizeof("/\n");
    char *text = realloc(names->text, names->length + room);
    if (!text)
        return -ENOMEM;

    names->text = text;
    names->length +=
        (size_t)snprintf(text + names->length, room, "%s%s\n", name, is_folder ? "/" : "");
    return 0;
}

/* Takes the descriptor over. */
static int read_names(int fd, struct names *names)
{
    DIR *folder = fdopendir(fd);
    if (!folder) {
        int r = -errno;
        close(fd);
        return r;
    }

    const struct dirent *entry;
    int r = 0;
    while (r == 0 && (entry = readdir(folder)))
        if (entry->d_name[0] != '.')
            r = add_name(names, entry->d_name, entry->d_type == DT_DIR);
    closedir(folder);
    return r;
}

int mh_sysctl_list(
    int netns, const char *folder, char **ret_names, size_t *ret_length, struct mh_error *err)
{
    struct names names = {.text = NULL};
    int fd = open_setting(netns, folder, O_RDONLY | O_DIRECTORY, err);
    if (fd < 0)
        return fd;

    int r = read_names(fd, &names);
    if (r == 0 && !names.text)
        r = -ENOENT;
    if (r < 0) {
        free(names.text);
        return mh_error_set(err, r, "list", "settings %s", folder);
    }
    *ret_names = names.text;
    *ret_length = names.length;
    return 0;
}
