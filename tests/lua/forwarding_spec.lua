-- What the library says that a switch does is what the switch does: each picture of its tables is
-- held against the frames that arrive.
local forwarding = require "mcast.forwarding"

local address_of = {ipv4 = "address", ipv6 = "address6"}

local switches = {
  {name = "v3", options = {}},
  {name = "v2", options = {igmp_version = 2, mld_version = 1}},
  {name = "no snooping", options = {snooping = false}},
  {name = "no querier", options = {querier = false}},
  {name = "no flooding", options = {flood_unknown = false}},
  {name = "no querier, no flooding", options = {querier = false, flood_unknown = false}},
}

local cases = {}
for _, one in ipairs(switches) do
  for _, family in ipairs{"ipv4", "ipv6"} do
    local case = setmetatable({}, {__tostring = function() return one.name .. " " .. family end})
    case.family, case.options = family, one.options
    case.lab = topology("every kind of member", function(net)
      local lan = net:switch("lan", one.options)
      for _, name in ipairs{"one", "other", "any", "only", "but", "none"} do net:host(name, lan) end
      net:router("router", lan)
    end)
    cases[#cases + 1] = case
  end
end

local function targets(net, group, sender, family)
  local hosts, found = {}, {}
  net:_await_ready() -- as the send will
  local picture = forwarding.read(net.switches.lan, group)
  for host in pairs(picture:targets(sender[address_of[family]])) do
    found[host] = host ~= sender or nil
  end
  for _, host in ipairs(net.hosts) do
    if found[host] then hosts[#hosts + 1] = host end
  end
  return hosts
end

local function check(t, group, port, family)
  for _, name in ipairs{"one", "other"} do
    local sender = t:hosts(name)
    local expected = targets(t.net, group, sender, family)
    local sent = sender:sender{group = group, port = port}:send("from " .. name)
    expect(sent):crosses(expected)
  end
end

for _, case in ipairs(cases) do
  scenario("tables and frames agree: " .. tostring(case), {topology = case.lab}, function(t)
    local family, port = case.family, t:port()
    local any, only, but = t:hosts("any", "only", "but")
    local one = t:hosts("one")[address_of[family]]
    local group = t:group{family = family}

    t:step("nobody joined")
    check(t, group, port, family)

    t:step("members of every kind")
    any:receiver{group = group, port = port}
    only:receiver{group = group, port = port, source = one}
    but:receiver{group = group, port = port, exclude = {one}}
    check(t, group, port, family)

    t:step("static entries")
    local lan, static = t.net.switches.lan, t:group{family = family}
    for _, entry in ipairs{{"none", one}, {"but"}} do
      -- A bridge that does not snoop takes none.
      if lan.snooping then lan:mdb_add{group = static, host = entry[1], source = entry[2]} end
      check(t, static, port, family)
    end

    t:step("a group of the link")
    for _, link_local in ipairs(family == "ipv4" and {"224.0.0.77"} or {"ff02::1", "ff02::77"}) do
      check(t, link_local, port, family)
    end
  end)
end
