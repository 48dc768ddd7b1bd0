#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mta-sts publish with a real primary and a real secondary name server, and
our own policy host: in a network namespace of its own. The binaries come from
the environment variables MTA_STSD and MTA_STS."""

import base64
import contextlib
import http.server
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import namespace  # noqa: E402
from daemon import TIMEOUT, eventually  # noqa: E402
from own_ca import Ca  # noqa: E402
from sender_tools import environment, find_tool, missing_tools  # noqa: E402
from services import PolicyHost, Service  # noqa: E402

NO_KNOT = missing_tools("knotd", "kdig", "knsupdate")
PRIMARY, SECONDARY = "192.0.2.53", "192.0.2.54"
HOST = ("192.0.2.10", "2001:db8::10")
ZONE = "alpha.test"
DOMAIN = "one.alpha.test"
STS, RPT = f"_mta-sts.{DOMAIN}", f"_smtp._tls.{DOMAIN}"
RUA = "mailto:tls@alpha.test"
SECRET = base64.b64encode(b"not so secret, but as long as it is").decode()
POLICY = """
[[policy]]
domains = ["{domain}"]
mode = "testing"
mx = ["{mx}"]
max_age = "1d"
tls_rpt = ["mailto:tls@alpha.test"]
"""
# From an edit to records that are live and verified.
MAX_SECONDS = 5


class NameServer(Service):
    """knotd with the zone, as the primary or as the secondary of it."""

    def __init__(self, address, records=""):
        super().__init__((address, 53))
        self.address, self._extra = address, records

    def command(self):
        is_primary = self.address == PRIMARY
        other = SECONDARY if is_primary else PRIMARY
        (self.dir / f"{ZONE}.zone").write_text(
            f"$ORIGIN {ZONE}.\n$TTL 1\n@ SOA ns1 root 1 2 2 60 1\n@ NS ns1\n"
            f"@ NS ns2\nns1 A {PRIMARY}\nns2 A {SECONDARY}\n"
            f"mta-sts.one A {HOST[0]}\nmta-sts.one AAAA {HOST[1]}\n"
            f"{self._extra}")
        role = (f"  notify: other\n  acl: [update, transfer]\n" if is_primary
                else "  master: other\n  acl: [notify]\n")
        # Without a journal it refuses updates.
        (self.dir / "db").mkdir()
        (self.dir / "knot.conf").write_text(
            f"server:\n  listen: {self.address}@53\n  rundir: {self.dir}\n"
            "  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n"
            f"database:\n  storage: {self.dir}/db\n"
            f"key:\n- id: mta-sts\n  algorithm: hmac-sha256\n"
            f"  secret: {SECRET}\n"
            f"remote:\n- id: other\n  address: {other}@53\n"
            "  via: " + self.address + "\n"
            "acl:\n- id: update\n  key: mta-sts\n  action: update\n"
            "- id: transfer\n  address: " + SECONDARY + "\n  action: transfer\n"
            "- id: notify\n  address: " + PRIMARY + "\n  action: notify\n"
            f"log:\n- target: stderr\n  any: info\n"
            f"zone:\n- domain: {ZONE}\n  storage: {self.dir}\n"
            f"  zonefile-sync: -1\n{role}")
        return [find_tool("knotd"), "-c", self.dir / "knot.conf"]

    def is_ready(self):
        return "] loaded, serial" in self.log()

    def ask(self, owner, kind="TXT"):
        done = subprocess.run(
            [find_tool("kdig"), "+short", "+norec", f"@{self.address}", kind,
             owner], env=environment(), capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=TIMEOUT)
        return sorted(done.stdout.splitlines())

    def records(self):
        """All there is of the domain, and the serial of the zone."""
        return (self.ask(STS), self.ask(RPT), self.ask(ZONE, "SOA"))


class PowerDns(http.server.ThreadingHTTPServer):
    """The part of the API of PowerDNS that changes a zone, with knotd behind
    it. .patches: what it was sent."""

    key = "not so secret either"
    path = f"/api/v1/servers/localhost/zones/{ZONE}."

    def __init__(self, server):
        super().__init__(("127.0.0.1", 0), PowerDnsHandler)
        self.server, self.patches = server, []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.01,)).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def rrsets(self):
        for owner, kind in ((ZONE, "SOA"), (ZONE, "NS"), (STS, "TXT"),
                            (RPT, "TXT")):
            if values := self.server.ask(owner, kind):
                yield {"name": owner + ".", "type": kind, "ttl": 1,
                       "comments": [],
                       "records": [{"content": one, "disabled": False}
                                   for one in values]}

    def take(self, patch):
        self.patches.append(patch)
        lines = [f"server {PRIMARY}", f"zone {ZONE}.",
                 f"key hmac-sha256:mta-sts {SECRET}"]
        for one in patch["rrsets"]:
            lines.append(f"del {one['name']} {one['type']}")
            lines += [f"add {one['name']} {one['ttl']} {one['type']} "
                      + record["content"] for record in one.get("records", ())]
        subprocess.run([find_tool("knsupdate")], check=True, text=True,
                       env=environment(), capture_output=True, timeout=TIMEOUT,
                       input="\n".join([*lines, "send", ""]))


class PowerDnsHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=None):
        octets = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def refuses(self):
        if self.headers["X-API-Key"] != self.server.key:
            self.answer(401, {"error": "Unauthorized"})
        elif self.path.partition("?")[0] != self.server.path:
            self.answer(404, {"error": "Not Found"})
        else:
            return False
        return True

    def do_GET(self):
        if not self.refuses():
            self.answer(200, {"name": ZONE + ".", "kind": "Master",
                              "rrsets": list(self.server.rrsets())})

    def do_PATCH(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.refuses():
            self.server.take(json.loads(body))
            self.answer(204)

    def log_message(self, *_):
        pass


def policy(domain=DOMAIN, mx="mx1.alpha.test"):
    return POLICY.format(domain=domain, mx=mx)


def read_id(records):
    found, = (re.fullmatch(r'"v=STSv1; id=([0-9a-f]{32})"', one)
              for one in records)
    return found[1]


@unittest.skipIf(NO_KNOT, NO_KNOT)
class PublishTestCase(unittest.TestCase):
    records = ""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="mta-sts-publish-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.ca = Ca(cls.folder / "ca")
        chain, key = cls.ca.leaf("policy host", [f"mta-sts.{DOMAIN}"])
        certificates = cls.folder / "certificates"
        certificates.mkdir()
        (certificates / "chain.pem").write_bytes(chain.read_bytes())
        (certificates / "key.pem").write_bytes(key.read_bytes())
        cls.certificates = certificates

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-sts-publish-")
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        self.write_key()
        self.primary = self.enterContext(NameServer(PRIMARY, self.records))
        self.secondary = self.enterContext(NameServer(SECONDARY, self.records))
        self.host = self.enterContext(
            PolicyHost(HOST, self.publish_table() + policy(),
                       self.certificates))

    def write_key(self, secret=SECRET, mode=0o600):
        self.key = self.dir / "tsig.key"
        self.key.write_text('key "mta-sts" {\n  algorithm hmac-sha256;\n'
                            f'  secret "{secret}";\n}};\n')
        self.key.chmod(mode)

    def publish_table(self):
        return f'[publish]\nserver = "{PRIMARY}"\nkey = "{self.key}"\n'

    def edit(self, old, new):
        """Of the configuration of both programs."""
        self.host.config.write_text(
            self.host.config.read_text().replace(old, new))

    def other_config(self, **change):
        """One that the policy host does not have."""
        path = self.dir / "other.toml"
        text = self.host.config.read_text()
        start = text.index("\n[[policy]]")
        path.write_text(text[:start] + policy(**change))
        return path

    def command(self, *arguments, config=None):
        return [os.environ["MTA_STS"], "-c", str(config or self.host.config),
                "publish", "--dns", PRIMARY, "--ca", str(self.ca.root),
                "--allow-private", *arguments]

    def publish(self, *arguments, config=None):
        done = subprocess.run(
            self.command(*arguments, config=config), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=TIMEOUT)
        return done.returncode, done.stdout, done.stderr

    def expected_id(self):
        done = subprocess.run(
            [os.environ["MTA_STSD"], "-c", self.host.config, "records",
             "--format", "json", "--only", "mta-sts"], check=True,
            capture_output=True, text=True, timeout=TIMEOUT)
        return re.search(r"id=([0-9a-f]{32})", done.stdout)[1]


class OnceTest(PublishTestCase):
    def test_it_adds_what_is_not_there_and_no_more_the_next_time(self):
        identity = self.expected_id()
        orders = (f'add    {STS}. 300 IN TXT "v=STSv1; id={identity}"\n'
                  f'add    {RPT}. 300 IN TXT "v=TLSRPTv1; rua={RUA}"\n')
        self.assertEqual(self.publish("--yes"), (0, (
            f"{orders}{DOMAIN}: published, seen on 2 of 2 name servers\n"), ""))
        for server in (self.primary, self.secondary):
            self.assertEqual(server.ask(STS), [f'"v=STSv1; id={identity}"'])
            self.assertEqual(server.ask(RPT), [f'"v=TLSRPTv1; rua={RUA}"'])
        before = self.primary.records()
        self.assertEqual(self.publish("--yes"),
                         (0, "1 domain: nothing to send\n", ""))
        self.assertEqual(self.primary.records(), before)

    def test_nothing_is_sent_without_a_yes(self):
        before = self.primary.records()
        status, out, err = self.publish("--dry-run")
        self.assertEqual((status, out.count("add ")), (1, 2))
        self.assertEqual(err, "mta-sts: note: nothing was sent\n")
        status, out, err = self.publish()
        self.assertEqual((status, out.count("add ")), (1, 2))
        self.assertEqual(err, "mta-sts: note: nothing was sent\n"
                         "mta-sts: hint: --yes sends it without a question\n")
        self.assertEqual(self.primary.records(), before)

    def answer(self, answer, meanwhile=lambda: None):
        """What comes of an answer on a terminal, before which something is done
        `meanwhile`: the exit status, standard output, and the terminal."""
        ours, its = pty.openpty()
        process = subprocess.Popen(self.command(), stdin=its, stderr=its,
                                   stdout=subprocess.PIPE, text=True)
        os.close(its)
        shown = b""
        while b"[y/N] " not in shown:
            shown += os.read(ours, 4096)
        meanwhile()
        os.write(ours, answer)
        out = process.communicate(timeout=TIMEOUT)[0]
        with contextlib.suppress(OSError):  # the end of a terminal
            while more := os.read(ours, 4096):
                shown += more
        os.close(ours)
        return process.returncode, out, shown.decode().replace("\r", "")

    def test_a_terminal_is_asked(self):
        question = "Send this to 192.0.2.53:53, for 1 domain? [y/N] "
        status, out, shown = self.answer(b"n\n")
        self.assertEqual((status, self.primary.ask(STS)), (1, []), out)
        self.assertTrue(shown.startswith(question), shown)
        status, out, shown = self.answer(b"y\n")
        self.assertEqual(status, 0, shown)
        self.assertEqual(read_id(self.primary.ask(STS)), self.expected_id())

    def test_what_has_changed_meanwhile_is_not_written_over(self):
        def change():
            subprocess.run(
                [find_tool("knsupdate")], check=True, text=True,
                env=environment(), capture_output=True, timeout=TIMEOUT,
                input=f"server {PRIMARY}\nzone {ZONE}.\n"
                f"key hmac-sha256:mta-sts {SECRET}\n"
                f'add {RPT}. 1 TXT "v=TLSRPTv1; rua=mailto:new@alpha.test"\n'
                "send\n")
            self.meanwhile = self.primary.records()

        status, out, shown = self.answer(b"y\n", change)
        self.assertEqual((status, out.count("published")), (1, 0), shown)
        self.assertIn(f"mta-sts: error: {DOMAIN}: ", shown)
        # Nor is the other record there: it was one transaction.
        self.assertEqual(self.primary.records(), self.meanwhile)
        self.assertEqual(self.primary.ask(STS), [])
        # The next time it is seen, and changed.
        self.assertEqual(self.publish("--yes")[0], 0)
        self.assertEqual(self.primary.ask(RPT), [f'"v=TLSRPTv1; rua={RUA}"'])

    def test_a_wrong_key_changes_nothing(self):
        before = self.primary.records()
        self.write_key(base64.b64encode(b"another" * 5).decode())
        status, out, err = self.publish("--yes")
        self.assertEqual((status, out.count("published")), (1, 0))
        self.assertRegex(err, rf"\Amta-sts: error: {DOMAIN}: .*\n")
        self.assertEqual(self.primary.records(), before)

    def test_a_key_that_all_can_read_is_none(self):
        self.write_key(mode=0o644)
        status, out, err = self.publish("--yes")
        self.assertEqual((status, out), (1, ""))
        self.assertIn(str(self.key), err)
        self.assertNotIn(SECRET, err)

    def test_a_body_that_is_not_live_holds_its_records_back(self):
        before = self.primary.records()
        status, out, err = self.publish(
            "--yes", config=self.other_config(mx="mx2.alpha.test"))
        self.assertEqual((status, out), (1, ""))
        self.assertRegex(
            err, rf"\Amta-sts: error: {DOMAIN}: nothing is sent: ")
        self.assertEqual(self.primary.records(), before)

    def test_a_domain_without_a_policy_here(self):
        self.assertEqual(self.publish("--yes", "two.alpha.test"), (1, "", (
            'mta-sts: error: domain "two.alpha.test" has no policy here\n'
            "mta-sts: hint: mta-stsd records lists those that have; --delete "
            "takes the records of another away\n")))

    def test_it_can_be_killed_at_any_moment(self):
        for i in range(10):
            process = subprocess.Popen(
                self.command("--yes"), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            threading.Event().wait(0.02 * i)
            process.kill()
            process.wait(TIMEOUT)
            # Both records or none: it was one transaction.
            self.assertIn(len(self.primary.ask(STS) + self.primary.ask(RPT)),
                          (0, 2))
        self.assertEqual(self.publish("--yes")[0], 0)
        self.assertEqual(read_id(self.primary.ask(STS)), self.expected_id())


class OthersTest(PublishTestCase):
    """What is there already, and is somebody else's."""

    records = (f'{STS}. TXT "v=STSv1; id=old"\n{STS}. TXT "kept by us"\n'
               f"{RPT}. CNAME _smtp._tls.provider.{ZONE}.\n"
               '_mta-sts.gone TXT "v=STSv1; id=gone"\n'
               '_mta-sts.gone TXT "kept by us"\n')

    def test_it_stays(self):
        status, out, err = self.publish("--yes")
        identity = self.expected_id()
        self.assertEqual((status, out, err), (0, (
            f"{DOMAIN}: {RPT} is an alias of _smtp._tls.provider.{ZONE}, and "
            "left alone\n"
            f'change {STS}. 1 IN TXT "v=STSv1; id=old"\n'
            f'to     {STS}. 300 IN TXT "v=STSv1; id={identity}"\n'
            f"{DOMAIN}: published, seen on 2 of 2 name servers\n"), ""))
        for server in (self.primary, self.secondary):
            self.assertEqual(server.ask(STS), [
                '"kept by us"', f'"v=STSv1; id={identity}"'])

    def test_only_what_is_asked_for_is_deleted(self):
        self.assertEqual(self.publish("--yes", "--delete", "gone.alpha.test"), (
            0, 'delete _mta-sts.gone.alpha.test. 1 IN TXT "v=STSv1; id=gone"\n'
            "gone.alpha.test: deleted, gone from 2 of 2 name servers\n", ""))
        self.assertEqual(self.primary.ask("_mta-sts.gone.alpha.test"),
                         ['"kept by us"'])
        self.assertIn('"v=STSv1; id=old"', self.primary.ask(STS))
        status, out, err = self.publish("--yes", "--delete", DOMAIN)
        self.assertEqual((status, out), (1, ""))
        self.assertTrue(err.startswith(
            f'mta-sts: error: --delete "{DOMAIN}" has a policy here, in mode '
            "testing\n"), err)


class PowerDnsTest(PublishTestCase):
    def setUp(self):
        super().setUp()
        self.api = self.enterContext(PowerDns(self.primary))
        self.write_api_key(self.api.key)
        self.edit(self.publish_table(), f'[publish]\npowerdns = "{self.api.url}"'
                  f'\napi_key = "{self.api_key}"\n')

    def write_api_key(self, text):
        self.api_key = self.dir / "api.key"
        self.api_key.write_text(text + "\n")
        self.api_key.chmod(0o600)

    def test_it_is_sent_by_the_api(self):
        identity = self.expected_id()
        self.assertEqual(self.publish("--yes"), (0, (
            f'add    {STS}. 300 IN TXT "v=STSv1; id={identity}"\n'
            f'add    {RPT}. 300 IN TXT "v=TLSRPTv1; rua={RUA}"\n'
            f"{DOMAIN}: published, seen on 2 of 2 name servers\n"), ""))
        self.assertEqual(self.secondary.ask(STS),
                         [f'"v=STSv1; id={identity}"'])
        self.assertEqual(len(self.api.patches), 1)
        self.assertEqual(self.publish("--yes"),
                         (0, "1 domain: nothing to send\n", ""))
        self.assertEqual(len(self.api.patches), 1)

    def test_a_wrong_key_changes_nothing(self):
        self.write_api_key("another")
        status, out, err = self.publish("--yes")
        self.assertEqual((status, out), (1, ""))
        self.assertIn(self.api.url, err)
        self.assertEqual(self.api.patches, [])
        self.assertNotIn("another", err)


class WatchTest(PublishTestCase):
    def start(self):
        self.log = open(self.dir / "watch.log", "a+")
        self.addCleanup(self.log.close)
        process = subprocess.Popen(
            self.command("--watch"), stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log)
        self.addCleanup(process.wait, TIMEOUT)
        self.addCleanup(process.kill)
        return process

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def shows(self, identity):
        wanted = [f'"v=STSv1; id={identity}"']
        return all(server.ask(STS) == wanted
                   for server in (self.primary, self.secondary))

    def test_an_edit_is_live_and_verified_in_time(self):
        process = self.start()
        eventually(lambda: self.shows(self.expected_id()))
        eventually(lambda: "event=published" in self.said())
        taken = []
        for i in range(3):
            begin = time.monotonic()
            self.edit(f"mx{i + 1}.alpha.test", f"mx{i + 2}.alpha.test")
            eventually(lambda: self.said().count("event=published") == i + 2)
            taken.append(time.monotonic() - begin)
            self.assertTrue(self.shows(self.expected_id()))
        print("from an edit to records live and verified:",
              ", ".join(f"{one:.2f} s" for one in taken))
        self.assertLessEqual(max(taken), MAX_SECONDS)
        self.assertRegex(
            self.said(),
            "event=sandbox landlock=([0-9]+|none|off) seccomp=(on|off)")
        last = self.said().splitlines()[-1]
        self.assertIn("seen=2 servers=2", last)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(TIMEOUT), 0)
        self.assertLess(time.monotonic() - begin, 1)
        self.assertIn("event=stopped", self.said())

    def test_a_bad_edit_changes_nothing(self):
        self.start()
        eventually(lambda: "event=published" in self.said())
        before = self.primary.records()
        self.edit('mode = "testing"', 'mode = "tasting"')
        eventually(lambda: "event=reload result=failed" in self.said())
        self.assertEqual(self.primary.records(), before)
        self.edit('mode = "tasting"', 'mode = "enforce"')
        eventually(lambda: self.shows(self.expected_id()))


if __name__ == "__main__":
    namespace.main(__file__)
