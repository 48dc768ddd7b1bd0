# SPDX-License-Identifier: MIT
"""What a fetch costs among many domains: the first one of a domain since the
start (cold), the next ones (warm), and all of them once, by chance."""

import random
import statistics
import subprocess
import time

from domains import host_of
from result import Result, quartiles, ratio


def spread(values):
    low, high = quartiles(values)
    return f"half of the rounds: {low:.2f} to {high:.2f}"


class Fetches:
    """Measures them on servers that nobody has fetched from before."""

    def __init__(self, load, rounds, count, say):
        self.load = load
        self.rounds = rounds
        self.count = count  # fetches of a round
        self.say = say

    def measure(self, many, number, one):
        """Of the server `many` with so many domains, and of one with one."""
        seed = random.randrange(1 << 31)
        self.say(f"the order of the domains has the seed {seed}")
        order = {"domains": number, "seed": seed}
        results = self._first_ones(many, number, order)
        return [*results, self._many_and_one(many, number, one)]

    def _first_ones(self, server, number, order):
        """Every domain once, warm ones in between. What is left out is the
        first second, in which the processor's caches fill."""
        first = 0
        start = time.monotonic()
        while time.monotonic() - start < 1 and first < number // 4:
            self._fetch_us(server, self.count, first=first, **order)
            first += self.count
        singles = self._in_turn(server, first, self.rounds * self.count,
                                self.count, order)
        first += len(singles[0]) * self.count
        mass = self._in_turn(server, first, number - first, 4 * self.count,
                             order)
        self._say_fetches("a cold domain", singles[0])
        self._say_fetches("a warm one", singles[1])
        self._say_fetches("each domain once", mass[0])
        return [ratio(f"CPU of a first fetch, cold / warm, {number} domains",
                      *singles, self._cold_goal()),
                Result(f"CPU of a fetch of each of {number} domains once",
                       statistics.median(mass[0]), "us", None,
                       spread(mass[0])),
                ratio(f"CPU of a fetch of each of {number} domains once / "
                      "warm", *mass, "<= 1.3")]

    def _in_turn(self, server, first, count, each, order):
        """(cold, warm): `count` domains of the order from `first` on, `each`
        in a round."""
        cold, warm = [], []
        end = min(first + count, order["domains"])
        while first < end:
            now = min(each, end - first)
            cold.append(self._fetch_us(server, now, first=first, **order))
            warm.append(self._warm_us(server))
            first += now
        return cold, warm

    def _cold_goal(self):
        # OpenSSL 3.0 takes ten times as long to parse a certificate and key.
        said = subprocess.run(["openssl", "version"], capture_output=True,
                              text=True).stdout
        return "<= 1.4" if "OpenSSL 3.0" in said else "<= 1.2"

    def _many_and_one(self, many, number, one):
        spent = {many: [], one: []}
        for server in spent:
            self._warm_us(server)
        for turn in range(self.rounds):
            for server in list(spent)[::-1 if turn % 2 else 1]:
                spent[server].append(self._warm_us(server))
        self._say_fetches(f"one of {number} domains", spent[many])
        self._say_fetches("the only domain", spent[one])
        return ratio(f"CPU of a warm fetch, {number} domains / one",
                     spent[many], spent[one], "<= 1.05")

    def _warm_us(self, server):
        return self._fetch_us(server, self.count, name=host_of(0))

    def _fetch_us(self, server, count, **options):
        """Without the threads that look after the files meanwhile."""
        return self.load.cpu_us(server, count, server.serving_cpu_ns,
                                **options)

    def _say_fetches(self, of, values):
        self.say(f"CPU of a fetch of {of}: median "
                 f"{statistics.median(values):.0f} us, {spread(values)}")
