local count = param("count", 2, "how many")
local word = param("word", "hello")

scenario("counts", function()
  expect(count):is_at_least(2)
  expect(word):exists()
end)
