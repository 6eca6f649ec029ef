/* Feeds files and the files of folders to a fuzz target, once each: any compiler's libFuzzer.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

static size_t replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(FUZZ_ROOM);

    if (!file || !bytes) {
        perror(path);
        exit(1);
    }
    size_t length = fread(bytes, 1, FUZZ_ROOM, file);
    fclose(file);
    /* As large as the input, so that a sanitizer or valgrind sees a step beyond. */
    uint8_t *exact = realloc(bytes, length > 0 ? length : 1);
    if (!exact)
        exit(1);
    LLVMFuzzerTestOneInput(exact, length);
    free(exact);
    return 1;
}

static size_t replay_folder(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;

    if (!folder)
        return replay_file(path);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char file[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
        count += replay_file(file);
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;

    for (int i = 1; i < argc; i++)
        count += replay_folder(argv[i]);
    printf("%zu inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
