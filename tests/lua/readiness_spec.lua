-- A receiver is ready when host:receiver returns: whatever could tell that its switch does not have it
-- yet waits for that.

local words = {
  ["impairment.seen"] = function(made) return made.impairment.seen end,
  ["impairment:drops"] = function(made) return made.impairment:drops() end,
  ["impairment:clear"] = function(made) made.impairment:clear() end,
  ["block.packets"] = function(made) return made.rule.packets end,
  ["block:remove"] = function(made) made.rule:remove() end,
  ["host:counters"] = function(made) return made.member:counters() end,
  ["capture:count"] = function(made) return made.capture:count() end,
  ["capture:packets"] = function(made) return made.capture:packets() end,
  ["capture:clear"] = function(made) made.capture:clear() end,
  ["capture:stop"] = function(made) made.capture:stop() end,
  ["observer:count"] = function(made) return made.observer:count() end,
  ["observer:frames"] = function(made) return made.observer:frames() end,
  ["observer:clear"] = function(made) made.observer:clear() end,
  ["switch:mdb"] = function(made) return made.switch:mdb() end,
}

local names = {}
for name in pairs(words) do names[#names + 1] = name end
table.sort(names)

scenario("readiness: what could tell waits for receivers", {each = names}, function(t)
  local member, other = t:hosts("member", "other")
  local made = {
    member = member, switch = t.net.switches.lan,
    impairment = member.eth0:impair{drop = {nth = 100}, only = "igmp", direction = "out"},
    rule = member:block{port = 9, direction = "out"},
    capture = member:capture{filter = "igmp"},
    observer = other:observer{group = "224.0.0.22"},
  }
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port}
  words[t.case](made)
  -- What the harness knows of the switch's table by now; to ask the switch would wait, too.
  expect(t.net._lab:has_group(member.eth0._port, group)):is_true()
end)

scenario("readiness: the report has come when the receiver is there", function(t)
  local member = t:hosts("member")
  local lossy = member.eth0:impair{drop = {nth = {1, 3}, only = "igmp"}, direction = "out"}
  member:receiver{group = t:group(), port = t:port()}
  expect(lossy.dropped):is_at_least(1)
end)
