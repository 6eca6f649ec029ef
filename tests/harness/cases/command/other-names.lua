-- A file that declares other scenarios each time it is loaded.
-- run: run {file} --report tap={scratch}/report
-- expect: exit 1
-- expect: passed "always"
-- expect: broken "<any>" command/other-names.lua declares its scenarios by other names each time it is loaded: there is none '<any>' this time

scenario("always", function() expect(1):equals(1) end)
local random = assert(io.open("/dev/urandom", "rb"))
scenario(("sometimes %x"):format((("I7"):unpack(random:read(7)))),
  function() expect(1):equals(1) end)
