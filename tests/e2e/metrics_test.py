# SPDX-License-Identifier: MIT
"""The metrics: what promtool says of them, that they count what happens, and
that the rules built upon them do what they are for."""

import datetime
import json
import math
import pathlib
import re
import resource
import select
import ssl
import subprocess
import time
import unittest

import process
from answer import parse
from certificates import client_context, make_certificates, scratch
from cost import SECOND
from daemon import HOST, PATH, TIMEOUT, eventually
from fetchers import Fetchers
from operations import POLICY, SUMMARY, Operated
from sender_tools import environment, find_tool, missing_tools

ROOT = pathlib.Path(__file__).parents[2]
OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
NO_PROMTOOL = missing_tools("promtool")


def promtool(*arguments, **how):
    return subprocess.run(
        [find_tool("promtool"), *arguments], env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=TIMEOUT, **how)


class FormTest(unittest.TestCase):
    @unittest.skipIf(NO_PROMTOOL, NO_PROMTOOL)
    def test_promtool_finds_no_fault(self):
        with Operated() as daemon:
            daemon.fetch()
            status, fields, text = daemon.ask("/metrics")
        self.assertEqual((status, fields["Content-Type"]), (
            200, "text/plain; version=0.0.4; charset=utf-8"))
        done = promtool("check", "metrics", input=text)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_open_metrics(self):
        with Operated() as daemon:
            _, fields, text = daemon.ask("/metrics", accept=OPEN_METRICS)
        self.assertEqual(fields["Content-Type"], OPEN_METRICS)
        self.assertTrue(text.endswith("\n# EOF\n"))
        family, kind, seen = None, None, set()
        for line in text.splitlines()[:-1]:
            if line.startswith("# TYPE "):
                _, _, family, kind = line.split(" ")
                self.assertNotIn(family, seen)
                self.assertNotRegex(family, "_(total|info|bucket)$")
                seen.add(family)
            elif not line.startswith("#"):
                name = re.match(r"[a-z_]+", line)[0]
                suffixes = {"counter": ["_total"], "info": ["_info"],
                            "gauge": [""],
                            "histogram": ["_bucket", "_sum", "_count"]}
                self.assertIn(name, [family + one for one in suffixes[kind]])
        self.assertGreater(len(seen), 20)

    def test_manual_lists_them(self):
        with Operated(settings='[reports]\nsummary = "summary"',
                      server='history = "history"') as daemon:
            (daemon.dir / "summary").write_text(SUMMARY)
            _, _, text = daemon.ask("/metrics")
        shown = set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))
        manual = (ROOT / "docs/mta-stsd.8").read_text()
        listed = {word.strip(",") for line in manual.splitlines()
                  if line.startswith(".It Sy ")
                  for word in line.split()[2:]
                  if word.startswith(("mta_stsd_", "process_"))}
        listed = {one for one in listed if "_spool_" not in one}  # of collect
        self.assertEqual(shown, listed)

    def test_domains_can_be_left_out(self):
        with Operated(settings='per_domain_metrics = "off"') as daemon:
            self.assertNotIn("example.com", daemon.ask("/metrics")[2])

    def test_more_than_a_thousand_domains_are_left_out(self):
        names = ["example.com", *(f"d{i}.example" for i in range(1000))]
        policy = POLICY.replace('["example.com"]', "{}")
        scratch()
        make_certificates(*("mta-sts." + name for name in names))
        with Operated(policy.format(names[:-1])) as daemon:
            self.assertEqual(
                daemon.ask("/metrics")[2].count("mta_stsd_policy_info{"), 1000)
            daemon.rewrite(policy.format(names))
            eventually(lambda: daemon.metric(
                'mta_stsd_domains{mode="testing"}') == 1001)
            self.assertNotIn("example.com", daemon.ask("/metrics")[2])


class CountTest(unittest.TestCase):
    def handshake(self, daemon, result, **how):
        name = f'mta_stsd_handshakes_total{{result="{result}"}}'
        before = daemon.metric(name)
        try:
            daemon.connect(**how).close()
        except OSError:
            pass
        eventually(lambda: daemon.metric(name) == before + 1)

    def test_handshakes(self):
        old = client_context(verify=False)
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        rsa = client_context(maximum=ssl.TLSVersion.TLSv1_2)
        rsa.set_ciphers("ECDHE+aRSA")  # the certificate is for ECDSA
        with Operated() as daemon:
            self.handshake(daemon, "done")
            self.handshake(daemon, "no-name", sni=None, verify=False)
            self.handshake(daemon, "unknown-name", sni="mta-sts.example.org")
            self.handshake(daemon, "protocol-too-old", context=old)
            self.handshake(daemon, "other-protocol", alpn=["h2"])
            self.handshake(daemon, "no-common-cipher", context=rsa)
            self.handshake(daemon, "broken-off",
                           context=ssl.create_default_context())
            plain = daemon.dial()
            plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
            plain.recv(100)
            plain.close()
            eventually(lambda: daemon.metric(
                'mta_stsd_handshakes_total{result="failed"}') == 1)

    def test_answers_and_connections(self):
        with Operated() as daemon:
            daemon.fetch()
            daemon.fetch(path="/")
            daemon.raw(b"bad\r\n\r\n")
            for code, count in (("200", 1), ("404", 1), ("400", 1)):
                self.assertEqual(daemon.metric(
                    f'mta_stsd_answers_total{{code="{code}"}}'), count)
            self.assertEqual(daemon.metric(
                "mta_stsd_request_duration_seconds_count"), 3)
            self.assertEqual(daemon.metric(
                'mta_stsd_fetches_total{domain="example.com",class="2xx"}'), 1)
            self.assertEqual(daemon.metric(
                "mta_stsd_connections_accepted_total"), 3)
            with daemon.connect(sni=HOST):
                eventually(lambda: daemon.metric("mta_stsd_connections") == 1)
            eventually(lambda: daemon.metric("mta_stsd_connections") == 0)

    def test_each_with_its_own_number(self):
        """Each answer and each result of a reload comes as often as no other;
        all samples but 0 are compared."""
        def head(line, host=HOST, more=""):
            return (f"{line}\r\nHost: {host}\r\nConnection: close\r\n{more}"
                    "\r\n").encode()
        answers = {
            "200": head(f"GET {PATH} HTTP/1.1"),
            "400": head("GET"),
            "404": head("GET / HTTP/1.1"),
            "405": head(f"POST {PATH} HTTP/1.1"),
            "414": head(f"GET /{'x' * 8000} HTTP/1.1"),
            "421": head(f"GET {PATH} HTTP/1.1", host="example.com"),
            "431": head(f"GET {PATH} HTTP/1.1", more="a: b\r\n" * 100),
            "501": head(f"BREW {PATH} HTTP/1.1"),
            "505": head(f"GET {PATH} HTTP/3.0")}
        expected = {
            f'mta_stsd_answers_total{{code="{code}"}}': count
            for count, code in enumerate(answers, 1)}
        begin = time.monotonic()
        with Operated(allow=("event=finding", "event=reload")) as daemon:
            for count, octets in enumerate(answers.values(), 1):
                for _ in range(count):
                    daemon.raw(octets)
            daemon.rewrite("x")
            eventually(lambda: daemon.readyz()[0] == 503)
            for age in ("2w", "3w"):
                daemon.rewrite(POLICY + f'max_age = "{age}"\n')
                eventually(lambda: (
                    daemon.status()["domains"][0]["max_age"] ==
                    int(age[0]) * 7 * 24 * 3600))
            status = daemon.status()
            lines = [line.rsplit(" ", 1) for line in
                     daemon.ask("/metrics")[2].splitlines() if line[0] != "#"]
        found = {name: float(value) for name, value in lines}
        self.assertLess(found["mta_stsd_request_duration_seconds_sum"],
                        time.monotonic() - begin)
        measured = re.compile("process_|mta_stsd_(build|connections_limit|last|"
                              "certificate|policy_cached|request_duration_seconds_[bs])")
        domain = status["domains"][0]
        self.assertEqual(
            {name: value for name, value in found.items()
             if value != 0 and not measured.match(name)},
            {**expected,
             "mta_stsd_ready": 1,
             'mta_stsd_reloads_total{result="applied"}': 2,
             'mta_stsd_reloads_total{result="failed"}': 1,
             'mta_stsd_domains{mode="testing"}': 1,
             "mta_stsd_connections_accepted_total": 45,
             'mta_stsd_connections_ended_total{cause="answered"}': 22,
             'mta_stsd_connections_ended_total{cause="bad-request"}': 23,
             'mta_stsd_handshakes_total{result="done"}': 45,
             'mta_stsd_sender_fetches_total{family="other"}': 1,
             "mta_stsd_request_duration_seconds_count": 45,
             'mta_stsd_policy_info{domain="example.com",mode="testing",'
             f'id="{domain["id"]}"}}': 1,
             'mta_stsd_policy_max_age_seconds{domain="example.com"}': 1814400,
             'mta_stsd_fetches_total{domain="example.com",class="2xx"}': 1,
             'mta_stsd_fetches_total{domain="example.com",class="4xx"}': 15})
        ends = datetime.datetime.fromisoformat(
            domain["certificate"]["expires"]).timestamp()
        self.assertEqual(
            {name: value for name, value in found.items()
             if "expiry" in name or "overdue" in name},
            {"mta_stsd_certificate_first_expiry_timestamp_seconds": ends,
             # Of one year: 21 days before it ends.
             "mta_stsd_certificate_first_overdue_timestamp_seconds":
             ends - 21 * 86400,
             "mta_stsd_certificate_expiry_timestamp_seconds"
             f'{{name="{HOST}"}}': ends})

    def test_durations_leave_out_the_time_between_requests(self):
        request = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        pause = 0.5
        with Operated() as daemon, daemon.dial() as plain:
            begin = time.monotonic()
            connection = self.enterContext(daemon.connect(plain=plain))
            # The last comes in part with the end of the one before.
            for octets, answers in ((request, 1), (request[:9], 0),
                                    (request[9:] + request[:9], 1),
                                    (request[9:], 1)):
                connection.sendall(octets)
                if answers:
                    self.assertEqual(parse(connection.recv(65536))[3], b"")
                self.assertFalse(select.select([connection], [], [], pause)[0])
            took = time.monotonic() - begin - pause  # the one at the end
            self.assertLess(
                daemon.metric("mta_stsd_request_duration_seconds_sum"),
                took - pause)

    def test_what_failed_is_not_tried_again_at_once(self):
        with Operated(allow=("event=finding", "event=reload")) as daemon:
            daemon.rewrite("x")
            eventually(lambda: daemon.readyz()[0] == 503)
            with Fetchers(daemon) as fetchers:
                fetchers.watch(SECOND)
            self.assertEqual(
                daemon.metric('mta_stsd_reloads_total{result="failed"}'), 1)

    def test_the_process(self):
        with Operated() as daemon:
            # Besides what is open, there is the connection of who asks.
            eventually(lambda: (daemon.metric("process_open_fds") ==
                                daemon.descriptors() + 1))
            self.assertEqual(
                daemon.metric("process_max_fds"),
                resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)[0])
            for kind, name in (("VmRSS", "resident"), ("VmSize", "virtual")):
                # A thread that allocates for the first time adds 64 MB.
                eventually(lambda: math.isclose(
                    daemon.metric(f"process_{name}_memory_bytes") / 1024,
                    process.memory_kb(daemon.pid, kind), rel_tol=0.2))
            self.assertLess(abs(daemon.metric("process_cpu_seconds_total") -
                                daemon.cpu_seconds()), 1)


@unittest.skipIf(NO_PROMTOOL, NO_PROMTOOL)
class RulesTest(unittest.TestCase):
    def test_rules_are_good(self):
        rules = sorted((ROOT / "etc/prometheus").glob("*.yml"))
        self.assertEqual([one.stem for one in rules], ["mta-sts", "mta-stsd"])
        done = promtool("check", "rules", *rules)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_rules_fire_when_they_should(self):
        done = promtool("test", "rules",
                        ROOT / "tests/prometheus/mta-sts_test.yml",
                        ROOT / "tests/prometheus/mta-stsd_test.yml")
        self.assertEqual(done.returncode, 0, done.stdout)


class DashboardTest(unittest.TestCase):
    def test_it_asks_for_what_there_is(self):
        text = (ROOT / "etc/grafana/mta-stsd.json").read_text()
        asked = set(re.findall(r"\b(?:mta_stsd|process)_[a-z_]+", text))
        rules = (ROOT / "etc/prometheus/mta-stsd.yml").read_text()
        asked |= set(re.findall(r"\b(?:mta_stsd|process)_[a-z_]+", rules))
        with Operated(settings='[reports]\nsummary = "summary"') as daemon:
            (daemon.dir / "summary").write_text(SUMMARY)
            shown = set(re.findall(r"^[a-z_]+", daemon.ask("/metrics")[2],
                                   re.MULTILINE))
        self.assertGreater(len(asked), 10)
        self.assertEqual(asked - shown, set())
        identifiers = [one["id"] for one in json.loads(text)["panels"]]
        self.assertEqual(len(set(identifiers)), len(identifiers))


if __name__ == "__main__":
    unittest.main()
