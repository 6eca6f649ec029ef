-- What only the parent process can end or explain.

scenario("crashes", function()
  os.exit(9)
end)

scenario("waits", { timeout = 20 }, function(t)
  t:defer(function() t:log("cleaned up") end)
  print("waiting")
  mcast.sleep(19)
end)

scenario("cleans up for a while", { timeout = 20 }, function(t)
  t:defer(function() mcast.sleep(0.2); t:log("cleaned up") end)
  print("waiting")
  mcast.sleep(19)
end)

scenario("talks", { timeout = 20 }, function()
  while true do print(("waiting "):rep(1000)) end
end)

-- Lua's pattern matcher backtracks for ever inside one C function, where no hook can reach it.
scenario("cannot be interrupted", { timeout = 0.2 }, function(t)
  t:step("into the matcher")
  local subject, pattern = ("a"):rep(40), ("a-"):rep(25) .. "b"
  expect(subject:find(pattern)):is_nil()
end)
