#include "net/errand.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct line {
    struct mh_errand_line asking;
    int answering;
};

static int open_line(void **state)
{
    static struct line line;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    line = (struct line){.asking = {.fd = ends[0]}, .answering = ends[1]};
    *state = &line;
    return 0;
}

static int close_line(void **state)
{
    struct line *line = *state;

    close(line->asking.fd);
    if (line->answering >= 0)
        close(line->answering);
    return 0;
}

static struct mh_errand errand_for(const char *path)
{
    struct mh_errand errand;

    memset(&errand, 0, sizeof(errand));
    errand.kind = MH_ERRAND_OPEN_NETNS;
    strcpy(errand.path, path);
    return errand;
}

static struct mh_error well(void)
{
    struct mh_error err;

    memset(&err, 0, sizeof(err));
    return err;
}

static ino_t identity(int fd)
{
    struct stat status;

    assert_int_equal(fstat(fd, &status), 0);
    return status.st_ino;
}

/* Takes one errand, and answers it with the descriptor that came along, or an error. */
static void *answer_one(void *context)
{
    const struct line *line = context;
    struct mh_error err = well();
    struct mh_errand errand;
    int along = -1;

    if (mh_errand_receive(line->answering, &errand, &along) != 1)
        return NULL;
    if (strcmp(errand.path, "refused") == 0)
        mh_error_set(&err, -ENOENT, "open", "%s", errand.path);
    mh_errand_answer(line->answering, &errand, &err, along);
    if (along >= 0)
        close(along);
    return NULL;
}

static int ask(
    struct line *line, const char *path, int along, int *ret_fd, struct mh_error *err)
{
    struct mh_errand errand = errand_for(path);
    pthread_t attendant;

    assert_int_equal(pthread_create(&attendant, NULL, answer_one, line), 0);
    int r = mh_errand_ask(&line->asking, &errand, along, ret_fd, err);
    pthread_join(attendant, NULL);
    return r;
}

static void a_descriptor_goes_there_and_comes_back(void **state)
{
    struct mh_error err;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC), back = -1;

    assert_int_equal(ask(*state, "there", null, &back, &err), 0);
    assert_true(back >= 0 && back != null);
    assert_int_equal(identity(back), identity(null));
    assert_true(fcntl(back, F_GETFD) & FD_CLOEXEC);
    close(back);
    close(null);
}

static void none_goes_and_none_comes_back(void **state)
{
    struct mh_error err;
    int back = 77;

    assert_int_equal(ask(*state, "there", -1, &back, &err), 0);
    assert_int_equal(back, -1);
}

static void the_attendants_error_is_the_askers(void **state)
{
    struct mh_error err;
    int back = 77;

    assert_int_equal(ask(*state, "refused", -1, &back, &err), -ENOENT);
    assert_string_equal(err.message, "open refused: No such file or directory (ENOENT)");
    assert_int_equal(back, 77);
}

static void on_signal(int signal_number)
{
    (void)signal_number;
}

/* The scenario's deadline; then the answer comes too late, before that of the next errand. */
static void a_late_answer_is_dropped(void **state)
{
    struct line *line = *state;
    struct sigaction action;
    struct mh_errand errand = errand_for("late");
    struct mh_error err = well();
    int along = -1, back = -1, null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    sigaction(SIGALRM, &action, NULL);
    ualarm(1000, 1000); /* again and again: the first may come before the wait */
    assert_int_equal(mh_errand_ask(&line->asking, &errand, -1, &back, NULL), -EINTR);
    ualarm(0, 0);
    assert_int_equal(mh_errand_receive(line->answering, &errand, &along), 1);
    assert_int_equal(mh_errand_answer(line->answering, &errand, &err, null), 0);
    assert_int_equal(ask(line, "next", -1, &back, &err), 0);
    assert_int_equal(back, -1); /* not the late one's descriptor */
    close(null);
}

static void nobody_answers(void **state)
{
    struct line *line = *state;
    struct mh_errand_line none = {.fd = -1};
    struct mh_errand errand = errand_for("nobody");
    struct mh_error err;
    int back;

    assert_int_equal(mh_errand_ask(&none, &errand, -1, &back, &err), -ENOTCONN);
    close(line->answering);
    line->answering = -1;
    assert_int_equal(mh_errand_ask(&line->asking, &errand, -1, &back, &err), -EPIPE);
    assert_string_equal(
        err.message, "reach the machine outside of the sandbox: Broken pipe (EPIPE)");
    assert_non_null(strstr(err.hint, "was killed"));
}

static void nobody_asks_any_more(void **state)
{
    struct line *line = *state;
    struct mh_errand errand;
    int along = -1;

    shutdown(line->asking.fd, SHUT_RDWR);
    assert_int_equal(mh_errand_receive(line->answering, &errand, &along), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_descriptor_goes_there_and_comes_back, open_line, close_line),
        cmocka_unit_test_setup_teardown(none_goes_and_none_comes_back, open_line, close_line),
        cmocka_unit_test_setup_teardown(
            the_attendants_error_is_the_askers, open_line, close_line),
        cmocka_unit_test_setup_teardown(a_late_answer_is_dropped, open_line, close_line),
        cmocka_unit_test_setup_teardown(nobody_answers, open_line, close_line),
        cmocka_unit_test_setup_teardown(nobody_asks_any_more, open_line, close_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
