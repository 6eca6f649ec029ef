#include "lab/attendant.h"

#include "net/errand.h"
#include "net/netns.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int do_errand(const struct mh_errand *errand, int *ret_fd, struct mh_error *err)
{
    switch (errand->kind) {
    case MH_ERRAND_OPEN_NETNS:
        return mh_netns_open(errand->path, ret_fd, err);
    }
    return mh_error_set(err, -ENOSYS, "do", "errand %d", (int)errand->kind);
}

static int serve_one(int fd, const struct mh_errand *errand)
{
    struct mh_error err;
    int opened = -1;

    memset(&err, 0, sizeof(err));
    do_errand(errand, &opened, &err);
    int r = mh_errand_answer(fd, errand, &err, opened);
    if (opened >= 0)
        close(opened);
    return r;
}

int mh_attendant_serve(int fd)
{
    struct mh_errand errand;
    int along = -1;
    int r;

    while ((r = mh_errand_receive(fd, &errand, &along)) > 0) {
        serve_one(fd, &errand);
        if (along >= 0)
            close(along);
    }
    return r;
}
