#include "test.h"
#include "traffic/flow_book.h"

static void an_account_is_found_by_its_flow(void **state)
{
    struct mh_flow_book book = {.probes = 0};
    (void)state;

    assert_null(mh_flow_book_find(&book, 0));
    struct mh_flow_account *second = mh_flow_book_open(&book, 1000, 17);
    struct mh_flow_account *first = mh_flow_book_open(&book, 0, 5);
    assert_int_equal(second->start_ns, 17);
    assert_ptr_equal(mh_flow_book_find(&book, 1000), second);
    assert_ptr_equal(mh_flow_book_find(&book, 0), first);
    assert_null(mh_flow_book_find(&book, 999));
    assert_null(mh_flow_book_find(&book, UINT32_MAX));
    mh_flow_book_done(&book);
    assert_null(mh_flow_book_find(&book, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_is_found_by_its_flow),
    };
    return cmocka_run_group_tests_name("traffic/flow_book", tests, NULL, NULL);
}
