#!/usr/bin/env python3
"""Measures how long a network takes until it is ready: ours, the same kernel objects made by a bare C program (the
limit), and the same made by ip(8) and bridge(8) one command after the other.

    bench/network.py [--quick | --smoke] [--build build/release]

Contestants take turns; figures are medians, and only ratios are worth quoting. Needs root or a user namespace
(`unshare -Urnm bench/network.py`).
"""
import argparse
import os
import statistics
import subprocess
import tempfile
import time

SIZES = ((4, 1), (100, 1), (1000, 10), (1000, 1))
# Beyond that the commands take a minute a round.
COMMANDS_UP_TO = 100
LIMIT_RATIO, COMMANDS_RATIO = 1.3, 20


def program(path, hosts, switches):
    done = subprocess.run([path, str(hosts), str(switches)], stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)


def switch_commands(number):
    bridge = f"br{number}"
    return [f"ip link add {bridge} type bridge mcast_snooping 1 mcast_igmp_version 3 mcast_mld_version 2"
            " mcast_query_response_interval 2",
            f"ip link set {bridge} up",
            f"ip link set {bridge} type bridge mcast_querier 1",
            f"ip link set {bridge} type bridge mcast_query_response_interval 1000"]


def host_commands(number, bridge):
    host, port = f"h{number}", f"p{number}"
    return [f"ip netns add {host}",
            f"ip link add {port} type veth peer name eth0 netns {host}",
            f"ip link set {port} master {bridge} up",
            f"bridge link set dev {port} mcast_flood off",
            f"ip -n {host} link set lo up",
            f"ip -n {host} link set eth0 up",
            f"ip -n {host} addr add 10.0.{(number + 1) // 256}.{(number + 1) % 256}/16 dev eth0",
            f"ip -n {host} addr add fd00::{number + 1:x}/64 dev eth0 nodad",
            f"ip -n {host} route add 224.0.0.0/4 dev eth0"]


def commands(hosts, switches):
    """Milliseconds. In mount and network namespaces of their own, so that nothing is left behind."""
    lines = ["set -e", "mount -t tmpfs tmpfs /run"]
    for number in range(switches):
        lines += switch_commands(number)
    for number in range(hosts):
        lines += host_commands(number, f"br{number % switches}")
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
        script.write("\n".join(lines))
        script.flush()
        started = time.monotonic()
        subprocess.run(["unshare", "-nm", "sh", script.name], check=True)
        return (time.monotonic() - started) * 1e3


def take_turns(rounds, contestants, hosts):
    results = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            results[name].append(contestant())
            # The kernel takes the previous network down meanwhile, and makes the next one wait.
            time.sleep(1 + hosts / 250)
    return {name: statistics.median(values) for name, values in results.items()}


def measure(build, hosts, switches, rounds):
    contestants = {name: lambda path=path: program(os.path.join(build, "bench", path), hosts, switches)
                   for name, path in (("ours", "lab_network"), ("limit", "limit_network"))}
    if hosts <= COMMANDS_UP_TO:
        contestants["commands"] = lambda: commands(hosts, switches)
    return take_turns(rounds, contestants, hosts)


def tell(hosts, switches, medians):
    ratio = medians["ours"] / medians["limit"]
    text = f"  {hosts:5} hosts, {switches:2} switches: {medians['ours']:8.1f} ms, {ratio:.2f} of the bare C program's"
    met = ratio <= LIMIT_RATIO or hosts < 100
    if "commands" in medians:
        faster = medians["commands"] / medians["ours"]
        text += f", {faster:.0f} times faster than ip and bridge"
        met = met and (faster >= COMMANDS_RATIO or hosts < 100)
    print(text + ("" if met else "  MISSED"), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="no 1,000 hosts")
    parser.add_argument("--smoke", action="store_true", help="the smallest, once")
    parser.add_argument("--build", default="build/release", help="configured with -DMH_BENCH=ON")
    arguments = parser.parse_args()
    for hosts, switches in SIZES[:1] if arguments.smoke else SIZES[:2] if arguments.quick else SIZES:
        tell(hosts, switches, measure(arguments.build, hosts, switches, 1 if arguments.smoke else 5))
    print(f"  goals: at most {LIMIT_RATIO} of the bare C program, {COMMANDS_RATIO} times faster than the commands")


if __name__ == "__main__":
    main()
