#include "app/supervisor.h"
#include "net/errand.h"
#include "script/vm.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the children of these tests do: the job is a word. */

static void say(const struct mh_child *child, const char *text)
{
    if (write(child->event_fd, text, strlen(text)) < 0)
        _exit(99);
}

static void pause_for_ever(void)
{
    for (;;)
        pause();
}

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void describe(const struct mh_child *child)
{
    struct rlimit core, files;
    struct stat null, in;
    char text[256];
    getrlimit(RLIMIT_CORE, &core);
    getrlimit(RLIMIT_NOFILE, &files);
    stat("/dev/null", &null);
    fstat(STDIN_FILENO, &in);
    snprintf(text, sizeof(text), "pid %d session %d core %d files %d nnp %d fds %d null %d\n",
        getpid(), getsid(0) == getpid(), (int)core.rlim_cur, files.rlim_cur == files.rlim_max,
        prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), count_descriptors(),
        null.st_rdev == in.st_rdev);
    say(child, text);
}

/* A grandchild that ignores all it can, and holds both pipes open. */
static void leave_orphan(const struct mh_child *child)
{
    if (fork() == 0) {
        setsid();
        signal(SIGTERM, SIG_IGN);
        pause_for_ever();
    }
    say(child, "orphaned\n");
}

static void talk_much(const struct mh_child *child)
{
    char line[1000];
    memset(line, 'x', sizeof(line));
    line[sizeof(line) - 1] = '\n';
    for (int i = 0; i < 1000; i++)
        if (write(child->event_fd, line, sizeof(line)) != sizeof(line))
            _exit(99);
}

static int echo_other_job(const struct mh_child *child)
{
    char job[64] = "";
    ssize_t n = read(child->job_fd, job, sizeof(job) - 1);
    say(child, n > 0 ? job : "none\n");
    return 0;
}

static void on_program_exit(uv_process_t *program, int64_t status, int signal_number)
{
    *(int64_t *)program->data = signal_number ? -1 : status;
    uv_close((uv_handle_t *)program, NULL);
}

/* Through SIGCHLD, which libuv passes on by what it holds for the whole process. */
static void run_program(const struct mh_child *child)
{
    char *arguments[] = {"sh", "-c", "exit 7", NULL};
    char text[32];
    int64_t status = -1;
    uv_loop_t loop;
    uv_process_t program = {.data = &status};
    uv_process_options_t options = {
        .file = arguments[0], .args = arguments, .exit_cb = on_program_exit};

    if (uv_loop_init(&loop) < 0 || uv_spawn(&loop, &program, &options) < 0)
        _exit(99);
    alarm(10);
    uv_run(&loop, UV_RUN_DEFAULT);
    alarm(0);
    uv_loop_close(&loop);
    snprintf(text, sizeof(text), "program %d\n", (int)status);
    say(child, text);
}

/* The attendant's /proc/self is outside: its namespace is the machine's. */
static void send_errand(const struct mh_child *child)
{
    struct mh_errand_line line = {.fd = child->errand_fd};
    struct mh_errand errand;
    struct stat got, machine;
    int fd = -1;

    memset(&errand, 0, sizeof(errand));
    errand.kind = MH_ERRAND_OPEN_NETNS;
    strcpy(errand.path, "/proc/self/ns/net");
    if (mh_errand_ask(&line, &errand, -1, &fd, NULL) < 0 || fstat(fd, &got) < 0 ||
        fstat(child->machine_netns_fd, &machine) < 0)
        _exit(99);
    say(child, got.st_ino == machine.st_ino ? "the machine's\n" : "another\n");
}

/* Where no compiler sees it coming. */
static void touch(volatile int *forbidden)
{
    *forbidden = 1;
}

static int body(const struct mh_child *child)
{
    const char *job = child->job;
    signal(SIGSEGV, SIG_DFL); /* cmocka has handlers of its own */
    if (strcmp(job, "talk") == 0) {
        say(child, "one\ntw");
        say(child, "o\nunfinished");
        printf("out");
        fflush(stdout);
        fprintf(stderr, "err");
        return 7;
    }
    if (strcmp(job, "describe") == 0)
        describe(child);
    if (strcmp(job, "another") == 0)
        return echo_other_job(child);
    if (strcmp(job, "orphan") == 0)
        leave_orphan(child);
    if (strcmp(job, "program") == 0)
        run_program(child);
    if (strcmp(job, "errand") == 0)
        send_errand(child);
    if (strcmp(job, "errand and wait") == 0) {
        send_errand(child);
        pause_for_ever();
    }
    if (strcmp(job, "much") == 0)
        talk_much(child);
    if (strcmp(job, "crash") == 0) {
        printf("last words\n");
        raise(SIGSEGV);
    }
    if (strcmp(job, "segv") == 0)
        touch((volatile int *)mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (strcmp(job, "abort") == 0)
        abort();
    if (strcmp(job, "wait") == 0) {
        say(child, "waiting\n");
        pause_for_ever();
    }
    return 0;
}

/* ---- what the tests ask for -------------------------------------------------------------- */

enum { PATIENCE_S = 20 };
static const int64_t patience_ns = PATIENCE_S * 1000000000LL;

struct heard {
    char lines[512];
    char output[512];
    size_t line_count;
    int status, signal;
};

static void append(char *text, size_t size, const struct mh_supervisor_event *event)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%.*s", (int)event->length, event->text);
}

static void hear(struct mh_supervisor *supervisor, struct heard *heard)
{
    struct mh_supervisor_event event;
    memset(heard, 0, sizeof(*heard));
    for (;;) {
        assert_int_equal(mh_supervisor_wait(supervisor, patience_ns, &event), 1);
        if (event.kind == MH_SUPERVISOR_EXIT)
            break;
        if (event.kind == MH_SUPERVISOR_OUTPUT) {
            append(heard->output, sizeof(heard->output), &event);
            continue;
        }
        assert_int_equal(event.kind, MH_SUPERVISOR_LINE);
        append(heard->lines, sizeof(heard->lines), &event);
        strncat(heard->lines, ";", sizeof(heard->lines) - strlen(heard->lines) - 1);
        heard->line_count++;
    }
    heard->status = event.status;
    heard->signal = event.signal;
}

static void await_line(struct mh_supervisor *supervisor)
{
    struct mh_supervisor_event event;
    assert_int_equal(mh_supervisor_wait(supervisor, patience_ns, &event), 1);
    assert_int_equal(event.kind, MH_SUPERVISOR_LINE);
}

static int start(struct mh_supervisor *supervisor, enum mh_sandbox_kind kind, const char *job)
{
    struct mh_error err = {0};
    int child = mh_supervisor_start(supervisor, kind, job, false, &err);
    if (child < 0)
        print_error("%s\n%s\n", err.message, err.hint);
    assert_true(child > 0);
    return child;
}

static int set_up(void **state)
{
    struct mh_error err;
    return mh_supervisor_new(body, NULL, (struct mh_supervisor **)state, &err);
}

static int tear_down(void **state)
{
    *state = mh_supervisor_free(*state);
    return 0;
}

/* ---- tests ---------------------------------------------------------------------------------
 */

static void delivers_whole_lines_then_output_then_the_exit(void **state)
{
    struct heard heard;
    start(*state, MH_SANDBOX_NETWORK, "talk");
    hear(*state, &heard);
    assert_string_equal(heard.lines, "one;two;"); /* an unfinished line is no line */
    assert_string_equal(heard.output, "outerr");
    assert_int_equal(heard.status, 7);
    assert_int_equal(heard.signal, 0);
}

static void delivers_more_than_a_pipe_holds(void **state)
{
    struct heard heard;
    start(*state, MH_SANDBOX_PROCESS, "much");
    hear(*state, &heard);
    assert_int_equal(heard.line_count, 1000);
    assert_int_equal(heard.status, 0);
}

static void a_child_is_alone_and_bounded(void **state)
{
    struct heard heard;
    start(*state, MH_SANDBOX_PROCESS, "wait"); /* its pipes must not be seen by its brother */
    await_line(*state);
    start(*state, MH_SANDBOX_NETWORK, "describe");
    hear(*state, &heard);
    assert_string_equal(heard.lines, "pid 1 session 1 core 0 files 1 nnp 1 fds 6 null 1;");
}

static void names_the_signal_of_a_crash(void **state)
{
    static const struct {
        const char *job;
        int signal;
    } cases[] = {{"crash", SIGSEGV}, {"segv", SIGSEGV}, {"abort", SIGABRT}};
    static const enum mh_sandbox_kind kinds[] = {MH_SANDBOX_PROCESS, MH_SANDBOX_NETWORK};

    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 2; k++) {
            if (kinds[k] == MH_SANDBOX_NETWORK && i == 0)
                continue; /* PID 1 is shielded from what it sends itself */
            struct heard heard;
            start(*state, kinds[k], cases[i].job);
            hear(*state, &heard);
            assert_int_equal(heard.signal, cases[i].signal);
            assert_int_equal(heard.status, -1);
        }
}

static void keeps_the_last_words_of_a_crash(void **state)
{
    struct heard heard;
    start(*state, MH_SANDBOX_PROCESS, "crash");
    hear(*state, &heard);
    assert_string_equal(heard.output, "last words\n");
}

static void an_orphan_does_not_hold_up_the_exit(void **state)
{
    struct heard heard;
    start(*state, MH_SANDBOX_NETWORK, "orphan");
    hear(*state, &heard);
    assert_string_equal(heard.lines, "orphaned;");
    assert_int_equal(heard.status, 0);
}

/* The parent has a Lua state, as the command has. */
static void a_child_is_the_first_to_use_libuv(void **state)
{
    static const enum mh_sandbox_kind kinds[] = {MH_SANDBOX_PROCESS, MH_SANDBOX_NETWORK};
    struct mh_vm_options options = {
        .event_fd = -1, .machine_netns_fd = -1, .without_loop = true};
    struct mh_vm *vm;
    struct heard heard;

    assert_int_equal(mh_vm_new(&options, &vm, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        start(*state, kinds[i], "program");
        hear(*state, &heard);
        assert_string_equal(heard.lines, "program 7;");
    }
    assert_int_equal(mh_vm_free(vm), 0);
}

static void an_attendant_does_errands_outside(void **state)
{
    struct heard heard;
    start(*state, MH_SANDBOX_NETWORK, "errand");
    hear(*state, &heard);
    assert_string_equal(heard.lines, "the machine's;");
    assert_int_equal(heard.status, 0);
}

/* Neither the child nor its attendant is left when the exit is told. */
static void an_attendant_ends_with_its_child(void **state)
{
    struct heard heard;
    int child = start(*state, MH_SANDBOX_NETWORK, "errand and wait");
    await_line(*state);
    assert_int_equal(mh_supervisor_kill(*state, child, SIGKILL), 0);
    hear(*state, &heard);
    assert_int_equal(heard.signal, SIGKILL);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void kills_with_either_signal(void **state)
{
    static const int signals[] = {SIGTERM, SIGKILL};
    for (size_t i = 0; i < 2; i++) {
        struct heard heard;
        int child = start(*state, MH_SANDBOX_NETWORK, "wait");
        await_line(*state);
        assert_int_equal(mh_supervisor_kill(*state, child, signals[i]), 0);
        hear(*state, &heard);
        assert_int_equal(heard.signal, signals[i]);
        assert_int_equal(mh_supervisor_kill(*state, child, SIGKILL), 0); /* ended already */
    }
    assert_int_equal(mh_supervisor_kill(*state, 99, SIGKILL), -ESRCH);
}

static void waits_no_longer_than_asked(void **state)
{
    struct mh_supervisor_event event;
    start(*state, MH_SANDBOX_PROCESS, "wait");
    await_line(*state);
    assert_int_equal(mh_supervisor_wait(*state, 1000000, &event), 0);
    assert_int_equal(mh_supervisor_wait(*state, 0, &event), 0);
}

static void a_child_may_take_another_job(void **state)
{
    struct heard heard;
    struct mh_error err;
    int child = mh_supervisor_start(*state, MH_SANDBOX_PROCESS, "another", true, &err);
    assert_true(child > 0);
    assert_int_equal(mh_supervisor_send(*state, child, "more"), 0);
    assert_int_equal(mh_supervisor_send(*state, child, "too much"), -EINVAL);
    hear(*state, &heard);
    assert_string_equal(heard.lines, "more;");
    assert_int_equal(mh_supervisor_send(*state, child, "too late"), -ESRCH);
}

static void reports_signals_as_events(void **state)
{
    struct mh_supervisor_event event;
    kill(getpid(), SIGINT);
    assert_int_equal(mh_supervisor_wait(*state, patience_ns, &event), 1);
    assert_int_equal(event.kind, MH_SUPERVISOR_SIGNAL);
    assert_int_equal(event.signal, SIGINT);
}

/* ---- nothing survives ----------------------------------------------------------------------
 */

static int pidfd_of(pid_t pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    assert_true(fd >= 0);
    return fd;
}

static bool ends(int pidfd)
{
    struct pollfd polled = {.fd = pidfd, .events = POLLIN};
    return poll(&polled, 1, PATIENCE_S * 1000) == 1;
}

static int witness_body(const struct mh_child *child)
{
    (void)child;
    if (fork() == 0)
        setsid();
    pause_for_ever();
    return 0;
}

static void read_children(pid_t parent, pid_t *ret_pids, size_t wanted)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
    for (size_t got = 0; got < wanted;) {
        FILE *file = fopen(path, "re");
        assert_non_null(file);
        for (got = 0; got < wanted && fscanf(file, "%d", &ret_pids[got]) == 1;)
            got++;
        fclose(file);
    }
}

/* A harness of its own process, whose only child has a child. */
static pid_t start_harness(void)
{
    pid_t harness = fork();
    if (harness != 0)
        return harness;

    struct mh_supervisor *supervisor;
    struct mh_supervisor_event event;
    if (mh_supervisor_new(witness_body, NULL, &supervisor, NULL) == 0 &&
        mh_supervisor_start(supervisor, MH_SANDBOX_NETWORK, "", false, NULL) > 0)
        mh_supervisor_wait(supervisor, -1, &event);
    _exit(0);
}

static void nothing_survives_sigkill_of(bool kill_parent)
{
    pid_t harness = start_harness(), child, grandchild;
    read_children(harness, &child, 1);
    read_children(child, &grandchild, 1);
    int child_fd = pidfd_of(child), grandchild_fd = pidfd_of(grandchild);

    kill(kill_parent ? harness : child, SIGKILL);
    assert_true(ends(child_fd));
    assert_true(ends(grandchild_fd));
    close(child_fd);
    close(grandchild_fd);
    kill(harness, SIGKILL);
    assert_int_equal(waitpid(harness, NULL, 0), harness);
}

static void nothing_survives_the_parent(void **state)
{
    (void)state;
    nothing_survives_sigkill_of(true);
}

static void nothing_survives_the_child(void **state)
{
    (void)state;
    nothing_survives_sigkill_of(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            delivers_whole_lines_then_output_then_the_exit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(delivers_more_than_a_pipe_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_is_alone_and_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_the_signal_of_a_crash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_the_last_words_of_a_crash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_orphan_does_not_hold_up_the_exit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_is_the_first_to_use_libuv, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_attendant_does_errands_outside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_attendant_ends_with_its_child, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kills_with_either_signal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waits_no_longer_than_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_may_take_another_job, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reports_signals_as_events, set_up, tear_down),
        cmocka_unit_test(nothing_survives_the_parent),
        cmocka_unit_test(nothing_survives_the_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
