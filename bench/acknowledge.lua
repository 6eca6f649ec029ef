-- The README's scenario, four hosts: what `bench/run start` times as a whole process.
scenario("every member of the group acknowledges", function(t)
  local a, b, bystander, source = t:hosts("a", "b", "bystander", "source")
  local group, port = "224.3.29.71", 10000

  a:receiver{group = group, port = port, reply = "ack"}
  b:receiver{group = group, port = port, reply = "ack"}
  bystander:receiver{port = port, reply = "ack"}

  local sent = source:sender{group = group, port = port, ttl = 1}:send("very important data")

  expect(sent):acknowledged_by({a, b}, {within = 0.2})
  expect(sent):reaches{a, b}
end)
