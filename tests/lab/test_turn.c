#include "lab/turn.h"
#include "own_process.h"
#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *thing(void)
{
    static char name[32];

    snprintf(name, sizeof(name), "test/%d", (int)getpid());
    return name;
}

static void one_at_a_time(void **state)
{
    struct mh_error err;
    int descriptors = open_descriptors();
    (void)state;

    int mine = mh_turn_take(thing(), false, -1, &err);
    assert_true(mine >= 0);
    assert_int_equal(mh_turn_take(thing(), false, -1, &err), -EBUSY);
    int other = mh_turn_take("test/of another thing", false, -1, &err);
    assert_true(other >= 0);
    close(other);
    close(mine);
    mine = mh_turn_take(thing(), false, -1, &err);
    assert_true(mine >= 0);
    close(mine);
    assert_int_equal(open_descriptors(), descriptors);
}

struct waiting {
    int interrupting_fd;
    int result;
};

static void *wait_for_turn(void *context)
{
    struct waiting *waiting = context;

    waiting->result = mh_turn_take(thing(), true, waiting->interrupting_fd, NULL);
    return NULL;
}

/* Several, of whom each waits for one after the other. */
static void they_wait_for_each_other(void **state)
{
    enum { COUNT = 5 };
    struct waiting waiting[COUNT];
    pthread_t threads[COUNT];
    int never[2];
    (void)state;

    assert_int_equal(pipe(never), 0);
    int mine = mh_turn_take(thing(), false, -1, NULL);
    assert_true(mine >= 0);
    for (int i = 0; i < COUNT; i++) {
        waiting[i] = (struct waiting){.interrupting_fd = never[0], .result = -1};
        assert_int_equal(pthread_create(&threads[i], NULL, wait_for_turn, &waiting[i]), 0);
    }
    close(mine);
    for (int done = 0; done < COUNT;) {
        for (int i = 0; i < COUNT; i++) {
            if (!threads[i] || pthread_tryjoin_np(threads[i], NULL) != 0)
                continue;
            assert_true(waiting[i].result >= 0);
            assert_int_equal(mh_turn_take(thing(), false, -1, NULL), -EBUSY);
            close(waiting[i].result);
            threads[i] = 0;
            done++;
        }
    }
    close(never[0]);
    close(never[1]);
}

static void waiting_can_be_interrupted(void **state)
{
    struct waiting waiting;
    pthread_t thread;
    int interrupting[2];
    (void)state;

    assert_int_equal(pipe(interrupting), 0);
    int mine = mh_turn_take(thing(), false, -1, NULL);
    waiting = (struct waiting){.interrupting_fd = interrupting[0]};
    assert_int_equal(pthread_create(&thread, NULL, wait_for_turn, &waiting), 0);
    assert_int_equal(write(interrupting[1], "x", 1), 1);
    pthread_join(thread, NULL);
    assert_int_equal(waiting.result, -ECANCELED);
    close(mine);
    close(interrupting[0]);
    close(interrupting[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(they_wait_for_each_other),
        cmocka_unit_test(waiting_can_be_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
