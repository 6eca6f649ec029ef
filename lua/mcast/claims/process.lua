--- Claims about a program that runs on a host.
local options = require "mcast.options"
local show = require "mcast.show"
local types = require "mcast.types"
local verdict = require "mcast.verdict"

local claims = {}

local default_within = 5 -- seconds: a program takes its time to start

--- Its last lines say most.
local function describe(process)
  local text = process:output()
  if text == "" then return "nothing" end
  if #text <= 200 then return show.text(text, 200) end
  return ("%d bytes that end in %s"):format(#text, show.text(text:sub(-200), 200))
end

--- Its output has the text, or matches the pattern.
function claims.outputs(process, wanted, timing)
  local where = "expect(process):outputs"
  options.argument(where, "pattern", wanted, types.string)
  local given = options.check(where, timing, { within = types.seconds })
  local holds = process:_await_output(wanted, given.within or default_within)
  local fields = { subject = tostring(process), expected = "output " .. show.value(wanted),
    seen = describe(process), hosts = { process.host } }
  fields.message = ("%s wrote %s"):format(fields.subject, show.value(wanted))
  if holds then return verdict.pass(fields) end
  fields.message = ("%s, which %s: expected %s, seen %s"):format(fields.subject,
    process:_state(), fields.expected, fields.seen)
  return verdict.fail(fields)
end

return claims
