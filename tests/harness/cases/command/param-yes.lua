-- A parameter of each type, as the command line says it.
-- run: run {file} --param flag=yes --param share=2 --param count=0x10 --param text=a=b
-- expect: exit 0
-- expect: passed "has them"

local flag, share, count = param("flag", false), param("share", 0.5), param("count", 1)
local text = param("text", "none")

scenario("has them", function()
  expect(flag):is_true()
  expect(math.type(share)):equals("float")
  expect(share):equals(2.0)
  expect(math.type(count)):equals("integer")
  expect(count):equals(16)
  expect(text):equals("a=b")
end)
