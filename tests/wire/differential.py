#!/usr/bin/env python3
"""Our decoders and encoders against tshark's reading of the same bytes.

    tests/wire/differential.py CODEC_TOOL [SEED]    the same packets for the same seed

Packets of every kind with random fields are built by us; tshark must read the very fields that went
in. Then the same packets with random bytes changed or their end cut off: what we read of them,
tshark must read too. TAP 13 on standard output.
"""

import collections
import ipaddress
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

KIND_COUNT = 150  # packets of every kind
PREFERENCES = ["ip.check_checksum:TRUE", "udp.check_checksum:TRUE", "ip.defragment:FALSE",
               "ipv6.defragment:FALSE", "nameres.network_name:FALSE"]
HEXADECIMAL = {"eth.dst", "eth.src", "udp.payload", "igmp.aux_data",
               "icmpv6.mldr.mar.auxiliary_data"}
DOUBLED = {"pim.group", "pim.group_ip6"}  # tshark names them at the head of their tree too
TRUTH = {"True": 1, "False": 0}  # as tshark 4.2 and later write a flag
UPPER = {"igmp.type", "icmpv6.type", "pim.type"}


class Tap:
    """Counts and prints the results."""

    def __init__(self):
        self.count = 0
        self.failed = False

    def result(self, passed, title, details=()):
        self.count += 1
        self.failed |= not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {title}")
        for line in details:
            print(f"#   {line}")


class Generator:
    """Random packets, each as the words that codec_tool builds it from."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def bits(self, count):
        # Half of them are an edge: there the mistakes are.
        edge = self.random.choice([0, 1, (1 << count) - 1, 1 << (count - 1)])
        return self.random.choice([edge, self.random.getrandbits(count)])

    def hex(self, length):
        return self.random.randbytes(length).hex()

    def group(self, family):
        if family == 4:
            return str(ipaddress.IPv4Address(self.random.randrange(0xE0000000, 0xF0000000)))
        return str(ipaddress.IPv6Address((0xFF << 120) | self.random.getrandbits(112) | 1 << 50))

    def host(self, family):
        if family == 4:
            return str(ipaddress.IPv4Address(self.random.randrange(0x0A000000, 0x0B000000)))
        return str(ipaddress.IPv6Address((0xFD << 120) | self.random.getrandbits(100)))

    def hosts(self, family, most=5):
        return [self.host(family) for _ in range(self.random.randrange(most))]

    def maybe(self, words):
        return words if self.random.random() < 0.3 else ""

    def ethernet(self, family):
        words = f"eth dst=01005e{self.hex(3)} src=02{self.hex(5)}"
        words += f" type={0x0800 if family == 4 else 0x86dd}"
        return words + self.maybe(f" tag={0x8100} vlan={self.bits(12)} priority={self.bits(3)}"
                                  f" dei={self.bits(1)}")

    def ip(self, family, protocol):
        words = f"src={self.host(family)} dst={self.group(family)} protocol={protocol}"
        if family == 4:
            return (f"ipv4 {words} dscp={self.bits(6)} ecn={self.bits(2)} id={self.bits(16)}"
                    f" ttl={self.bits(8)} df={self.bits(1)}" + self.maybe(" options=94040000")
                    + self.maybe(f" checksum={self.bits(16)}"))
        return (f"ipv6 {words} tclass={self.bits(8)} flow={self.bits(20)} hops={self.bits(8)}"
                + self.maybe(f" alert={self.bits(16)}"))

    def packet(self, family, protocol, payload):
        payload += self.maybe(f" checksum={self.bits(16)}")
        return f"{self.ethernet(family)} | {self.ip(family, protocol)} | {payload}"

    def udp(self, family):
        # Not port 0: tshark decodes many things there, and cannot be told not to.
        return self.packet(family, 17, f"udp src={self.bits(16) or 7} dst={self.bits(16) or 7}"
                                       f" payload={self.hex(self.random.randrange(60))}")

    def records(self, family):
        words = ""
        for _ in range(self.random.randrange(5)):
            words += f" record={self.random.randrange(1, 7)}/{self.group(family)}"
            words += f"/{'+'.join(self.hosts(family))}/"
            words += self.maybe(self.hex(self.random.randrange(12)))
        return words

    def query(self, family, bits):
        sources = "+".join(self.hosts(family, 9))
        return (f" code={self.bits(bits)} group={self.group(family)} suppress={self.bits(1)}"
                f" robustness={self.bits(3)} interval={self.bits(8)}"
                + (f" sources={sources}" if sources else ""))

    def igmp_short(self, _family):
        kind = self.random.choice(["version=1 type=0x11", "version=1 type=0x12",
                                   "version=2 type=0x16", "version=2 type=0x17",
                                   f"version=2 type=0x11 code={self.random.randrange(1, 256)}"])
        return self.packet(4, 2, f"igmp {kind} group={self.group(4)}")

    def igmp_query(self, _family):
        return self.packet(4, 2, "igmp version=3 type=0x11" + self.query(4, 8))

    def igmp_report(self, _family):
        return self.packet(4, 2, "igmp type=0x22" + self.records(4))

    def mld_short(self, _family):
        kind = self.random.choice([f"type=130 code={self.bits(16)}", "type=131", "type=132"])
        return self.packet(6, 58, f"mld version=1 {kind} group={self.group(6)}")

    def mld_query(self, _family):
        return self.packet(6, 58, "mld version=2 type=130" + self.query(6, 16))

    def mld_report(self, _family):
        return self.packet(6, 58, "mld type=143" + self.records(6))

    def pim(self, family, words):
        return self.packet(family, 103, f"pim {words}")

    def pim_group(self, family):
        flags = self.random.choice([0, 0x80, 1, 0x81])
        mask = 32 if family == 4 else 128
        return f"{self.group(family)}@{mask}@{flags}"

    def pim_sources(self, family):
        mask = 32 if family == 4 else 128
        return "+".join(f"{host}@{mask}@{self.bits(3)}" for host in self.hosts(family))

    def pim_hello(self, family):
        words = self.maybe(f" holdtime={self.bits(16)}") + self.maybe(
            f" propagation={self.bits(15)} override={self.bits(16)} tracking={self.bits(1)}")
        words += self.maybe(f" priority={self.bits(32)}")
        words += self.maybe(f" generation={self.bits(32)}")
        for host in self.hosts(family):
            words += f" address={host}"
        return self.pim(family, "type=0" + words)

    def pim_register(self, family):
        # The packet inside is one that nobody looks into: protocol 253 (RFC 3692).
        inner = "45000014000000000afd0000" + "0a000001" + "ef010203"
        if family == 6:
            inner = "600000000000fd0a" + "fd" + "00" * 14 + "01" + "ff15" + "00" * 13 + "07"
        return self.pim(family, f"type=1 border={self.bits(1)} null={self.bits(1)}"
                                f" packet={inner}")

    def pim_register_stop(self, family):
        return self.pim(family,
                        f"type=2 group={self.pim_group(family)} source={self.host(family)}")

    def pim_join_prune(self, family):
        words = f"type={self.random.choice([3, 6, 7])} upstream={self.host(family)}"
        words += f" holdtime={self.bits(16)}"
        for _ in range(self.random.randrange(4)):
            words += (f" group={self.pim_group(family)}/{self.pim_sources(family)}"
                      f"/{self.pim_sources(family)}")
        return self.pim(family, words)

    def pim_bootstrap(self, family):
        words = f"type=4 router={self.host(family)} tag={self.bits(16)} hash={self.bits(8)}"
        words += f" priority={self.bits(8)}"
        for _ in range(self.random.randrange(4)):
            rps = "+".join(f"{host}@{self.bits(16)}@{self.bits(8)}"
                           for host in self.hosts(family))
            words += f" group={self.pim_group(family)}/{rps}"
        return self.pim(family, words)

    def pim_assert(self, family):
        return self.pim(family, f"type=5 group={self.pim_group(family)}"
                                f" source={self.host(family)} rpt={self.bits(1)}"
                                f" preference={self.bits(31)} metric={self.bits(32)}")

    def pim_candidate_rp(self, family):
        words = f"type=8 rp={self.host(family)} holdtime={self.bits(16)}"
        words += f" priority={self.bits(8)}"
        for _ in range(self.random.randrange(1, 4)):
            words += f" group={self.pim_group(family)}"
        return self.pim(family, words)


KINDS = ["udp", "igmp_short", "igmp_query", "igmp_report", "mld_short", "mld_query",
         "mld_report", "pim_hello", "pim_register", "pim_register_stop", "pim_join_prune",
         "pim_bootstrap", "pim_assert", "pim_candidate_rp"]


def tool(binary, mode, lines):
    """One line of output per line of input."""
    done = subprocess.run([binary, mode], input="\n".join(lines) + "\n", text=True,
                          stdout=subprocess.PIPE, check=True)
    return done.stdout.split("\n")[:len(lines)]


def read_ours(binary, frames):
    """Per frame: name -> values, in their order."""
    result = []
    for line in tool(binary, "read", frames):
        fields = collections.defaultdict(list)
        for word in line.split():
            name, value = word.split("=", 1)
            fields[name].append(normal(name, value))
        result.append(fields)
    return result


def write_pcap(path, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for frame in frames:
            data = bytes.fromhex(frame)
            file.write(struct.pack("<IIII", 0, 0, len(data), len(data)) + data)


def normal(name, value):
    """A value as both sides can be compared by: number, address or text."""
    if name in HEXADECIMAL:
        return value.replace(":", "")
    if value in TRUTH:
        return TRUTH[value]
    for kind in (lambda text: int(text, 0), ipaddress.ip_address):
        try:
            return kind(value)
        except ValueError:
            pass
    return value


def read_tshark(frames, names):
    """Per frame what tshark reads of the fields `names`."""
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "frames.pcap")
        write_pcap(path, frames)
        command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a",
                   "-E", "separator=/t", "-E", "aggregator=|"]
        command += ["-d", "udp.port==0-65535,data"]  # not DNS, by chance
        for preference in PREFERENCES:
            command += ["-o", preference]
        for name in names:
            command += ["-e", name]
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        print("Bail out! tshark:", " ".join(done.stderr.split("\n")[:3]))
        sys.exit(1)
    result = []
    for line in done.stdout.split("\n")[:len(frames)]:
        values = line.split("\t")
        result.append({name: [normal(name, text) for text in value.split("|")]
                       for name, value in zip(names, values) if value != ""})
    return result


def differences(ours, theirs):
    """Where the same name has other values; a register's inner IP header is tshark's alone."""
    found = []
    for name, values in ours.items():
        read = theirs.get(name, [])
        if name in DOUBLED:
            read = read[::2]
        if name.startswith(("ip.", "ipv6.")):
            read = read[:len(values)]
        if name != "malformed" and read != values:
            found.append(f"{name}: ours {values}, tshark's {read}")
    return found


def names_of(readings):
    names = {name for fields in readings for name in fields} - {"malformed"}
    return sorted(names) + ["_ws.malformed"]


def compare(tap, title, packets, readings):
    """`packets`: (words, frame) of one kind; `readings`: (ours, tshark's) of the same."""
    details = []
    for (words, frame), (ours, theirs) in zip(packets, readings):
        found = differences(ours, theirs)
        if "malformed" in ours or "_ws.malformed" in theirs:
            found.append(f"malformed: {ours.get('malformed')}, {theirs.get('_ws.malformed')}")
        if found:
            details += [words, frame] + found
    tap.result(not details, title, details[:40])


def built_packets(binary, generator):
    """kind -> [(words, frame)]"""
    result = {}
    for kind in KINDS:
        words = [getattr(generator, kind)(4 if i % 2 else 6) for i in range(KIND_COUNT)]
        result[kind] = list(zip(words, tool(binary, "build", words)))
    return result


def read_both(binary, frames):
    ours = read_ours(binary, frames)
    return list(zip(ours, read_tshark(frames, names_of(ours))))


def check_built(tap, binary, packets):
    frames = [frame for kind in KINDS for _, frame in packets[kind]]
    readings = read_both(binary, frames)
    tap.result(len(readings) == len(frames), f"tshark reads all {len(frames)} packets")
    for index, kind in enumerate(KINDS):
        compare(tap, f"{kind}: tshark reads what we built", packets[kind],
                readings[index * KIND_COUNT:(index + 1) * KIND_COUNT])


def change(generator, frame):
    """A few bytes of the message other ones, or its end cut off, the IP length fitting."""
    data = bytearray.fromhex(frame)
    tag = 4 if data[12:14] == b"\x81\x00" else 0
    ipv4 = data[12 + tag:14 + tag] == b"\x08\x00"
    ip = 14 + tag
    message = ip + ((data[ip] & 15) * 4 if ipv4 else 48 if data[ip + 6] == 0 else 40)
    if generator.random.random() < 0.5:
        for _ in range(generator.random.randrange(1, 4)):
            data[generator.random.randrange(message, len(data))] = generator.bits(8)
    else:
        del data[generator.random.randrange(message, len(data)):]
        place, length = (ip + 2, len(data) - ip) if ipv4 else (ip + 4, len(data) - ip - 40)
        data[place:place + 2] = length.to_bytes(2, "big")
    return data.hex()


def disagreements(ours, theirs):
    """On a changed packet, with what is known about tshark taken into account."""
    if "malformed" in ours:
        return []  # tshark is more lenient with lengths that the RFCs forbid
    if {0} & set(ours.get("udp.srcport", []) + ours.get("udp.dstport", [])):
        return []  # see Generator.udp
    if ours.get("pim.type", [0])[0] not in (0, 2, 3, 4, 5, 6, 7, 8):
        return []  # a body that we do not read; a register's packet, which tshark reads too
    if theirs.get("pim.cksum.status") == [2]:
        return []  # a version or type that tshark has no checksum for
    if ours.get("ip.proto", ours.get("ipv6.nxt")) != [17] and not UPPER & set(ours):
        return []  # a type of message that we do not read
    for name in theirs:
        if name == "udp.payload":  # tshark takes what is behind the end for a part of it
            theirs[name] = [theirs[name][0][:len(value)] for value in ours.get(name, [])]
        if name.startswith("icmpv6.mldr."):  # tshark takes additional data for records
            theirs[name] = theirs[name][:len(ours.get(name, []))]
    found = differences(ours, theirs)
    if "_ws.malformed" in theirs and not any(n.startswith("icmpv6.mldr.") for n in ours):
        found.append(f"we read it; tshark: {theirs['_ws.malformed']}")
    return found


def check_changed(tap, binary, generator, packets):
    frames = [change(generator, frame) for kind in KINDS for _, frame in packets[kind]]
    readings = read_both(binary, frames)
    malformed = sum("malformed" in ours for ours, _ in readings)
    details = []
    for frame, (ours, theirs) in zip(frames, readings):
        found = disagreements(ours, theirs)
        if found:
            details += [frame] + found
    tap.result(not details and 0 < malformed < len(frames),
               f"tshark reads changed packets as we do, those that we read ({malformed} of"
               f" {len(frames)} are malformed)", details[:40])


def main():
    binary = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    if not shutil.which("tshark"):
        print("1..0 # SKIP tshark is not installed")
        return 77
    print("TAP version 13")
    print(f"# seed {seed}")
    tap = Tap()
    generator = Generator(seed)
    packets = built_packets(binary, generator)
    check_built(tap, binary, packets)
    check_changed(tap, binary, generator, packets)
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
