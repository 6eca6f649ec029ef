#!/usr/bin/env python3
"""Looks whether the networks that bench/network.py measures are the same: all that ip(8), bridge(8) and sysctl(8) tell
of those which lab_network, limit_network and the commands make. Prints the differences, and exits with 1 when there are
any.

    bench/same_network.py [--build build/release] [HOSTS SWITCHES]
"""
import argparse
import difflib
import json
import os
import subprocess
import sys
import tempfile
import time

import network_by_commands

PATIENCE_S = 20
# Numbers that the kernel counts up, and clocks.
INCIDENTAL = {"ifindex", "link_index", "link_netnsid", "peer_ifindex", "hello_timer", "tcn_timer",
              "topology_change_timer", "gc_timer", "hold_timer", "message_age_timer", "forward_delay_timer"}
LOOKS = (("ip", "-d", "-j", "addr"), ("ip", "-j", "route", "show", "table", "all"),
         ("ip", "-6", "-j", "route", "show", "table", "all"), ("ip", "-j", "neigh"),
         ("bridge", "-d", "-j", "link"))
SYSCTLS = r"^net\.(bridge|ipv[46]\.conf)\."


def without_incidentals(value):
    if isinstance(value, dict):
        return {key: without_incidentals(one) for key, one in value.items() if key not in INCIDENTAL}
    if isinstance(value, list):
        return sorted((without_incidentals(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


def is_a_shortcut(thing):
    """The lab's own route to a host's IPv6 address: the kernel's takes effect a moment later."""
    return (isinstance(thing, dict) and thing.get("type") == "local" and thing.get("protocol") == "static")


def seen_from(namespace, command):
    done = subprocess.run(["nsenter", f"--net={namespace}", *command], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout


def state_of(namespace):
    lines = []
    for command in LOOKS:
        things = json.loads(seen_from(namespace, command) or "[]")
        things = [one for one in without_incidentals(things) if one and not is_a_shortcut(one)]
        lines += [" ".join(command), *json.dumps(things, indent=1, sort_keys=True).split("\n")]
    return lines + sorted(seen_from(namespace, ["sysctl", "-a", "-r", SYSCTLS]).split("\n"))


def differences(networks):
    """To the first one, namespace by namespace."""
    found = []
    (name, ours), *others = [(name, list(map(state_of, namespaces))) for name, namespaces in networks.items()]
    for other, theirs in others:
        for number, (our, their) in enumerate(zip(ours, theirs)):
            of = f"host {number - 1}" if number else "switches"
            found += difflib.unified_diff(our, their, f"{of} of {name}", f"{of} of {other}", lineterm="")
    return found


def start(command):
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def namespaces_of_program(process, hosts):
    return [process.stdout.readline().strip() for _ in range(hosts + 2)][1:]


def namespaces_of_commands(process, hosts):
    shell = process.stdout.readline().strip()
    return [f"/proc/{shell}/ns/net"] + [f"/proc/{shell}/root/run/netns/h{number}" for number in range(hosts)]


def compare(build, hosts, switches):
    """The kernel finishes some things after it has said that they are done."""
    size = [str(hosts), str(switches)]
    lab_network, limit_network = (os.path.join(build, "bench", name) for name in ("lab_network", "limit_network"))
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(network_by_commands.script(hosts, switches) + "echo $$\nread line || true\n")
        file.flush()
        with start([lab_network, *size, "hold"]) as lab, start([limit_network, *size, "hold"]) as limit, \
                start(["unshare", "-nm", "sh", file.name]) as commands:
            networks = {"lab_network": namespaces_of_program(lab, hosts),
                        "limit_network": namespaces_of_program(limit, hosts),
                        "the commands": namespaces_of_commands(commands, hosts)}
            until = time.monotonic() + PATIENCE_S
            found = differences(networks)
            while found and time.monotonic() < until:
                found = differences(networks)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default="build/release", help="configured with -DMH_BENCH=ON")
    parser.add_argument("hosts", nargs="?", type=int, default=4)
    parser.add_argument("switches", nargs="?", type=int, default=1)
    arguments = parser.parse_args()
    found = compare(arguments.build, arguments.hosts, arguments.switches)
    print("\n".join(found) or f"the same: {arguments.hosts} hosts, {arguments.switches} switches")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
