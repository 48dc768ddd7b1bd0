# SPDX-License-Identifier: MIT
"""Clients that send a little now and then, or take a little, for as long as
they are let (slowloris), as data: each makes its connection and says what it
drips. limits_test.py has those of one kind each in every phase."""

import socket
import typing

from client_hello import hello, records
from daemon import HOST, PATH, TIMEOUT
from forged_session import (APPLICATION_DATA, KEY_UPDATE, V12, V13,
                            ForgedSession)
from memory_client import HANDSHAKE, make_record

REQUEST = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
COUNT = 200  # longer than anyone is let


class Case(typing.NamedTuple):
    name: str
    begin: typing.Callable  # from the daemon to (a socket, what it drips)
    rule: str = "RFC 9110, 15.5.9"


def plain(octets, first=b""):
    def begin(daemon):
        connection = daemon.dial()
        connection.sendall(first)
        return connection, octets
    return begin


def secure(parts, first=b""):
    def begin(daemon):
        connection = daemon.connect()
        connection.sendall(first)
        return connection, parts
    return begin


def sealed(version, make):
    """Records that only a forged session can send."""
    def begin(daemon):
        session = ForgedSession(daemon.dial(), version)
        return session.plain, (make(session.ours) for _ in range(COUNT))
    return begin


def half_sealed(version):
    """One record of the greatest size, octet by octet."""
    def begin(daemon):
        session = ForgedSession(daemon.dial(), version)
        whole = session.seal(APPLICATION_DATA, b"x" * 16000)
        return session.plain, in_octets(whole)
    return begin


def in_octets(octets):
    return [octets[at:at + 1] for at in range(len(octets))]


def update_keys(ours):
    octets = ours.seal(HANDSHAKE, bytes([KEY_UPDATE, 0, 0, 1, 1]))
    ours.update()
    return octets


def without_window(daemon):
    """It takes next to nothing, and asks for much."""
    small = socket.socket()
    small.settimeout(TIMEOUT)
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    small.connect(("127.0.0.1", daemon.port))
    connection = daemon.connect(plain=small)
    return connection, [REQUEST] * COUNT


HELLO = records(hello(), 1)  # six octets each
FIELDS = [f"X-{i}: {i}\r\n".encode() for i in range(COUNT)]
CASES = [
    Case("drip/hello-in-records-of-one-octet",
         plain([HELLO[at:at + 6] for at in range(0, len(HELLO) - 6, 6)])),
    Case("drip/hello-of-4000",
         plain([make_record(HANDSHAKE, b"x")] * COUNT,
               make_record(HANDSHAKE, b"\1\0\x0f\xa0"))),
    Case("drip/record-of-4000",
         plain([b"x"] * COUNT, b"\x16\3\1\x0f\xa4\1\0\x0f\xa0")),
    Case("drip/record-header", plain(in_octets(b"\x16\3\1\2"))),
    Case("drip/finished-in-octets",
         plain(in_octets(b"\x14\3\3\0\1\1\x17\3\3\0\x35" + b"x" * 52),
               make_record(HANDSHAKE, hello()))),
    Case("drip/change-cipher-specs",
         plain([b"\x14\3\3\0\1\1"] * 30, make_record(HANDSHAKE, hello()))),
    Case("drip/fields", secure(FIELDS, REQUEST[:-2])),
    Case("drip/one-field", secure([b"x"] * COUNT, REQUEST[:-2] + b"X: ")),
    Case("drip/method", secure([b"G"] * COUNT)),
    Case("drip/target", secure([b"x"] * COUNT, b"GET /")),
    Case("drip/requests", secure([REQUEST] * 90)),
    Case("drip/requests-in-octets", secure(in_octets(REQUEST * 3))),
    Case("drip/half-a-request-after-many",
         secure([b"x"] * COUNT, REQUEST * 50 + REQUEST[:-2] + b"X: ")),
    Case("drip/half-a-record-1.2", half_sealed(V12)),
    Case("drip/half-a-record-1.3", half_sealed(V13)),
    Case("drip/empty-records-1.3",
         sealed(V13, lambda ours: ours.seal(APPLICATION_DATA, b""))),
    Case("drip/key-updates", sealed(V13, update_keys)),
    Case("drip/renegotiations",
         sealed(V12, lambda ours: ours.seal(HANDSHAKE, hello()))),
    Case("drip/padding",
         sealed(V13, lambda ours: ours.seal_inner(
             bytes([APPLICATION_DATA]) + bytes(9)))),
    Case("drip/requests-with-no-window", without_window),
]
