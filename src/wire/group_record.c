#include "wire/group_record.h"

enum { WORD = 4 };

int mh_group_record_next(
    struct mh_reader *records, sa_family_t family, struct mh_group_record *ret_record)
{
    if (!records->failed && mh_reader_left(records) == 0)
        return 0;
    struct mh_group_record record = {.type = mh_read_u8(records)};
    record.auxiliary_words = mh_read_u8(records);
    record.source_count = mh_read_u16(records);
    record.group = mh_read_addr(records, family);
    record.sources = mh_read_span(records, record.source_count * mh_address_size(family));
    record.auxiliary = mh_read_span(records, (size_t)record.auxiliary_words * WORD);
    if (records->failed)
        return -EBADMSG;
    *ret_record = record;
    return 1;
}

struct mh_span mh_group_records_read(struct mh_reader *reader, sa_family_t family, size_t count)
{
    struct mh_reader start = *reader;
    struct mh_group_record record;

    for (size_t i = 0; i < count; i++) {
        if (mh_group_record_next(reader, family, &record) <= 0) {
            mh_reader_fail(reader);
            break;
        }
    }
    return mh_read_span(&start, reader->offset - start.offset);
}

static void write_auxiliary_words(
    struct mh_writer *writer, const struct mh_group_record *record)
{
    size_t words = (record->auxiliary.length + WORD - 1) / WORD;

    mh_writer_require(writer, words <= UINT8_MAX || record->force_auxiliary_words);
    mh_write_u8(
        writer, record->force_auxiliary_words ? record->auxiliary_words : (uint8_t)words);
}

int mh_group_record_format(
    struct mh_writer *writer, sa_family_t family, const struct mh_group_record *record)
{
    mh_write_u8(writer, record->type);
    write_auxiliary_words(writer, record);
    mh_source_count_write(writer, record->sources, family,
        record->force_source_count ? &record->source_count : NULL);
    mh_write_addr(writer, &record->group, family);
    mh_write_span(writer, record->sources);
    mh_write_span(writer, record->auxiliary);
    mh_write_padding(writer, record->auxiliary.length, WORD);
    return writer->error;
}

size_t mh_source_count(struct mh_span sources, sa_family_t family)
{
    return sources.length / mh_address_size(family);
}

struct mh_addr mh_source_at(struct mh_span sources, sa_family_t family, size_t index)
{
    struct mh_reader reader = mh_reader_of(sources);

    mh_read_span(&reader, index * mh_address_size(family));
    return mh_read_addr(&reader, family);
}

void mh_source_count_write(struct mh_writer *writer, struct mh_span sources, sa_family_t family,
    const uint16_t *forced)
{
    size_t count = mh_source_count(sources, family);

    mh_writer_require(writer, count <= UINT16_MAX || forced);
    mh_writer_require(writer, sources.length % mh_address_size(family) == 0);
    mh_write_u16(writer, forced ? *forced : (uint16_t)count);
}
