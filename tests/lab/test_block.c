/* A firewall drops what it describes, counts it, and is gone with its descriptor. */
#include "fixture.h"
#include "lab/block.h"

/* A member and a sender, on hosts 1 and 0 of one switch. */
struct pair {
    struct mh_lab *lab;
    struct mh_addr group, source;
    int member, sender;
};

static struct pair open_pair(struct mh_lab *lab, sa_family_t family)
{
    const char *group = family == AF_INET ? "239.1.2.3" : "ff15::123";
    struct pair pair = {lab, address(group), host_address(family, 0), join(lab, 1, group), -1};

    await_group(lab, 1, group, NULL, true);
    pair.sender = open_socket(lab, 0, family);
    return pair;
}

static void close_pair(const struct pair *pair)
{
    close(pair->member);
    close(pair->sender);
}

static struct mh_block *block(
    const struct pair *pair, int host, const struct mh_block_plan *plan)
{
    struct mh_block *block = NULL;
    struct mh_error err = {0};

    check(mh_block_open(mh_lab_host_netns(pair->lab, host), plan, &block, &err), &err);
    return block;
}

static uint64_t dropped(struct mh_block *block)
{
    struct mh_block_count count = {99, 99};
    struct mh_error err = {0};

    check(mh_block_read(block, &count, &err), &err);
    assert_int_equal(count.bytes > 0, count.packets > 0);
    return count.packets;
}

/* To the member itself, which no rule here drops: what was sent before it has been dropped. */
static void send_marker(const struct pair *pair)
{
    struct mh_addr there = host_address(pair->group.family, 1);

    assert_int_equal(send_to(pair->sender, &there, "marker"), 0);
    expect_text(pair->member, "marker");
}

static void expect_dropped(const struct pair *pair, const struct mh_block_plan *plan)
{
    struct mh_block *rule = block(pair, 1, plan);

    assert_int_equal(send_to(pair->sender, &pair->group, "unwanted"), 0);
    send_marker(pair);
    assert_int_equal(dropped(rule), 1);
    assert_null(mh_block_close(rule));
    assert_int_equal(send_to(pair->sender, &pair->group, "wanted"), 0);
    expect_text(pair->member, "wanted");
}

static void expect_passed(const struct pair *pair, const struct mh_block_plan *plan)
{
    struct mh_block *rule = block(pair, 1, plan);

    assert_int_equal(send_to(pair->sender, &pair->group, "wanted"), 0);
    expect_text(pair->member, "wanted");
    assert_int_equal(dropped(rule), 0);
    mh_block_close(rule);
}

static const sa_family_t both[] = {AF_INET, AF_INET6};

static void test_what_it_describes_is_dropped(void **state)
{
    struct mh_switch_plan lan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &lan);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pair pair = open_pair(lab, both[i]);

        expect_dropped(&pair, &(struct mh_block_plan){.group = pair.group, .in = true});
        expect_dropped(
            &pair, &(struct mh_block_plan){
                       .group = pair.group, .source = pair.source, .port = PORT, .in = true});
        close_pair(&pair);
    }
    mh_lab_free(lab);
}

static void test_anything_else_passes(void **state)
{
    struct mh_switch_plan lan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &lan);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pair pair = open_pair(lab, both[i]);
        struct mh_addr other = address(both[i] == AF_INET ? "239.1.2.4" : "ff15::124");
        struct mh_addr stranger = host_address(both[i], 7);

        expect_passed(&pair, &(struct mh_block_plan){.group = other, .in = true});
        expect_passed(&pair, &(struct mh_block_plan){.source = stranger, .in = true});
        expect_passed(&pair, &(struct mh_block_plan){.port = PORT + 1, .in = true});
        expect_passed(&pair, &(struct mh_block_plan){.group = pair.group, .out = true});
        close_pair(&pair);
    }
    mh_lab_free(lab);
}

/* The sender is told, as by any firewall of Linux. */
static void test_what_goes_out_is_refused(void **state)
{
    struct mh_switch_plan lan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &lan);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pair pair = open_pair(lab, both[i]);
        struct mh_block *rule =
            block(&pair, 0, &(struct mh_block_plan){.port = PORT, .out = true});

        assert_int_equal(send_to(pair.sender, &pair.group, "unwanted"), -EPERM);
        assert_int_equal(dropped(rule), 1);
        mh_block_close(rule);
        assert_int_equal(send_to(pair.sender, &pair.group, "wanted"), 0);
        expect_text(pair.member, "wanted");
        close_pair(&pair);
    }
    mh_lab_free(lab);
}

static void test_several_beside_each_other(void **state)
{
    struct mh_switch_plan lan = snooping_switch("lan");
    struct mh_lab *lab = build(2, &lan);
    struct pair pair = open_pair(lab, AF_INET);
    struct mh_block_plan plan = {.group = pair.group, .in = true};
    struct mh_block *first = block(&pair, 1, &plan), *second = block(&pair, 1, &plan);

    (void)state;
    mh_block_close(first);
    assert_int_equal(send_to(pair.sender, &pair.group, "unwanted"), 0);
    send_marker(&pair);
    assert_int_equal(dropped(second), 1);
    mh_block_close(second);
    close_pair(&pair);
    mh_lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_it_describes_is_dropped),
        cmocka_unit_test(test_anything_else_passes),
        cmocka_unit_test(test_what_goes_out_is_refused),
        cmocka_unit_test(test_several_beside_each_other),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
