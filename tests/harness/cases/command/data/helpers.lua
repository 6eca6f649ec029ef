local function declare(name, f) scenario(name, f) end
local function shared(t)
  expect(1):equals(1)
end

declare("a", function(t)
  shared(t)
end)

declare("b", function(t)
  shared(t)
end)
declare("c", shared)
