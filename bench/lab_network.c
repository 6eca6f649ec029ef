/* Builds a network of HOSTS hosts spread over SWITCHES switches with the lab and prints how
 * long it took until it was ready, in milliseconds: `lab_network HOSTS SWITCHES [hold]`.
 * `hold`: it stays until standard input ends; a line for each of its namespaces tells where it
 * can be entered, the switches' first. */
#include "base/clock.h"
#include "lab/lab.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int fail(const struct mh_error *err)
{
    fprintf(stderr, "%s\n%s\n", err->message, err->hint);
    return 1;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void describe(struct mh_lab *lab, int hosts, int switches)
{
    struct mh_switch_plan plan = {
        .snooping = true, .querier = true, .igmp_version = 3, .mld_version = 2};
    struct mh_port_plan port = {.interface = "eth0",
        .prefix_length = 16,
        .prefix_length6 = 64,
        .default_multicast = true};
    char name[16];

    for (int i = 0; i < switches; i++) {
        snprintf(name, sizeof(name), "s%d", i);
        plan.name = name;
        mh_lab_add_switch(lab, &plan, NULL);
    }
    for (int i = 0; i < hosts; i++) {
        snprintf(name, sizeof(name), "h%d", i);
        port.host = mh_lab_add_host(lab, name, NULL);
        port.attached_switch = i % switches;
        port.address.family = AF_INET;
        port.address.v4.s_addr = htonl(0x0a000001U + (unsigned)i);
        port.address6.family = AF_INET6;
        inet_pton(AF_INET6, "fd00::", &port.address6.v6);
        port.address6.v6.s6_addr[14] = (uint8_t)((i + 1) >> 8);
        port.address6.v6.s6_addr[15] = (uint8_t)(i + 1);
        mh_lab_add_port(lab, &port, NULL);
    }
}

static void hold(const struct mh_lab *lab, int hosts)
{
    const long self = (long)getpid();

    printf("/proc/%ld/fd/%d\n", self, mh_lab_switch_netns(lab));
    for (int i = 0; i < hosts; i++)
        printf("/proc/%ld/fd/%d\n", self, mh_lab_host_netns(lab, i));
    fflush(stdout);
    while (getchar() != EOF)
        continue;
}

int main(int argc, char **argv)
{
    int hosts = argc > 1 ? atoi(argv[1]) : 4;
    int switches = argc > 2 ? atoi(argv[2]) : 1;
    struct mh_lab *lab = mh_lab_new();
    struct mh_error err = {0};
    uint64_t start, ready;

    raise_descriptor_limit();
    start = mh_clock_monotonic_ns();
    describe(lab, hosts, switches);
    if (mh_lab_build(lab, &err) || mh_lab_settle(lab, &err))
        return fail(&err);
    ready = mh_clock_monotonic_ns();
    printf("%.2f\n", (double)(ready - start) / 1e6);
    if (argc > 3 && strcmp(argv[3], "hold") == 0)
        hold(lab, hosts);
    mh_lab_free(lab);
    return 0;
}
