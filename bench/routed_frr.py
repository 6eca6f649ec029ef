"""The network of routed_frr.lua by ip(8), bridge(8) and FRR's daemons, as one would start them in a shell: for
`bench/run routed`. Measured is how long the daemons take, by their own words; no receiver, no check."""
import os
import shutil
import time

import routed

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = ("/usr/lib/frr", "/usr/libexec/frr")  # no PATH has them
FIRST, LAST = "r1", f"r{routed.LANS - 1}"
RENDEZVOUS_POINT = "10.2.0.254"  # r2
SENDER, MEMBER = "h1x1", f"h{routed.LANS}x1"


def find(program):
    return shutil.which(program, path=os.pathsep.join(FOLDERS))


def has_frr():
    return all((find("zebra"), find("pimd"), shutil.which("vtysh")))


def source_command():
    """A source that does not tire: ten small datagrams a second."""
    return f"ip netns exec {SENDER} iperf -u -c {routed.GROUP} -T 8 -l 64 -b 10pps -t 60 >/dev/null 2>&1 &"


def folder_commands():
    """Beside /run, FRR writes to /var/tmp; below /run/frr each router has a folder of its own (-N)."""
    with open(os.path.join(HERE, "routed_frr.conf"), encoding="utf-8") as file:
        configuration = file.read() % RENDEZVOUS_POINT
    return ["mount -t tmpfs tmpfs /var/tmp", f"cat >/run/pimd.conf <<'END'\n{configuration}END", ": >/run/zebra.conf",
            "chmod 644 /run/pimd.conf /run/zebra.conf", "install -d -o frr -g frr /run/frr",
            *(f"install -d -o frr -g frr /run/frr/r{number}" for number in range(1, routed.LANS))]


def daemon_commands():
    """Both daemons of a router one after the other (-d returns when a daemon is ready), all routers at once."""
    lines = []
    for number in range(1, routed.LANS):
        name = f"r{number}"
        both = " && ".join(f"ip netns exec {name} {find(daemon)} -N {name} -d -f /run/{daemon}.conf"
                           for daemon in ("zebra", "pimd"))
        lines += [f"({both}) >/run/{name}.log 2>&1 &", 'routers="$routers $!"']
    return lines + ["for one in $routers; do wait $one || { cat /run/*.log >&2; exit 1; }; done"]


def convergence_command():
    """The source's router has been told to register no more, and the last one routes from the source."""
    return (f"until vtysh -N {FIRST} -c 'show ip pim upstream json' 2>/dev/null | grep -q RegPrune &&"
            f" ip -n {LAST} mroute show | grep -q '({routed.SOURCE}, *{routed.GROUP}).*Oifs: .*eth1'; do :; done")


def made_by_commands_ms():
    """Of all commands, and of that from the start of the first daemon until they have converged."""
    lines = [*routed.network_commands(), source_command(), *folder_commands(),
             "begin=$(date +%s%N)", *daemon_commands(),
             f"ip -n {MEMBER} addr add {routed.GROUP}/32 dev eth0 autojoin", convergence_command(),
             "echo $(( $(date +%s%N) - begin ))"]
    started = time.monotonic()
    converged = int(routed.run_commands(lines)) / 1e6
    return (time.monotonic() - started) * 1e3, converged
