# SPDX-License-Identifier: MIT
"""Crowds of hostile clients, and an honest one that is served meanwhile."""

import contextlib
import itertools
import resource
import socket
import statistics
import threading
import time
import typing

from certificates import client_context
from client_hello import hello, record
from daemon import BODY, HOST, PATH, POLICY, TIMEOUT, Daemon, eventually
from forged_session import V12, V13, ForgedSession
from memory_client import HANDSHAKE

MOST = 10_000  # connections
ADDRESSES = 100  # that they come from
SECONDS = 10  # of a flood
REQUEST = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
HELLO = record(hello())
# Loopback has many addresses; the honest client has one of its own.
HONEST = "127.9.9.9"
# A machine that attacks itself has half of its processors for the defence.
GOAL_SECONDS = 5


class Outcome(typing.NamedTuple):
    hostile: int
    seconds: list  # that each honest fetch took
    memory: int  # kB, at its most


def dial(daemon, address):
    plain = socket.create_connection(("127.0.0.1", daemon.port), TIMEOUT,
                                     source_address=(address, 0))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return plain


def fetch(daemon, context):
    before = time.monotonic()
    assert daemon.fetch(plain=dial(daemon, HONEST),
                        context=context)[::2] == (200, BODY)
    return time.monotonic() - before


def raise_limit():
    """False when so many files can't be open here."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < MOST + 500:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return True


def hold(addresses, *, shaking=0):
    """MOST connections that stay: silent, in a hello, and every `shaking`th
    through its handshake."""
    parts = (b"", HELLO[:1], HELLO[:-1])

    def run(daemon, outcome, context):
        with contextlib.ExitStack() as held:
            for i, address in zip(range(MOST), itertools.cycle(addresses)):
                try:
                    plain = held.enter_context(dial(daemon, address))
                    if shaking and i % shaking == 0:
                        held.enter_context(daemon.connect(
                            plain=plain, context=context)).sendall(REQUEST)
                    else:
                        plain.sendall(parts[i % len(parts)])
                except OSError:
                    assert len(addresses) == 1  # too many for one
                if i % 500 == 499:
                    outcome.seconds.append(fetch(daemon, context))
            outcome.seconds.extend(
                fetch(daemon, context) for _ in range(20))
            return outcome._replace(hostile=MOST, memory=daemon.rss_kb())
    return run


def flood(attack, threads=4):
    """attack(daemon, until) from several threads, for a while."""
    def run(daemon, outcome, context):
        end = time.monotonic() + SECONDS
        counts = []

        def work():
            while time.monotonic() < end:
                with contextlib.suppress(OSError):
                    counts.append(attack(daemon, end))
        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        memory = 0
        while time.monotonic() < end:
            outcome.seconds.append(fetch(daemon, context))
            memory = max(memory, daemon.rss_kb())
        for worker in workers:
            worker.join()
        return outcome._replace(hostile=sum(counts), memory=memory)
    return run


def leave_after_hello(daemon, _):
    with daemon.dial() as plain:
        plain.sendall(HELLO)
        plain.recv(1)
    return 1


def come_and_go(daemon, _):
    daemon.dial().close()
    return 1


def shake_hands(daemon, _):
    with daemon.connect(context=client_context()):
        return 1


def flood_with(version, make):
    def attack(daemon, end):
        with ForgedSession(daemon.dial(), version) as session:
            count = 0
            while time.monotonic() < end:
                session.send(b"".join(
                    make(session.ours) for _ in range(500)))
                count += 500
            return count
    return attack


def update_keys(ours):
    octets = ours.seal(HANDSHAKE, b"\x18\0\0\1\0")
    ours.update()
    return octets


CROWDS = {
    "10,000 connections": hold(
        [f"127.0.1.{i}" for i in range(1, ADDRESSES + 1)], shaking=20),
    "10,000 from one address": hold(["127.0.1.1"]),
    "hellos and no more": flood(leave_after_hello),
    "connections and no more": flood(come_and_go),
    "handshakes and no more": flood(shake_hands),
    "key updates": flood(flood_with(V13, update_keys)),
    "renegotiations": flood(flood_with(
        V12, lambda ours: ours.seal(HANDSHAKE, hello()))),
}


# Two minutes: those that are held should not be ended by the deadline.
HELD = '[server]\ndeadline = "2m"\n'
SETTINGS = {
    "10,000 connections": HELD,
    # One address has three quarters of them.
    "10,000 from one address": HELD + "connections = 4000\n",
}


def run_crowd(name):
    """Outcome; an AssertionError or OSError when an honest fetch failed."""
    context = client_context()
    with Daemon(None, POLICY + SETTINGS.get(name, "")) as daemon:
        sockets = daemon.descriptors("socket:")
        fetch(daemon, context)
        outcome = CROWDS[name](daemon, Outcome(0, [], 0), context)
        eventually(lambda: daemon.descriptors("socket:") == sockets)
        fetch(daemon, context)
    worst = max(outcome.seconds)
    assert worst < GOAL_SECONDS, f"an honest fetch took {worst:.1f} s"
    return outcome


def describe(outcome):
    return (f"{outcome.hostile} hostile, {len(outcome.seconds)} honest, "
            f"median {statistics.median(outcome.seconds) * 1000:.0f} ms, "
            f"worst {max(outcome.seconds) * 1000:.0f} ms, "
            f"{outcome.memory} kB")
