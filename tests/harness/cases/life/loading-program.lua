-- A file that waits for a program while it is loaded, as one of several.
-- run: run {file} life/data/short.lua
-- expect: exit 2
-- expect: stderr mcast-harness: life/loading-program.lua:7: loading did not end within 10 s

os.execute("sleep 1000")
scenario("never comes to be", function() expect(1):equals(1) end)
