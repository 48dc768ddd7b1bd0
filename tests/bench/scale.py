# SPDX-License-Identifier: MIT
"""The figures of many domains, each with a policy and a certificate."""

import contextlib

from changes import Changes, looking_share, without_inotify
from domains import Domains
from fetches import Fetches
from loading import LOAD_SECONDS, MOST, OURS, Loading
from result import Result
from servers import BenchError


class Scale:
    """Measures the group `scale`; see Figures for the arguments. `most` is the
    largest number of domains."""

    def __init__(self, rack, load, rounds, quick, most, say):
        self.rack = rack
        self.load = load
        self.rounds = rounds
        self.counts = [count for count in (1000, 10000) if count < most]
        self.counts.append(most)
        self.idle_seconds = 20 if quick else 60
        self.fetches = 200 if quick else 500
        self.load_rounds = 2 if quick else 3
        self.say = say
        self.sets = {}

    def measure(self):
        self.say("domains with certificates: make or read them")
        for count in (1, *self.counts):
            self.sets[count] = Domains(self.load.domains, self.load.made,
                                       count)
        results = Loading(self.rack, self.load, self.sets, self.load_rounds,
                          self.say).measure()
        most = self.counts[-1]
        with self._hosting(most) as many:
            with self._hosting(1) as one:
                results += Fetches(self.load, self.rounds, self.fetches,
                                   self.say).measure(many, most, one)
            results += Changes(self.sets[most], self.idle_seconds,
                               self.say).measure(many)
        return [*results, self._looking(most)]

    def _hosting(self, count, **options):
        return self.rack.hosting(OURS, self.sets[count], LOAD_SECONDS,
                                 **options)

    def _looking(self, count):
        name = f"looking without inotify, {count} domains"
        try:
            with without_inotify() as env, \
                    self._hosting(count, env=env) as server:
                share = looking_share(server)
        except BenchError as error:
            return Result(name, None, note=str(error), broken=True)
        return Result(name, share, "% of a core",
                      "<= 1" if count >= MOST else None)
