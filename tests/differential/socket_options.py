#!/usr/bin/env python3
"""Our multicast socket against Python's, in the eyes of the kernel.

    tests/differential/socket_options.py BINARY

Options: what one side sets on a socket, the other reads from the same socket (Python borrows it
with pidfd_getfd(2)). Memberships: both sides make the same calls, each in a host of its own, Python
by the older address-based API where there is one; then both hosts must look the same in
/proc/net/igmp, mcfilter, igmp6 and mcfilter6, or both must have failed with the same error.
TAP 13 on standard output.
"""

import contextlib
import ctypes
import errno
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(HERE.parent / "python"))
import namespaces  # noqa: E402

SYS_PIDFD_GETFD = 438  # the same number on every architecture

# linux/in.h, linux/in6.h: what Python has no name for.
IP_MULTICAST_ALL = 49
IPV6_MULTICAST_ALL = 29
IP_UNBLOCK_SOURCE, IP_BLOCK_SOURCE = 37, 38
IP_ADD_SOURCE_MEMBERSHIP, IP_DROP_SOURCE_MEMBERSHIP = 39, 40
IP_MSFILTER = 41
MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE = 43, 44
MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP = 46, 47
MCAST_MSFILTER = 48
MCAST_EXCLUDE, MCAST_INCLUDE = 0, 1

V4, V6 = socket.IPPROTO_IP, socket.IPPROTO_IPV6
FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}

# property: {family: (level, option)}, the value that we set, the value that Python sets
OPTIONS = {
    "reuse_addr": ({"ipv4": (socket.SOL_SOCKET, socket.SO_REUSEADDR),
                    "ipv6": (socket.SOL_SOCKET, socket.SO_REUSEADDR)}, True, False),
    "reuse_port": ({"ipv4": (socket.SOL_SOCKET, socket.SO_REUSEPORT),
                    "ipv6": (socket.SOL_SOCKET, socket.SO_REUSEPORT)}, True, False),
    "multicast_ttl": ({"ipv4": (V4, socket.IP_MULTICAST_TTL),
                       "ipv6": (V6, socket.IPV6_MULTICAST_HOPS)}, 255, 0),
    "multicast_hops": ({"ipv4": (V4, socket.IP_MULTICAST_TTL),
                        "ipv6": (V6, socket.IPV6_MULTICAST_HOPS)}, 7, 2),
    "multicast_loop": ({"ipv4": (V4, socket.IP_MULTICAST_LOOP),
                        "ipv6": (V6, socket.IPV6_MULTICAST_LOOP)}, False, True),
    "multicast_all": ({"ipv4": (V4, IP_MULTICAST_ALL),
                       "ipv6": (V6, IPV6_MULTICAST_ALL)}, True, False),
    "unicast_ttl": ({"ipv4": (V4, socket.IP_TTL),
                     "ipv6": (V6, socket.IPV6_UNICAST_HOPS)}, 33, 77),
    "tos": ({"ipv4": (V4, socket.IP_TOS), "ipv6": (V6, socket.IPV6_TCLASS)}, 0x88, 0x28),
}
BUFFERS = {"receive_buffer": socket.SO_RCVBUF, "send_buffer": socket.SO_SNDBUF}

G4, H4, S4, T4 = "239.7.7.7", "239.7.7.8", "192.0.2.1", "192.0.2.2"
G6, H6, S6, T6 = "ff0e::7:7", "ff0e::7:8", "2001:db8::1", "2001:db8::2"


# ---- the membership calls, as Python makes them ------------------------------------------------

def mreqn(group):
    return socket.inet_aton(group) + socket.inet_aton("0.0.0.0") + struct.pack("@i", ETH0)


def mreq_source(group, source):
    """struct ip_mreq_source: on Linux the interface stands before the source."""
    return b"".join(map(socket.inet_aton, (group, "10.9.0.1", source)))


def ipv6_mreq(group):
    return socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", ETH0)


def sockaddr_storage(address):
    packed = struct.pack("@HHI", socket.AF_INET6, 0, 0) + socket.inet_pton(socket.AF_INET6, address)
    return packed.ljust(128, b"\0")


def group_source_req(group, source):
    return struct.pack("@Ixxxx", ETH0) + sockaddr_storage(group) + sockaddr_storage(source)


def group_filter(group, mode, sources):
    head = struct.pack("@Ixxxx", ETH0) + sockaddr_storage(group) + struct.pack("@II", mode, len(sources))
    return head + b"".join(map(sockaddr_storage, sources))


def ip_msfilter(group, mode, sources):
    head = socket.inet_aton(group) + socket.inet_aton("10.9.0.1") + struct.pack("@II", mode, len(sources))
    return head + b"".join(map(socket.inet_aton, sources))


class PythonSocket:
    """The same calls by the interfaces that the standard library has."""

    def __init__(self, family):
        self.six = family == "ipv6"
        self.socket = socket.socket(FAMILIES[family], socket.SOCK_DGRAM)

    def close(self):
        self.socket.close()

    def _set(self, option4, value4, option6, value6):
        level, option, value = (V6, option6, value6) if self.six else (V4, option4, value4)
        self.socket.setsockopt(level, option, value())

    def join(self, group):
        self._set(socket.IP_ADD_MEMBERSHIP, lambda: mreqn(group),
                  socket.IPV6_JOIN_GROUP, lambda: ipv6_mreq(group))

    def leave(self, group):
        self._set(socket.IP_DROP_MEMBERSHIP, lambda: mreqn(group),
                  socket.IPV6_LEAVE_GROUP, lambda: ipv6_mreq(group))

    def _source(self, option4, option6, group, source):
        self._set(option4, lambda: mreq_source(group, source),
                  option6, lambda: group_source_req(group, source))

    def join_source(self, group, source):
        self._source(IP_ADD_SOURCE_MEMBERSHIP, MCAST_JOIN_SOURCE_GROUP, group, source)

    def leave_source(self, group, source):
        self._source(IP_DROP_SOURCE_MEMBERSHIP, MCAST_LEAVE_SOURCE_GROUP, group, source)

    def block(self, group, source):
        self._source(IP_BLOCK_SOURCE, MCAST_BLOCK_SOURCE, group, source)

    def unblock(self, group, source):
        self._source(IP_UNBLOCK_SOURCE, MCAST_UNBLOCK_SOURCE, group, source)

    def filter(self, group, mode, *sources):
        number = MCAST_INCLUDE if mode == "include" else MCAST_EXCLUDE
        self._set(IP_MSFILTER, lambda: ip_msfilter(group, number, sources),
                  MCAST_MSFILTER, lambda: group_filter(group, number, sources))


class OurSocket:
    """The same calls by the scenario language."""

    def __init__(self, remote, family):
        self.remote = remote
        remote.ask(f"return open({family!r})")

    def close(self):
        self.remote.ask("s:close()")

    def _call(self, method, *arguments):
        self.remote.ask(f"s:{method}({', '.join([*arguments, '{interface = ' + repr('eth0') + '}'])})")

    def join(self, group):
        self._call("add_membership", repr(group))

    def leave(self, group):
        self._call("drop_membership", repr(group))

    def join_source(self, group, source):
        self._call("add_source_membership", repr(group), repr(source))

    def leave_source(self, group, source):
        self._call("drop_source_membership", repr(group), repr(source))

    def block(self, group, source):
        self._call("block_source", repr(group), repr(source))

    def unblock(self, group, source):
        self._call("unblock_source", repr(group), repr(source))

    def filter(self, group, mode, *sources):
        listed = "{" + ", ".join(map(repr, sources)) + "}"
        self._call("set_source_filter", repr(group), repr(mode), listed)


# What is done, one call after the other; G, H are groups, S, T sources of either family.
SEQUENCES = {
    "join": ["join G"],
    "join two groups": ["join G", "join H"],
    "join and leave": ["join G", "join H", "leave G"],
    "join twice": ["join G", "join G"],
    "leave what was not joined": ["leave G"],
    "leave another group": ["join G", "leave H"],
    "source join": ["join_source G S"],
    "two source joins": ["join_source G S", "join_source G T"],
    "source join and leave": ["join_source G S", "join_source G T", "leave_source G S"],
    "source join twice": ["join_source G S", "join_source G S"],
    "leave a source that was not joined": ["join_source G S", "leave_source G T"],
    "leave a source without membership": ["leave_source G S"],
    "source join, then leave the group": ["join_source G S", "leave G"],
    "source join, then any-source join": ["join_source G S", "join G"],
    "block": ["join G", "block G S"],
    "block two, unblock one": ["join G", "block G S", "block G T", "unblock G S"],
    "block without membership": ["block G S"],
    "unblock what was not blocked": ["join G", "unblock G S"],
    "block after a source join": ["join_source G S", "block G T"],
    "filter include": ["join G", "filter G include S T"],
    "filter exclude": ["join G", "filter G exclude S"],
    "filter exclude nobody": ["join_source G S", "filter G exclude"],
    "filter include nobody": ["join G", "filter G include"],
}
NAMES = {"ipv4": {"G": G4, "H": H4, "S": S4, "T": T4},
         "ipv6": {"G": G6, "H": H6, "S": S6, "T": T6}}

ETH0 = None  # the interface index in both hosts, known in main()


class Remote:
    """The scenario that holds our socket, in a host of its own."""

    def __init__(self, binary, host, scratch):
        self.commands_path, answers_path = scratch + "/commands", scratch + "/answers"
        os.mkfifo(self.commands_path)
        os.mkfifo(answers_path)
        self.answers = namespaces.open_for_reading(answers_path)
        self.process = namespaces.start(
            host, binary, "run", str(HERE / "remote.lua"), "--timeout", "120",
            "--param", "commands=" + self.commands_path, "--param", "answers=" + answers_path)
        self._await("ready")
        self.commands = open(self.commands_path, "w", encoding="utf-8", buffering=1)

    def _await(self, what):
        return namespaces.read_line(self.answers, self.process, what)

    def ask(self, line):
        self.commands.write(line + "\n")
        verdict, _, rest = self._await(line).partition(" ")
        if verdict == "error":
            number = getattr(errno, rest, None)
            raise OSError(number, rest) if number else ValueError(f"{line}: {rest}")
        return rest

    def borrow(self, descriptor):
        """The socket itself, as a Python socket."""
        libc = ctypes.CDLL(None, use_errno=True)
        pidfd = os.pidfd_open(scenario_of(self.process.pid, descriptor))
        try:
            number = libc.syscall(SYS_PIDFD_GETFD, pidfd, descriptor, 0)
        finally:
            os.close(pidfd)
        if number < 0:
            raise OSError(ctypes.get_errno(), "pidfd_getfd")
        return socket.socket(fileno=number)

    def end(self):
        self.commands.close()
        output, _ = self.process.communicate(timeout=namespaces.DEADLINE)
        os.close(self.answers)
        return self.process.returncode, output


def scenario_of(pid, descriptor):
    """The innermost process below `pid` that has a socket at this descriptor."""
    found = [pid]
    for candidate in found:
        for task in pathlib.Path(f"/proc/{candidate}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    for candidate in reversed(found):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{candidate}/fd/{descriptor}").startswith("socket:"):
                return candidate
    raise RuntimeError(f"no process below {pid} has a socket {descriptor}")


# ---- the checks ------------------------------------------------------------------------------------

def as_lua(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_options(remote, family):
    """Yields (name, problem) for each option, in both directions."""
    with contextlib.closing(remote.borrow(int(remote.ask(f"return open({family!r})")))) as borrowed:
        for name, (where, ours, theirs) in OPTIONS.items():
            level, option = where[family]
            remote.ask(f"s.{name} = {as_lua(ours)}")
            seen = borrowed.getsockopt(level, option)
            yield (f"{family} {name}: set by us, read by Python",
                   None if seen == int(ours) else f"set {ours}, Python reads {seen}")
            borrowed.setsockopt(level, option, int(theirs))
            seen = remote.ask(f"return s.{name}")
            yield (f"{family} {name}: set by Python, read by us",
                   None if seen == as_lua(theirs) else f"set {theirs}, we read {seen}")
        for name, option in BUFFERS.items():
            remote.ask(f"s.{name} = 40000")
            seen, told = borrowed.getsockopt(socket.SOL_SOCKET, option), remote.ask(f"return s.{name}")
            yield (f"{family} {name}: set by us, read by both",
                   None if told == str(seen) == "80000" else f"Python reads {seen}, we {told}")
            borrowed.setsockopt(socket.SOL_SOCKET, option, 30000)
            told = remote.ask(f"return s.{name}")
            yield (f"{family} {name}: set by Python, read by us",
                   None if told == "60000" else f"set 30000, doubled by the kernel, we read {told}")


def check_outgoing_interface(remote, family):
    with contextlib.closing(remote.borrow(int(remote.ask(f"return open({family!r})")))) as borrowed:
        remote.ask("s:set_multicast_if{interface = 'eth0'}")
        if family == "ipv4":
            seen = socket.inet_ntoa(borrowed.getsockopt(V4, socket.IP_MULTICAST_IF, 4))
            expected = "10.9.0.1"
        else:
            seen, expected = borrowed.getsockopt(V6, socket.IPV6_MULTICAST_IF), ETH0
        yield (f"{family} outgoing interface by name, read by Python",
               None if seen == expected else f"Python reads {seen}, not {expected}")


def check_device(remote, family):
    with contextlib.closing(remote.borrow(int(remote.ask(f"return open({family!r})")))) as borrowed:
        remote.ask("s.device = 'eth0'")
        seen = borrowed.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0")
        yield (f"{family} device, read by Python", None if seen == b"eth0" else f"Python reads {seen}")
        remote.ask("s.device = nil")
        seen = borrowed.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0")
        yield (f"{family} device released", None if seen == b"" else f"Python reads {seen}")


def perform(socket_like, sequence, names):
    """Makes the calls until one fails; returns what came of the last one."""
    for call in sequence:
        verb, *words = call.split()
        try:
            getattr(socket_like, verb)(*[names.get(word, word) for word in words])
        except OSError as error:
            return errno.errorcode[error.errno]
    return "ok"


def kernel_state(host):
    """What the host's kernel tells of memberships, without timers."""
    state = []
    with namespaces.inside(host):
        for name in ("igmp", "mcfilter", "igmp6", "mcfilter6"):
            for line in pathlib.Path("/proc/thread-self/net/" + name).read_text("ascii").splitlines():
                fields = line.split()
                if name == "igmp" and line.startswith("\t"):
                    fields = fields[:2]  # group, users; then the timer
                elif name == "igmp6":
                    fields = fields[:4]  # index, device, group, users; then flags and timer
                elif name == "igmp":
                    fields = fields[:3]
                state.append(" ".join([name, *fields]))
    # Groups of the addresses' own (solicited nodes) differ with the addresses.
    return [line for line in state if "ff0200000000000000000001ff" not in line]


def check_memberships(remote, family):
    names = NAMES[family]
    for title, sequence in SEQUENCES.items():
        ours = OurSocket(remote, family)
        with namespaces.inside("theirs"):
            theirs = PythonSocket(family)
        our_end, their_end = perform(ours, sequence, names), perform(theirs, sequence, names)
        our_state, their_state = kernel_state("ours"), kernel_state("theirs")
        ours.close()
        theirs.close()
        problem = None
        if our_end != their_end:
            problem = f"{', '.join(sequence)}: ours {our_end}, Python {their_end}"
        elif our_state != their_state:
            problem = f"{', '.join(sequence)}: the kernel says {set(our_state) ^ set(their_state)}"
        yield f"{family} {title}: {their_end}", problem


def all_checks(remote):
    for family in FAMILIES:
        for check in (check_options, check_outgoing_interface, check_device, check_memberships):
            yield from check(remote, family)


def make_hosts():
    for name in ("ours", "theirs", "far"):
        namespaces.make_host(name)
    # Each on a cable of its own, with the same addresses, so that their tables must be the same.
    for name in ("ours", "theirs"):
        namespaces.make_host("peer-of-" + name)
        namespaces.connect(name, "peer-of-" + name)
    with namespaces.inside("ours"):
        index = socket.if_nametoindex("eth0")
    with namespaces.inside("theirs"):
        assert index == socket.if_nametoindex("eth0")
    return index


def main():
    global ETH0
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    namespaces.enter()
    ETH0 = make_hosts()
    failures = number = 0
    print("TAP version 13")
    with tempfile.TemporaryDirectory(prefix="mcast-harness-") as scratch:
        remote = Remote(binary, "ours", scratch)
        for number, (name, problem) in enumerate(all_checks(remote), 1):
            print("not ok" if problem else "ok", number, "-", name)
            if problem:
                failures += 1
                print("#", problem)
        status, output = remote.end()
        if status != 0:
            failures += 1
            print("# the scenario ended with", status, "\n#", output.replace("\n", "\n# "))
    print(f"1..{number}")
    return 1 if failures or not number else 0


if __name__ == "__main__":
    sys.exit(main())
