/* The group records of an IGMPv3 or MLDv2 report: the same layout around addresses of four or
 * sixteen bytes (RFC 3376, section 4.2.4; RFC 3810, section 5.2.4). And the lists of sources,
 * which queries have too. */
#pragma once

#include "wire/bytes.h"

enum mh_group_record_type {
    MH_RECORD_IS_INCLUDE = 1, /* MODE_IS_INCLUDE: answers a query */
    MH_RECORD_IS_EXCLUDE = 2, /* MODE_IS_EXCLUDE */
    MH_RECORD_TO_INCLUDE = 3, /* CHANGE_TO_INCLUDE_MODE; without sources: a leave */
    MH_RECORD_TO_EXCLUDE = 4, /* CHANGE_TO_EXCLUDE_MODE; without sources: an any-source join */
    MH_RECORD_ALLOW = 5,      /* ALLOW_NEW_SOURCES */
    MH_RECORD_BLOCK = 6,      /* BLOCK_OLD_SOURCES */
};

struct mh_group_record {
    uint8_t type; /* enum mh_group_record_type; a receiver ignores others */
    struct mh_addr group;
    struct mh_span sources; /* see mh_source_at */
    struct mh_span
        auxiliary; /* padded with zeros to words of four bytes, at most 255 of them */

    /* Parsing fills them; formatting writes them, right or wrong, only if forced. */
    uint16_t source_count;
    uint8_t auxiliary_words;
    bool force_source_count;
    bool force_auxiliary_words;
};

/* Over mh_reader_of(records) of a report; `family` as in the report. 1: one more; 0: none left;
 * -EBADMSG: cut off at records->offset. */
int mh_group_record_next(
    struct mh_reader *records, sa_family_t family, struct mh_group_record *ret_record);
/* The bytes of the next `count` records; the reader fails when one of them is cut off. */
struct mh_span mh_group_records_read(
    struct mh_reader *reader, sa_family_t family, size_t count);
/* Appends one record. Returns writer->error. */
int mh_group_record_format(
    struct mh_writer *writer, sa_family_t family, const struct mh_group_record *record);

/* The addresses lie one behind the other; mh_write_addr appends one. */
size_t mh_source_count(struct mh_span sources, sa_family_t family);
struct mh_addr mh_source_at(struct mh_span sources, sa_family_t family, size_t index);
/* What a source count is formatted as: the count forced or the right one. */
void mh_source_count_write(struct mh_writer *writer, struct mh_span sources, sa_family_t family,
    const uint16_t *forced);
