-- What a scenario does to Lua's standard tables is its own loss: the verdicts stay exact.
-- expect: exit 1
-- expect: passed "a claim that holds"
-- expect: failed "a claim that does not hold" <any>: b replied and should not have; a never got the request (a did not get it: it has no open receiver) (51)
-- expect: claim <any>: b replied and should not have; a never got the request (a did not get it: it has no open receiver)
-- expect: broken "an error" attempt to call a nil value (field 'format') (60)
-- expect: broken "an error of ours" t:hosts: name: expected a name (a string that is not empty), got nil (65)
-- expect: inconclusive "nothing was claimed" it ended without having made a claim (68)
-- expect: passed "replaced by what lies"
-- expect: passed "strings and files get methods"
-- expect: broken "the methods that strings have" the __index of strings cannot be replaced: add methods to `string` (104)
-- expect: broken "the metatable that strings have" the __index of strings cannot be replaced: add methods to `string` (108)
-- expect: passed "modules that are loaded again"

local words = {"coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8"}
local ours = {mcast = true, expect = true, eventually = true, scenario = true, topology = true,
  param = true}

--- Every table that can be reached through Lua's words, but not what the harness gave us.
local function standard_tables()
  local found = {}
  local function note(value)
    if type(value) ~= "table" or value == _G or value == mcast or found[value] then return end
    found[value] = true
    for _, one in pairs(value) do note(one) end
    local metatable = getmetatable(value)
    if metatable then note(metatable) end
  end
  for _, word in ipairs(words) do note(_G[word]) end
  note(getmetatable("").__index)
  note(getmetatable(io.stdout).__index)
  return found
end

local function destroy_everything()
  local next, globals = next, _G
  for one in next, standard_tables() do
    for name in next, one do one[name] = nil end
  end
  for name in next, globals do
    if not ours[name] then globals[name] = nil end
  end
end

local function send_and_claim(t, acknowledged_by)
  destroy_everything()
  local hosts = {t:hosts("a", "b")}
  hosts[2]:receiver{group = "239.1.2.3", port = 5000, reply = "ack"}
  local sent = hosts[1]:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(sent):reaches{hosts[2]}
  expect(sent):acknowledged_by{hosts[acknowledged_by]}
end

scenario("a claim that holds", function(t) send_and_claim(t, 2) end)
scenario("a claim that does not hold", function(t) send_and_claim(t, 1) end)

scenario("an error", function(t)
  local text = string
  destroy_everything()
  t:log(text.format("%d", 1))
end)

scenario("an error of ours", function(t)
  destroy_everything()
  t:hosts()
end)

scenario("nothing was claimed", function() destroy_everything() end)

local lies = {"assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal",
  "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall"}

scenario("replaced by what lies", function(t)
  local function lie() return "a lie" end
  for one in pairs(standard_tables()) do
    for name, value in pairs(one) do
      if type(value) == "function" then one[name] = lie end
    end
  end
  for i = 1, #lies do _G[lies[i]] = lie end
  local a, b = t:hosts("a", "b")
  local receiver = b:receiver{group = "239.1.2.3", port = 5000}
  a:sender{group = "239.1.2.3", port = 5000}:send("x")
  expect(receiver):receives("x")
  expect(("%d of %s"):format(1, "two")):equals("1 of two")
end)

-- luacheck: push ignore 142 143
scenario("strings and files get methods", function()
  function string.starts(text, beginning) return text:sub(1, #beginning) == beginning end
  expect(("multicast"):starts("multi")):is_true()
  expect(getmetatable("").__index.starts):equals(string.starts)
  getmetatable("").__mod = string.format
  expect("%d hosts" % 3):equals("3 hosts")
  getmetatable(io.stdout).__index.lines_of = function(file) return file:lines() end
  local file <close> = io.tmpfile()
  file:write("one\n")
  file:seek("set")
  expect(file:lines_of()()):equals("one")
end)
-- luacheck: pop

scenario("the methods that strings have", function()
  getmetatable("").__index = function() return nil end
end)

scenario("the metatable that strings have", function()
  debug.getmetatable("").__index = nil
  debug.setmetatable("", nil)
end)

scenario("modules that are loaded again", function()
  local first = require "data.counted"
  expect(require "data.counted"):equals(first)
  package.loaded["data.counted"] = nil
  expect(rawequal(require "data.counted", first)):is_false()
  expect(require "string" == string and require "mcast" == mcast):is_true()
  package.preload.made = function(name) return "made of " .. name end
  expect(require "made"):equals("made of made")
  package.loaded = nil
  expect(require "made"):equals("made of made")
end)
