#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""MTA_STSD=PATH tests/e2e/mixed_load.py [SECONDS]: honest fetches, slow and
broken clients and an edit a second, all at once. Not part of the quick suite;
meant for sanitizer builds. Ends with a line of figures, and with status 1
when an honest fetch failed, a descriptor leaked or a sanitizer spoke."""

import random
import socket
import struct
import sys
import threading
import time

from daemon import HOST, PATH, POLICY, Daemon, eventually
from fetchers import Fetchers

REQUEST = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
SERVER = '\n[server]\ndeadline = "3s"\n'


def reset_on_close(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))


def send_half_a_hello(daemon, pause):
    with daemon.dial() as plain:
        plain.sendall(b"\x16\x03\x01")
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


NASTY = (send_half_a_hello, speak_plain_http, say_nothing, reset_in_the_hello,
         send_half_a_head, send_garbage, reset_before_the_answers, stay_idle)


def bother(daemon, over, generator):
    while not over.is_set():
        try:
            generator.choice(NASTY)(
                daemon, lambda: over.wait(generator.random()))
        except OSError:
            pass  # whatever becomes of these clients is right


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    seed = random.randrange(2**32)
    print(f"seed {seed}", flush=True)
    over = threading.Event()
    with Daemon(None, POLICY + SERVER) as daemon:
        daemon.fetch()
        start = daemon.descriptors("socket:")
        config = daemon.config.read_text()
        threads = [threading.Thread(
            target=bother, args=(daemon, over, random.Random(seed + i)))
            for i in range(6)]
        for thread in threads:
            thread.start()
        edits, end = 0, time.monotonic() + seconds
        with Fetchers(daemon, threads=3) as fetchers:
            while time.monotonic() < end:
                edits += 1
                daemon.write("new.toml", config.replace(
                    '"mail.example.com"', f'"mail{edits}.example.com"'))
                (daemon.dir / "new.toml").rename(daemon.config)
                fetchers.watch(1)
        over.set()
        for thread in threads:
            thread.join()
        eventually(lambda: daemon.descriptors("socket:") <= start)
        memory = daemon.rss_kb()
    print(f"{fetchers.count} honest fetches without a failure, {edits} edits, "
          f"{len(fetchers.bodies[HOST])} policies seen, {memory} kB, "
          f"{daemon.stderr_lines[-2].strip()}")


if __name__ == "__main__":
    main()
