-- Memberships of which the switch knows nothing: it does not snoop.
-- run: run {cases}/../../../scenarios/scale/memberships.lua --topology {file} --param memberships=200 -k "asked for"
-- expect: exit 1
-- expect: failed "as many groups as asked for [ipv4]" datagram <any> from host 'source' to <any> port <number>: expected to cross to member, seen member and bystander: bystander saw it and should not have (62)
-- expect: failed "as many groups as asked for [ipv6]" datagram <any> from host 'source' to <any> port <number>: expected to cross to member, seen member and bystander: bystander saw it and should not have (62)

return topology("a switch that does not snoop", function(net)
  local lan = net:switch("lan", {snooping = false})
  for _, name in ipairs{"member", "source", "bystander"} do net:host(name, lan) end
end)
