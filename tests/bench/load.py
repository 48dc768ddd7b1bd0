# SPDX-License-Identifier: MIT
"""The clients and the other tools that are run against a server."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile

from servers import POLICY_HOST, BenchError, processors, wait_until

HOLD_SECONDS = 120


def pin(cpus):
    return lambda: os.sched_setaffinity(0, cpus)


class Load:
    """Runs the benchmark's own programs, each on its own processor."""

    def __init__(self, programs):
        self.client = programs / "client"
        self.limit = programs / "limit"
        self.domains = programs / "domains"
        self.made = programs.parent / "domains"  # what it makes is kept there

    def command(self, mode, server, options):
        command = [self.client, mode, "--port", str(server.port)]
        for key, value in {"name": POLICY_HOST, **options}.items():
            command += ["--" + key.replace("_", "-"), str(value)]
        return command

    def fetch(self, server, count, **options):
        """`count` fetches; what the client says of them."""
        _, cpus = processors()
        done = subprocess.run(
            self.command("fetch", server, {"count": count, **options}),
            check=True, capture_output=True, preexec_fn=pin(cpus))
        return json.loads(done.stdout)

    def fetch_all(self, server, count, **options):
        """The same, where a failure spoils the figure."""
        result = self.fetch(server, count, **options)
        if result["failures"]:
            raise BenchError(f"{result['failures']} of {count} fetches from "
                             f"{server.kind} failed, the first "
                             f"{result['first_failure']}")
        return result

    def cpu_us(self, server, count, clock=None, **options):
        """The server's processor time for one fetch, in microseconds; by
        `clock` if not by all of it."""
        clock = clock or server.cpu_ns
        before = clock()
        self.fetch_all(server, count, **options)
        return (clock() - before) / 1000 / count

    def limit_us(self, chain, tls, count):
        """The same for OpenSSL alone, in memory."""
        cpus, _ = processors()
        done = subprocess.run(
            [self.limit, chain / "fullchain.pem", chain / "privkey.pem", tls,
             str(count)], check=True, capture_output=True,
            preexec_fn=pin(cpus))
        return json.loads(done.stdout)["cpu_us"]

    @contextlib.contextmanager
    def holding(self, server, kind, count):
        """`count` connections that stay open while the context lasts.

        Yields when the server has accepted them all. The yielded dictionary
        has "alive" afterwards: how many the server kept to the end.
        """
        _, cpus = processors()
        before = server.settled_descriptors()
        process = subprocess.Popen(
            self.command("hold", server, {"count": count, "kind": kind}),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=pin(cpus))
        try:
            line = process.stdout.readline()
            if not line:
                raise BenchError(f"the client can't hold {count} connections")
            result = json.loads(line)
            wait_until(lambda: server.descriptors() >= before + result["held"],
                       f"{server.kind} does not accept them all", HOLD_SECONDS)
            yield result
        finally:
            rest, _ = process.communicate()  # ends its standard input
        result.update(json.loads(rest))


def system_calls(server, fetch_many, count):
    """Counts by name for one fetch while `fetch_many()` does `count`."""
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "table"
        said = pathlib.Path(folder) / "said"
        with open(said, "wb") as stderr:
            strace = subprocess.Popen(
                ["strace", "-c", "-f", "-o", table, "-p",
                 str(server.serving_pid())], stderr=stderr)
        try:
            # Attached when it says so, of every thread.
            wait_until(lambda: "attached" in said.read_text()
                       or strace.poll() is not None, "strace does not attach")
            if strace.poll() is not None:
                raise BenchError("strace may not attach: "
                                 + said.read_text().strip())
            fetch_many()
        finally:
            if strace.poll() is None:
                strace.send_signal(2)  # as Ctrl-C: detach and report
                strace.wait()
        calls = {}
        for line in table.read_text().splitlines():
            row = re.match(
                r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", line)
            if row and row[2] != "total":
                calls[row[2]] = int(row[1]) / count
        return calls
