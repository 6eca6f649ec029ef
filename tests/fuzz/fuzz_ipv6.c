#include "fuzz.h"
#include "wire/ipv6.h"

static void walk_extensions(const struct mh_ipv6 *ipv6)
{
    struct mh_reader extensions = mh_reader_of(ipv6->extensions);
    struct mh_ipv6_extension extension;
    struct mh_ipv6_option option;
    uint8_t type = ipv6->next_header;
    uint16_t alert;
    int r;

    while ((r = mh_ipv6_next_extension(&extensions, &type, &extension)) > 0) {
        struct mh_reader options = mh_reader_of(extension.value);
        fuzz_touch(extension.value, ipv6->extensions);
        while (mh_ipv6_next_option(&options, &option) > 0)
            fuzz_touch(option.value, extension.value);
    }
    assert(r == 0 && type == ipv6->protocol);
    mh_ipv6_router_alert(ipv6, &alert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[FUZZ_ROOM];
    struct mh_span input = {data, size};
    struct mh_reader reader = mh_reader_of(input);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_ipv6 ipv6;

    int r = mh_ipv6_parse(&reader, &ipv6);
    fuzz_check_reader(&reader, r);
    if (r < 0)
        return 0;
    fuzz_touch(ipv6.payload, input);
    walk_extensions(&ipv6);
    mh_ipv6_format(&writer, &ipv6);
    fuzz_check_same(&writer, (struct mh_span){data, reader.offset});
    return 0;
}
