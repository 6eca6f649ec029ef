--- The parameters that RFC 3918 asks every test to name (section 3.1), as parameters of a scenario
--- file. The defaults are for a virtual network and take seconds; in comments what the RFCs want.
local errors = require "mcast.errors"

local parameters = {}

---@class mcast.Rfc3918Setup
---@field frame_sizes integer[]
---@field duration number
---@field residual number
---@field line_rate number bits per second
---@field resolution number
---@field egress integer
---@field groups integer
---@field repetitions integer
---@field families ("ipv4"|"ipv6")[]

local families = { both = { "ipv4", "ipv6" }, ipv4 = { "ipv4" }, ipv6 = { "ipv6" } }

local function read_sizes(text)
  local sizes = {}
  for word in text:gmatch("[^,%s]+") do
    local size = math.tointeger(tonumber(word))
    if not size or size < 64 or size > 65535 then
      errors.usage("param frame_sizes: expected bytes of Ethernet frames from 64 to 65535, "
        .. "separated by commas, got %q", word)
    end
    sizes[#sizes + 1] = size
  end
  if #sizes == 0 then errors.usage("param frame_sizes: expected at least one size") end
  return sizes
end

local function read_families(word)
  return families[word]
    or errors.usage("param family: expected \"ipv4\", \"ipv6\" or \"both\", got %q", word)
end

--- Declares a number above 0; `param` is the word of the scenario language.
---@param param fun(name: string, default: any, description: string): any
---@param name string
---@param default number
---@param description string
---@return number
function parameters.positive(param, name, default, description)
  local value = param(name, default, description)
  if value <= 0 then errors.usage("param %s: expected more than 0, got %s", name, value) end
  return value
end

--- Declares a part of a whole that is neither all of it nor nothing.
---@param param fun(name: string, default: any, description: string): any
---@param name string
---@param default number
---@param description string
---@return number
function parameters.share(param, name, default, description)
  local value = param(name, default, description)
  if value <= 0 or value >= 1 then
    errors.usage("param %s: expected a share between 0 and 1, got %s", name, value)
  end
  return value
end

--- Declares them for a file.
---@param param fun(name: string, default: any, description: string): any
---@return mcast.Rfc3918Setup
function parameters.declare(param)
  local function above_zero(name, default, description)
    return parameters.positive(param, name, default, description)
  end
  return {
    -- RFC 2544 section 9, RFC 3918 section 3.1.3.
    frame_sizes = read_sizes(param("frame_sizes", "64,128,256,512,1024,1280,1518",
      "bytes of the Ethernet frames, FCS included")),
    -- RFC 2544 section 24 wants 60 s, section 26.2 for latency 120 s.
    duration = above_zero("duration", 0.1, "seconds of each trial"),
    -- RFC 2544 section 23: 2 s.
    residual = above_zero("residual", 0.2, "seconds for what is still under way after a trial"),
    line_rate = 1e6 * above_zero("line_rate", 10.0, "Mbit/s of the ingress interface"),
    resolution = parameters.share(param, "resolution", 0.01,
      "of the search, as a share of the line rate"),
    egress = above_zero("egress", 3, "how many egress interfaces: hosts egress1, egress2, ..."),
    groups = above_zero("groups", 4, "how many groups"),
    -- RFC 2544 section 26.2: 20.
    repetitions = above_zero("repetitions", 2, "how often latency and delay are measured"),
    families = read_families(param("family", "both", "ipv4, ipv6 or both")),
  }
end

return parameters
