-- mcast.report.text and mcast.report.xml: what becomes of any text.

local text = require "mcast.report.text"
local xml = require "mcast.report.xml"

scenario("wrapping keeps words, lines and indentation", function()
  expect(text.wrap("one two three", 7)):equals({ "one two", "three" })
  expect(text.wrap("an unbreakably long word", 5)):equals({ "an", "unbreakably", "long", "word" })
  expect(text.wrap("a\n\n  b c", 4)):equals({ "a", "", "  b", "c" })
  expect(text.wrap("", 10)):equals({ "" })
  expect(text.wrap("ä ö ü", 3)):equals({ "ä ö", "ü" })
end)

scenario("widths count characters, not bytes", function()
  expect(text.pad("äö", 4)):equals("äö  ")
  expect(text.pad_left("äö", 4)):equals("  äö")
  expect(text.cut("häuser", 4, "…")):equals("häu…")
  expect(text.cut("haus", 4, "…")):equals("haus")
  expect(text.cut("\xFFabcdef", 4, "...")):equals("\xFF...")
end)

scenario("durations read well", function()
  local shown = {}
  for i, seconds in ipairs { 0, 0.0012, 0.0123, 0.9996, 12.34, 59.96, 125 } do
    shown[i] = text.duration(seconds)
  end
  expect(shown):equals({
    "0.0 ms", "1.2 ms", "12 ms", "1.0 s", "12.3 s", "1 min 00 s", "2 min 05 s",
  })
end)

scenario("a shell reads back what was quoted", function()
  expect(text.shell("a.lua::name")):equals("a.lua::name")
  expect(text.shell("it's $HOME")):equals([['it'\''s $HOME']])
end)

scenario("control characters become visible, newlines stay", function()
  expect(text.printable("a\27[31m\0\127\n\tb")):equals("a\\x1B[31m\\x00\\x7F\n\tb")
end)

scenario("XML text has nothing that a parser refuses", function()
  expect(xml.text("a < b & c ]]> \"q\"")):equals("a &lt; b &amp; c ]]&gt; \"q\"")
  expect(xml.text("x\1y\0z")):equals("x\u{FFFD}y\u{FFFD}z")
  expect(xml.text("\xFF\xFEok\xC3")):equals("\u{FFFD}\u{FFFD}ok\u{FFFD}")
  expect(xml.text("\u{FFFE}|\u{10FFFF}")):equals("\u{FFFD}|\u{10FFFF}")
  expect(xml.text("\xED\xA0\x80")):equals("\u{FFFD}\u{FFFD}\u{FFFD}")
end)

scenario("XML attributes keep white space and quotes", function()
  expect(xml.attribute("a\n\t\"b\"\r")):equals("a&#10;&#9;&quot;b&quot;&#13;")
  expect(xml.attributes { "name", "a&b", "line", false, "count", 3 })
    :equals(' name="a&amp;b" count="3"')
end)
