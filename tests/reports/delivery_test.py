# SPDX-License-Identifier: MIT
"""Reports that real Postfix delivers, by the lines of etc/postfix or into a
maildir, and what `mta-sts reports` has to say of them then."""

import contextlib
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import dkim  # noqa: E402
import mail_host  # noqa: E402
import namespace  # noqa: E402
from dns_server import (FAR_RESOLVER, RESOLVER, NameServers,  # noqa: E402
                        Zones)
from importer import Importer  # noqa: E402
from mail_host import MailHost, WholePostfix  # noqa: E402
from own_ca import Ca  # noqa: E402
from sender_tools import missing_tools  # noqa: E402
from sent import Report, totals  # noqa: E402

SENT = [Report("Sender", 1, successes=10),
        Report("Other", 2, successes=3, failures={"certificate-expired": 2}),
        Report("Other", 3, domain="beta.test", successes=7)]
# What is said of these.
ID = "5a410f14ca25c94cf1678f3f57092d09"
SUMMARIES = {
    (): """\
2026-11-14 to 2026-11-27, by UTC
DOMAIN      POLICY  SESSIONS  FAILED  SHARE    BEFORE  SENDERS  UNVERIFIED  LAST
alpha.test  sts     15        2       13.33 %  none    2        100 %       2026-11-24
beta.test   sts     7         0       0 %      none    1        100 %       2026-11-24
""",
    ("alpha.test",): f"""\
alpha.test: 2026-11-14 to 2026-11-27, by UTC
DAY         SENDER  SIGNED BY   POLICY  SESSIONS  FAILED  POLICY ID
2026-11-24  Other   unverified  sts     5         2       {ID} served now
2026-11-24  Sender  unverified  sts     10        0       {ID} served now

FAILED  RESULT               POLICY  SENDER  MX HOST        ADDRESS     REASON
2       certificate-expired  sts     Other   mx.alpha.test  192.0.2.25  -

certificate-expired: renew the certificate of the MX host, and look why that \
was not done by itself; mta-sts verify alpha.test shows what is wrong now
"""}


class DeliveryTest(unittest.TestCase):
    def setUp(self):
        if reason := MailHost.refusal():
            self.skipTest(reason)
        self._stack = contextlib.ExitStack()
        self.addCleanup(self._stack.close)
        self.folder = pathlib.Path(self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="mta-sts-reports-")))
        self.folder.chmod(0o755)
        self.home = self.folder / "home"
        self.home.mkdir()
        self.importer = Importer(
            self.home, f'trusted_authserv_id = ["{mail_host.HOST}"]\n')
        for path in (self.home, *self.home.rglob("*")):
            os.chown(path, mail_host.NUMBER, mail_host.NUMBER)
        self.chain = Ca(self.folder / "ca").leaf("mail", [mail_host.HOST])

    def start(self, **settings):
        return self._stack.enter_context(MailHost(
            self.chain, self.home, os.environ["MTA_STS"],
            self.importer.config, **settings))

    def test_pipe(self):
        """Each is read as it comes; one that comes twice counts once."""
        host = self.start()
        host.send(*(one.mail() for one in SENT), SENT[0].mail())
        host.expect("status=sent (delivered via mta-sts-reports service)", 4)
        self.assertEqual(self.importer.totals(), totals(SENT))
        for domain, text in SUMMARIES.items():
            self.assertEqual(self.importer.summary(*domain), text)

    def test_maildir(self):
        """Where any mail server can leave them; as often as one looks, each
        counts once."""
        host = self.start(home_mailbox="Maildir/")
        host.send(*(one.mail() for one in SENT),
                  to=f"{mail_host.USER}@{mail_host.DOMAIN}")
        host.expect("status=sent (delivered to maildir)", 3)
        shown = [self.importer.run("import", self.home / "Maildir")
                 for _ in range(2)]
        self.assertEqual(shown, [
            "files and messages: 3 read, 0 failed\n"
            "reports: 3\n"
            f"policies in them: {new} new, {known} known, 0 of other domains\n"
            for new, known in ((3, 0), (0, 3))])
        self.assertEqual(self.importer.totals(), totals(SENT))

    def test_what_can_not_be_kept_stays_in_the_queue(self):
        """A folder that can't be written to, until it can be."""
        host = self.start()
        os.chmod(self.home, 0o555)
        host.send(SENT[0].mail())
        host.expect("status=deferred")
        os.chmod(self.home, 0o755)
        host.expect("status=sent")
        self.assertEqual(self.importer.totals(), totals(SENT[:1]))
        self.assertNotIn("status=bounced", host.maillog())

    def test_what_is_no_report_does_not_come_back(self):
        """It is put aside with a reason, and a stranger gets no bounce."""
        host = self.start()
        host.send(b"Subject: hello\r\n\r\nWhat do you mean, report?\r\n",
                  SENT[0].mail())
        host.expect("status=sent", 2)
        self.assertEqual(self.importer.totals(), totals(SENT[:1]))
        self.assertNotIn("status=bounced", host.maillog())
        self.assertEqual(len(list(self.importer.failed.iterdir())), 2)

    def test_whose_they_are(self):
        """A signature counts that our own server has looked at, and nobody
        else's word for it."""
        if reason := missing_tools("opendkim"):
            self.skipTest(reason)
        key, record = dkim.make_key(self.folder)
        zones = Zones()
        for zone in ("test", "alpha.test", "sender.test"):
            zones.add_zone(zone)
        zones.add("alpha.test", "MX", f"10 {mail_host.HOST}")
        zones.add(mail_host.HOST, "A", mail_host.ADDRESS)
        zones.add(f"{dkim.SELECTOR}._domainkey.sender.test", "TXT", record)
        self._stack.callback(
            NameServers(zones, [RESOLVER, FAR_RESOLVER]).close)
        signer = self._stack.enter_context(
            dkim.signer(mail_host.SENDER_ADDRESS, "sender.test", key))
        verifier = self._stack.enter_context(
            dkim.verifier(mail_host.ADDRESS, mail_host.HOST))
        host = self.start(smtpd_milters=verifier.milter)
        sender = self._stack.enter_context(WholePostfix(
            mail_host.SENDER_ADDRESS, mail_host.SENDER_HOST,
            self.chain, mynetworks="192.0.2.0/24",
            smtp_bind_address=mail_host.SENDER_ADDRESS,
            smtpd_milters=signer.milter))
        sender.send(Report("Sender", 1, successes=100).mail())
        host.send(Report("Sender", 2, successes=10).mail(),
                  b"Authentication-Results: mx.alpha.test; dkim=pass "
                  b"header.d=sender.test\r\n"
                  + Report("Sender", 3, successes=1).mail())
        host.expect("delivered via mta-sts-reports service", 3)
        self.assertEqual(self.importer.summary(), """\
2026-11-14 to 2026-11-27, by UTC
DOMAIN      POLICY  SESSIONS  FAILED  SHARE  BEFORE  SENDERS  UNVERIFIED  LAST
alpha.test  sts     111       0       0 %    none    1        9.91 %      2026-11-24
""")


if __name__ == "__main__":
    namespace.main(__file__)
