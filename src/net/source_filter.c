#include "net/mcast_socket_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More than any kernel takes (mld_max_msf is an int, but so is the memory finite). */
enum { SOURCES_MAX = 65536 };

static struct group_filter *filter_new(
    const struct mh_addr *group, unsigned interface_index, size_t source_count)
{
    /* The struct has room for one source: with none the kernel's size is below the struct's. */
    struct group_filter *filter =
        calloc(1, sizeof(*filter) + source_count * sizeof(filter->gf_slist[0]));
    union mh_sockaddr sockaddr;

    if (!filter)
        return NULL;
    mh_addr_to_sockaddr(group, 0, &sockaddr);
    filter->gf_group = sockaddr.storage;
    filter->gf_interface = interface_index;
    filter->gf_numsrc = (uint32_t)source_count;
    return filter;
}

/* Asks for up to `capacity` sources; gf_numsrc of the answer tells how many there are. NULL:
 * errno is set. */
static struct group_filter *query(
    const struct mh_mcast_socket *socket, const struct mh_membership *of, size_t capacity)
{
    struct group_filter *filter = filter_new(&of->group, of->interface_index, capacity);
    socklen_t length = (socklen_t)GROUP_FILTER_SIZE(capacity);

    if (!filter || getsockopt(socket->fd, mh_mcast_socket_level(socket), MCAST_MSFILTER, filter,
                       &length) == 0)
        return filter;

    int saved = errno;
    free(filter);
    errno = saved;
    return NULL;
}

static enum mh_filter_mode mode_of(const struct group_filter *filter)
{
    return filter->gf_fmode == MCAST_INCLUDE ? MH_FILTER_INCLUDE : MH_FILTER_EXCLUDE;
}

int mh_mcast_socket_filter_mode(
    struct mh_mcast_socket *socket, const struct mh_addr *group, unsigned interface_index)
{
    struct mh_membership of = {.group = *group, .interface_index = interface_index};
    struct group_filter *filter = query(socket, &of, 0);
    if (!filter)
        return -errno;

    enum mh_filter_mode mode = mode_of(filter);
    free(filter);
    return (int)mode;
}

static int check_filter(struct mh_mcast_socket *socket, const struct mh_membership *of,
    const struct mh_source_filter *filter, struct mh_error *err)
{
    static const char operation[] = "set source filter";
    struct mh_membership one = *of;
    int r = mh_mcast_socket_check_group(socket, operation, of, err);

    if (r == 0 && filter->source_count > SOURCES_MAX)
        r = mh_membership_fail(socket, -EINVAL, operation, of, "too many sources", err);
    for (size_t i = 0; r == 0 && i < filter->source_count; i++) {
        one.source = filter->sources[i];
        if (one.source.family == AF_UNSPEC)
            r = mh_membership_fail(
                socket, -EINVAL, operation, of, "a source is not an address", err);
        else
            r = mh_mcast_socket_check_group(socket, operation, &one, err);
    }
    return r;
}

int mh_mcast_socket_set_filter(struct mh_mcast_socket *socket, const struct mh_addr *group,
    unsigned interface_index, const struct mh_source_filter *filter, struct mh_error *err)
{
    struct mh_membership of = {.group = *group, .interface_index = interface_index};

    socket = mh_annex_of_member(socket, group, interface_index);
    int r = check_filter(socket, &of, filter, err);
    if (r < 0)
        return r;

    struct group_filter *request = filter_new(group, interface_index, filter->source_count);
    if (!request)
        return mh_membership_fail(socket, -ENOMEM, "set source filter", &of, NULL, err);

    request->gf_fmode = filter->mode == MH_FILTER_INCLUDE ? MCAST_INCLUDE : MCAST_EXCLUDE;
    for (size_t i = 0; i < filter->source_count; i++) {
        union mh_sockaddr source;
        mh_addr_to_sockaddr(&filter->sources[i], 0, &source);
        memcpy(&request->gf_slist[i], &source.storage, sizeof(source.storage));
    }
    r = setsockopt(socket->fd, mh_mcast_socket_level(socket), MCAST_MSFILTER, request,
            (socklen_t)GROUP_FILTER_SIZE(filter->source_count)) < 0
            ? -errno
            : 0;
    free(request);
    if (r < 0)
        return mh_membership_fail(socket, r, "set source filter", &of, NULL, err);
    mh_membership_list_review(socket, group, interface_index);
    return 0;
}

/* The list may grow between the two questions only by another thread: then it is cut short. */
static struct group_filter *query_all(
    const struct mh_mcast_socket *socket, const struct mh_membership *of)
{
    struct group_filter *empty = query(socket, of, 0);
    if (!empty)
        return NULL;

    uint32_t count = empty->gf_numsrc;
    free(empty);
    struct group_filter *filter = query(socket, of, count);
    if (filter && filter->gf_numsrc > count)
        filter->gf_numsrc = count;
    return filter;
}

static struct mh_addr *copy_sources(const struct group_filter *filter)
{
    struct mh_addr *sources =
        calloc(filter->gf_numsrc ? filter->gf_numsrc : 1, sizeof(*sources));

    for (size_t i = 0; sources && i < filter->gf_numsrc; i++) {
        union mh_sockaddr source;
        memcpy(&source.storage, &filter->gf_slist[i], sizeof(source.storage));
        sources[i] = mh_addr_from_sockaddr(&source);
    }
    return sources;
}

int mh_mcast_socket_filter(struct mh_mcast_socket *socket, const struct mh_addr *group,
    unsigned interface_index, struct mh_source_filter *ret_filter, struct mh_error *err)
{
    static const char operation[] = "read source filter";
    struct mh_membership of = {.group = *group, .interface_index = interface_index};

    socket = mh_annex_of_member(socket, group, interface_index);
    int r = mh_mcast_socket_check_group(socket, operation, &of, err);
    if (r < 0)
        return r;

    struct group_filter *filter = query_all(socket, &of);
    if (!filter)
        return mh_membership_fail(socket, -errno, operation, &of, NULL, err);

    struct mh_source_filter found = {
        .mode = mode_of(filter),
        .source_count = filter->gf_numsrc,
        .sources = copy_sources(filter),
    };
    free(filter);
    if (!found.sources)
        return mh_membership_fail(socket, -ENOMEM, operation, &of, NULL, err);
    *ret_filter = found;
    return 0;
}
