-- What a scenario sets where it is a guest is set back.
scenario("a setting", function(t)
  local one = t.net:attach("one", {netns = "one"})
  local key = "net.ipv4.conf.eth0.rp_filter"
  expect(one:sysctl(key, 1)):equals(1)
  expect(one:sysctl(key, 0)):equals(0)
end)
