-- lua/meta/mcast.lua declares every public word of the scenario language, and nothing else: held
-- against the objects that a scenario really has.

local options = require "mcast.options"
local class = require "mcast.class"

-- Every table of options that is checked while this file is loaded and runs, by its call.
local checked_options = {}
local check = options.check
function options.check(call, given, spec) -- luacheck: ignore 122
  checked_options[call] = spec
  return check(call, given, spec)
end

-- ---- the declarations -----------------------------------------------------------------------

---@class Declaration
---@field words table<string, true>
---@field optional table<string, true>  those that may be nil

local function read_lines()
  local here = debug.getinfo(1, "S").source:sub(2)
  local root = here:match("^(.*)tests/lua/[^/]*$")
  return io.lines(root .. "lua/meta/mcast.lua")
end

--- A class has the words of its parent.
local function declare(classes, name, parent)
  local declaration = classes[name] or { words = {}, optional = {} }
  classes[name] = declaration
  for _, part in ipairs { "words", "optional" } do
    for word in pairs(parent and classes[parent][part] or {}) do declaration[part][word] = true end
  end
  return declaration
end

local function add_field(declaration, line)
  local name, rest = line:match("^%-%-%-@field ([%a_][%w_]*)%s+(.*)$")
  if not name then return end
  declaration.words[name] = true
  local type_text = rest:match("^%b()[^ ]*") or rest:match("^%b{}[^ ]*") or rest:match("^%S+")
  if type_text:find("nil", 1, true) or type_text == "any" then declaration.optional[name] = true end
end

---@return table<string, Declaration> classes, table<string, true> globals
local function read_declarations()
  local classes, variables, globals = {}, {}, {}
  local current
  for line in read_lines() do
    local class_name = line:match("^%-%-%-@class ([%w._]+)")
    local is_local, variable = line:match("^(l?o?c?a?l?) ?([%a_]+) = {}")
    local owner, method = line:match("^function ([%a_]+)[.:]([%w_]+)%(")
    local word = line:match("^function ([%a_]+)%(")
    if class_name then
      current = declare(classes, class_name, line:match("^%-%-%-@class [%w._]+: ([%w._]+)$"))
    elseif line:find("^%-%-%-@field") then
      add_field(current, line)
    elseif variable then
      variables[variable] = current
      if is_local == "" then globals[variable] = true end
    elseif owner then
      local declaration = variables[owner]
      declaration.words[method] = true
    elseif word then
      globals[word] = true
    end
  end
  return classes, globals
end

local classes, globals = read_declarations()

-- ---- comparing ------------------------------------------------------------------------------

local function sorted_keys(set)
  local list = {}
  for word in pairs(set) do list[#list + 1] = word end
  table.sort(list)
  return list
end

local function sorted(set)
  return table.concat(sorted_keys(set), " ")
end

local function difference(a, b)
  local rest = {}
  for word in pairs(a) do
    if not b[word] then rest[word] = true end
  end
  return rest
end

--- What is there but not declared, and what is declared but not there.
local function compare(found, declared)
  expect.soft(sorted(difference(found, declared))):equals("")
  expect.soft(sorted(difference(declared, found))):equals("")
end

local function is_public(word)
  return type(word) == "string" and word:sub(1, 1) ~= "_"
end

--- The words of an object of ours: what its class knows, and its own fields.
local function words_of(object)
  local definition, found = class.of(object), {}
  for _, part in ipairs { definition.methods, definition.properties, definition.setters,
    class.public(object) } do
    for word in pairs(part) do
      if is_public(word) then found[word] = true end
    end
  end
  return found
end

--- A declared word that the object refuses to know.
local function unknown_words(object, declaration)
  local unknown = {}
  for word in pairs(declaration.words) do
    if not pcall(function() return object[word] end) then unknown[word] = true end
  end
  return unknown
end

--- Words that an assignment changes, though they are not for it.
local function overwritten_words(object)
  local setters, found = class.of(object).setters, {}
  for word in pairs(words_of(object)) do
    if not setters[word] and pcall(function() object[word] = 0 end) then found[word] = true end
  end
  return found
end

local function compare_object(name, object)
  local declaration = classes[name]
  expect.soft(sorted(difference(words_of(object), declaration.words))):equals("")
  expect.soft(sorted(unknown_words(object, declaration))):equals("")
  expect.soft(sorted(overwritten_words(object))):equals("")
end

local function keys_of(record)
  local found = {}
  for word in pairs(record) do
    if is_public(word) then found[word] = true end
  end
  return found
end

--- Tables without words of their own: what users fill in.
local is_open = {["mcast.Rfc3918Setup"] = true, ["mcast.Rfc3918Load"] = true}

local function compare_record(name, record)
  local declaration, found = classes[name], keys_of(record)
  expect.soft(sorted(difference(found, declaration.words))):equals("")
  local needed = difference(declaration.words, declaration.optional)
  expect.soft(sorted(difference(needed, found))):equals("")
  expect.soft(sorted(unknown_words(record, declaration))):equals("")
  expect.soft(pcall(function() return record.unheard_of end)):equals(is_open[name] or false)
end

local function compare_options(name, call)
  expect(checked_options[call]):exists()
  compare(checked_options[call], classes[name].words)
end

-- ---- scenarios ------------------------------------------------------------------------------

scenario("every word that a scenario sees without require is declared", {}, function()
  local lua = debug.getregistry()[2] -- LUA_RIDX_GLOBALS: without the words of the language
  local words = {}
  for word in pairs(_G) do
    if lua[word] == nil then words[word] = true end
  end
  compare(words, globals)
  compare_options("mcast.ScenarioOptions", "scenario")
end)

scenario("every word of every object is declared", function(t)
  local lan = t.net:switch("lan")
  local a, b = t.net:host("a", lan), t.net:host("b", lan)
  local router = t.net:router("router", lan)
  local link = t.net:link(router, t.net:host("c"))
  local trunk = t.net:link(t.net:switch("second"), t.net:switch("third"))
  local group, port = t:group(), t:port()
  local receiver = a:receiver{group = group, port = port, reply = "ack"}
  local observer = a:observer{group = group}
  local route = router:mroute{group = t:group(), from = lan, to = link}
  local sender = b:sender{group = group, port = port}
  local acks = sender:request("hello", {from = {a}})
  local flow = sender:stream{rate = 1000, count = 3}:wait()
  local endless = b:sender{group = t:group(), port = port}:stream{rate = 1000}
  local joined = mcast.measure.join{host = a, from = endless}
  local mix = mcast.traffic.mix{from = b, groups = 2, rate = 100, count = 2}
  local described = topology("one switch", function(net) net:switch("lan") end)
  local task = mcast.spawn(function() end)
  local query = mcast.packet{igmp = {type = "query"}}

  local objects = {
    ["mcast"] = mcast, ["mcast.Context"] = t, ["mcast.Network"] = t.net,
    ["mcast.Switch"] = t.net.switches.lan, ["mcast.Host"] = a, ["mcast.Router"] = router,
    ["mcast.Link"] = link, ["mcast.Mroute"] = route, ["mcast.Interface"] = a.eth0,
    ["mcast.Socket"] = a:socket(), ["mcast.Receiver"] = receiver, ["mcast.Sender"] = sender,
    ["mcast.Sent"] = acks.sent, ["mcast.Acks"] = acks, ["mcast.Ack"] = acks[1],
    ["mcast.Flow"] = flow,
    ["mcast.Measure"] = mcast.measure, ["mcast.Measurement"] = joined,
    ["mcast.MeasurementEntry"] = joined:at(a),
    ["mcast.Traffic"] = mcast.traffic, ["mcast.Mix"] = mix,
    ["mcast.Observer"] = observer, ["mcast.Capture"] = a:capture(),
    ["mcast.Process"] = a:start{"true"},
    ["mcast.Topology"] = described, ["mcast.Task"] = task, ["mcast.Block"] = a:block{group = group},
    ["mcast.Trunk"] = trunk,
    ["mcast.MdbEntry"] = lan:mdb_add{group = t:group(), host = a},
    ["mcast.Packet"] = query, ["mcast.Injection"] = b:inject(query),
    ["mcast.HostQuerier"] = b:querier{},
    ["mcast.Impairment"] = a.eth0:impair{delay = 0.001},
  }
  for _, name in ipairs(sorted_keys(objects)) do
    t:step(name)
    compare_object(name, objects[name])
  end
end)

scenario("every field of every record is declared", function(t)
  local lan = t.net:switch("lan")
  local a, b = t.net:host("a", lan), t.net:host("b", lan)
  local router = t.net:router("router", {lan, t.net:switch("other")})
  router:mroute{group = t:group(), source = a, to = "other"}
  local cached = router:mroutes()[1]
  local group, port = t:group(), t:port()
  local receiver = a:receiver{group = group, port = port, reply = "ack"}
  local observer = a:observer{group = group}
  local socket <close> = a:socket()
  socket:bind(nil, port + 1)
  b:socket():sendto("unicast", a.address, port + 1)
  local _, _, _, info = socket:recvfrom()
  b:sender{group = group, port = port}:request("hello", {from = {a}})
  local flow = b:sender{group = group, port = port}:stream{rate = 1000, count = 3}
  receiver:leave(group)
  local account = flow:wait():at(receiver)
  local _, refusal = pcall(socket.bind_multicast, socket, group, port)

  local lossy = b.eth0:impair{loss = 1, only = "udp", direction = "out"}
  b:sender{group = group, port = port}:send("lost")
  eventually(function() return lossy.dropped == 1 end)

  local records = {
    ["mcast.ImpairedFrame"] = lossy:drops()[1],
    ["mcast.Message"] = receiver:next(), ["mcast.CachedMroute"] = cached,
    ["mcast.Frame"] = observer:next(), ["mcast.DatagramInfo"] = info, ["mcast.Error"] = refusal,
    ["mcast.FlowAccount"] = account, ["mcast.Latency"] = account.latency,
    ["mcast.FlowGap"] = account.gaps[1],
    ["mcast.ProcessResult"] = a:run{"true"}, ["mcast.Membership"] = a:memberships()[1],
    ["mcast.MdbRecord"] = lan:mdb()[1], ["mcast.RouterPort"] = lan:router_ports()[1],
    ["mcast.Querier"] = lan:querier(),
  }
  for _, name in ipairs(sorted_keys(records)) do
    name = name:sub(#"mcast." + 1)
    t:step(name)
    compare_record("mcast." .. name, records["mcast." .. name])
  end
end)

scenario("every option is declared", function(t)
  local net = t.net
  local lan = net:switch("lan", {})
  local a, b = net:host("a", {lan}), net:host("b", lan)
  local router = net:router("router", lan, {})
  net:link(router, net:host("c"), {})
  pcall(net.attach, net, "d", {})
  router:mroute{group = t:group(), from = "lan", to = "c"}
  local receiver = a:receiver{port = t:port()}
  receiver:join(t:group(), {})
  a:socket():add_membership(t:group(), {})
  b:sender{group = t:group(), port = t:port()}
  b:sender{group = t:group(), port = t:port()}:stream{count = 1}
  pcall(mcast.measure.join, {})
  pcall(mcast.measure.channel_change, {})
  pcall(mcast.traffic.mix, {})
  local source = b:sender{group = t:group(), port = t:port()}
  expect(mcast.measure.join{host = a, from = source:stream{rate = 1000}}):takes_at_most(5)
  a:run{"true"}
  a:start{"true"}
  a:block{}
  b.eth0:impair{drop = {nth = 1}}
  lan:set{fast_leave = true}
  lan:mdb_add{group = t:group(), host = b}
  local claimed = t:group()
  router:mroute{group = claimed, from = "lan", to = {{"c", ttl_threshold = 2}}}
  expect(router):routes{group = claimed}
  expect(lan):forwards(claimed, {to = {router}})
  a:inject({igmp = {type = "query"}}, {})
  a:querier{}:query{}
  a:capture()

  local calls = {
    ["mcast.SwitchOptions"] = "net:switch", ["mcast.LinkOptions"] = "net:link",
    ["mcast.RouterOptions"] = "net:router",
    ["mcast.AttachOptions"] = "net:attach",
    ["mcast.MrouteOptions"] = "router:mroute",
    ["mcast.ImpairOptions"] = "interface:impair", ["mcast.DropRule"] = "interface:impair: drop",
    ["mcast.BlockOptions"] = "host:block", ["mcast.SwitchSettings"] = "switch:set",
    ["mcast.MdbOptions"] = "switch:mdb_add", ["mcast.MrouteOutput"] = "router:mroute: to",
    ["mcast.ReceiverOptions"] = "host:receiver",
    ["mcast.SenderOptions"] = "host:sender", ["mcast.JoinOptions"] = "receiver:join",
    ["mcast.MembershipOptions"] = "socket:add_membership",
    ["mcast.ForwardsOptions"] = "expect(switch):forwards",
    ["mcast.RoutesOptions"] = "expect(router):routes",
    ["mcast.StreamOptions"] = "sender:stream",
    ["mcast.MeasureOptions"] = "mcast.measure.join",
    ["mcast.ChannelChangeOptions"] = "mcast.measure.channel_change",
    ["mcast.MixOptions"] = "mcast.traffic.mix",
    ["mcast.MeasurementBounds"] = "expect(measurement):takes_at_most",
    ["mcast.RunOptions"] = "host:run", ["mcast.ProgramOptions"] = "host:start",
    ["mcast.InjectOptions"] = "host:inject", ["mcast.QuerierOptions"] = "host:querier",
    ["mcast.QueryOptions"] = "querier:query",
    ["mcast.CaptureOptions"] = "host:capture",
  }
  for _, name in ipairs(sorted_keys(calls)) do
    t:step(name)
    compare_options(name, calls[name])
  end
end)

scenario("every word of a daemon is declared", {needs = {"smcroute"}}, function(t)
  local daemon = require "mcast.daemon"
  local router = t.net:router("router", {t.net:switch("left"), t.net:switch("right")})
  local ways = {group = "239.1.1.1", from = "left", to = "right"}
  local started = daemon.smcroute(router, {routes = {ways}, joins = {{group = "239.1.1.1",
    from = "left"}}})
  compare_object("mcast.Daemon", started)
  compare(keys_of(daemon), classes["mcast.daemon"].words)
  compare_options("mcast.SmcrouteOptions", "daemon.smcroute")
  compare_options("mcast.SmcrouteRoute", "daemon.smcroute: routes")
  compare_options("mcast.SmcrouteJoin", "daemon.smcroute: joins")
end)

scenario("every option of pimd is declared", {needs = {"pimd"}}, function(t)
  local router = t.net:router("router", {t.net:switch("left")})
  require("mcast.daemon").pimd(router, {rp = router})
  compare_options("mcast.PimdOptions", "daemon.pimd")
end)

scenario("every option of frr is declared", {needs = {"frr"}}, function(t)
  local router = t.net:router("router", {t.net:switch("left")})
  require("mcast.daemon").frr(router, {text = "hostname router\n", daemons = {"zebra"}})
  compare_options("mcast.FrrOptions", "daemon.frr")
end)

scenario("every word of a benchmark is declared", function(t)
  local rfc3918 = require "mcast.rfc3918"
  local setup = rfc3918.parameters(function(_, default) return default end)
  setup.duration = 0.01
  local bench = rfc3918.bench(t, setup)
  local loads = bench:join(1)
  local found = bench:search(loads, 256)
  local trial = bench:offer(loads, 256, 1000)
  compare(keys_of(rfc3918), classes["mcast.rfc3918"].words)
  compare_record("mcast.Rfc3918Setup", setup)
  compare_record("mcast.Rfc3918Load", loads[1])
  local tagged = bench:offer(loads, 256, 1000, 1)
  compare_record("mcast.Rfc3918Latency", rfc3918.latency({trial}, bench.egress))
  compare_record("mcast.Rfc3918Latency", rfc3918.tagged({tagged}, bench.egress))
  compare_record("mcast.Rfc3918Spread", rfc3918.spread({tagged}, bench.egress))
  local joined = bench:with_stream(256, 1000, function(flow)
    return mcast.measure.join{host = bench.egress, from = flow}
  end)
  compare_record("mcast.Rfc3918Delay", rfc3918.delay{joined})
  compare_object("mcast.Rfc3918Bench", bench)
  compare_object("mcast.Rfc3918Trial", trial)
  compare_object("mcast.Throughput", found)
  compare_object("mcast.Rfc3918Table", bench:table("results", {"frame size (bytes)"}))
  compare_options("mcast.SearchOptions", "rfc3918.search")
end)

--- The fields of several kinds of messages, which one class declares.
local function union(specs)
  local all = {}
  for _, spec in pairs(specs) do
    for word in pairs(spec) do all[word] = true end
  end
  return all
end

scenario("every field of a packet is declared", function()
  local fields = require "mcast.packet.fields"
  local groups = fields.pim_groups()
  local specs = {
    PacketEth = fields.eth, PacketVlan = fields.vlan, PacketIp = fields.ip,
    PacketIp6 = fields.ip6, PacketOption = fields.ip_option, PacketExtension = fields.extension,
    PacketUdp = fields.udp, PacketRecord = fields.record("ipv4"), PacketIgmp = fields.any.igmp,
    PacketMld = fields.any.mld, PacketPim = union(fields.pim()),
    PacketPimDelay = fields.pim_delay, PacketPimSource = groups.join_prune.lists.joined,
    PacketPimRp = groups.bootstrap.lists.rps,
    PacketPimGroup = union{groups.join_prune.spec, groups.bootstrap.spec},
  }
  for _, name in ipairs(sorted_keys(specs)) do
    compare(specs[name], classes["mcast." .. name].words)
  end
end)

-- Subjects and what they can be asked; what these modules export besides is no claim.
local claim_modules = { "sent", "injection", "receiver", "host", "router", "switch", "observer",
  "capture", "process", "flow", "measurement", "throughput", "trial", "value" }
local no_claims = { read = true, heard_by_receivers = true }

scenario("every claim is declared", function()
  local claims = {}
  for _, module in ipairs(claim_modules) do
    for word in pairs(require("mcast.claims." .. module)) do claims[word] = true end
  end
  claims = difference(claims, no_claims)
  compare(claims, classes["mcast.Expectation"].words)
  for word in pairs(classes["mcast.Expect"].words) do
    expect(type(expect[word])):equals("function")
  end
end)
