-- The command line: mcast.cli.parse by the table in mcast.cli.options.

local parse = require "mcast.cli.parse"

local function request(...)
  return parse.command_line({ ... }, function(path) return path == "folder" end)
end

local function refusal(...)
  local parsed, message = request(...)
  expect(parsed):is_nil()
  return message
end

scenario("commands, paths and options may be mixed", function()
  local parsed = request(
    "run", "a.lua", "-x", "--tag", "slow", "b.lua", "--tag=!old", "-j4", "-vk", "ttl")
  expect(parsed.command):equals("run")
  expect(parsed.paths):equals({ "a.lua", "b.lua" })
  expect(parsed.options):equals({
    ["exit-first"] = true, tag = { "slow", "!old" }, jobs = 4, verbose = true, filter = { "ttl" },
  })
end)

scenario("a path alone means run", function()
  expect(request("a.lua").command):equals("run")
  expect(request("folder").command):equals("run")
  expect(request("a.lua:12", "-x").paths):equals({ "a.lua:12" })
  expect(request("-x", "a.lua").command):equals("run")
end)

scenario("-- ends the options", function()
  local parsed = request("run", "--", "-x", "--tag")
  expect(parsed.paths):equals({ "-x", "--tag" })
  expect(parsed.options):equals({})
end)

scenario("a value may contain anything", function()
  expect(request("run", "--param", "text=a=b -x").options.param)
    :equals({ { name = "text", value = "a=b -x" } })
  expect(request("run", "--filter=--x").options.filter):equals({ "--x" })
end)

scenario("reports go to standard output or to a file", function()
  local parsed = request("run", "--report", "tap", "--report=junit=a=b.xml", "--report", "jsonl=-")
  expect(parsed.options.report)
    :equals({ { kind = "tap" }, { kind = "junit", file = "a=b.xml" }, { kind = "jsonl" } })
end)

scenario("what is wrong is named, with the nearest right word", {
  each = {
    { "unknown command", "rnu", says = "unknown command 'rnu' (did you mean 'run'?)" },
    { "unknown option", "run", "--reprot", "tap", says = "did you mean '--report'?" },
    { "no abbreviations", "run", "--rep", "tap", says = "unknown option --rep" },
    { "unknown letter", "run", "-Z", says = "unknown option -Z" },
    { "of another command", "demo", "--report", "tap", says = "--report does not belong to demo" },
    { "value missing", "run", "--topology", says = "--topology needs a value" },
    { "value too many", "run", "--verbose=yes", says = "--verbose takes no value" },
    { "no number", "run", "-j", "many", says = "a whole number from 1 expected, got 'many'" },
    { "zero jobs", "run", "--jobs", "0", says = "a whole number from 1" },
    { "hexadecimal", "run", "--repeat", "0x10", says = "a whole number from 1" },
    { "negative time", "run", "--timeout", "-1", says = "seconds above 0" },
    { "endless time", "run", "--timeout", "inf", says = "seconds above 0" },
    { "no such time", "run", "--timeout", "nan", says = "seconds above 0" },
    { "unknown choice", "run", "--color", "alway", says = "did you mean 'always'?" },
    { "no assignment", "run", "--param", "count", says = "NAME=VALUE expected" },
    { "unknown report", "run", "--report", "tpa=x", says = "did you mean 'tap'?" },
    { "empty file", "run", "--report", "tap=", says = "expected, got 'tap='" },
    { "empty text", "run", "-k", "", says = "something expected" },
  },
}, function(t)
  expect(refusal(table.unpack(t.case, 2))):contains(t.case.says)
end)

scenario("every option has a help text and belongs to a command", function()
  local definition = require "mcast.cli.options"
  local known = {}
  for _, command in ipairs(definition.commands) do known[command.name] = true end
  local longs, shorts = {}, {}
  for _, option in ipairs(definition.options) do
    expect(#option.help > 10):is_true()
    expect(longs[option.name]):is_nil()
    expect(option.short and shorts[option.short]):is_nil()
    longs[option.name] = true
    if option.short then shorts[option.short] = true end
    for _, command in ipairs(option.commands) do expect(known[command]):is_true() end
  end
end)
