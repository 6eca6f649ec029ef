#!/usr/bin/python3
"""Two hosts of mininet with a cable between them, and the harness outside of them.

    tests/attach/with_mininet.py BINARY SCENARIO

Exits as the harness does.
"""

import subprocess
import sys

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian has it, whichever python3 this is
from mininet.net import Mininet  # noqa: E402


def main():
    binary, scenario = sys.argv[1:]
    net = Mininet(controller=None)
    try:
        one = net.addHost("one", ip="10.8.0.1/24")
        two = net.addHost("two", ip="10.8.0.2/24")
        net.addLink(one, two)
        net.build()
        return subprocess.run([binary, "run", "--color", "never", scenario,
                               "--param", f"one={one.pid}", "--param", f"two={two.pid}"],
                              check=False).returncode
    finally:
        net.stop()


sys.exit(main())
