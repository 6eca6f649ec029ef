#include "fuzz.h"
#include "wire/ipv4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[FUZZ_ROOM];
    struct mh_span input = {data, size};
    struct mh_reader reader = mh_reader_of(input);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_ipv4_option option;
    struct mh_ipv4 ipv4;

    int r = mh_ipv4_parse(&reader, &ipv4);
    fuzz_check_reader(&reader, r);
    if (r < 0)
        return 0;
    fuzz_touch(ipv4.payload, input);
    struct mh_reader options = mh_reader_of(ipv4.options);
    while (mh_ipv4_next_option(&options, &option) > 0)
        fuzz_touch(option.value, ipv4.options);
    mh_ipv4_has_router_alert(&ipv4);
    mh_ipv4_format(&writer, &ipv4);
    fuzz_check_same(&writer, (struct mh_span){data, ipv4.total_length});
    return 0;
}
