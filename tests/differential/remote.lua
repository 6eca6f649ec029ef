-- One multicast socket of this machine, worked by another program: it sends lines of Lua through
-- one FIFO and gets the answers through another.

local commands = param("commands", "", "FIFO that the lines come from")
local answers = param("answers", "", "FIFO that the answers go to")

--- What a line may say: `s` is its socket, `open(family)` makes a new one.
local words = {}

function words.open(family)
  if words.s then words.s:close() end
  words.s = mcast.socket{family = family}
  return words.s.fd
end

local function describe(value)
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for _, element in ipairs(value) do parts[#parts + 1] = tostring(element) end
  return table.concat(parts, " ")
end

--- "ok VALUE..." or "error CODE"
local function perform(line)
  local result = table.pack(pcall(assert(load(line, "=command", "t", words))))
  if not result[1] then
    local problem = result[2]
    return "error " .. (type(problem) == "table" and problem.code or tostring(problem))
  end
  local parts = {"ok"}
  for i = 2, result.n do parts[#parts + 1] = describe(result[i]) end
  return table.concat(parts, " ")
end

scenario("does what it is told", {timeout = 120}, function()
  local output = assert(io.open(answers, "w"))
  output:setvbuf("line")
  output:write("ready\n")
  for line in assert(io.open(commands, "r")):lines() do
    output:write(perform(line):gsub("\n", " "), "\n")
  end
  expect(words.s):exists()
end)
