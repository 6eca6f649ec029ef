--- What an error of Lua's own probably comes of, in a scenario: a word that is misspelt, or a host that
--- was not asked for.
local words = require "mcast.words"

local slip = {}

local language = { "mcast", "scenario", "topology", "expect", "eventually", "param" }

--- Is a local of that name one of those that t:hosts(...) fills, in the file?
local function is_asked_for(path, name)
  local file <close> = path and io.open(path, "rb")
  local text = file and file:read "a" or ""
  for names in text:gmatch "local%s+([%w_%s,]-)%s*=%s*[%w_]+:hosts%s*%(" do
    for one in names:gmatch "[%w_]+" do
      if one == name then return true end
    end
  end
  return false
end

--- "attempt to call a nil value (global 'scenrio')": the word that was meant.
---@param message string
---@param path string|nil of the scenario file
---@return string|nil
function slip.hint(message, path)
  local empty = message:match "a nil value %(local '([%w_]+)'%)"
  if empty and is_asked_for(path, empty) then
    return ("'%s' is nil: t:hosts returns one host for each name that it is given"):format(empty)
  end
  local name = message:match "global '([%w_]+)'"
  local near = name and words.near(name, language)
  return near and ("did you mean '%s'?"):format(near) or nil
end

return slip
