--- What the terminal can do, and what the user wants of it.

local terminal = {}

--- Asked for when it is needed: the decisions below do without it.
local function device()
  return require("mcast.supervisor").terminal()
end

local NARROWEST, WIDEST, USUAL = 40, 100, 80

local function is_set(value)
  return value ~= nil and value ~= ""
end

--- https://no-color.org, https://bixense.com/clicolors, FORCE_COLOR as Node and Python read it.
---@param wish "auto"|"always"|"never"|nil
---@param is_tty boolean
---@param getenv fun(name: string): string|nil
function terminal.wants_colour(wish, is_tty, getenv)
  local function forced(name)
    return is_set(getenv(name)) and getenv(name) ~= "0"
  end
  if wish == "always" then return true end
  if wish == "never" or is_set(getenv "NO_COLOR") then return false end
  if forced "FORCE_COLOR" or forced "CLICOLOR_FORCE" then return true end
  if not is_tty or getenv "TERM" == "dumb" or getenv "CLICOLOR" == "0" then return false end
  return true
end

--- The first of these that is set decides (locale(7)).
function terminal.has_utf8(getenv)
  for _, name in ipairs { "LC_ALL", "LC_CTYPE", "LANG" } do
    local value = getenv(name)
    if is_set(value) then return value:lower():find "utf%-?8" ~= nil end
  end
  return false
end

function terminal.width()
  local columns = math.tointeger(tonumber(os.getenv "COLUMNS")) or device().columns
  if not columns or columns < 1 then return USUAL end
  return math.max(NARROWEST, math.min(columns, WIDEST))
end

--- A line may be redrawn: somebody is looking at it.
function terminal.is_live()
  return device().fd1_tty and not is_set(os.getenv "CI")
    and os.getenv "TERM" ~= "dumb"
end

return terminal
