#include "fuzz.h"
#include "wire/mld.h"

static void walk_records(struct mh_span records, uint16_t count)
{
    struct mh_reader reader = mh_reader_of(records);
    struct mh_group_record record;
    int r;

    while ((r = mh_group_record_next(&reader, AF_INET6, &record)) > 0) {
        fuzz_touch(record.sources, records);
        fuzz_touch(record.auxiliary, records);
        assert(mh_source_count(record.sources, AF_INET6) == record.source_count);
        count--;
    }
    assert(r == 0 && count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[FUZZ_ROOM];
    const struct mh_pseudo_header pseudo = {
        .source = {.family = AF_INET6}, .destination = {.family = AF_INET6}, .protocol = 58};
    struct mh_span input = {data, size};
    struct mh_reader reader = mh_reader_of(input);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_mld mld;

    int r = mh_mld_parse(&reader, &pseudo, &mld);
    fuzz_check_reader(&reader, r);
    if (r < 0 || size > FUZZ_ROOM)
        return 0;
    fuzz_touch(mld.sources, input);
    walk_records(mld.records, mld.record_count);
    mh_mld_max_response_ms(&mld);
    mh_mld_format(&writer, &pseudo, &mld);
    fuzz_check_same(&writer, input);
    return 0;
}
