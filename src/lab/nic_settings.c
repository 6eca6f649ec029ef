#include "lab/nic_settings.h"

#include "net/sysctl.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 512, VALUE_BYTES = 128 };

static const char *const folders[] = {
    "net/ipv4/conf", "net/ipv6/conf", "net/ipv4/neigh", "net/ipv6/neigh"};

enum { FOLDERS = sizeof(folders) / sizeof(folders[0]) };

struct setting {
    int folder;
    char *name; /* "rp_filter" */
    char value[VALUE_BYTES];
};

struct mh_nic_settings {
    struct setting *list;
    size_t count;
};

static const char *path_of(
    char path[PATH_BYTES], int folder, const char *interface, const char *name)
{
    snprintf(path, PATH_BYTES, "%s/%s/%s", folders[folder], interface, name);
    return path;
}

static bool read_value(const char *path, char value[VALUE_BYTES])
{
    int length = mh_sysctl_read(-1, path, value, VALUE_BYTES, NULL);

    if (length < 0 || length >= VALUE_BYTES)
        return false;
    value[length] = '\0';
    return true;
}

/* A setting that cannot be read (an IPv6 secret that is not set) is none. */
static bool add(
    struct mh_nic_settings *settings, int folder, const char *interface, const char *name)
{
    struct setting setting = {.folder = folder};
    char path[PATH_BYTES];
    if (!read_value(path_of(path, folder, interface, name), setting.value))
        return true;

    struct setting *list =
        reallocarray(settings->list, settings->count + 1, sizeof(*settings->list));
    if (!list)
        return false;
    settings->list = list;
    setting.name = strdup(name);
    if (!setting.name)
        return false;
    list[settings->count++] = setting;
    return true;
}

static bool add_folder(struct mh_nic_settings *settings, int folder, const char *interface)
{
    char path[PATH_BYTES];
    bool ok = true;

    snprintf(path, sizeof(path), "/proc/sys/%s/%s", folders[folder], interface);
    DIR *directory = opendir(path);
    if (!directory)
        return true; /* a kernel without IPv6 */
    for (const struct dirent *entry; ok && (entry = readdir(directory));)
        ok = entry->d_name[0] == '.' || add(settings, folder, interface, entry->d_name);
    closedir(directory);
    return ok;
}

struct mh_nic_settings *mh_nic_settings_read(const char *interface)
{
    struct mh_nic_settings *settings = calloc(1, sizeof(*settings));

    for (int i = 0; settings && i < FOLDERS; i++)
        if (!add_folder(settings, i, interface))
            settings = mh_nic_settings_free(settings);
    return settings;
}

struct mh_nic_settings *mh_nic_settings_free(struct mh_nic_settings *settings)
{
    for (size_t i = 0; settings && i < settings->count; i++)
        free(settings->list[i].name);
    if (settings)
        free(settings->list);
    free(settings);
    return NULL;
}

void mh_nic_settings_restore(const struct mh_nic_settings *settings, const char *interface)
{
    char path[PATH_BYTES], value[VALUE_BYTES];

    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->list[i];
        path_of(path, setting->folder, interface, setting->name);
        if (read_value(path, value) && strcmp(value, setting->value) != 0)
            mh_sysctl_write(-1, path, setting->value, NULL);
    }
}
