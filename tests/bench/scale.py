# SPDX-License-Identifier: MIT
"""The figures of many domains, each with a policy and a certificate."""

import contextlib
import dataclasses
import socket
import ssl
import statistics
import subprocess
import time

from domains import Domains, host_of
from result import Result, quartiles, ratio
from servers import BenchError

OURS = "mta-stsd"
NGINX_COUNT = 1000
FETCH_COUNT = 10000
IN_ONE_FOLDER = "10000 in one folder"  # beside the counts
LOAD_SECONDS = 900
SERVED_SECONDS = 600
# A change that takes longer than this is measured once.
SLOW_SECONDS = 5


@dataclasses.dataclass
class Loaded:
    """A server that has read its domains and does nothing."""
    cpu_ns: int
    seconds: float
    kb: int = 0


def spread(values):
    low, high = quartiles(values)
    return f"half of the rounds: {low:.2f} to {high:.2f}"


class Scale:
    """Measures the group `scale`; see Figures for the arguments."""

    def __init__(self, rack, load, rounds, quick, say):
        self.rack = rack
        self.load = load
        self.rounds = rounds
        self.counts = [1000, 10000] if quick else [1000, 10000, 100000]
        self.idle_seconds = 30 if quick else 60
        self.fetches = 200 if quick else 500
        self.say = say
        self.sets = {}

    def measure(self):
        self.say("domains with certificates: make or read them")
        folder = self.load.domains.parent.parent / "domains"
        for count in (1, *self.counts):
            self.sets[count] = Domains(self.load.domains, folder, count)
        self.sets[IN_ONE_FOLDER] = Domains(self.load.domains, folder,
                                           FETCH_COUNT, "flat")
        results = self._load_and_memory()
        results += self._fetches()
        with self._hosting(OURS, self.counts[-1]) as (server, _):
            results += self._changes(server)
        return results

    @contextlib.contextmanager
    def _hosting(self, kind, count):
        start = time.monotonic()
        with self.rack.hosting(kind, self.sets[count],
                               LOAD_SECONDS) as server:
            loaded = Loaded(server.cpu_ns(), time.monotonic() - start)
            yield server, loaded

    # --- Loading, and what stays in memory ---

    def _load_and_memory(self):
        ours = {count: self._per_domain(OURS, count)
                for count in (*self.counts, IN_ONE_FOLDER)}
        results = []
        for count, (cpu_us, kb, seconds) in ours.items():
            name = f"{count} domains" if count in self.counts else count
            goals = ("<= 2.00", "<= 46") if count != 1000 else (None, None)
            results += [
                Result(f"memory per further domain, {name}", kb, "kB",
                       goals[0]),
                Result(f"CPU to load a domain, {name}", cpu_us, "us",
                       goals[1]),
                Result(f"time from start to listening, {name}", seconds, "s")]
        if "nginx" not in self.rack.kinds():
            return results
        cpu_us, kb, _ = self._per_domain("nginx", NGINX_COUNT)
        most = ours[self.counts[-1]]
        return [*results,
                Result(f"memory per further domain / nginx's with "
                       f"{NGINX_COUNT}", most[1] / kb, "", "<= 0.05",
                       f"nginx: {kb:.1f} kB"),
                Result(f"CPU to load a domain / nginx's with {NGINX_COUNT}",
                       most[0] / cpu_us, "", "<= 0.05",
                       f"nginx: {cpu_us:.0f} us")]

    def _per_domain(self, kind, count):
        """(CPU in us, memory in kB) of each domain but the first, and the
        whole time until it listens."""
        further = self.sets[count].count - 1
        rounds = 1 if further > FETCH_COUNT else 3
        one, many = ([self._load(kind, number) for _ in range(rounds)]
                     for number in (1, count))

        def median(loads, of):
            return statistics.median(getattr(load, of) for load in loads)
        cpu_us = (median(many, "cpu_ns") - median(one, "cpu_ns")
                  ) / 1000 / further
        kb = (median(many, "kb") - median(one, "kb")) / further
        seconds = median(many, "seconds")
        self.say(f"{kind} with {count} domains: {cpu_us:.1f} us CPU to load "
                 f"and {kb:.2f} kB for each further one, listens after "
                 f"{seconds:.2f} s")
        return cpu_us, kb, seconds

    def _load(self, kind, count):
        with self._hosting(kind, count) as (server, loaded):
            loaded.kb = server.settled_anonymous_kb()
            # The last one is there as well.
            self.load.fetch_all(server, 1, first=self.sets[count].count - 1)
        return loaded

    # --- Fetches ---

    def _fetches(self):
        with self._hosting(OURS, FETCH_COUNT) as (many, _), \
                self._hosting(OURS, 1) as (one, _):
            return [self._cold_and_warm(many), self._many_and_one(many, one)]

    def _cold_and_warm(self, server):
        warm, cold = [], []
        rounds = min(self.rounds, (FETCH_COUNT - 1) // self.fetches)
        self._warm_us(server)
        for number in range(rounds):
            first = 1 + number * self.fetches
            cold.append(self._fetch_us(server, first=first))
            warm.append(self._warm_us(server))
        self._say_fetches("a cold domain", cold)
        self._say_fetches("a warm one", warm)
        # OpenSSL 3.0 takes ten times as long to parse a certificate and key.
        old = "OpenSSL 3.0" in subprocess.run(
            ["openssl", "version"], capture_output=True, text=True).stdout
        return ratio("CPU of a first fetch, cold / warm", cold, warm,
                     "<= 2.0" if old else "<= 1.2")

    def _many_and_one(self, many, one):
        spent = {many: [], one: []}
        for server in spent:
            self._warm_us(server)
        for number in range(self.rounds):
            for server in list(spent)[::-1 if number % 2 else 1]:
                spent[server].append(self._warm_us(server))
        self._say_fetches(f"one of {FETCH_COUNT} domains", spent[many])
        self._say_fetches("the only domain", spent[one])
        return ratio(f"CPU of a warm fetch, {FETCH_COUNT} domains / one",
                     spent[many], spent[one], "<= 1.05")

    def _warm_us(self, server):
        return self._fetch_us(server, name=host_of(0))

    def _fetch_us(self, server, **options):
        """Without the main thread, which looks after the files meanwhile."""
        return self.load.cpu_us(server, self.fetches, server.serving_cpu_ns,
                                **options)

    def _say_fetches(self, of, values):
        self.say(f"CPU of a fetch of {of}: median "
                 f"{statistics.median(values):.0f} us, {spread(values)}")

    # --- One change among many ---

    def _changes(self, server):
        domains = self.sets[self.counts[-1]]
        idle_ms = self._idle_ms(server)
        results = [Result(f"idle CPU in a minute, {domains.count} domains",
                          idle_ms, "ms")]
        edited = domains.count // 2
        for what, host, part, change in (
                ("edit", host_of(edited), "policy",
                 lambda: domains.edit(edited)),
                ("renewal", host_of(0), "leaf", domains.renew)):
            name = f"one {what} among {domains.count} domains"
            try:
                results += self._one_change(server, name, host, part, change)
            except BenchError as error:
                results.append(Result(name, None, note=str(error)))
        return results

    def _idle_ms(self, server):
        """Includes its looks at files that inotify might not tell of."""
        before = server.cpu_ns()
        time.sleep(self.idle_seconds)
        spent = (server.cpu_ns() - before) / 1e6
        return spent * 60 / self.idle_seconds

    def _one_change(self, server, name, host, part, change):
        """Time and CPU are taken from changes of their own: the fetches that
        find out when it is served cost CPU, too."""
        seconds, cpu_ms = [], []
        rounds = 1
        while len(cpu_ms) < rounds:
            timed = Change(server, host, part)
            change()
            timed.wait(0.005)
            seconds.append(timed.seconds)
            if timed.seconds < SLOW_SECONDS:
                rounds = 5
            time.sleep(1)
            counted = Change(server, host, part)
            change()
            counted.wait(max(seconds) + 1)
            cpu_ms.append(counted.cpu_ms)
        # A median: now and then the server's own look falls into a round.
        return [Result(f"{name}, time until served",
                       statistics.median(seconds), "s", "<= 1",
                       spread(seconds)),
                Result(f"{name}, CPU", statistics.median(cpu_ms), "ms",
                       "<= 50", spread(cpu_ms))]


class Change:
    """From just before a change of what `host` is served until it is seen."""

    def __init__(self, server, host, part):
        self.server, self.host, self.part = server, host, part
        self.cpu_ms = self.seconds = 0
        self._old = look(server, host)[part]
        self._cpu_ns = server.cpu_ns()
        self._start = time.monotonic()

    def wait(self, pause):
        """Looks after every `pause` seconds. `cpu_ms` is what the server has
        spent before the last look."""
        while True:
            time.sleep(pause)
            self.cpu_ms = (self.server.cpu_ns() - self._cpu_ns) / 1e6
            new = look(self.server, self.host)[self.part]
            self.seconds = time.monotonic() - self._start
            if new != self._old:
                return
            if self.seconds > SERVED_SECONDS:
                raise BenchError(f"a change of the {self.part} of {self.host} "
                                 f"is not served after {SERVED_SECONDS} s")


def look(server, host):
    """What one fetch brings: the certificate and the policy."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", server.port), 60) as plain, \
            context.wrap_socket(plain, server_hostname=host) as connection:
        connection.sendall(
            f"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: {host}\r\n"
            "Connection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, policy = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise BenchError(f"no policy from {host}")
        return {"leaf": connection.getpeercert(binary_form=True),
                "policy": policy}
