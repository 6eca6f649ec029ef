local function declare(name, f) scenario(name, f) end
local function shared()
  expect(1):equals(1)
end

declare("a", function()
  shared()
end)

declare("b", function()
  shared()
end)
declare("c", shared)
