/* Which send does the kernel's departure number belong to, after failures too? */
#include "test.h"
#include "traffic/sent_log.h"

#include <errno.h>

static struct mh_sent_log log_of_sends;

static int begin(void **state)
{
    (void)state;
    log_of_sends = (struct mh_sent_log){0};
    return 0;
}

static int done(void **state)
{
    (void)state;
    mh_sent_log_done(&log_of_sends);
    return 0;
}

static void send_at(uint64_t time_ns, int result)
{
    struct mh_logged_send draft = {.sent = {.time_ns = time_ns}};
    assert_int_equal(mh_sent_log_begin(&log_of_sends, &draft, "abc", 3), 0);
    mh_sent_log_end(&log_of_sends, result);
}

static void depart(uint32_t id, uint64_t time_ns)
{
    mh_sent_log_depart(&log_of_sends, &(struct mh_departure){.id = id, .time_ns = time_ns});
}

static uint64_t departed(size_t number)
{
    return log_of_sends.entries[number].sent.departed_ns;
}

static void each_number_is_its_send(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 3; i++)
        send_at(100 + i, 3);
    depart(0, 200);
    depart(2, 202);
    assert_int_equal(departed(0), 200);
    assert_int_equal(departed(1), 0);
    assert_int_equal(departed(2), 202);
}

static void a_failed_send_is_not_logged(void **state)
{
    (void)state;
    send_at(100, -EMSGSIZE);
    assert_int_equal(log_of_sends.count, 0);
}

static void a_failure_that_used_no_number(void **state)
{
    (void)state;
    send_at(100, -EMSGSIZE);
    send_at(101, 3);
    depart(0, 200);
    send_at(300, 3);
    depart(1, 400);
    assert_int_equal(departed(0), 200);
    assert_int_equal(departed(1), 400);
}

static void a_failure_that_used_a_number(void **state)
{
    (void)state;
    send_at(100, -EPERM);
    send_at(101, 3);
    depart(1, 200);
    send_at(300, 3);
    depart(2, 400);
    assert_int_equal(departed(0), 200);
    assert_int_equal(departed(1), 400);
}

static void failures_of_both_kinds_are_settled_by_the_next_departure(void **state)
{
    (void)state;
    send_at(90, 3);
    depart(0, 91);
    send_at(100, -EPERM);
    send_at(100, -EMSGSIZE);
    send_at(101, 3);
    send_at(102, 3);
    depart(2, 200);
    depart(3, 201);
    assert_int_equal(departed(1), 200);
    assert_int_equal(departed(2), 201);
    assert_int_equal(log_of_sends.failures, 0);
}

/* Otherwise what departs would be proof for an earlier one that never did. */
static void where_failures_take_no_number_none_is_in_doubt(void **state)
{
    (void)state;
    log_of_sends.failures_take_no_number = true;
    send_at(100, -EPERM);
    send_at(101, 3); /* stays on its host */
    send_at(102, 3);
    depart(1, 200);
    send_at(300, 3);
    depart(2, 400);
    assert_int_equal(departed(0), 0);
    assert_int_equal(departed(1), 200);
    assert_int_equal(departed(2), 400);
}

static void replies_use_numbers_too(void **state)
{
    (void)state;
    mh_sent_log_aside(&log_of_sends, 3);
    send_at(100, 3);
    depart(0, 150); /* the reply's own */
    assert_int_equal(departed(0), 0);
    depart(1, 200);
    assert_int_equal(departed(0), 200);
}

/* Each fragment of a long datagram leaves with the datagram's number. */
static void the_first_departure_counts(void **state)
{
    (void)state;
    send_at(100, 3);
    depart(0, 200);
    depart(0, 201);
    assert_int_equal(departed(0), 200);
}

static void numbers_wrap_around(void **state)
{
    (void)state;
    log_of_sends.next_id = UINT32_MAX;
    send_at(100, 3);
    send_at(101, 3);
    depart(UINT32_MAX, 200);
    depart(0, 201);
    assert_int_equal(departed(0), 200);
    assert_int_equal(departed(1), 201);
}

static void an_error_is_the_latest_sends(void **state)
{
    (void)state;
    const struct mh_departure refused = {.error = -ECONNREFUSED};
    mh_sent_log_depart(&log_of_sends, &refused); /* of nobody: ignored */
    send_at(100, 3);
    send_at(101, 3);
    mh_sent_log_depart(&log_of_sends, &refused);
    assert_int_equal(log_of_sends.entries[0].sent.error, 0);
    assert_int_equal(log_of_sends.entries[1].sent.error, -ECONNREFUSED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, done)
    const struct CMUnitTest tests[] = {
        TEST(each_number_is_its_send),
        TEST(a_failed_send_is_not_logged),
        TEST(a_failure_that_used_no_number),
        TEST(a_failure_that_used_a_number),
        TEST(failures_of_both_kinds_are_settled_by_the_next_departure),
        TEST(where_failures_take_no_number_none_is_in_doubt),
        TEST(replies_use_numbers_too),
        TEST(the_first_departure_counts),
        TEST(numbers_wrap_around),
        TEST(an_error_is_the_latest_sends),
    };
    return cmocka_run_group_tests_name("traffic/sent_log", tests, NULL, NULL);
}
