--- What packets are looked for with: an expression in libpcap's language, or a function.
local core = require "mcast.core"
local errors = require "mcast.errors"
local show = require "mcast.show"
local words = require "mcast.words"

local packet_filter = {}

---@type table<string, core.FrameFilter>
local compiled = {}

-- pcap-filter(7).
local known_words = {}
for word in ([[and or not src dst host net port portrange mask ether ip ip6 arp rarp udp tcp icmp
  icmp6 igmp pim sctp proto protochain multicast broadcast gateway less greater len vlan mpls
  inbound outbound mld]]):gmatch("%w+") do
  known_words[#known_words + 1] = word
  known_words[word] = true
end

--- "; did you mean 'port' in place of 'prt'?"
local function misspelt_word(expression)
  for word in expression:gmatch("%f[%w_]%a[%w_]*") do
    local near = not known_words[word] and words.near(word, known_words)
    if near then return ("; did you mean '%s' in place of '%s'?"):format(near, word) end
  end
  return ""
end

local function refuse(where, expression, problem)
  local said = problem.message:match("': (.*) %(EINVAL%)$") or problem.message
  errors.usage("%s: filter %s does not compile: %s%s", where, show.value(expression), said,
    problem.hint and ("; " .. problem.hint) or misspelt_word(expression))
end

--- The expression as libpcap compiles it. A slip is the user's: an error with file and line.
---@param where string "host:capture"
---@param expression string
---@return core.FrameFilter
function packet_filter.compile(where, expression)
  if compiled[expression] then return compiled[expression] end
  local ok, result = pcall(core.frame_filter, expression)
  if not ok and errors.is_object(result) and result.code == "EINVAL" then
    refuse(where, expression, result)
  end
  if not ok then error(result, 0) end
  compiled[expression] = result
  return result
end

--- Can no packet pass both? libpcap says so of expressions that reject every packet.
---@param one string|false
---@param other string|function|nil
---@return boolean
function packet_filter.are_contrary(one, other)
  if not one or type(other) ~= "string" then return false end
  local both = ("(%s) and (%s)"):format(one, other)
  local ok, problem = pcall(core.frame_filter, both)
  return not ok and errors.is_object(problem)
    and problem.message:find("rejects all packets", 1, true) ~= nil
end

--- mcast.Type: an expression.
function packet_filter.expression(value)
  if type(value) ~= "string" or value:find("\0", 1, true) then
    return nil, "a filter in libpcap's language (\"igmp\", \"udp port 5000\")"
  end
  return value
end

--- mcast.Type: an expression, or a function of a packet.
function packet_filter.wanted(value)
  if type(value) == "function" then return value end
  if packet_filter.expression(value) then return value end
  return nil, "a filter in libpcap's language (\"igmp\", \"udp port 5000\"), or a function"
end

--- In words: "a packet like ...", "no packet like ...".
---@param article "a"|"no"
---@param wanted string|function|nil
---@return string
function packet_filter.describe(article, wanted)
  if wanted == nil then return article .. " packet" end
  if type(wanted) == "function" then return article .. " packet that the function accepts" end
  return ("%s packet like %s"):format(article, show.value(wanted))
end

--- What is one filter in the eyes of its user: the same text, or the same place in the script.
---@return any key of a table
function packet_filter.identity(wanted)
  if type(wanted) ~= "function" then return wanted or "" end
  local info = debug.getinfo(wanted, "S")
  return ("%s:%d"):format(info.source, info.linedefined)
end

return packet_filter
