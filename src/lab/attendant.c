#include "lab/attendant.h"

#include "lab/macvlan.h"
#include "lab/nic.h"
#include "lab/turn.h"
#include "net/device.h"
#include "net/errand.h"
#include "net/netns.h"
#include "net/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* A port that the scenario has. */
struct loan {
    struct mh_nic *nic;
    struct loan *next;
};

/* A kernel setting that the scenario may change. */
struct setting {
    int netns;
    char path[256];
    char value[sizeof(((struct mh_errand *)NULL)->value)];
    struct setting *next;
};

struct turn {
    int fd;
    struct turn *next;
};

struct attendant {
    int fd;
    struct loan *loans; /* the last one first */
    struct loan *kept;  /* interfaces that stay where they are */
    struct setting *settings;
    struct turn *turns;
};

/* ---- turns ---------------------------------------------------------------------------------
 */

/* The attendants of one run are children of one supervisor. */
static const char *thing_of(const struct mh_errand *errand, char text[32])
{
    if (errand->path[0])
        return errand->path;
    snprintf(text, 32, "run/%d", (int)getppid());
    return text;
}

static int take_turn(
    struct attendant *attendant, const struct mh_errand *errand, struct mh_error *err)
{
    char text[32];
    struct turn *turn = calloc(1, sizeof(*turn));
    if (!turn)
        return mh_error_set(err, -ENOMEM, "take turns", "at %s", errand->path);

    turn->fd = mh_turn_take(thing_of(errand, text), errand->waits, attendant->fd, err);
    if (turn->fd < 0) {
        int r = turn->fd;
        free(turn);
        return r;
    }
    turn->next = attendant->turns;
    attendant->turns = turn;
    return 0;
}

static void end_turns(struct attendant *attendant)
{
    while (attendant->turns) {
        struct turn *turn = attendant->turns;
        attendant->turns = turn->next;
        close(turn->fd);
        free(turn);
    }
}

/* ---- ports ---------------------------------------------------------------------------------
 */

static struct mh_place place_of(const struct mh_errand *errand, int netns)
{
    return (struct mh_place){
        .lower = errand->interface,
        .kind = "macvlan",
        .name = errand->name,
        .netns = netns,
        .ipv4 = {errand->ipv4, errand->prefix_length},
        .ipv6 = {errand->ipv6, errand->prefix_length6},
    };
}

static struct loan **find_loan(struct attendant *attendant, const char *interface)
{
    struct loan **at = &attendant->loans;

    while (*at && strcmp(mh_nic_name((*at)->nic), interface) != 0)
        at = &(*at)->next;
    return at;
}

static int take_nic(struct attendant *attendant, const struct mh_errand *errand, int netns,
    struct mh_error *err)
{
    struct mh_place place = place_of(errand, netns);
    if (*find_loan(attendant, errand->interface))
        return mh_error_set(err, -EBUSY, "attach",
            "interface %s, which another host of this scenario has", errand->interface);
    struct loan *loan = calloc(1, sizeof(*loan));
    if (!loan)
        return mh_error_set(err, -ENOMEM, "attach", "interface %s", errand->interface);

    int r = mh_nic_take(&place, &loan->nic, err);
    if (r < 0) {
        free(loan);
        return r;
    }
    loan->next = attendant->loans;
    attendant->loans = loan;
    return 0;
}

static int end_loan(struct loan **at, struct mh_error *err)
{
    struct loan *loan = *at;
    int r = mh_nic_give_back(loan->nic, err);

    *at = loan->next;
    free(loan);
    return r;
}

static int give_back(
    struct attendant *attendant, const struct mh_errand *errand, struct mh_error *err)
{
    struct loan **at = find_loan(attendant, errand->interface);

    return *at ? end_loan(at, err) : 0;
}

static int keep_interface(struct attendant *attendant, const struct mh_errand *errand,
    int netns, struct mh_error *err)
{
    struct mh_place place = place_of(errand, netns);
    struct loan *loan = calloc(1, sizeof(*loan));
    if (!loan)
        return mh_error_set(err, -ENOMEM, "keep", "interface %s", errand->interface);

    int r = mh_nic_keep(&place, &loan->nic, err);
    if (r < 0) {
        free(loan);
        return r;
    }
    loan->next = attendant->kept;
    attendant->kept = loan;
    return 0;
}

static int make_macvlan(const struct mh_errand *errand, int netns, struct mh_error *err)
{
    struct mh_place place = place_of(errand, netns);
    int r = mh_macvlan_mode(errand->mode, &place.mode);

    if (r < 0)
        return mh_error_set(err, r, "attach", "a macvlan in mode %s", errand->mode);
    return mh_macvlan_make(&place, err);
}

/* ---- settings ------------------------------------------------------------------------------
 */

static int keep_setting(struct attendant *attendant, const struct mh_errand *errand, int netns,
    struct mh_error *err)
{
    struct setting *setting = calloc(1, sizeof(*setting));
    if (!setting || strlen(errand->path) >= sizeof(setting->path)) {
        free(setting);
        return mh_error_set(err, -ENOMEM, "keep", "setting %s", errand->path);
    }
    setting->netns = fcntl(netns, F_DUPFD_CLOEXEC, 0);
    memcpy(setting->value, errand->value, sizeof(setting->value));
    memcpy(setting->path, errand->path, strlen(errand->path));
    setting->next = attendant->settings;
    attendant->settings = setting;
    return 0;
}

/* The last one first: of one that was changed twice the first value stays. */
static void restore_settings(struct attendant *attendant)
{
    while (attendant->settings) {
        struct setting *setting = attendant->settings;
        attendant->settings = setting->next;
        mh_sysctl_write(setting->netns, setting->path, setting->value, NULL);
        if (setting->netns >= 0)
            close(setting->netns);
        free(setting);
    }
}

/* ---- the machine's own network -------------------------------------------------------------
 */

static int write_file(const void *bytes, size_t size)
{
    int fd = memfd_create("devices", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, bytes, size);
    if (n == (ssize_t)size)
        return fd;
    int r = n < 0 ? -errno : -EIO;
    close(fd);
    return r;
}

static int list_devices(int *ret_fd, struct mh_error *err)
{
    struct mh_device *devices;
    size_t count;
    int r = mh_device_list(-1, &devices, &count, err);
    if (r < 0)
        return r;

    int fd = write_file(devices, count * sizeof(*devices));
    free(devices);
    if (fd < 0)
        return mh_error_set(err, fd, "list", "the network interfaces");
    *ret_fd = fd;
    return 0;
}

static int open_socket(const struct mh_errand *errand, int *ret_fd, struct mh_error *err)
{
    int fd = mh_netns_socket(-1, errand->family, SOCK_DGRAM, IPPROTO_UDP, err);
    if (fd >= 0)
        *ret_fd = fd;
    return fd < 0 ? fd : 0;
}

/* ---- serving -------------------------------------------------------------------------------
 */

static int do_errand(struct attendant *attendant, const struct mh_errand *errand, int along,
    int *ret_fd, struct mh_error *err)
{
    switch (errand->kind) {
    case MH_ERRAND_OPEN_NETNS:
        return mh_netns_open(errand->path, ret_fd, err);
    case MH_ERRAND_OPEN_SOCKET:
        return open_socket(errand, ret_fd, err);
    case MH_ERRAND_LIST_DEVICES:
        return list_devices(ret_fd, err);
    case MH_ERRAND_TAKE_TURN:
        return take_turn(attendant, errand, err);
    case MH_ERRAND_TAKE_NIC:
        return take_nic(attendant, errand, along, err);
    case MH_ERRAND_GIVE_BACK:
        return give_back(attendant, errand, err);
    case MH_ERRAND_KEEP_INTERFACE:
        return keep_interface(attendant, errand, along, err);
    case MH_ERRAND_KEEP_SETTING:
        return keep_setting(attendant, errand, along, err);
    case MH_ERRAND_MAKE_MACVLAN:
        return make_macvlan(errand, along, err);
    }
    return mh_error_set(err, -ENOSYS, "do", "errand %d", (int)errand->kind);
}

static void serve_one(struct attendant *attendant, const struct mh_errand *errand, int along)
{
    struct mh_error err;
    int opened = -1;

    memset(&err, 0, sizeof(err));
    if (do_errand(attendant, errand, along, &opened, &err) == 0)
        memset(&err, 0, sizeof(err)); /* what went wrong on the way and was put right */
    mh_errand_answer(attendant->fd, errand, &err, opened);
    if (opened >= 0)
        close(opened);
}

int mh_attendant_serve(int fd)
{
    struct attendant attendant = {.fd = fd};
    struct mh_errand errand;
    int along = -1;
    int r;

    while ((r = mh_errand_receive(fd, &errand, &along)) > 0) {
        serve_one(&attendant, &errand, along);
        if (along >= 0)
            close(along);
    }
    while (attendant.kept)
        end_loan(&attendant.kept, NULL);
    restore_settings(&attendant);
    while (attendant.loans)
        end_loan(&attendant.loans, NULL);
    end_turns(&attendant);
    return r;
}
