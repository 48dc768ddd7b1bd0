# SPDX-License-Identifier: MIT
"""Many domains of one provider in a namespace: knotd has their records, our own
mta-stsd serves their policies, each with a certificate of its own."""

import json
import os
import pathlib
import random
import signal
import subprocess
import threading
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from process import cpu_seconds  # noqa: E402
from services import Knot, PolicyHost  # noqa: E402
from world import policy_id, policy_text  # noqa: E402

NAME_SERVERS = ("192.0.2.1", "2001:db8::1", "192.0.2.2", "2001:db8::2")
POLICY_HOSTS = ("192.0.2.10", "192.0.2.11")
MAIL_HOSTS = [f"mx{i}.provider.test" for i in range(10)]
RUA = "mailto:tls@provider.test"
PROVIDER = """\
$ORIGIN provider.test.
$TTL 3600
@ IN SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
@ NS ns2
@ MX 10 mx0
ns1 A 192.0.2.1
ns1 AAAA 2001:db8::1
ns2 A 192.0.2.2
ns2 AAAA 2001:db8::2
"""
DOMAINS = """\
$ORIGIN example.
$TTL 3600
@ IN SOA ns1.provider.test. hostmaster.provider.test. 1 3600 600 86400 300
@ NS ns1.provider.test.
@ NS ns2.provider.test.
"""


class Bulk:
    """`folder`: what tests/bench/domains has made, of so many domains."""

    def __init__(self, folder, count, work):
        self.folder, self.count, self.work = folder, count, work
        self.names = [f"d{i:06}.example" for i in range(count)]
        self.root = folder / "root.pem"
        self.policies = "".join(
            f"[[policy]]\ndomains = {json.dumps(self.names[i::10])}\n"
            f'mode = "enforce"\nmx = {json.dumps(self._hosts(i))}\n'
            f'max_age = 2419200\ntls_rpt = ["{RUA}"]\n' for i in range(10))

    def _hosts(self, number):
        return [MAIL_HOSTS[number % 10], MAIL_HOSTS[(number + 1) % 10]]

    def __enter__(self):
        zone = self.work / "example.zone"
        with open(zone, "w") as lines:
            lines.write(DOMAINS)
            for i, name in enumerate(self.names):
                label = name.partition(".")[0]
                one = policy_id(policy_text(self._hosts(i)))
                first, second = self._hosts(i)
                lines.write(
                    f'_mta-sts.{label} TXT "v=STSv1; id={one};"\n'
                    f'_smtp._tls.{label} TXT "v=TLSRPTv1; rua={RUA}"\n'
                    + "".join(f"mta-sts.{label} A {address}\n"
                              for address in POLICY_HOSTS)
                    + f"{label} MX 10 {first}.\n{label} MX 20 {second}.\n")
        provider = PROVIDER + "".join(
            f"mx{i} A 192.0.2.{100 + i}\n" for i in range(10))
        self.knot = Knot(NAME_SERVERS, {"example": zone,
                                        "provider.test": provider})
        self.host = PolicyHost(POLICY_HOSTS, self.policies,
                               self.folder / "certs")
        for service in (self.knot, self.host):
            service.patience = 300  # to read 100,000 of everything
        self.knot.__enter__()
        try:
            self.host.__enter__()
        except BaseException:
            self.knot.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.host.__exit__()
        self.knot.__exit__()

    def command(self, *arguments):
        return [os.environ["MTA_STS"], "-c", str(self.host.config), "verify",
                "--dns", NAME_SERVERS[0], "--allow-private", "--no-smtp",
                "--ca", str(self.root), "--format", "jsonl", *arguments]

    def verify(self, output, *arguments, kill_after=None):
        """(seconds, most memory in MB, exit status) of a run, and .cpu: the
        seconds that it and the servers have used. `kill_after`: seconds until
        it is killed."""
        before = self._server_seconds()
        begin = time.monotonic()
        process = subprocess.Popen(self.command(*arguments), stdout=output,
                                   stdin=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        # Not process.kill(), which may take its end away from wait4().
        killer = threading.Timer(kill_after or 0, os.kill,
                                 (process.pid, signal.SIGKILL))
        if kill_after is not None:
            killer.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        killer.cancel()
        words = process.stderr.read().decode()
        process.stderr.close()
        if process.returncode not in (0, -signal.SIGKILL):
            print(words[-2000:])
        seconds = time.monotonic() - begin
        self.cpu = (usage.ru_utime + usage.ru_stime,
                    self._server_seconds() - before)
        return seconds, usage.ru_maxrss / 1024, process.returncode

    def _server_seconds(self):
        return sum(cpu_seconds(one.process.pid)
                   for one in (self.knot, self.host))


def lines_of(path):
    """{domain: the ids of what is not good} and how many lines there are. A
    busy machine is slow, and that is not what is asked here."""
    found, count = {}, 0
    for line in open(path):
        one = json.loads(line)
        count += 1
        found[one["domain"]] = {
            finding["id"] for finding in one["findings"]
            if finding["severity"] != "note"} - {"fetch.slow"}
    return found, count


def resume_until_whole(bulk, path, seed, most_kills=12):
    """Killed at random moments and resumed; how often."""
    chance = random.Random(seed)
    for kills in range(most_kills + 1):
        last = kills == most_kills
        _, _, status = bulk.verify(
            subprocess.DEVNULL, "--resume", str(path),
            kill_after=None if last else chance.uniform(0.2, 2))
        if status == 0:
            return kills
    raise AssertionError(f"it never came to its end (seed {seed})")
