/* Our decoders and encoders at the disposal of differential.py, a line at a time.
 *
 *     codec_tool read     a frame in hexadecimal -> its fields, named as tshark names them
 *     codec_tool build    layers and their fields (codec_build.h) -> a frame in hexadecimal
 */
#include "codec_tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME_MAX = 70000 };

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t length = strspn(hex, "0123456789abcdef") / 2;

    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)strtoul((const char[]){hex[2 * i], hex[2 * i + 1], '\0'}, NULL, 16);
    return length;
}

static void read_line(const char *line)
{
    /* As large as the frame, so that a sanitizer sees a step beyond. */
    uint8_t *bytes = malloc(strlen(line) / 2 + 1);
    uint8_t *exact = NULL;

    if (!bytes)
        exit(1);
    size_t length = from_hex(line, bytes);
    exact = realloc(bytes, length > 0 ? length : 1);
    if (!exact)
        exit(1);
    print_frame((struct mh_span){exact, length});
    puts("");
    free(exact);
}

static void build_line(char *line)
{
    static uint8_t bytes[FRAME_MAX];
    struct mh_writer writer = mh_writer_of(bytes, sizeof(bytes));

    if (build_frame(line, &writer) < 0)
        printf("error %d", writer.error);
    for (size_t i = 0; !writer.error && i < writer.length; i++)
        printf("%02x", bytes[i]);
    puts("");
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t size = 0;

    if (argc != 2 || (strcmp(argv[1], "read") != 0 && strcmp(argv[1], "build") != 0)) {
        fprintf(stderr, "usage: codec_tool read|build\n");
        return 2;
    }
    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (argv[1][0] == 'r')
            read_line(line);
        else
            build_line(line);
    }
    free(line);
    return 0;
}
