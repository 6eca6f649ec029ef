-- Hosts of mininet (with_mininet.py), by the processes that it keeps in their namespaces.
local one = param("one", 0, "process of mininet's host one")
local two = param("two", 0, "process of mininet's host two")

scenario("mininet's hosts", function(t)
  local a, b = t.net:attach("a", {pid = one}), t.net:attach("b", {pid = two})
  local group, other, port = t:group(), t:group(), t:port()
  b:receiver{group = group, port = port, reply = "ack"}
  local sender = a:sender{group = group, port = port}
  local sent = sender:send("to the member")
  expect(sent):reaches{b}
  expect(sent):acknowledged_by{b}
  expect(a:sender{group = other, port = port}:send("to nobody")):reaches_nobody()
  expect(b.address):equals("10.8.0.2")
  expect(b:interface("two-eth0").name):equals("two-eth0")
end)
