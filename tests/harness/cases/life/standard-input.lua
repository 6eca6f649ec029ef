-- Nobody types: standard input is at its end.
-- expect: exit 0
-- expect: passed "reading a line"

scenario("reading a line", function()
  expect(io.read()):is_nil()
end)
