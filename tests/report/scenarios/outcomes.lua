-- One scenario for each outcome, with texts that a report must not trip over.

scenario("passes # not a directive", { tags = { "good" } }, function(t)
  t:step("the only step")
  t:log("said while it passed")
  expect(1 + 1):equals(2)
end)

scenario("fails <&\"'>", { tags = { "bad" } }, function(t)
  t:log("control \1\27[31m characters and \xFF\xFE no UTF-8 ]]>")
  expect("a & b\nsecond line"):equals("<c>")
end)

scenario("skips", function(t) t:skip("needs a\nbetter day") end)

scenario("breaks", { tags = { "bad" } }, function() error("no # way") end)

scenario("claims nothing", { tags = { "inconclusive" } }, function() end)

scenario("writes past the library", { tags = { "good" } }, function()
  io.write("\2 straight to standard output")
  expect(true):is_true()
end)
