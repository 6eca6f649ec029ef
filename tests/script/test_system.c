#include "vm_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int stream[2];

static int open_stream(void **state)
{
    signal(SIGPIPE, SIG_IGN);
    if (pipe2(stream, O_CLOEXEC) < 0)
        return -1;
    struct mh_vm_options options = {.event_fd = stream[1], .machine_netns_fd = -1};
    return open_vm_with(state, &options);
}

static int close_stream(void **state)
{
    close(stream[0]);
    close(stream[1]);
    return close_vm(state);
}

static void run_code(void **state, const char *code)
{
    if (luaL_dostring(mh_vm_state(*state), code) != LUA_OK)
        fail_msg("%s", lua_tostring(mh_vm_state(*state), -1));
}

static void emit_writes_whole_lines(void **state)
{
    char text[16] = "";

    run_code(state, "core.emit 'one'; core.emit ''; core.emit 'two'\n"
                    "local ok, why = pcall(core.emit, 'a\\nb')\n"
                    "assert(not ok and why:find('one line expected'), why)");
    assert_int_equal(read(stream[0], text, sizeof(text)), 9);
    assert_string_equal(text, "one\n\ntwo\n");
}

static void nobody_reading_is_raised(void **state)
{
    close(stream[0]);
    run_code(state, "local ok, why = pcall(core.emit, 'lost')\n"
                    "assert(not ok and why.code == 'EPIPE' and why.operation == 'emit')");
}

enum { LONG_LINE = 1000000 };

struct reader {
    pthread_t writer;
    size_t length; /* of the line, with its end */
};

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

/* Returns when the signal has been taken: two in a row find the writer blocked with nothing
 * written since, which is when it is told EINTR. */
static void disturb(pthread_t writer)
{
    int before = signals;

    pthread_kill(writer, SIGALRM);
    while (signals == before)
        sched_yield();
}

/* Reads one line, and disturbs the writer before each piece as the deadline does. */
static void *read_disturbing(void *context)
{
    struct reader *reader = context;
    char block[4096] = "";
    ssize_t n = 0;

    while (n >= 0 && !memchr(block, '\n', (size_t)n)) {
        disturb(reader->writer);
        disturb(reader->writer);
        n = read(stream[0], block, sizeof(block));
        reader->length += n > 0 ? (size_t)n : 0;
    }
    return NULL;
}

/* The line is longer than the pipe holds, so that the writer has to wait many times. */
static void emit_long_line(void **state)
{
    struct sigaction action, before;
    struct reader reader = {.writer = pthread_self()};
    pthread_t thread;

    memset(&action, 0, sizeof(action));
    action.sa_handler = count_signal; /* no SA_RESTART */
    sigaction(SIGALRM, &action, &before);
    signals = 0;
    assert_int_equal(pthread_create(&thread, NULL, read_disturbing, &reader), 0);
    run_code(state, "core.emit(('x'):rep(999999))");
    pthread_join(thread, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_int_equal(reader.length, LONG_LINE);
    assert_true(signals > 0);
}

static void long_line_survives_signals(void **state)
{
    emit_long_line(state);
}

static void long_line_survives_a_stream_that_does_not_block(void **state)
{
    assert_int_equal(fcntl(stream[1], F_SETFL, O_NONBLOCK), 0);
    emit_long_line(state);
}

static void files(void **state)
{
    char directory[] = "/tmp/mh-system-XXXXXX";
    assert_non_null(mkdtemp(directory));
    lua_pushstring(mh_vm_state(*state), directory);
    lua_setglobal(mh_vm_state(*state), "directory");
    run_code(state,
        "assert(#core.list_directory(directory) == 0)\n"
        "for _, name in ipairs {'b', 'a', 'B', '.hidden'} do\n"
        "  io.open(directory .. '/' .. name, 'w'):close()\n"
        "end\n"
        "assert(table.concat(core.list_directory(directory), ' ') == '.hidden B a b')\n"
        "assert(core.file_kind(directory) == 'directory')\n"
        "assert(core.file_kind(directory .. '/a') == 'file')\n"
        "assert(core.file_kind(directory .. '/c') == nil)\n"
        "assert(core.real_path(directory .. '/../' .. directory:match('[^/]+$')) == "
        "directory)\n"
        "assert(core.real_path('.') == core.current_directory())\n"
        "for _, name in ipairs {'b', 'a', 'B', '.hidden'} do os.remove(directory .. '/' .. "
        "name) end\n"
        "os.remove(directory)\n"
        "local ok, why = pcall(core.list_directory, directory)\n"
        "assert(not ok and why.code == 'ENOENT' and why.message:find(directory, 1, true))");
}

static void machine_and_version(void **state)
{
    run_code(state, "local m = core.machine()\n"
                    "assert(core.backlog_drops() >= 0 and m.backlog_limit > 0)\n"
                    "assert(math.type(m.receive_buffer_max) == 'integer')\n"
                    "assert(m.send_buffer_max and core.version:find '^%d+%.%d+%.%d+$')");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(emit_writes_whole_lines, open_stream, close_stream),
        cmocka_unit_test_setup_teardown(nobody_reading_is_raised, open_stream, close_stream),
        cmocka_unit_test_setup_teardown(long_line_survives_signals, open_stream, close_stream),
        cmocka_unit_test_setup_teardown(
            long_line_survives_a_stream_that_does_not_block, open_stream, close_stream),
        cmocka_unit_test_setup_teardown(files, open_stream, close_stream),
        cmocka_unit_test_setup_teardown(machine_and_version, open_stream, close_stream),
    };
    return cmocka_run_group_tests_name("script/system", tests, NULL, NULL);
}
