--- What a claim looks for in messages and frames: data, a pattern, or what a function accepts.
local data = {}

--- A string without magic characters is the payload itself; with them it may be a pattern, too.
---@param wanted string
---@return fun(text: string): boolean
function data.matches(wanted)
  local may_be_pattern = wanted:find("[%^%$%(%)%%%.%[%]%*%+%-%?]")
  return function(text)
    if text == wanted or not may_be_pattern then return text == wanted end
    local is_pattern, found = pcall(string.find, text, wanted) -- "100%" is none
    return is_pattern and found ~= nil
  end
end

--- nil: any.
---@param wanted string|(fun(message: table): any)|nil
---@return fun(message: table): any
function data.matcher(wanted)
  if wanted == nil then return function() return true end end
  if type(wanted) == "function" then return wanted end
  local matches = data.matches(wanted)
  return function(message) return message.data ~= nil and matches(message.data) end
end

return data
