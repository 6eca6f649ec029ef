#include "app/inbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536 };

void mh_inbox_init(struct mh_inbox *inbox, int fd)
{
    memset(inbox, 0, sizeof(*inbox));
    inbox->fd = fd;
}

static void close_fd(struct mh_inbox *inbox)
{
    if (inbox->fd >= 0)
        close(inbox->fd);
    inbox->fd = -1;
}

void mh_inbox_done(struct mh_inbox *inbox)
{
    close_fd(inbox);
    free(inbox->data);
    inbox->data = NULL;
}

static void compact(struct mh_inbox *inbox)
{
    if (inbox->start == 0)
        return;
    memmove(inbox->data, inbox->data + inbox->start, inbox->end - inbox->start);
    inbox->end -= inbox->start;
    inbox->searched -= inbox->start;
    inbox->start = 0;
}

static int reserve_chunk(struct mh_inbox *inbox)
{
    compact(inbox);
    if (inbox->capacity - inbox->end >= CHUNK)
        return 0;

    size_t capacity = inbox->capacity ? inbox->capacity * 2 : (size_t)2 * CHUNK;
    char *data = realloc(inbox->data, capacity);
    if (!data)
        return -ENOMEM;
    inbox->data = data;
    inbox->capacity = capacity;
    return 0;
}

int mh_inbox_fill(struct mh_inbox *inbox)
{
    if (inbox->fd < 0)
        return 0;
    int r = reserve_chunk(inbox);
    if (r < 0)
        return r;

    ssize_t n = read(inbox->fd, inbox->data + inbox->end, CHUNK);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    if (n == 0)
        close_fd(inbox);
    inbox->end += (size_t)n;
    return (int)n;
}

bool mh_inbox_take_line(struct mh_inbox *inbox, const char **ret_text, size_t *ret_length)
{
    if (inbox->searched == inbox->end)
        return false;

    const char *from = inbox->data + inbox->searched;
    const char *newline = memchr(from, '\n', inbox->end - inbox->searched);
    if (!newline) {
        inbox->searched = inbox->end;
        return false;
    }
    *ret_text = inbox->data + inbox->start;
    *ret_length = (size_t)(newline - *ret_text);
    inbox->start += *ret_length + 1;
    inbox->searched = inbox->start;
    return true;
}

bool mh_inbox_take_all(struct mh_inbox *inbox, const char **ret_text, size_t *ret_length)
{
    if (inbox->start == inbox->end)
        return false;

    *ret_text = inbox->data + inbox->start;
    *ret_length = inbox->end - inbox->start;
    inbox->start = inbox->searched = inbox->end;
    return true;
}
