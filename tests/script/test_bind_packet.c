#include "vm_fixture.h"

/* Verbs in front of what a test says in Lua. `query`: an IGMPv3 group-and-source-specific query
 * (RFC 3376, section 4.1), as a table that says all that its bytes say. */
#define VERBS                                                                                  \
    "function decode(hex, layer, length)\n"                                                    \
    "  local bytes = hex:gsub('%s', ''):gsub('..', function(h)\n"                              \
    "    return string.char(tonumber(h, 16)) end)\n"                                           \
    "  return core.packet_decode(bytes, layer, length)\n"                                      \
    "end\n"                                                                                    \
    "function hex(packet)\n"                                                                   \
    "  return (core.packet_encode(packet):gsub('.', function(c)\n"                             \
    "    return ('%02x'):format(c:byte()) end))\n"                                             \
    "end\n"                                                                                    \
    "function same(a, b)\n"                                                                    \
    "  if a ~= b then error(('%s is not %s'):format(a, b), 2) end\n"                           \
    "end\n"                                                                                    \
    "function refuses(words, f, ...)\n"                                                        \
    "  local ok, problem = pcall(f, ...)\n"                                                    \
    "  if ok then error('not refused: ' .. words, 2) end\n"                                    \
    "  if not problem:find(words, 1, true) then error(problem, 2) end\n"                       \
    "end\n"                                                                                    \
    "QUERY = [[01005e010203 020000000001 0800 46c0002c 0007 4000 01 02 0000 0a000001\n"        \
    "  ef010203 94040000 11 8a 0000 ef010203 0a 7d 0002 0a000002 0a000003]]\n"

static void check(void **state, const char *code)
{
    spawn(*state, VERBS);
    run(*state);
    spawn(*state, code);
    run(*state);
}

static void bytes_become_a_table(void **state)
{
    check(state,
        "local packet = decode(QUERY)\n"
        "same(packet.length, 58); same(packet.truncated, false)\n"
        "same(packet.malformed, nil); same(packet.payload, nil)\n"
        "same(packet.eth.destination, '01:00:5e:01:02:03'); same(packet.eth.type, 0x0800)\n"
        "same(packet.ip.source, '10.0.0.1'); same(packet.ip.ttl, 1)\n"
        "same(packet.ip.dscp, 48); same(packet.ip.router_alert, true)\n"
        "same(packet.ip.options[1].type, 148); same(packet.ip.checksum_valid, false)\n"
        "local igmp = packet.igmp\n"
        "same(igmp.type, 'query'); same(igmp.version, 3); same(igmp.group, '239.1.2.3')\n"
        /* 0x8a: mantissa 10, exponent 0: (10 + 16) << 3 tenths of a second */
        "same(igmp.max_response, 20.8); same(igmp.query_interval, 125)\n"
        "same(igmp.suppress, true); same(igmp.robustness, 2)\n"
        "same(#igmp.sources, 2); same(igmp.sources[2], '10.0.0.3')\n"
        "same(igmp.checksum, 0); same(igmp.checksum_valid, false)\n");
}

static void a_table_becomes_the_same_bytes(void **state)
{
    check(state, "same(hex(decode(QUERY)), (QUERY:gsub('%s', '')))\n"
                 "local packet = decode(QUERY)\n"
                 "packet.ip.checksum, packet.igmp.checksum = nil, nil\n"
                 "local right = decode(hex(packet))\n"
                 "same(right.ip.checksum_valid, true); same(right.igmp.checksum_valid, true)\n"
                 "same(right.ip.lengths_valid, true)\n");
}

static void what_was_right_is_made_right_again(void **state)
{
    check(state, "local packet = decode(QUERY)\n"
                 "packet.ip.checksum, packet.igmp.checksum = nil, nil\n"
                 "packet = decode(hex(packet))\n"
                 "packet.ip.ttl = 9\n"
                 "table.remove(packet.igmp.sources)\n"
                 "local changed = decode(hex(packet))\n"
                 "same(changed.length, 54); same(changed.ip.total_length, 40)\n"
                 "same(#changed.igmp.sources, 1); same(changed.ip.ttl, 9)\n"
                 "same(changed.ip.checksum_valid, true)\n"
                 "same(changed.igmp.checksum_valid, true)\n");
}

static void lengths_and_checksums_are_forced(void **state)
{
    check(state, "local function ip(fields)\n"
                 "  fields.protocol = 17\n"
                 "  return fields\n"
                 "end\n"
                 "local udp = {source_port = 1, destination_port = 2, payload = 'abc'}\n"
                 "same(hex{ip = ip{total_length = 0x1234}, udp = udp}:sub(5, 8), '1234')\n"
                 "same(hex{ip = ip{header_length = 24}, udp = udp}:sub(1, 2), '46')\n"
                 "same(hex{ip = ip{checksum = 0xbeef}, udp = udp}:sub(21, 24), 'beef')\n"
                 "udp.length, udp.checksum = 0x4321, 0xdead\n"
                 "same(hex{ip = ip{}, udp = udp}:sub(49, 56), '4321dead')\n"
                 "same(hex{ip6 = ip{payload_length = 7}, udp = udp}:sub(9, 12), '0007')\n");
}

static void a_packet_without_its_end_is_truncated(void **state)
{
    check(state, "local whole = decode(QUERY)\n"
                 "local cut = decode(QUERY:gsub('%s', ''):sub(1, 2 * 50), nil, 58)\n"
                 "same(cut.truncated, true); same(cut.length, 58); same(cut.malformed, nil)\n"
                 "same(cut.ip.total_length, 44); same(cut.ip.lengths_valid, false)\n"
                 "same(cut.ip.checksum, whole.ip.checksum)\n"
                 "same(cut.igmp, nil); same(#cut.payload, 12)\n"
                 "same(#core.packet_encode(cut), 50)\n"
                 /* Frames are cut off in captures, but the packet may be whole. */
                 "same(decode(QUERY, nil, 60).igmp.type, 'query')\n"
                 "refuses('shorter than what is here', decode, QUERY, nil, 57)\n");
}

static void ports_are_told_of_a_datagram_without_its_end(void **state)
{
    check(state, "local udp = {source_port = 7, destination_port = 8, payload = 'abcdef'}\n"
                 "for _, ip in ipairs{{ip = {protocol = 17}}, {ip6 = {protocol = 17}}} do\n"
                 "  ip.udp = udp\n"
                 "  local bytes = hex(ip)\n"
                 "  local cut = decode(bytes:sub(1, -5), 'ip')\n"
                 "  same(cut.truncated, true); same(cut.udp.destination_port, 8)\n"
                 "  same(cut.udp.payload, 'abcd'); same(cut.udp.checksum_valid, nil)\n"
                 "  same(hex(cut), bytes:sub(1, -5))\n"
                 "end\n");
}

static void fragments_are_not_taken_for_messages(void **state)
{
    check(state, "local first = decode(hex{ip = {protocol = 2, more_fragments = true},\n"
                 "  payload = ('x'):rep(16)}, 'ip')\n"
                 "same(first.igmp, nil); same(#first.payload, 16); same(first.malformed, nil)\n"
                 "local later = decode(hex{ip = {protocol = 17, fragment_offset = 16},\n"
                 "  payload = ('x'):rep(16)}, 'ip')\n"
                 "same(later.udp, nil); same(#later.payload, 16)\n"
                 "local six = decode(hex{ip6 = {protocol = 58, extensions = {\n"
                 "  {type = 'fragment', value = '\\0\\8\\0\\0\\0\\1'}}}, payload = 'xyz'}, "
                 "'ip')\n"
                 "same(six.ip6.fragment_offset, 8); same(six.payload, 'xyz')\n"
                 "same(six.ip6.protocol, 58); same(six.ip6.extensions[1].type, 'fragment')\n");
}

static void what_no_decoder_takes_is_told(void **state)
{
    check(state, "same(decode('ffff').malformed, 'eth: cut off or inconsistent at byte 1')\n"
                 "same(decode('', 'ip').malformed, 'ip: cut off or inconsistent at byte 1')\n"
                 "local arp = decode('ffffffffffff 020000000001 0806 0001')\n"
                 "same(arp.eth.type, 0x0806); same(arp.payload, '\\0\\1')\n"
                 "local odd = decode(hex{ip = {protocol = 2}, payload = '\\x11\\0\\0'}, 'ip')\n"
                 "same(odd.malformed, 'igmp: cut off or inconsistent at byte 3')\n"
                 "same(odd.payload, '\\x11\\0\\0')\n"
                 "same(decode(hex{ip = {protocol = 89}, payload = 'ospf'}, 'ip').payload, "
                 "'ospf')\n");
}

static void padding_of_a_short_frame_is_kept(void **state)
{
    check(state, "local padded = decode(QUERY .. '00 00 00')\n"
                 "same(padded.eth.trailer, '\\0\\0\\0'); same(padded.length, 61)\n"
                 "same(hex(padded), (QUERY:gsub('%s', '')) .. '000000')\n");
}

static void tables_that_are_no_packet_are_refused(void **state)
{
    check(state,
        "refuses('packet: ttl: expected an integer from 0 to 255', hex, {ip = {ttl = 256}})\n"
        "refuses('packet: source: expected an IPv4 address', hex, {ip = {source = '::1'}})\n"
        "refuses('packet: ip: expected a table', hex, {ip = 5})\n"
        "refuses('packet: destination: expected an Ethernet address', hex,\n"
        "  {eth = {destination = '01:02'}})\n"
        "refuses(\"packet: type: unknown word 'ask'\", hex, {ip = {}, igmp = {type = 'ask'}})\n"
        "refuses('packet: sources: element 2 is no address', hex, {ip = {}, igmp = {\n"
        "  type = 'query', version = 3, sources = {'10.0.0.1', '::1'}}})\n"
        "refuses('packet: ip: longer than a packet can be', hex,\n"
        "  {ip = {}, payload = ('x'):rep(65600)})\n"
        "refuses('packet: holdtime: expected', hex, {ip = {}, pim = {holdtime = 65536}})\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bytes_become_a_table, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(a_table_becomes_the_same_bytes, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(what_was_right_is_made_right_again, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(lengths_and_checksums_are_forced, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            a_packet_without_its_end_is_truncated, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            ports_are_told_of_a_datagram_without_its_end, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            fragments_are_not_taken_for_messages, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(what_no_decoder_takes_is_told, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(padding_of_a_short_frame_is_kept, open_vm, close_vm),
        cmocka_unit_test_setup_teardown(
            tables_that_are_no_packet_are_refused, open_vm, close_vm),
    };
    return cmocka_run_group_tests_name("script/bind_packet", tests, NULL, NULL);
}
