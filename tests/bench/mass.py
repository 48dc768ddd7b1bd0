# SPDX-License-Identifier: MIT
"""All policies or all certificates of many domains change while senders
fetch."""

import contextlib
import dataclasses
import json
import os
import pathlib
import random
import subprocess
import sys
import time

from answers import look
from domains import ISSUERS, SPOILED, Domains, host_of, make
from load import pin
from loading import LOAD_SECONDS, OURS
from result import Result
from servers import BenchError, processors

GENERATOR = pathlib.Path(__file__).resolve().parent / "generator.py"
RATE = 100  # fetches a second
# Looked at one after the other, until each has what is new.
SAMPLE = 50
PAUSE_SECONDS = 0.02
SERVED_SECONDS = 300
LOADERS = 8  # that fetch at a time, in the end
# "All in an hour": so many, for as long as it is measured.
RENEWALS_AN_HOUR = 100_000


@dataclasses.dataclass
class Seen:
    """By the senders and by the kernel, while something went on."""
    fetched: dict
    cpu_ms: float
    seconds: float
    quiet_kb: int
    peak_kb: int

    def worst_ms(self):
        return self.fetched["max_us"] / 1000

    def cpu_share(self):
        """In percent of a processor."""
        return self.cpu_ms / self.seconds / 10

    def cpu_beside(self, other):
        """In ms, without what the fetches took, as in `other`."""
        return max(0, self.cpu_ms - other.cpu_ms / other.seconds * self.seconds)


@contextlib.contextmanager
def spoiled_if_left(*folders):
    """Made anew the next time, if the changes are not brought to an end."""
    marks = [folder / SPOILED for folder in folders]
    for mark in marks:
        mark.touch()
    yield
    for mark in marks:
        mark.unlink()


def issuer_of(leaf):
    return next(name for name in reversed(ISSUERS) if name.encode() in leaf)


class Mass:
    """Measures the group `mass`; see Figures for the arguments. `most` is the
    number of domains."""

    def __init__(self, rack, load, quick, most, say):
        self.rack = rack
        self.load = load
        self.count = most
        self.quiet_seconds = 5 if quick else 15
        self.paced_seconds = 10 if quick else 30
        self.say = say
        self.seed = random.randrange(1 << 31)

    def measure(self):
        self.say("domains with certificates, and those for their renewal: make "
                 f"or read them; the fetches have the seed {self.seed}")
        made = self.load.made
        self.domains = Domains(self.load.domains, made, self.count)
        self.elsewhere = Domains(self.load.domains, made,
                                 max(1000, self.count // 10))
        others = made / f"renewals-{self.count}"
        make(self.load.domains, others, self.count, "renewals")
        self.others = others / "certs"
        with self.rack.hosting(OURS, self.domains, LOAD_SECONDS) as server, \
                spoiled_if_left(self.domains.folder, others):
            return self._all(server)

    def _all(self, server):
        server.settled_anonymous_kb()
        quiet = self._during(server, lambda: time.sleep(self.quiet_seconds))
        results = [Result(f"slowest fetch, {self.count} domains, quiet",
                          quiet.worst_ms(), "ms")]
        results += self._paced(server, quiet)
        mark = f"g{time.time_ns()}"
        results += self._one(
            server, "policies", "policy",
            ["policies", self.domains.policies, self.count, mark],
            ["policies", self.elsewhere.policies, self.elsewhere.count, mark],
            {"expect": f"mx: {mark}."})
        now = ISSUERS.index(issuer_of(look(server, host_of(0))["leaf"]))
        return results + self._one(
            server, "certificates", "leaf", self._renewal(self.count, 0),
            ["turns", self.elsewhere.certificates, self.elsewhere.count],
            {"issuer": ISSUERS[1 - now]})

    def _renewal(self, count, rate):
        return ["certificates", self.domains.certificates, count, self.others,
                rate]

    def _paced(self, server, quiet):
        """As many renewals a second as are all in an hour."""
        rate = RENEWALS_AN_HOUR / 3600
        count = min(int(rate * self.paced_seconds), self.count)
        old = self._leaf(server, count - 1)

        def change():
            self._generate(self._renewal(count, rate))
            self._wait(lambda: self._leaf(server, count - 1) != old)
        seen = self._during(server, change)
        self._generate(self._renewal(count, 0))  # back, to be like the others
        self._wait(lambda: self._leaf(server, count - 1) == old)
        fetches = seen.fetched["fetches"]
        name = f"while {RENEWALS_AN_HOUR} certificates an hour are renewed"
        self.say(f"{count} renewals in {seen.seconds:.1f} s, {seen.cpu_ms:.0f} "
                 f"ms of CPU, with that of {fetches} fetches: {seen.fetched}")
        return [self._failures(seen, name),
                Result(f"slowest fetch {name}", seen.worst_ms(), "ms"),
                Result(f"CPU {name}, each",
                       1e3 * seen.cpu_beside(quiet) / count, "us", None,
                       f"with {RATE} fetches a second {seen.cpu_share():.1f} % "
                       f"of a core, without renewals {quiet.cpu_share():.1f} %")
                ]

    def _one(self, server, what, part, command, alike, expected):
        """`command` changes all, and before it `alike` does the same to others
        where mta-stsd does not look: what a fetch feels of that is none of its
        doing."""
        control = self._during(server, lambda: self._generate(alike))
        numbers = random.Random(self.seed).sample(
            range(self.count), min(SAMPLE, self.count))
        # Those that the generator comes to last may be served last.
        numbers = [*range(self.count - 5, self.count), *numbers]
        old = {number: look(server, host_of(number))[part]
               for number in numbers}
        written = 0

        def change():
            nonlocal written
            start = time.monotonic()
            self._generate(command)
            written = time.monotonic() - start
            for number in numbers:
                self._wait(lambda: look(server, host_of(number))[part]
                           != old[number])
        seen = self._during(server, change)
        self._check(server, expected)
        name = f"while all {what} of {self.count} domains change"
        self.say(f"all {what}: written in {written:.1f} s, served "
                 f"{seen.seconds - written:.1f} s later; "
                 f"{seen.quiet_kb} kB before, {seen.peak_kb} kB at most, "
                 f"{server.memory_kb('VmRSS')} kB now; fetches: {seen.fetched}")
        return [self._failures(seen, name),
                Result(f"slowest fetch {name}, less than the slowest while "
                       "they change elsewhere",
                       max(0, seen.worst_ms() - control.worst_ms()), "ms",
                       "<= 50", f"{seen.worst_ms():.1f} ms, elsewhere "
                       f"{control.worst_ms():.1f} ms"),
                Result(f"peak of memory {name} / before",
                       seen.peak_kb / seen.quiet_kb, "", "<= 1.6"),
                Result(f"CPU of a change of all {what} of {self.count} domains, "
                       "each", 1e3 * seen.cpu_beside(control) / self.count,
                       "us"),
                Result(f"until all {what} of {self.count} domains are served",
                       seen.seconds - written, "s", None,
                       f"after {written:.1f} s in which they were written")]

    def _failures(self, seen, name):
        return Result(f"failed fetches {name}", seen.fetched["failures"], "",
                      "<= 0", seen.fetched["first_failure"])

    def _leaf(self, server, number):
        return look(server, host_of(number))["leaf"]

    def _wait(self, condition):
        end = time.monotonic() + SERVED_SECONDS
        while not condition():
            if time.monotonic() > end:
                raise BenchError("a change is not served after "
                                 f"{SERVED_SECONDS} s")
            time.sleep(PAUSE_SECONDS)

    def _check(self, server, expected):
        """That every domain has what is new."""
        self.load.fetch_all(server, self.count, first=0, parallel=LOADERS,
                            **expected)

    def _generate(self, arguments):
        """On the processor of the client, which goes before it."""
        _, cpus = processors()

        def give_way():
            os.sched_setaffinity(0, cpus)
            os.nice(10)
        subprocess.run([sys.executable, GENERATOR, *map(str, arguments)],
                       check=True, preexec_fn=give_way)

    def _during(self, server, action):
        server.forget_peak()
        quiet_kb = server.memory_kb("VmRSS")
        before, start = server.cpu_ns(), time.monotonic()
        with self._fetching(server) as fetched:
            action()
            seconds = time.monotonic() - start
            cpu_ms = (server.cpu_ns() - before) / 1e6
        return Seen(fetched, cpu_ms, seconds, quiet_kb,
                    server.memory_kb("VmHWM"))

    @contextlib.contextmanager
    def _fetching(self, server):
        """Senders fetch from all domains by chance; the yielded dictionary has
        afterwards what came of it."""
        _, cpus = processors()
        process = subprocess.Popen(
            self.load.command("fetch", server, {
                "first": 0, "domains": self.count, "seed": self.seed,
                "rate": RATE, "until-eof": "yes"}),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=pin(cpus))
        fetched = {}
        try:
            yield fetched
        finally:
            said, _ = process.communicate()  # ends its standard input
        fetched.update(json.loads(said))
