-- On which wires a stream was seen. A file of its own: where it is asked, every interface is watched.
local try = require("mcast.expect").try

scenario("a stream crosses only the wires of members", function(t)
  local member, bystander, source = t:hosts("member", "bystander", "source")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port}
  bystander:receiver{port = port}
  local flow = source:sender{group = group, port = port}:stream{count = 20, offload = true}
  expect(flow.why_single):equals("an observer looks at frames")
  expect(flow):crosses{member}
  local verdict = try(flow):crosses({member, bystander}, {within = 0})
  expect(verdict.message):contains("no watched interface of bystander saw it")
  expect(try(flow):crosses({}).message):contains("member saw it and should not have")
end)

scenario("a stream is not taken for the next one of its sender", {each = {"ipv4", "ipv6"}},
  function(t)
  local member, late, source = t:hosts("member", "late", "source")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  local watched = late:observer()
  local first = sender:stream{count = 20, size = 2000}:wait()
  late:receiver{group = group, port = port}
  expect(sender:stream{count = 20, size = 2000}):crosses{member, late}
  expect(watched:count()):is_at_least(20)
  expect(first):crosses{member}
  expect(try(first):crosses({member, late}, {within = 0}).ok):is_false()
end)
