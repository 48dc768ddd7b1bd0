# SPDX-License-Identifier: MIT
"""Replicas of mta-stsd with a share of the domains each, and senders that know
one address for all of them."""

import contextlib
import importlib.machinery
import importlib.util
import os
import pathlib
import random
import re
import socket
import ssl
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIMEOUT = 60
THREADS = 4
PATH = "/.well-known/mta-sts.txt"
SERVER = """\
[server]
listen = ["unix:{folder}/socket"]
certificates = ["{certificates}"]
connections_per_address = "off"
threads = 1
"""


def load_share():
    """What the operator splits the domains with."""
    loader = importlib.machinery.SourceFileLoader(
        "share", str(ROOT / "etc" / "shares" / "share"))
    spec = importlib.util.spec_from_loader("share", loader)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


share = load_share()


def host_of(domain):
    return "mta-sts." + domain


def split(domains, shares):
    """The domains of each share."""
    parts = [[] for _ in range(shares)]
    for domain in domains:
        parts[share.share_of(host_of(domain), shares)].append(domain)
    return parts


class Replica:
    """A process with its own folder: `write(folder)` makes the policies there,
    to be included as policies.d/*.toml, and returns where certificates are."""

    def __init__(self, folder, domains, write):
        folder.mkdir()
        self.folder, self.domains = folder, domains
        self.socket = folder / "socket"
        self.config = folder / "mta-stsd.toml"
        (folder / "policies.d").mkdir()
        self.config.write_text(
            'include = ["policies.d/*.toml"]\n' + SERVER.format(
                folder=folder, certificates=write(folder)))
        self.process = None

    def start(self):
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(
                [os.environ["MTA_STSD"], "-c", self.config, "serve"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait(self):
        """Until it listens; how many domains it says it has."""
        end = time.monotonic() + TIMEOUT
        while "event=listening" not in (log := self.log()):
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"no start:\n{log[-4000:]}")
            time.sleep(0.01)
        return int(re.search(r"event=start .*domains=(\d+)", log)[1])

    def log(self):
        return (self.folder / "log").read_text()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(TIMEOUT)


@contextlib.contextmanager
def replicas(folder, domains, shares, write):
    """That many, all started; `write(folder, domains)` as in Replica."""
    parts = split(domains, shares)
    all_of_them = []
    try:
        for number, part in enumerate(parts):
            one = Replica(folder / f"replica{number}", part,
                          lambda place, part=part: write(place, part))
            all_of_them.append(one)
            one.start()
        counts = [one.wait() for one in all_of_them]
        assert counts == [len(part) for part in parts], (counts, parts)
        assert all(counts), "a share is empty"
        yield all_of_them
    finally:
        for one in all_of_them:
            one.stop()


class Senders:
    """Fetch the policy of every domain once by `connect()`, in an order by
    chance; what failed is tried again, as senders do."""

    def __init__(self, domains, connect, root, seed):
        self.domains = list(domains)
        random.Random(seed).shuffle(self.domains)
        self.connect = connect
        self.context = ssl.create_default_context(cafile=root)
        self.policies = {}
        self.failed = []  # domains, once for each try
        self.pause = 0.05
        self.going_on = threading.Event()
        self.lock = threading.Lock()

    def run(self, at_half):
        """Until each has its policy. `at_half` is called when half of them
        have; the others wait until it calls go_on()."""
        left = list(self.domains)
        middle = len(left) // 2
        half = threading.Event()

        def work():
            while True:
                if len(left) <= middle:
                    half.set()
                    self.going_on.wait(TIMEOUT)
                with self.lock:
                    if not left:
                        return
                    domain = left.pop()
                self._fetch(domain, left)
        threads = [threading.Thread(target=work, daemon=True)
                   for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        assert half.wait(TIMEOUT), f"too many fail: {self.failed[:5]}"
        at_half()
        for thread in threads:
            thread.join(TIMEOUT)
        assert not left and len(self.policies) == len(self.domains), (
            left[:5], self.failed[-5:])

    def go_on(self):
        self.going_on.set()

    def wait_for_failure(self):
        end = time.monotonic() + TIMEOUT
        while not self.failed and time.monotonic() < end:
            time.sleep(0.005)

    def _fetch(self, domain, left):
        try:
            policy = fetch(self.connect, self.context, domain)
        except ssl.SSLCertVerificationError as error:
            with self.lock:  # no sender would get over that
                self.policies[domain] = repr(error)
            return
        except OSError:
            with self.lock:
                self.failed.append(domain)
                left.insert(0, domain)  # the last to be tried
            time.sleep(self.pause)
            return
        with self.lock:
            self.policies[domain] = policy


def fetch(connect, context, domain):
    """The policy, by a connection that is verified as senders do."""
    host = host_of(domain)
    with connect() as plain:
        plain.settimeout(TIMEOUT)
        with context.wrap_socket(plain, server_hostname=host) as connection:
            connection.sendall(f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\n"
                               "Connection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, policy = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise OSError(f"no policy for {domain}: {head[:60]!r}")
    return policy.decode()


def dial_unix(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(TIMEOUT)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def dial(port):
    return socket.create_connection(("127.0.0.1", port), TIMEOUT)
