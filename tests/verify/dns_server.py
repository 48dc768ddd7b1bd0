# SPDX-License-Identifier: MIT
"""A name server that is a script: recursive at one address, authoritative at
others, and with every fault at any of them."""

import collections
import ipaddress
import socket
import struct
import threading

from listening import Loop, listen

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16,
         "AAAA": 28, "DNAME": 39, "DS": 43, "TLSA": 52, "CAA": 257}
NAMES = {number: name for name, number in TYPES.items()}
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5
TTL = 300
SOA = "ns1.alpha.test hostmaster.alpha.test 1 3600 600 86400 300"
RESOLVER = "127.0.0.53"  # on this machine, so its AD counts
FAR_RESOLVER = "192.0.2.53"  # elsewhere

Record = collections.namedtuple("Record", "ttl data")


class Reply:
    """What one server says instead of what is in the zones. `records`: (owner,
    type, data). `ede`: an extended error (RFC 8914), a number and a text."""

    def __init__(self, rcode=NOERROR, records=(), silent=False,
                 authoritative=True, ede=None):
        self.rcode, self.silent, self.ede = rcode, silent, ede
        self.records = [(owner, kind, Record(TTL, data))
                        for owner, kind, data in records]
        self.authoritative, self.authority = authoritative, []
        self.secure = False


SILENCE = Reply(silent=True)


def name_octets(name):
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def strings_octets(strings):
    if isinstance(strings, (str, bytes)):
        strings = [strings]
    result = b""
    for text in strings:
        octets = text.encode() if isinstance(text, str) else text
        for start in range(0, max(len(octets), 1), 255):
            part = octets[start:start + 255]
            result += bytes([len(part)]) + part
    return result


def data_octets(kind, data):
    """From the form of zone files, but TXT: a text, or a list of strings."""
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(data).packed
    if kind in ("NS", "CNAME", "DNAME"):
        return name_octets(data)
    if kind == "TXT":
        return strings_octets(data)
    fields = data.split(" ")
    if kind == "MX":
        return struct.pack("!H", int(fields[0])) + name_octets(fields[1])
    if kind == "SOA":
        return (name_octets(fields[0]) + name_octets(fields[1])
                + struct.pack("!5I", *map(int, fields[2:])))
    if kind == "CAA":
        return (bytes([int(fields[0]), len(fields[1])]) + fields[1].encode()
                + fields[2].encode())
    if kind == "TLSA":
        return bytes(map(int, fields[:3])) + bytes.fromhex(fields[3])
    assert kind == "DS"
    return (struct.pack("!HBB", *map(int, fields[:3]))
            + bytes.fromhex(fields[3]))


class Zones:
    """Records by (name, type). `signed`: zones whose answers a resolver calls
    validated; `bogus`: zones that it finds to be forged. `says`: replies by
    (address of the server or None, name, type), or by (address, zone, None)."""

    def __init__(self):
        self.records = collections.defaultdict(list)
        self.names = set()
        self.signed, self.bogus = set(), set()
        self.says = {}

    def add(self, name, kind, *values, ttl=TTL):
        for data in values:
            self.records[name, kind].append(Record(ttl, data))
        parts = name.split(".")
        self.names.update(".".join(parts[i:]) for i in range(len(parts)))

    def put(self, name, kind, *values, ttl=TTL):
        """Instead of what is there."""
        self.records.pop((name, kind), None)
        self.add(name, kind, *values, ttl=ttl)

    def drop(self, name, *kinds):
        """The name goes, too, when nothing else is left of it."""
        for kind in kinds:
            self.records.pop((name, kind), None)
        if not any(known == name or known.endswith("." + name)
                   for known, _ in self.records):
            self.names.discard(name)

    def add_zone(self, name, soa=SOA, servers=("ns1.alpha.test",
                                               "ns2.alpha.test")):
        self.add(name, "SOA", soa)
        self.add(name, "NS", *servers)

    def zone_of(self, name):
        parts = name.split(".")
        return next((zone for i in range(len(parts))
                     if (zone := ".".join(parts[i:]), "SOA") in self.records),
                    None)

    def find(self, name, kind):
        """(rcode, [(owner, type, record)], zones that were walked through)."""
        found, walked = [], []
        for _ in range(32):
            walked.append(self.zone_of(name))
            if (name, kind) in self.records:
                found += [(name, kind, one) for one in self.records[name, kind]]
                return NOERROR, found, walked
            alias = self.records.get((name, "CNAME"))
            if alias is None:
                break
            if (name, "CNAME", alias[0]) in found:
                return NOERROR, found, walked  # a loop
            found.append((name, "CNAME", alias[0]))
            name = alias[0].data
        return NOERROR if name in self.names else NXDOMAIN, found, walked


class NameServers:
    """Answers from `zones` at `addresses`, on port 53. Counts the questions:
    .asked[address, name, type]."""

    def __init__(self, zones, addresses):
        self.zones = zones
        self.asked = collections.Counter()
        sockets = []
        for address in addresses:
            tcp = listen(address, 53)
            udp = socket.socket(tcp.family, socket.SOCK_DGRAM)
            udp.bind((address, 53))
            sockets += [(udp, address), (tcp, address)]
        self._loop = Loop(sockets, self._ready)

    def close(self):
        self._loop.close()

    def _ready(self, one, address):
        if one.type == socket.SOCK_STREAM:
            threading.Thread(target=self._talk, daemon=True, args=(
                one.accept()[0], address)).start()
            return
        question, peer = one.recvfrom(4096)
        if answer := self._answer(question, address, udp=True):
            one.sendto(answer, peer)

    def _talk(self, connection, address):
        with connection, connection.makefile("rb") as stream:
            connection.settimeout(30)
            while len(head := stream.read(2)) == 2:
                question = stream.read(struct.unpack("!H", head)[0])
                if answer := self._answer(question, address, udp=False):
                    connection.sendall(struct.pack("!H", len(answer)) + answer)

    def _answer(self, question, address, udp):
        number, flags, _, _, _, additional = struct.unpack("!6H", question[:12])
        labels, place = [], 12
        while question[place]:
            labels.append(question[place + 1:place + 1 + question[place]])
            place += 1 + question[place]
        name = b".".join(labels).decode().lower()
        kind = NAMES.get(struct.unpack("!H", question[place + 1:place + 3])[0])
        echo = question[12:place + 5]
        # The OPT record comes first in the additional section, if at all.
        room = (struct.unpack("!H", question[place + 8:place + 10])[0]
                if additional else 512)
        self.asked[address, name, kind] += 1
        recursive = address in (RESOLVER, FAR_RESOLVER)
        reply = self._find(address, name, kind, recursive,
                           unchecked=bool(flags & 0x10))
        if reply.silent:
            return None
        answer_flags = (0x8000 | (flags & 0x0110) | reply.rcode
                        | (0x80 if recursive else
                           0x400 if reply.authoritative else 0)
                        | (0x20 if reply.secure else 0))
        sections = [reply.records, reply.authority]
        option = b""
        if additional:
            extended = b""
            if reply.ede:
                text = struct.pack("!H", reply.ede[0]) + reply.ede[1].encode()
                extended = struct.pack("!HH", 15, len(text)) + text
            option = (b"\0" + struct.pack("!HHIH", 41, 1232, 0x8000,
                                          len(extended)) + extended)
        body = b"".join(octets_of(*one) for part in sections for one in part)
        counts = [len(part) for part in sections]
        if udp and 12 + len(echo) + len(body) + len(option) > room:
            answer_flags, body, counts = answer_flags | 0x200, b"", [0, 0]
        return (struct.pack("!6H", number, answer_flags, 1, *counts,
                            1 if additional else 0) + echo + body + option)

    def _find(self, address, name, kind, recursive, unchecked):
        zones = self.zones
        for key in ((address, name, kind), (None, name, kind),
                    (address, zones.zone_of(name), None)):
            if key in zones.says:
                return zones.says[key]
        rcode, found, walked = zones.find(name, kind)
        if recursive and not unchecked and zones.bogus.intersection(walked):
            return Reply(SERVFAIL, ede=(6, "the signature is not valid"))
        reply = Reply(rcode)
        reply.records = found
        zone = zones.zone_of(found[-1][2].data if found
                             and found[-1][1] == "CNAME" else name)
        if (rcode == NXDOMAIN or not found or found[-1][1] != kind) and zone:
            reply.authority = [(zone, "SOA", zones.records[zone, "SOA"][0])]
        reply.secure = recursive and all(one in zones.signed for one in walked)
        return reply


def octets_of(owner, kind, record):
    data = data_octets(kind, record.data)
    return name_octets(owner) + struct.pack(
        "!HHIH", TYPES[kind], 1, record.ttl, len(data)) + data
