#include "app/job.h"

#include "app/last_words.h"
#include "script/task.h"
#include "script/vm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* For on_terminate() alone; a process runs one job. */
static struct mh_scheduler *volatile running_scheduler;

static void on_terminate(int signal_number)
{
    (void)signal_number;
    mh_scheduler_interrupt(running_scheduler);
}

static void handle_terminate(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_terminate;
    sigaction(SIGTERM, &action, NULL);
}

static int complain(const char *what)
{
    fprintf(stderr, "mcast-harness: %s\n", what);
    return EX_SOFTWARE;
}

static int call_runner(struct mh_vm *vm, const char *job)
{
    struct mh_error err = {0};
    int status = 0;

    int r = mh_vm_call(vm, "mcast.runner", "main", job, true, &status, &err);
    return r < 0 ? complain(err.message) : status;
}

/* NULL: there will be none. */
static char *read_job(int fd)
{
    char *line = NULL;
    size_t size = 0;
    FILE *file = fdopen(fd, "r");
    ssize_t length = file ? getline(&line, &size, file) : -1;

    if (file)
        fclose(file);
    if (length >= 0)
        return line;
    free(line);
    return NULL;
}

/* The other job, of one that listed a file, is to run one of its scenarios: the file is loaded
 * already, and no other process is needed. */
static int run_jobs(struct mh_vm *vm, const struct mh_child *child)
{
    running_scheduler = mh_vm_scheduler(vm);
    handle_terminate();
    mh_last_words_guard(vm);
    int status = call_runner(vm, child->job);
    if (status == 0 && child->job_fd >= 0) {
        char *job = read_job(child->job_fd);
        if (job)
            status = call_runner(vm, job);
        free(job);
    }
    signal(SIGTERM, SIG_IGN);     /* what is left is freeing memory */
    mh_last_words_end_programs(); /* closing the end of a pipe awaits the program behind it */
    return status;
}

int mh_job_run(const struct mh_child *child)
{
    struct mh_vm_options options = {
        .event_fd = child->event_fd,
        .machine_netns_fd = child->machine_netns_fd,
        .errand_fd = child->errand_fd,
        .lua_directory = child->context,
        .modules = mh_embedded_modules,
    };
    struct mh_error err = {0};
    struct mh_vm *vm;

    if (mh_vm_new(&options, &vm, &err) < 0)
        return complain(err.message);

    int status = run_jobs(vm, child);
    if (mh_vm_free(vm) != 0 && status == 0)
        return complain("event-loop handles were left open");
    return status;
}
