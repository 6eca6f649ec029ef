#include "fixture.h"
#include "lab/netlink.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

static struct mh_netlink *connected(void)
{
    struct mh_netlink *netlink = mh_netlink_new();
    struct mh_error err = {0};

    assert_non_null(netlink);
    check(mh_netlink_connect(netlink, &err), &err);
    return netlink;
}

static void add_refused(struct mh_netlink *netlink, const char *name)
{
    struct mh_attempt attempt = {"give", "%s an address", {name}};
    struct ifaddrmsg header = {.ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 99};
    struct nlmsghdr *message =
        mh_netlink_add(netlink, RTM_NEWADDR, NLM_F_CREATE, &header, sizeof(header), &attempt);

    mnl_attr_put_u32(message, IFA_LOCAL, 1);
}

static void ask_for_lo(struct mh_netlink *netlink)
{
    struct mh_attempt attempt = {"ask", "for %s", {"lo"}};
    struct ifinfomsg link = {.ifi_index = 1};

    mh_netlink_add(netlink, RTM_GETLINK, 0, &link, sizeof(link), &attempt);
}

static int count_answer(const struct nlmsghdr *message, void *context)
{
    assert_int_equal(message->nlmsg_type, RTM_NEWLINK);
    ++*(int *)context;
    return MNL_CB_OK;
}

static void test_the_first_refusal_is_told_and_forgotten(void **state)
{
    struct mh_netlink *netlink = connected();
    struct mh_error err = {0};
    int answers = 0;

    (void)state;
    ask_for_lo(netlink);
    add_refused(netlink, "first");
    add_refused(netlink, "second");
    ask_for_lo(netlink);
    assert_int_equal(mh_netlink_ask(netlink, count_answer, &answers, &err), -ENODEV);
    assert_non_null(strstr(err.message, "give first an address"));
    assert_string_equal(err.operation, "give");
    assert_int_equal(answers, 2);
    ask_for_lo(netlink);
    assert_int_equal(mh_netlink_send(netlink, &err), 0);
    assert_int_equal(mh_netlink_send(netlink, NULL), 0);
    mh_netlink_free(netlink);
}

/* More than a batch, and more refusals than the socket's buffer holds. */
static void test_a_flood_of_refusals(void **state)
{
    struct mh_netlink *netlink = connected();
    struct mh_error err = {0};

    (void)state;
    add_refused(netlink, "first");
    for (int i = 0; i < 5000; i++)
        add_refused(netlink, "another");
    assert_int_equal(mh_netlink_send(netlink, &err), -ENODEV);
    assert_non_null(strstr(err.message, "give first an address"));
    mh_netlink_free(netlink);
}

static void test_a_refusal_has_the_kernels_words(void **state)
{
    struct mh_netlink *netlink = connected();
    struct mh_attempt attempt = {"create", "%s", {"it"}};
    struct ifinfomsg link = {0};
    struct mh_error err = {0};
    struct nlmsghdr *message =
        mh_netlink_add(netlink, RTM_NEWLINK, NLM_F_CREATE, &link, sizeof(link), &attempt);
    struct nlattr *info = mnl_attr_nest_start(message, IFLA_LINKINFO);

    (void)state;
    mnl_attr_put_strz(message, IFLA_INFO_KIND, "nonesuch");
    mnl_attr_nest_end(message, info);
    assert_int_equal(mh_netlink_send(netlink, &err), -EOPNOTSUPP);
    assert_non_null(strstr(err.message, "create it: Unknown device type"));
    mh_netlink_free(netlink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_refusal_is_told_and_forgotten),
        cmocka_unit_test(test_a_flood_of_refusals),
        cmocka_unit_test(test_a_refusal_has_the_kernels_words),
    };

    return enter_sandbox() ? cmocka_run_group_tests(tests, NULL, NULL) : TEST_SKIPPED;
}
