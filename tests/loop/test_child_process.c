#include "loop/child_process.h"
#include "loop/tail.h"
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEADLINE_MS = 60000 };

struct fixture {
    uv_loop_t loop;
    uv_timer_t deadline;
    struct mh_children *children;
    struct mh_child_process *child;
    int changes;
};

static int open_children(void **state)
{
    static struct fixture fixture;

    memset(&fixture, 0, sizeof(fixture));
    uv_loop_init(&fixture.loop);
    uv_timer_init(&fixture.loop, &fixture.deadline);
    *state = &fixture;
    return mh_children_new(&fixture.loop, &fixture.children);
}

static int close_children(void **state)
{
    struct fixture *fixture = *state;

    fixture->child = mh_child_process_close(fixture->child);
    fixture->children = mh_children_free(fixture->children);
    uv_close((uv_handle_t *)&fixture->deadline, NULL);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    return uv_loop_close(&fixture->loop);
}

static void count(void *context)
{
    struct fixture *fixture = context;
    fixture->changes++;
}

static void start_program(struct fixture *fixture, const struct mh_program *program)
{
    struct mh_error err;

    if (mh_child_process_start(
            fixture->children, program, count, fixture, &fixture->child, &err) < 0)
        fail_msg("%s", err.message);
}

static void start_shell(struct fixture *fixture, const char *script)
{
    const char *arguments[] = {"sh", "-c", script, NULL};
    struct mh_program program = {
        .arguments = arguments, .environment = (const char *const *)environ};

    start_program(fixture, &program);
}

static void give_up(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("it did not happen in %d ms", DEADLINE_MS);
}

/* The timer keeps the loop turning where only orphans are left to wait for. */
static void await(struct fixture *fixture, bool (*is_so)(struct fixture *fixture))
{
    uv_timer_start(&fixture->deadline, give_up, DEADLINE_MS, 0);
    while (!is_so(fixture))
        uv_run(&fixture->loop, UV_RUN_ONCE);
    uv_timer_stop(&fixture->deadline);
}

static bool has_ended(struct fixture *fixture)
{
    return mh_child_process_end(fixture->child) != NULL;
}

static bool is_over(struct fixture *fixture)
{
    return mh_child_process_is_over(fixture->child);
}

static bool has_written_a_line(struct fixture *fixture)
{
    size_t length;
    const char *bytes = mh_child_process_output(fixture->child, MH_OUTPUT_BOTH, &length);
    return memchr(bytes, '\n', length) != NULL;
}

static void assert_output(
    const struct fixture *fixture, enum mh_output which, const char *expected)
{
    size_t length;
    const char *bytes = mh_child_process_output(fixture->child, which, &length);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(bytes, expected, length);
}

/* A process id that the child wrote on a line. */
static pid_t written_pid(const struct fixture *fixture)
{
    size_t length;
    return atoi(mh_child_process_output(fixture->child, MH_OUTPUT_BOTH, &length));
}

/* Signal 0 reaches a process until it has been reaped, too. */
static bool exists(pid_t pid)
{
    return kill(pid, 0) == 0;
}

static void tells_what_it_wrote_and_how_it_ended(void **state)
{
    struct fixture *fixture = *state;

    start_shell(fixture, "echo out; echo err >&2; exit 3");
    assert_true(mh_child_process_pid(fixture->child) > 0);
    assert_null(mh_child_process_end(fixture->child));
    await(fixture, has_ended);

    assert_output(fixture, MH_OUTPUT_STDOUT, "out\n");
    assert_output(fixture, MH_OUTPUT_STDERR, "err\n");
    size_t length;
    mh_child_process_output(fixture->child, MH_OUTPUT_BOTH, &length);
    assert_int_equal(length, 8);
    const struct mh_child_end *end = mh_child_process_end(fixture->child);
    assert_int_equal(end->status, 3);
    assert_int_equal(end->signal, 0);
    assert_true(end->time_ns > 0 && end->time_ns <= uv_hrtime());
    assert_true(mh_child_process_is_over(fixture->child));
    assert_true(fixture->changes > 0);
    assert_int_equal(mh_child_process_kill(fixture->child, SIGTERM), -ESRCH);
}

static void tells_the_signal_that_ended_it(void **state)
{
    struct fixture *fixture = *state;

    start_shell(fixture, "exec sleep 1000");
    assert_int_equal(mh_child_process_kill(fixture->child, SIGTERM), 0);
    await(fixture, has_ended);
    assert_int_equal(mh_child_process_end(fixture->child)->status, -1);
    assert_int_equal(mh_child_process_end(fixture->child)->signal, SIGTERM);
}

/* Both are many times what a pipe holds. */
static void long_input_and_output_block_nobody(void **state)
{
    enum { LENGTH = 5 * MH_TAIL_KEPT };
    struct fixture *fixture = *state;
    const char *arguments[] = {"cat", NULL};
    char *input = malloc(LENGTH);
    for (size_t i = 0; i < LENGTH; i++)
        input[i] = (char)('a' + i % 23);
    struct mh_program program = {.arguments = arguments,
        .environment = (const char *const *)environ,
        .input = input,
        .input_length = LENGTH};

    start_program(fixture, &program);
    await(fixture, has_ended);
    size_t length;
    const char *bytes = mh_child_process_output(fixture->child, MH_OUTPUT_STDOUT, &length);
    assert_int_equal(length, MH_TAIL_KEPT);
    assert_memory_equal(bytes, input + LENGTH - MH_TAIL_KEPT, MH_TAIL_KEPT);
    free(input);
}

static void without_input_there_is_nothing_to_read(void **state)
{
    struct fixture *fixture = *state;

    start_shell(fixture, "wc -c");
    await(fixture, has_ended);
    assert_output(fixture, MH_OUTPUT_STDOUT, "0\n");
}

static void has_the_environment_and_directory_that_it_was_given(void **state)
{
    struct fixture *fixture = *state;
    const char *arguments[] = {"sh", "-c", "echo \"$WORD\"; pwd; exec env | wc -l", NULL};
    const char *environment[] = {"WORD=one two", "PATH=/usr/bin:/bin", NULL};
    struct mh_program program = {
        .arguments = arguments, .environment = environment, .directory = "/"};

    start_program(fixture, &program);
    await(fixture, has_ended);
    assert_output(fixture, MH_OUTPUT_STDOUT, "one two\n/\n3\n"); /* the shell adds PWD */
}

/* Of the first 28; glibc's posix_spawn() ignores two that it keeps for itself. */
static void no_signal_is_blocked_or_ignored_and_it_leads_a_session(void **state)
{
    struct fixture *fixture = *state;
    sigset_t mask, former;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, &former);
    signal(SIGPIPE, SIG_IGN);

    start_shell(fixture, "grep -E '^Sig(Blk|Ign):.*0{7}$' /proc/self/status | wc -l; "
                         "[ $$ = \"$(ps -o sid= -p $$ | tr -d ' ')\" ]");
    sigprocmask(SIG_SETMASK, &former, NULL);
    signal(SIGPIPE, SIG_DFL);
    await(fixture, has_ended);
    assert_output(fixture, MH_OUTPUT_STDOUT, "2\n");
    assert_int_equal(mh_child_process_end(fixture->child)->status, 0);
}

static void assert_refused(
    struct fixture *fixture, const char *name, int code, const char *words, const char *hint)
{
    const char *arguments[] = {name, NULL};
    struct mh_program program = {
        .arguments = arguments, .environment = (const char *const *)environ};
    struct mh_child_process *child = NULL;
    struct mh_error err;

    assert_int_equal(
        mh_child_process_start(fixture->children, &program, count, fixture, &child, &err),
        code);
    assert_null(child);
    assert_non_null(strstr(err.message, words));
    assert_non_null(strstr(err.hint, hint));
}

static void what_cannot_be_started_says_why(void **state)
{
    struct fixture *fixture = *state;

    assert_refused(fixture, "no-such-program", -ENOENT, "start 'no-such-program'", "PATH");
    assert_refused(fixture, "/no/such/program", -ENOENT, "/no/such/program", "no such file");
    assert_refused(fixture, "/dev/null", -EACCES, "/dev/null", "chmod");
}

static void closing_ends_it(void **state)
{
    struct fixture *fixture = *state;

    start_shell(fixture, "trap '' TERM; echo ready; sleep 1000");
    await(fixture, has_written_a_line);
    pid_t pid = mh_child_process_pid(fixture->child);
    assert_true(exists(pid));
    fixture->child = mh_child_process_close(fixture->child);
    assert_false(exists(pid));
    assert_null(mh_child_process_close(NULL));
    assert_null(mh_children_free(NULL));
}

static pid_t awaited_pid;

static bool is_gone(struct fixture *fixture)
{
    (void)fixture;
    return !exists(awaited_pid);
}

/* Orphans come to this process, as to the first of a PID namespace. */
static void a_signal_hits_its_children_too_and_orphans_are_reaped(void **state)
{
    struct fixture *fixture = *state;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    start_shell(fixture, "sleep 1000 & echo $!; wait");
    await(fixture, has_written_a_line);
    awaited_pid = written_pid(fixture);
    assert_true(exists(awaited_pid));
    assert_int_equal(mh_child_process_kill(fixture->child, SIGKILL), 0);
    await(fixture, has_ended);
    await(fixture, is_gone);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void who_is_left_behind_keeps_it_open(void **state)
{
    struct fixture *fixture = *state;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    start_shell(fixture, "sleep 1000 & echo $!");
    await(fixture, has_ended);
    assert_false(mh_child_process_is_over(fixture->child));
    awaited_pid = written_pid(fixture);
    assert_true(exists(awaited_pid));
    kill(awaited_pid, SIGKILL);
    await(fixture, is_over);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* Both end before the loop looks: it takes its own, and leaves the other to pclose(). */
static void the_children_of_others_are_left_to_them(void **state)
{
    struct fixture *fixture = *state;
    FILE *other = popen("exit 7", "re");

    assert_int_equal(fgetc(other), EOF);
    start_shell(fixture, "exit 0");
    await(fixture, has_ended);
    int status = pclose(other);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

#define CHILD_TEST(test) cmocka_unit_test_setup_teardown(test, open_children, close_children)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHILD_TEST(tells_what_it_wrote_and_how_it_ended),
        CHILD_TEST(tells_the_signal_that_ended_it),
        CHILD_TEST(long_input_and_output_block_nobody),
        CHILD_TEST(without_input_there_is_nothing_to_read),
        CHILD_TEST(has_the_environment_and_directory_that_it_was_given),
        CHILD_TEST(no_signal_is_blocked_or_ignored_and_it_leads_a_session),
        CHILD_TEST(what_cannot_be_started_says_why),
        CHILD_TEST(closing_ends_it),
        CHILD_TEST(a_signal_hits_its_children_too_and_orphans_are_reaped),
        CHILD_TEST(who_is_left_behind_keeps_it_open),
        CHILD_TEST(the_children_of_others_are_left_to_them),
    };
    return cmocka_run_group_tests_name("loop/child_process", tests, NULL, NULL);
}
