#include "net/pcapng.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* Block types. */
enum {
    SECTION_HEADER = 0x0a0d0d0a,
    INTERFACE_DESCRIPTION = 1,
    INTERFACE_STATISTICS = 5,
    ENHANCED_PACKET = 6,
};

/* Options; numbers above OPT_COMMENT mean what they mean in their block. */
enum {
    OPT_END = 0,
    OPT_COMMENT = 1,
    SHB_OS = 3,
    SHB_USERAPPL = 4,
    IF_NAME = 2,
    IF_DESCRIPTION = 3,
    IF_MACADDR = 6,
    IF_TSRESOL = 9,
    IF_FILTER = 11,
    EPB_FLAGS = 2,
    ISB_IFDROP = 5,
    ISB_OSDROP = 7,
    ISB_USRDELIV = 8,
};

enum { BYTE_ORDER_MAGIC = 0x1a2b3c4d, LINKTYPE_ETHERNET = 1, OPTION_MAX = 65535 };

/* A block is made here, then written whole: its length stands at both ends. */
struct mh_pcapng {
    FILE *file;
    char *path;
    int failed; /* the first error, negative */
    uint8_t *block;
    size_t length;
    size_t capacity;
};

/* ---- blocks, in the byte order of this machine, padded to 32 bits ---- */

static uint8_t *reserve(struct mh_pcapng *file, size_t more)
{
    if (file->length + more > file->capacity) {
        size_t capacity = (file->length + more) * 2;
        uint8_t *block = realloc(file->block, capacity);
        if (!block) {
            file->failed = -ENOMEM;
            return NULL;
        }
        file->block = block;
        file->capacity = capacity;
    }
    uint8_t *room = file->block + file->length;
    file->length += more;
    return room;
}

static void put(struct mh_pcapng *file, const void *bytes, size_t length)
{
    uint8_t *room = file->failed ? NULL : reserve(file, length);

    if (room && length > 0)
        memcpy(room, bytes, length);
}

static void put_padded(struct mh_pcapng *file, const void *bytes, size_t length)
{
    static const uint8_t zeros[3];

    put(file, bytes, length);
    put(file, zeros, -length & 3);
}

static void put_u16(struct mh_pcapng *file, uint16_t value)
{
    put(file, &value, sizeof(value));
}

static void put_u32(struct mh_pcapng *file, uint32_t value)
{
    put(file, &value, sizeof(value));
}

static void put_time(struct mh_pcapng *file, uint64_t time_ns)
{
    put_u32(file, (uint32_t)(time_ns >> 32));
    put_u32(file, (uint32_t)time_ns);
}

static void begin_block(struct mh_pcapng *file, uint32_t type)
{
    file->length = 0;
    put_u32(file, type);
    put_u32(file, 0); /* its length */
}

static void end_block(struct mh_pcapng *file)
{
    uint32_t length = (uint32_t)file->length + 4;

    put_u32(file, length);
    if (file->failed)
        return;
    memcpy(file->block + 4, &length, sizeof(length));
    if (fwrite(file->block, 1, file->length, file->file) != file->length)
        file->failed = -errno;
}

static void put_option(struct mh_pcapng *file, uint16_t code, const void *value, size_t length)
{
    if (length > OPTION_MAX)
        length = OPTION_MAX;
    put_u16(file, code);
    put_u16(file, (uint16_t)length);
    put_padded(file, value, length);
}

static void put_text(struct mh_pcapng *file, uint16_t code, const char *text)
{
    if (text && text[0])
        put_option(file, code, text, strlen(text));
}

/* Its first byte, 0, says that the text of a libpcap filter follows. */
static void put_filter(struct mh_pcapng *file, const char *filter)
{
    char value[4096] = "";

    if (!filter || !filter[0])
        return;
    size_t length = strnlen(filter, sizeof(value) - 1);
    memcpy(value + 1, filter, length);
    put_option(file, IF_FILTER, value, length + 1);
}

static void put_count(struct mh_pcapng *file, uint16_t code, uint64_t count)
{
    put_option(file, code, &count, sizeof(count));
}

static void end_options(struct mh_pcapng *file)
{
    put_option(file, OPT_END, NULL, 0);
}

/* ---- the file ---- */

static void add_section_header(struct mh_pcapng *file, const char *application)
{
    const uint64_t unknown_length = UINT64_MAX;
    char os[sizeof(struct utsname)] = "";
    struct utsname names;

    if (uname(&names) == 0)
        snprintf(os, sizeof(os), "%s %s", names.sysname, names.release);
    begin_block(file, SECTION_HEADER);
    put_u32(file, BYTE_ORDER_MAGIC);
    put_u16(file, 1);
    put_u16(file, 0);
    put(file, &unknown_length, sizeof(unknown_length));
    put_text(file, SHB_OS, os);
    put_text(file, SHB_USERAPPL, application);
    end_options(file);
    end_block(file);
}

int mh_pcapng_create(const char *path, const char *application, struct mh_pcapng **ret_file,
    struct mh_error *err)
{
    struct mh_pcapng *self = calloc(1, sizeof(*self));
    FILE *file = self ? fopen(path, "we") : NULL;
    char *copy = file ? strdup(path) : NULL;

    if (!copy) {
        int r = mh_error_set(err, -errno, "save packets", "to %.300s", path);
        if (file)
            fclose(file);
        free(self);
        return r;
    }
    self->file = file;
    self->path = copy;
    add_section_header(self, application);
    *ret_file = self;
    return 0;
}

void mh_pcapng_add_interface(
    struct mh_pcapng *file, const struct mh_pcapng_interface *interface)
{
    static const uint8_t nanoseconds = 9; /* 10^-9 s */

    begin_block(file, INTERFACE_DESCRIPTION);
    put_u16(file, LINKTYPE_ETHERNET);
    put_u16(file, 0);
    put_u32(file, 0); /* frames are not cut */
    put_text(file, IF_NAME, interface->name);
    put_text(file, IF_DESCRIPTION, interface->description);
    put_option(file, IF_MACADDR, interface->mac, 6);
    put_option(file, IF_TSRESOL, &nanoseconds, 1);
    put_filter(file, interface->filter);
    end_options(file);
    end_block(file);
}

/* Bits 0 and 1: 1 inbound, 2 outbound. Bits 2 to 4 how it was received: 1 unicast, 2
 * multicast, 3 broadcast, 4 promiscuous, which is what a frame to somebody else is called. */
static uint32_t flags_of(uint8_t packet_type)
{
    switch (packet_type) {
    case PACKET_OUTGOING:
        return 2;
    case PACKET_HOST:
        return 1 | 1 << 2;
    case PACKET_MULTICAST:
        return 1 | 2 << 2;
    case PACKET_BROADCAST:
        return 1 | 3 << 2;
    case PACKET_OTHERHOST:
        return 1 | 4 << 2;
    default:
        return 0;
    }
}

void mh_pcapng_add_packet(struct mh_pcapng *file, unsigned interface_number,
    const struct mh_captured_frame *frame, const char *comment)
{
    uint32_t flags = flags_of(frame->packet_type);

    begin_block(file, ENHANCED_PACKET);
    put_u32(file, interface_number);
    put_time(file, frame->time_ns);
    put_u32(file, frame->captured);
    put_u32(file, frame->length);
    put_padded(file, frame->bytes, frame->captured);
    put_text(file, OPT_COMMENT, comment);
    put_option(file, EPB_FLAGS, &flags, sizeof(flags));
    end_options(file);
    end_block(file);
}

void mh_pcapng_add_statistics(struct mh_pcapng *file, unsigned interface_number,
    const struct mh_pcapng_statistics *statistics)
{
    begin_block(file, INTERFACE_STATISTICS);
    put_u32(file, interface_number);
    put_time(file, statistics->time_ns);
    put_count(file, ISB_IFDROP, statistics->unkept);
    put_count(file, ISB_OSDROP, statistics->kernel_drops);
    put_count(file, ISB_USRDELIV, statistics->kept);
    end_options(file);
    end_block(file);
}

int mh_pcapng_close(struct mh_pcapng *file, struct mh_error *err)
{
    int r = file->failed;

    if (fclose(file->file) != 0 && r == 0)
        r = -errno;
    if (r < 0)
        mh_error_set(err, r, "save packets", "to %.300s", file->path);
    free(file->path);
    free(file->block);
    free(file);
    return r;
}
