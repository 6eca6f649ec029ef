#include "codec_build.h"

#include <stdio.h>
#include <stdlib.h>

const char *word_find(const char *from, const char *name)
{
    size_t length = strlen(name);

    for (const char *word = strstr(from, name); word; word = strstr(word + 1, name))
        if (word[length] == '=' && word[-1] == ' ')
            return word + length + 1;
    return NULL;
}

uint32_t word_number(const char *layer, const char *name)
{
    const char *value = word_find(layer, name);
    return value ? (uint32_t)strtoul(value, NULL, 0) : 0;
}

struct mh_addr word_to_addr(const char *text)
{
    char digits[MH_ADDR_TEXT_MAX];
    struct mh_addr addr = {.family = AF_UNSPEC};

    snprintf(digits, sizeof(digits), "%.*s", (int)strcspn(text, " /+@|"), text);
    mh_addr_parse(digits, &addr);
    return addr;
}

struct mh_addr word_addr(const char *layer, const char *name)
{
    const char *value = word_find(layer, name);
    return value ? word_to_addr(value) : (struct mh_addr){.family = AF_UNSPEC};
}

void word_write_hex(struct mh_writer *writer, const char *hex)
{
    for (; strspn(hex, "0123456789abcdef") >= 2; hex += 2)
        mh_write_u8(writer, (uint8_t)strtoul((const char[]){hex[0], hex[1], '\0'}, NULL, 16));
}

struct mh_span word_bytes(struct mh_writer *list, const char *layer, const char *name)
{
    size_t begin = list->length;
    const char *value = word_find(layer, name);

    if (value)
        word_write_hex(list, value);
    return (struct mh_span){list->bytes + begin, list->length - begin};
}

const char *word_after(const char *text, char separator)
{
    const char *end = text + strcspn(text, " ");
    const char *found = memchr(text, separator, (size_t)(end - text));
    return found ? found + 1 : NULL;
}

const char *word_next_in_part(const char *text, char separator)
{
    const char *end = text + strcspn(text, " /");
    const char *found = memchr(text, separator, (size_t)(end - text));
    return found ? found + 1 : NULL;
}

bool word_is_empty(const char *part)
{
    return strcspn(part, " /+") == 0;
}
