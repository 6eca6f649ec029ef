#include "packet.h"

static void reads_most_significant_byte_first(void **state)
{
    struct packet packet = packet_of("01 0203 04050607 0a000001 99");
    struct mh_reader reader = reader_of(&packet);
    (void)state;

    assert_int_equal(mh_read_u8(&reader), 0x01);
    assert_int_equal(mh_read_u16(&reader), 0x0203);
    assert_int_equal(mh_read_u32(&reader), 0x04050607);
    assert_addr(mh_read_addr(&reader, AF_INET), "10.0.0.1");
    assert_int_equal(mh_reader_left(&reader), 1);
    assert_bytes(mh_read_rest(&reader), "99");
    assert_int_equal(mh_reader_left(&reader), 0);
    assert_int_equal(mh_reader_status(&reader), 0);
}

static void reading_stops_at_the_first_error(void **state)
{
    struct packet packet = packet_of("ff ff ff");
    struct mh_reader reader = reader_of(&packet);
    uint8_t copy[2] = {1, 1};
    (void)state;

    assert_int_equal(mh_read_u16(&reader), 0xffff);
    assert_int_equal(mh_read_u16(&reader), 0);
    assert_int_equal(reader.offset, 2);
    assert_int_equal(mh_read_u8(&reader), 0);
    assert_int_equal(mh_reader_left(&reader), 0);
    mh_read_copy(&reader, copy, 2);
    assert_memory_equal(copy, "\0\0", 2);
    assert_null(mh_read_span(&reader, 1).bytes);
    assert_int_equal(mh_read_addr(&reader, AF_INET).family, AF_UNSPEC);
    assert_int_equal(reader.offset, 2);
    assert_int_equal(mh_reader_status(&reader), -EBADMSG);
}

static void reads_nothing_from_nothing(void **state)
{
    struct mh_reader reader = mh_reader_of((struct mh_span){NULL, 0});
    (void)state;

    assert_int_equal(mh_read_rest(&reader).length, 0);
    assert_int_equal(mh_reader_status(&reader), 0);
    assert_null(mh_read(&reader, SIZE_MAX));
    assert_int_equal(mh_reader_status(&reader), -EBADMSG);
}

static void writes_most_significant_byte_first(void **state)
{
    uint8_t memory[32];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_addr group = addr_of("239.1.2.3");
    struct mh_addr none = {.family = AF_UNSPEC};
    (void)state;

    mh_write_u8(&writer, 0x01);
    mh_write_u16(&writer, 0x0203);
    mh_write_u32(&writer, 0x04050607);
    mh_write_addr(&writer, &group, AF_INET);
    mh_write_addr(&writer, &none, AF_INET);
    mh_write_span(&writer, (struct mh_span){(const uint8_t *)"ab", 2});
    mh_write_padding(&writer, 2, 4);
    mh_rewrite_u16(&writer, 1, 0xaabb);
    assert_written(&writer, "01 aabb 04050607 ef010203 00000000 6162 0000");
}

static void writing_stops_at_the_first_error(void **state)
{
    uint8_t memory[4] = {9, 9, 9, 9};
    struct mh_writer writer = mh_writer_of(memory, 3);
    (void)state;

    mh_write_u16(&writer, 0x0102);
    mh_write_u16(&writer, 0x0304);
    mh_write_u8(&writer, 5);
    mh_rewrite_u16(&writer, 0, 0x0607);
    assert_int_equal(writer.error, -ENOBUFS);
    assert_int_equal(writer.length, 2);
    assert_memory_equal(memory, "\1\2\x09\x09", 4);
}

static void an_address_of_the_other_family_is_invalid(void **state)
{
    uint8_t memory[32];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_addr group = addr_of("ff15::1");
    (void)state;

    mh_write_addr(&writer, &group, AF_INET);
    assert_int_equal(writer.error, -EINVAL);
    assert_int_equal(writer.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_most_significant_byte_first),
        cmocka_unit_test(reading_stops_at_the_first_error),
        cmocka_unit_test(reads_nothing_from_nothing),
        cmocka_unit_test(writes_most_significant_byte_first),
        cmocka_unit_test(writing_stops_at_the_first_error),
        cmocka_unit_test(an_address_of_the_other_family_is_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
