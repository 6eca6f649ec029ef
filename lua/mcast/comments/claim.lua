--- How a claim is told at a packet that it is about.
local claim = {}

local most_told = 5

---@class mcast.NotedClaim a claim about something that packets of a capture may be
---@field subject mcast.Sent|mcast.Flow|mcast.Injection|mcast.Heard
---@field kind "datagram"|"flow"|"injection"|"receiver"|"observer"
---@field verdict mcast.Verdict
---@field position string|nil "file.lua:12"

--- "file.lua:12: expect(datagram):reaches({host 'b'}) holds".
---@param noted mcast.NotedClaim
---@return string
function claim.text(noted)
  local verdict = noted.verdict
  local outcome = verdict.ok and "holds" or verdict.inconclusive and "is inconclusive"
    or "does not hold"
  return ("%sexpect(%s):%s %s"):format(noted.position and noted.position .. ": " or "", noted.kind,
    verdict.claim, outcome)
end

--- The claims of one kind, by what they are about, in the order in which they were made.
---@param noted mcast.NotedClaim[]
---@param kind string
---@return table[] subjects, table<table, mcast.NotedClaim[]> claims of each
function claim.by_subject(noted, kind)
  local subjects, claims = {}, {}
  for _, one in ipairs(noted) do
    if one.kind == kind then
      if not claims[one.subject] then
        subjects[#subjects + 1], claims[one.subject] = one.subject, {}
      end
      table.insert(claims[one.subject], one)
    end
  end
  return subjects, claims
end

--- One line for each of them; of many the first ones.
---@param claims mcast.NotedClaim[]|nil
---@return string[]
function claim.lines(claims)
  local lines = {}
  for i = 1, math.min(#(claims or {}), most_told) do lines[i] = claim.text(claims[i]) end
  if claims and #claims > most_told then
    lines[#lines + 1] = ("and %d more claims"):format(#claims - most_told)
  end
  return lines
end

return claim
