-- A scenario that allocates for ever ends alone.
-- expect: exit 1
-- expect: broken "one large piece" resulting string too large (15)
-- expect: broken "doubling" used more memory than the 512 MiB that it may have (18)
-- expect: broken "small pieces" used more memory than the 512 MiB that it may have (9)
-- expect: broken "small pieces, and catches every error" timed out after 2 s in life/memory.lua:26 (26)
-- expect: passed "the next one is well"

scenario("small pieces", function()
  local all = {}
  while #all >= 0 do all[#all + 1] = {} end
end)

scenario("one large piece", function()
  return ("x"):rep(1 << 40)
end)

scenario("doubling", function()
  local text = "x"
  while true do text = text .. text end
end)

scenario("small pieces, and catches every error", {timeout = 2}, function()
  local all = {}
  while true do
    pcall(function() while true do all[#all + 1] = ("x"):rep(1 << 16) .. #all end end)
  end
end)

scenario("the next one is well", function()
  expect(1):equals(1)
end)
