-- What fails by the thousand is told by the dozen, and what is long is cut.
-- run: run {file} --report junit={scratch}/junit.xml
-- expect: exit 1
-- expect: failed "claims by the thousand" expected 0, seen 1 (16)
-- expect: failed "a long log" at its end (22)
-- expect: broken "a long error" line<any>li... (5000000 bytes) (26)
-- expect: failed "a long step" at its end (31)
-- expect: stdout   and 1980 claims more (--report jsonl has them all)
-- expect: stdout   │ the end of the log

-- luacheck: ignore 512
local many = 1000000

scenario("claims by the thousand", function()
  for i = 1, 2000 do
    expect.soft(i):equals(0)
  end
end)

scenario("a long log", function(t)
  t:log(("line\n"):rep(many) .. "the end of the log")
  t:fail("at its end")
end)

scenario("a long error", function()
  error(("line\n"):rep(many), 0)
end)

scenario("a long step", function(t)
  t:step(("line\n"):rep(many))
  t:fail("at its end")
end)
