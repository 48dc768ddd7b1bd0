# SPDX-License-Identifier: MIT
"""Clients that fetch all the time and look at every octet. Each policy has the
number of its version in all of its lines: one that is made of two is torn."""

import itertools
import re
import threading
import time

from answer import parse, read_all
from certificates import client_context
from daemon import PATH, TIMEOUT

THREADS = 3
PAUSE = 0.02  # seconds between two connections of a thread


def policy(version, domains):
    names = ", ".join(f'"{name}"' for name in domains)
    return (f"[[policy]]\ndomains = [{names}]\n"
            f'mx = ["first{version}.example.com", '
            f'"second{version}.example.com"]\n'
            f'max_age = {604800 + version}\n'
            'tls_rpt = ["mailto:tls-reports@example.com"]\n')


def body(version):
    return (f"version: STSv1\r\nmode: testing\r\n"
            f"mx: first{version}.example.com\r\n"
            f"mx: second{version}.example.com\r\n"
            f"max_age: {604800 + version}\r\n").encode()


def version_of(octets):
    """Of a whole policy; None if it is torn or of nobody."""
    found = re.search(rb"max_age: (\d+)", octets)
    version = int(found[1]) - 604800 if found else -1
    return version if octets == body(version) else None


class HonestClients:
    """They fetch the policies of `hosts` until the block ends: by GET and
    HEAD, one request to a connection, several, or several at once.
    `latencies`: seconds of each connection, up to its last answer."""

    WAYS = (("GET",), ("HEAD",), ("GET", "HEAD", "GET"))

    def __init__(self, daemon, hosts):
        self.fetches = 0
        self.failures = []
        self.torn = []
        self.versions = set()
        self.latencies = []
        self._daemon = daemon
        self._rounds = list(itertools.product(
            hosts, self.WAYS, (self._in_turn, self._at_once)))
        self._over = threading.Event()
        self._news = threading.Condition()
        self._threads = []

    def __enter__(self):
        self._over.clear()
        self._threads = [threading.Thread(target=self._run, args=(i,))
                         for i in range(THREADS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, start):
        context = client_context()
        rounds = itertools.islice(itertools.cycle(self._rounds), start, None)
        while not self._over.wait(PAUSE):
            host, methods, send = next(rounds)
            begin = time.monotonic()
            try:
                answers = send(host, methods, context)
                seconds = time.monotonic() - begin
                self._judge(methods, answers, seconds)
            except Exception as error:  # whatever it is, a fetch failed
                with self._news:
                    self.failures.append(f"{host} {methods}: {error!r}")

    def _requests(self, host, methods):
        for i, method in enumerate(methods, 1):
            end = "Connection: close\r\n" if i == len(methods) else ""
            yield (f"{method} {PATH} HTTP/1.1\r\nHost: {host}\r\n"
                   f"{end}\r\n").encode()

    def _at_once(self, host, methods, context):
        with self._daemon.connect(sni=host, context=context) as connection:
            connection.sendall(b"".join(self._requests(host, methods)))
            return read_all(connection)

    def _in_turn(self, host, methods, context):
        octets = b""
        with self._daemon.connect(sni=host, context=context) as connection:
            for request, method in zip(self._requests(host, methods), methods):
                connection.sendall(request)
                # An answer comes in one piece.
                octets += connection.recv(65536)
            return octets + read_all(connection)

    def _judge(self, methods, octets, seconds):
        seen, torn = set(), []
        for method in methods:
            status, headers, found, octets = parse(octets, method == "HEAD")
            assert status == 200, status
            if method == "GET":
                version = version_of(found)
                seen.add(version)
                if version is None:
                    torn.append(found)
        assert not octets, octets
        with self._news:
            self.fetches += len(methods)
            self.versions |= seen - {None}
            self.torn += torn
            self.latencies.append(seconds)
            self._news.notify_all()

    def wait_for(self, version):
        """Until it has been fetched."""
        with self._news:
            assert self._news.wait_for(lambda: version in self.versions,
                                       TIMEOUT), self.failures[:5]
