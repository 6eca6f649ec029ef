#include "packet.h"
#include "wire/ethernet.h"

#define UNTAGGED "01005e010203 02000000000a 0800 aabb"
#define TAGGED "01005e010203 02000000000a 8100 b00a 0800 aabb"

static int parse(struct mh_reader *reader)
{
    struct mh_ethernet ethernet;
    return mh_ethernet_parse(reader, &ethernet);
}

static struct mh_ethernet parsed(const struct packet *packet)
{
    struct mh_reader reader = reader_of(packet);
    struct mh_ethernet ethernet;

    assert_int_equal(mh_ethernet_parse(&reader, &ethernet), 0);
    return ethernet;
}

static void assert_formats(const struct mh_ethernet *ethernet, const char *hex)
{
    uint8_t memory[64];
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));

    assert_int_equal(mh_ethernet_format(&writer, ethernet), 0);
    assert_written(&writer, hex);
}

static void untagged_there_and_back(void **state)
{
    struct packet packet = packet_of(UNTAGGED);
    struct mh_ethernet ethernet = parsed(&packet);
    (void)state;

    assert_memory_equal(ethernet.destination, "\x01\x00\x5e\x01\x02\x03", 6);
    assert_memory_equal(ethernet.source, "\x02\0\0\0\0\x0a", 6);
    assert_int_equal(ethernet.tag_type, 0);
    assert_int_equal(ethernet.ethertype, MH_ETHERTYPE_IPV4);
    assert_bytes(ethernet.payload, "aabb");
    assert_formats(&ethernet, UNTAGGED);
}

static void tagged_there_and_back(void **state)
{
    struct packet packet = packet_of(TAGGED);
    struct mh_ethernet ethernet = parsed(&packet);
    (void)state;

    assert_int_equal(ethernet.tag_type, MH_ETHERTYPE_VLAN);
    assert_int_equal(ethernet.vlan_priority, 5);
    assert_int_equal(ethernet.drop_eligible, 1);
    assert_int_equal(ethernet.vlan_id, 10);
    assert_int_equal(ethernet.ethertype, MH_ETHERTYPE_IPV4);
    assert_bytes(ethernet.payload, "aabb");
    assert_formats(&ethernet, TAGGED);
}

static void a_second_tag_begins_the_payload(void **state)
{
    struct packet packet = packet_of("01005e010203 02000000000a 88a8 0064 8100 000a 0800 aabb");
    struct mh_ethernet ethernet = parsed(&packet);
    (void)state;

    assert_int_equal(ethernet.tag_type, MH_ETHERTYPE_SERVICE_VLAN);
    assert_int_equal(ethernet.vlan_id, 100);
    assert_int_equal(ethernet.ethertype, MH_ETHERTYPE_VLAN);
    assert_bytes(ethernet.payload, "000a 0800 aabb");
}

static void no_cut_header_parses(void **state)
{
    struct packet untagged = packet_of("01005e010203 02000000000a 0800");
    struct packet tagged = packet_of("01005e010203 02000000000a 8100 b00a 0800");
    (void)state;

    assert_no_prefix_parses(&untagged, parse, 0);
    assert_no_prefix_parses(&tagged, parse, 0);
    assert_int_equal(parsed(&tagged).payload.length, 0);
}

static void values_that_do_not_fit_are_invalid(void **state)
{
    const struct mh_ethernet wrong[] = {
        {.tag_type = 0x0800},
        {.tag_type = MH_ETHERTYPE_VLAN, .vlan_priority = 8},
        {.tag_type = MH_ETHERTYPE_VLAN, .drop_eligible = 2},
        {.tag_type = MH_ETHERTYPE_VLAN, .vlan_id = 4096},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        uint8_t memory[64];
        struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
        assert_int_equal(mh_ethernet_format(&writer, &wrong[i]), -EINVAL);
    }
}

static void no_room_is_told(void **state)
{
    struct packet packet = packet_of(TAGGED);
    struct mh_ethernet ethernet = parsed(&packet);
    (void)state;

    for (size_t room = 0; room < packet.length; room++) {
        uint8_t memory[64];
        struct mh_writer writer = mh_writer_of(memory, room);
        assert_int_equal(mh_ethernet_format(&writer, &ethernet), -ENOBUFS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(untagged_there_and_back),
        cmocka_unit_test(tagged_there_and_back),
        cmocka_unit_test(a_second_tag_begins_the_payload),
        cmocka_unit_test(no_cut_header_parses),
        cmocka_unit_test(values_that_do_not_fit_are_invalid),
        cmocka_unit_test(no_room_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
