# SPDX-License-Identifier: MIT
"""What many domains cost from the start to rest: processor time, memory and
the time until the first answer, for each way that the files can lie."""

import dataclasses
import itertools
import os
import statistics
import time

from answers import look
from domains import FOLDERS, LAYOUTS, host_of
from result import Result

OURS = "mta-stsd"
NGINX_COUNT = 1000
LOAD_SECONDS = 900
# The goals are those of so many; fewer domains have to do with less.
MOST = 100_000
# One round will do above this: what is measured is long enough.
ONE_ROUND_ABOVE = 10_000


@dataclasses.dataclass
class Loaded:
    """A server that has read its domains and does nothing."""
    cpu_us: float
    seconds: float  # until it listens
    kb: float  # anonymous
    whole_kb: float = 0  # with what the program itself is
    peak_kb: float = 0


@dataclasses.dataclass
class Step:
    """What a further domain costs between two sizes."""
    fewer: int
    more: int
    cpu_us: float
    kb: float
    peak_kb: float


def median(loads):
    return Loaded(*(statistics.median(getattr(load, field.name)
                                      for load in loads)
                    for field in dataclasses.fields(Loaded)))


def step(fewer, more, loads):
    further = more - fewer
    return Step(fewer, more, *((getattr(loads[more], name)
                                - getattr(loads[fewer], name)) / further
                               for name in ("cpu_us", "kb", "peak_kb")))


class Loading:
    """Measures it; `sets` has the domains for each count."""

    def __init__(self, rack, load, sets, rounds, say):
        self.rack = rack
        self.load = load
        self.sets = sets
        self.counts = [count for count in sorted(sets) if count > 1]
        self.rounds = rounds
        self.say = say

    def measure(self):
        results = []
        alone = self._median(OURS, 1)
        for layout in LAYOUTS:
            loads = {1: alone}
            for count in self.counts:
                loads[count] = self._median(OURS, count, layout)
            results += self._rows(layout, loads)
            if layout == FOLDERS:
                ours = step(1, self.counts[-1], loads)
        return results + self._rivals(ours)

    def _median(self, kind, count, layout=FOLDERS):
        rounds = 1 if count > ONE_ROUND_ABOVE else self.rounds
        return median([self._load(kind, count, layout)
                       for _ in range(rounds)])

    def _load(self, kind, count, layout):
        with self.rack.hosting(kind, self.sets[count], LOAD_SECONDS,
                               layout) as server:
            loaded = Loaded(server.cpu_ns() / 1000,
                            time.monotonic() - server.started,
                            server.settled_anonymous_kb())
            if kind == OURS:
                loaded.whole_kb = server.memory_kb("VmRSS")
                loaded.peak_kb = server.memory_kb("VmHWM")
            # The last one is there as well; with nginx all policies are one.
            self.load.fetch_all(server, 1, **(
                {"first": count - 1} if kind == OURS
                else {"name": host_of(count - 1)}))
        return loaded

    # --- What it comes to ---

    def _rows(self, layout, loads):
        results = []
        for count in self.counts:
            name = f"{count} domains, {layout}"
            one = step(1, count, loads)
            goals = ("<= 2.00", "<= 46") if count > 1000 else (None, None)
            whole = loads[count].whole_kb * 1024 / 1e6
            results += [
                Result(f"memory per further domain, {name}", one.kb, "kB",
                       goals[0]),
                Result(f"CPU to load a further domain, {name}", one.cpu_us,
                       "us", goals[1]),
                Result(f"memory all told, {name}", whole, "MB",
                       "<= 200" if count == MOST else None),
                Result(f"peak of the start / memory all told, {name}",
                       loads[count].peak_kb / loads[count].whole_kb)]
        most = self.counts[-1]
        return [*results, *self._growth(layout, loads),
                self._first_answer(most, layout)]

    def _growth(self, layout, loads):
        """A cost that grows faster than the number shows in the last step."""
        steps = [step(fewer, more, loads)
                 for fewer, more in itertools.pairwise(sorted(loads))]
        for one in steps:
            self.say(f"{layout}, from {one.fewer} to {one.more} domains: "
                     f"{one.cpu_us:.1f} us of CPU to load, {one.kb:.2f} kB, "
                     f"{one.peak_kb:.2f} kB at the peak of the start, each "
                     "further one")
        before, last = steps[-2:]
        name = (f"a further domain from {last.fewer} to {last.more} / from "
                f"{before.fewer} to {before.more}, {layout}")
        return [Result(f"CPU to load {name}", last.cpu_us / before.cpu_us),
                Result(f"memory of {name}", last.kb / before.kb)]

    def _first_answer(self, count, layout):
        """As it is in life: on all processors."""
        with self.rack.hosting(OURS, self.sets[count], LOAD_SECONDS, layout,
                               cpus=os.sched_getaffinity(0)) as server:
            look(server, host_of(count // 2))
            seconds = time.monotonic() - server.started
        return Result(f"start to the first answer, {count} domains, {layout}",
                      seconds, "s", "<= 5" if count == MOST else None,
                      f"{len(os.sched_getaffinity(0))} processors")

    def _rivals(self, ours):
        if "nginx" not in self.rack.kinds():
            return []
        loads = {count: self._median("nginx", count)
                 for count in (1, NGINX_COUNT)}
        nginx = step(1, NGINX_COUNT, loads)
        return [Result(f"memory per further domain / nginx's with "
                       f"{NGINX_COUNT}", ours.kb / nginx.kb, "", "<= 0.05",
                       f"nginx: {nginx.kb:.1f} kB"),
                Result(f"CPU to load a further domain / nginx's with "
                       f"{NGINX_COUNT}", ours.cpu_us / nginx.cpu_us, "",
                       "<= 0.05", f"nginx: {nginx.cpu_us:.0f} us")]
