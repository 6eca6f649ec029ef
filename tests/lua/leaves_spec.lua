-- Who joins again as a switch forgets it is ready when the switch has heard of it.
local function has_entry(switch, group)
  for _, entry in ipairs(switch:mdb()) do
    if entry.group == group then return true end
  end
  return false
end

--- Without a pause, in which the harness would hear that the entry is gone.
local function until_forgotten(switch, group)
  while has_entry(switch, group) do end
end

local cases = {
  { name = "ipv4", family = "ipv4" }, { name = "ipv6", family = "ipv6" },
  { name = "one source", family = "ipv4", ssm = true },
}

scenario("leaves: a receiver that is opened anew is ready", { each = cases }, function(t)
  local member, source = t:hosts("member", "source")
  local group, port = t:group { family = t.case.family, ssm = t.case.ssm }, t:port()
  local options = { group = group, port = port, source = t.case.ssm and source.address or nil }
  local sender = source:sender { group = group, port = port }
  for _ = 1, 3 do
    local first = member:receiver(options)
    expect(sender:send("first")):reaches { member }
    first:close()
    until_forgotten(t.net.switches.lan, group)
    local again = member:receiver(options)
    expect(sender:send("again")):reaches { member }
    again:close()
  end
end)

scenario("leaves: a switch that hears of it from another is ready, too", function(t)
  local near, far = t.net:switch("near"), t.net:switch("far")
  t.net:link(near, far)
  local source, member = t.net:host("source", near), t.net:host("member", far)
  local group, port = t:group(), t:port()
  local sender = source:sender { group = group, port = port }
  local receiver = member:receiver { group = group, port = port }
  for _ = 1, 3 do
    receiver:leave(group)
    until_forgotten(near, group)
    receiver:join(group)
    expect(sender:send("again")):reaches { member }
  end
end)
