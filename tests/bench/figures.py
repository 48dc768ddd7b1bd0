# SPDX-License-Identifier: MIT
"""The figures: how each is measured, and the goal it is held against."""

import dataclasses
import http.client
import resource
import shutil
import statistics
import threading

import worst
from load import system_calls
from mass import Mass
from result import Result, quartiles, ratio
from scale import Scale
from servers import BenchError

OURS = "mta-stsd"
GROUPS = ("cpu", "calls", "memory", "worst", "slow", "idle", "start", "metrics",
          "scrape", "scale", "mass")
# For those of mta-stsd that count and show what they do.
OPERATIONS = """
[operations]
listen = "127.0.0.1:0"
per_domain_metrics = "{}"
"""


def in_turn(kinds, number):
    """A B C in one round, C B A in the next."""
    return kinds if number % 2 == 0 else list(reversed(kinds))


class Figures:
    """Measures groups of figures; `say` is told of the raw numbers."""

    def __init__(self, rack, load, rounds, quick, most, say):
        self.rack = rack
        self.load = load
        self.rounds = rounds
        self.quick = quick
        self.most = most  # domains
        self.say = say

    def measure(self, group):
        """The results of one group; one that fails spoils no other."""
        try:
            return getattr(self, group)()
        except BenchError as error:
            return [Result(group, None, note=str(error), broken=True)]

    def _rivals(self, *kinds):
        return [OURS, *[kind for kind in kinds if kind in self.rack.kinds()]]

    # --- 1: processor time of one full-handshake fetch ---

    def cpu(self):
        results = []
        for key in ("ecdsa", "rsa"):
            with self.rack.running(OURS, key) as ours:
                servers = {OURS: ours}
                results += self._with_rivals(key, servers)
        return results

    def _with_rivals(self, key, servers):
        missing = [kind for kind in self.rack.kinds() if kind not in servers]
        if missing:
            with self.rack.running(missing[0], key) as server:
                return self._with_rivals(key, {**servers, missing[0]: server})
        cases = [("1.3", 1, ""), ("1.3", 4, ""), ("1.2", 1, "")]
        if key == "ecdsa":
            cases.append(("1.3", 1, "close"))
        return [result for case in cases
                for result in self._cpu_case(key, *case, servers)]

    def _cpu_case(self, key, tls, parallel, connection, servers):
        count = 200 if self.quick else 500
        chain = self.rack.chains[key]
        kinds = [*servers, "limit"]
        spent = {kind: [] for kind in kinds}
        options = {"tls": tls, "parallel": parallel, "connection": connection}
        for server in servers.values():
            self.load.fetch_all(server, 50, **options)  # warms its caches
        for number in range(self.rounds):
            for kind in in_turn(kinds, number):
                spent[kind].append(
                    self.load.limit_us(chain, tls, count) if kind == "limit"
                    else self.load.cpu_us(servers[kind], count, **options))
        name = f"{key.upper()} TLS {tls}, {parallel} at a time"
        if connection:
            name += f", Connection: {connection}"
        for kind, values in spent.items():
            low, high = quartiles(values)
            self.say(f"CPU {name}, {kind}: median "
                     f"{statistics.median(values):.0f} us, half of the rounds "
                     f"{low:.0f} to {high:.0f}")
        main = key == "ecdsa" and tls == "1.3" and not connection
        goals = {"nginx": "<= 0.88", "nginx-tuned": "<= 0.97",
                 "limit": "<= 1.70"}
        return [ratio(f"CPU per fetch / {kind}, {name}", spent[OURS],
                      spent[kind], goals[kind] if main else None)
                for kind in kinds if kind != OURS]

    # --- 2: system calls ---

    def calls(self):
        figure = "system calls per fetch"
        if shutil.which("strace") is None:
            return [Result(figure, None, "", "<= 18", "no strace here")]
        results = []
        count = 200
        for kind in self.rack.kinds():
            for connection in ("", "close"):
                with self.rack.running(kind) as server:
                    self.load.fetch_all(server, 20, connection=connection)
                    calls = system_calls(
                        server, lambda: self.load.fetch_all(
                            server, count, connection=connection), count)
                    asked = ' with "Connection: close"' if connection else ""
                    self.say(f"system calls, {kind}{asked}: " + ", ".join(
                        f"{name} {calls[name]:.2f}" for name in
                        sorted(calls, key=calls.get, reverse=True)))
                    results.append(Result(
                        f"{figure}, {kind}{asked}", sum(calls.values()), "",
                        "<= 18" if kind == OURS else None))
        return results

    # --- 3: memory of one connection that does nothing ---

    def memory(self):
        count = 200 if self.quick else 1000
        kinds = self._rivals("nginx")
        each = {}
        for kind in kinds:
            for hold in ("idle", "silent", "hello"):
                with self.rack.running(kind) as server:
                    each[kind, hold] = self._held_kb(server, hold, count)
                    self.say(f"memory per {hold} connection, {kind}: "
                             f"{each[kind, hold]:.2f} kB")
        results = [Result("memory per silent TCP connection",
                          each[OURS, "silent"], "kB", "<= 0.5")]
        for hold, goal, name in (
                ("idle", "<= 1.00", "idle TLS connection"),
                ("hello", "<= 0.02", "dripping ClientHello")):
            if "nginx" in kinds:
                results.append(Result(
                    f"memory per {name} / nginx",
                    each[OURS, hold] / each["nginx", hold], "", goal))
        return results

    def _held_kb(self, server, hold, count):
        # Its tables and caches have to be there before, or they would count.
        self.load.fetch_all(server, 50)
        before = server.settled_anonymous_kb()
        with self.load.holding(server, hold, count) as held:
            grown = server.settled_anonymous_kb() - before
        if held["alive"] < count:
            raise BenchError(f"{server.kind} closed {count - held['alive']} "
                             "connections that were to be held")
        return grown / count

    def worst(self):
        count = 200 if self.quick else 1000
        return worst.measure(self.rack.mta_stsd, count, self.say)

    # --- 4: 2000 slow clients ---

    def slow(self):
        count = 500 if self.quick else 2000
        rounds = 1 if self.quick else max(3, self.rounds // 4)
        kinds = self._rivals("nginx")
        results = []
        grown = {}
        for hold, name in (("head", "headers"), ("hello", "handshakes")):
            runs = {kind: [] for kind in kinds}
            for number in range(rounds):
                for kind in in_turn(kinds, number):
                    with self.rack.running(kind) as server:
                        run = self._under(server, hold, count)
                    runs[kind].append(run)
                    grown.setdefault((kind, hold), []).append(run.grown_kb)
            for kind in kinds:
                results += self._honest_results(
                    kind, f"{count} slow {name}", runs[kind], "<= 1.5")
        if "nginx" in kinds:
            results.append(ratio(
                f"memory under {count} dripping handshakes / nginx",
                grown[OURS, "hello"], grown["nginx", "hello"], "<= 0.05"))
        return results

    @dataclasses.dataclass
    class Run:
        quiet: dict
        loaded: dict
        grown_kb: int
        alive: int

    def _under(self, server, hold, count):
        """Honest clients, 50 a second, before and while others are held."""
        honest = {"count": 100 if self.quick else 500, "rate": 50}
        self.load.fetch_all(server, 50)
        quiet = self.load.fetch(server, **honest)
        before = server.anonymous_kb()
        with self.load.holding(server, hold, count) as held:
            loaded = self.load.fetch(server, **honest)
            grown = server.anonymous_kb() - before
        self.say(f"{server.kind} with {held['held']} {hold}: p99 "
                 f"{quiet['p99_us'] / 1000:.1f} ms before, "
                 f"{loaded['p99_us'] / 1000:.1f} ms under it, "
                 f"{loaded['failures']} failures, {held['alive']} still held, "
                 f"{grown} kB more")
        return self.Run(quiet, loaded, grown, held["alive"])

    def _honest_results(self, kind, name, runs, goal):
        ours = kind == OURS
        good = sum(run.loaded["fetches"] for run in runs)
        tried = good + sum(run.loaded["failures"] for run in runs)
        latency = ratio(f"p99 under {name} / quiet p99, {kind}",
                        [run.loaded["p99_us"] for run in runs],
                        [run.quiet["p99_us"] for run in runs],
                        goal if ours else None)
        return [Result(f"honest success under {name}, {kind}",
                       100 * good / tried, "%", ">= 100" if ours else None),
                latency]

    # --- 5: 10,000 idle connections ---

    def idle(self):
        count = 1000 if self.quick else 10000
        name = f"{count} idle connections"
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard != resource.RLIM_INFINITY and hard < count + 500:
            return [Result(f"honest success under {name}", None, "%",
                           ">= 100", f"only {hard} open files are allowed")]
        rounds = 1 if self.quick else max(3, self.rounds // 4)
        runs = []
        for _ in range(rounds):
            with self.rack.running(OURS) as server:
                runs.append(self._under(server, "idle", count))
        least = min(run.alive for run in runs)
        if least < count:
            return [Result(f"honest success under {name}", None, "%",
                           ">= 100", f"only {least} could be held")]
        return self._honest_results(OURS, name, runs, "<= 2")

    # --- 6: memory before the first client ---

    def start(self):
        used = {}
        for kind in self._rivals("nginx"):
            with self.rack.running(kind) as server:
                used[kind] = server.settled_anonymous_kb()
        if "nginx" not in used:
            return [Result("start-up memory", used[OURS], "kB")]
        with self.rack.running("nginx", connections=768) as server:
            small = server.settled_anonymous_kb()
        self.say(f"start-up memory: {used} kB; nginx with Debian's 768 "
                 f"connections {small} kB")
        return [Result("start-up memory / nginx", used[OURS] / used["nginx"],
                       "", "<= 0.35"),
                Result("start-up memory / nginx with 768 connections",
                       used[OURS] / small)]

    # --- 7: what counting costs a fetch ---

    def metrics(self):
        count = 200 if self.quick else 1000
        spent = {"without": [], "with": []}
        with self.rack.running(OURS) as off, \
                self.rack.running(OURS, more=OPERATIONS.format("on")) as on:
            servers = {"without": off, "with": on}
            for server in servers.values():
                self.load.fetch_all(server, 50)
            for number in range(self.rounds):
                for kind in in_turn(list(servers), number):
                    spent[kind].append(self.load.cpu_us(servers[kind], count))
        for kind, values in spent.items():
            self.say(f"CPU {kind} metrics: median "
                     f"{statistics.median(values):.0f} us")
        return [ratio("CPU per fetch with metrics / without", spent["with"],
                      spent["without"], "<= 1.02")]

    # --- 8: what a scrape costs, and whether fetches feel it ---

    def scrape(self):
        domains = 100_000
        names = ", ".join(f'"d{i}.example.org"' for i in range(domains))
        policy = (f"[[policy]]\ndomains = [\n{names}]\n"
                  'mx = ["mail.example.org"]\n'.replace(", ", ",\n"))
        results = []
        for per_domain in ("auto", "on"):
            more = OPERATIONS.format(per_domain) + policy
            with self.rack.running(OURS, more=more) as server:
                results += self._scrapes(
                    server, f"{domains} domains, per_domain_metrics = "
                    f"{per_domain}")
        return results

    def _scrapes(self, server, name):
        port = server.operations_port()
        count = 5 if self.quick else 20

        def scrape():
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/metrics")
            size = len(connection.getresponse().read())
            connection.close()
            return size
        size = scrape()  # the first one writes what stands still
        before = server.cpu_ns()
        for _ in range(count):
            scrape()
        each = (server.cpu_ns() - before) / 1e6 / count
        self.say(f"scrape, {name}: {size} octets, {each:.1f} ms of CPU")
        honest = {"count": 100 if self.quick else 500, "rate": 50}
        quiet = self.load.fetch(server, **honest)
        ended = threading.Event()

        def keep_scraping():
            while not ended.wait(0.2):
                scrape()
        thread = threading.Thread(target=keep_scraping)
        thread.start()
        try:
            loaded = self.load.fetch(server, **honest)
        finally:
            ended.set()
            thread.join()
        self.say(f"fetches, {name}: quiet {quiet}; while scraped {loaded}")
        return [Result(f"CPU of a scrape, {name}", each, "ms", "<= 100"),
                Result(f"failed fetches while scraped, {name}",
                       loaded["failures"], "", "<= 0")]

    # --- 9: many domains ---

    def scale(self):
        return Scale(self.rack, self.load, self.rounds, self.quick, self.most,
                     self.say).measure()

    # --- 10: all of them change ---

    def mass(self):
        return Mass(self.rack, self.load, self.quick, self.most,
                    self.say).measure()
