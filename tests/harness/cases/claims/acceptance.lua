-- Acceptance scenarios on a network that must not be accepted: it floods.
-- run: run {cases}/../../../scenarios/acceptance/both-directions.lua {cases}/../../../scenarios/acceptance/large-datagrams.lua --topology {file} -k "fresh group" -k "not a byte"
-- expect: exit 1
-- expect: failed "a fresh group each time [ipv4]" observer on eth0 of host 'bystander': expected nothing, saw <any> and <number> more (53)
-- expect: failed "a fresh group each time [ipv6]" observer on eth0 of host 'bystander': expected nothing, saw <any> and <number> more (53)
-- expect: failed "all of it arrives, and not a byte is changed [ipv4]" observer on eth0 of host 'bystander': expected nothing, saw <any> and <number> more (51)
-- expect: failed "all of it arrives, and not a byte is changed [ipv6]" observer on eth0 of host 'bystander': expected nothing, saw <any> and <number> more (51)

return topology("a switch that floods", function(net)
  local lan = net:switch("lan", {snooping = false})
  for _, name in ipairs{"left", "right", "source", "a", "b", "bystander"} do net:host(name, lan) end
end)
