#!/usr/bin/env python3
"""net:attach on a machine of the test's own: network and mount namespaces in which it is free to
make what `ip netns` makes, and cables and interfaces (machine.py).

    tests/attach/places.py BINARY

TAP 13 on standard output.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(HERE.parent / "python"))
import machine  # noqa: E402
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


def test_benchmarks(binary, process):
    scenarios = HERE.parent.parent / "scenarios" / "rfc3918"
    demand(binary, "--topology", str(HERE / "benchmark.lua"), str(scenarios / "latency.lua"),
           pid=process.pid, egress=1, repetitions=1, frame_sizes="256")


def add_tunnel(number, name):
    """An end of a VXLAN tunnel, as an administrator makes it."""
    for arguments in (("link", "add", "bench0", "type", "vxlan", "id", "9", "group", "239.255.77.9", "dev",
                       "eth0", "dstport", "4789", "ttl", "1"),
                      ("address", "add", f"198.18.9.{number}/24", "dev", "bench0"),
                      ("address", "add", f"fd00:3918:9::{number}/64", "dev", "bench0", "nodad"),
                      ("link", "set", "bench0", "up")):
        namespaces.run("ip", "-netns", name, *arguments)


def test_tunnels(binary, process):
    """Hosts that bring their tunnels; what lies between them here is a switch."""
    scenario = str(HERE.parent.parent / "scenarios" / "rfc3918" / "tunnel.lua")
    arguments = ("--topology", str(HERE / "benchmark.lua"), scenario, "-k", "re-encapsulation")
    options = {"pid": process.pid, "egress": 1, "frame_sizes": "256"}
    done = harness(binary, *arguments, **options, tunnel="bench0")
    assert done.returncode == 4, done.stdout
    assert "host 'source' brings no interface 'bench0'" in done.stdout, done.stdout
    for number, name in enumerate(("one", "two"), 1):
        add_tunnel(number, name)
    demand(binary, *arguments, **options, tunnel="bench0")
    for name in ("one", "two"):
        namespaces.run("ip", "-netns", name, "link", "delete", "bench0")


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
    with tempfile.TemporaryDirectory() as place:  # the source tree may be nobody else's to read
        os.chmod(place, 0o755)
        copy = shutil.copy(binary, place)
        scenario = shutil.copy(HERE / "unprivileged.lua", place)
        demand(copy, scenario, prefix=prefix, pid=process.pid)


def test_ports(binary, process):
    before = machine.describe("nic")
    demand(binary, str(HERE / "ports.lua"))
    assert machine.describe("nic") == before, "\n".join((before, "and afterwards:", machine.describe("nic")))


def test_ports_take_turns(binary, process):
    demand(binary, "--jobs", "2", "--repeat", "4", str(HERE / "ports.lua"), "--filter", "a port")


def test_waiting_is_not_a_scenarios_own_time(binary, process):
    events = "/run/events"
    demand(binary, "--jobs", "3", "--report", f"jsonl={events}", str(HERE / "turns.lua"))
    with open(events, encoding="utf-8") as file:
        told = [json.loads(line) for line in file]
    states = [event["state"] for event in told if event["event"] == "turn"]
    assert sorted(states) == ["awaited"] * 2 + ["taken"] * 2, states


def test_a_port_without_carrier(binary, process):
    namespaces.run("ip", "link", "set", "port4", "down")
    try:
        demand(binary, str(HERE / "no_carrier.lua"))
    finally:
        machine.plug("port4")


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
    with machine.made() as process:
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
