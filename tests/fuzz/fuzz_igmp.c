#include "fuzz.h"
#include "wire/igmp.h"

static void walk_records(struct mh_span records, uint16_t count)
{
    struct mh_reader reader = mh_reader_of(records);
    struct mh_group_record record;
    int r;

    while ((r = mh_group_record_next(&reader, AF_INET, &record)) > 0) {
        fuzz_touch(record.sources, records);
        fuzz_touch(record.auxiliary, records);
        assert(mh_source_count(record.sources, AF_INET) == record.source_count);
        count--;
    }
    assert(r == 0 && count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[FUZZ_ROOM];
    struct mh_span input = {data, size};
    struct mh_reader reader = mh_reader_of(input);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_igmp igmp;

    int r = mh_igmp_parse(&reader, &igmp);
    fuzz_check_reader(&reader, r);
    if (r < 0 || size > FUZZ_ROOM)
        return 0;
    fuzz_touch(igmp.sources, input);
    walk_records(igmp.records, igmp.record_count);
    mh_igmp_max_response_ms(&igmp);
    mh_igmp_format(&writer, &igmp);
    fuzz_check_same(&writer, input);
    return 0;
}
