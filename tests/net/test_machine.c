#include "net/machine.h"
#include "test.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static unsigned from_file(const char *path)
{
    FILE *file = fopen(path, "re");
    unsigned number = 0;

    if (!file)
        return 0;
    assert_int_equal(fscanf(file, "%u", &number), 1);
    fclose(file);
    return number;
}

static void tells_the_buffer_limits(void **state)
{
    (void)state;
    assert_true(mh_machine_receive_buffer_max() > 0);
    assert_int_equal(mh_machine_receive_buffer_max(), from_file("/proc/sys/net/core/rmem_max"));
    assert_int_equal(mh_machine_send_buffer_max(), from_file("/proc/sys/net/core/wmem_max"));
}

static void tells_the_backlog_limit(void **state)
{
    unsigned limit = from_file("/proc/sys/net/core/netdev_max_backlog");
    (void)state;

    assert_int_equal(mh_machine_backlog_limit(), limit ? limit : 1000);
}

/* The kernel's table, one line for each CPU, read another way. */
static uint64_t backlog_drops_by_line(void)
{
    FILE *file = fopen("/proc/net/softnet_stat", "re");
    unsigned processed, dropped;
    uint64_t total = 0;
    char line[512];

    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        assert_int_equal(sscanf(line, "%x %x", &processed, &dropped), 2);
        total += dropped;
    }
    fclose(file);
    return total;
}

static void counts_backlog_drops_over_all_cpus(void **state)
{
    (void)state;
    uint64_t before = backlog_drops_by_line();
    uint64_t drops = mh_machine_backlog_drops();
    uint64_t after = backlog_drops_by_line();

    assert_in_range(drops, before, after);
}

static void falls_back_where_a_limit_is_hidden(void **state)
{
    (void)state;
    if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
        skip();
    if (unshare(CLONE_NEWNET) < 0)
        skip();
    tells_the_backlog_limit(state);
    tells_the_buffer_limits(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_buffer_limits),
        cmocka_unit_test(tells_the_backlog_limit),
        cmocka_unit_test(counts_backlog_drops_over_all_cpus),
        cmocka_unit_test(falls_back_where_a_limit_is_hidden),
    };
    return cmocka_run_group_tests_name("net/machine", tests, NULL, NULL);
}
