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
