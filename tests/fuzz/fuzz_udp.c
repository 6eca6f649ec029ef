#include "fuzz.h"
#include "wire/udp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[FUZZ_ROOM];
    const struct mh_pseudo_header pseudo = {
        .source = {.family = AF_INET6}, .destination = {.family = AF_INET6}, .protocol = 17};
    struct mh_span input = {data, size};
    struct mh_reader reader = mh_reader_of(input);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_udp udp;

    int r = mh_udp_parse(&reader, &pseudo, &udp);
    fuzz_check_reader(&reader, r);
    if (r < 0)
        return 0;
    fuzz_touch(udp.payload, input);
    mh_udp_format(&writer, &pseudo, &udp);
    fuzz_check_same(&writer, (struct mh_span){data, udp.length});
    return 0;
}
