"""A machine with places for net:attach, in the test's own namespaces (namespaces.py).

        one ----+
        two ----+-- lan (a bridge, 10.9.0.100)     one, two: names of ip netns
     process ---+                                  process: unshare(1), as mininet makes its hosts
        nic ----+                                  nic, lower: interfaces of the machine
      lower ----+
"""

import contextlib
import os
import pathlib
import subprocess

import namespaces


def plug_in(number, *where):
    """A cable from the bridge to eth0 of the namespace that `where` tells ip(8)."""
    port = f"port{number}"
    namespaces.run("ip", "link", "add", port, "type", "veth", "peer", "name", f"far{number}")
    namespaces.run("ip", "link", "set", f"far{number}", "name", "eth0", "netns", where[-1])


def configure(number, *inside):
    """`inside` runs ip(8) where eth0 is."""
    for arguments in (("link", "set", "lo", "up"),
                      ("address", "add", f"10.9.0.{number}/24", "dev", "eth0"),
                      ("address", "add", f"fd09::{number}/64", "dev", "eth0", "nodad"),
                      ("link", "set", "eth0", "up")):
        namespaces.run(*inside, "ip", *arguments)


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def plug(port):
    """Returns when the bridge forwards to it."""
    namespaces.run("ip", "link", "set", port, "master", "lan", "up")
    namespaces.wait_for(lambda: "state forwarding" in output("bridge", "link", "show", "dev", port),
                        f"{port} forwards")


def add_nic():
    """All that a port can have to lose."""
    namespaces.run("ip", "link", "add", "port4", "type", "veth", "peer", "name", "nic")
    for arguments in (("address", "add", "10.9.0.4/24", "dev", "nic"),
                      ("address", "add", "10.9.4.4/32", "dev", "nic"),
                      ("address", "add", "fd09::4/64", "dev", "nic", "nodad"),
                      ("link", "set", "nic", "mtu", "1400", "up"),
                      ("route", "add", "10.77.0.0/24", "via", "10.9.0.1", "dev", "nic"),
                      ("route", "add", "10.66.0.0/24", "via", "10.77.0.1", "dev", "nic", "onlink"),
                      ("route", "add", "default", "via", "10.9.0.1", "dev", "nic", "metric", "7"),
                      ("-6", "route", "add", "fd77::/64", "via", "fd09::1", "dev", "nic")):
        namespaces.run("ip", *arguments)
    for setting, value in (("ipv4/conf/nic/rp_filter", "2"), ("ipv6/conf/nic/accept_ra", "0")):
        with open("/proc/sys/net/" + setting, "w", encoding="ascii") as file:
            file.write(value)
    plug("port4")


def add_lower():
    """What children of an interface are made on."""
    namespaces.run("ip", "link", "add", "port5", "type", "veth", "peer", "name", "lower")
    namespaces.run("ip", "link", "set", "lower", "up")
    plug("port5")


def describe(interface):
    """Everything that must be as it was when a port is given back; nothing while it is elsewhere."""
    try:
        return _describe(interface)
    except (subprocess.CalledProcessError, FileNotFoundError):
        return f"{interface} is not there"


def _describe(interface):
    settings = []
    for name in ("ipv4/conf", "ipv6/conf", "ipv4/neigh", "ipv6/neigh"):
        folder = pathlib.Path("/proc/sys/net", name, interface)
        for file in sorted(folder.iterdir()):
            with contextlib.suppress(OSError):  # a secret that is not set
                settings.append(f"{file} {file.read_text(encoding='utf-8').strip()}")
    addresses = output("ip", "-details", "address", "show", "dev", interface)
    return "\n".join([addresses.replace(" tentative", ""),
                      output("ip", "route", "show", "dev", interface),
                      output("ip", "-6", "route", "show", "dev", interface), *settings])


def has_own_network(process):
    here = os.stat("/proc/self/ns/net").st_ino
    with contextlib.suppress(FileNotFoundError, PermissionError):
        return os.stat(f"/proc/{process.pid}/ns/net").st_ino != here
    return False


@contextlib.contextmanager
def made():
    """Yields the process that has a network of its own."""
    namespaces.run("ip", "link", "set", "lo", "up")
    namespaces.run("ip", "link", "add", "lan", "type", "bridge", "mcast_snooping", "0")
    namespaces.run("ip", "address", "add", "10.9.0.100/24", "dev", "lan")
    namespaces.run("ip", "address", "add", "fd09::100/64", "dev", "lan", "nodad")
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
            plug(f"port{number}")
        add_nic()
        add_lower()
        yield process
    finally:
        namespaces.end(process)
