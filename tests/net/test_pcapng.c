#include "net/pcapng.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/mh-pcapng-XXXXXX";
static uint8_t file[4096];
static size_t file_length;

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
static const uint8_t bytes[5] = {1, 2, 3, 4, 5};

/* tests/lua/capture_spec.lua has tshark and capinfos read a file; here is what each byte is. */
static int write_file(void **state)
{
    struct mh_pcapng *out;
    struct mh_error err;
    struct mh_pcapng_interface interface = {"a:eth0", "eth0 of host 'a'", "udp", mac};
    struct mh_captured_frame frame = {.time_ns = 0x1122334455667788,
        .packet_type = PACKET_MULTICAST,
        .length = 60,
        .captured = sizeof(bytes),
        .bytes = bytes};
    struct mh_pcapng_statistics statistics = {.time_ns = 1, .kept = 2, .kernel_drops = 3};
    (void)state;

    close(mkstemp(path));
    if (mh_pcapng_create(path, "a test", &out, &err) < 0)
        return -1;
    mh_pcapng_add_interface(out, &interface);
    mh_pcapng_add_packet(out, 0, &frame, "look here");
    frame.packet_type = PACKET_OUTGOING;
    mh_pcapng_add_packet(out, 0, &frame, NULL);
    mh_pcapng_add_statistics(out, 0, &statistics);
    if (mh_pcapng_close(out, &err) < 0)
        return -1;

    FILE *in = fopen(path, "re");
    file_length = fread(file, 1, sizeof(file), in);
    fclose(in);
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static uint32_t u32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof(value));
    return value;
}

/* The n-th block, from 0. Each has its length at both ends, a multiple of four. */
static const uint8_t *block(int n, uint32_t type)
{
    const uint8_t *at = file;

    for (int i = 0;; i++) {
        assert_true(at + 12 <= file + file_length);
        uint32_t length = u32(at + 4);
        assert_int_equal(length % 4, 0);
        assert_true(at + length <= file + file_length);
        assert_int_equal(u32(at + length - 4), length);
        if (i == n) {
            assert_int_equal(u32(at), type);
            return at;
        }
        at += length;
    }
}

/* The value of an option among those that begin at `at`. */
static const uint8_t *option(const uint8_t *at, uint16_t code, uint16_t length)
{
    uint16_t head[2];

    for (;; at += 4 + (head[1] + 3U) / 4 * 4) {
        memcpy(head, at, sizeof(head));
        if (head[0] == code) {
            assert_int_equal(head[1], length);
            return at + 4;
        }
        assert_int_not_equal(head[0], 0); /* the end */
    }
}

static void begins_with_one_section(void **state)
{
    const uint8_t *section = block(0, 0x0a0d0d0a);
    (void)state;

    assert_int_equal(u32(section + 8), 0x1a2b3c4d);
    assert_memory_equal(option(section + 24, 4, 6), "a test", 6);
}

static void describes_the_interface(void **state)
{
    const uint8_t *interface = block(1, 1);
    (void)state;

    assert_int_equal(u32(interface + 8), 1); /* Ethernet */
    assert_memory_equal(option(interface + 16, 2, 6), "a:eth0", 6);
    assert_memory_equal(option(interface + 16, 3, 16), "eth0 of host 'a'", 16);
    assert_memory_equal(option(interface + 16, 6, 6), mac, 6);
    assert_int_equal(*option(interface + 16, 9, 1), 9);
    assert_memory_equal(option(interface + 16, 11, 4), "\0udp", 4);
}

static void keeps_packets_with_time_direction_and_comment(void **state)
{
    const uint8_t *packet = block(2, 6);
    (void)state;

    assert_int_equal(u32(packet + 8), 0);
    assert_int_equal(u32(packet + 12), 0x11223344);
    assert_int_equal(u32(packet + 16), 0x55667788);
    assert_int_equal(u32(packet + 20), sizeof(bytes));
    assert_int_equal(u32(packet + 24), 60);
    assert_memory_equal(packet + 28, "\1\2\3\4\5\0\0\0", 8);
    assert_memory_equal(option(packet + 36, 1, 9), "look here", 9);
    assert_int_equal(u32(option(packet + 36, 2, 4)), 1 | 2 << 2); /* inbound, multicast */
    packet = block(3, 6);
    assert_int_equal(u32(option(packet + 36, 2, 4)), 2); /* outbound */
}

static void ends_with_what_was_lost(void **state)
{
    const uint8_t *statistics = block(4, 5);
    (void)state;

    assert_int_equal(u32(option(statistics + 20, 7, 8)), 3);
    assert_int_equal(u32(option(statistics + 20, 8, 8)), 2);
    assert_ptr_equal(statistics + u32(statistics + 4), file + file_length);
}

static void says_why_a_file_cannot_be_made(void **state)
{
    struct mh_pcapng *out;
    struct mh_error err;
    (void)state;

    assert_int_equal(mh_pcapng_create("/nowhere/x.pcapng", "a test", &out, &err), -ENOENT);
    assert_non_null(strstr(err.message, "to /nowhere/x.pcapng: No such file or directory"));
    assert_int_equal(mh_pcapng_create("/", "a test", &out, NULL), -EISDIR);
}

static void says_that_it_could_not_be_written_to_the_end(void **state)
{
    struct mh_pcapng *out;
    struct mh_error err;
    (void)state;

    assert_int_equal(mh_pcapng_create("/dev/full", "a test", &out, &err), 0);
    assert_int_equal(mh_pcapng_close(out, &err), -ENOSPC);
    assert_non_null(strstr(err.message, "/dev/full: No space left"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_with_one_section),
        cmocka_unit_test(describes_the_interface),
        cmocka_unit_test(keeps_packets_with_time_direction_and_comment),
        cmocka_unit_test(ends_with_what_was_lost),
        cmocka_unit_test(says_why_a_file_cannot_be_made),
        cmocka_unit_test(says_that_it_could_not_be_written_to_the_end),
    };

    return cmocka_run_group_tests_name("net/pcapng", tests, write_file, remove_file);
}
