# SPDX-License-Identifier: MIT
"""Slow and broken clients, one after the other, in several threads."""

import random
import socket
import struct
import threading

from daemon import HOST, PATH
from limits_test import half_hello

REQUEST = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
THREADS = 6


def reset_on_close(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))


def drip_a_hello(daemon, pause):
    with daemon.dial() as plain:
        for octet in half_hello()[:20]:
            plain.sendall(bytes([octet]))
            if pause(0.1):
                return


def send_half_a_hello(daemon, pause):
    with daemon.dial() as plain:
        plain.sendall(b"\x16\x03\x01")
        pause()


def send_half_a_handshake(daemon, pause):
    with daemon.dial() as plain:
        plain.sendall(half_hello(10 ** 6))
        plain.recv(100)
        pause()


def speak_plain_http(daemon, _):
    with daemon.dial() as plain:
        plain.sendall(REQUEST)
        plain.recv(100)


def say_nothing(daemon, pause):
    with daemon.dial():
        pause()


def reset_in_the_hello(daemon, _):
    with daemon.dial() as plain:
        reset_on_close(plain)
        plain.sendall(b"\x16")


def send_half_a_head(daemon, pause):
    with daemon.connect() as connection:
        connection.sendall(REQUEST[:20])
        pause()


def send_garbage(daemon, _):
    with daemon.connect() as connection:
        connection.sendall(b"GET /\n\n")
        connection.recv(1000)


def reset_before_the_answers(daemon, _):
    with daemon.connect() as connection:
        reset_on_close(connection)
        connection.sendall(REQUEST * 20)


def stay_idle(daemon, pause):
    with daemon.connect() as connection:
        connection.sendall(REQUEST)
        connection.recv(1000)
        pause()


KINDS = (drip_a_hello, send_half_a_hello, send_half_a_handshake,
         speak_plain_http, say_nothing, reset_in_the_hello, send_half_a_head,
         send_garbage, reset_before_the_answers, stay_idle)


class BrokenClients:
    """They bother `daemon` until the block ends. `count`: so many did."""

    def __init__(self, daemon, seed):
        self.count = 0
        self._daemon = daemon
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(random.Random(seed + i),))
            for i in range(THREADS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, chance):
        def pause(seconds=None):
            return self._over.wait(seconds or chance.random())
        while not self._over.is_set():
            try:
                chance.choice(KINDS)(self._daemon, pause)
            except OSError:
                pass  # whatever becomes of these clients is right
            self.count += 1
            pause()
