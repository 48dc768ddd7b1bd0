# SPDX-License-Identifier: MIT
"""Connections that are made to cost much and then stay, as data: each says how
to begin one. The kernel does not always mean what it says of a socket: at
urgent data, over unix sockets and when memory is short it is called readable
with nothing to be read."""

import contextlib
import resource
import socket
import threading
import typing

import process
from certificates import client_context
from client_hello import hello, record, records
from daemon import HOST, PATH, POLICY, TIMEOUT, Daemon
from forged_session import APPLICATION_DATA, V13, ForgedSession
from memory_client import HANDSHAKE, make_record

REQUEST = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
HELLO = hello()
CALM = 0.02  # of a processor
TRIES = 5
# A policy of almost 10,000 octets.
LARGE = POLICY.replace('"mail.example.com"', ", ".join(
    f'"{"a" * 60}.{i}.{"b" * 60}.example.com"' for i in range(60)))


class Stage(typing.NamedTuple):
    name: str
    most_kb: int  # of memory


BEGUN = Stage("before a whole hello", 5)
# OpenSSL 3.0 has 58.5, 3.5 has 66.2.
SHAKING = Stage("in the handshake", 68)
SESSION = Stage("after the handshake", 60)


class Shape(typing.NamedTuple):
    name: str
    begin: typing.Callable  # from the daemon to a socket
    stage: Stage = BEGUN
    policy: str = POLICY

    @property
    def most_kb(self):
        return self.stage.most_kb


def plain(*parts, urgent=b"", dial=Daemon.dial):
    """Sends them, and before the last some octets as urgent."""
    def begin(daemon):
        connection = dial(daemon)
        for part in parts[:-1]:
            connection.sendall(part)
        if urgent:
            connection.send(urgent, socket.MSG_OOB)
        connection.sendall(parts[-1])
        return connection
    return begin


def secure(*parts, urgent=b"", dial=Daemon.dial):
    def begin(daemon):
        connection = daemon.connect(plain=dial(daemon), verify=False)
        for part in parts:
            connection.sendall(part)
        bare = socket.socket(fileno=connection.detach())
        bare.settimeout(TIMEOUT)
        if urgent:
            bare.send(urgent, socket.MSG_OOB)
        return bare
    return begin


def narrow(daemon):
    """Of a client that takes next to nothing."""
    if daemon.port is None:
        return daemon.dial()
    connection = socket.socket()
    connection.settimeout(TIMEOUT)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    connection.bind((daemon.source, 0))
    connection.connect(("127.0.0.1", daemon.port))
    return connection


def half_record(daemon):
    """Most of a head, and most of a record of the greatest size behind it."""
    session = ForgedSession(daemon.dial(), V13)
    session.send(session.ours.seal(APPLICATION_DATA, HEAD[:16000]))
    session.send(session.ours.seal(APPLICATION_DATA, b"x" * 16000)[:-1])
    return session.plain


WHOLE = record(HELLO)
LONG = record(hello(more=b"\0\x15\x0f\xa0" + bytes(4000)))
HALF_FINISHED = b"\x14\3\3\0\1\1\x17\3\3\x40\0" + b"x" * 16383
HEAD = REQUEST[:-2] + b"X: " + b"x" * 16000
SHAPES = [
    Shape("nothing", Daemon.dial),
    Shape("one octet", plain(WHOLE[:1])),
    Shape("a record header", plain(WHOLE[:5])),
    Shape("six octets", plain(make_record(HANDSHAKE, HELLO[:1]))),
    Shape("nine octets", plain(make_record(HANDSHAKE, b"\1\0\x10\xfc"))),
    Shape("half a hello", plain(WHOLE[:len(WHOLE) // 2])),
    Shape("all but an octet", plain(LONG[:-1])),
    Shape("a record for each octet", plain(records(LONG[5:-1], 1))),
    Shape("a hello", plain(WHOLE), stage=SHAKING),
    Shape("a hello and a large record", plain(WHOLE, HALF_FINISHED),
          stage=SHAKING),
    Shape("half a head", secure(HEAD), stage=SESSION),
    Shape("half a head, half a record", half_record, stage=SESSION),
    Shape("unread answers", secure(REQUEST * 99, dial=narrow), stage=SESSION,
          policy=LARGE),
    Shape("unread answers to large heads",
          secure((REQUEST[:-2] + b"X: " + b"x" * 5000 + b"\r\n\r\n") * 9,
                 dial=narrow), stage=SESSION, policy=LARGE),
    Shape("an idle session", secure(REQUEST), stage=SESSION),
]
# TCP alone knows them.
URGENT = [
    Shape("urgent, in the header", plain(WHOLE[:3], WHOLE[3:4], urgent=b"x")),
    Shape("urgent, in a hello", plain(WHOLE[:105], WHOLE[105:-8],
                                      urgent=b"x")),
    Shape("urgent, at the end of half", plain(WHOLE[:105], b"", urgent=b"x")),
    Shape("urgent, behind a hello", plain(WHOLE, b"", urgent=b"x"),
          stage=SHAKING),
    Shape("urgent, in a session", secure(REQUEST[:20], urgent=b"x"),
          stage=SESSION),
    Shape("urgent, unread answers",
          secure(REQUEST * 99, urgent=b"x", dial=narrow), stage=SESSION,
          policy=LARGE),
]


def raise_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def measure(shape, count, seconds, *lines):
    """(the share of a processor, kB of memory for each) that so many cost
    while they stay; an honest fetch is answered meanwhile. A sanitizer's memory
    is not the program's, and counts as none."""
    config = shape.policy + "[server]\n" + "".join(line + "\n" for line in (
        'deadline = "5m"', 'connections_per_address = "off"', *lines))
    with Daemon(None, config) as daemon, contextlib.ExitStack() as held:
        context = client_context()
        for _ in range(8):  # each thread has served somebody
            assert daemon.fetch(context=context)[0] == 200
        before = process.anonymous_kb(daemon.pid)
        for _ in range(count):
            held.callback(shape.begin(daemon).close)
        assert daemon.fetch(context=context)[0] == 200
        memory = process.anonymous_kb(daemon.pid) - before
        if any("instrumented build" in line for line in daemon.stderr_lines):
            memory = 0
        share = 1
        for _ in range(TRIES):  # it may still be busy with the last of them
            cpu = process.cpu_seconds(daemon.pid)
            threading.Event().wait(seconds)
            cpu = process.cpu_seconds(daemon.pid) - cpu
            share = min(share, cpu / seconds)
            if share < CALM:
                break
        assert daemon.fetch(context=context)[0] == 200
        return share, memory / count
