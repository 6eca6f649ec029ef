#include "app/last_words.h"

#include "script/deadline.h"
#include "script/task.h"
#include "script/vm.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* Ticks of 0.1 s (script/deadline.h). */
enum { TICKS_FOR_PROGRAMS = 5, TICKS_FOR_ALL = 10 };

/* The kernel shields the first process of a PID namespace from SIGKILL of its own. Elsewhere
 * SIGHUP, for which we have a handler that does nothing, and programs have none. */
static bool is_first(void)
{
    return getpid() == 1;
}

static void do_nothing(int signal_number)
{
    (void)signal_number;
}

void mh_last_words_end_programs(void)
{
    kill(0, is_first() ? SIGKILL : SIGHUP);
}

/* ---- saying where ---- */

static size_t put_escaped(char *text, unsigned char c)
{
    if (c == '"' || c == '\\' || c < 0x20)
        return (size_t)sprintf(text, "\\u%04x", c);
    *text = (char)c;
    return 1;
}

/* Into the event, as a JSON string without its quotes. */
static void escape(const char *text, char *ret_escaped, size_t size)
{
    size_t length = 0;

    while (*text && length + sizeof("\\u0000") < size)
        length += put_escaped(ret_escaped + length, (unsigned char)*text++);
    ret_escaped[length] = '\0';
}

static void say(int fd, const char *line)
{
    size_t length = strlen(line);

    if (write(fd, line, length) != (ssize_t)length)
        _exit(EX_IOERR);
}

static void say_stuck(int fd, const char *message)
{
    char line[256];

    snprintf(line, sizeof(line), "{\"event\":\"stuck\",\"message\":\"%s\"}\n", message);
    say(fd, line);
}

/* Asking Lua may crash; what counts has been said. */
static void say_place(int fd, const struct mh_deadline *deadline)
{
    char file[1024], escaped[2048], line[4096];
    int number = mh_deadline_place(deadline, file, sizeof(file));

    if (number == 0)
        return;
    escape(file, escaped, sizeof(escaped));
    snprintf(line, sizeof(line),
        "{\"event\":\"stuck\",\"message\":\"%s\",\"file\":\"%s\",\"line\":%d}\n",
        deadline->message, escaped, number);
    say(fd, line);
}

static void on_tick(void *context, int ticks)
{
    struct mh_vm *vm = context;

    mh_last_words_end_programs();
    if (ticks > TICKS_FOR_PROGRAMS && is_first())
        kill(-1, SIGKILL);
    if (ticks <= TICKS_FOR_ALL)
        return;
    const struct mh_deadline *deadline = mh_scheduler_deadline_of(mh_vm_scheduler(vm));
    say_stuck(mh_vm_event_fd(vm), deadline->message);
    say_place(mh_vm_event_fd(vm), deadline);
    _exit(EX_TEMPFAIL);
}

void mh_last_words_guard(struct mh_vm *vm)
{
    struct mh_deadline *deadline = mh_scheduler_deadline_of(mh_vm_scheduler(vm));
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = do_nothing;
    sigaction(SIGHUP, &action, NULL);
    deadline->guard_context = vm;
    deadline->guard = on_tick;
}
