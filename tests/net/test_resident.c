/* The processes of a namespace stand still, and go on. */
#include "net/netns.h"
#include "net/resident.h"
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEADLINE_MS = 60000 };

static int netns = -1;

static int make_namespace(void **state)
{
    struct mh_error err;
    int home;

    (void)state;
    if (mh_netns_current(&home, &err) < 0 || mh_netns_create(&netns, &err) < 0)
        return -1;
    return mh_netns_return(home, &err);
}

static int close_namespace(void **state)
{
    (void)state;
    return close(netns);
}

/* A child in the namespace, and one of its own, both of which answer what they are asked. In
 * the end both are this process's to wait for (PR_SET_CHILD_SUBREAPER). */
struct family {
    pid_t child;
    int questions, answers;
};

static void answer(int questions, int answers)
{
    char question;

    while (read(questions, &question, 1) == 1 && write(answers, "!", 1) == 1) {
    }
    _exit(0);
}

static struct family start(int where)
{
    struct family family = {-1, -1, -1};
    int questions[2], answers[2];

    assert_int_equal(pipe(questions), 0);
    assert_int_equal(pipe(answers), 0);
    family.child = fork();
    assert_true(family.child >= 0);
    if (!family.child) {
        close(questions[1]); /* or they would never end */
        if (where >= 0 && mh_netns_enter(where, NULL) < 0)
            _exit(1);
        if (fork() < 0)
            _exit(1);
        answer(questions[0], answers[1]);
    }
    close(questions[0]);
    close(answers[1]);
    family.questions = questions[1];
    family.answers = answers[0];
    return family;
}

static bool answers_within(const struct family *family, int timeout_ms)
{
    struct pollfd waiting = {.fd = family->answers, .events = POLLIN};

    return poll(&waiting, 1, timeout_ms) == 1;
}

/* Whoever reads a question answers it. */
static void ask(const struct family *family)
{
    assert_int_equal(write(family->questions, "?", 1), 1);
}

static void take_answer(const struct family *family)
{
    char text;

    assert_true(answers_within(family, DEADLINE_MS));
    assert_int_equal(read(family->answers, &text, 1), 1);
}

static void end(struct family *family)
{
    close(family->questions);
    assert_int_equal(waitpid(family->child, NULL, 0), family->child);
    assert_true(waitpid(-1, NULL, 0) > 0);
    close(family->answers);
}

static void test_they_stop_and_go_on(void **state)
{
    struct mh_error err;
    struct family family = start(netns);

    (void)state;
    ask(&family);
    ask(&family);
    take_answer(&family);
    take_answer(&family);
    assert_int_equal(mh_residents_stop(netns, &err), 2);
    assert_int_equal(mh_residents_stop(netns, &err), 2);
    ask(&family);
    assert_false(answers_within(&family, 50));
    assert_int_equal(mh_residents_continue(netns, &err), 2);
    take_answer(&family);
    end(&family);
}

static void test_others_are_left_alone(void **state)
{
    struct mh_error err;
    struct family family = start(-1);

    (void)state;
    assert_int_equal(mh_residents_stop(netns, &err), 0);
    ask(&family);
    take_answer(&family);
    end(&family);
}

/* The caller may stand in the namespace itself. */
static void test_nobody_stops_himself(void **state)
{
    struct mh_error err;
    int home;

    (void)state;
    assert_int_equal(mh_netns_visit(netns, &home, &err), 0);
    assert_int_equal(mh_residents_stop(netns, &err), 0);
    assert_int_equal(mh_netns_return(home, &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_they_stop_and_go_on),
        cmocka_unit_test(test_others_are_left_alone),
        cmocka_unit_test(test_nobody_stops_himself),
    };

    if (geteuid() != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return TEST_SKIPPED;
    return cmocka_run_group_tests(tests, make_namespace, close_namespace);
}
