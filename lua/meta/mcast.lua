---@meta
--- The words of the scenario language: what a scenario file sees without `require`. The single
--- source of the API reference. Seconds, bytes; addresses are strings; ports are integers.
---
--- A wrong argument is an error that names file, line, argument, value and what was expected. A
--- failed system call raises an mcast.Error. Only a deadline is an ordinary result: nil, "timeout".

---@class mcast.Error what is raised when the world says no
---@field code string       "EADDRNOTAVAIL"
---@field operation string  what was attempted
---@field message string    one sentence
---@field host string|nil   where
---@field hint string|nil   what to do about it

---@alias mcast.Family "ipv4"|"ipv6"
---@alias mcast.InterfaceRef string|integer|mcast.Interface  by name, by index, as an object

-- ---- scenarios ------------------------------------------------------------------------------

---@class mcast.ScenarioOptions
---@field tags string[]|nil            for --tag
---@field timeout number|nil           seconds; default 30
---@field topology mcast.Topology|nil  default: fresh hosts on one snooping switch called "lan"
---@field each any[]|nil               runs once per element, which is in t.case
---@field needs string[]|nil           "root", "ipv6", "user-namespaces", "smcroute", "pimd", "frr": what is missing, or not known, skips it
---@field retries integer|nil          how often one that did not pass is tried again

--- Declares a scenario. The name is unique in its file.
---@overload fun(name: string, body: fun(t: mcast.Context))
---@param name string
---@param options mcast.ScenarioOptions
---@param body fun(t: mcast.Context)
function scenario(name, options, body) end

---@class mcast.Context what the function of a scenario is given
---@field name string        of the scenario
---@field net mcast.Network  its network
---@field case any           the element of `each`
local Context = {}

--- The hosts of those names, in order. Without a topology: fresh ones on the switch "lan".
---@param name string
---@param ... string
---@return mcast.Host ...
function Context:hosts(name, ...) end

--- A group that nobody in this run has used, whose MAC address aliases no 224.0.0.x.
---@param options {family: mcast.Family?, ssm: boolean?}|nil
---@return string
function Context:group(options) end

--- A port that nobody in this run has used.
---@return integer
function Context:port() end

--- Names what follows, in every report and timeline.
---@param text string
function Context:step(text) end

--- Writes to the report, as string.format does.
---@param format string
---@param ... any
function Context:log(format, ...) end

--- Puts data into the report.
---@param name string
---@param data any
function Context:attach(name, data) end

--- Ends the scenario as skipped.
---@param reason string
function Context:skip(reason) end

--- Ends the scenario as failed.
---@param message string
function Context:fail(message) end

--- Runs `f` at the end, last one first, whatever happened.
---@param f fun()
function Context:defer(f) end

--- Declares a parameter of the file, set with --param name=value; its type is the default's. At the top of
--- the file: what a function declares while a scenario runs is an error.
---@generic T: string|number|boolean
---@param name string
---@param default T
---@param description string|nil
---@return T
function param(name, default, description) end

--- Repeats `f` until it returns something true, and returns that. Gives up after `within` (1 s);
--- tries at least every `every` (0.01) seconds.
---@param f fun(): any
---@param options {within: number?, every: number?}|nil
---@return any result nil when the time is over
---@return "timeout"|nil
function eventually(f, options) end

-- ---- mcast ----------------------------------------------------------------------------------

---@class mcast
---@field version string
---@field measure mcast.Measure
---@field traffic mcast.Traffic
mcast = {}

--- Runs `f(...)` as a task beside this one.
---@param f function
---@param ... any
---@return mcast.Task
function mcast.spawn(f, ...) end

--- Runs the functions side by side; a list of what each returned first. The first error cancels
--- the others and is raised.
---@param functions function[]
---@return any[]
function mcast.all(functions) end

--- Monotonic seconds.
---@return number
function mcast.now() end

--- Waits. A condition is nearly always better: see eventually() and the claims.
---@param seconds number
function mcast.sleep(seconds) end

--- An unbound UDP socket of this machine itself.
---@param options mcast.SocketOptions|nil
---@return mcast.Socket
function mcast.socket(options) end

---@class mcast.MeasureOptions
---@field host mcast.Host|mcast.Host[]  those that join or leave, one after the other without waiting
---@field from mcast.Flow          a running stream; its packet interval is the resolution of a path without loss
---@field group string|nil         the group that the stream goes to
---@field source string|nil        of a source-specific membership
---@field interface string|integer|mcast.Interface|nil  where a host with several is a member
---@field within number|nil        5: seconds
---@field quiet number|nil         seconds of silence after which the stream counts as gone; five intervals, 0.1 at least

---@class mcast.ChannelChangeOptions
---@field host mcast.Host|mcast.Host[]
---@field from mcast.Flow          that is left
---@field to mcast.Flow            that is joined at once
---@field interface string|integer|mcast.Interface|nil
---@field within number|nil        5
---@field quiet number|nil

---@class mcast.Measure
local Measure = {}

--- How long a join takes: from the call until the first datagram. It opens a receiver.
---@param options mcast.MeasureOptions
---@return mcast.Measurement
function Measure.join(options) end

--- How long a leave takes: from the call until the last datagram at the host's interface. All receivers
--- of the host leave.
---@param options mcast.MeasureOptions
---@return mcast.Measurement
function Measure.leave(options) end

--- How long it takes to leave one group and get the first datagram of another.
---@param options mcast.ChannelChangeOptions
---@return mcast.Measurement
function Measure.channel_change(options) end

---@class mcast.Measurement one latency per host. Who has none counts as infinitely slow
---@field kind "join"|"leave"|"channel change"
---@field flow mcast.Flow         that was measured by; of a change the one that was left
---@field entries mcast.MeasurementEntry[]  one per host
---@field resolution number       seconds; the stream's packet interval, by how much it was held up, and what a lossy path hides: of all hosts the coarsest
---@field min number              seconds
---@field mean number
---@field p50 number              nearest rank: a latency that a host really had
---@field p90 number
---@field p99 number
---@field max number
---@field leaked integer|nil      datagrams that came after the leave, at all hosts together
---@field missing mcast.Host[]    those without a latency
local Measurement = {}

--- The entry of a host.
---@param host mcast.Host
---@return mcast.MeasurementEntry
function Measurement:at(host) end

---@class mcast.MeasurementEntry
---@field host mcast.Host
---@field latency number             seconds; math.huge: there was no end
---@field resolution number          seconds: the host's own
---@field why string|nil             there is none
---@field called number|nil          of a join or a leave: when it was called (mcast.now())
---@field leaked integer|nil         datagrams that came after the leave
---@field receiver mcast.Receiver|nil  that joined
---@field leave_latency number|nil   of a change, for the stream that was left
---@field overlap number|nil         of a change: seconds for which both streams came

---@class mcast.MixOptions
---@field from mcast.Host|mcast.Host[]  who sends; the groups are dealt out to the hosts in turn
---@field groups integer|string[]  the groups, or how many fresh ones: up to 1000
---@field family mcast.Family|nil  "ipv4": of the fresh ones
---@field port integer|nil         nil: a fresh one
---@field rate number|string       of all together: packets per second, "10mbit" (bits of payload), "5kpps"
---@field weights "uniform"|"zipf"|number[]|nil  how the groups share it; "uniform"
---@field shape "constant"|"poisson"|{on: number, off: number}|nil  "constant"; mean seconds on and off
---@field size integer|nil         100: bytes of payload, 18 at least
---@field count integer|nil        packets of all together; neither this nor duration: until it is stopped
---@field duration number|nil      seconds
---@field ttl integer|nil          1
---@field seed integer|nil         nil: by the run's seed

---@class mcast.Traffic
local Traffic = {}

--- Sends to many groups at once, each a measured stream of its own.
---@param options mcast.MixOptions
---@return mcast.Mix
function Traffic.mix(options) end

---@class mcast.Mix streams to many groups that were started together
---@field flows mcast.Flow[]       one per group, in order
---@field groups string[]
---@field port integer
---@field shares number[]          of the rate, per group; 1 all together
---@field wanted_rate number       packets per second, of all together
---@field shape string             "constant", "poisson" or "on/off"
---@field seed integer             of the whole mix: the same one gives the same schedules
---@field sent integer
---@field running boolean          is any of them?
---@field refused integer          packets that the kernel did not take when they were due
---@field late number              seconds; the furthest that one was behind its schedule
---@field kept_rate boolean        did each of them?
local Mix = {}

--- Waits until all have ended, and reads what has come.
---@param options {within: number?}|nil
---@return mcast.Mix|nil mix
---@return "timeout"|nil
function Mix:wait(options) end

--- Sends nothing any more.
---@return mcast.Mix
function Mix:stop() end

--- Builds a packet of the layers given: what is left out is as its RFC wants it, lengths and checksums
--- are right. Those that are given are written as they are.
---@param layers mcast.Packet|table
---@return mcast.Packet
function mcast.packet(layers) end

--- Reads bytes as a packet; any bytes will do.
---@param bytes string
---@param options {layer: "ethernet"|"ip"|nil}|nil  what they begin with; "ethernet"
---@return mcast.Packet
function mcast.decode(bytes, options) end

---@class mcast.Task
---@field finished boolean
local Task = {}

--- Waits for the end; returns what the function returned, raises what it raised.
---@return any ...
function Task:join() end

--- Ends it where it waits.
function Task:cancel() end

-- ---- networks -------------------------------------------------------------------------------

---@class mcast.Topology
---@field name string

--- How to make a network: the function describes it, anew for each scenario that uses it. A file of
--- its own may return one, for --topology.
---@overload fun(describe: fun(net: mcast.Network)): mcast.Topology
---@param name string
---@param describe fun(net: mcast.Network)
---@return mcast.Topology
function topology(name, describe) end

---@class mcast.Network
---@field name string
---@field hosts mcast.Host[]|table<string, mcast.Host>        a list, and by name
---@field switches mcast.Switch[]|table<string, mcast.Switch> a list, and by name
---@field routers mcast.Router[]|table<string, mcast.Router>  a list, and by name; also among the hosts
---@field links mcast.Link[]      between hosts; and by name
---@field trunks mcast.Trunk[]    between switches; and by name
local Network = {}

---@class mcast.SwitchOptions times in seconds
---@field subnet string|nil        "10.1.0.0/24"; allocated
---@field subnet6 string|nil       "fd00:1::/64"; allocated
---@field snooping boolean|nil     true (RFC 4541)
---@field querier boolean|nil      true
---@field igmp_version 2|3|nil     3
---@field mld_version 1|2|nil      2
---@field fast_leave boolean|nil   false
---@field flood_unknown boolean|nil  groups that nobody joined; the kernel's, off on large switches
---@field timers "short"|"rfc"|nil   "short"; "rfc" gives 125, 10, 1, 31.25, 260, 255
---@field query_interval number|nil           2
---@field query_response_interval number|nil  0.1
---@field last_member_interval number|nil     0.1
---@field startup_query_interval number|nil   1
---@field membership_interval number|nil      5
---@field querier_interval number|nil         4.05

--- An Ethernet switch (a Linux bridge; up to 1,023 ports).
---@param name string
---@param options mcast.SwitchOptions|nil
---@return mcast.Switch
function Network:switch(name, options) end

---@class mcast.Attachment
---@field [1] mcast.Switch
---@field address string|nil   IPv4, or with "/length"
---@field address6 string|nil
---@field mtu integer|nil      1500; 1280 to 65535
---@field name string|nil      of the interface; eth0, eth1, ...

--- A host: a network stack of its own. Attached to switches, lists of them, or attachments; with
--- none it has loopback alone.
---@param name string
---@param ... mcast.Switch|mcast.Attachment|(mcast.Switch|mcast.Attachment)[]
---@return mcast.Host
function Network:host(name, ...) end

---@class mcast.RouterOptions
---@field multicast_router "permanent"|"automatic"|"disabled"|nil  what the switches take its ports for: "permanent", they send it all multicast; "automatic", they learn it from queries and PIM hellos

--- A host that forwards, unicast by routes that are installed on all hosts. Its addresses are the
--- last of each subnet (10.1.0.254, fd00:1::fe). Attached as a host is.
---@param name string
---@param switches mcast.Switch|mcast.Attachment|(mcast.Switch|mcast.Attachment)[]|nil
---@param options mcast.RouterOptions|nil
---@return mcast.Router
function Network:router(name, switches, options) end

---@class mcast.LinkOptions
---@field subnet string|nil   of two hosts at least, "192.168.0.0/30"; allocated
---@field subnet6 string|nil
---@field mtu integer|nil     1500; of both ends
---@field impairable boolean|nil  can be impaired; nil: where a file of the scenario contains the word "impair"

--- A cable straight between two hosts or routers, each of which gets its next eth; or between two
--- switches, which become one LAN with one subnet (without options, without loops).
---@param a mcast.Host|mcast.Switch|string
---@param b mcast.Host|mcast.Switch|string
---@param options mcast.LinkOptions|nil
---@return mcast.Link|mcast.Trunk
function Network:link(a, b, options) end

---@class mcast.AttachOptions one of the first five
---@field netns string|nil      a name of `ip netns`, or the path of a namespace's file
---@field pid integer|nil       a process, by its number outside of the harness: its network
---@field nic string|nil        this machine's port, moved into a namespace and given back
---@field macvlan string|nil    this machine's interface, of which the host gets a child
---@field interface string|nil  this machine's interface, as it is
---@field address string|nil    of a nic (those that it has) or a macvlan (none): "10.1.0.7/24"
---@field address6 string|nil   the same: "fd00:1::7/64"
---@field name string|nil       of a macvlan's interface in the host: "eth0"
---@field mode "bridge"|"private"|"vepa"|"passthru"|nil  of a macvlan: "bridge"

--- A place that is there already, as a host; it is used as it is found, and left so. Needs root, but
--- for the sockets, receivers and senders of an `interface`.
---@param name string
---@param options mcast.AttachOptions
---@return mcast.Host
function Network:attach(name, options) end

--- The network as text.
---@return string
function Network:draw() end

--- Builds it and waits until every switch forwards as it will. Called when it is needed.
function Network:ready() end

---@class mcast.Switch options are read as the kernel has them
---@field name string
---@field network mcast.Network
---@field hosts mcast.Host[]
---@field address string|nil  IPv4, that its queries come from; of linked switches, once they are built
---@field subnet string
---@field subnet6 string
---@field snooping boolean
---@field igmp_version integer
---@field mld_version integer
---@field fast_leave boolean
---@field flood_unknown boolean|nil  nil: not built yet, and nothing was asked for
---@field query_interval number
---@field query_response_interval number
---@field last_member_interval number
---@field startup_query_interval number
---@field membership_interval number
---@field querier_interval number
local Switch = {}

--- Its multicast table, as the kernel has it now.
---@return mcast.MdbRecord[]
function Switch:mdb() end

--- The ports that get all multicast (RFC 4541).
---@return mcast.RouterPort[]
function Switch:router_ports() end

--- Who sends the queries in its LAN, as far as it knows; nil: nobody.
---@param family mcast.Family|nil  "ipv4" (IGMP); "ipv6": MLD
---@return mcast.Querier|nil
function Switch:querier(family) end

---@class mcast.MdbRecord one port's entry for one group
---@field group string|nil           nil: a group of the link layer
---@field source string|nil          nil: any, a (*,G) entry
---@field host mcast.Host|nil        behind the port; nil: the switch itself is the member, or
---@field switch mcast.Switch|nil    a linked switch behind the port
---@field interface mcast.Interface|nil
---@field mode "include"|"exclude"|nil  nil: the switch speaks IGMPv2 or MLDv1
---@field sources {address: string, expires: number|nil}[]  EXCLUDE: without `expires` it is blocked
---@field expires number|nil         seconds; nil: no timer of its own runs
---@field permanent boolean          set by hand
---@field blocked boolean            an (S,G) entry that forwards nothing
---@field star_exclude boolean       an (S,G) entry that stands for the port's (*,G) in EXCLUDE mode
---@field fast_leave boolean
---@field offload boolean
---@field protocol string|nil        who made it: "kernel", "static"

---@class mcast.RouterPort
---@field host mcast.Host|nil
---@field switch mcast.Switch|nil
---@field interface mcast.Interface|nil
---@field type "automatic"|"permanent"|"temporary"
---@field expires number|nil   seconds, for IPv4
---@field expires6 number|nil  seconds, for IPv6

---@class mcast.Querier
---@field family mcast.Family
---@field address string         a switch has 0.0.0.0 over IPv4, unless it is linked with others
---@field own boolean            the switch itself
---@field host mcast.Host|nil    another one: who it is
---@field interface mcast.Interface|nil  another one: where it is
---@field switch mcast.Switch|nil        another one: the linked switch behind which it is, or which it is
---@field expires number|nil     seconds until another one is given up

---@class mcast.SwitchSettings as mcast.SwitchOptions, without addresses
---@field snooping boolean|nil
---@field querier boolean|nil
---@field igmp_version 2|3|nil
---@field mld_version 1|2|nil
---@field fast_leave boolean|nil
---@field flood_unknown boolean|nil
---@field timers "short"|"rfc"|nil
---@field query_interval number|nil
---@field query_response_interval number|nil
---@field last_member_interval number|nil
---@field startup_query_interval number|nil
---@field membership_interval number|nil
---@field querier_interval number|nil

--- Changes options while it runs, and returns when it forwards as it will; undone at the end of the scenario.
---@param options mcast.SwitchSettings
function Switch:set(options) end

---@class mcast.MdbOptions
---@field group string
---@field source string|nil  nil: any
---@field host mcast.Host|mcast.Interface|string

--- A static entry of its table: the host's port gets the group, whoever asks.
---@param options mcast.MdbOptions
---@return mcast.MdbEntry
function Switch:mdb_add(options) end

--- What it takes for granted about multicast routers at a host's port; without a mode it is read.
---@param host mcast.Host|mcast.Interface|string
---@param mode "disabled"|"automatic"|"permanent"|"temporary"|nil
---@return string mode
function Switch:multicast_router(host, mode) end

---@class mcast.MdbEntry
---@field switch mcast.Switch
---@field interface mcast.Interface  of the host at the port
---@field group string
---@field source string|nil          nil: any
local MdbEntry = {}

--- Takes it out of the table.
function MdbEntry:remove() end

---@class mcast.Trunk
---@field name string              "left--right"
---@field network mcast.Network
---@field switches mcast.Switch[]  the two
local Trunk = {}

--- As Link:impair, between the switches.
---@param options mcast.ImpairLinkOptions|nil
---@return mcast.Impairment|nil
function Trunk:impair(options) end

---@class mcast.Link
---@field name string            "a--b"
---@field network mcast.Network
---@field hosts mcast.Host[]     the two
---@field impairable boolean     it can be impaired
---@field subnet string
---@field subnet6 string
local Link = {}

--- Makes it faulty, both ways or one, until that is cleared or the scenario ends: as Interface:impair of the end that
--- the frames come from, "out". Without options there is no impairment any more, nor of its interfaces.
---@param options mcast.ImpairLinkOptions|nil
---@return mcast.Impairment|nil
function Link:impair(options) end

---@class mcast.Host its interfaces are fields, too: host.eth0, host.lo
---@field name string
---@field network mcast.Network
---@field address string|nil   IPv4, of its first interface
---@field address6 string|nil
---@field eth0 mcast.Interface
---@field lo mcast.Interface
local Host = {}

---@return mcast.Interface[]
function Host:interfaces() end

---@param name mcast.InterfaceRef
---@return mcast.Interface
function Host:interface(name) end

---@class mcast.Membership of one interface, all sockets together
---@field group string
---@field interface mcast.Interface
---@field mode "include"|"exclude"|nil  nil: programs joined, and the kernel does not tell
---@field sources string[]              those that are included or excluded
---@field users integer                 how many sockets joined

--- The groups that the kernel has it in, whoever joined: its own programs, ours, the kernel itself.
---@return mcast.Membership[]
function Host:memberships() end

--- What the kernel has counted, by the names of nstat(8), and per interface.
---@return mcast.Counters
function Host:counters() end

---@class mcast.Counters: table<string, integer>  IpExtInMcastPkts, UdpRcvbufErrors, Icmp6InGroupMembQueries, ...
---@field eth0 mcast.Counters  of an interface: rx_packets, rx_bytes, rx_dropped, rx_multicast, tx_packets, ...
---@operator sub(mcast.Counters): mcast.Counters
local Counters = {}

--- Those that are not 0: what a difference has to tell.
---@return table<string, integer|table>
function Counters:changed() end

-- ---- programs -------------------------------------------------------------------------------

---@class mcast.ProgramOptions beside the command itself and its arguments; relative paths begin at the scenario's file
---@field input string|nil  its standard input; none
---@field cwd string|nil    where it runs; the folder of the scenario's file
---@field env table<string, string|number>|nil  added to the harness's own environment

---@class mcast.RunOptions
---@field input string|nil
---@field cwd string|nil
---@field env table<string, string|number>|nil
---@field timeout number|nil  seconds, after which it is killed; until the scenario's own deadline
---@field within number|nil   the same

---@class mcast.ProcessResult
---@field status integer|nil  its exit status; nil when a signal ended it
---@field signal string|nil   "SIGKILL": the signal that ended it
---@field stdout string       the last MiB
---@field stderr string       the last MiB

--- Runs a program on the host, {"command", "argument", ..., input =, cwd =, env =, timeout =}, to its end.
---@param command mcast.RunOptions|(string|number)[]
---@return mcast.ProcessResult|nil result
---@return "timeout"|nil
function Host:run(command) end

--- Starts a program on the host, {"command", "argument", ..., input =, cwd =, env =}; it ends with the scenario.
---@param command mcast.ProgramOptions|(string|number)[]
---@return mcast.Process
function Host:start(command) end

--- Reads a kernel setting of the host's network stack, or sets it and reads it back: an integer when it looks like one.
---@param key string  "net.ipv4.ip_forward"; with slashes when an interface's name has a dot: "net/ipv4/conf/eth0.7/rp_filter"
---@param value string|integer|boolean|nil
---@return string|integer
function Host:sysctl(key, value) end

---@class mcast.BlockOptions what is not named matches everything
---@field group string|nil
---@field source string|mcast.Host|nil
---@field port integer|nil                   UDP destination port
---@field direction "in"|"out"|"both"|nil    "both"

--- A firewall rule in the host that drops packets, by nftables. What it drops on the way out raises EPERM where it is sent.
---@param options mcast.BlockOptions|nil
---@return mcast.Block
function Host:block(options) end

--- Its programs stand still, and the harness's own receivers and senders on it; its kernel goes on.
function Host:pause() end

function Host:resume() end

---@class mcast.Block
---@field host mcast.Host
---@field group string|nil
---@field source string|nil
---@field port integer|nil
---@field direction "in"|"out"|"both"
---@field packets integer   dropped
---@field bytes integer     dropped, IP headers included
---@field removed boolean
local Block = {}

--- Takes the rule away. Its counters stay as they were.
function Block:remove() end

---@class mcast.Process
---@field host mcast.Host
---@field name string         of the program
---@field pid integer         in the scenario's own PID namespace
---@field running boolean
---@field status integer|nil  its exit status; nil while it runs, and when a signal ended it
---@field signal string|nil   "SIGKILL": the signal that ended it
---@field stdout string       what it wrote there until now; the last MiB
---@field stderr string
local Process = {}

--- What it wrote until now, to standard output and error, in the order in which it came; the last MiB.
---@return string
function Process:output() end

--- Waits until its output has the text or matches it as a Lua pattern; a claim: fails with what was seen. Returns what the pattern captures.
---@param pattern string
---@param timing {within: number?}|nil  5 s
---@return string ...
function Process:expect_output(pattern, timing) end

--- Waits for its end.
---@param options {within: number?}|nil  until the scenario's own deadline
---@return mcast.ProcessResult|nil result
---@return "timeout"|nil
function Process:wait(options) end

--- SIGTERM, and SIGKILL when it has not ended `within` 2 s. Signals go to its children, too.
---@param options {within: number?}|nil
---@return mcast.ProcessResult
function Process:stop(options) end

---@param signal string|integer|nil  "KILL"; "TERM", "HUP", "STOP", ...
function Process:kill(signal) end

--- Its programs have a /run of their own, and of /etc, /var and /tmp a view that only they write to.
---@class mcast.Router: mcast.Host
local Router = {}

---@alias mcast.Direction mcast.Interface|mcast.Switch|mcast.Link|mcast.Host|string

---@class mcast.MrouteOptions
---@field group string
---@field source string|mcast.Host|nil     nil: any, a (*,G) route
---@field from mcast.Direction|nil         where it comes in; nil: the way to the source
---@field to mcast.Direction|mcast.MrouteOutput|(mcast.Direction|mcast.MrouteOutput)[]
---@field ttl_threshold integer|nil        1; of every output that has none of its own

---@class mcast.MrouteOutput
---@field [1] mcast.Direction
---@field ttl_threshold integer|nil  forwarded if the TTL on arrival is greater; IPv4 only

--- Installs a static multicast route, through the kernel's own interface.
---@param options mcast.MrouteOptions
---@return mcast.Mroute
function Router:mroute(options) end

--- What is in the kernel's multicast forwarding cache now.
---@return mcast.CachedMroute[]
function Router:mroutes() end

---@class mcast.Mroute
---@field router mcast.Router
---@field group string
---@field source string|nil          nil: any
---@field from mcast.Interface
---@field to mcast.Interface[]
---@field ttl_threshold integer
---@field ttl_thresholds integer[]   of each of `to`
---@field packets integer            that matched, forwarded or not
---@field bytes integer              IP headers included
---@field wrong_interface integer    packets that came in elsewhere
local Mroute = {}

--- Takes the route away. Its counters stay as they were.
function Mroute:remove() end

-- ---- routing daemons: local daemon = require "mcast.daemon" -----------------------------------

---@class mcast.daemon
local daemon = {}

---@class mcast.SmcrouteRoute
---@field group string
---@field source string|nil          nil: any, a (*,G) route
---@field from mcast.Direction
---@field to mcast.Direction|mcast.Direction[]

---@class mcast.SmcrouteJoin
---@field group string
---@field source string|nil
---@field from mcast.Direction

---@class mcast.SmcrouteOptions
---@field config string|nil          path of an smcroute.conf(5)
---@field text string|nil            or what stands in it
---@field routes mcast.SmcrouteRoute[]|nil  or the routes of one that the library writes
---@field joins mcast.SmcrouteJoin[]|nil    and the groups that the router joins itself
---@field within number|nil          10 s until it is ready

--- Starts smcrouted(8) on the router and waits until it answers and the kernel forwards for it.
---@param router mcast.Router
---@param options mcast.SmcrouteOptions|nil
---@return mcast.Daemon
function daemon.smcroute(router, options) end

---@class mcast.PimdOptions
---@field config string|nil          path of a pimd.conf
---@field text string|nil            or what stands in it
---@field rp mcast.Router|string|nil  or the rendezvous point of one that the library writes
---@field within number|nil          10 s until it is ready

--- Starts pimd(8), PIM for IPv4, on the router and waits until it answers and the kernel forwards for it.
---@param router mcast.Router
---@param options mcast.PimdOptions|nil
---@return mcast.Daemon
function daemon.pimd(router, options) end

---@class mcast.FrrOptions
---@field config string|nil          path of an frr.conf for all its daemons
---@field text string|nil            or what stands in it
---@field daemons string[]|nil       {"zebra", "pimd"}; those that the configuration speaks of
---@field within number|nil          10 s until each of its steps is done

--- Starts FRR on the router, loads the configuration into it by vtysh(1), and waits until its daemons answer and the kernel forwards between the interfaces on which it speaks PIM.
---@param router mcast.Router
---@param options mcast.FrrOptions
---@return mcast.Daemon
function daemon.frr(router, options) end

---@class mcast.Daemon
---@field name string                "smcroute", "pimd", "frr"
---@field router mcast.Router
---@field processes mcast.Process[]
---@field running boolean            all of its programs are
local Daemon = {}

--- Asks it by its own tool, smcroutectl(8), pimd -r or vtysh(1), and returns the answer; an error has the daemon's own words.
---@param ... string|number
---@return string
function Daemon:command(...) end

--- The same for an answer in JSON: frr:json("show ip pim neighbor json").
---@param ... string|number
---@return any
function Daemon:json(...) end

--- Waits until it has these routers as PIM neighbours, in each family that it speaks PIM in; raises what is missing.
---@param routers mcast.Host|(mcast.Host|string)[]
---@param timing {within: number?}|nil  10 s
function Daemon:await_neighbors(routers, timing) end

--- What its programs wrote until now.
---@return string
function Daemon:output() end

--- SIGTERM, and SIGKILL for what has not ended `within` 2 s.
---@param options {within: number?}|nil
function Daemon:stop(options) end

--- SIGKILL, as a crash would; returns when it is dead and the kernel has forgotten its routes.
function Daemon:kill() end

---@class mcast.CachedMroute
---@field source string|nil          nil: any
---@field group string
---@field from mcast.Interface|nil   nil: not resolved
---@field to mcast.Interface[]
---@field ttl_thresholds integer[]   of each of `to`
---@field resolved boolean           false: packets wait for a route
---@field packets integer
---@field bytes integer
---@field wrong_interface integer

---@class mcast.Interface
---@field name string
---@field host mcast.Host|nil
---@field index integer
---@field mtu integer
---@field mac string
---@field address string|nil   as planned
---@field address6 string|nil
---@field switch mcast.Switch|nil
---@field link mcast.Link|nil
---@field addresses {address: string, prefix_length: integer}[]
---@field flags {up: boolean, running: boolean, multicast: boolean, loopback: boolean, broadcast: boolean}
local Interface = {}

--- Takes it down, as `ip link set down` does.
function Interface:down() end

--- Brings it up with the addresses and routes that it had, and waits until it carries.
function Interface:up() end

---@class mcast.DropRule frames by their number among those that `only` matches, counted from 1
---@field nth integer|integer[]|nil  these
---@field first integer|nil          the first so many
---@field every integer|nil          each so many-th
---@field only string|nil            a filter in libpcap's language; nil: every frame

---@class mcast.ImpairmentOptions in the words of tc-netem(8); shares are 0 to 1
---@field loss number|nil            share of the frames that are lost
---@field drop mcast.DropRule|mcast.DropRule[]|nil
---@field delay number|nil           seconds
---@field jitter number|nil          seconds; spreads evenly from delay - jitter to delay + jitter
---@field rate number|string|nil     frames per second, or "10mbit" (with Ethernet header)
---@field queue integer|nil          frames that may wait for the rate, 1000; more are dropped
---@field duplicate number|nil       share that comes twice
---@field reorder number|nil         share that skips the delay and so overtakes
---@field only string|nil            a filter in libpcap's language, and `mld`; nil: every frame
---@field seed integer|nil           nil: by the run's seed

---@class mcast.ImpairOptions: mcast.ImpairmentOptions
---@field direction "in"|"out"|"both"|nil  as the host sees it; "both"

---@class mcast.ImpairLinkOptions: mcast.ImpairmentOptions
---@field from mcast.Host|mcast.Switch|string|nil  the end that frames come from, or its name; nil: both

--- Puts a faulty link into the interface's cable, until it is cleared or the scenario ends. A new
--- one takes the place of the former in its direction; without options there is none any more.
---@param options mcast.ImpairOptions|nil
---@return mcast.Impairment|nil
function Interface:impair(options) end

---@class mcast.Impairment
---@field interface mcast.Interface|nil  which was impaired, and
---@field direction "in"|"out"|"both"|nil
---@field link mcast.Link|mcast.Trunk|nil  or this one, and what comes
---@field from string|nil                  from this end; "both"
---@field cleared boolean
---@field seen integer        frames that `only` let in
---@field passed integer      sent on, duplicates among them
---@field dropped integer     by loss, drop, or a full queue
---@field delayed integer
---@field duplicated integer
---@field reordered integer   that overtook one before them
---@field overflowed integer  lost because the harness could not keep up: claims are inconclusive then
---@field refused integer     lost because the other end was down
---@field held integer        on their way now
local Impairment = {}

--- Frames on their way go on at once, in order; then all is as before. The counters stay.
function Impairment:clear() end

--- The last 1,024 frames of each direction that were dropped.
---@return mcast.ImpairedFrame[]
function Impairment:drops() end

---@class mcast.ImpairedFrame addresses, protocol and ports are there if it carried IP (and UDP)
---@field time number
---@field direction "in"|"out"|nil  at an interface
---@field from string|nil           on a link: the end that it came from
---@field cause "loss"|"rule"|"queue"
---@field source string|nil
---@field destination string|nil
---@field protocol integer|nil
---@field source_port integer|nil
---@field port integer|nil
---@field length integer|nil   bytes of payload

-- ---- sockets --------------------------------------------------------------------------------

---@class mcast.SocketOptions every property that can be written may be given, too
---@field family mcast.Family|nil "ipv4"

--- An unbound UDP socket whose options and membership calls are the kernel's.
---@param options mcast.SocketOptions|nil
---@return mcast.Socket
function Host:socket(options) end

---@class mcast.Socket
---@field reuse_addr boolean      SO_REUSEADDR
---@field reuse_port boolean      SO_REUSEPORT
---@field multicast_ttl integer   IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS: 0 to 255
---@field multicast_hops integer  the same
---@field multicast_loop boolean  IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP
---@field multicast_all boolean   IP_MULTICAST_ALL, IPV6_MULTICAST_ALL; false by default here
---@field unicast_ttl integer     IP_TTL, IPV6_UNICAST_HOPS
---@field unicast_hops integer    the same
---@field tos integer             IP_TOS, IPV6_TCLASS
---@field receive_buffer integer  SO_RCVBUF; reading gives the effective size
---@field send_buffer integer     SO_SNDBUF
---@field device mcast.InterfaceRef|nil  SO_BINDTODEVICE
---@field timeout number|nil      of recvfrom; nil: until the scenario's own deadline
---@field host mcast.Host|nil     read only; nil on this machine
---@field family mcast.Family     read only
---@field fd integer              read only
---@field local_address string    read only
---@field local_port integer      read only
---@field drops integer           read only: datagrams dropped because the buffer was full
---@field memberships {group: string, interface: string, mode: "include"|"exclude", sources: string[]}[]
---@field closed boolean          read only
local Socket = {}

--- Binds; returns what it is bound to.
---@param address string|nil  nil: any
---@param port integer|nil    0: a free one
---@return string address
---@return integer port
function Socket:bind(address, port) end

--- Binds to the group itself, so that other groups on the port are not heard.
---@param group string
---@param port integer|nil
---@return string group
---@return integer port
function Socket:bind_multicast(group, port) end

--- The outgoing interface.
---@param options {address: string?, interface: mcast.InterfaceRef?}
function Socket:set_multicast_if(options) end

---@return {interface: string|nil, address: string|nil}
function Socket:get_multicast_if() end

---@class mcast.MembershipOptions one of them is needed on a host with several interfaces
---@field interface mcast.InterfaceRef|nil
---@field local_addr string|nil  an address of the interface

---@param group string
---@param options mcast.MembershipOptions|nil
function Socket:add_membership(group, options) end

---@param group string
---@param options mcast.MembershipOptions|nil
function Socket:drop_membership(group, options) end

---@param group string
---@param source string
---@param options mcast.MembershipOptions|nil
function Socket:add_source_membership(group, source, options) end

---@param group string
---@param source string
---@param options mcast.MembershipOptions|nil
function Socket:drop_source_membership(group, source, options) end

---@param group string
---@param source string
---@param options mcast.MembershipOptions|nil
function Socket:block_source(group, source, options) end

---@param group string
---@param source string
---@param options mcast.MembershipOptions|nil
function Socket:unblock_source(group, source, options) end

--- The whole filter at once (RFC 3678).
---@param group string
---@param mode "include"|"exclude"
---@param sources string[]
---@param options mcast.MembershipOptions|nil
function Socket:set_source_filter(group, mode, sources, options) end

---@param group string
---@param options mcast.MembershipOptions|nil
---@return "include"|"exclude" mode
---@return string[] sources
function Socket:source_filter(group, options) end

---@param data string
---@param address string
---@param port integer
---@return integer bytes
function Socket:sendto(data, address, port) end

---@class mcast.DatagramInfo
---@field to string          the group
---@field interface string   its name
---@field ttl integer
---@field time number        kernel time stamp, on the scale of mcast.now()
---@field truncated boolean

--- Waits for one datagram.
---@overload fun(self: mcast.Socket, options: {timeout: number}): string|nil, string, integer|nil, mcast.DatagramInfo|nil
---@param max integer|nil  bytes
---@param options {timeout: number?}|nil
---@return string|nil data
---@return string address  or "timeout"
---@return integer|nil port
---@return mcast.DatagramInfo|nil info
function Socket:recvfrom(max, options) end

function Socket:close() end

-- ---- receivers, senders, observers ----------------------------------------------------------

---@class mcast.ReceiverOptions
---@field group string|nil      none: a bound socket that joined nothing
---@field groups string[]|nil
---@field port integer|nil      0 or none: a free one
---@field family mcast.Family|nil  the groups'; else "ipv4"
---@field source string|nil     source-specific (RFC 4607)
---@field sources string[]|nil
---@field exclude string|string[]|nil  sources that are not heard
---@field interface mcast.InterfaceRef|nil
---@field interfaces mcast.InterfaceRef[]|nil
---@field bind "any"|"group"|nil  "any"
---@field reply string|(fun(message: mcast.Message): string|nil)|nil  none: silent
---@field ready boolean|nil     false: do not wait for the switch
---@field receive_buffer integer|nil

--- Opens, binds, joins and answers. Before anything is sent, claimed or awaited, its memberships
--- are in the kernel and in the switch.
---@param options mcast.ReceiverOptions
---@return mcast.Receiver
function Host:receiver(options) end

---@class mcast.Message
---@field data string
---@field from {address: string, port: integer, host: mcast.Host|nil}
---@field to string         the group
---@field interface string  its name
---@field ttl integer
---@field time number
---@field truncated boolean
---@field replied number|nil      when it was answered
---@field reply_error string|nil  why its reply could not be sent: "ENETUNREACH"

---@class mcast.Receiver
---@field host mcast.Host
---@field port integer
---@field family mcast.Family
---@field groups string[]
---@field socket mcast.Socket
---@field drops integer
---@field closed boolean
local Receiver = {}

--- Messages since it was opened or last cleared.
---@return integer
function Receiver:count() end

---@return mcast.Message[]
function Receiver:messages() end

--- Waits until there are `n` messages since it was opened or cleared.
---@param n integer
---@param options {within: number?}|nil  1 s
---@return mcast.Message[]|nil messages
---@return "timeout"|nil
function Receiver:wait(n, options) end

--- The next message that next() has not returned yet.
---@param options {within: number?}|nil  1 s
---@return mcast.Message|nil message
---@return "timeout"|nil
function Receiver:next(options) end

--- Forgets what came until now.
function Receiver:clear() end

---@class mcast.JoinOptions
---@field source string|nil
---@field sources string[]|nil
---@field exclude string[]|nil
---@field interface mcast.InterfaceRef|nil
---@field interfaces mcast.InterfaceRef[]|nil
---@field ready boolean|nil

---@param group string
---@param options mcast.JoinOptions|nil
function Receiver:join(group, options) end

---@param group string
---@param options mcast.JoinOptions|nil
function Receiver:leave(group, options) end

function Receiver:close() end

---@class mcast.SenderOptions
---@field group string
---@field port integer
---@field ttl integer|nil      1
---@field interface mcast.InterfaceRef|nil
---@field loop boolean|nil     true: members on its own host hear it, too
---@field source_port integer|nil

---@param options mcast.SenderOptions
---@return mcast.Sender
function Host:sender(options) end

---@class mcast.Sender
---@field host mcast.Host
---@field group string
---@field port integer
---@field source_port integer
---@field family mcast.Family
---@field ttl integer
---@field loop boolean
---@field socket mcast.Socket
---@field drops integer
---@field closed boolean
local Sender = {}

--- Sends one datagram.
---@param data string
---@return mcast.Sent
function Sender:send(data) end

--- Sends one datagram and collects replies until all of `from` have answered or `within` (1 s) is
--- over.
---@param data string
---@param options {within: number?, from: mcast.Host[]?}|nil
---@return mcast.Acks
function Sender:request(data, options) end

---@class mcast.StreamOptions
---@field rate number|string|nil  packets per second, or "10mbit" (bits of payload), "5kpps"; nil: as fast as possible
---@field size integer|nil      100: bytes of payload, 18 at least: 64 of the Ethernet frame over IPv4
---@field count integer|nil     how many; neither this nor duration: until it is stopped
---@field duration number|nil   seconds
---@field burst integer|nil     1: packets that are sent together; the rate is the average
---@field offload boolean|nil   false: many datagrams may travel in one buffer (UDP_SEGMENT), while nothing looks at frames or has counted them
---@field lockstep boolean|nil  with who hears it, or from a thread of its own? nil: as its rate and the receivers' buffers ask for

--- Starts a measured stream of numbered probes.
---@param options mcast.StreamOptions|nil
---@return mcast.Flow
function Sender:stream(options) end

function Sender:close() end

---@class mcast.Flow a stream that was started, and what each receiver got of it
---@field sender mcast.Sender
---@field host mcast.Host
---@field group string
---@field port integer
---@field family mcast.Family
---@field ttl integer
---@field size integer             bytes of payload
---@field sent integer             how many the kernel took until now
---@field running boolean
---@field started number           when the first one was sent
---@field time number              the same
---@field duration number          seconds from the first one sent to the last
---@field rate number              packets per second that were sent
---@field wanted_rate number|nil   nil: as fast as possible
---@field kept_rate boolean|nil    was each sent when it was due? nil: there was no rate
---@field shape string|nil         "constant", "poisson" or "on/off"; nil: as fast as possible
---@field late number              seconds; the furthest that one was behind its schedule
---@field refused integer          packets that the kernel did not take when they were due
---@field error string|nil         why it did not take the last of them: "ENOBUFS"
---@field cut_short string|nil     why it ended before all of it was sent, though nobody stopped it
---@field departed boolean         is there proof that it left the sender's interface?
---@field mode string              "single frames", "offload" or "offload, then single frames"
---@field lockstep boolean         is it sent in lockstep with who hears it, or from a thread of its own?
---@field why_single string|nil    why it was not offloaded, though that was asked for
local Flow = {}

--- Waits until it has ended, and reads what has come.
---@param options {within: number?}|nil
---@return mcast.Flow|nil flow
---@return "timeout"|nil
function Flow:wait(options) end

--- Sends nothing any more.
---@return mcast.Flow
function Flow:stop() end

--- When its first packets are due, in seconds from the first one; all, when there are fewer.
---@param count integer
---@return number[]
function Flow:schedule(count) end

--- What a receiver, or the one of a host, has got until now.
---@param who mcast.Receiver|mcast.Host
---@return mcast.FlowAccount
function Flow:at(who) end

--- By tenths of a second of sending: how many were sent or, of those, how many arrived there.
---@param who mcast.Receiver|mcast.Host|nil
---@return integer[]
function Flow:series(who) end

---@class mcast.FlowAccount  received + lost = sent
---@field received integer      each number counted once
---@field lost integer
---@field duplicated integer    copies of what was received before
---@field reordered integer     of those received, after a higher number (RFC 4737)
---@field corrupted integer     cut, or with a wrong check sum; not received
---@field foreign integer       other datagrams that the receiver got since the stream began
---@field drops integer         of the lost ones, those that the receiver's full buffer may have cost
---@field damaged integer       datagrams that its kernel dropped since then: a wrong UDP checksum
---@field bytes integer         of payload received
---@field rate number           packets per second received
---@field gaps mcast.FlowGap[]  the first thousand, and the longest
---@field gap_count integer
---@field longest_gap number    seconds; 0: none
---@field latency mcast.Latency|nil  nil: it got nothing
---@field hops integer|nil      routers on the way
---@field first number|nil      when the first and the last one arrived
---@field last number|nil
---@field unaccounted integer   datagrams that could not be counted for want of memory
---@field complete boolean      none of those, and no gap is missing for the same reason

---@class mcast.FlowGap
---@field at number        when the last one before it arrived
---@field duration number  until the next one arrived
---@field lost integer
---@field refused integer  by the sender's kernel meanwhile: a gap of these alone lost none
---@field first integer    the first missing one, counted from 1

---@class mcast.Latency seconds from the send call to the receiving host's time stamp
---@field min number
---@field mean number
---@field p50 number
---@field p90 number
---@field p99 number
---@field p999 number
---@field max number

-- ---- benchmarks by RFC 3918: local benchmarks = require "mcast.rfc3918" ------------------------

---@class mcast.rfc3918
local benchmarks = {}

---@class mcast.Rfc3918Setup what RFC 3918 wants every test to name
---@field frame_sizes integer[]   bytes of Ethernet frames, FCS included
---@field duration number         seconds of a trial
---@field residual number         seconds for what is under way after it
---@field line_rate number        bits per second of the ingress interface
---@field resolution number       of the search, as a share of the line rate
---@field egress integer          how many egress interfaces: hosts egress1, egress2, ...
---@field groups integer
---@field repetitions integer     of what is measured, not searched for
---@field families mcast.Family[]

--- Declares a file's parameters: frame_sizes, duration, residual, line_rate, resolution, egress, groups, repetitions and family.
---@param declare fun(name: string, default: any, description: string): any  the word `param`
---@return mcast.Rfc3918Setup
function benchmarks.parameters(declare) end

--- Declares one more, a number above 0.
---@param declare fun(name: string, default: any, description: string): any  the word `param`
---@param name string
---@param default number
---@param description string
---@return number
function benchmarks.positive(declare, name, default, description) end

--- Likewise, a part of a whole: above 0 and below 1.
---@param declare fun(name: string, default: any, description: string): any  the word `param`
---@param name string
---@param default number
---@param description string
---@return number
function benchmarks.share(declare, name, default, description) end

--- UDP payload of a frame of that size; nil, and why it cannot be measured.
---@param size integer
---@param family mcast.Family
---@param mtu integer|nil
---@return integer|nil payload
---@return string|nil why
function benchmarks.payload(size, family, mtu) end

--- Frames per second that fill a line, preamble and gap included.
---@param bits_per_second number
---@param size integer
---@return number
function benchmarks.line_rate(bits_per_second, size) end

---@class mcast.Rfc3918Load what is sent to some hosts
---@field sender mcast.Sender
---@field receivers mcast.Receiver[] one on each host that is to get it
---@field share number               of the offered rate, among the shares of all loads

---@class mcast.Rfc3918Trial
---@field outcome "passed"|"lost"|"disturbed"  disturbed: by this machine, so that it says nothing
---@field reason string|nil       why it did not pass
---@field rate number             frames per second of all loads together
---@field flows mcast.Flow[]      one for each load
---@field sent integer            frames
---@field received integer        frames, at all egress interfaces together
---@field forwarding_rate number  frames per second at an egress interface, on their average
---@field complete boolean        of each flow at least one frame came to everybody who is to get it
---@field tagged mcast.Flow|nil   the frame that was added at the mid-point

---@class mcast.Rfc3918Latency seconds
---@field min number
---@field mean number
---@field max number
---@field count integer  frames

--- Latency of all frames of the trials at these hosts; nil: none came.
---@param trials mcast.Rfc3918Trial[]
---@param hosts mcast.Host[]
---@return mcast.Rfc3918Latency|nil
function benchmarks.latency(trials, hosts) end

--- Likewise, of the frames that were tagged: what RFC 3918 section 5.1 means.
---@param trials mcast.Rfc3918Trial[]
---@param hosts mcast.Host[]
---@return mcast.Rfc3918Latency|nil
function benchmarks.tagged(trials, hosts) end

---@class mcast.Rfc3918Spread seconds
---@field min number
---@field max number
---@field difference number

--- The least and the greatest latency of the tagged frame at these hosts (RFC 3918 section 5.2), on the average of the trials.
---@param trials mcast.Rfc3918Trial[]
---@param hosts mcast.Host[]
---@return mcast.Rfc3918Spread
function benchmarks.spread(trials, hosts) end

---@class mcast.Rfc3918Delay seconds
---@field min number
---@field mean number
---@field max number
---@field count integer      delays: one per host and measurement
---@field resolution number  the coarsest

--- All delays of these measurements of mcast.measure, or those of some of their hosts.
--- With what Bench:with_stream says of each, from the host's report (RFC 3918 section 6): one whose report was not seen does not count.
---@param measurements mcast.Measurement[]
---@param hosts mcast.Host[]|nil
---@param reported table<mcast.Host, number>[]|nil
---@return mcast.Rfc3918Delay
function benchmarks.delay(measurements, hosts, reported) end

---@class mcast.SearchOptions
---@field subject string           "64-byte frames": what messages call it
---@field highest number           the rate to begin with
---@field resolution number|nil    0.01 of the highest rate: when the search ends
---@field attempts integer|nil     5: how often a trial that was disturbed is made
---@field trial fun(rate: number): mcast.Rfc3918Trial

---@class mcast.Throughput the zero-loss rate that a search found
---@field subject string
---@field highest number
---@field rate number|nil                  frames per second; nil: there was loss at every rate
---@field trial mcast.Rfc3918Trial|nil     the one at that rate
---@field above mcast.Rfc3918Trial|nil     the last one above it; nil: it is the highest
---@field limit "line rate"|"loss"|"this machine"  what keeps it from being higher
---@field trials mcast.Rfc3918Trial[]      all of them

--- Searches for the highest rate without loss, by halves (RFC 2544 section 26.1).
---@param options mcast.SearchOptions
---@return mcast.Throughput
function benchmarks.search(options) end

---@class mcast.Rfc3918Table
---@field title string
---@field rows any[][]
local Table = {}

--- A row, with a value for each column; false: none.
---@return mcast.Rfc3918Table
function Table:add(...) end

--- As text, with names, units and right-aligned columns.
---@return string[]
function Table:lines() end

--- Into the report: its text in the log, and attached as data.
---@param t mcast.Context
function Table:report(t) end

---@param title string
---@param columns string[]  "frame size (bytes)"
---@param note string|nil   what holds for all rows
---@return mcast.Rfc3918Table
function benchmarks.table(title, columns, note) end

---@class mcast.Rfc3918Bench a source, members at the egress interfaces, and one that is no member
---@field t mcast.Context
---@field setup mcast.Rfc3918Setup
---@field family mcast.Family
---@field source mcast.Host
---@field egress mcast.Host[]
---@field deaf mcast.Receiver  of the host `bystander`, bound to the port
---@field port integer
---@field groups string[]      all that were joined
---@field ingress string|nil    the source's interface; nil: its only one
---@field outlet string|nil     that of each egress host, likewise
local Bench = {}

--- Hosts join that many fresh groups; returns what is sent to them, evenly.
---@param count integer
---@param hosts mcast.Host[]|nil  all egress interfaces
---@param from mcast.Host|nil     the source
---@return mcast.Rfc3918Load[]
function Bench:join(count, hosts, from) end

--- Unicast class frames, in turn to these hosts.
---@param hosts mcast.Host[]|nil  all egress interfaces
---@param from mcast.Host|nil     the source
---@return mcast.Rfc3918Load[]
function Bench:unicast(hosts, from) end

--- Both classes, the first with that share of the frames.
---@param multicast mcast.Rfc3918Load[]
---@param unicast mcast.Rfc3918Load[]
---@param share number
---@return mcast.Rfc3918Load[]
function Bench:mix(multicast, unicast, share) end

--- Sends a frame of each load, again until all have come: memberships and addresses are learnt.
---@param loads mcast.Rfc3918Load[]
function Bench:learn(loads) end

--- The frame sizes that can be measured, with their payload.
---@param sizes integer[]|nil  those of the parameters
---@return fun(): integer|nil, integer|nil
function Bench:frames(sizes) end

--- A trial; again when this machine disturbed it.
---@param loads mcast.Rfc3918Load[]
---@param size integer
---@param rate number  frames per second of all loads together
---@param tagged integer|nil  the load that a tagged frame is added to at the mid-point
---@return mcast.Rfc3918Trial
function Bench:offer(loads, size, rate, tagged) end

--- A trial for each repetition, with a tagged frame to the groups in turn: they are the first of the loads.
---@param loads mcast.Rfc3918Load[]
---@param size integer
---@param rate number  frames per second of all loads together
---@return mcast.Rfc3918Trial[]
function Bench:repeat_tagged(loads, size, rate) end

---@param loads mcast.Rfc3918Load[]
---@param size integer
---@param on_wire integer|nil  bytes as it comes to the ingress interface, of a frame in a tunnel
---@return mcast.Throughput
function Bench:search(loads, size, on_wire) end

--- Frames of that size until they are stopped: a burden for what is measured meanwhile.
---@param loads mcast.Rfc3918Load[]
---@param size integer
---@param rate number  frames per second of all loads together
---@return mcast.Flow[]
function Bench:begin(loads, size, rate) end

--- Calls measure(flow) with a stream to a fresh group that has no members yet, but for the witness: a stream that has
--- come there is forwarded already. Closes afterwards what was opened for it.
---@param size integer
---@param rate number  frames per second
---@param measure fun(flow: mcast.Flow): mcast.Measurement
---@param witness mcast.Host|nil
---@return mcast.Measurement
---@return table<mcast.Host, number> reported  seconds from each call until the report or leave left its host
function Bench:with_stream(size, rate, measure, witness) end

--- Every egress interface joins the group of a stream.
---@param flow mcast.Flow
function Bench:receive(flow) end

--- Watches the wire to the host that is no member.
---@param group string|nil  all groups
---@return mcast.Observer
function Bench:watch(group) end

--- The members, and the routers of ours on the way to them: all interfaces that multicast class frames come to.
---@param hosts mcast.Host[]|nil  all egress interfaces
---@return mcast.Host[]
function Bench:carriers(hosts) end

--- A table headed by what every test must name.
---@param title string
---@param columns string[]
---@return mcast.Rfc3918Table
function Bench:table(title, columns) end

--- Opens the hosts `source`, `bystander` and `egress1` to `egressN`; `t.case` is the family, or nil.
---@param t mcast.Context
---@param setup mcast.Rfc3918Setup
---@param options mcast.Rfc3918Place|nil
---@return mcast.Rfc3918Bench
function benchmarks.bench(t, setup, options) end

---@class mcast.Rfc3918Place
---@field ingress string|nil  the source's interface; nil: its only one
---@field outlet string|nil   that of each egress host, likewise
---@field route nil|fun(groups: string[])  routes fresh groups, in place of static routes through routers of ours

--- Gives a host an end of VXLAN tunnel `id` through its interface `over`; `number` tells the ends apart. One that
--- has an interface of that name has brought its own.
---@param host mcast.Host
---@param options {name: string, id: integer, over: string, number: integer}
---@return string|nil why  it could not be made
function benchmarks.tunnel(host, options) end

---@class mcast.Sent a datagram that was sent
---@field sender mcast.Sender
---@field host mcast.Host
---@field group string
---@field port integer
---@field data string
---@field family mcast.Family
---@field ttl integer
---@field time number
---@field age number           seconds since then
---@field departed number|nil  when the device took it; nil: there is no proof that it left

---@class mcast.Ack
---@field host mcast.Host|nil  nil: no host of the network has that address
---@field from {address: string, port: integer}
---@field data string
---@field rtt number
---@field time number

---@class mcast.Acks: mcast.Ack[] in order of arrival
---@field sent mcast.Sent
local Acks = {}

---@return mcast.Host[] each once: as `from` lists them, then as the network has them
function Acks:hosts() end

--- Those of `from` that did not answer.
---@return mcast.Host[]
function Acks:missing() end

--- Watches an interface, not promiscuous: which multicast frames the network delivered there.
---@param options {group: string?, interface: mcast.InterfaceRef?}|nil
---@return mcast.Observer
function Host:observer(options) end

---@class mcast.Frame
---@field time number
---@field source string
---@field group string
---@field protocol integer
---@field ttl integer
---@field source_port integer
---@field port integer
---@field length integer  of the UDP payload, all fragments together
---@field data string|nil  the UDP payload; nil of what came in fragments, and beyond 64 MiB

---@class mcast.Observer
---@field host mcast.Host
---@field interface mcast.Interface
---@field group string|false
---@field drops integer
---@field closed boolean
local Observer = {}

---@return integer
function Observer:count() end

---@return mcast.Frame[]
function Observer:frames() end

---@param n integer
---@param options {within: number?}|nil
---@return mcast.Frame[]|nil frames
---@return "timeout"|nil
function Observer:wait(n, options) end

---@param options {within: number?}|nil
---@return mcast.Frame|nil frame
---@return "timeout"|nil
function Observer:next(options) end

function Observer:clear() end
function Observer:close() end

-- ---- packets --------------------------------------------------------------------------------

---@class mcast.Packet a layer that it does not have is nil; tostring() gives one line
---@field time number|nil       when it was captured
---@field interface string|nil  where
---@field direction string|nil  "in" or "out"
---@field length integer|nil    bytes on the wire
---@field truncated boolean|nil its end is missing
---@field malformed string|nil  which decoder refused it, and where
---@field eth mcast.PacketEth|nil
---@field ip mcast.PacketIp|nil
---@field ip6 mcast.PacketIp6|nil
---@field udp mcast.PacketUdp|nil
---@field igmp mcast.PacketIgmp|nil
---@field mld mcast.PacketMld|nil
---@field pim mcast.PacketPim|nil
---@field payload string|nil    what no decoder took
local Packet = {}

--- Its bytes, as its fields are now; without `eth` they begin with the IP header.
---@return string
function Packet:bytes() end

---@return string  two digits a byte
function Packet:hex() end

--- A copy with changes, layer by layer; lengths and checksums that were right are right in it.
---@param changes table|nil  {ip = {ttl = 5}}
---@return mcast.Packet
function Packet:copy(changes) end

---@class mcast.PacketEth
---@field destination string|nil  "01:00:5e:01:02:03"; that of the group
---@field source string|nil       that of the interface, when it is injected
---@field type integer|nil
---@field vlan mcast.PacketVlan|nil
---@field trailer string|nil      behind the IP packet: padding

---@class mcast.PacketVlan
---@field id integer
---@field priority integer|nil
---@field drop_eligible boolean|nil
---@field type integer|nil  0x8100

---@class mcast.PacketOption of IPv4, IPv6 or a PIM hello
---@field type integer
---@field value string|nil

---@class mcast.PacketIp
---@field source string|nil       the interface's, when it is injected
---@field destination string|nil  IGMP and PIM know where they go
---@field ttl integer|nil         1
---@field protocol integer|nil
---@field dscp integer|nil        48 for IGMP and PIM (RFC 2474), else 0
---@field ecn integer|nil
---@field identification integer|nil
---@field reserved_flag boolean|nil
---@field dont_fragment boolean|nil
---@field more_fragments boolean|nil
---@field fragment_offset integer|nil  bytes
---@field router_alert boolean|nil     true for IGMP but version 1 (RFC 2113)
---@field options mcast.PacketOption[]|{bytes: string}|nil
---@field header_length integer|nil    bytes
---@field total_length integer|nil
---@field lengths_valid boolean|nil    true: what is built is made right again
---@field checksum integer|nil
---@field checksum_valid boolean|nil   true: what is built is made right again

---@class mcast.PacketIp6
---@field source string|nil
---@field destination string|nil
---@field hop_limit integer|nil      1
---@field protocol integer|nil       behind the extension headers
---@field traffic_class integer|nil
---@field flow_label integer|nil
---@field router_alert integer|nil   0 for MLD (RFC 2711)
---@field extensions mcast.PacketExtension[]|nil
---@field payload_length integer|nil
---@field lengths_valid boolean|nil
---@field fragment_offset integer|nil
---@field more_fragments boolean|nil

---@class mcast.PacketExtension of IPv6
---@field type string|integer "hop_by_hop", "routing", "fragment", "authentication", "destination", "mobility"
---@field value string|nil    behind its type and length
---@field options mcast.PacketOption[]|nil  of "hop_by_hop" and "destination", instead

---@class mcast.PacketUdp
---@field source_port integer|nil       the destination's
---@field destination_port integer
---@field payload string|nil
---@field length integer|nil
---@field lengths_valid boolean|nil
---@field checksum integer|nil
---@field checksum_valid boolean|nil    nil: cannot be judged, its end is missing
---@field trailer string|nil            behind it, inside of IP

---@class mcast.PacketRecord of a version 3 report of IGMP, a version 2 report of MLD
---@field type string|integer  "is_include", "is_exclude", "to_include", "to_exclude", "allow", "block"
---@field group string
---@field sources string[]|nil
---@field source_count integer|nil  written as it is
---@field auxiliary string|nil

---@class mcast.PacketIgmp
---@field type "query"|"report"|"leave"
---@field version integer|nil         3; of a leave 2
---@field group string|nil            of a general query 0.0.0.0
---@field max_response number|nil     seconds; of a query; 10
---@field robustness integer|nil      QRV, of a version 3 query; 2
---@field query_interval integer|nil  seconds, QQIC; 125
---@field suppress boolean|nil        S flag
---@field sources string[]|nil        of a version 3 query
---@field records mcast.PacketRecord[]|nil  of a version 3 report
---@field max_response_code integer|nil  written as it is
---@field source_count integer|nil       written as it is
---@field record_count integer|nil       written as it is
---@field reserved integer|nil
---@field trailing string|nil            additional data
---@field checksum integer|nil
---@field checksum_valid boolean|nil

---@class mcast.PacketMld
---@field type "query"|"report"|"done"
---@field version integer|nil         2; of a done 1
---@field group string|nil            of a general query ::
---@field max_response number|nil     seconds; of a query; 10
---@field robustness integer|nil      QRV, of a version 2 query; 2
---@field query_interval integer|nil  seconds, QQIC; 125
---@field suppress boolean|nil        S flag
---@field sources string[]|nil        of a version 2 query
---@field records mcast.PacketRecord[]|nil  of a version 2 report
---@field max_response_code integer|nil  written as it is
---@field source_count integer|nil       written as it is
---@field record_count integer|nil       written as it is
---@field code integer|nil
---@field reserved integer|nil
---@field query_reserved integer|nil
---@field trailing string|nil            additional data
---@field checksum integer|nil
---@field checksum_valid boolean|nil

---@class mcast.PacketPim fields by type; addresses are of the packet's family
---@field type string|integer  "hello", "register", "register_stop", "join_prune", "bootstrap", "assert", "graft", "graft_ack", "candidate_rp"
---@field version integer|nil
---@field flags integer|nil
---@field checksum integer|nil
---@field checksum_valid boolean|nil
---@field body string|nil             bytes instead of all below
---@field holdtime integer|nil        seconds; of hello, join_prune (210), graft, candidate_rp
---@field lan_prune_delay mcast.PacketPimDelay|nil  of hello
---@field dr_priority integer|nil     of hello
---@field generation_id integer|nil   of hello
---@field addresses string[]|nil      of hello: secondary ones
---@field options mcast.PacketOption[]|nil  of hello: others
---@field border boolean|nil          of register
---@field null boolean|nil            of register
---@field packet string|nil           of register: an IP packet
---@field group string|nil            of register_stop and assert
---@field mask_length integer|nil     of register_stop and assert
---@field bidirectional boolean|nil
---@field zone boolean|nil
---@field source string|nil           of register_stop and assert
---@field rp_tree boolean|nil         of assert
---@field preference integer|nil      of assert
---@field metric integer|nil          of assert
---@field upstream string|nil         of join_prune, graft and graft_ack
---@field reserved integer|nil        of join_prune, graft and graft_ack
---@field groups mcast.PacketPimGroup[]|nil  of join_prune, graft, graft_ack, bootstrap and candidate_rp
---@field fragment_tag integer|nil    of bootstrap
---@field hash_mask_length integer|nil  of bootstrap
---@field priority integer|nil        of bootstrap and candidate_rp
---@field router string|nil           of bootstrap
---@field rp string|nil               of candidate_rp

---@class mcast.PacketPimDelay seconds
---@field tracking boolean|nil
---@field propagation_delay number|nil
---@field override_interval number|nil

---@class mcast.PacketPimGroup
---@field group string
---@field mask_length integer|nil  bits; all of them
---@field bidirectional boolean|nil
---@field zone boolean|nil
---@field joined mcast.PacketPimSource[]|nil  of join_prune, graft and graft_ack
---@field pruned mcast.PacketPimSource[]|nil
---@field rps mcast.PacketPimRp[]|nil         of bootstrap
---@field rp_count integer|nil                of bootstrap: in all fragments

---@class mcast.PacketPimSource
---@field source string
---@field mask_length integer|nil
---@field sparse boolean|nil    true
---@field wildcard boolean|nil  W: (*,G), and source is the rendezvous point
---@field rp_tree boolean|nil   R

---@class mcast.PacketPimRp
---@field address string
---@field holdtime integer|nil
---@field priority integer|nil

---@class mcast.InjectOptions
---@field interface mcast.InterfaceRef|nil

--- Sends a packet as it is, past the host's own network stack. Ethernet addresses and an IP source that
--- are missing are filled in. A string is the bytes of a frame.
---@param packet mcast.Packet|table|string
---@param options mcast.InjectOptions|nil
---@return mcast.Injection
function Host:inject(packet, options) end

---@class mcast.Injection a packet that was injected
---@field host mcast.Host
---@field interface mcast.Interface
---@field packet mcast.Packet          as it was sent
---@field group string|false           where it went
---@field port integer|nil              where it went, of UDP
---@field family mcast.Family|false
---@field time number
---@field departed number|nil          when the device took it; nil: no proof that it left
---@field age number                   seconds since it was injected
local Injection = {}

---@class mcast.QuerierOptions times in seconds
---@field family mcast.Family|nil           "ipv4": IGMP, "ipv6": MLD; "ipv4"
---@field version integer|nil               3 of IGMP, 2 of MLD
---@field interval number|nil               between general queries; 2
---@field max_response number|nil           0.1
---@field robustness integer|nil            2
---@field startup_interval number|nil       between the first queries; a quarter of `interval`
---@field source string|nil                 address to query from, by which elections are won; the interface's
---@field interface mcast.InterfaceRef|nil

--- Acts as an IGMP or MLD querier until the scenario ends, elections included (RFC 3376 section 6.6.2, RFC 3810 section 7.6.2).
---@param options mcast.QuerierOptions|nil
---@return mcast.HostQuerier
function Host:querier(options) end

---@class mcast.QueryOptions
---@field group string|nil         none: a general query
---@field sources string[]|nil
---@field max_response number|nil  seconds; the querier's
---@field suppress boolean|nil     S flag

---@class mcast.HostQuerier what host:querier started
---@field host mcast.Host
---@field interface mcast.Interface
---@field family mcast.Family
---@field version integer
---@field address string       that it queries from
---@field elected boolean      it is the querier of its network
---@field querier string|nil   who is, as far as it knows; nil when it was stopped
---@field sent integer         queries that it sent
---@field stopped boolean
local HostQuerier = {}

--- Sends one query now, elected or not.
---@param options mcast.QueryOptions|nil
function HostQuerier:query(options) end

--- Falls silent; whoever heard it takes over when its time is up.
function HostQuerier:stop() end
-- ---- captures -------------------------------------------------------------------------------

--- In libpcap's language (pcap-filter(7)), or a function that accepts a packet.
---@alias mcast.PacketFilter string|fun(packet: mcast.Packet): any

---@class mcast.CaptureOptions
---@field interface mcast.InterfaceRef|nil     none: all of the host's but loopback
---@field interfaces mcast.InterfaceRef[]|nil  several of them
---@field filter string|nil   in libpcap's language; the kernel runs it
---@field limit integer|nil   bytes of memory for its packets; 64 MiB

--- Keeps the packets that the host's interfaces send and receive; not promiscuous.
---@param options mcast.CaptureOptions|nil
---@return mcast.Capture
function Host:capture(options) end

---@class mcast.Capture
---@field host mcast.Host
---@field interfaces mcast.Interface[]
---@field filter string|nil
---@field drops integer    packets that it could not take, since it was opened or cleared
---@field stopped boolean
local Capture = {}

--- The packets since it was opened or cleared, by time.
---@param filter mcast.PacketFilter|nil
---@return mcast.Packet[]
function Capture:packets(filter) end

---@param filter mcast.PacketFilter|nil
---@return integer
function Capture:count(filter) end

--- Waits for the next packet that matches; each filter goes on behind the packet that it gave last.
---@param filter mcast.PacketFilter|nil
---@param options {within: number?}|nil  1 s
---@return mcast.Packet|nil packet
---@return "timeout"|nil
function Capture:wait(filter, options) end

--- Forgets the packets until now.
function Capture:clear() end

--- Captures no more; what it has stays.
function Capture:stop() end

--- A pcapng file, with comments where a claim or a step points at a packet, or a host injected it. A
--- relative path begins where the harness was started.
---@param path string
---@param options {with: mcast.Capture[]?}|nil  other captures whose packets go in as well
---@return string path  absolute
function Capture:save(path, options) end

-- ---- claims ---------------------------------------------------------------------------------

---@class mcast.Timing
---@field within number|nil  how long it may take to hold; 1 s
---@field quiet number|nil   how long nothing may come afterwards; 0.05 s

---@class mcast.Expect
---@overload fun(subject: any): mcast.Expectation
expect = {}

--- As expect(), but the scenario goes on when the claim does not hold.
---@param subject any
---@return mcast.Expectation
function expect.soft(subject) end

--- What can be claimed depends on the subject. Each returns true, or, with expect.soft, false.
---@class mcast.Expectation
local Expectation = {}

---@class mcast.FlowBounds: mcast.Timing
---@field loss number|string|nil        0: datagrams, or a share of those sent (0.01, "1%")
---@field duplicates number|string|nil  0
---@field reordered number|string|nil   any number
---@field longest_gap number|nil        seconds
---@field latency number|table|nil      seconds, for the maximum, or {p99 = 0.001, max = 0.01}

--- About what was sent, or acks: exactly these hosts' receivers got it, once each. About a flow:
--- exactly these hosts' receivers got it, within the bounds.
---@param hosts mcast.Host[]
---@param timing mcast.Timing|mcast.FlowBounds|nil
---@return boolean
function Expectation:reaches(hosts, timing) end

--- About a flow: each packet was sent when it was due.
---@return boolean
function Expectation:keeps_rate() end

---@class mcast.MeasurementBounds
---@field min number|nil       seconds
---@field mean number|nil
---@field p50 number|nil
---@field p90 number|nil
---@field p99 number|nil
---@field max number|nil
---@field leaked integer|nil   of a leave or a change
---@field overlap number|nil   seconds; of a change, at any host

--- About a measurement: none of its numbers is greater. A number is seconds for the slowest host.
---@param bounds number|mcast.MeasurementBounds
---@return boolean
function Expectation:takes_at_most(bounds) end

--- About a search for the zero-loss rate (mcast.rfc3918): it found one.
---@return boolean
function Expectation:converges() end

--- About a trial (mcast.rfc3918): its frames were offered at its rate, and all were forwarded, the tagged one too.
---@return boolean
function Expectation:is_valid() end

--- About what was sent: no receiver got it.
---@param timing mcast.Timing|nil
---@return boolean
function Expectation:reaches_nobody(timing) end

--- About what was sent, or acks: exactly these hosts replied.
---@param hosts mcast.Host[]
---@param timing mcast.Timing|nil
---@return boolean
function Expectation:acknowledged_by(hosts, timing) end

--- About what was sent: exactly these hosts' interfaces saw it on the wire.
---@param hosts mcast.Host[]
---@param timing mcast.Timing|nil
---@return boolean
function Expectation:crosses(hosts, timing) end

--- About a receiver: some message since it was opened or last cleared is this one. A string is the
--- payload or a Lua pattern; a function says whether a message is meant; nothing: any message.
---@param wanted string|(fun(message: mcast.Message): boolean)|nil
---@param timing {within: number?}|nil
---@return boolean
function Expectation:receives(wanted, timing) end

--- About a receiver: nothing came since it was opened or last cleared, nor comes during `during`.
---@param timing {during: number?}|nil  0.05 s
---@return boolean
function Expectation:receives_nothing(timing) end

--- About a host: its kernel has it in the group, whoever joined.
---@param group string
---@param options {source: string?, interface: mcast.InterfaceRef?, within: number?}|nil
---@return boolean
function Expectation:is_member(group, options) end

---@param group string
---@param options {source: string?, interface: mcast.InterfaceRef?, within: number?, quiet: number?}|nil
---@return boolean
function Expectation:is_not_member(group, options) end

---@class mcast.ForwardsOptions
---@field to (mcast.Host|mcast.Switch)[]   none: {}; switches that are linked with it, too
---@field source string|mcast.Host|nil    nil: whatever the source
---@field within number|nil
---@field quiet number|nil

--- About a switch: datagrams of the group go to the ports of exactly these.
---@param group string
---@param options mcast.ForwardsOptions
---@return boolean
function Expectation:forwards(group, options) end

--- About a switch: it knows this one as the querier of its LAN; nothing given: any.
---@param querier mcast.Host|mcast.Switch|nil
---@param options {family: mcast.Family?, within: number?}|nil  "ipv4"
---@return boolean
function Expectation:has_querier(querier, options) end

---@class mcast.RoutesOptions
---@field group string
---@field source string|mcast.Host|nil  nil: whatever the source
---@field from mcast.Direction|nil
---@field to mcast.Direction|mcast.Direction[]|nil
---@field within number|nil
---@field quiet number|nil

--- About a router: its forwarding cache has such a route, with exactly these outputs.
---@param route mcast.RoutesOptions
---@param timing mcast.Timing|nil
---@return boolean
function Expectation:routes(route, timing) end

--- About a router: no route of its forwarding cache sends it to any of those.
---@param route mcast.RoutesOptions
---@param timing mcast.Timing|nil
---@return boolean
function Expectation:does_not_route(route, timing) end

---@class mcast.FrameFilter
---@field group string|nil
---@field source string|nil
---@field port integer|nil
---@field source_port integer|nil
---@field length integer|nil
---@field ttl integer|nil
---@field protocol integer|nil

--- About an observer or a capture: it saw such a frame or packet since it was opened or last cleared.
---@param wanted mcast.Sent|mcast.FrameFilter|string|(fun(frame: mcast.Frame): boolean)|mcast.PacketFilter|nil
---@param timing {within: number?}|nil
---@return boolean
function Expectation:sees(wanted, timing) end

--- About an observer or a capture: no such frame or packet since it was opened or last cleared, nor
--- during `during`. It must also have seen something like `given`, which is then the proof that it
--- could have seen one.
---@param wanted mcast.Sent|mcast.FrameFilter|string|(fun(frame: mcast.Frame): boolean)|mcast.PacketFilter|nil
---@param timing {during: number?, given: any}|nil  0.05 s
---@return boolean
function Expectation:sees_nothing(wanted, timing) end

--- About a process: its output has the text, or matches it as a Lua pattern.
---@param pattern string
---@param timing {within: number?}|nil  5 s
---@return boolean
function Expectation:outputs(pattern, timing) end

--- Deep equality; objects such as hosts are equal when they are the same.
---@param value any
---@return boolean
function Expectation:equals(value) end

---@param x number
---@param tolerance number
---@return boolean
function Expectation:near(x, tolerance) end

---@param bound number|string
---@return boolean
function Expectation:is_at_most(bound) end

---@param bound number|string
---@return boolean
function Expectation:is_at_least(bound) end

--- A string contains a part; a table an element.
---@param part any
---@return boolean
function Expectation:contains(part) end

---@param pattern string  a Lua pattern
---@return boolean
function Expectation:matches(pattern) end

---@return boolean
function Expectation:is_true() end

---@return boolean
function Expectation:is_false() end

---@return boolean
function Expectation:is_nil() end

---@return boolean
function Expectation:exists() end

--- About a function: it raises an error with this code, or whose text has or matches this.
---@param code_or_pattern string|nil
---@return boolean
function Expectation:raises(code_or_pattern) end
