-- The other end of `nic` is down.
scenario("a port without a carrier", function(t)
  local ok, problem = pcall(t.net.attach, t.net, "a", {nic = "nic"})
  expect(ok):is_false()
  expect(tostring(problem)):equals("host a: net:attach: nic has no carrier within 5 s (ENETDOWN)")
  expect(problem.hint):contains("is the cable plugged in")
end)
