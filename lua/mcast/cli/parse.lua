--- The command line, by the table in mcast.cli.options.

local definition = require "mcast.cli.options"
local words = require "mcast.words"

local parse = {}

---@class cli.Request
---@field command string
---@field paths string[]
---@field options table<string, any>  by long name; `many` options are lists

local function usage(format, ...)
  error({ usage = format:format(...) }, 0)
end

local function find_command(name)
  for _, command in ipairs(definition.commands) do
    if command.name == name then return command end
  end
end

local function command_names()
  return words.names(definition.commands)
end

local function long_names(command)
  local names = {}
  for _, option in ipairs(definition.options) do
    if definition.has(option.commands, command) then names[#names + 1] = "--" .. option.name end
  end
  return names
end

---@param key "name"|"short"
local function find_option(command, key, value, written)
  for _, option in ipairs(definition.options) do
    if option[key] == value then
      if definition.has(option.commands, command) then return option end
      usage("option %s does not belong to %s", written, command)
    end
  end
  local hint = key == "name" and words.meant(written, long_names(command)) or ""
  usage("unknown option %s%s", written, hint)
end

local function whole(text, least)
  local number = math.tointeger(tonumber(text))
  return number and number >= least and not text:find "[^%d]" and number or nil
end

--- Each returns the value, or nil and what was expected.
local converters = {
  text = function(text) return text ~= "" and text or nil, "something" end,
  count = function(text) return whole(text, 1), "a whole number from 1" end,
  whole = function(text) return whole(text, 0), "a whole number" end,
  seconds = function(text)
    local number = tonumber(text)
    return number and number > 0 and number < math.huge and number or nil, "seconds above 0"
  end,
  choice = function(text, option)
    if definition.has(option.choices, text) then return text end
    return nil, table.concat(option.choices, ", ") .. words.meant(text, option.choices)
  end,
  assignment = function(text)
    local name, value = text:match "^([%a_][%w_]*)=(.*)$"
    return name and { name = name, value = value } or nil, "NAME=VALUE"
  end,
  report = function(text, option)
    local kind, file = text:match "^([^=]*)=(.+)$"
    kind = kind or text
    if file == "-" then file = nil end
    if definition.has(option.choices, kind) then return { kind = kind, file = file } end
    return nil, table.concat(option.choices, ", ") .. words.meant(kind, option.choices)
  end,
}

local function store(options, option, written, text)
  local value = true
  if option.value then
    local expected
    value, expected = converters[option.type](text, option)
    if value == nil then usage("%s: %s expected, got '%s'", written, expected, text) end
  end
  if option.many then
    options[option.name] = options[option.name] or {}
    table.insert(options[option.name], value)
  else
    options[option.name] = value
  end
end

---@class cli.Words  the command line and how far it was read
local Words = {}
Words.__index = Words

function Words:next()
  self.position = self.position + 1
  return self.list[self.position]
end

function Words:value_of(written)
  return self:next() or usage("option %s needs a value", written)
end

local function parse_long(request, arguments, word)
  local name, value = word:match "^%-%-([^=]+)=(.*)$"
  local written = "--" .. (name or word:sub(3))
  local option = find_option(request.command, "name", written:sub(3), written)
  if not option.value and value then usage("option %s takes no value", written) end
  if option.value and not value then value = arguments:value_of(written) end
  store(request.options, option, written, value)
end

--- "-x", "-xv", "-j4", "-j 4"
local function parse_short(request, arguments, word)
  local at = 2
  while at <= #word do
    local written = "-" .. word:sub(at, at)
    local option = find_option(request.command, "short", word:sub(at, at), written)
    at = at + 1
    local value
    if option.value then
      value = at <= #word and word:sub(at) or arguments:value_of(written)
      at = #word + 1
    end
    store(request.options, option, written, value)
  end
end

local function parse_word(request, arguments, word)
  if word == "--" then
    for path in function() return arguments:next() end do
      request.paths[#request.paths + 1] = path
    end
  elseif word:sub(1, 2) == "--" then
    parse_long(request, arguments, word)
  elseif word:sub(1, 1) == "-" and #word > 1 then
    parse_short(request, arguments, word)
  else
    request.paths[#request.paths + 1] = word
  end
end

--- Looks like the name of a file, not like a misspelt command.
local function is_path(word)
  return word:find "[/.:]" ~= nil
end

--- The command is the first word; without one it is run.
local function take_command(arguments, exists)
  local first = arguments[1]
  if first == "--help" or first == "-h" then return "help", 1 end
  if first == "--version" then return "version", 1 end
  if find_command(first) then return first, 1 end
  if first:sub(1, 1) ~= "-" and not is_path(first) and not exists(first) then
    usage("unknown command '%s'%s", first, words.meant(first, command_names()))
  end
  return "run", 0
end

--- What nobody reads was meant for something.
local function refuse_arguments(request)
  local command = find_command(request.command)
  local most = command.most_arguments or math.huge
  if #request.paths > most and not request.options.help then
    usage("%s takes %s, got '%s'", request.command,
      most == 0 and "no argument" or words.count(most, "argument"), request.paths[most + 1])
  end
end

---@param list string[] the words after the program's name
---@param exists fun(path: string): boolean
---@return cli.Request|nil, string|nil message
function parse.command_line(list, exists)
  local ok, result = pcall(function()
    local command, position = take_command(list, exists)
    local request = { command = command, paths = {}, options = {} }
    local arguments = setmetatable({ list = list, position = position }, Words)
    for word in function() return arguments:next() end do
      parse_word(request, arguments, word)
    end
    refuse_arguments(request)
    return request
  end)
  if ok then return result end
  if type(result) ~= "table" then error(result, 0) end
  return nil, result.usage
end

return parse
