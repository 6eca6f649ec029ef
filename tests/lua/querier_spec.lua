-- A querier on a host: what it sends, whom it yields to, when it comes back.
local families = {"ipv4", "ipv6"}

-- a --- lan --- b: the switch does not query
local quiet = topology("a switch that does not query", function(net)
  local lan = net:switch("lan", {querier = false})
  for _, name in ipairs{"a", "b"} do net:host(name, lan) end
end)

local protocols = {ipv4 = 2, ipv6 = 58}

local function queries(observer, family)
  local count = 0
  for _, frame in ipairs(observer:frames()) do
    if frame.protocol == protocols[family] then count = count + 1 end
  end
  return count
end

scenario("it queries at once and goes on", {topology = quiet, each = families}, function(t)
  local a, b = t:hosts("a", "b")
  local group = t.case == "ipv4" and "224.0.0.1" or "ff02::1"
  local seen = b:observer{group = group}
  local querier = a:querier{family = t.case, interval = 1, startup_interval = 0.1}
  expect(eventually(function() return queries(seen, t.case) >= 2 end)):is_true()
  expect(querier.elected):is_true()
  expect(querier.querier):equals(querier.address)
  expect(querier.sent):is_at_least(2)
  querier:stop()
  querier:stop()
  expect(querier.elected):is_false()
  expect(querier.querier):is_nil()
  expect(querier.stopped):is_true()
  expect(function() querier:query() end):raises("the querier was stopped")
end)

scenario("the lower address wins and is replaced when it stops",
  {topology = quiet, each = families}, function(t)
  local a, b = t:hosts("a", "b")
  local high = b:querier{family = t.case, interval = 0.2}
  expect(eventually(function() return high.sent > 0 end)):is_true()
  local low = a:querier{family = t.case, interval = 0.2}
  expect(eventually(function() return high.querier == low.address end)):is_true()
  expect(high.elected):is_false()
  expect(low.elected):is_true()
  local before = high.sent
  low:query()
  low:stop()
  -- Robustness 2 times what the other said (0 s: not known), and half a response interval.
  expect(eventually(function() return high.elected end, {within = 5})):is_true()
  expect(eventually(function() return high.sent > before end)):is_true()
end)

scenario("an address may be given to lose by", {topology = quiet}, function(t)
  local a, b = t:hosts("a", "b")
  local loser = a:querier{interval = 0.2, source = "10.99.99.99"}
  local winner = b:querier{interval = 0.2}
  expect(eventually(function() return loser.querier == winner.address end)):is_true()
  expect(winner.elected):is_true()
end)

-- One that snoops drops IGMP and MLD with wrong checksums.
local plain = topology("a switch that does not even snoop", function(net)
  local lan = net:switch("lan", {snooping = false})
  for _, name in ipairs{"a", "b"} do net:host(name, lan) end
end)

-- RFC 4541 section 2.1.1, RFC 3810 section 5.1.14: proxies ask from 0.0.0.0, strangers from afar.
scenario("some queries elect nobody", {topology = plain}, function(t)
  local a, b = t:hosts("a", "b")
  local igmp, mld = b:querier{interval = 1}, b:querier{family = "ipv6", interval = 1}
  a:inject{ip = {source = "0.0.0.0"}, igmp = {type = "query"}}
  a:inject{ip = {source = "10.0.0.2"}, igmp = {type = "query", checksum = 0xdead}}
  a:inject{igmp = {type = "report", version = 2, group = t:group()}}
  a:inject{ip6 = {source = "2001:db8::1"}, mld = {type = "query"}}
  a:inject{ip6 = {source = "fe80::2"}, mld = {type = "query", checksum = 0xdead}}
  -- Ordinary ones behind them tell when those were heard.
  local low = mcast.packet{ip = {source = "10.0.0.1"}, igmp = {type = "query"}}
  local function elections(querier)
    local texts = {}
    for i, entry in ipairs(querier._entries) do texts[i] = entry.text:match("host 'b': (.*)$") end
    return texts
  end
  a:inject(low)
  expect(eventually(function() return not igmp.elected end)):is_true()
  expect(elections(igmp)):equals{"started", "10.0.0.1 is the querier: its address is lower"}
  a:inject{ip6 = {source = "fe80::1"}, mld = {type = "query"}}
  expect(eventually(function() return not mld.elected end)):is_true()
  expect(elections(mld)):equals{"started", "fe80::1 is the querier: its address is lower"}
end)

scenario("queries for groups and sources on demand",
  {topology = quiet, each = families}, function(t)
  local a, b = t:hosts("a", "b")
  local group = t:group{family = t.case}
  local source = t.case == "ipv4" and "10.0.0.1" or "fd00::1"
  b:receiver{group = group, port = t:port()}
  local seen = b:observer{group = group}
  local querier = a:querier{family = t.case, interval = 5}
  querier:query{group = group, max_response = 0.5}
  querier:query{group = group, sources = {source}, suppress = true}
  expect(eventually(function() return queries(seen, t.case) == 2 end)):is_true()
  expect(function() querier:query{sources = {source}} end):raises("only a query for a group")
  local foreign = t:group{family = t.case == "ipv4" and "ipv6" or "ipv4"}
  expect(function() querier:query{group = foreign} end):raises("is not of the family")
end)

scenario("older versions are spoken", {topology = quiet}, function(t)
  local a, b = t:hosts("a", "b")
  b:querier{version = 2, interval = 1}
  expect(eventually(function()
    return b:run{"cat", "/proc/net/igmp"}.status == 0
      and a:run{"cat", "/proc/net/igmp"}.stdout:find("V2", 1, true)
  end)):exists()
  expect(function() b:querier{version = 3, family = "ipv6"} end)
    :raises("version: expected an integer from 1 to 2 for MLD, got 3")
  expect(function() b:querier{source = "fe80::1"} end):raises("is not of the family ipv4")
  expect(function() b:querier{intervall = 1} end):raises("did you mean 'interval'?")
  expect(function() b:querier{interval = 0} end):raises("interval: expected seconds from 0.01")
end)

scenario("a link that is down does not end it", {topology = quiet}, function(t)
  local a, b = t:hosts("a", "b")
  local seen = b:observer{group = "224.0.0.1"}
  local querier = a:querier{interval = 0.05, startup_interval = 0.05}
  expect(eventually(function() return querier.sent > 0 end)):is_true()
  a:run{"ip", "link", "set", "eth0", "down"}
  a:run{"ip", "link", "set", "eth0", "up"}
  local before = querier.sent
  expect(eventually(function() return querier.sent > before end)):is_true()
  seen:clear()
  expect(eventually(function() return seen:count() > 0 end, {within = 5})):is_true()
end)

scenario("on a paused host it stands still", {topology = quiet}, function(t)
  local a, b = t:hosts("a", "b")
  local low, high = a:querier{interval = 0.1}, b:querier{interval = 0.1}
  expect(eventually(function() return high.querier == low.address end)):is_true()
  a:pause()
  expect(eventually(function() return high.elected end, {within = 5})):is_true()
  expect(function() low:query() end):raises("is paused")
  expect(function() a:inject{igmp = {type = "query"}} end):raises("is paused")
  local sent = low.sent
  expect(eventually(function() return high.sent > 20 end, {within = 10})):is_true()
  expect(low.sent):equals(sent)
  a:resume()
  expect(eventually(function() return high.querier == low.address end)):is_true()
end)

-- Then its switch floods for that query's response time, although it was querier itself until now.
scenario("what a switch forwards is claimed when it has heard another querier for long enough", {
  each = {"ipv4", "ipv6"},
}, function(t)
  local source, member, _, other = t:hosts("source", "member", "bystander", "other")
  local group, port = t:group{family = t.case}, t:port()
  local lan = t.net.switches.lan
  member:receiver{group = group, port = port}
  other:querier{family = t.case, interval = 1, max_response = 0.5}
  eventually(function()
    local querier = lan:querier(t.case)
    return querier and querier.host == other
  end, {within = 10})
  expect(lan):forwards(group, {to = {member}, within = 10})
  expect(source:sender{group = group, port = port}:send("x")):crosses{member}
end)
