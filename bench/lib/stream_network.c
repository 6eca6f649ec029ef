#include "lib/stream_network.h"

#include "net/mroute.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

static int check(int r, const struct mh_error *err)
{
    if (r >= 0)
        return r;
    fprintf(stderr, "network: %s: %s\n", err->operation, err->message);
    exit(2);
}

/* 10.0.0.1 and on; beyond the router 10.1.0.1 and on. */
static struct mh_port_plan port_plan(int host, int attached_switch, bool beyond)
{
    struct mh_port_plan plan = {.host = host,
        .attached_switch = attached_switch,
        .interface = beyond ? "eth1" : "eth0",
        .prefix_length = 16,
        .default_multicast = !beyond};

    plan.address.family = AF_INET;
    plan.address.v4.s_addr = htonl((beyond ? 0x0a010001U : 0x0a000001U) + (unsigned)host);
    return plan;
}

static int add_switch(struct mh_lab *lab, const char *name)
{
    struct mh_error err;
    struct mh_switch_plan plan = {.name = name,
        .snooping = true,
        .querier = true,
        .igmp_version = 3,
        .mld_version = 2,
        .query_interval = 12500,
        .query_response_interval = 10};

    return check(mh_lab_add_switch(lab, &plan, &err), &err);
}

static void attach(struct mh_lab *lab, const struct mh_port_plan *plan)
{
    struct mh_error err;
    check(mh_lab_add_port(lab, plan, &err), &err);
}

static void connect_by_cable(struct mh_lab *lab)
{
    struct mh_error err;
    const struct mh_port_plan ends[2] = {
        port_plan(0, MH_NO_SWITCH, false), port_plan(1, MH_NO_SWITCH, false)};

    check(mh_lab_add_cable(lab, ends, &err), &err);
}

static void connect_by_switch(struct mh_lab *lab, int receivers)
{
    int lan = add_switch(lab, "lan");

    for (int host = 0; host <= receivers; host++) {
        struct mh_port_plan port = port_plan(host, lan, false);
        attach(lab, &port);
    }
}

/* The router's ports come last, so that the others have their hosts' numbers. */
static void connect_by_router(struct mh_lab *lab, int receivers)
{
    struct mh_error err;
    int left = add_switch(lab, "left");
    int right = add_switch(lab, "right");
    int router = check(mh_lab_add_router(lab, "router", &err), &err);

    for (int host = 0; host <= receivers; host++) {
        struct mh_port_plan port = port_plan(host, host == 0 ? left : right, false);
        if (host > 0)
            port.address.v4.s_addr |= htonl(0x00010000U);
        attach(lab, &port);
    }
    const struct mh_port_plan ends[2] = {
        port_plan(router, left, false), port_plan(router, right, true)};
    attach(lab, &ends[0]);
    attach(lab, &ends[1]);
}

/* The route goes with its socket, that is with the process. */
static void forward(struct mh_lab *lab, int receivers, const struct mh_addr *group)
{
    struct mh_error err;
    struct mh_mroute *mroute;
    int router = receivers + 1;
    struct mh_mroute_entry entry = {.group = *group,
        .source = port_plan(0, 0, false).address,
        .incoming = mh_lab_port(lab, router)->interface_index,
        .outputs = {{mh_lab_port(lab, router + 1)->interface_index, 1}},
        .output_count = 1};

    check(mh_mroute_open(mh_lab_host_netns(lab, router), AF_INET, &mroute, &err), &err);
    check(mh_mroute_add(mroute, &entry, &err), &err);
}

struct mh_lab *stream_network_build(int receivers, bool routed, const struct mh_addr *group)
{
    struct mh_error err;
    struct mh_lab *lab = mh_lab_new();
    char name[16];

    for (int host = 0; host <= receivers; host++) {
        snprintf(name, sizeof(name), "h%d", host);
        check(mh_lab_add_host(lab, name, &err), &err);
    }
    if (routed)
        connect_by_router(lab, receivers);
    else if (receivers == 1)
        connect_by_cable(lab);
    else
        connect_by_switch(lab, receivers);
    check(mh_lab_build(lab, &err), &err);
    check(mh_lab_settle(lab, &err), &err);
    if (routed)
        forward(lab, receivers, group);
    return lab;
}
