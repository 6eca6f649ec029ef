-- A topology's module stands beside it, in another folder than the scenario.
-- run: run {file} --topology command/data/lab/lab.lua
-- expect: exit 0
-- expect: passed "has its hosts"

scenario("has its hosts", function(t)
  expect(#t.net.hosts):equals(2)
  expect(t:hosts("b").name):equals("b")
end)
