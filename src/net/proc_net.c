#include "net/proc_net.h"

#include "net/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 16 * 1024 };

/* Which namespace it shows is decided when the file is looked up. Returns the descriptor. */
static int open_file(int netns, const char *name, struct mh_error *err)
{
    char path[64];
    int home;
    if ((size_t)snprintf(path, sizeof(path), "/proc/thread-self/net/%s", name) >= sizeof(path))
        return mh_error_set(err, -ENAMETOOLONG, "read", "/proc/net/%s", name);

    int r = mh_netns_visit(netns, &home, err);
    if (r < 0)
        return r;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fd = mh_error_set(err, -errno, "read", "/proc/net/%s", name);
    r = mh_netns_return(home, fd < 0 ? NULL : err);
    if (r < 0 && fd >= 0)
        close(fd);
    return r < 0 ? r : fd;
}

/* Its size is not known before it has been read: the kernel writes it as it is asked for. */
static int read_all(int fd, char **ret_text, size_t *ret_length)
{
    size_t capacity = FIRST_CAPACITY, length = 0;
    char *text = malloc(capacity);
    ssize_t n = 1;

    while (text && n > 0) {
        if (length + 1 == capacity) {
            char *larger = realloc(text, capacity *= 2);

            if (!larger)
                break;
            text = larger;
        }
        n = read(fd, text + length, capacity - length - 1);
        if (n > 0)
            length += (size_t)n;
        else if (n < 0 && errno == EINTR)
            n = 1;
    }
    if (!text || n != 0) {
        int r = n < 0 ? -errno : -ENOMEM;
        free(text);
        return r;
    }
    text[length] = '\0';
    *ret_text = text;
    *ret_length = length;
    return 0;
}

int mh_proc_net_read(
    int netns, const char *name, char **ret_text, size_t *ret_length, struct mh_error *err)
{
    int fd = open_file(netns, name, err);
    if (fd < 0)
        return fd;

    int r = read_all(fd, ret_text, ret_length);
    close(fd);
    return r < 0 ? mh_error_set(err, r, "read", "/proc/net/%s", name) : 0;
}
