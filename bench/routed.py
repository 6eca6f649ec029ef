"""The network of routed.lua by ip(8), bridge(8) and smcroute(8), one command after the other, as one would write it in a
shell: for `bench/run routed`. Without a datagram, a receiver or a check."""
import shutil
import subprocess
import tempfile
import time

LANS, HOSTS_PER_LAN = 4, 3
GROUP, SOURCE = "239.1.2.3", "10.1.0.1"


def switch_commands(lan):
    bridge = f"br{lan}"
    return [f"ip link add {bridge} type bridge mcast_snooping 1 mcast_igmp_version 3 mcast_mld_version 2"
            " mcast_query_response_interval 2",
            f"ip link set {bridge} up",
            f"ip link set {bridge} type bridge mcast_querier 1",
            f"ip link set {bridge} type bridge mcast_query_response_interval 1000"]


def attach(name, interface, lan, number):
    port = f"{name}{interface}"
    return [f"ip link add {port} type veth peer name {interface} netns {name}",
            f"ip link set {port} master br{lan} up",
            f"ip -n {name} link set {interface} up",
            f"ip -n {name} addr add 10.{lan}.0.{number}/24 dev {interface}",
            f"ip -n {name} addr add fd00:{lan}::{number:x}/64 dev {interface} nodad"]


def host_commands(lan, number):
    name = f"h{lan}x{number}"
    router = 254 if lan < LANS else 253  # of two routers on a LAN the next one
    return [f"ip netns add {name}", f"ip -n {name} link set lo up", *attach(name, "eth0", lan, number),
            f"ip -n {name} route add default via 10.{lan}.0.{router}",
            f"ip -n {name} route add 224.0.0.0/4 dev eth0"]


def router_commands(number):
    name = f"r{number}"
    lines = [f"ip netns add {name}", f"ip -n {name} link set lo up",
             f"ip netns exec {name} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"]
    lines += attach(name, "eth0", number, 254) + attach(name, "eth1", number + 1, 253)
    for lan in range(1, LANS + 1):
        if lan < number:
            lines.append(f"ip -n {name} route add 10.{lan}.0.0/24 via 10.{number}.0.253")
        elif lan > number + 1:
            lines.append(f"ip -n {name} route add 10.{lan}.0.0/24 via 10.{number + 1}.0.254")
    lines += [f"bridge link set dev {name}{interface} mcast_router 2" for interface in ("eth0", "eth1")]
    return lines


def route_commands(number):
    """A static route needs a program that holds it; smcroute is the usual one."""
    name = f"r{number}"
    return [f"echo 'mroute from eth0 source {SOURCE} group {GROUP} to eth1' >/run/{name}.conf",
            f"ip netns exec {name} smcrouted -f /run/{name}.conf -P /run/{name}.pid -u /run/{name}.sock -i {name}",
            f"until ip -n {name} mroute show | grep -q {GROUP}; do :; done"]


def network_commands():
    lines = ["set -e", "mount -t tmpfs tmpfs /run", "mkdir -p /run/netns"]
    for lan in range(1, LANS + 1):
        lines += switch_commands(lan)
    for lan in range(1, LANS + 1):
        for number in range(1, HOSTS_PER_LAN + 1):
            lines += host_commands(lan, number)
    for number in range(1, LANS):
        lines += router_commands(number)
    return lines


def commands():
    lines = network_commands()
    if has_smcroute():
        for number in range(1, LANS):
            lines += route_commands(number)
    return lines


def has_smcroute():
    return shutil.which("smcrouted") is not None


def run_commands(lines, timeout=60):
    """In namespaces of their own, PID namespace included, so that nothing is left behind, even if we are killed. Returns
    what they print."""
    alone = ["setpriv", "--pdeathsig", "KILL", "unshare", "-nm", "--pid", "--fork", "--kill-child"]
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
        script.write("\n".join(lines) + "\n")
        script.flush()
        return subprocess.run([*alone, "sh", script.name], check=True, stdout=subprocess.PIPE, text=True,
                              timeout=timeout).stdout


def made_by_commands_ms():
    started = time.monotonic()
    run_commands(commands())
    return (time.monotonic() - started) * 1e3
