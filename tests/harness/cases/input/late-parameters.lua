-- A parameter is the file's: one that a function declares comes too late for the command line.
-- run: run {file} --param known=7
-- expect: exit 1
-- expect: passed "one that the file declares, read again"
-- expect: broken "in a scenario" param: late: declared too late for --param to set it: declare it at the top of the file, outside of functions (19)
-- expect: broken "in a topology" param: hosts: declared too late for --param to set it: declare it at the top of the file, outside of functions (12)

local known = param("known", 5)

local lab = topology("as many hosts as the command line says", function(net)
  local lan = net:switch("lan")
  for i = 1, param("hosts", 2) do net:host("h" .. i, lan) end
end)

scenario("one that the file declares, read again", function()
  expect({known, param("known", 5)}):equals{7, 7}
end)
scenario("in a scenario", function()
  expect(param("late", 5)):equals(5)
end)
scenario("in a topology", {topology = lab}, function(t)
  expect(t.net.hosts):exists()
end)
