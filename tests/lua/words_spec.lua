local words = require "mcast.words"

scenario("words: distance counts edits, and swapped neighbours once", function()
  expect(words.distance("group", "group")):equals(0)
  expect(words.distance("gruop", "group")):equals(1)
  expect(words.distance("", "abc")):equals(3)
  expect(words.distance("kitten", "sitting")):equals(3)
end)

scenario("words: the nearest known word", function()
  expect((words.nearest("recieves", { "receives", "reaches" }))):equals("receives")
  expect(words.suggest("gruop", { "port", "group" })):equals(" (did you mean 'group'?)")
  expect(words.suggest("zebra", { "port", "group" })):matches("nearest is '%w+'; known: port and")
  expect(words.suggest("anything", {})):equals("")
end)

scenario("words: lists", function()
  expect(words.list {}):equals("")
  expect(words.list { "a" }):equals("a")
  expect(words.list({ "a", "b", "c" }, "or")):equals("a, b or c")
  expect(words.list({ "a", "b", "c", "d", "e" }, "and", 2)):equals("a, b and 3 more")
  expect(words.count(1, "frame")):equals("1 frame")
  expect(words.count(0, "frame")):equals("0 frames")
end)
