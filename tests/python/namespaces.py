"""Network namespaces of a test's own, which nothing can outlive.

The test runs again inside mount and network namespaces of its own (and, without root, a user
namespace), where /run is empty. The names that `ip netns` gives live there and vanish with the
test, however it ends. No traffic leaves them.
"""

import contextlib
import ctypes
import os
import select
import subprocess
import sys
import time

CANNOT_RUN = 77  # ctest's SKIP_RETURN_CODE
CLONE_NEWNET = 0x40000000
DEADLINE = 20  # seconds that one step of a test may take on a loaded machine

_libc = ctypes.CDLL(None, use_errno=True)


def run(*command):
    subprocess.run(command, check=True)


def enter():
    """Starts the program again inside namespaces of its own; returns there."""
    if os.environ.get("MCAST_HARNESS_TEST_PRIVATE") == "yes":
        run("mount", "-t", "tmpfs", "tmpfs", "/run")
        return
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", *user, "--net", "--mount", "--propagation", "private"]
    if subprocess.run([*command, "true"], check=False).returncode != 0:
        print("1..0 # skipped: namespaces cannot be made here")
        sys.exit(CANNOT_RUN)
    os.environ["MCAST_HARNESS_TEST_PRIVATE"] = "yes"
    os.execvp(command[0], [*command, sys.executable, *sys.argv])


def make_host(name):
    """A namespace in which IPv6 addresses can be used at once."""
    run("ip", "netns", "add", name)
    with inside(name):
        for scope in ("all", "default"):
            for key in ("accept_dad", "router_solicitations"):
                with open(f"/proc/sys/net/ipv6/conf/{scope}/{key}", "w", encoding="ascii") as file:
                    file.write("0")
    run("ip", "-n", name, "link", "set", "lo", "up")


def connect(left, right):
    """A cable: eth0 of both, 10.9.0.1 and .2, fd09::1 and ::2."""
    run("ip", "link", "add", "eth0", "netns", left,
        "type", "veth", "peer", "name", "eth0", "netns", right)
    for number, host in enumerate((left, right), 1):
        run("ip", "-n", host, "address", "add", f"10.9.0.{number}/24", "dev", "eth0")
        run("ip", "-n", host, "address", "add", f"fd09::{number}/64", "dev", "eth0", "nodad")
        run("ip", "-n", host, "link", "set", "eth0", "up")
        run("ip", "-n", host, "route", "add", "224.0.0.0/4", "dev", "eth0")


@contextlib.contextmanager
def inside(host):
    """What this thread opens in here belongs to the host's network stack."""
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    there = os.open("/run/netns/" + host, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter_netns(there)
        yield
    finally:
        _enter_netns(here)
        os.close(here)
        os.close(there)


def _enter_netns(descriptor):
    if _libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def start(host, *command, **options):
    """A program on a host, its output readable as text."""
    return subprocess.Popen(
        ["ip", "netns", "exec", host, *command], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", **options)


def wait_for(condition, what):
    """Looks until the condition holds; there is no other way to wait for a foreign program."""
    deadline = time.monotonic() + DEADLINE
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {DEADLINE} s")
        select.select([], [], [], 0.01)
    return result


def open_for_reading(fifo):
    """The reading end of a FIFO, without waiting for the writer."""
    return os.open(fifo, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def read_line(descriptor, process, what):
    """One line that the process writes into a FIFO."""
    line = b""
    deadline = time.monotonic() + DEADLINE
    while not line.endswith(b"\n"):
        ended = process.poll() is not None
        with contextlib.suppress(BlockingIOError):
            line += os.read(descriptor, 65536)
        if ended and not line.endswith(b"\n"):
            raise AssertionError(f"{what}: the program ended\n{process.communicate()[0]}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: no answer within {DEADLINE} s")
        select.select([], [], [], 0.001)  # a FIFO without a writer is always readable
    return line.decode().rstrip("\n")


def end(process):
    """Ends the program, if it did not end by itself."""
    if process.poll() is None:
        process.kill()
        process.communicate()
