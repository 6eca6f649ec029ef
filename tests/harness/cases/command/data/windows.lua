scenario("a line that ends with CR LF", function()
  expect("a\
b"):equals("a\nb")
end)
