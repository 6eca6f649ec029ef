-- Where the programs of this machine are.

local programs = require "mcast.programs"

scenario("programs: on PATH, in the system's folders, or where one says", function(t)
  expect(programs.on_path("sh")):matches("/sh$")
  expect(programs.find("sh")):equals(programs.on_path("sh"))
  expect(programs.look({"/nowhere", "/proc/self", "/"}, "stat")):equals("/proc/self/stat")
  expect(programs.look({"/"}, "proc")):is_nil() -- a folder is no program
  expect(programs.find("no-such-program")):is_nil()
  expect(function() t:hosts("a"):run{"no-such-program"} end):raises("ENOENT")
end)
