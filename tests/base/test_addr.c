#include "base/addr.h"
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static struct mh_addr parse(const char *text)
{
    struct mh_addr addr;

    if (mh_addr_parse(text, &addr) < 0)
        fail_msg("not an address: %s", text);
    return addr;
}

static void formats_what_it_parses(void **state)
{
    static const char *const texts[] = {"0.0.0.0", "10.0.0.1", "255.255.255.255",
        "::", "ff02::1", "fe80::1%3", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%2147483647"};
    char text[MH_ADDR_TEXT_MAX];
    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct mh_addr addr = parse(texts[i]);
        assert_ptr_equal(mh_addr_format(&addr, text), text);
        assert_string_equal(text, texts[i]);
    }
}

static void refuses_what_is_no_address(void **state)
{
    static const char *const texts[] = {"", "%", "localhost", "10.0.0", "10.0.0.256",
        "10.0.0.1%2", "010.0.0.1x", "fe80::1%", "fe80::1%eth0", "fe80::1%0", "fe80::1%-1",
        "fe80::1% 1", "fe80::1%2147483648", "fe80::1%99999999999999999999", "fe80:::1",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc"};
    struct mh_addr addr = {.family = 99};
    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (mh_addr_parse(texts[i], &addr) != -EINVAL)
            fail_msg("taken for an address: %s", texts[i]);
    assert_int_equal(addr.family, 99);
}

static void writes_a_star_for_no_address(void **state)
{
    struct mh_addr none = {.family = AF_UNSPEC};
    char text[MH_ADDR_TEXT_MAX];
    (void)state;

    assert_string_equal(mh_addr_format(&none, text), "*");
}

static void is_equal_whatever_the_scope(void **state)
{
    struct mh_addr one = parse("fe80::1%1");
    struct mh_addr two = parse("fe80::1%2");
    struct mh_addr other = parse("fe80::2%1");
    struct mh_addr v4 = parse("10.0.0.1");
    struct mh_addr other_v4 = parse("10.0.0.2");
    struct mh_addr none = {.family = AF_UNSPEC};
    (void)state;

    assert_true(mh_addr_equal(&one, &two));
    assert_int_equal(mh_addr_hash(&one), mh_addr_hash(&two));
    assert_false(mh_addr_equal(&one, &other));
    assert_int_not_equal(mh_addr_hash(&one), mh_addr_hash(&other));
    assert_true(mh_addr_equal(&v4, &v4));
    assert_false(mh_addr_equal(&v4, &other_v4));
    assert_false(mh_addr_equal(&v4, &one));
    assert_false(mh_addr_equal(&v4, &none));
    assert_true(mh_addr_equal(&none, &none));
}

static void knows_the_any_address(void **state)
{
    struct mh_addr none = {.family = AF_UNSPEC};
    (void)state;

    assert_true(mh_addr_is_any(&(struct mh_addr){.family = AF_INET}));
    assert_true(mh_addr_is_any(&(struct mh_addr){.family = AF_INET6}));
    assert_false(mh_addr_is_any(&none));
    assert_false(mh_addr_is_any(&(struct mh_addr){.family = AF_INET, .v4 = {htonl(1)}}));
}

struct kind {
    const char *text;
    bool multicast;
    bool unlearned;
};

static void knows_groups_and_those_never_learned(void **state)
{
    static const struct kind kinds[] = {
        {"223.255.255.255", false, false},
        {"224.0.0.0", true, true},
        {"224.0.0.255", true, true},
        {"224.0.1.0", true, false},
        {"239.255.255.255", true, false},
        {"240.0.0.0", false, false},
        {"fe80::1", false, false},
        {"ff01::5", true, true},
        {"ff02::1", true, true},
        {"ff02::2", true, false},
        {"ff02::1:1", true, false},
        {"ff11::1", true, false},
        {"ff05::1", true, false},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct mh_addr addr = parse(kinds[i].text);
        if (mh_addr_is_multicast(&addr) != kinds[i].multicast ||
            mh_addr_is_unlearned_group(&addr) != kinds[i].unlearned)
            fail_msg("wrong about %s", kinds[i].text);
    }
}

static void survives_the_way_through_a_sockaddr(void **state)
{
    static const char *const texts[] = {"239.1.2.3", "ff02::1%7"};
    union mh_sockaddr sockaddr;
    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct mh_addr addr = parse(texts[i]);
        socklen_t length = mh_addr_to_sockaddr(&addr, 5000, &sockaddr);
        struct mh_addr back = mh_addr_from_sockaddr(&sockaddr);

        assert_int_equal(length, i ? sizeof(sockaddr.v6) : sizeof(sockaddr.v4));
        assert_true(mh_addr_equal(&addr, &back));
        assert_int_equal(back.scope, addr.scope);
        assert_int_equal(mh_sockaddr_port(&sockaddr), 5000);
    }
}

static void has_no_sockaddr_for_no_address(void **state)
{
    union mh_sockaddr sockaddr;
    (void)state;

    assert_int_equal(
        mh_addr_to_sockaddr(&(struct mh_addr){.family = AF_UNSPEC}, 5000, &sockaddr), 0);
    assert_int_equal(mh_addr_from_sockaddr(&sockaddr).family, AF_UNSPEC);
    assert_int_equal(mh_sockaddr_port(&sockaddr), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_what_it_parses),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(writes_a_star_for_no_address),
        cmocka_unit_test(is_equal_whatever_the_scope),
        cmocka_unit_test(knows_the_any_address),
        cmocka_unit_test(knows_groups_and_those_never_learned),
        cmocka_unit_test(survives_the_way_through_a_sockaddr),
        cmocka_unit_test(has_no_sockaddr_for_no_address),
    };
    return cmocka_run_group_tests_name("base/addr", tests, NULL, NULL);
}
