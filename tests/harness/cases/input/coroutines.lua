-- Where a scenario cannot wait, and mistakes that pass a coroutine: without a place in the library,
-- and without that of each coroutine.
-- expect: exit 1
-- expect: broken "a wait in a coroutine" cannot wait here: only a task may wait (a scenario's function, or that of mcast.spawn), not a coroutine in it or a function that C calls, such as one given to table.sort (9)
-- expect: broken "a wait in a comparison" cannot wait here: only a task may wait (a scenario's function, or that of mcast.spawn), not a coroutine in it or a function that C calls, such as one given to table.sort (16)
-- expect: broken "a mistake in a coroutine" host:receiver: unknown option 'gruop' (did you mean 'group'?) (22)

scenario("a wait in a coroutine", function()
  coroutine.wrap(function()
    mcast.sleep(0.01)
  end)()
end)

scenario("a wait in a comparison", function()
  table.sort({1, 2}, function()
    mcast.sleep(0.01)
  end)
end)

scenario("a mistake in a coroutine", function(t)
  coroutine.wrap(function()
    t:hosts("a"):receiver{gruop = "239.1.2.3"}
  end)()
end)
