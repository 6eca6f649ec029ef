-- A crash ends the scenario alone: the others run.
-- expect: exit 1

scenario("a crash", function(t)
  t:step("loading bytecode that no compiler made")
  local code = string.dump(function(x) return x end)
  for position = 32, #code do
    for value = 0, 255 do
      local wrong = code:sub(1, position - 1) .. string.char(value) .. code:sub(position + 1)
      local f = load(wrong, "wrong", "b")
      if f then pcall(f, {}) end
    end
  end
end)

scenario("the next one is well", function()
  expect(1):equals(1)
end)
