-- A scenario cannot pass by leaving.
-- expect: exit 1

scenario("os.exit: success", function()
  expect(1):equals(1)
  os.exit(0)
end)

scenario("os.exit: failure", function()
  os.exit(1)
end)

scenario("the next one is well", function()
  expect(1):equals(1)
end)
