#!/usr/bin/python3
"""Packets as scenarios have them, built and read, against scapy's and tshark's reading of the bytes.

    tests/differential/packets.py BINARY [SEED]    the same packets for the same seed

Random tables of layers go through mcast.packet; what mcast.decode, scapy and tshark read of the bytes
must be what went in, checksums included. Then the same with some bytes changed: where all three read
a packet, they must read the same. TAP 13 on standard output.
"""

import ipaddress
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(HERE.parent / "wire"))
import differential  # noqa: E402

COUNT = 3000
RECORDS = {"is_include": 1, "is_exclude": 2, "to_include": 3, "to_exclude": 4, "allow": 5, "block": 6}
STATUS = {"ip": "ip.checksum.status", "udp": "udp.checksum.status", "igmp": "igmp.checksum.status",
          "mld": "icmpv6.checksum.status", "pim": "pim.cksum.status"}


# ---- random packets ------------------------------------------------------------------------------

class Generator(differential.Generator):
    """Tables of layers whose values mcast.decode must give back as they are."""

    def chance(self, probability=0.3):
        return self.random.random() < probability

    def code8(self):
        """A value that the exponential codes of RFC 3376, section 4.1.1, can say."""
        code = self.bits(8)
        return code if code < 128 else (code & 15 | 16) << ((code >> 4 & 7) + 3)

    def code16(self):
        code = self.bits(16)
        return code if code < 32768 else (code & 4095 | 4096) << ((code >> 12 & 7) + 3)

    def sources(self, family):
        return [str(ipaddress.ip_address(host)) for host in self.hosts(family, 6)]

    def records_of(self, family):
        records = []
        for _ in range(self.random.randrange(5)):
            record = {"type": self.random.choice(list(RECORDS)), "group": self.group(family),
                      "sources": self.sources(family)}
            if self.chance():
                record["auxiliary"] = self.hex(4 * self.random.randrange(1, 4))
            records.append(record)
        return records

    def query_of(self, family):
        message = {"type": "query", "group": self.group(family) if self.chance(0.7) else
                   ("0.0.0.0" if family == 4 else "::")}
        newest = 3 if family == 4 else 2
        message["version"] = self.random.randrange(2 if family == 4 else 1, newest + 1)
        if message["version"] == newest:
            message["max_response"] = self.code8() / 10 if family == 4 else self.code16() / 1000
            message.update(robustness=self.bits(3), query_interval=self.code8(),
                           suppress=bool(self.bits(1)), sources=self.sources(family))
        else:
            message["max_response"] = (self.random.randrange(1, 256) / 10 if family == 4
                                       else self.bits(16) / 1000)
        return message

    def membership(self, family):
        newest = 3 if family == 4 else 2
        kind = self.random.choice(["query", "report", "report", "leave"])
        if kind == "query":
            return self.query_of(family)
        if kind == "leave":
            return {"type": "leave" if family == 4 else "done", "group": self.group(family)}
        version = self.random.randrange(1, newest + 1)
        if version < newest:
            return {"type": "report", "version": version, "group": self.group(family)}
        return {"type": "report", "version": version, "records": self.records_of(family)}

    def hello(self):
        message = {"type": "hello"}
        for name, bits in (("holdtime", 16), ("dr_priority", 32), ("generation_id", 32)):
            if self.chance(0.6):
                message[name] = self.bits(bits)
        if self.chance():
            message["lan_prune_delay"] = {"tracking": bool(self.bits(1)),
                                          "propagation_delay": self.bits(15) / 1000,
                                          "override_interval": self.bits(16) / 1000}
        return message

    def header(self, family):
        fields = {"source": str(ipaddress.ip_address(self.host(family))),
                  "destination": self.group(family)}
        if family == 4:
            fields.update(ttl=self.bits(8), dscp=self.bits(6), ecn=self.bits(2),
                          identification=self.bits(16), dont_fragment=bool(self.bits(1)))
        else:
            fields.update(hop_limit=self.bits(8), traffic_class=self.bits(8),
                          flow_label=self.bits(20))
        return fields

    def table(self):
        family = self.random.choice([4, 6])
        kind = self.random.choice(["udp", "member", "member", "member", "pim"])
        packet = {"eth": {"source": "02:00:00:00:00:01"}, "ip" if family == 4 else "ip6":
                  self.header(family)}
        if self.chance():
            packet["eth"]["vlan"] = {"id": self.bits(12), "priority": self.bits(3),
                                     "drop_eligible": bool(self.bits(1))}
        if kind == "udp":
            name = "udp"
            packet["udp"] = {"source_port": self.bits(16) or 7, "payload":
                             self.hex(self.random.randrange(60)),
                             "destination_port": self.bits(16) or 7}
        elif kind == "pim":
            name = "pim"
            packet["pim"] = self.hello()
        else:
            name = "igmp" if family == 4 else "mld"
            packet[name] = self.membership(family)
        if self.chance(0.1):
            packet[name]["checksum"] = self.random.randrange(1, 0xffff)
        if family == 4 and self.chance(0.1):
            packet["ip"]["checksum"] = self.random.randrange(1, 0xffff)
        return packet


# ---- scapy's reading -----------------------------------------------------------------------------

def decode8(code):
    return code if code < 128 else (code & 15 | 16) << ((code >> 4 & 7) + 3)


def decode16(code):
    return code if code < 32768 else (code & 4095 | 4096) << ((code >> 12 & 7) + 3)


class Scapy:
    """Bytes as the same tables, by scapy's dissectors alone."""

    def __init__(self):
        # pylint: disable=import-outside-toplevel
        import scapy.contrib.igmp
        import scapy.contrib.igmpv3
        import scapy.contrib.pim
        import scapy.layers.inet
        import scapy.layers.inet6
        import scapy.layers.l2
        self.l2, self.inet, self.inet6 = scapy.layers.l2, scapy.layers.inet, scapy.layers.inet6
        self.igmp, self.igmpv3 = scapy.contrib.igmp, scapy.contrib.igmpv3
        self.pim = scapy.contrib.pim

    def read(self, data):
        """The table, and the bytes that scapy would make of the same with its own checksum."""
        ether = self.l2.Ether(data[:14])
        read = {"eth": {"source": ether.src, "destination": ether.dst}}
        kind, data = ether.type, data[14:]
        if kind == 0x8100:
            tag = self.l2.Dot1Q(data[:4])
            dei = getattr(tag, "dei", None)
            read["eth"]["vlan"] = {"id": tag.vlan, "priority": tag.prio,
                                   "drop_eligible": bool(tag.id if dei is None else dei)}
            kind, data = tag.type, data[4:]
        if kind == 0x0800:
            self.read_ipv4(read, data)
        else:
            self.read_ipv6(read, data)
        return read

    def read_ipv4(self, read, data):
        header = self.inet.IP(data[:(data[0] & 15) * 4])
        del header.chksum
        right = self.inet.IP(bytes(header)).chksum
        given = self.inet.IP(data[:20]).chksum
        header = self.inet.IP(data[:(data[0] & 15) * 4])
        alert = any(type(o).__name__ == "IPOption_Router_Alert" for o in header.options)
        read["ip"] = {"source": header.src, "destination": header.dst, "ttl": header.ttl,
                      "protocol": header.proto, "dscp": header.tos >> 2, "ecn": header.tos & 3,
                      "identification": header.id, "dont_fragment": bool(header.flags & 2),
                      "more_fragments": bool(header.flags & 1), "total_length": header.len,
                      "fragment_offset": header.frag * 8, "header_length": header.ihl * 4,
                      "checksum": given, "checksum_valid": given == right, "router_alert": alert}
        self.read_message(read, header.proto, data[header.ihl * 4:header.len], header)

    def read_ipv6(self, read, data):
        header = self.inet6.IPv6(data[:40])
        read["ip6"] = {"source": header.src, "destination": header.dst, "hop_limit": header.hlim,
                       "traffic_class": header.tc, "flow_label": header.fl,
                       "payload_length": header.plen}
        protocol, rest = header.nh, data[40:40 + header.plen]
        if protocol == 0:
            hops = self.inet6.IPv6ExtHdrHopByHop(rest[:8])
            read["ip6"]["router_alert"] = hops.options[0].value
            protocol, rest = hops.nh, rest[8:]
        read["ip6"]["protocol"] = protocol
        self.read_message(read, protocol, rest, header)

    def checksum(self, message, protocol, header, place):
        """The given one, and whether it is scapy's."""
        zeroed = message[:place] + b"\0\0" + message[place + 2:]
        if header.name == "IPv6":
            right = self.inet6.in6_chksum(protocol, header, zeroed)
        elif protocol == 17:
            right = self.inet.in4_chksum(17, header, zeroed)
        else:
            right = self.inet.checksum(zeroed)
        given = int.from_bytes(message[place:place + 2], "big")
        if protocol == 17 and right == 0:
            right = 0xffff
        return {"checksum": given, "checksum_valid": given == right}

    def read_message(self, read, protocol, message, header):
        if protocol == 17:
            udp = self.inet.UDP(message[:8])
            read["udp"] = {"source_port": udp.sport, "destination_port": udp.dport,
                           "payload": message[8:udp.len].hex(), "length": udp.len}
            read["udp"].update(self.checksum(message[:udp.len], 17, header, 6))
        elif protocol == 2:
            read["igmp"] = dict(self.read_igmp(message), **self.checksum(message, 2, header, 2))
        elif protocol == 58:
            read["mld"] = dict(self.read_mld(message), **self.checksum(message, 58, header, 2))
        elif protocol == 103:
            read["pim"] = dict(self.read_pim(message), **self.checksum(message, 103, header, 2))

    def read_igmp(self, message):
        if message[0] == 0x22:
            return {"type": "report", "version": 3, "records": self.igmp_records(message)}
        if message[0] == 0x11 and len(message) >= 12:
            query = self.igmpv3.IGMPv3mq(message[4:])
            return {"type": "query", "version": 3, "group": query.gaddr,
                    "max_response": decode8(message[1]) / 10, "robustness": query.qrv,
                    "suppress": bool(query.s), "query_interval": decode8(query.qqic),
                    "sources": query.srcaddrs}
        short = self.igmp.IGMP(message[:8])
        names = {0x11: ("query", 2), 0x12: ("report", 1), 0x16: ("report", 2), 0x17: ("leave", 2)}
        kind, version = names[short.type]
        read = {"type": kind, "version": version, "group": short.gaddr}
        if kind == "query":  # without a code one of version 1, which waits 10 s: RFC 2236, section 4
            read["version"] = version if short.mrcode else 1
            read["max_response"] = short.mrcode / 10 or 10.0
        return read

    @staticmethod
    def record(kind, group, sources):
        names = {number: name for name, number in RECORDS.items()}
        return {"type": names.get(kind, kind), "group": group, "sources": list(sources)}

    # scapy 2.5 ends a list of records at the first one of MLD, and knows no auxiliary data in IGMP's:
    # each record is read by itself.

    def igmp_records(self, message):
        records, rest = [], message[8:]
        for _ in range(int.from_bytes(message[6:8], "big")):
            one = self.igmpv3.IGMPv3gr(rest)
            records.append(self.record(one.rtype, one.maddr, one.srcaddrs))
            rest = rest[8 + 4 * one.numsrc + 4 * one.auxdlen:]
        return records

    def mld_records(self, message):
        records, rest = [], message[8:]
        for _ in range(int.from_bytes(message[6:8], "big")):
            one = self.inet6.ICMPv6MLDMultAddrRec(rest)
            records.append(self.record(one.rtype, one.dst, one.sources))
            rest = rest[20 + 16 * one.sources_number + 4 * one.auxdata_len:]
        return records

    def read_mld(self, message):
        inet6 = self.inet6
        if message[0] == 143:
            return {"type": "report", "version": 2, "records": self.mld_records(message)}
        if message[0] == 130 and len(message) >= 28:
            query = inet6.ICMPv6MLQuery2(message)
            return {"type": "query", "version": 2, "group": query.mladdr,
                    "max_response": decode16(query.mrd) / 1000, "robustness": query.QRV,
                    "suppress": bool(query.S), "query_interval": decode8(query.QQIC),
                    "sources": query.sources}
        layer = {130: inet6.ICMPv6MLQuery, 131: inet6.ICMPv6MLReport,
                 132: inet6.ICMPv6MLDone}[message[0]](message[:24])
        kind = {130: "query", 131: "report", 132: "done"}[message[0]]
        read = {"type": kind, "version": 1, "group": layer.mladdr}
        if kind == "query":
            read["max_response"] = layer.mrd / 1000
        return read

    def read_pim(self, message):
        header = self.pim.PIMv2Hdr(message[:4])
        read = {"version": header.version, "type": {0: "hello"}[header.type]}
        for option in self.pim.PIMv2Hello(message[4:]).option:
            if option.type == 1:
                read["holdtime"] = option.holdtime
            elif option.type == 19:
                read["dr_priority"] = option.dr_priority
            elif option.type == 20:
                read["generation_id"] = option.generation_id
            elif option.type == 2:
                delay = option.value[0]
                read["lan_prune_delay"] = {"tracking": bool(delay.t),
                                           "propagation_delay": delay.propagation_delay / 1000,
                                           "override_interval": delay.override_interval / 1000}
        return read


# ---- comparing -----------------------------------------------------------------------------------

def canonical(value):
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        return value


def missing(wanted, found, path=""):
    """Where `found` is not as `wanted` says; what it has besides does not matter."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            return [f"{path}: {wanted} and {found}"]
        return [line for key, value in wanted.items()
                for line in missing(value, found.get(key), f"{path}.{key}")]
    if isinstance(wanted, list):
        found = found or []
        if len(found) != len(wanted):
            return [f"{path}: {wanted} and {found}"]
        return [line for index, value in enumerate(wanted)
                for line in missing(value, found[index], f"{path}[{index}]")]
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        same = abs(wanted - found) < 1e-9
    elif isinstance(wanted, str) and isinstance(found, str):
        same = canonical(wanted) == canonical(found)
    else:
        same = wanted == found
    return [] if same else [f"{path}: {wanted} and {found}"]


def ask(binary, questions):
    with tempfile.TemporaryDirectory() as place:
        asked, answered = pathlib.Path(place, "questions"), pathlib.Path(place, "answers")
        asked.write_text("".join(json.dumps(one) + "\n" for one in questions), encoding="utf-8")
        done = subprocess.run(
            [binary, "run", "--param", f"questions={asked}", "--param", f"answers={answered}",
             str(HERE / "packets.lua")], text=True, stdout=subprocess.PIPE, check=False)
        if done.returncode != 0:
            print("Bail out!", done.stdout.replace("\n", " ")[:600])
            sys.exit(1)
        return [json.loads(line) for line in answered.read_text(encoding="utf-8").splitlines()]


def checksums(read, theirs):
    """Ours against tshark's: 1 is good, 0 is bad."""
    found = []
    for name, field in STATUS.items():
        valid, status = read.get(name, {}).get("checksum_valid"), theirs.get(field)
        if valid is not None and status and status[0] in (0, 1) and valid != bool(status[0]):
            found.append(f"{name}: checksum_valid {valid}, tshark's status {status[0]}")
    return found


def check_built(tap, answers, tables, scapy):
    frames = [one["hex"] for one in answers]
    theirs = differential.read_tshark(frames, list(STATUS.values()) + ["_ws.malformed"])
    ours, by_scapy, by_tshark = [], [], []
    for table, one, tshark in zip(tables, answers, theirs):
        about = [json.dumps(table), one["hex"]]
        found = missing(table, one["read"]) + (["malformed"] if "malformed" in one["read"] else [])
        ours += about + found if found else []
        found = missing(scapy.read(bytes.fromhex(one["hex"])), one["read"])
        by_scapy += about + found if found else []
        found = checksums(one["read"], tshark)
        found += ["malformed"] if "_ws.malformed" in tshark else []
        by_tshark += about + found if found else []
    right = [name for one in answers for name in STATUS
             if one["read"].get(name, {}).get("checksum_valid")]
    tap.result(len(answers) == len(tables) and len(right) > len(tables),
               f"{len(tables)} tables are built")
    tap.result(not ours, "we read what we built", ours[:30])
    tap.result(not by_scapy, "scapy reads what we read", by_scapy[:30])
    tap.result(not by_tshark, "tshark finds the checksums right that we do", by_tshark[:30])


def change(generator, frame):
    data = bytearray.fromhex(frame)
    for _ in range(generator.random.randrange(1, 4)):
        data[generator.random.randrange(14, len(data))] = generator.bits(8)
    return data.hex()


def check_changed(tap, binary, generator, answers, scapy):
    frames = [change(generator, one["hex"]) for one in answers]
    read = ask(binary, frames)
    theirs = differential.read_tshark(frames, list(STATUS.values()) + ["_ws.malformed"])
    details, compared = [], 0
    same = all(one["hex"] == frame or "pim" in one["read"] for one, frame in zip(read, frames))
    for frame, one, tshark in zip(frames, read, theirs):
        ours = one["read"]
        if ours.get("malformed") or ours["truncated"] or "_ws.malformed" in tshark:
            continue
        try:
            wanted = scapy.read(bytes.fromhex(frame))
        except Exception:  # pylint: disable=broad-except; scapy raises whatever it likes
            continue
        if set(wanted) != {name for name in ours if isinstance(ours[name], dict)}:
            continue  # a message that only one of us knows
        if "body" in ours.get("pim", {}):
            continue  # a version that is none, or options that scapy takes whatever their length
        ip = ours.get("ip") or ours["ip6"]
        if ip.get("more_fragments") or ip.get("fragment_offset") or len(ip.get("extensions", [])) > 1:
            continue  # a part of a message; extension headers that Scapy.read_ipv6() does not know
        wanted.get("ip", {}).pop("router_alert", None)  # scapy's is of any length
        compared += 1
        found = missing(wanted, ours) + checksums(ours, tshark)
        details += [frame] + found if found else []
    tap.result(same, "what is read is written as it was")
    tap.result(not details and compared > len(frames) // 4,
               f"changed bytes are read alike ({compared} of {len(frames)} are read by all three)",
               details[:30])


def main():
    binary = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    try:
        scapy = Scapy()
    except ImportError:
        print("1..0 # SKIP scapy is not installed")
        return 77
    if not shutil.which("tshark"):
        print("1..0 # SKIP tshark is not installed")
        return 77
    print("TAP version 13")
    print(f"# seed {seed}")
    tap, generator = differential.Tap(), Generator(seed)
    tables = [generator.table() for _ in range(COUNT)]
    answers = ask(binary, tables)
    check_built(tap, answers, tables, scapy)
    check_changed(tap, binary, generator, answers, scapy)
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
