-- A crash ends the scenario alone: the others run.
-- expect: exit 1
-- expect: broken "a crash" crashed: SIGSEGV (6)
-- expect: passed "the next one is well"

scenario("a crash", function(t)
  t:step("loading bytecode that no compiler made")
  local code = string.dump(assert(load("return 'a constant'")))
  -- Lua 5.4 puts the number of the constant into the upper bits of LOADK, the second instruction.
  local load_constant = "\3\0\0\0"
  local wrong = code:gsub(load_constant, "\3\0\255\255", 1)
  assert(wrong ~= code)
  return #load(wrong, "wrong", "b")()
end)

scenario("the next one is well", function()
  expect(1):equals(1)
end)
