local words = require "mcast.words"

scenario("words: distance counts edits, and swapped neighbours once", function()
  expect(words.distance("group", "group")):equals(0)
  expect(words.distance("gruop", "group")):equals(1)
  expect(words.distance("", "abc")):equals(3)
  expect(words.distance("kitten", "sitting")):equals(3)
end)

scenario("words: the nearest known word", function()
  expect(words.near("recieves", { "reaches", "receives" })):equals("receives")
  expect(words.near("Group", { "groups", "group" })):equals("group")
  expect(words.near("zebra", {})):is_nil()
  expect(words.meant("gruop", { "port", "group" })):equals(" (did you mean 'group'?)")
  expect(words.meant("zebra", { "port", "group" })):equals("")
  expect(words.suggest("gruop", { "port", "group" })):equals(" (did you mean 'group'?)")
  expect(words.suggest("zebra", { "port", "group" })):equals(" (known: port and group)")
  expect(words.suggest("anything", {})):equals("")
end)

-- One slip, and one more for each five letters of the longer word.
for written, one in pairs {
  prt = { "port", near = true }, otp = { "port", near = false }, ttl = { "ttls", near = true },
  up = { "tos", near = false }, at = { "account", near = false }, b = { "a", near = false },
  ab = { "ba", near = true }, xy = { "ab", near = false },
  gruup = { "group", near = true }, gorpu = { "group", near = true },
  grxyp = { "group", near = true }, gxyzp = { "group", near = false },
  querry_intrval = { "query_interval", near = true },
  qery_intevl = { "query_interval", near = true },
  qery_intvl = { "query_interval", near = false },
} do
  scenario(("words: '%s' is %s '%s'"):format(written, one.near and "near" or "far from", one[1]),
    function()
      expect(words.near(written, { one[1] })):equals(one.near and one[1] or nil)
    end)
end

scenario("words: whole words of a longer one, either way, when no slip explains it", function()
  local known = { "source_port", "ttl_threshold", "status" }
  expect(words.near("threshold", known)):equals("ttl_threshold")
  expect(words.near("exit_status", known)):equals("status")
  expect(words.near("thresh", known)):is_nil()
  expect(words.near("port", { "source_port", "sport" })):equals("sport")
end)

scenario("words: lists", function()
  expect(words.list {}):equals("")
  expect(words.list { "a" }):equals("a")
  expect(words.list({ "a", "b", "c" }, "or")):equals("a, b or c")
  expect(words.list({ "a", "b", "c", "d", "e" }, "and", 2)):equals("a, b and 3 more")
  expect(words.count(1, "frame")):equals("1 frame")
  expect(words.count(0, "frame")):equals("0 frames")
end)
