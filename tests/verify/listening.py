# SPDX-License-Identifier: MIT
"""What the scripted servers share: sockets at many addresses, a thread for each
connection, a count of them, and TLS with the certificate that was asked for."""

import collections
import selectors
import socket
import ssl
import struct
import threading
import time

PATIENCE = 60  # seconds that a server waits for its client


def listen(address, port, backlog=128):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((address, port))
    one.listen(backlog)
    return one


class Silence:
    """An address that answers no SYN: its queue is full, and stays so."""

    def __init__(self, address, port):
        self._listener = listen(address, port, backlog=0)
        self._clients = []
        for _ in range(3):
            client = socket.socket(self._listener.family)
            client.setblocking(False)
            client.connect_ex((address, port))
            self._clients.append(client)

    def close(self):
        for one in (self._listener, *self._clients):
            one.close()


def reset(connection):
    """Closes with a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))
    connection.close()


class Loop:
    """A thread that calls ready(socket, what) for those of `sockets`, pairs of
    the two, that have something."""

    def __init__(self, sockets, ready):
        self._ready = ready
        self._selector = selectors.DefaultSelector()
        self._ours, self._wake = socket.socketpair()
        self._selector.register(self._ours, selectors.EVENT_READ)
        for one, what in sockets:
            self._selector.register(one, selectors.EVENT_READ, what)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._ours:
                    return
                self._ready(key.fileobj, key.data)

    def close(self):
        self._wake.close()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()


class TcpServer:
    """Calls serve(connection, address) for each connection to one of
    `addresses`. .times[address]: when they came; .at_once: how many there were
    at most at the same time, by address."""

    def __init__(self, addresses, port):
        self.times = collections.defaultdict(list)
        self.at_once = collections.Counter()
        self._open = collections.Counter()
        self._lock = threading.Lock()
        self._loop = Loop([(listen(address, port), address)
                           for address in addresses], self._accept)

    def close(self):
        self._loop.close()

    def _accept(self, listener, address):
        connection = listener.accept()[0]
        with self._lock:
            self.times[address].append(time.monotonic())
            self._open[address] += 1
            self.at_once[address] = max(self.at_once[address],
                                        self._open[address])
        threading.Thread(target=self._guard, daemon=True,
                         args=(connection, address)).start()

    def _guard(self, connection, address):
        connection.settimeout(PATIENCE)
        try:
            self.serve(connection, address)
        except (OSError, ValueError):
            pass  # the client has seen enough
        finally:
            connection.close()
            with self._lock:
                self._open[address] -= 1

    def serve(self, connection, address):
        raise NotImplementedError


def make_context(version=None):
    """`version`: the last one that it speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if version:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = version
    # RSA 1024 and TLS 1.1, too.
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


class Contexts:
    """A context for each chain, made once."""

    def __init__(self):
        self._made = {}

    def _of(self, chain):
        if chain not in self._made:
            context = make_context()
            context.load_cert_chain(*chain)
            self._made[chain] = context  # whole, for other threads look
        return self._made[chain]

    def switch(self, choose, unnamed, version=None):
        """A context that shows the chain that choose(SNI) gives, and `unnamed`
        without SNI; alert 112 where that is None."""
        context = make_context(version)
        if unnamed:
            context.load_cert_chain(*unnamed)

        def show(connection, name, _):
            chain = choose(name) if name else unnamed
            if chain is None:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            connection.context = self._of(chain)
            return None

        context.sni_callback = show
        return context
