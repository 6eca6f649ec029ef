---@meta mcast.core
--- What C gives to the Lua library, and nothing more. Internal: scenarios never see it.
---
--- Conventions. Times are seconds (float) on the CLOCK_MONOTONIC scale of `core.now()`. Addresses
--- are strings. Interfaces are indexes inside their own namespace. A failed system call raises a
--- table with the metatable `core.error_metatable` and the fields `code` ("EADDRINUSE"),
--- `operation`, `message`, `hint` (or nil); Lua adds `host`. A wrong argument is luaL_argerror.
--- Waiting calls yield the calling task and return `nil, "timeout"` at their deadline.
local core = {}

core.version = "0.1.0"
---@type table the metatable of raised error objects; Lua sets its __tostring
core.error_metatable = {}

---@return number seconds CLOCK_MONOTONIC
function core.now() end

--- Starts `f(...)` as a task of its own. An error that escapes it is the scheduler's end: wrap it.
---@return core.Task
function core.spawn(f, ...) end
---@class core.Task
local Task = {}
--- Ends the task where it is parked, running its to-be-closed variables. Harmless when it ended.
function Task:cancel() end
---@return boolean
function Task:alive() end

---@class core.Condition  several tasks may wait on one
local Condition = {}
---@return core.Condition
function core.condition() end
--- Wakes every task that is waiting now.
function Condition:signal() end
--- Parks until the next signal. `timeout` nil: no deadline but the scenario's own.
---@return true|nil, "timeout"|nil
function Condition:wait(timeout) end

--- Parks for `timeout` seconds (0: lets every other ready task and the loop run once).
function core.sleep(timeout) end

--- Arms the scenario's deadline, `seconds` from now; nil disarms. `message` (nil: the last one's) is
--- what the process says when nobody notices in time and it ends itself (app/last_words.h). When it passes, whatever runs or
--- waits raises an error object with code "DEADLINE" (operation "wait"), again and again until it is
--- armed anew: a wait, a busy Lua loop (hook), an interrupted system call. No pcall outlasts it.
--- SIGTERM does the same with code "INTERRUPTED".
---
--- Somebody must act on the error. Spared is the very function that called core.deadline(), not
--- what it calls: let one function arm, xpcall the body, and arm anew (or disarm) at once after.
--- Until it disarms with nil it stays the spared one, also when another task or a function that it
--- called arms anew; so core.deadline(0) anywhere ends the body now.
--- Spared for a while is also the outermost function of a task made by core.spawn, so that it can
--- note how its pcall ended. A task that the error escapes just ends, unless it is the arming one.
function core.deadline(seconds, message) end
--- Bytes the Lua state may use; nil: no bound. Beyond it allocation fails ("not enough memory").
function core.memory_limit(bytes) end
---@return integer bytes in use, integer peak
function core.memory() end

--- One line of text to the event stream (a blocking write to the supervisor's pipe).
function core.emit(line) end
function core.json_encode(value) end  --- nil -> null, core.null too; invalid UTF-8 is replaced; a table with a `__jsontype`="array" metatable field or with 1..n keys is an array, others objects; empty table -> {} unless marked
function core.json_decode(text) end   --- raises with position; null -> core.null; arrays are marked
core.null = nil --- a light userdata that encodes as null
--- Marks a table as a JSON array and returns it.
function core.array(t) end

-- ---- files (parent and child) -------------------------------------------------------------
---@return string[] names sorted; raises
function core.list_directory(path) end
---@return "file"|"directory"|nil
function core.file_kind(path) end
---@return string absolute path, symbolic links resolved; raises
function core.real_path(path) end
---@return string
function core.current_directory() end
--- The text of a module of this library, and the path to show for it; nil when there is none.
---@return string|nil text, string|nil path
function core.builtin_source(name) end

-- ---- packets (src/script/packet.h) ---------------------------------------------------------
--- Bytes as a packet: a plain table of layers `eth`, `ip` or `ip6`, `udp`, `igmp`, `mld`, `pim`, with
--- `length`, `truncated`, and where it applies `payload` (what no decoder took) and `malformed` (which
--- decoder refused it, and where). Any bytes will do. The fields: mcast.Packet in lua/meta/mcast.lua;
--- those that are zero, false or empty in an ordinary packet are there only when they are not.
---@param bytes string
---@param link_layer "ethernet"|"ip"|nil what they begin with; nil: "ethernet"
---@param length integer|nil bytes that the packet had when it was captured; nil: as many as these
---@return table
function core.packet_decode(bytes, link_layer, length) end
--- The bytes of a packet as packet_decode tells it; without `eth` they begin with the IP header.
--- Missing fields are zero, missing lengths and checksums right. Given ones are written as they are,
--- unless `lengths_valid` or `checksum_valid` of their layer says that they were right: then they are
--- made right again. Other fields that nobody knows are ignored; the Lua library has looked for them.
---@param packet table
---@return string bytes
function core.packet_encode(packet) end
--- From now on the tables of that kind in decoded packets have this metatable.
---@param kind string "packet.igmp", "packet.igmp.records[i]"
---@param metatable table
function core.packet_rows(kind, metatable) end

-- ---- the machine --------------------------------------------------------------------------
---@return {backlog_limit: integer, receive_buffer_max: integer, send_buffer_max: integer}
function core.machine() end
---@return integer packets the machine dropped so far because a CPU's input queue was full
function core.backlog_drops() end

-- ---- the lab ------------------------------------------------------------------------------
---@class core.Lab  mirrors src/lab/lab.h
local Lab = {}
---@return core.Lab
function core.lab() end
--- plan: the fields of struct mh_switch_plan; times in centiseconds; flood_unknown nil|true|false
---@return integer number
function Lab:add_switch(plan) end
---@return integer number
function Lab:add_host(name) end
--- plan: {host=, switch=, interface=, mtu=, address="10.0.0.1/24", address6="fd00::1/64", default_multicast=}
---@return integer number
function Lab:add_port(plan) end
--- A host that forwards.
---@return integer number a host's
function Lab:add_router(name) end
--- A cable between two hosts; each end as in add_port, without `switch`, but with `impairable`.
---@return integer number the first end's port; the second's is the next one
function Lab:add_cable(a, b) end
--- A cable between two switches. Their plans need addresses ("10.0.0.1/24"), the lower the number, the lower.
---@return integer number
function Lab:add_trunk(a, b) end
---@return integer first, integer second the indexes of its ends
function Lab:trunk(number) end
--- plan: {port=, to="10.2.0.0/24" ("0.0.0.0/0": the default route), gateway=}
function Lab:add_route(plan) end
function Lab:build() end
function Lab:settle() end
--- The same for one port, after it was down.
function Lab:settle_port(port) end
--- Returns when the switch knows that the host's end is down.
function Lab:settle_loss(port) end
--- After an interface was taken down or up: so is the carrier at the other end of an impairable cable.
--- Without this word it takes until the scenario waits for something.
function Lab:follow_carriers() end
---@return {interface: string, index: integer, mac: string, switch_device: string, switch_index: integer}
function Lab:port(number) end
---@return core.Netns
function Lab:netns(host) end
function Lab:introduce(host) end
---@return table the effective plan of a switch
function Lab:read_switch(number) end
--- Does the switch's table have (source, group) on this port? source nil: any.
---@return boolean
function Lab:has_group(port, group, source) end
--- Takes in at once what the switches have announced: the loop does so, too, but the kernel keeps only
--- some ten thousand announcements, and to ask for the tables instead costs the square of their size.
function Lab:update() end
--- A switch's multicast table as the kernel has it now. Entries: {port = index of the switch's end (the
--- bridge's own: the switch itself), group, source, mode = "include"|"exclude"|nil, permanent, blocked,
--- fast_leave, star_exclude, offload, protocol, expires = seconds|nil, sources = {{address, expires}}};
--- router ports: {port, type, expires, expires6}
---@return table[] entries, table[] router_ports
function Lab:mdb(switch) end
--- {ipv4 = {address, other = boolean, port = index|nil, expires = seconds|nil}|nil, ipv6 = ...}
---@return table
function Lab:querier(switch) end
---@return {port: integer, forwarding: boolean, floods: boolean}[] port: index of the switch's end
function Lab:port_states(switch) end
--- Signalled after each change of a switch's table.
---@return core.Condition
function Lab:changed() end
--- plan as in add_switch: what differs is changed. A switch that becomes querier floods for the
--- seconds that are returned; then await_grace makes sure.
---@return number seconds
function Lab:set_switch(number, plan) end
function Lab:await_grace(number) end
--- Returns when the switches of LANs of several know the querier that was elected.
---@return number seconds until all forward as they will
function Lab:elect_queriers() end
--- mode: MDB_RTR_TYPE_* of linux/if_bridge.h
function Lab:set_multicast_router(port, mode) end
---@return integer mode
function Lab:multicast_router(port) end
--- source nil: any
function Lab:add_mdb_entry(port, group, source) end
function Lab:remove_mdb_entry(port, group, source) end
--- src/lab/detour.h; place: a port, or the number of a trunk's end. direction "in": to the host (the
--- other switch), "out": from it
---@param direction "in"|"out"
---@return {exit: integer, entrance: integer, mark: integer, mtu: integer}
function Lab:make_detour(place, direction) end
function Lab:insert_detour(place, direction) end
function Lab:remove_detour(place, direction) end
---@param an_end integer 0 or 1
---@return integer place
function Lab:trunk_place(trunk, an_end) end
---@return core.Netns of the switches
function Lab:switches_netns() end
function Lab:close() end

-- ---- static multicast routes ----------------------------------------------------------------
---@class core.Mroute  mirrors src/net/mroute.h; its routes go when it is closed
local Mroute = {}
---@param family "ipv4"|"ipv6"
---@return core.Mroute
function core.mroute(netns, family) end
--- entry: {source= (nil: any), group=, incoming=, outputs={{interface=, ttl_threshold=}}}; adds or replaces
function Mroute:add(entry) end
function Mroute:remove(entry) end
---@return {packets: integer, bytes: integer, wrong_interface: integer}
function Mroute:count(entry) end
function Mroute:close() end
--- The kernel's cache: entries as above with `resolved` and the counters.
---@return table[]
function core.mroutes(netns, family) end

-- ---- outside of the sandbox (src/net/errand.h) ----------------------------------------------
--- Until the scenario's end; "": among the scenarios of this run.
---@return boolean is it ours now? false only when it does not wait
function core.take_turn(thing, waits) end
--- With nothing in it but loopback, which is down.
---@return core.Netns
function core.new_netns() end
--- plan: {interface=, address="10.0.0.1/24", address6=}; no address: those that it has
function core.take_nic(netns, plan) end
--- A port taken, as it was; harmless for any other.
function core.give_back(interface) end
--- Whatever becomes of it until the scenario's end: then it is as it was, also when nobody is left to do it.
function core.keep_interface(netns, name) end
--- path: as of Netns:write_sysctl
function core.keep_setting(netns, path, value) end
--- plan: as of take_nic, with name= (of the child) and mode=
function core.make_macvlan(netns, plan) end
--- The namespace that a file stands for, by the file's name outside of the sandbox.
---@return core.Netns
function core.open_netns(path) end

-- ---- faults (src/lab/outage.h, src/lab/block.h, src/net/resident.h) ---------------------------
---@class core.Outage  an interface that is down
local Outage = {}
--- Takes the interface down; `name` is for errors.
---@return core.Outage
function core.outage(netns, index, name) end
--- Brings it up, with what it had.
function Outage:finish() end

---@class core.Block  a firewall rule
local Block = {}
--- plan: {group=, source=, port= (nil: any), incoming=, outgoing=}
---@return core.Block
function core.block(netns, plan) end
---@return integer packets, integer bytes
function Block:count() end
function Block:close() end --- also __gc

--- SIGSTOP to every process that lives in the namespace, but this one; returns when all have stopped.
---@return integer how many
function core.stop_residents(netns) end
--- SIGCONT
---@return integer how many
function core.continue_residents(netns) end

-- ---- impaired links (src/traffic/impaired_link.h) --------------------------------------------
---@class core.Impairment  what becomes of frames; goes to one link, once
--- plan: {seed=, only= (a filter), loss=, duplicate=, reorder= (shares), delay=, jitter=, frame_time=,
--- byte_time= (seconds), queue= (frames), rules = {{only=, numbers = {integer...}, first=, every=}, ...}}
---@return core.Impairment
function core.impairment(plan) end
---@class core.ImpairedLink  has a thread of its own
local ImpairedLink = {}
---@return core.ImpairedLink
function core.impaired_link() end
--- detour: what Lab:make_detour returned, and `frame_max` bytes
function ImpairedLink:open(direction, netns, detour) end
--- Counts anew. `impairment` is used up.
function ImpairedLink:impair(direction, impairment) end
--- What is on its way is sent on at once, and all that comes from now on.
function ImpairedLink:release(direction) end
---@return table<string, integer> seen, untouched, passed, dropped, delayed, duplicated, reordered, overflowed, refused, held
function ImpairedLink:count(direction) end
--- The last ones: {time, cause = "loss"|"rule"|"queue", source, destination, protocol, source_port, port, length}
---@return table[]
function ImpairedLink:drops(direction) end
function ImpairedLink:close() end --- also __close and __gc

---@class core.Netns  a namespace descriptor; keeps it alive
local Netns = {}
--- The machine's own namespace, in which the harness was started.
---@return core.Netns
function core.machine_netns() end
--- {name, index, flags = {up=, running=, multicast=, loopback=, broadcast=}, mtu, mac, addresses = {{address=, prefix_length=}}}
---@return table[]
function Netns:interfaces() end

--- path: below /proc/sys, "net/ipv4/ip_forward"
---@return string without the newline at its end
function Netns:read_sysctl(path) end
---@param text string
function Netns:write_sysctl(path, text) end
--- What a folder of settings ("net/ipv4") has, one name a line, folders with a slash behind it.
---@return string
function Netns:list_sysctl(folder) end
--- The text of /proc/net/NAME.
---@return string
function Netns:read_proc(name) end

-- ---- sockets ------------------------------------------------------------------------------
---@class core.Socket  mirrors src/net/mcast_socket.h; groups, sources: strings; interface: index
local Socket = {}
---@param family "ipv4"|"ipv6"
---@return core.Socket
function core.socket(netns, family) end
--- option: "reuse_addr", "reuse_port", "multicast_ttl", "multicast_loop", "multicast_all",
--- "unicast_ttl", "tos", "receive_buffer", "send_buffer"; booleans for the first two, loop and all
function Socket:set(option, value) end
function Socket:get(option) end
function Socket:set_device(name) end  --- nil releases
function Socket:device() end          --- name or nil
---@return string address, integer port
function Socket:bind(address, port) end --- address nil: any
---@return string address, integer port
function Socket:local_address() end
function Socket:set_multicast_if(index, address) end --- index 0 or address nil: unset
---@return integer|nil index, string|nil address
function Socket:multicast_if() end
function Socket:join(group, interface, source) end  --- source nil: any source
function Socket:leave(group, interface, source) end
function Socket:block(group, interface, source) end
function Socket:unblock(group, interface, source) end
---@param mode "include"|"exclude"
function Socket:set_filter(group, interface, mode, sources) end
---@return "include"|"exclude" mode, string[] sources
function Socket:filter(group, interface) end
---@return {group: string, interface: integer, mode: string, sources: string[]}[]
function Socket:memberships() end
function Socket:spread() end  --- it may have annexes; before core.endpoint() takes it
---@return boolean has the kernel refused a further group to it and to each of its annexes?
function Socket:is_full() end
---@param other core.Socket of the same namespace, not bound: taken over for further memberships
function Socket:annex(other) end
---@return integer bytes
function Socket:send(data, address, port) end
--- Waits for one datagram. `max` bytes (65535); `timeout` nil: the scenario's deadline.
--- info: {to=, interface=index, ttl=, time=seconds monotonic, truncated=}
---@return string|nil data, string address_or_timeout, integer port, table info
function Socket:receive(max, timeout) end
---@return integer
function Socket:drops() end
---@return integer
function Socket:fd() end
---@return "ipv4"|"ipv6"
function Socket:family() end
---@return boolean
function Socket:closed() end
function Socket:close() end --- also __close and __gc; idempotent; a task parked in receive() gets ECANCELED raised

-- ---- endpoints: what receivers and senders are made of (src/traffic/endpoint.h) --------------
---@class core.Endpoint
local Endpoint = {}
--- Takes the socket over (the Socket object is closed for Lua; options go through the endpoint).
--- options: {reply = string|nil, sources = string[]|nil, track = boolean (prove departures)}
---@return core.Endpoint
function core.endpoint(socket, options) end
---@return core.Socket a borrowed view: all of Socket's methods but receive and close
function Endpoint:socket() end
---@return integer messages since it was opened
function Endpoint:count() end
--- Message `i` (1-based) as {data, from={address=, port=}, to, interface=index, ttl, time, truncated,
--- replied = time|nil, reply_error = code|nil}
function Endpoint:message(i) end
---@return string[] addresses where message `first` (1-based) and all after it came from
function Endpoint:origins(first) end
function Endpoint:reply(i, data) end
--- Signalled whenever a message was logged here.
---@return core.Condition
function Endpoint:changed() end
---@return integer number of the send (1-based)
function Endpoint:send(data, address, port) end
--- {time, departed = time|nil, error = code|nil, to, port, length}
function Endpoint:sent(number) end
---@return integer how many sends there were
function Endpoint:sent_count() end
--- Deliveries of send `number` at `receiver`, from its message `since` (1-based) on.
---@return integer count, integer|nil first the first one's message number
function Endpoint:deliveries(number, receiver, since) end
--- Did `receiver` get send `number`, and answer it?
---@return boolean
function Endpoint:answered_by(number, receiver) end
--- Replies to send `number` in this endpoint's log that come from one of `addresses`.
---@return integer count, integer|nil first
function Endpoint:replies(number, addresses) end
function Endpoint:drops() end
---@return integer probes of streams that came in: they are no messages
function Endpoint:probes() end
--- May datagrams that came as one buffer be read as one (UDP_GRO)? They are logged one by one.
---@return boolean the kernel can
function Endpoint:coalesce(enabled) end
--- Reads nothing and answers nothing while paused; what comes waits in the socket's buffer.
function Endpoint:pause(paused) end
function Endpoint:close() end

---@class core.Stream  mirrors src/traffic/stream.h; ends with its endpoint
local Stream = {}
--- plan: {to=, port=, size=, rate= (packets per second; nil: as fast as possible), burst=, count=,
--- duration= (neither: until stopped), offload=, shape= ("constant" with a first gap of random length,
--- "poisson", "on/off"; nil: evenly spaced from the first), on=, off= (mean seconds), seed=,
--- lockstep= (true: from the loop, where receivers are read between two trains; else from a thread)}
---@param endpoint core.Endpoint
---@return core.Stream
function core.stream(endpoint, plan) end
function Stream:stop() end
--- Signalled when it has ended.
---@return core.Condition
function Stream:changed() end
function Stream:forbid_offload() end
--- {running, sent, planned, refused, offloaded, sampled, departed, start=time, last=time|nil,
--- active=seconds from start to last, late=seconds, error=code|nil, cut="closed" (its sender was,
--- before its end), "refused" (the kernel took nothing any more) or nil}
function Stream:status() end
--- Which of the scenario's streams it is.
---@return integer from 1
function Stream:number() end
---@param sent integer how many were sent before that
---@return number seconds that one was late, at most; without a rate, that nothing was sent
function Stream:late_since(sent) end
---@return number[] seconds from the first packet, when the first `most` are due; none without a rate
function Stream:schedule(most) end
---@return integer received, integer duplicated, integer reordered, integer corrupted
function Stream:counts(endpoint) end
--- {sent (as far as it can have got it), received, duplicated, reordered, corrupted, bytes,
--- unaccounted, incomplete, first=time|nil, last=time|nil, active=seconds, ttl_min=, ttl_max=, latency={min, mean, p50, p90, p99, p999,
--- max}|nil}
function Stream:account(endpoint) end
--- The first `most` as {at=time, duration=, lost=, refused=, first=number}, how many there are, the longest.
---@return table[] gaps, integer count, table|nil longest
function Stream:gaps(endpoint, most) end
--- What is missing between the first probe that the endpoint got and the highest one: numbers from the one
--- to the other, how many of them did not come, and the most in a row.
---@return integer span, integer lost, integer longest
function Stream:loss_runs(endpoint) end
--- By tenths of a second of sending: what was sent, or of that what the endpoint received.
---@return integer[]
function Stream:series(endpoint) end
--- Its probes among the first `count` packets of a capture (of those in fragments the first fragment), in that
--- order: lists of the packets, of the probes' numbers (from 1), and of their ways, the same for
--- packets of one interface and direction.
---@return integer[] packets, integer[] numbers, integer[] ways
function Stream:sightings(capture, count) end

---@class core.Observer
local Observer = {}
---@param group string|nil
---@param keep_data boolean|nil
---@return core.Observer
function core.observer(netns, interface, group, keep_data) end
function Observer:count() end
--- {time, source, group, protocol, ttl, source_port, port, length, data}
function Observer:frame(i) end
--- Of which stream of this run frame `i` is a probe (of one in fragments the first fragment), and
--- when it came.
---@return integer|nil number, number time
function Observer:sighting(i) end
--- Of the frames from number `from` on the probes of stream number `stream`: when the last one came, and how
--- many came after the time `since`.
---@return number|nil last, integer count
function Observer:tally(from, stream, since) end
--- What is missing of stream number `stream` between the lowest and the highest of its probes that were seen.
---@return integer span, integer lost, integer longest
function Observer:loss_runs(stream) end
--- The loop reads it no more: only read() and core.drain() do.
function Observer:leave_to_reader() end
--- Takes what lies in its socket now.
function Observer:read() end
function Observer:drops() end
--- How often its interface was found down.
function Observer:downs() end
function Observer:changed() end
function Observer:close() end

-- ---- captures (src/traffic/capture.h) --------------------------------------------------------
---@class core.FrameFilter  libpcap's language (src/net/frame_filter.h)
local FrameFilter = {}
--- Raises EINVAL, with libpcap's words, for what it does not understand; ELIBACC without libpcap.
---@param expression string
---@return core.FrameFilter
function core.frame_filter(expression) end
---@param bytes string a frame
---@return boolean
function FrameFilter:matches(bytes) end

---@class core.Capture
local Capture = {}
---@param room integer bytes of memory for its packets
---@param filter core.FrameFilter|nil
---@return core.Capture
function core.capture(room, filter) end
function Capture:add(netns, interface) end
--- Takes what lies in the sockets now; core.drain() does not.
---@return integer packets that were kept
function Capture:read() end
---@return integer packets since it was opened or cleared
function Capture:count() end
--- Packet `i` (1-based) as packet_decode() tells it, with time, interface=index, direction "in"|"out"
function Capture:packet(i) end
---@return number
function Capture:time(i) end
--- The first packet from number `from` on that matches.
---@return integer|nil
function Capture:find(filter, from) end
--- Since it was opened; `unkept` since it was cleared.
---@return {kernel_drops: integer, unkept: integer, downs: integer}
function Capture:losses() end
function Capture:clear() end
---@return core.Condition
function Capture:changed() end
function Capture:stop() end  --- captures no more, and keeps what it has
function Capture:close() end
--- A pcapng file of the first `count` packets of captures, by time. parts: {capture, count, interfaces = {{index, name,
--- description, mac, filter}}, comments = {[packet number] = text}}
---@param path string
---@param parts table[]
---@return integer packets
function core.save_packets(path, parts) end

-- ---- frames sent at an interface (src/net/frame_port.h) --------------------------------------
---@class core.FramePort
local FramePort = {}
---@param interface integer
---@param hears boolean|nil IGMP and MLD that others sent
---@return core.FramePort
function core.frame_port(netns, interface, hears) end
---@param bytes string a whole frame
---@return integer number from 1
function FramePort:send(bytes) end
---@return number|nil time when the device took it; nil: there is no proof
function FramePort:departed(number) end
--- Waits for a frame.
---@return string|nil bytes, number|"timeout" time
function FramePort:receive(timeout) end
function FramePort:close() end --- also __close and __gc; idempotent; a task parked in receive() gets ECANCELED raised

-- ---- programs (src/loop/child_process.h) ---------------------------------------------------
--- A mount namespace with a private /run, /etc, /var and /tmp (src/net/mountns.h).
---@class core.Mountns
local Mountns = {}
---@param folder string|nil  where programs begin: seen as it is, wherever it is
---@return core.Mountns
function core.mountns(folder) end
function Mountns:close() end

---@class core.Process
local Process = {}
--- plan: {arguments = {"sh", ...}, environment = {"NAME=value", ...}, directory = string|nil,
--- input = string|nil, mounts = core.Mountns|nil}; the environment is added to the harness's own.
--- The directory must exist.
---@return core.Process
function core.process(netns, plan) end
---@return string[] names "SIGTERM" of the signals that Process:kill knows
function core.signals() end
---@return integer
function Process:pid() end
---@param signal string|integer  to its process group; harmless once it has ended
function Process:kill(signal) end
---@return {time: number, status: integer|nil, signal: string|nil}|nil nil while it runs
function Process:ended() end
--- Ended, and nobody that it left behind can write any more.
---@return boolean
function Process:is_over() end
---@param which "stdout"|"stderr"|nil  nil: both, in the order in which they were read
---@return string the last MiB
function Process:output(which) end
--- Signalled when it wrote something and when it ended.
---@return core.Condition
function Process:changed() end
function Process:close() end --- also __gc; kills it. __close only kills it.

--- Signalled after any endpoint or observer of the scenario logged something.
---@return core.Condition
function core.traffic_changed() end
--- mh_traffic_drain()
function core.drain() end

return core
