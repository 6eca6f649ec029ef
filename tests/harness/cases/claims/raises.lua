-- A function that must raise, and what.
-- expect: exit 1
-- expect: failed "it raises nothing" expected an error, seen no error (9)
-- expect: failed "it raises something else" expected an error: "EADDRINUSE", seen an error: out of coffee (13)
-- expect: failed "another code" expected an error: "EADDRINUSE", seen an error: host a: leave group 239.1.2.3 on eth0: Cannot assign requested address (EADDRNOTAVAIL) (19)
-- expect: broken "it is no function" expect(function):raises: function: expected a function, got 42 (23)

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
