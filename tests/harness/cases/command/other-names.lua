-- A file that declares other scenarios each time it is loaded.
-- run: run {file} --report tap={scratch}/report
-- expect: exit 1
-- expect: passed "always"
-- expect: broken "<any>" command/other-names.lua declares its scenarios by other names (no '<any>' this time) each time it is loaded

scenario("always", function() expect(1):equals(1) end)
local random = assert(io.open("/dev/urandom", "rb"))
scenario(("sometimes %x"):format((("I7"):unpack(random:read(7)))),
  function() expect(1):equals(1) end)
