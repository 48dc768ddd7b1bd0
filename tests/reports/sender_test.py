# SPDX-License-Identifier: MIT
"""Real deliveries, from one Postfix to another, and what the report of them
says at the end: as Postfix 3.10 tells it, and tlsrpt-reporter where it is
installed, by mail and by HTTPS."""

import contextlib
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import collect_host  # noqa: E402
import mail_host  # noqa: E402
import namespace  # noqa: E402
import reporter  # noqa: E402
from collect_host import Collect, make_importer  # noqa: E402
from dns_server import RESOLVER, NameServers, Zones  # noqa: E402
from importer import UNTIL  # noqa: E402
from mail_host import MailHost, Sender, Sessions  # noqa: E402
from own_ca import Ca  # noqa: E402
from sender_tools import missing_tools  # noqa: E402
from sent import Report  # noqa: E402
from services import eventually  # noqa: E402

DOMAINS = {"alpha.test": "mx.alpha.test", "beta.test": "mx.beta.test"}
MAIL = b"Subject: hello\r\n\r\nThis is mail.\r\n"
MAIL_URI = f"mailto:{mail_host.REPORTS}"
GONE = "status=sent (250"
# What sends a mail on standard input to our mail host.
SEND = f"""\
import smtplib, sys
smtplib.SMTP("{mail_host.ADDRESS}").sendmail(
    "tls@{mail_host.SENDER_HOST}", ["{mail_host.REPORTS}"],
    sys.stdin.buffer.read())
"""


class SenderTest(unittest.TestCase):
    """Both domains are at one mail host, whose certificate is for the first
    alone: nothing can be delivered to the second."""

    def setUp(self):
        if reason := Sender.refusal():
            self.skipTest(reason)
        self._stack = contextlib.ExitStack()
        self.addCleanup(self._stack.close)
        self.folder = pathlib.Path(self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="mta-sts-reports-")))
        self.folder.chmod(0o755)
        self.home = self.folder / "home"
        self.home.mkdir()
        self.ca = Ca(self.folder / "ca")
        self.importer = make_importer(self.home, self.ca)
        for path in (self.home, *self.home.rglob("*")):
            os.chown(path, mail_host.NUMBER, mail_host.NUMBER)
        zones = Zones()
        for zone in ("test", "sender.test", *DOMAINS):
            zones.add_zone(zone)
        for domain, host in DOMAINS.items():
            zones.add(domain, "MX", f"10 {host}")
            zones.add(host, "A", mail_host.ADDRESS)
        zones.add(collect_host.HOST, "A", collect_host.ADDRESS)
        self.zones = zones
        self._stack.callback(NameServers(zones, [RESOLVER]).close)
        self.host = self._stack.enter_context(MailHost(
            self.ca.leaf("mail", [mail_host.HOST]), self.home,
            os.environ["MTA_STS"], self.importer.config))

    def publish(self, uri):
        """Without such a record Postfix tells nobody of a session."""
        for domain in DOMAINS:
            self.zones.add(f"_smtp._tls.{domain}", "TXT",
                           f"v=TLSRPTv1; rua={uri}")

    def deliver(self, sessions):
        """Two mails to alpha.test, and one to beta.test, which stays."""
        with Sender(self.ca.leaf("sender", [mail_host.SENDER_HOST]),
                    self.ca.root, DOMAINS, sessions) as sender:
            sender.send(MAIL, MAIL, to="info@alpha.test")
            sender.expect(GONE, 2)
            sender.send(MAIL, to="info@beta.test")
            sender.expect("status=deferred")

    def check(self, *until):
        """The mail to beta.test was tried as often as time allowed."""
        totals = self.importer.totals()
        failed = totals["beta.test"][1]
        self.assertGreater(failed, 0)
        self.assertEqual(totals, {"alpha.test": [2, 0],
                                  "beta.test": [0, failed]})
        shown = self.importer.run("summary", "beta.test", *until).splitlines()
        self.assertEqual(shown[5].split(), [
            str(failed), "certificate-host-mismatch", "sts", "Sender",
            "mx.beta.test", mail_host.ADDRESS, "-"])
        self.assertIn("mta-sts verify beta.test", shown[7])

    def test_postfix(self):
        self.publish(MAIL_URI)
        sessions = Sessions(self.folder / "sessions")
        self.addCleanup(sessions.close)
        self.deliver(sessions)
        sessions.wait(3)
        for number, domain in enumerate(DOMAINS):
            report = Report(number=number, domain=domain,
                            policies=sessions.policies_of(domain))
            self.host.send(report.mail())
        self.host.expect("delivered via mta-sts-reports service", 2)
        self.check("--until", UNTIL)

    def report(self, uri, post, wait):
        """By tlsrpt-reporter, which posts with the command `post`."""
        if reason := missing_tools(*reporter.TOOLS):
            self.skipTest(reason)
        self.publish(uri)
        folder = self.folder / "collected"
        folder.mkdir()
        with reporter.Collector(folder) as collector:
            self.deliver(collector)
            collector.wait_for_today()
            script = self.folder / "send.py"
            script.write_text(SEND)
            with reporter.Reporter(
                    collector, f"{sys.executable} {script}", post):
                wait()

    def test_tlsrpt_reporter(self):
        self.report(MAIL_URI, "false",
                    lambda: self.host.expect(
                        "delivered via mta-sts-reports service", 2))
        self.check()  # until yesterday

    def test_tlsrpt_reporter_by_https(self):
        """With its own command, and a CA that curl knows for it."""
        new = self.importer.spool / "new"
        with Collect(self.importer):
            self.report(collect_host.URI, f"{reporter.POST} --cacert "
                                          f"{self.ca.root}",
                        lambda: eventually(
                            lambda: len(list(new.iterdir())) == len(DOMAINS),
                            mail_host.PATIENCE))
        self.importer.run("import")
        self.assertEqual(list(new.iterdir()), [])
        self.check()


if __name__ == "__main__":
    namespace.main(__file__)
