-- A function that must raise, and what.
-- expect: exit 1

scenario("it raises nothing", function()
  expect(function() end):raises()
end)

scenario("it raises something else", function()
  expect(function() error("out of coffee", 0) end):raises("EADDRINUSE")
end)

scenario("another code", function(t)
  local a = t:hosts("a")
  local socket = a:socket()
  expect(function() socket:drop_membership("239.1.2.3") end):raises("EADDRINUSE")
end)

scenario("it is no function", function()
  expect(42):raises("EADDRINUSE")
end)
