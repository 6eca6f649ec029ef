--- What a claim came to.
local verdict = {}

---@class mcast.Verdict
---@field ok boolean
---@field inconclusive boolean it did not hold, but nothing was disproved either
---@field expected string
---@field seen string
---@field message string one sentence
---@field table string[]|nil the kernel's table that it was told by
---@field hosts mcast.Host[]|nil those whose events tell most
---@field heard mcast.Heard|nil the message or frame that decided it
---@field details {label: string, text: string, series: number[]?}[]|nil evidence, line by line

---@param fields table expected, seen, message, hosts
---@return mcast.Verdict
function verdict.pass(fields)
  fields.ok, fields.inconclusive = true, false
  fields.message = fields.message or fields.expected
  return fields
end

---@return mcast.Verdict
function verdict.fail(fields)
  fields.ok, fields.inconclusive = false, false
  return fields
end

--- `why`: what proof is missing, or what makes the failure worthless.
---@return mcast.Verdict
function verdict.inconclusive(fields, why)
  fields.ok, fields.inconclusive = false, true
  fields.message = ("%s: inconclusive, because %s"):format(fields.subject, why)
  return fields
end

return verdict
