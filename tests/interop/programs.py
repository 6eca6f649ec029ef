#!/usr/bin/env python3
"""Our sockets and programs that we did not write: iperf 2, and receivers and senders that are made
from Python's standard library, on two hosts with a cable between them.

    tests/interop/programs.py BINARY

TAP 13 on standard output.
"""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(HERE.parent / "python"))
import namespaces  # noqa: E402

PORT = 5001
GROUPS = {"ipv4": "239.7.7.7", "ipv6": "ff0e::7:7"}
OTHER_GROUPS = {"ipv4": "239.7.7.8", "ipv6": "ff0e::7:8"}
OURS = {"ipv4": "10.9.0.1", "ipv6": "fd09::1"}
THEIRS = {"ipv4": "10.9.0.2", "ipv6": "fd09::2"}
IP_ADD_SOURCE_MEMBERSHIP = 39  # linux/in.h
MCAST_JOIN_SOURCE_GROUP = 46  # linux/in.h


class Bench:
    """Hosts `ours` and `theirs`, and the harness on the first."""

    def __init__(self, binary, scratch):
        self.binary, self.scratch = binary, scratch

    def harness(self, scenario, **params):
        settings = [part for key, value in params.items() for part in ("--param", f"{key}={value}")]
        return namespaces.start("ours", self.binary, "run", str(HERE / scenario), *settings)

    @contextlib.contextmanager
    def receiving(self, **params):
        """The harness as a receiver, which is a member when this begins and must pass at its end."""
        fifo = self.scratch + "/ready"
        os.mkfifo(fifo)
        reader = namespaces.open_for_reading(fifo)
        process = self.harness("receive.lua", ready=fifo, port=PORT, **params)
        try:
            namespaces.read_line(reader, process, "our receiver's membership")
            yield
            demand_success(process)
        finally:
            namespaces.end(process)
            os.close(reader)
            os.unlink(fifo)


def demand_success(process):
    try:
        output, _ = process.communicate(timeout=namespaces.DEADLINE)
    except subprocess.TimeoutExpired:
        process.kill()
        output = process.communicate()[0] + "\n(still running)"
    if process.returncode != 0:
        raise AssertionError(output)
    return output


# ---- what Python's standard library can do ---------------------------------------------------------

def python_socket(family, port=0):
    with namespaces.inside("theirs"):
        sock = socket.socket(socket.AF_INET6 if family == "ipv6" else socket.AF_INET, socket.SOCK_DGRAM)
        sock.settimeout(namespaces.DEADLINE)
        sock.bind(("", port))
        index = socket.if_nametoindex("eth0")
        if family == "ipv6":
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                            struct.pack("@4s4si", b"\0" * 4, b"\0" * 4, index))
        return sock, index


def python_join(sock, index, group):
    if ":" in group:
        request = socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", index)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
    else:
        request = struct.pack("@4s4si", socket.inet_aton(group), b"\0" * 4, index)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)


# ---- the checks ------------------------------------------------------------------------------------

def python_receiver_hears_us(bench, family):
    """And answers; what we sent to a group it did not join, it does not hear."""
    sock, index = python_socket(family, PORT)
    with contextlib.closing(sock):
        python_join(sock, index, GROUPS[family])
        demand_success(bench.harness("send.lua", group=OTHER_GROUPS[family], port=PORT, data="not for you"))
        process = bench.harness("send.lua", group=GROUPS[family], port=PORT, data="for you", answer="thanks")
        try:
            data, sender = sock.recvfrom(2048)
            sock.sendto(b"thanks", sender)
            demand_success(process)
        finally:
            namespaces.end(process)
        assert data == b"for you", f"Python heard {data!r} first"
        assert sender[0] == OURS[family], f"from {sender[0]}"


def python_sender_is_heard(bench, family):
    """What it sent to another group first, and what it sends to one of ours, is told apart."""
    sock, _ = python_socket(family)
    with contextlib.closing(sock), bench.receiving(group=GROUPS[family], reply="ack"):
        sock.sendto(b"not for you", (OTHER_GROUPS[family], PORT))
        sock.sendto(b"for you", (GROUPS[family], PORT))
        data, receiver = sock.recvfrom(2048)
        assert data == b"ack", f"Python got {data!r}"
        assert receiver[:2] == (OURS[family], PORT), f"from {receiver}"


def source_specific_receiver_hears_python(bench, family):
    """It joined the source that Python sends from; a second address of Python's is not heard."""
    unwanted = {"ipv4": "10.9.0.3", "ipv6": "fd09::3"}[family]
    sock, _ = python_socket(family)
    with namespaces.inside("theirs"):
        other = socket.socket(sock.family, socket.SOCK_DGRAM)
        other.bind((unwanted, 0))
    with contextlib.closing(sock), contextlib.closing(other), \
            bench.receiving(group=GROUPS[family], source=THEIRS[family], reply="ack"):
        other.sendto(b"from the wrong address", (GROUPS[family], PORT))
        sock.sendto(b"from the right one", (GROUPS[family], PORT))
        assert sock.recvfrom(2048)[0] == b"ack"


def source_specific_python_hears_us(bench, family):
    sock, index = python_socket(family, PORT)
    with contextlib.closing(sock):
        if family == "ipv6":
            def storage(address):
                head = struct.pack("@HHI", socket.AF_INET6, 0, 0)
                return (head + socket.inet_pton(socket.AF_INET6, address)).ljust(128, b"\0")
            request = struct.pack("@Ixxxx", index) + storage(GROUPS[family]) + storage(OURS[family])
            sock.setsockopt(socket.IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, request)
        else:
            request = b"".join(map(socket.inet_aton, (GROUPS[family], THEIRS[family], OURS[family])))
            sock.setsockopt(socket.IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, request)
        demand_success(bench.harness("send.lua", group=GROUPS[family], port=PORT, data="from your source"))
        assert sock.recvfrom(2048)[0] == b"from your source"


def iperf_client_is_heard(bench, family):
    """An iperf client's datagrams, each of them once, by their numbers."""
    count, size = 200, 1000
    version = ["-V"] if family == "ipv6" else []
    # iperf sends some more with negative numbers when it is done: those are not waited for.
    with bench.receiving(group=GROUPS[family], wanted=count):
        client = namespaces.start(
            "theirs", "iperf", *version, "-c", GROUPS[family], "-u", "-T", "1", "-p", str(PORT),
            "-l", str(size), "-n", str(count * size), "-b", "40m")
        try:
            demand_success(client)
        finally:
            namespaces.end(client)


def iperf_server_counts_us(bench, family):
    """An iperf server's own account of what we sent: none lost."""
    count = 50  # its default buffer holds 92 of them, however late it begins to read
    server = namespaces.start(
        "theirs", "stdbuf", "-oL", "iperf", "-s", "-u", "-B", GROUPS[family], "-p", str(PORT), "-i", "0")
    watchdog = threading.Timer(namespaces.DEADLINE, server.kill)
    watchdog.start()
    try:
        namespaces.wait_for(lambda: GROUPS[family] in host_memberships(), "iperf's membership")
        demand_success(bench.harness("send_iperf.lua", group=GROUPS[family], port=PORT, count=count))
        report = read_report(server)
        lost, total = map(int, re.search(r"(\d+)/ *(\d+) +\(", report).groups())
        assert (lost, total) == (0, count), report
    finally:
        watchdog.cancel()
        namespaces.end(server)


def host_memberships():
    """The IPv4 groups that their host is a member of."""
    with namespaces.inside("theirs"):
        lines = pathlib.Path("/proc/thread-self/net/igmp").read_text("ascii").splitlines()
    words = [line.split()[0] for line in lines if line.startswith("\t")]
    return [socket.inet_ntoa(bytes.fromhex(word)[::-1]) for word in words]


def read_report(server):
    """iperf's output up to the line that tells how much was lost."""
    output = ""
    for line in server.stdout:
        output += line
        if re.search(r"\d+/ *\d+ +\(", line):
            return output
    raise AssertionError(output)


FOR_BOTH = [python_receiver_hears_us, python_sender_is_heard, source_specific_receiver_hears_python,
            source_specific_python_hears_us]
CHECKS = [(check, family) for check in FOR_BOTH for family in GROUPS]
IPERF_CHECKS = [(iperf_client_is_heard, "ipv4"), (iperf_client_is_heard, "ipv6"),
                (iperf_server_counts_us, "ipv4")]


def make_hosts():
    namespaces.make_host("ours")
    namespaces.make_host("theirs")
    namespaces.connect("ours", "theirs")
    namespaces.run("ip", "-n", "theirs", "address", "add", "10.9.0.3/24", "dev", "eth0")
    namespaces.run("ip", "-n", "theirs", "address", "add", "fd09::3/64", "dev", "eth0", "nodad", "preferred_lft", "0")


def run_check(bench, check, family):
    """None, or what went wrong."""
    try:
        check(bench, family)
    except (AssertionError, OSError, TimeoutError) as problem:
        return str(problem) or repr(problem)
    return None


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    namespaces.enter()
    make_hosts()
    checks = CHECKS + IPERF_CHECKS
    failures = 0
    print(f"TAP version 13\n1..{len(checks)}")
    with tempfile.TemporaryDirectory(prefix="mcast-harness-") as scratch:
        for number, (check, family) in enumerate(checks, 1):
            name = f"{check.__name__.replace('_', ' ')}, {family}"
            if (check, family) in IPERF_CHECKS and not shutil.which("iperf"):
                print("ok", number, "-", name, "# SKIP iperf 2 is not installed")
                continue
            problem = run_check(Bench(binary, scratch), check, family)
            print("not ok" if problem else "ok", number, "-", name, flush=True)
            if problem:
                failures += 1
                print("# " + problem.replace("\n", "\n# "))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
