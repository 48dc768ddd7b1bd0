# SPDX-License-Identifier: MIT
"""A policy host that is a script: every answer that a web server can give
instead of a policy. It also takes reports."""

import collections
import contextlib
import gzip
import threading

from listening import Contexts, TcpServer, reset

PATH = "/.well-known/mta-sts.txt"


class Site:
    """What one host answers. `fields` come as they are; a Content-Length is
    added unless `length` is another one, or "none"."""

    def __init__(self, body="", status="200 OK", kind="text/plain", fields=(),
                 length=None, delay=0.0, raw=None, zipped=False, reports=201):
        octets = body.encode() if isinstance(body, str) else body
        self.body = gzip.compress(octets, mtime=0) if zipped else octets
        self.status, self.kind, self.length = status, kind, length
        self.fields = [*fields, *(["Content-Encoding: gzip"] if zipped else [])]
        self.delay = delay  # seconds before the answer
        self.raw = raw  # octets instead of all of it
        self.reports = reports  # the status of a POST

    def answer(self, method):
        if self.raw is not None:
            return self.raw
        if method == "POST":
            return (f"HTTP/1.1 {self.reports} said\r\nContent-Length: 0\r\n"
                    "Connection: close\r\n\r\n").encode()
        lines = [f"HTTP/1.1 {self.status}", *self.fields, "Connection: close"]
        if self.kind is not None:
            lines.append(f"Content-Type: {self.kind}")
        if self.length != "none":
            length = len(self.body) if self.length is None else self.length
            lines.append(f"Content-Length: {length}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class PolicyServer(TcpServer):
    """`sites`: {host or (host, address): Site}. `chains`: {host or (host,
    address): chain}, None for alert 112. `unnamed`: {address: the chain that is
    shown without SNI}. `versions`: {address: the only one}. `resets`: addresses
    that hang up at once. .waiting_at_once: how many clients waited for an
    answer at most at the same time, by address."""

    def __init__(self, addresses, sites, chains):
        self.sites, self.chains = sites, chains
        self.unnamed, self.versions, self.resets = {}, {}, set()
        self.waiting_at_once = collections.Counter()
        self._waiting = collections.Counter()
        self._contexts = Contexts()
        self._switches = {}
        super().__init__(addresses, 443)

    def _context(self, address):
        if address not in self._switches:
            self._switches[address] = self._contexts.switch(
                lambda name: self.chains.get((name, address),
                                             self.chains.get(name)),
                self.unnamed.get(address), self.versions.get(address))
        return self._switches[address]

    @contextlib.contextmanager
    def _counted(self, address):
        """The client waits meanwhile: it is surely there."""
        with self._lock:
            self._waiting[address] += 1
            self.waiting_at_once[address] = max(self.waiting_at_once[address],
                                                self._waiting[address])
        try:
            yield
        finally:
            with self._lock:
                self._waiting[address] -= 1

    def serve(self, connection, address):
        if address in self.resets:
            reset(connection)
            return
        with self._context(address).wrap_socket(
                connection, server_side=True) as encrypted:
            stream = encrypted.makefile("rb")
            request = stream.readline(8192).decode("latin-1").split()
            host, length = "", 0
            while (line := stream.readline(8192).strip()):
                key, _, value = line.decode("latin-1").partition(":")
                if key.lower() == "host":
                    host = value.strip().lower().partition(":")[0]
                elif key.lower() == "content-length":
                    length = int(value)
            if not request:
                return
            stream.read(min(length, 65536))
            site = self.sites.get((host, address), self.sites.get(host))
            if site is None or (request[0] == "GET" and request[1] != PATH):
                site = Site(status="404 Not Found")
            with self._counted(address):
                if site.delay:
                    threading.Event().wait(site.delay)
                encrypted.sendall(site.answer(request[0]))
            try:
                encrypted.unwrap()
            except OSError:
                pass  # the client needs no farewell
