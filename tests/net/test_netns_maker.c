#include "net/netns.h"
#include "net/netns_maker.h"
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COUNT = 20 };

static ino_t identity(int fd)
{
    struct stat status;

    assert_int_equal(fstat(fd, &status), 0);
    return status.st_ino;
}

static ino_t here(void)
{
    int fd;

    assert_int_equal(mh_netns_current(&fd, NULL), 0);
    ino_t inode = identity(fd);
    close(fd);
    return inode;
}

static int entries(const char *folder)
{
    DIR *directory = opendir(folder);
    int count = 0;

    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* A thread that was joined may be listed for a moment. */
static void await_threads(int count)
{
    const struct timespec pause = {0, 1000000};

    for (int i = 0; i < 60000 && entries("/proc/self/task") != count; i++)
        nanosleep(&pause, NULL);
    assert_int_equal(entries("/proc/self/task"), count);
}

struct prepared {
    pthread_t caller;
    ino_t inodes[COUNT];
    bool elsewhere; /* by another thread, which takes no signals */
};

static int prepare(void *context, int number, struct mh_error *err)
{
    struct prepared *prepared = context;
    sigset_t blocked;
    (void)err;

    prepared->inodes[number] = here();
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    prepared->elsewhere =
        !pthread_equal(pthread_self(), prepared->caller) && sigismember(&blocked, SIGTERM) == 1;
    return 0;
}

static void take_all(struct mh_netns_maker *maker, int fds[COUNT])
{
    struct mh_error err;

    for (int i = 0; i < COUNT; i++) {
        if (mh_netns_maker_take(maker, &fds[i], &err))
            fail_msg("%s", err.message);
        assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
    }
}

static void expect_prepared(const struct prepared *prepared, const int fds[COUNT])
{
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(identity(fds[i]), prepared->inodes[i]);
        for (int other = 0; other < i; other++)
            assert_true(prepared->inodes[i] != prepared->inodes[other]);
        close(fds[i]);
    }
}

static void gives_each_in_its_turn_prepared(void **state)
{
    struct prepared prepared = {.caller = pthread_self()};
    ino_t before = here();
    int fds[COUNT];
    (void)state;

    struct mh_netns_maker *maker = mh_netns_maker_start(COUNT, prepare, &prepared);
    take_all(maker, fds);
    assert_null(mh_netns_maker_finish(maker));
    expect_prepared(&prepared, fds);
    assert_true(prepared.elsewhere);
    assert_int_equal(here(), before);
}

static void leaves_nothing_that_nobody_took(void **state)
{
    int descriptors = entries("/proc/self/fd");
    int threads = entries("/proc/self/task");
    int fd;
    (void)state;

    for (int taken = 0; taken < 3; taken++) {
        struct mh_netns_maker *maker = mh_netns_maker_start(COUNT, NULL, NULL);

        for (int i = 0; i < taken; i++) {
            assert_int_equal(mh_netns_maker_take(maker, &fd, NULL), 0);
            close(fd);
        }
        mh_netns_maker_finish(maker);
        assert_int_equal(entries("/proc/self/fd"), descriptors);
        await_threads(threads);
    }
    mh_netns_maker_finish(mh_netns_maker_start(0, NULL, NULL));
    mh_netns_maker_finish(NULL);
    assert_int_equal(entries("/proc/self/fd"), descriptors);
}

static void an_error_comes_in_its_turn(void **state)
{
    struct rlimit before, limit;
    struct mh_error err;
    int fds[COUNT];
    int taken = 0;
    int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)state;

    close(lowest);
    getrlimit(RLIMIT_NOFILE, &before);
    limit = before;
    limit.rlim_cur = (rlim_t)lowest + 5;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct mh_netns_maker *maker = mh_netns_maker_start(COUNT, NULL, NULL);
    while (taken < COUNT && mh_netns_maker_take(maker, &fds[taken], &err) == 0)
        taken++;
    assert_int_equal(taken, 5);
    assert_int_equal(err.code, -EMFILE);
    assert_non_null(strstr(err.message, "/proc/thread-self/ns/net"));
    assert_int_equal(mh_netns_maker_take(maker, &fds[taken], NULL), -EMFILE);
    mh_netns_maker_finish(maker);
    setrlimit(RLIMIT_NOFILE, &before);
    for (int i = 0; i < taken; i++)
        close(fds[i]);
}

static int prepare_three(void *context, int number, struct mh_error *err)
{
    (void)context;
    return number < 3 ? 0 : mh_error_set(err, -EACCES, "prepare", "number %d", number);
}

static void what_cannot_be_prepared_is_not_made(void **state)
{
    int descriptors = entries("/proc/self/fd");
    struct mh_error err;
    int fd;
    (void)state;

    struct mh_netns_maker *maker = mh_netns_maker_start(COUNT, prepare_three, NULL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mh_netns_maker_take(maker, &fd, &err), 0);
        close(fd);
    }
    assert_int_equal(mh_netns_maker_take(maker, &fd, &err), -EACCES);
    assert_string_equal(err.message, "prepare number 3: Permission denied (EACCES)");
    mh_netns_maker_finish(maker);
    assert_int_equal(entries("/proc/self/fd"), descriptors);
}

/* A process whose children are to be in another PID namespace gets no threads (unshare(2)). */
static void needs_no_thread(void **state)
{
    pid_t child = fork();
    int status;
    (void)state;

    assert_true(child >= 0);
    if (!child) {
        struct prepared prepared = {.caller = pthread_self()};
        int fds[COUNT];

        assert_int_equal(unshare(CLONE_NEWPID), 0);
        struct mh_netns_maker *maker = mh_netns_maker_start(COUNT, prepare, &prepared);
        take_all(maker, fds);
        mh_netns_maker_finish(maker);
        expect_prepared(&prepared, fds);
        assert_false(prepared.elsewhere);
        _exit(77);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 77);
}

int main(void)
{
    if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
        return TEST_SKIPPED;
    if (unshare(CLONE_NEWNET) < 0)
        return TEST_SKIPPED;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_in_its_turn_prepared),
        cmocka_unit_test(leaves_nothing_that_nobody_took),
        cmocka_unit_test(an_error_comes_in_its_turn),
        cmocka_unit_test(what_cannot_be_prepared_is_not_made),
        cmocka_unit_test(needs_no_thread),
    };
    return cmocka_run_group_tests_name("net/netns_maker", tests, NULL, NULL);
}
