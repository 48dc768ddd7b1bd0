# SPDX-License-Identifier: MIT
"""The operations listener: ready or not and why, who has fetched what, and
that nobody can get in the way of those who ask."""

import base64
import hashlib
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from certificates import client_context, make_certificates, scratch
from daemon import HOST, TIMEOUT, Daemon, eventually
from operations import POLICY, Operated
from preload import set_clock, shifted_clock

SECOND = 1.0
# What health may take, and a little for starting a program.
HEALTH_LIMIT = 2.0
ID = "c0a762642c8ff96deabc4e74c1e5d657"
OTHER = POLICY.replace("mail.example.com", "other.example.com")
FAILED = ("event=finding", "event=reload")
TABLE_HEAD = ("DOMAIN       MODE     ID                                "
              "HELD UNTIL  CERT DAYS  FETCHES  ")


class OperatedTestCase(unittest.TestCase):
    def start(self, *arguments, **how):
        return self.enterContext(Operated(*arguments, **how))

    def start_with_more(self, count):
        """With so many domains besides, d0.example and so on."""
        daemon = self.start(allow=FAILED)
        names = [f"d{i}.example" for i in range(count)]
        daemon.rewrite(POLICY.replace(
            '["example.com"]', str(["example.com", *names])))
        eventually(lambda: daemon.status()["total"] == count + 1)
        return daemon

    def expect_reason(self, daemon, text, since, reason, count=1):
        """All who can be asked name this reason, within a second."""
        self.assertEqual(eventually(
            lambda: (answer := daemon.readyz())[0] == 503 and answer),
            (503, text + "\n"))
        self.assertLess(time.monotonic() - since, SECOND)
        self.assertEqual(daemon.command("health")[:2], (1, text + "\n"))
        self.assertEqual(daemon.metric("mta_stsd_ready"), 0)
        self.assertEqual(daemon.metric(
            f'mta_stsd_unready_reasons{{reason="{reason}"}}'), count)
        self.assertIn(text.partition(":")[0], daemon.ask("/")[2])
        self.assertFalse(daemon.status()["ready"])

    def expect_ready(self, daemon, since):
        eventually(lambda: daemon.readyz() == (200, "ready\n"))
        self.assertLess(time.monotonic() - since, SECOND)
        self.assertEqual(daemon.command("health"), (0, "ready\n", ""))
        self.assertEqual(daemon.metric("mta_stsd_ready"), 1)
        self.assertTrue(daemon.status()["ready"])

    def agent_fetch(self, daemon, agent, path="/.well-known/mta-sts.txt"):
        daemon.raw((f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n"
                    f"User-Agent: {agent}\r\nConnection: close\r\n\r\n")
                   .encode())


class ReadinessTest(OperatedTestCase):
    """Each reason is said within a second, and taken back within one."""

    def test_broken_configuration(self):
        daemon = self.start(allow=FAILED)
        self.expect_ready(daemon, time.monotonic())
        daemon.rewrite(POLICY.replace("mail.example.com", "me@example.com"))
        since = time.monotonic()
        self.expect_reason(
            daemon, f"reload.failed: {daemon.config}:11:7: mx "
            '"me@example.com" is a mail address, not a host name '
            "[policy.mx-invalid]", since, "reload.failed")
        self.assertEqual(daemon.metric("mta_stsd_last_reload_successful"), 0)
        daemon.rewrite(POLICY)
        self.expect_ready(daemon, time.monotonic())
        self.assertEqual(
            [one["result"] for one in daemon.status()["reloads"]["history"]],
            ["applied", "failed"])

    def test_broken_beyond_parsing(self):
        # health has to find its listener in what is left of the file.
        daemon = self.start(allow=FAILED)
        daemon.rewrite("[[policy]\n")
        eventually(lambda: daemon.readyz()[0] == 503)
        self.assertIn("[config.syntax]", daemon.command("health")[1])

    def test_name_no_longer_covered(self):
        daemon = self.start(allow=FAILED)
        with tempfile.TemporaryDirectory() as folder:
            good = pathlib.Path(folder, "good")
            shutil.copytree(daemon.dir / "certs", good)
            self.addCleanup(make_certificates, *("mta-sts.example.com",
                                                 "mta-sts.example.net"))
            make_certificates("mta-sts.example.org")
            shutil.copytree(scratch() / "server", daemon.dir / "certs",
                            dirs_exist_ok=True)
            since = time.monotonic()
            self.expect_reason(
                daemon, f"reload.failed: {daemon.dir}/certs: no certificate "
                f"names the host {HOST} [certificate.name-not-covered]\n"
                f"reload.failed: {daemon.dir}/certs: the new certificates leave "
                f"the host {HOST} without a usable one "
                "[certificate.lost]", since, "reload.failed", 2)
            shutil.copytree(good, daemon.dir / "certs", dirs_exist_ok=True)
            self.expect_ready(daemon, time.monotonic())

    def test_new_domain_without_certificate(self):
        daemon = self.start(allow=FAILED)
        daemon.rewrite(POLICY.replace('["example.com"]',
                                      '["example.com", "example.org"]'))
        since = time.monotonic()
        self.expect_reason(
            daemon, "certificate.name-not-covered: no certificate names the "
            "host mta-sts.example.org", since,
            "certificate.name-not-covered")
        daemon.rewrite(POLICY)
        self.expect_ready(daemon, time.monotonic())

    def test_unreadable_key(self):
        daemon = self.start(allow=FAILED)
        key = daemon.dir / "certs/privkey.pem"
        kept = key.read_bytes()
        key.write_bytes(kept[:-40])  # mode 000 does not keep root out
        since = time.monotonic()
        eventually(lambda: daemon.readyz()[0] == 503)
        self.assertLess(time.monotonic() - since, SECOND)
        status, said, _ = daemon.command("health")
        self.assertEqual(status, 1)
        self.assertRegex(said, r"\Areload\.failed: .*privkey\.pem: ")
        self.assertEqual(daemon.metric("mta_stsd_ready"), 0)
        key.write_bytes(kept)
        self.expect_ready(daemon, time.monotonic())

    def test_expired_certificate(self):
        # A relative path, below the daemon's folder: its sandbox leaves that.
        daemon = self.start(allow=FAILED, files={"clock": "+0"},
                            env=shifted_clock("clock"))
        self.expect_ready(daemon, time.monotonic())
        expiry = daemon.status()["domains"][0]["certificate"]["expires"]
        set_clock(daemon.dir / "clock", "+400d")
        since = time.monotonic()
        self.expect_reason(
            daemon, f"certificate.expired: the certificate for {HOST} "
            f"expired at {expiry}", since, "certificate.expired")
        set_clock(daemon.dir / "clock", "+0")
        self.expect_ready(daemon, time.monotonic())

    def test_stopping(self):
        daemon = self.start()
        with daemon.dial() as waiting:  # keeps the drain from ending at once
            waiting.sendall(b"\x16\x03\x01\x02\x00")
            daemon.process.terminate()
            eventually(lambda: daemon.readyz() == (
                503, "stopping: the server is being stopped\n"))


class FetchTest(OperatedTestCase):
    def test_families_and_ids(self):
        daemon = self.start()
        for agent in ("Google-SMTP-STS", "google", "Mozilla (Microsoft)",
                      "YahooMailProxy", "Comcast", "postfix-tlspol/1.8.14",
                      "postfix-mta-sts-resolver", "curl/8.0"):
            self.agent_fetch(daemon, agent)
        self.agent_fetch(daemon, "Google", path="/")
        fetches = daemon.status()["domains"][0]["fetches"]
        self.assertEqual((fetches["answered"], fetches["refused"]), (8, 1))
        self.assertEqual(sum(fetches["hours"]), 8)
        self.assertIsNone(fetches["other_id"])
        served = fetches["served_id"]
        self.assertEqual((served["id"], served["count"]), (ID, 8))
        self.assertEqual(
            {name: one["count"] for name, one in served["families"].items()},
            {"google": 2, "microsoft": 1, "yahoo": 1, "comcast": 1,
             "tlspol": 1, "postfix-mta-sts-resolver": 1, "other": 1})

        daemon.rewrite(OTHER)
        eventually(lambda: daemon.status()["domains"][0]["id"] != ID)
        fetches = daemon.status()["domains"][0]["fetches"]
        self.assertEqual((fetches["served_id"]["count"],
                          fetches["served_id"]["last"]), (0, None))
        self.assertEqual(fetches["other_id"], served)
        self.agent_fetch(daemon, "google")
        fetches = daemon.status()["domains"][0]["fetches"]
        self.assertEqual(fetches["served_id"]["count"], 1)
        self.assertEqual(fetches["other_id"], served)

    def table(self, daemon, *domain):
        """In the first second of its life a certificate has 90 days, and the
        day until which a policy is held moves."""
        status, text, fault = daemon.command("status", *domain)
        self.assertEqual((status, fault), (0, ""))
        return re.sub(rf"{ID}  (\d{{4}}-\d\d-\d\d)  (?:90|89) ",
                      f"{ID}  DAY         89 ", text)

    def test_table(self):
        daemon = self.start()
        self.assertEqual(self.table(daemon), (
            "ready\n" + TABLE_HEAD + "LAST FETCH OF ID  BY\n"
            f"example.com  testing  {ID}  DAY         89         0        never"
            "             -\n"))
        self.agent_fetch(daemon, "Google-SMTP-STS")
        last = daemon.status()["domains"][0]["fetches"]["served_id"]["last"]
        self.assertEqual(self.table(daemon, "Example.COM."), (
            "ready\n" + TABLE_HEAD + "LAST FETCH OF ID      BY\n"
            f"example.com  testing  {ID}  DAY         89         1        {last}"
            "  google 1\n"))

    def test_json_is_the_status(self):
        daemon = self.start()
        status, text, _ = daemon.command("status", "--format", "json")
        self.assertEqual(status, 0)
        self.assertTrue(text.startswith('{"version":"'))

    def test_no_octet_of_a_sender_is_shown(self):
        daemon = self.start()
        self.agent_fetch(daemon, 'zqzq"} 1 <script>Google')
        for path in ("/", "/status", "/metrics"):
            self.assertNotIn("zqzq", daemon.ask(path)[2])
            self.assertNotIn("127.0.0.1", daemon.ask(path)[2])


class PageTest(OperatedTestCase):
    def test_policy_admits_its_own_style_and_script_alone(self):
        _, fields, text = self.start().ask("/")
        sources = dict(re.findall(r"(\S+)-src ([^;]*)",
                                  fields["Content-Security-Policy"]))
        self.assertEqual(sources["default"], "'none'")
        for name in ("style", "script"):
            inside, = re.findall(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
            digest = hashlib.sha256(inside.encode()).digest()
            self.assertEqual(
                sources[name],
                f"'sha256-{base64.b64encode(digest).decode()}'")
        self.assertNotRegex(text, r"<[^>]* (style|on[a-z]+)=")
        self.assertNotRegex(text, r"(src|href)=\"(?!data:,|/\?)")

    def test_what_was_asked_is_escaped(self):
        _, _, text = self.start().ask("/?q=%22%3E%3Cscript%3Ex%26")
        self.assertIn('value="&quot;&gt;&lt;script&gt;x&amp;"', text)
        self.assertEqual(text.count("<script>"), 1)

    def test_it_is_of_use_without_script(self):
        text = self.start().ask("/")[2].partition("<script>")[0]
        for part in ("Ready", "example.com", ID, f"v=STSv1; id={ID}",
                     "v=TLSRPTv1; rua=mailto:tls-reports@example.com",
                     "days left", "<svg", "Reloads"):
            self.assertIn(part, text)

    def test_many_domains_come_in_pages(self):
        daemon = self.start_with_more(120)
        text = daemon.ask("/?offset=50")[2]
        self.assertIn('href="/?q=&amp;offset=0"', text)
        self.assertIn('href="/?q=&amp;offset=100"', text)
        text = daemon.ask("/")[2]
        self.assertEqual(text.count('class="record"'), 2 * 50)
        self.assertIn('href="/?q=&amp;offset=50"', text)
        text = daemon.ask("/?q=D11&offset=0")[2]
        self.assertEqual(re.findall("<h2>(d[^<]*)", text), [
            "d11.example", *(f"d{i}.example" for i in range(110, 120))])


class ListenerTest(OperatedTestCase):
    def test_paths(self):
        daemon = self.start()
        self.assertEqual(daemon.ask("/livez")[::2], (200, "alive\n"))
        self.assertEqual(daemon.ask("/livez", "HEAD")[::2], (200, ""))
        self.assertEqual(daemon.ask("/nothing")[0], 404)
        status, fields, _ = daemon.ask("/livez", "DELETE")
        self.assertEqual((status, fields["Allow"]), (405, "GET, HEAD"))

    def test_a_head_has_8_kib_at_most(self):
        daemon = self.start()
        start = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: "
        for octets, status in ((8192, b"200"), (8193, b"431")):
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(TIMEOUT)
                client.connect(str(daemon.socket))
                client.sendall((start + b"x" * octets)[:octets - 4] +
                               b"\r\n\r\n")
                self.assertEqual(client.recv(12)[9:], status)

    def test_health_of_a_server_that_hangs(self):
        daemon = self.start()
        with socket.socket(socket.AF_UNIX) as mute:
            path = daemon.dir / "mute"
            mute.bind(str(path))
            mute.listen()
            config = daemon.dir / "mute.toml"
            config.write_text(f'[operations]\nlisten = "unix:{path}"\n')
            start = time.monotonic()
            done = subprocess.run(
                [daemon.binary, "-c", config, "health"], capture_output=True,
                text=True, timeout=TIMEOUT)
            self.assertLess(time.monotonic() - start, HEALTH_LIMIT)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (
            1, "", f"mta-stsd: error: no answer from unix:{path}: it accepts, "
            "but says nothing in time\n"))

    def test_health_without_a_listener(self):
        daemon = self.enterContext(Daemon(None, POLICY))
        done = subprocess.run(
            [daemon.binary, "-c", daemon.config, "health"],
            capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual((done.returncode, done.stderr), (
            1, f"mta-stsd: error: {daemon.config} has no [operations]\n"
            'mta-stsd: hint: [operations] with listen = "127.0.0.1:9443" '
            "turns the operations listener on, at the next start\n"))

    def test_taken_address(self):
        daemon = self.start()
        done = subprocess.run(
            [daemon.binary, "-c", daemon.config, "serve"],
            capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual((done.returncode, done.stderr), (
            1, "mta-stsd: error: operations: can't listen on "
            f"unix:{daemon.socket}: Address already in use\n"
            "mta-stsd: hint: another program listens there\n"))

    def test_changed_settings_need_a_restart(self):
        daemon = self.start()
        daemon.head = daemon.head.replace("[operations]", "[operations]\n"
                                          'per_domain_metrics = "off"')
        daemon.rewrite(POLICY)
        daemon.wait_for_line("event=restart-needed key=operations")


class AccessLogTest(unittest.TestCase):
    def count(self, daemon, *events):
        return sum(any(f"event={event} " in line for event in events)
                   for line in daemon.stderr_lines)

    def test_lines_are_limited_and_the_others_counted(self):
        config = POLICY + "[server]\nthreads = 1\n"
        request = f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        with Daemon(None, config, "--log-level", "debug") as daemon:
            with daemon.connect(context=client_context()) as connection:
                connection.sendall(request * 99)
                connection.recv(1)
            for _ in range(200):
                with daemon.dial() as garbage:
                    garbage.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    garbage.recv(100)
            asked = 299
            seconds = {line.split()[0] for line in daemon.stderr_lines}
            self.assertLessEqual(self.count(daemon, "request", "handshake"),
                                 100 * (len(seconds) + 1))
            # What was left out is said in a later second, and once.
            while self.count(daemon, "access-left-out") == 0 or asked < 310:
                daemon.fetch()
                asked += 1
        left_out = sum(int(line.rpartition("count=")[2])
                       for line in daemon.stderr_lines
                       if "event=access-left-out " in line)
        self.assertGreater(left_out, 0)
        self.assertEqual(
            self.count(daemon, "request", "handshake") + left_out, asked)


if __name__ == "__main__":
    unittest.main()
