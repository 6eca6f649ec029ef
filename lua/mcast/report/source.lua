--- Lines of a scenario's file, to show where a claim stands.

local source = {}

---@return string|nil
function source.line(path, number)
  local file = path and number and io.open(path, "r")
  if not file then return nil end
  local current = 0
  for line in file:lines() do
    current = current + 1
    if current == number then
      file:close()
      return (line:gsub("\t", "  "))
    end
  end
  file:close()
end

---@return string|nil file, integer|nil line
function source.split(location)
  local file, line = (location or ""):match "^(.-):(%d+)"
  return file, math.tointeger(tonumber(line))
end

return source
