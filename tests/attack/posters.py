# SPDX-License-Identifier: MIT
"""Hostile senders of reports, and honest ones whose reports are kept
meanwhile. Beside them a policy host serves, as fast as without."""

import contextlib
import statistics
import threading
import time

from answer import read_to_any_end
from certificates import client_context
from collector import GZIP, TOKEN, Collector, post
from crowds import raise_limit
from daemon import Daemon, eventually

SLOW = 2000  # senders of 1 MiB each, who take their time
SECONDS = 5  # of a flood
HONEST = b"\x1f\x8b" + b"x" * 1500  # as large as most
WAIT = 'deadline = "120s"\nconnections_per_address = "off"\n'
GOAL_SECONDS = 0.5
# What a body may cost beyond its connection: all of them would be 2 GB.
GOAL_MEMORY_KB = 160 * 1024


def collector(**how):
    return Collector("quota = 4000000000", server="[server]\n" + WAIT, **how)


def report(daemon, context):
    before = time.monotonic()
    assert daemon.report(HONEST, kind=GZIP, context=context) == 201
    return time.monotonic() - before


def describe(seconds):
    ordered = sorted(seconds)
    return (f"median {1000 * statistics.median(ordered):.0f} ms, "
            f"worst {1000 * ordered[-1]:.0f} ms")


def run_slow():
    """The honest are kept while SLOW others have sent a part of theirs; and a
    policy host beside them answers as before."""
    raise_limit()
    context = client_context()
    with Daemon() as server, collector() as daemon, \
            contextlib.ExitStack() as held:
        def fetch_all():
            seconds = []
            for _ in range(100):
                before = time.monotonic()
                server.fetch(context=context)
                seconds.append(time.monotonic() - before)
            return seconds

        alone = fetch_all()
        head = post(b"", "Content-Length: 1048576", kind=GZIP, length=False)
        slow = []
        for _ in range(SLOW):
            client = held.enter_context(daemon.connect(context=context))
            client.sendall(head + b"x" * 1000)
            slow.append(client)
        eventually(lambda: len(daemon.files("tmp")) == SLOW)
        stopping = threading.Event()

        def drip():
            while not stopping.wait(0.001):
                for client in slow:
                    client.sendall(b"x" * 100)
                    if stopping.is_set():
                        return
        dripper = threading.Thread(target=drip)
        dripper.start()
        try:
            honest = [report(daemon, context) for _ in range(100)]
            beside = fetch_all()
        finally:
            stopping.set()
            dripper.join()
        memory = daemon.rss_kb()
        held.close()
        eventually(lambda: not daemon.files("tmp"))
        good = max(honest) < GOAL_SECONDS and memory < GOAL_MEMORY_KB
        return good, (
            f"{SLOW} at 1 MiB: {memory // 1024} MiB; a report {describe(honest)}"
            f"; a policy beside {describe(beside)}, alone {describe(alone)}")


def flood(*parts, waits=True):
    """Sessions of those octets from four threads; `waits`: for the answers."""
    def run():
        end = time.monotonic() + SECONDS
        counts = []
        with collector(allow=("spool-refuses",)) as daemon:
            def work():
                context = client_context()
                while time.monotonic() < end:
                    with contextlib.suppress(OSError), \
                            daemon.connect(context=context) as client:
                        for part in parts:
                            client.sendall(part)
                        if waits:
                            read_to_any_end(client)
                    counts.append(1)

            workers = [threading.Thread(target=work) for _ in range(4)]
            for worker in workers:
                worker.start()
            context = client_context()
            honest = []
            while time.monotonic() < end:
                honest.append(report(daemon, context))
            for worker in workers:
                worker.join()
            memory = daemon.rss_kb()
            eventually(lambda: not daemon.files("tmp"))
            whole = {path.stat().st_size
                     for path in (daemon.spool / "new").iterdir()}
        return max(honest) < 2 and memory < GOAL_MEMORY_KB, (
            f"{len(counts)} sessions: {memory // 1024} MiB; a report "
            f"{describe(honest)}; sizes kept {sorted(whole)[:4]}")
    return run


CHUNKED = post(b"", "Transfer-Encoding: chunked", kind=GZIP, length=False)
ATTACKS = {
    "slow posters": run_slow,
    "chunks of an octet": flood(CHUNKED, b"1\r\nx\r\n" * 100_000,
                                b"0\r\n\r\n"),
    "a chunk without an end": flood(CHUNKED, b"0" * 200_000),
    "trailers without an end": flood(CHUNKED, b"0\r\n",
                                     b"A: b\r\n" * 100_000),
    "posts without tokens": flood(
        post(b"", "Content-Length: 1048576", token=TOKEN[:-1], length=False),
        b"x" * 1048576),
    "a hundred posts at once": flood(post(HONEST, kind=GZIP) * 100),
    "halves": flood(post(b"", "Content-Length: 1048576", length=False),
                    b"x" * 500_000, waits=False),
}
