#include "app/sandbox.h"
#include "test.h"

#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static ino_t namespace_of(const char *name)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
    return stat(path, &status) == 0 ? status.st_ino : 0;
}

static int loopback_is_up(void)
{
    struct ifreq request;
    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, "lo");
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int r = ioctl(fd, SIOCGIFFLAGS, &request);
    close(fd);
    return r == 0 && request.ifr_flags & IFF_UP;
}

struct facts {
    int entered;
    pid_t pid;
    uid_t uid;
    ino_t net, mnt, ipc, pid_ns;
    int loopback_up;
    int proc_is_own; /* /proc/self is what getpid() says */
};

static struct facts gather(const struct mh_sandbox *sandbox)
{
    struct facts facts = {.entered = mh_sandbox_enter(sandbox, NULL)};
    char self[32] = "", pid[32];
    facts.pid = getpid();
    facts.uid = geteuid();
    facts.net = namespace_of("net");
    facts.mnt = namespace_of("mnt");
    facts.ipc = namespace_of("ipc");
    facts.pid_ns = namespace_of("pid");
    facts.loopback_up = loopback_is_up();
    ssize_t n = readlink("/proc/self", self, sizeof(self) - 1);
    snprintf(pid, sizeof(pid), "%d", facts.pid);
    facts.proc_is_own = n > 0 && strcmp(self, pid) == 0;
    return facts;
}

/* Runs a child in its sandbox and returns what it found there. */
static struct facts facts_of(enum mh_sandbox_kind kind)
{
    struct facts facts = {.entered = -1};
    struct mh_sandbox sandbox;
    struct mh_error err = {0};
    int pipe_fds[2];
    assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);

    pid_t pid = mh_sandbox_fork(kind, &sandbox, &err);
    if (pid == 0) {
        facts = gather(&sandbox);
        _exit(write(pipe_fds[1], &facts, sizeof(facts)) == sizeof(facts) ? 0 : 1);
    }
    if (pid < 0)
        print_error("%s\n%s\n", err.message, err.hint);
    assert_true(pid > 0);
    assert_true(sandbox.pidfd >= 0);
    assert_int_equal(read(pipe_fds[0], &facts, sizeof(facts)), sizeof(facts));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    close(sandbox.pidfd);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    return facts;
}

static void check_walls(const struct facts *facts)
{
    assert_int_equal(facts->entered, 0);
    assert_int_equal(facts->pid, 1);
    assert_int_equal(facts->uid, 0);
    assert_int_not_equal(facts->net, namespace_of("net"));
    assert_int_not_equal(facts->mnt, namespace_of("mnt"));
    assert_int_not_equal(facts->ipc, namespace_of("ipc"));
    assert_int_not_equal(facts->pid_ns, namespace_of("pid"));
    assert_true(facts->loopback_up);
    assert_true(facts->proc_is_own);
}

static void a_scenario_has_namespaces_of_its_own(void **state)
{
    (void)state;
    struct facts facts = facts_of(MH_SANDBOX_NETWORK);
    check_walls(&facts);
}

static void the_outside_keeps_its_proc(void **state)
{
    (void)state;
    char self[32] = "", pid[32];
    facts_of(MH_SANDBOX_NETWORK);
    assert_true(readlink("/proc/self", self, sizeof(self) - 1) > 0);
    snprintf(pid, sizeof(pid), "%d", getpid());
    assert_string_equal(self, pid);
}

static void a_process_sandbox_has_no_walls(void **state)
{
    (void)state;
    struct facts facts = facts_of(MH_SANDBOX_PROCESS);
    assert_int_equal(facts.entered, 0);
    assert_int_equal(facts.net, namespace_of("net"));
}

static void needs_no_root_where_user_namespaces_work(void **state)
{
    (void)state;
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
            _exit(TEST_SKIPPED);
        prctl(PR_SET_DUMPABLE,
            1); /* else /proc/self stays root's; execve(2) does this for users */
        struct facts facts = facts_of(MH_SANDBOX_NETWORK);
        check_walls(&facts);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == TEST_SKIPPED)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario_has_namespaces_of_its_own),
        cmocka_unit_test(the_outside_keeps_its_proc),
        cmocka_unit_test(a_process_sandbox_has_no_walls),
        cmocka_unit_test(needs_no_root_where_user_namespaces_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
