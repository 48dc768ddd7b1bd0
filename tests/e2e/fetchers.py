# SPDX-License-Identifier: MIT
"""Clients that fetch all the time while a test changes things."""

import threading
import time

from answer import read_all
from certificates import client_context
from daemon import HOST, PATH, TIMEOUT

# Often enough to see a state that lasts for a moment, and seldom enough to
# leave the machine to the other tests.
PAUSE = 0.016


class Fetchers:
    """Fetches the policies of `hosts` in turn, from several threads, until
    the block ends. Each handshake is verified with the root CA alone, and
    each answer has to be 200. `bodies`: those seen of each host."""

    def __init__(self, daemon, hosts=(HOST,), threads=2):
        self.bodies = {host: set() for host in hosts}
        self.serials = set()
        self.failures = []
        self.count = 0
        self._daemon = daemon
        self._over = threading.Event()
        self._news = threading.Condition()
        self._threads = [threading.Thread(target=self._run)
                         for _ in range(threads)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        # What is there before the first change has to be seen, too.
        with self._news:
            self._news.wait_for(lambda: self.count or self.failures, TIMEOUT)
        return self

    def __exit__(self, kind, *_):
        self._over.set()
        for thread in self._threads:
            thread.join(TIMEOUT)
        if kind is None:
            assert not self.failures, self.failures[:5]

    def _run(self):
        context = client_context()
        while not self._over.wait(PAUSE):
            for host in self.bodies:
                try:
                    self._fetch(host, context)
                except Exception as error:  # whatever it is, a fetch failed
                    self.failures.append(f"{host}: {error!r}")

    def _fetch(self, host, context):
        request = (f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\n"
                   "Connection: close\r\n\r\n")
        with self._daemon.connect(sni=host, context=context) as connection:
            serial = connection.getpeercert()["serialNumber"]
            connection.sendall(request.encode())
            head, _, body = read_all(connection).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n"), head
        assert b"\r\nContent-Length: %d" % len(body) in head, (head, body)
        with self._news:
            self.bodies[host].add(body)
            self.serials.add(serial)
            self.count += 1
            self._news.notify_all()

    def watch(self, seconds):
        """Returns after so many seconds of fetching without a failure."""
        end = time.monotonic() + seconds
        with self._news:
            before = self.count
            while (left := end - time.monotonic()) > 0:
                self._news.wait(left)
            self._news.wait_for(lambda: self.count > before or self.failures,
                                TIMEOUT)
        assert not self.failures, self.failures[:5]
