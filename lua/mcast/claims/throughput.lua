--- The claim about a search for the zero-loss rate (mcast.rfc3918): that it found one. How high it is
--- says something about the network and the machine, and is reported, not claimed.
local verdict = require "mcast.verdict"
local words = require "mcast.words"

local claims = {}

local function describe(found)
  if not found.rate then return "loss at every rate" end
  local limit = found.above and ("%s: %s"):format(found.limit, found.above.reason) or found.limit
  return ("%.6g frames/s (%s)"):format(found.rate, limit)
end

--- There is a rate without loss, and none higher, within the search's resolution.
function claims.converges(found)
  local fields = { subject = tostring(found), expected = "a rate without loss",
    seen = describe(found), hosts = {} }
  if found.rate then
    fields.message = ("%s: %s, after %s"):format(fields.subject, fields.seen,
      words.count(#found.trials, "trial"))
    return verdict.pass(fields)
  end
  local last = found.above
  if last.outcome == "disturbed" then return verdict.inconclusive(fields, last.reason) end
  fields.message = ("%s: expected %s, seen %s: at %.6g frames/s, %s"):format(fields.subject,
    fields.expected, fields.seen, last.rate, last.reason)
  return verdict.fail(fields)
end

return claims
