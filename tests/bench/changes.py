# SPDX-License-Identifier: MIT
"""What it costs among many domains when nothing changes, and when one does."""

import contextlib
import pathlib
import statistics
import sys
import time
import unittest

from answers import look
from domains import host_of
from fetches import spread
from result import Result
from servers import BenchError

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import preload  # noqa: E402

SERVED_SECONDS = 600
# A change that takes longer than this is measured once.
SLOW_SECONDS = 5
# A look is over when nothing was spent for so many samples of this length.
SAMPLE_SECONDS = 0.1
QUIET_SAMPLES = 5
BUSY_NS = 1_000_000  # spent in a sample
# Looks are 30 s apart at most.
LOOK_SECONDS = 60


class Changes:
    """Measures them on a server that serves `domains`."""

    def __init__(self, domains, idle_seconds, say):
        self.domains = domains
        self.idle_seconds = idle_seconds
        self.say = say

    def measure(self, server):
        results = [Result("idle CPU in a minute, "
                          f"{self.domains.count} domains",
                          self._idle_ms(server), "ms")]
        edited = self.domains.count // 2
        for what, host, part, change in (
                ("edit", host_of(edited), "policy",
                 lambda: self.domains.edit(edited)),
                ("renewal", host_of(0), "leaf", self.domains.renew)):
            name = f"one {what} among {self.domains.count} domains"
            try:
                results += self._one_change(server, name, host, part, change)
            except BenchError as error:
                results.append(Result(name, None, note=str(error),
                                      broken=True))
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


# --- Where inotify does not reach ---

@contextlib.contextmanager
def without_inotify():
    """The environment of a program that is refused inotify: it looks by itself
    as on a file server that tells nobody of changes."""
    with contextlib.ExitStack() as test:
        test.enterContext = test.enter_context  # as a TestCase calls it
        try:
            yield preload.deny(test, "inotify_init1", "EMFILE")
        except unittest.SkipTest as error:
            raise BenchError(str(error)) from None


def looking_share(server):
    """The share of a processor, in percent, from the end of one look to the
    end of the next."""
    ends = [end_of_look(server) for _ in range(2)]
    spent, seconds = (after - before for before, after in zip(*ends))
    return spent / seconds / 1e7


def end_of_look(server):
    """(processor time in ns, time in s) when a look has just ended."""
    limit = time.monotonic() + LOOK_SECONDS
    end, quiet, before = None, 0, server.cpu_ns()
    while end is None or quiet < QUIET_SAMPLES:
        time.sleep(SAMPLE_SECONDS)
        now = server.cpu_ns()
        quiet += 1
        if now - before > BUSY_NS:
            end, quiet = (now, time.monotonic()), 0
        before = now
        if time.monotonic() > limit:
            raise BenchError(f"no look in {LOOK_SECONDS} s")
    return end
