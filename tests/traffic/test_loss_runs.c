#include "test.h"
#include "traffic/loss_runs.h"

static void assert_runs(
    uint64_t *numbers, size_t count, uint64_t span, uint64_t lost, uint64_t longest)
{
    struct mh_loss_runs runs = mh_loss_runs_of(numbers, count);

    assert_int_equal(runs.span, span);
    assert_int_equal(runs.lost, lost);
    assert_int_equal(runs.longest, longest);
}

static void what_never_came_has_none(void **state)
{
    (void)state;
    uint64_t one[] = {41};

    assert_runs(NULL, 0, 0, 0, 0);
    assert_runs(one, 1, 1, 0, 0);
}

static void they_lie_between_what_came(void **state)
{
    (void)state;
    uint64_t numbers[] = {10, 11, 13, 20, 22};

    assert_runs(numbers, 5, 13, 8, 6);
}

static void order_and_copies_do_not_matter(void **state)
{
    (void)state;
    uint64_t whole[] = {7, 5, 6, 5, 8, 8, 4};
    uint64_t torn[] = {20, 10, 13, 22, 11, 10, 22};

    assert_runs(whole, 7, 5, 0, 0);
    assert_runs(torn, 7, 13, 8, 6);
}

/* Their differences do not fit into an int. */
static void large_numbers_are_compared_wholly(void **state)
{
    (void)state;
    uint64_t numbers[] = {UINT64_C(1) << 40, 3};

    assert_runs(
        numbers, 2, (UINT64_C(1) << 40) - 2, (UINT64_C(1) << 40) - 4, (UINT64_C(1) << 40) - 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_never_came_has_none),
        cmocka_unit_test(they_lie_between_what_came),
        cmocka_unit_test(order_and_copies_do_not_matter),
        cmocka_unit_test(large_numbers_are_compared_wholly),
    };
    return cmocka_run_group_tests_name("traffic/loss_runs", tests, NULL, NULL);
}
