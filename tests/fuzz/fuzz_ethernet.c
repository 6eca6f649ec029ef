#include "fuzz.h"
#include "wire/ethernet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[FUZZ_ROOM];
    struct mh_span input = {data, size};
    struct mh_reader reader = mh_reader_of(input);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_ethernet ethernet;

    int r = mh_ethernet_parse(&reader, &ethernet);
    fuzz_check_reader(&reader, r);
    if (r < 0 || size > FUZZ_ROOM)
        return 0;
    fuzz_touch(ethernet.payload, input);
    mh_ethernet_format(&writer, &ethernet);
    fuzz_check_same(&writer, input);
    return 0;
}
