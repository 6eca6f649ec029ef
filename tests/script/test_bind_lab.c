#include "lan_fixture.h"

static void ports_tell_where_they_are(void **state)
{
    run_task(state,
        "for host = 0, 2 do\n"
        "  local port = LAB:port(host)\n"
        "  assert(port.interface == 'eth0' and port.index > 0 and port.switch_index > 0)\n"
        "  assert(port.mac:match('^%x%x:%x%x:%x%x:%x%x:%x%x:%x%x$') and #port.switch_device > "
        "0)\n"
        "end\n"
        "refuses('there is no port 3', LAB.port, LAB, 3)\n"
        "refuses('there is no host -1', LAB.netns, LAB, -1)\n");
}

static void a_namespace_lists_its_interfaces(void **state)
{
    run_task(state,
        "local list = NETNS[1]:interfaces()\n"
        "assert(#list == 2 and list[1].name == 'lo' and list[2].name == 'eth0')\n"
        "local eth0 = list[2]\n"
        "assert(eth0.index == INDEX[1] and eth0.mtu == 1500 and eth0.mac == LAB:port(1).mac)\n"
        "assert(eth0.flags.up and eth0.flags.running and eth0.flags.multicast)\n"
        "assert(not eth0.flags.loopback and list[1].flags.loopback)\n"
        "local found\n"
        "for _, a in ipairs(eth0.addresses) do\n"
        "  found = found or a.address == address(1) and a.prefix_length == (FAMILY == 'ipv6' "
        "and 64 or 24)\n"
        "end\n"
        "assert(found)\n");
}

static void a_namespace_outlives_its_lab(void **state)
{
    run_task(state, "local netns = LAB:netns(1)\n"
                    "LAB:close()\n"
                    "assert(netns:interfaces()[2].index == INDEX[1])\n"
                    "assert(core.socket(netns, FAMILY):fd() > 0)\n");
}

static void the_switchs_table_follows_joins_and_leaves(void **state)
{
    run_task(state,
        "assert(not LAB:has_group(1, GROUP))\n"
        "local s = member(1)\n"
        "assert(LAB:has_group(1, GROUP) and not LAB:has_group(2, GROUP))\n"
        "s:leave(GROUP, INDEX[1])\n"
        "await(LAB:changed(), function() return not LAB:has_group(1, GROUP) end)\n"
        "s:join(GROUP, INDEX[1], address(0))\n"
        "await(LAB:changed(), function() return LAB:has_group(1, GROUP, address(0)) end)\n"
        "assert(not LAB:has_group(1, GROUP) and not LAB:has_group(1, GROUP, address(2)))\n");
}

static void a_switch_tells_its_effective_plan(void **state)
{
    run_task(state,
        "local plan = LAB:read_switch(0)\n"
        "assert(plan.name == 'lan' and plan.snooping == true and plan.querier == true)\n"
        "assert(plan.igmp_version == 3 and plan.mld_version == 2 and plan.fast_leave == "
        "false)\n"
        "assert(math.abs(plan.last_member_interval - 10) <= 1)\n"
        "refuses('there is no switch 1', LAB.read_switch, LAB, 1)\n");
}

static void introducing_is_harmless(void **state)
{
    run_task(state, "LAB:introduce(0)\n"
                    "LAB:introduce(0)\n"
                    "refuses('there is no host 3', LAB.introduce, LAB, 3)\n");
}

static void wrong_plans_are_refused(void **state)
{
    run_task(state,
        "local lab <close> = core.lab()\n"
        "refuses('lab is not built yet', lab.settle, lab)\n"
        "refuses('name: string expected, got nil', lab.add_switch, lab, {})\n"
        "refuses('query_interval: integer from 0 to 4294967295 expected, got -1',\n"
        "  lab.add_switch, lab, {name = 's', query_interval = -1})\n"
        "refuses('igmp_version: integer from 0 to 255 expected, got x',\n"
        "  lab.add_switch, lab, {name = 's', igmp_version = 'x'})\n"
        "assert(lab:add_switch {name = 's', flood_unknown = false, unheard_of = 1} == 0)\n"
        "assert(lab:add_host('h') == 0)\n"
        "refuses('host: there is none of that number', lab.add_port, lab, {switch = 0, host = "
        "1})\n"
        "refuses('switch: there is none of that number', lab.add_port, lab, {host = 0})\n"
        "local port = {host = 0, switch = 0, interface = 'eth0'}\n"
        "for _, text in ipairs {'10.0.0.1', '10.0.0.1/33', '10.0.0.1/', '/24', 'fd00::1/64', "
        "'10.0.0.1/2x'} do\n"
        "  port.address = text\n"
        "  refuses('address: IPv4 address/prefix length expected, got ' .. text, lab.add_port, "
        "lab, port)\n"
        "end\n"
        "port.address, port.address6 = nil, 'fd00::1/129'\n"
        "refuses('address6: IPv6 address/prefix length expected', lab.add_port, lab, port)\n");
}

static void a_closed_lab_says_so_and_wakes_who_waits(void **state)
{
    run_task(state, "local seen\n"
                    "core.spawn(function()\n"
                    "  local changed = LAB:changed()\n"
                    "  raises('ECANCELED', changed.wait, changed)\n"
                    "  seen = true\n"
                    "end)\n"
                    "core.sleep(0)\n"
                    "LAB:close(); LAB:close()\n"
                    "core.sleep(0)\n"
                    "assert(seen)\n"
                    "refuses('lab is closed', LAB.build, LAB)\n"
                    "refuses('lab is closed', LAB.changed, LAB)\n");
}

static void a_lab_is_built_once(void **state)
{
    run_task(state, "refuses('lab is built already', LAB.build, LAB)\n"
                    "refuses('own network namespace is not known', core.machine_netns)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LAN_TEST(ports_tell_where_they_are),
        LAN_TEST(a_namespace_lists_its_interfaces),
        LAN_TEST(a_namespace_outlives_its_lab),
        LAN_TEST(the_switchs_table_follows_joins_and_leaves),
        LAN_TEST(a_switch_tells_its_effective_plan),
        LAN_TEST(introducing_is_harmless),
        LAN_TEST(wrong_plans_are_refused),
        LAN_TEST(a_closed_lab_says_so_and_wakes_who_waits),
        LAN_TEST(a_lab_is_built_once),
    };
    if (!enter_sandbox())
        return TEST_SKIPPED;
    return cmocka_run_group_tests_name("script/bind_lab", tests, NULL, NULL);
}
