-- A scenario cannot pass by leaving.
-- expect: exit 1
-- expect: broken "os.exit: success" ended without a verdict (exit status 0) (7)
-- expect: passed "the next one is well"
-- expect: broken "os.exit: failure" ended without a verdict (exit status 1) (12)

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
