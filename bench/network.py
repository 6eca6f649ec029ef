#!/usr/bin/env python3
"""Measures how long a network takes until it is ready: ours, the same kernel objects made by a bare C program (the
limit), and the same made by ip(8) and bridge(8) one command after the other (that it is the same is looked at first).

    bench/network.py [--quick | --smoke] [--build build/release]

Contestants take turns; figures are medians, and only ratios are worth quoting. Needs root or a user namespace
(`unshare -Urnm bench/network.py`).
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

import network_by_commands
import same_network

SIZES = ((4, 1), (100, 1), (1000, 10), (1000, 1))
# Beyond that the commands take a minute a round.
COMMANDS_UP_TO = 100
LIMIT_RATIO, COMMANDS_RATIO = 1.3, 20


def program(path, hosts, switches):
    done = subprocess.run([path, str(hosts), str(switches)], stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)


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
        contestants["commands"] = lambda: network_by_commands.make_ms(hosts, switches)
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


def look_whether_same(build):
    """A switch of few ports floods what it does not know yet."""
    for hosts, switches in ((4, 2), (33, 1)):
        found = same_network.compare(build, hosts, switches)
        if found:
            sys.exit("\n".join(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="no 1,000 hosts")
    parser.add_argument("--smoke", action="store_true", help="the smallest, once")
    parser.add_argument("--build", default="build/release", help="configured with -DMH_BENCH=ON")
    arguments = parser.parse_args()
    look_whether_same(arguments.build)
    for hosts, switches in SIZES[:1] if arguments.smoke else SIZES[:2] if arguments.quick else SIZES:
        tell(hosts, switches, measure(arguments.build, hosts, switches, 1 if arguments.smoke else 5))
    print(f"  goals: at most {LIMIT_RATIO} of the bare C program, {COMMANDS_RATIO} times faster than the commands")


if __name__ == "__main__":
    main()
