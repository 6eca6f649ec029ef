/* A thread that hardly ever lets go of the lock, and one that wants it now and then. */
#include "test.h"
#include "traffic/fair_lock.h"

#include <stdbool.h>

static struct shared {
    struct mh_fair_lock lock;
    unsigned long one, other; /* always the same to who holds the lock */
    bool ends;
} shared;

static void step(void)
{
    assert_int_equal(shared.one, shared.other);
    shared.one++;
    shared.other++;
}

static void *hog(void *context)
{
    bool ends = false;
    (void)context;

    while (!ends) {
        mh_fair_lock_take(&shared.lock);
        step();
        ends = shared.ends;
        mh_fair_lock_leave(&shared.lock);
    }
    return NULL;
}

static void one_at_a_time_and_everybody_has_a_turn(void **state)
{
    (void)state;
    pthread_t thread;

    mh_fair_lock_init(&shared.lock);
    assert_int_equal(pthread_create(&thread, NULL, hog, NULL), 0);
    for (int i = 0; i < 5000; i++) {
        mh_fair_lock_take(&shared.lock);
        step();
        shared.ends = i == 4999;
        mh_fair_lock_leave(&shared.lock);
    }
    pthread_join(thread, NULL);
    assert_int_equal(shared.one, shared.other);
    mh_fair_lock_done(&shared.lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time_and_everybody_has_a_turn),
    };
    return cmocka_run_group_tests_name("fair_lock", tests, NULL, NULL);
}
