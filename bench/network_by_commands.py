"""A network of hosts on switches, made by ip(8) and bridge(8) one command after the other: the very network that
lab_network builds (same_network.py looks), with the fewest commands that make it so."""
import subprocess
import tempfile
import time

# As src/lab has it: up to so many hosts of a switch know each other beforehand, and up to so many it floods what it
# does not know yet.
MESHED_MAX, FLOODED_MAX = 32, 31
FIRST_SWITCH = 2
ONE_QUEUE = "numtxqueues 1 numrxqueues 1"
SETTINGS = ("net/bridge/bridge-nf-call-iptables=0", "net/bridge/bridge-nf-call-ip6tables=0",
            "net/bridge/bridge-nf-call-arptables=0", "net/ipv6/conf/default/accept_ra=0")
# The switches' ports need none.
NO_IPV6 = "net/ipv6/conf/default/disable_ipv6=1"


def set_kernel(setting):
    path, value = setting.split("=")
    return f"! test -e /proc/sys/{path} || echo {value} > /proc/sys/{path}"


def switch_mac(number):
    return f"02:53:00:00:00:{FIRST_SWITCH + number:02x}"


def host_mac(number):
    return f"02:4d:00:00:{number // 256:02x}:{number % 256:02x}"


def addresses(number):
    """IPv4, IPv6, and of the link."""
    return (f"10.0.{(number + 1) // 256}.{(number + 1) % 256}", f"fd00::{number + 1:x}",
            f"fe80::4d:ff:fe00:{number:x}")


def switch_commands(number):
    bridge = f"br{number}"
    return [f"ip link add {bridge} address {switch_mac(number)} type bridge mcast_snooping 1 mcast_igmp_version 3"
            " mcast_mld_version 2 mcast_hash_max 1048576 mcast_query_response_interval 2",
            f"ip link set {bridge} addrgenmode none",
            f"ip link set {bridge} up",
            f"ip addr add fe80::53:0:0:{FIRST_SWITCH + number:x}/64 dev {bridge} nodad",
            f"ip link set {bridge} type bridge mcast_querier 1",
            f"ip link set {bridge} type bridge mcast_query_response_interval 1000"]


def neighbour_commands(number, others):
    return [f"ip -n h{number} neigh add {address} lladdr {host_mac(other)} nud permanent dev eth0"
            for other in others for address in addresses(other)]


def host_commands(number, hosts, switches):
    host, port = f"h{number}", f"p{number}"
    ipv4, ipv6, link_local = addresses(number)
    others = [other for other in range(number % switches, hosts, switches) if other != number]
    flood = "" if len(others) < FLOODED_MAX else " mcast_flood off"
    return [f"ip netns add {host}",
            f"ip link add {port} address {switch_mac(number % switches)} {ONE_QUEUE} type veth"
            f" peer name eth0 address {host_mac(number)} {ONE_QUEUE} netns {host}",
            f"ip link set {port} master br{number % switches} up",
            f"bridge link set dev {port} mcast_router 0{flood}",
            f"ip -n {host} link set lo up",
            f"ip -n {host} link set eth0 addrgenmode none",
            f"ip -n {host} link set eth0 up",
            f"ip -n {host} addr add {ipv4}/16 dev eth0",
            f"ip -n {host} addr add {link_local}/64 dev eth0 nodad",
            f"ip -n {host} addr add {ipv6}/64 dev eth0 nodad",
            f"ip -n {host} route add 224.0.0.0/4 dev eth0 proto static",
            *(neighbour_commands(number, others) if len(others) < MESHED_MAX else [])]


def script(hosts, switches):
    """For sh(1) in mount and network namespaces of its own."""
    lines = ["set -e", "mount -t tmpfs tmpfs /run", *map(set_kernel, SETTINGS)]
    for number in range(switches):
        lines += switch_commands(number)
    lines.append(set_kernel(NO_IPV6))
    for number in range(hosts):
        lines += host_commands(number, hosts, switches)
    return "\n".join(lines) + "\n"


def make_ms(hosts, switches):
    """How long that takes. Nothing is left behind: the namespaces end with the shell."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(script(hosts, switches))
        file.flush()
        started = time.monotonic()
        subprocess.run(["unshare", "-nm", "sh", file.name], check=True)
        return (time.monotonic() - started) * 1e3
