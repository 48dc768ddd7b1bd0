#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mta-stsd collect over TLS: whole answers, and what is kept when clients,
disks and the program itself fail. Further kills: MTA_STSD_KILLS=1000."""

import contextlib
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

from answer import make_answer, read_to_any_end, split_answers
from certificates import make_certificates, scratch
from collector import (GZIP, HOST, OTHER, REPORT, TOKEN, Collector,
                       check_names, post)
from daemon import PATH, TIMEOUT, eventually
from operations import UnixConnection

CREATED = make_answer("201 Created", b"the report is kept\n")
CLOSE = "Connection: close"
MALFORMED = make_answer("400 Bad Request", b"the request is malformed\n", CLOSE)
MISSING = make_answer("404 Not Found",
                      b"reports are taken at the address of your record\n")
NO_PLACE = make_answer(
    "503 Service Unavailable",
    b"the report can't be kept now; send it again\n", "Retry-After: 600")
MIB = 1024 * 1024
NAMES = ("mta-sts.example.com", "mta-sts.example.net", HOST)
CHUNKED = "Transfer-Encoding: chunked"
MAY_REFUSE = ("event=spool-refuses",)


def closed(answer):
    return answer._replace(fields=tuple(sorted((*answer.fields, CLOSE))))


def chunks(*parts):
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one)
                    for one in (*parts, b""))


class AnswerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Collector().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None)

    def check(self, octets, *wanted, **how):
        """Those answers, and an end."""
        self.assertEqual(
            split_answers(self.daemon.raw(octets, **how)), list(wanted))

    def check_kept(self, octets, body, suffix):
        before = set(self.daemon.files())
        self.check(octets, closed(CREATED))
        (name,) = set(self.daemon.files()) - before
        check_names([name])
        self.assertTrue(name.endswith(suffix), name)
        self.assertEqual((self.daemon.spool / "new" / name).read_bytes(), body)
        self.assertEqual(self.daemon.files("tmp"), [])

    def test_keeps_a_report_as_it_came(self):
        self.check_kept(post(REPORT, CLOSE), REPORT, ".alpha.json")
        octets = os.urandom(5000)  # nobody looks at them
        self.check_kept(post(octets, CLOSE, kind=GZIP, token=OTHER), octets,
                        ".beta.json.gz")
        self.check_kept(
            post(REPORT, CLOSE, kind="Application/TLSRPT+gzip; charset=utf-8"),
            REPORT, ".alpha.json.gz")
        self.check_kept(post(b"x" * MIB, CLOSE), b"x" * MIB, ".alpha.json")

    def test_keeps_what_comes_in_chunks(self):
        head = post(b"", CHUNKED, CLOSE, length=False)
        self.check_kept(head + chunks(b"abc", b"d" * 40_000),
                        b"abc" + b"d" * 40_000, ".alpha.json")

    def test_refuses_what_is_no_report(self):
        wrong_kind = make_answer(
            "415 Unsupported Media Type",
            b"reports are application/tlsrpt+gzip or application/tlsrpt+json\n",
            "Accept: application/tlsrpt+gzip, application/tlsrpt+json", CLOSE)
        before = self.daemon.files()
        for octets, wanted in (
                (post(REPORT, token=TOKEN[:-1]), closed(MISSING)),
                (post(REPORT, token=TOKEN + "x"), closed(MISSING)),
                (post(REPORT, path=f"/{TOKEN}/"), closed(MISSING)),
                (post(REPORT, path=f"/{TOKEN}?a"), closed(MISSING)),
                (post(REPORT, path="/"), closed(MISSING)),
                (post(REPORT, kind="application/json"), wrong_kind),
                (post(REPORT, kind=None), wrong_kind),
                (post(b"", CLOSE, length=False), make_answer(
                    "411 Length Required",
                    b"a report has a Content-Length, or is chunked\n", CLOSE)),
                (post(b"", CLOSE), MALFORMED),
                (post(REPORT, CHUNKED), MALFORMED),  # and a length
                (post(REPORT, "Content-Length: 9"), MALFORMED),
                (post(b"", CHUNKED, length=False) + b"zz\r\n", MALFORMED),
                (post(b"", "Transfer-Encoding: gzip, chunked", length=False),
                 make_answer(
                     "501 Not Implemented",
                     b"only chunks are known as transfer coding here\n",
                     CLOSE)),
                (post(REPORT, "Expect: a-miracle"), make_answer(
                    "417 Expectation Failed",
                    b"only 100-continue can be expected here\n", CLOSE)),
                (post(REPORT, host="mta-sts.example.com"), make_answer(
                    "421 Misdirected Request",
                    b"no reports are taken at this host name\n", CLOSE))):
            with self.subTest(octets=octets[:120]):
                self.check(octets, wanted)
        self.assertEqual(self.daemon.files(), before)
        self.assertEqual(self.daemon.files("tmp"), [])

    def test_answers_others_as_any_server_does(self):
        self.check(post(b"", CLOSE, method="GET", kind=None, length=False),
                   make_answer("405 Method Not Allowed",
                               b"only POST is allowed here\n", "Allow: POST",
                               CLOSE))
        self.check(post(b"", CLOSE, method="GET", path=PATH, length=False),
                   closed(MISSING))
        head = self.daemon.raw(post(b"", CLOSE, method="HEAD", path="/",
                                    length=False))
        self.assertTrue(head.startswith(b"HTTP/1.1 404 Not Found\r\n"), head)
        self.assertTrue(head.endswith(b"\r\n\r\n"), head)

    def test_another_name_in_tls_is_misdirected(self):
        answer = self.daemon.send(post(REPORT), sni="mta-sts.example.com")
        self.assertEqual(answer[0], 421)

    def test_refuses_more_than_a_mebibyte(self):
        too_large = make_answer("413 Payload Too Large",  # the library's name
                                b"a report has 1 MiB at most\n", CLOSE)
        # Nothing of it has to come, and no 100 is said.
        self.check(post(b"", f"Content-Length: {MIB + 1}",
                        "Expect: 100-continue", length=False), too_large)
        head = post(b"", CHUNKED, length=False)
        self.check(head + chunks(*[b"x" * 65536] * 16)[:-5] + b"1\r\n",
                   too_large)
        self.assertEqual(self.daemon.files("tmp"), [])

    def test_says_when_to_go_on(self):
        with self.daemon.connect() as client:
            head = post(REPORT, "Expect: 100-continue", CLOSE)[:-len(REPORT)]
            client.sendall(head)
            self.assertEqual(client.recv(1000),
                             b"HTTP/1.1 100 Continue\r\n\r\n")
            client.sendall(REPORT)
            self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 201 "))

    def test_answers_pipelined_reports_in_their_order(self):
        parts = [post(b"one"), post(b"two"),
                 post(b"", method="GET", path="/", kind=None, length=False),
                 post(b"", CHUNKED, length=False) + chunks(b"three"),
                 post(b"four", CLOSE)]
        before = self.daemon.bodies()
        wanted = [CREATED, CREATED, MISSING, CREATED, closed(CREATED)]
        self.check(b"".join(parts), *wanted)
        kept = self.daemon.bodies()
        for one in before:
            kept.remove(one)
        self.assertEqual(kept, [b"four", b"one", b"three", b"two"])

    def test_takes_an_octet_at_a_time(self):
        octets = post(b"", CHUNKED, CLOSE, length=False) + chunks(b"abc", b"d")
        with self.daemon.connect() as client:
            for i in range(len(octets)):
                client.sendall(octets[i:i + 1])
            self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 201 "))

    def test_nothing_is_left_of_half_a_report(self):
        before = self.daemon.files()
        with self.daemon.connect() as client:
            client.sendall(post(b"x" * 1000)[:-1])
            eventually(lambda: self.daemon.files("tmp"))
        eventually(lambda: not self.daemon.files("tmp"))
        self.assertEqual(self.daemon.files(), before)


class LimitTest(unittest.TestCase):
    def test_a_body_has_the_time_of_the_connection(self):
        with Collector(server='[server]\ndeadline = "1s"\n') as daemon:
            with daemon.connect() as client:
                client.sendall(post(REPORT)[:-1])
                self.assertEqual(read_to_any_end(client), b"")
            eventually(lambda: not daemon.files("tmp"))

    def drip(self, daemon, octets):
        """So many at a time, for several times the deadline; the answer."""
        with daemon.connect() as client:
            client.sendall(post(b"", f"Content-Length: {60 * octets}", CLOSE,
                                length=False))
            with contextlib.suppress(OSError):
                for _ in range(60):
                    threading.Event().wait(0.05)  # this is its pace
                    client.sendall(b"x" * octets)
            return read_to_any_end(client)

    def test_who_sends_on_has_more_time(self):
        with Collector(server='[server]\ndeadline = "1s"\n') as daemon:
            self.assertIn(b" 201 Created", self.drip(daemon, 4000))
            self.assertEqual(daemon.bodies(), [b"x" * 240_000])
            self.assertEqual(self.drip(daemon, 100), b"")
            eventually(lambda: not daemon.files("tmp"))

    def test_the_quota_is_kept_and_importing_makes_room(self):
        with Collector("quota = 4194304", allow=MAY_REFUSE) as daemon:
            for _ in range(4):
                self.assertEqual(daemon.report(b"x" * (MIB - 40_000)), 201)
            self.assertEqual(split_answers(daemon.raw(post(b"x" * MIB))),
                             [closed(NO_PLACE)])
            daemon.wait_for_line("event=spool-refuses")
            for path in (daemon.spool / "new").iterdir():
                path.unlink()
            eventually(lambda: daemon.report() == 201)
            self.assertEqual(daemon.files("tmp"), [])

    def test_small_reports_count_as_what_they_take(self):
        """A block and an inode, or 4 million of one octet would fit."""
        with Collector("quota = 4194304", allow=MAY_REFUSE) as daemon:
            statuses = []
            while 503 not in statuses:
                self.assertLess(len(statuses), 1100)
                statuses += [int(one.split()[1]) for one in re.findall(
                    rb"HTTP/1.1 \d+ ", daemon.raw(post(b"x") * 100))]
            self.assertEqual(statuses.count(201), 4194304 // (4096 + 1))

    def test_a_proxy_may_end_tls(self):
        daemon = Collector()
        daemon.write("mta-stsd.toml", daemon.config.read_text().replace(
            '"127.0.0.1:0"', '"http://127.0.0.1:0"'))
        with daemon, socket.create_connection(
                ("127.0.0.1", daemon.port), TIMEOUT) as client:
            client.sendall(post(REPORT, "Connection: close"))
            self.assertEqual(
                split_answers(b"".join(iter(lambda: client.recv(4096), b""))),
                [closed(CREATED)])

    def test_a_file_that_can_not_be_written_is_said(self):
        with Collector(allow=MAY_REFUSE) as daemon:
            # A full disk, as far as write(2) goes.
            resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (65536, 65536))
            self.assertEqual(daemon.report(b"x" * 60_000), 201)
            self.assertEqual(daemon.report(b"x" * 70_000), 503)
            self.assertEqual(daemon.report(), 201)
            self.assertEqual(daemon.files("tmp"), [])


    def test_a_full_disk_is_said_and_room_is_used(self):
        class OnSmallDisk(Collector):
            wrapper = ("unshare", "-rm", "sh", "-c",
                       'mount -t tmpfs -o size=1m none "$0" && exec "$@"')

        daemon = OnSmallDisk(allow=MAY_REFUSE)
        daemon.wrapper = (*daemon.wrapper, str(daemon.spool))
        probe = subprocess.run([*daemon.wrapper, "true"], check=False,
                               capture_output=True, timeout=TIMEOUT)
        if probe.returncode != 0:
            self.skipTest("no mount namespace: " + probe.stderr.decode())
        with daemon:
            self.assertEqual(daemon.report(b"x" * 900_000), 201)
            self.assertEqual(split_answers(daemon.raw(post(b"x" * 400_000))),
                             [closed(NO_PLACE)])
            self.assertIn("No space left on device",
                          daemon.wait_for_line("event=spool-refuses"))
            self.assertEqual(daemon.report(b"x" * 10_000), 201)


class StartTest(unittest.TestCase):
    def refused(self, daemon):
        ended = subprocess.run(
            [daemon.binary, "-c", daemon.config, "collect"], timeout=TIMEOUT,
            capture_output=True, text=True)
        self.assertEqual((ended.returncode, ended.stdout), (1, ""))
        return ended.stderr.replace(str(daemon.dir), "DIR")

    def test_says_what_is_missing(self):
        daemon = Collector()
        (daemon.dir / "tokens").chmod(0o644)
        self.assertEqual(self.refused(daemon), (
            "mta-stsd: error: DIR/tokens: the tokens can be read by everybody "
            "[collect.tokens-invalid]\n"
            "mta-stsd: hint: chmod o= DIR/tokens\n"))
        (daemon.dir / "tokens").chmod(0o600)
        daemon.write("tokens", "alpha short\n")
        self.assertEqual(self.refused(daemon), (
            "mta-stsd: error: DIR/tokens:1:1: the token of alpha is none "
            "[collect.tokens-invalid]\n"
            "mta-stsd: hint: 16 to 128 letters, digits, - and _, as chance "
            "makes them: openssl rand -hex 16\n"))
        daemon.write("tokens", f"alpha {TOKEN}\n")
        whole = daemon.config.read_text()
        daemon.write("mta-stsd.toml",
                     re.sub(r"(?ms)^\[collect\]$.*?(?=^\[|\Z)", "", whole))
        self.assertEqual(self.refused(daemon), (
            "mta-stsd: error: DIR/mta-stsd.toml: there is no [collect] in it "
            "[collect.missing]\n"
            "mta-stsd: hint: [collect] with host = \"tls-reports.example.com\" "
            "and tokens = \"/etc/mta-stsd/report-tokens\"\n"))
        daemon.write("mta-stsd.toml", whole)
        shutil.rmtree(daemon.spool)
        self.assertEqual(self.refused(daemon), (
            "mta-stsd: error: can't open the spool DIR/spool: No such file or "
            "directory\n"
            "mta-stsd: hint: make the folder that [reports] spool names, with "
            "the user of mta-stsd collect as its owner\n"))
        shutil.rmtree(daemon.dir / "certs")
        shutil.copytree(scratch() / "server", daemon.dir / "certs")
        daemon.write("mta-stsd.toml", daemon.config.read_text().replace(
            HOST, "other.example.com"))
        self.assertEqual(self.refused(daemon), (
            "mta-stsd: error: no certificate in [server] certificates is for "
            "other.example.com\n"
            "mta-stsd: hint: have your ACME client get one for "
            "other.example.com, beside the others\n"))

    def test_removes_what_a_crash_has_left(self):
        daemon = Collector()
        (daemon.spool / "tmp").mkdir()
        (daemon.spool / "tmp/1795838400.0123456789abcdef.alpha.json"
         ).write_bytes(b"half")
        # Of others, as in /var/tmp, when somebody names /var.
        others = ["1795838400.0.alpha.json", "key.pem", "x.json"]
        for name in others:
            (daemon.spool / "tmp" / name).write_bytes(b"theirs")
        with daemon:
            daemon.wait_for_line("event=spool-cleaned files=1")
            self.assertEqual(daemon.files("tmp"), others)
            self.assertEqual(self.refused(daemon), (
                "mta-stsd: error: the spool DIR/spool is in use by another "
                "process\n"
                "mta-stsd: hint: one mta-stsd collect has a spool for "
                "itself\n"))


class ReloadTest(unittest.TestCase):
    def leaf(self, daemon):
        with daemon.connect() as client:
            return client.getpeercert(binary_form=True)

    def renew(self, daemon, *names, pattern="*"):
        make_certificates(*names)
        for path in (scratch() / "server").rglob(pattern):
            if path.is_file():
                shutil.copy(path, daemon.dir / "certs" / path.relative_to(
                    scratch() / "server"))

    def hang_up(self, daemon):
        """What it says of a reload that is asked for."""
        start = len(daemon.stderr_lines)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for_line("event=reload ", start=start)
        return "".join(daemon.stderr_lines[start:])

    def test_a_renewed_certificate_is_taken_over(self):
        with Collector() as daemon:
            before = self.leaf(daemon)
            self.renew(daemon, *NAMES)
            eventually(lambda: self.leaf(daemon) != before)
            self.assertEqual(daemon.report(), 201)

    def test_half_a_renewal_leaves_the_certificate(self):
        with Collector(allow=("event=finding", "event=reload")) as daemon:
            before = self.leaf(daemon)
            self.renew(daemon, *NAMES, pattern="fullchain.pem")
            self.hang_up(daemon)
            self.assertEqual(self.leaf(daemon), before)
            shutil.copytree(scratch() / "server", daemon.dir / "certs",
                            dirs_exist_ok=True)
            eventually(lambda: self.leaf(daemon) != before)

    def test_a_removed_certificate_stays_in_use(self):
        with Collector(allow=("event=finding", "event=reload")) as daemon:
            before = self.leaf(daemon)
            shutil.rmtree(daemon.dir / "certs")
            said = daemon.wait_for_line("id=certificate.lost")
            self.assertIn("leave the host tls-reports.example.com without a "
                          "usable one", said)
            self.assertEqual(self.leaf(daemon), before)

    def test_policies_hold_no_certificate_back(self):
        """Those of others: their hosts have none here, and a slip in them
        leaves the renewal of ours alone."""
        daemon = Collector(allow=("event=finding", "event=reload"), checks=1)
        shutil.rmtree(daemon.dir / "certs")
        (daemon.dir / "certs").mkdir()
        self.renew(daemon, HOST)
        with daemon:
            before = self.leaf(daemon)
            self.assertNotIn("finding", self.hang_up(daemon))
            daemon.write("mta-stsd.toml", daemon.config.read_text() + "x = 1")
            daemon.wait_for_line("event=reload result=failed")
            self.renew(daemon, HOST)
            eventually(lambda: self.leaf(daemon) != before)

    def test_tenants_come_and_go(self):
        other = "gamma-0123456789abcdef"
        with Collector() as daemon:
            self.assertEqual(daemon.report(token=other), 404)
            daemon.write("tokens", f"gamma {other}\n")
            daemon.wait_for_line("event=tenants count=1")
            self.assertEqual(daemon.report(token=other), 201)
            self.assertEqual(daemon.report(), 404)

    def test_a_slip_in_the_tokens_leaves_them(self):
        with Collector(allow=("event=finding", "event=reload")) as daemon:
            daemon.write("tokens", f"alpha {OTHER}\nbeta short\n")
            said = daemon.wait_for_line("id=collect.tokens-invalid")
            self.assertIn("tokens:2:1 message=\"the token of beta is none\"",
                          said)
            daemon.wait_for_line("event=reload result=failed")
            self.assertEqual(daemon.report(), 201)
            daemon.write("tokens", f"alpha {OTHER}\n")
            daemon.wait_for_line("event=tenants count=1")
            self.assertEqual(daemon.report(token=OTHER), 201)

    def test_says_what_needs_a_restart(self):
        with Collector(allow=("event=restart-needed",)) as daemon:
            self.assertNotIn("restart-needed", self.hang_up(daemon))
            daemon.write("mta-stsd.toml", daemon.config.read_text().replace(
                f'host = "{HOST}"', 'host = "other.example.com"'))
            daemon.wait_for_line("event=restart-needed key=collect")
            self.assertEqual(daemon.report(), 201)


class OperationsTest(unittest.TestCase):
    """What waits is imported, or a certificate goes, and it is said."""

    def setUp(self):
        self.daemon = Collector("quota = 4194304",
                                allow=("event=finding", "event=reload"))
        self.socket = self.daemon.dir / "socket"
        self.daemon.write("mta-stsd.toml", self.daemon.config.read_text() + (
            f'[collect.operations]\nlisten = "unix:{self.socket}"\n'))
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__, None)

    def ask(self, path):
        connection = UnixConnection(self.socket)
        self.addCleanup(connection.close)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def test_health_says_what_waits(self):
        spool = "reports in the spool: {}, {} of 4194304 octets\n"
        self.assertEqual(subprocess.run(
            [self.daemon.binary, "-c", self.daemon.config, "health",
             "--collect"], capture_output=True, text=True, timeout=TIMEOUT,
            check=True).stdout, "ready\n" + spool.format(0, 0))
        for _ in range(2):
            self.assertEqual(self.daemon.report(), 201)
        octets = 2 * (4096 + len(REPORT))
        self.assertEqual(self.ask("/readyz"),
                         (200, "ready\n" + spool.format(2, octets)))
        for path in (self.daemon.spool / "new").iterdir():
            path.unlink()
        self.daemon.write("tokens", "alpha short\n")
        self.daemon.wait_for_line("event=reload result=failed")
        self.assertEqual(self.ask("/readyz"), (
            503, f"reload.failed: {self.daemon.dir}/tokens:1:1: the token of "
                 "alpha is none [collect.tokens-invalid]\n"
                 + spool.format(0, 0)))

    def test_metrics_are_of_what_it_does(self):
        self.assertEqual(self.daemon.report(), 201)
        self.assertEqual(self.daemon.report(token=OTHER[:-1]), 404)
        status, text = self.ask("/metrics")
        self.assertEqual(status, 200)
        for line in ("mta_stsd_ready 1", "mta_stsd_spool_reports 1",
                     f"mta_stsd_spool_bytes {4096 + len(REPORT)}",
                     "mta_stsd_spool_limit_bytes 4194304",
                     'mta_stsd_answers_total{code="201"} 1',
                     'mta_stsd_answers_total{code="404"} 1'):
            self.assertIn(f"\n{line}\n", text)
        self.assertNotIn("mta_stsd_domains", text)
        self.assertNotIn("example.com", text)  # of policies, nothing

    def test_there_is_nothing_else(self):
        self.assertEqual(self.ask("/livez"), (200, "alive\n"))
        for path in ("/", "/status"):
            self.assertEqual(self.ask(path), (
                404, "there are /livez, /readyz and /metrics\n"))


class SandboxTest(unittest.TestCase):
    def test_it_is_on(self):
        with Collector() as daemon:
            line = daemon.wait_for_line("event=sandbox ")
            if "instrumented build" in line:
                self.skipTest("an instrumented build has no sandbox")
            self.assertRegex(line, r"landlock=([2-9]|none) seccomp=on$")
            self.assertEqual(daemon.report(), 201)


class CrashTest(unittest.TestCase):
    """Killed at random points while senders report: what was acknowledged is
    there, and whole. MTA_STSD_KILLS says how often."""

    def send_all(self, daemon, sent, kept, rounds):
        try:
            with daemon.connect() as client:
                while True:
                    body = b"%d." % next(rounds) + b"x" * random.randrange(
                        20_000)
                    sent.append(body)
                    client.sendall(post(body, token=TOKEN))
                    if not client.recv(1000).startswith(b"HTTP/1.1 201 "):
                        return
                    kept.append(body)
        except OSError:
            return

    def test_what_was_acknowledged_is_there(self):
        seed = int(os.environ.get("MTA_STSD_SEED", time.time_ns() % 10**9))
        print(f"MTA_STSD_SEED={seed}")
        random.seed(seed)
        kills = int(os.environ.get("MTA_STSD_KILLS", "5"))
        daemon, sent, kept, rounds = Collector(), [], [], iter(range(10**9))
        for _ in range(kills):
            daemon.stdout_lines, daemon.stderr_lines = [], []
            daemon.__enter__()
            clients = [threading.Thread(target=self.send_all, args=(
                daemon, sent, kept, rounds)) for _ in range(4)]
            for client in clients:
                client.start()
            # At any point of their work, which goes on meanwhile.
            threading.Event().wait(random.uniform(0.01, 0.15))
            daemon.process.kill()
            for client in clients:
                client.join()
            daemon.stop()
        daemon.stdout_lines, daemon.stderr_lines = [], []
        with daemon:
            there = daemon.bodies()
            check_names(daemon.files())
            self.assertEqual(daemon.files("tmp"), [])
        print(f"{kills} kills, {len(sent)} sent, {len(kept)} acknowledged, "
              f"{len(there)} there")
        self.assertLessEqual(set(kept), set(there))
        self.assertLessEqual(set(there), set(sent))
        self.assertEqual(len(there), len(set(there)))


if __name__ == "__main__":
    unittest.main()
