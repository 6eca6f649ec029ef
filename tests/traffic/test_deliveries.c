/* Which messages of a log are a send's own: the identity, on logs made by hand. */
#include "test.h"
#include "traffic/deliveries.h"

#include <string.h>

static const uint16_t PORT = 5000;
static const uint16_t SENDER_PORT = 40000;

struct scene {
    struct mh_match match;
    struct mh_sent_log sends;
    struct mh_message_log messages;
    struct mh_addr source;
    struct mh_addr group;
    struct mh_addr sources[2];
    struct mh_delivery_sender sender;
};

static struct scene scene;

static struct mh_addr address(const char *text)
{
    struct mh_addr addr;
    assert_int_equal(mh_addr_parse(text, &addr), 0);
    return addr;
}

static int begin(void **state)
{
    (void)state;
    memset(&scene, 0, sizeof(scene));
    scene.source = address("10.0.0.1");
    scene.group = address("239.1.2.3");
    scene.sources[0] = address("fd00::1");
    scene.sources[1] = scene.source;
    scene.sender = (struct mh_delivery_sender){&scene.sends, scene.sources, 2, SENDER_PORT};
    return mh_match_reserve(&scene.match, 16);
}

static int done(void **state)
{
    (void)state;
    mh_match_done(&scene.match);
    mh_sent_log_done(&scene.sends);
    mh_message_log_done(&scene.messages);
    return 0;
}

static void send_to(const struct mh_addr *group, const char *text, uint64_t time_ns)
{
    struct mh_logged_send draft = {
        .sent = {.to = *group, .port = PORT, .time_ns = time_ns},
        .order = scene.messages.count,
    };
    assert_int_equal(mh_sent_log_begin(&scene.sends, &draft, text, strlen(text)), 0);
    mh_sent_log_end(&scene.sends, (int)strlen(text));
}

static void sent(const char *text, uint64_t time_ns)
{
    send_to(&scene.group, text, time_ns);
}

static struct mh_datagram datagram(const char *text, uint64_t time_ns)
{
    return (struct mh_datagram){
        .from = scene.source,
        .from_port = SENDER_PORT,
        .to = scene.group,
        .time_ns = time_ns,
        .payload = (const uint8_t *)text,
        .length = strlen(text),
    };
}

static void came(struct mh_datagram it)
{
    assert_int_equal(mh_message_log_reserve(&scene.messages, 1), 0);
    mh_message_log_add(&scene.messages, &it, scene.messages.count);
}

static size_t deliveries_at(uint16_t port, size_t number, size_t since, size_t *ret_first)
{
    struct mh_delivery_receiver receiver = {&scene.messages, since, port};
    return mh_count_deliveries(&scene.match, &scene.sender, number, &receiver, ret_first);
}

static size_t deliveries(size_t number, size_t since, size_t *ret_first)
{
    return deliveries_at(PORT, number, since, ret_first);
}

static void counts_its_own_and_names_the_first(void **state)
{
    (void)state;
    sent("hello", 100);
    came(datagram("other", 110));
    came(datagram("hello", 120));
    came(datagram("hello", 130));
    size_t first = 99;
    assert_int_equal(deliveries(0, 0, &first), 2);
    assert_int_equal(first, 1);
    assert_int_equal(deliveries(0, 2, &first), 1);
    assert_int_equal(first, 2);
    assert_int_equal(deliveries(0, 3, &first), 0);
    assert_int_equal(deliveries(0, 0, NULL), 2);
}

static void nothing_leaves_the_first_alone(void **state)
{
    (void)state;
    sent("hello", 100);
    size_t first = 99;
    assert_int_equal(deliveries(0, 0, &first), 0);
    assert_int_equal(first, 99);
}

static void every_part_of_the_identity_counts(void **state)
{
    (void)state;
    sent("hello", 100);
    struct mh_datagram other = datagram("hello", 110);
    other.from = address("10.0.0.2");
    came(other);
    other = datagram("hello", 110);
    other.from_port++;
    came(other);
    other = datagram("hello", 110);
    other.to = address("239.1.2.4");
    came(other);
    came(datagram("hell", 110));
    came(datagram("hellO", 110));
    came(datagram("hello!", 110));
    assert_int_equal(deliveries(0, 0, NULL), 0);
    came(datagram("hello", 110));
    assert_int_equal(deliveries(0, 0, NULL), 1);
}

static void the_receivers_port_counts(void **state)
{
    (void)state;
    sent("hello", 100);
    came(datagram("hello", 110));
    assert_int_equal(deliveries_at(PORT + 1, 0, 0, NULL), 0);
}

static void equal_hashes_are_not_enough(void **state)
{
    (void)state;
    sent("hello", 100);
    came(datagram("jello", 110));
    scene.messages.entries[0].message.hash = scene.sends.entries[0].sent.hash;
    assert_int_equal(deliveries(0, 0, NULL), 0);
}

static void without_sources_any_source_does(void **state)
{
    (void)state;
    scene.sender.source_count = 0;
    sent("hello", 100);
    struct mh_datagram other = datagram("hello", 110);
    other.from = address("10.9.9.9");
    came(other);
    assert_int_equal(deliveries(0, 0, NULL), 1);
}

static void an_empty_payload_is_one_too(void **state)
{
    (void)state;
    sent("", 100);
    came(datagram("", 110));
    assert_int_equal(deliveries(0, 0, NULL), 1);
}

static void equal_sends_share_and_others_do_not(void **state)
{
    (void)state;
    struct mh_addr elsewhere = address("239.9.9.9");
    sent("hello", 100);
    send_to(&elsewhere, "hello", 101);
    sent("other", 102);
    sent("hello", 103);
    came(datagram("hello", 110));
    came(datagram("hello", 111));
    assert_int_equal(deliveries(0, 0, NULL), 1);
    assert_int_equal(deliveries(1, 0, NULL), 0);
    assert_int_equal(deliveries(2, 0, NULL), 0);
    assert_int_equal(deliveries(3, 0, NULL), 1);
}

static void the_lost_one_of_two_equal_sends_is_known(void **state)
{
    (void)state;
    sent("hello", 100);
    sent("hello", 200);
    came(datagram("hello", 210));
    assert_int_equal(deliveries(0, 0, NULL), 0);
    assert_int_equal(deliveries(1, 0, NULL), 1);
}

static void what_was_logged_before_the_send_is_not_its_own(void **state)
{
    (void)state;
    came(datagram("hello", 90));
    sent("hello", 100);
    assert_int_equal(deliveries(0, 0, NULL), 0);
    came(datagram("hello", 95)); /* the clock was set back */
    assert_int_equal(deliveries(0, 0, NULL), 1);
}

static size_t replies(size_t number, const char *from, size_t *ret_first)
{
    struct mh_addr addresses[] = {address("10.77.0.1"), address(from)};
    struct mh_delivery_replier replier = {&scene.messages, addresses, 2};
    return mh_count_replies(&scene.match, &scene.sends, number, &replier, ret_first);
}

static void reply(const char *from, const char *text, uint64_t time_ns)
{
    struct mh_datagram it = datagram(text, time_ns);
    it.from = address(from);
    it.from_port = PORT;
    came(it);
}

static void replies_are_told_apart_by_address(void **state)
{
    (void)state;
    sent("who", 100);
    reply("10.0.0.2", "me", 110);
    reply("10.0.0.3", "me", 111);
    reply("10.0.0.3", "me again", 112);
    size_t first = 99;
    assert_int_equal(replies(0, "10.0.0.2", &first), 1);
    assert_int_equal(first, 0);
    assert_int_equal(replies(0, "10.0.0.3", &first), 2);
    assert_int_equal(first, 1);
    assert_int_equal(replies(0, "10.0.0.4", &first), 0);
}

static void each_request_gets_its_own_reply(void **state)
{
    (void)state;
    sent("one", 100);
    reply("10.0.0.2", "me", 110);
    sent("two", 200);
    assert_int_equal(replies(0, "10.0.0.2", NULL), 1);
    assert_int_equal(replies(1, "10.0.0.2", NULL), 0);
    reply("10.0.0.2", "me", 210);
    assert_int_equal(replies(0, "10.0.0.2", NULL), 1);
    assert_int_equal(replies(1, "10.0.0.2", NULL), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, done)
    const struct CMUnitTest tests[] = {
        TEST(counts_its_own_and_names_the_first),
        TEST(nothing_leaves_the_first_alone),
        TEST(every_part_of_the_identity_counts),
        TEST(the_receivers_port_counts),
        TEST(equal_hashes_are_not_enough),
        TEST(without_sources_any_source_does),
        TEST(an_empty_payload_is_one_too),
        TEST(equal_sends_share_and_others_do_not),
        TEST(the_lost_one_of_two_equal_sends_is_known),
        TEST(what_was_logged_before_the_send_is_not_its_own),
        TEST(replies_are_told_apart_by_address),
        TEST(each_request_gets_its_own_reply),
    };
    return cmocka_run_group_tests_name("traffic/deliveries", tests, NULL, NULL);
}
