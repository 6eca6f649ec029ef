-- A file whose hook strikes while it is loaded, at the latest when it has been.
-- expect: exit 2
-- expect: stderr mcast-harness: life/loading-hook.lua:5: from the hook

debug.sethook(function() error("from the hook") end, "l")
