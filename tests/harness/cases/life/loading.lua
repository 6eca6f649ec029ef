-- A file that calls what cannot be interrupted while it is loaded.
-- expect: exit 2
-- expect: stderr mcast-harness: life/loading.lua:5: loading did not end within 10 s

local found = (("a"):rep(40)):find(("a-"):rep(40) .. "b")
scenario("never comes to be", function() expect(found):is_nil() end)
