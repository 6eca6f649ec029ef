--- The claim about a trial (mcast.rfc3918): that what it measured counts.
local verdict = require "mcast.verdict"
local words = require "mcast.words"

local claims = {}

--- The frames were offered as intended, and all of them were forwarded (RFC 3918 section 5.1).
function claims.is_valid(trial)
  local fields = { subject = tostring(trial), hosts = {}, seen = trial.reason or "all of that",
    expected = "frames offered at that rate and all forwarded" }
  if trial.outcome == "disturbed" then return verdict.inconclusive(fields, trial.reason) end
  if trial.outcome == "passed" then
    fields.message = ("%s: %s offered at that rate, all forwarded"):format(fields.subject,
      words.count(trial.sent, "frame"))
    return verdict.pass(fields)
  end
  fields.message = ("%s: expected %s, seen that %s"):format(fields.subject, fields.expected,
    trial.reason)
  return verdict.fail(fields)
end

return claims
