--- The lines of its file in which a scenario stands: its function, and each call on the way to
--- scenario(), up to the end of the functions that are written in the call. So it is found by a
--- line also when a function of the file's own declares it.
local extent = {}

---@alias mcast.Lines {[1]: integer, [2]: integer} the first and the last one

---@param list function[]
---@param value any a function, or a table with functions in it
local function add_functions(list, value)
  if type(value) == "function" then
    list[#list + 1] = value
  elseif type(value) == "table" and not getmetatable(value) then
    for _, field in next, value do
      if type(field) == "function" then list[#list + 1] = field end
    end
  end
end

--- The functions that the one at `level` was given.
local function given_to(level, info)
  local list = {}
  for i = 1, info.nparams do add_functions(list, select(2, debug.getlocal(level + 1, i))) end
  local i = -1
  while debug.getlocal(level + 1, i) do
    add_functions(list, select(2, debug.getlocal(level + 1, i)))
    i = i - 1
  end
  return list
end

--- Is the function written in the caller's call, and not just handed on by it?
local function is_written_in(written, caller)
  return written.source == caller.source and written.linedefined >= caller.currentline
    and (caller.what == "main" or written.lastlinedefined <= caller.lastlinedefined)
end

--- The last line of the call that the caller is in: that of the last function written in it.
local function last_of(functions, caller)
  local last = caller.currentline
  for _, f in ipairs(functions) do
    local written = debug.getinfo(f, "S")
    if is_written_in(written, caller) then last = math.max(last, written.lastlinedefined) end
  end
  return last
end

--- Of the scenario that is just being declared.
---@param body function
---@param file string as errors call it
---@return mcast.Lines[]
function extent.of(body, file)
  local source, functions, level = "@" .. file, { body }, 2
  local defined = debug.getinfo(body, "S")
  local places = {}
  if defined.source == source then
    places[1] = { defined.linedefined, defined.lastlinedefined }
  end
  while true do
    local info = debug.getinfo(level, "Slu")
    if not info then return places end
    if info.source == source and info.currentline > 0 then
      places[#places + 1] = { info.currentline, last_of(functions, info) }
      functions = given_to(level, info)
    end
    level = level + 1
  end
end

return extent
