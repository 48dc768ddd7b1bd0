# SPDX-License-Identifier: MIT
"""Clients that send the beginning of a ClientHello and then nothing."""

import resource
import selectors
import socket
import threading

from limits_test import half_hello

ADDRESSES = 20  # that they come from, none of them the CA's


class SlowClients:
    """`number` of them at any time: whoever is sent away comes again."""

    def __init__(self, port, number):
        self.port, self.number = port, number
        self.begun, self.stopping = 0, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.hello = half_hello()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()

    def run(self):
        with selectors.DefaultSelector() as waiting:
            while not self.stopping.is_set():
                while (len(waiting.get_map()) < self.number
                       and not self.stopping.is_set()):
                    self.begin(waiting)
                for key, _ in waiting.select(0.1):
                    self.take(waiting, key.fileobj)
            for key in list(waiting.get_map().values()):
                key.fileobj.close()

    def begin(self, waiting):
        plain = socket.socket()
        try:
            plain.bind((f"127.0.1.{1 + self.begun % ADDRESSES}", 0))
            plain.connect(("127.0.0.1", self.port))
            plain.sendall(self.hello)
        except OSError:
            plain.close()
        else:
            waiting.register(plain, selectors.EVENT_READ)
        self.begun += 1

    @staticmethod
    def take(waiting, plain):
        try:
            if plain.recv(100):
                return
        except OSError:
            pass
        waiting.unregister(plain)
        plain.close()
