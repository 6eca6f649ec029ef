#!/usr/bin/env python3
"""net:attach on a machine of the test's own: network and mount namespaces in which it is free to
make what `ip netns` makes, and cables and interfaces.

    tests/attach/places.py BINARY

        one ----+
        two ----+-- lan (a bridge, 10.9.0.100)     one, two: names of ip netns
     process ---+                                  process: unshare(1), as mininet makes its hosts

TAP 13 on standard output.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(HERE.parent / "python"))
import namespaces  # noqa: E402

NOBODY = 65534


class Skip(Exception):
    """This test cannot be made here, and why."""


def harness(binary, *arguments, prefix=(), **params):
    settings = [part for key, value in params.items() for part in ("--param", f"{key}={value}")]
    return subprocess.run([*prefix, binary, "run", "--color", "never", *arguments, *settings],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", timeout=namespaces.DEADLINE * 2, check=False)


def demand(binary, *arguments, **options):
    """All scenarios pass."""
    done = harness(binary, *arguments, **options)
    if done.returncode != 0:
        raise AssertionError(done.stdout)
    return done.stdout


# ---- the machine -------------------------------------------------------------------------------

def plug_in(number, *where):
    """A cable from the bridge to eth0 of the namespace that `where` tells ip(8)."""
    port = f"port{number}"
    namespaces.run("ip", "link", "add", port, "type", "veth", "peer", "name", f"far{number}")
    namespaces.run("ip", "link", "set", f"far{number}", "name", "eth0", "netns", where[-1])
    namespaces.run("ip", "link", "set", port, "master", "lan", "up")


def configure(number, *inside):
    """`inside` runs ip(8) where eth0 is."""
    for arguments in (("link", "set", "lo", "up"),
                      ("address", "add", f"10.9.0.{number}/24", "dev", "eth0"),
                      ("address", "add", f"fd09::{number}/64", "dev", "eth0", "nodad"),
                      ("link", "set", "eth0", "up")):
        namespaces.run(*inside, "ip", *arguments)


def forwards(number):
    shown = subprocess.run(["bridge", "link", "show", "dev", f"port{number}"], check=True,
                           stdout=subprocess.PIPE, encoding="utf-8").stdout
    return "state forwarding" in shown


def has_own_network(process):
    here = os.stat("/proc/self/ns/net").st_ino
    with contextlib.suppress(FileNotFoundError, PermissionError):
        return os.stat(f"/proc/{process.pid}/ns/net").st_ino != here
    return False


@contextlib.contextmanager
def machine():
    """Yields the process that has a network of its own."""
    namespaces.run("ip", "link", "set", "lo", "up")
    namespaces.run("ip", "link", "add", "lan", "type", "bridge", "mcast_snooping", "0")
    namespaces.run("ip", "address", "add", "10.9.0.100/24", "dev", "lan")
    namespaces.run("ip", "link", "set", "lan", "up")
    for number, name in enumerate(("one", "two"), 1):
        namespaces.make_host(name)
        plug_in(number, name)
        configure(number, "ip", "netns", "exec", name)
    process = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    try:
        namespaces.wait_for(lambda: has_own_network(process), "unshare(1)")
        plug_in(3, str(process.pid))
        configure(3, "nsenter", "--net", "--target", str(process.pid))
        for number in (1, 2, 3):
            namespaces.wait_for(lambda port=number: forwards(port), f"port{number} forwards")
        yield process
    finally:
        namespaces.end(process)


# ---- tests -------------------------------------------------------------------------------------

def test_traffic(binary, process):
    demand(binary, str(HERE / "places.lua"), pid=process.pid)


def test_errors(binary, process):
    gone = subprocess.Popen(["true"])
    gone.wait()
    demand(binary, str(HERE / "errors.lua"), gone=gone.pid)


def test_topology_file(binary, process):
    demand(binary, "--topology", str(HERE / "topology.lua"), str(HERE / "regression.lua"),
           pid=process.pid)


def test_sysctl_is_given_back(binary, process):
    setting = "/proc/sys/net/ipv4/conf/eth0/rp_filter"
    with namespaces.inside("one"), open(setting, "w", encoding="ascii") as file:
        file.write("2")
    demand(binary, str(HERE / "sysctl.lua"))
    with namespaces.inside("one"), open(setting, encoding="ascii") as file:
        found = file.read().strip()
    assert found == "2", f"{setting} is {found} after the scenario, was 2"


def test_without_privilege(binary, process):
    prefix = ("setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups")
    if subprocess.run([*prefix, binary, "version"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, check=False).returncode != 0:
        raise Skip("the binary cannot be run by another user here")
    demand(binary, str(HERE / "unprivileged.lua"), prefix=prefix, pid=process.pid)


def test_mininet(binary, process):
    if not shutil.which("mnexec"):
        raise Skip("mininet is not installed")
    command = [sys.executable, str(HERE / "with_mininet.py"), binary, str(HERE / "mininet.lua")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", check=False,
                          timeout=namespaces.DEADLINE * 2)
    if done.returncode != 0:
        raise AssertionError(done.stdout)


def main():
    binary = os.path.abspath(sys.argv[1])
    namespaces.enter()
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    failed = 0
    print(f"TAP version 13\n1..{len(tests)}")
    with machine() as process:
        for number, (name, test) in enumerate(tests, 1):
            try:
                test(binary, process)
                print(f"ok {number} - {name[5:]}", flush=True)
            except Skip as reason:
                print(f"ok {number} - {name[5:]} # SKIP {reason}", flush=True)
            except Exception as problem:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {number} - {name[5:]}")
                print("".join(f"# {line}\n" for line in str(problem).splitlines()), flush=True)
    return 1 if failed else 0


sys.exit(main())
