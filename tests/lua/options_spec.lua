local options = require "mcast.options"
local types = require "mcast.types"

local spec = { port = types.port, group = types.group, loop = types.boolean }

local function refusal(given)
  local ok, message = pcall(options.check, "host:sender", given, spec)
  expect(ok):is_false()
  return message
end

scenario("options: what is right passes, in canonical spelling", function()
  local checked = options.check("host:sender", { port = 5000.0, group = "FF02::0001" }, spec)
  expect(checked):equals { port = 5000, group = "ff02::1" }
  expect(options.check("host:sender", { loop = false }, spec)):equals { loop = false }
  expect(options.check("host:sender", nil, spec)):equals {}
end)

scenario("options: a mistake names file, call, argument, value and what was expected", function()
  local message = refusal { port = 70000 }
  expect(message):matches("options_spec.lua:%d+: host:sender")
  expect(message):contains("host:sender: port: expected an integer from 0 to 65535, got 70000")
  expect(refusal { group = "10.0.0.1" }):contains('got "10.0.0.1"')
  expect(refusal { port = "5000" }):contains("an integer")
  expect(refusal { port = 0 / 0 }):contains("an integer")
end)

scenario("options: an unknown key names the nearest known one", function()
  expect(refusal { gruop = "239.1.1.1" }):contains(
    "host:sender: unknown option 'gruop' (did you mean 'group'?)")
  expect(refusal { "239.1.1.1" }):contains("options by name")
  expect(refusal("239.1.1.1")):contains("a table of options")
end)

scenario("options: what is required and missing", function()
  expect(function() options.require("host:sender", { port = 1 }, spec, { "group", "port" }) end)
    :raises("host:sender: group: missing")
end)
