#include "lan_fixture.h"

/* Host 1 routes what host 0 sends: in through eth0, out through lo. */
#define ROUTER                                                                                 \
    "local router = core.mroute(NETNS[1], FAMILY)\n"                                           \
    "local entry = {source = address(0), group = GROUP, incoming = INDEX[1],\n"                \
    "  outputs = {{interface = 1, ttl_threshold = 9}}}\n"

static void a_route_counts_and_is_told(void **state)
{
    run_task(state, ROUTER
        "router:add(entry)\n"
        "assert(router:count(entry).packets == 0)\n"
        "local found = core.mroutes(NETNS[1], FAMILY)\n"
        "assert(#found == 1 and found[1].source == address(0) and found[1].group == GROUP)\n"
        "assert(found[1].incoming == INDEX[1] and found[1].resolved)\n"
        "assert(#found[1].outputs == 1 and found[1].outputs[1].interface == 1)\n"
        "assert(found[1].wrong_interface == 0 and found[1].bytes == 0)\n"
        "router:remove(entry)\n"
        "assert(#core.mroutes(NETNS[1], FAMILY) == 0)\n"
        "raises('EADDRNOTAVAIL', router.count, router, entry)\n");
}

static void routes_end_with_their_owner(void **state)
{
    run_task(state, ROUTER "router:add(entry)\n"
                           "raises('EADDRINUSE', core.mroute, NETNS[1], FAMILY)\n"
                           "router:close(); router:close()\n"
                           "assert(#core.mroutes(NETNS[1], FAMILY) == 0)\n"
                           "refuses('multicast routing is closed', router.add, router, entry)\n"
                           "core.mroute(NETNS[1], FAMILY):close()\n");
}

static void wrong_entries_are_refused(void **state)
{
    run_task(state,
        ROUTER "refuses(\"invalid option 'ipx'\", core.mroute, NETNS[1], 'ipx')\n"
               "entry.incoming = 0\n"
               "refuses('incoming: expected 1 to', router.add, router, entry)\n"
               "entry.incoming = INDEX[1]\n"
               "entry.outputs[1].ttl_threshold = 255\n"
               "refuses('ttl_threshold: expected 1 to 254', router.add, router, entry)\n"
               "entry.outputs = nil\n"
               "refuses('outputs: table expected', router.add, router, entry)\n"
               "entry.outputs = {}\n"
               "for i = 1, 33 do entry.outputs[i] = {interface = 1, ttl_threshold = 1} end\n"
               "refuses('outputs: more than 32', router.add, router, entry)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LAN_TEST(a_route_counts_and_is_told),
        LAN_TEST(routes_end_with_their_owner),
        LAN_TEST(wrong_entries_are_refused),
    };
    if (!enter_sandbox())
        return TEST_SKIPPED;
    return cmocka_run_group_tests_name("script/bind_mroute", tests, NULL, NULL);
}
