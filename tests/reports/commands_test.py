# SPDX-License-Identifier: MIT
"""`mta-sts reports list`, show, alert, gate and gc, from reports that the
program has imported itself."""

import datetime
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from importer import UNTIL, Importer  # noqa: E402
from sent import DAY, Report  # noqa: E402

REMEDY = ("renew the certificate of the MX host, and look why that was not "
          "done by itself; mta-sts verify alpha.test shows what is wrong now")


class CommandsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-sts-commands-")
        self.addCleanup(folder.cleanup)
        self.importer = Importer(folder.name)

    def add(self, *reports):
        folder = self.importer.folder / "sent"
        folder.mkdir(exist_ok=True)
        for i, report in enumerate(reports):
            (folder / f"{i:03}.json").write_bytes(report.json())
        self.importer.run("import", "--remove", folder)

    def run_it(self, command, *arguments, wanted=0):
        return self.importer.run(command, *arguments, "--until", UNTIL,
                                 wanted=wanted)

    # --- list and show ---

    def test_list(self):
        self.add(Report(successes=5),
                 Report("Other", domain="beta.test", successes=1,
                        day=DAY + datetime.timedelta(days=1),
                        failures={"certificate-expired": 2}))
        self.assertEqual(self.run_it("list"), (
            "ID  DAY         SENDER  CAME BY           DOMAIN      POLICY  "
            "SESSIONS  FAILED  REPORT ID\n"
            "2   2026-11-25  Other   file, unverified  beta.test   sts     "
            "3         2       2026-11-25-1@other.test\n"
            "1   2026-11-24  Sender  file, unverified  alpha.test  sts     "
            "5         0       2026-11-24-1@sender.test\n"))
        lines = self.run_it("list", "--failed").splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["ID", "2"])
        lines = self.run_it("list", "--most", "1").splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["ID", "2"])
        self.assertEqual(self.run_it("list", "gamma.test"), "no reports\n")
        self.assertEqual(
            json.loads(self.run_it("list", "alpha.test", "--format", "json")),
            {"reports": [{
                "id": 1, "organization-name": "Sender",
                "report-id": "2026-11-24-1@sender.test",
                "start-datetime": "2026-11-24T00:00:00Z",
                "end-datetime": "2026-11-24T23:59:59Z",
                "policy-domain": "alpha.test", "policy-type": "sts",
                "total-successful-session-count": 5,
                "total-failure-session-count": 0, "channel": "file",
                "verified": False}]})

    def test_show(self):
        report = Report(successes=5, failures={"certificate-expired": 2})
        self.add(report)
        text = self.importer.run("show", "1")
        self.assertRegex(text, r"(?m)^came: [-0-9T:]+Z, by file, unverified$")
        self.assertEqual(
            [line for line in text.splitlines()
             if not line.startswith("came: ")],
            ["from: Sender", "contact: tls@sender.test",
             "report id: 2026-11-24-1@sender.test",
             "of: 2026-11-24T00:00:00Z to 2026-11-24T23:59:59Z", "",
             "alpha.test, sts: 7 sessions, 2 failed",
             "  policy: version: STSv1", "  policy: mode: testing",
             "  policy: mx: mx.alpha.test", "  policy: max_age: 604800",
             "  mx: mx.alpha.test", "  2 failed: certificate-expired",
             "    from: 198.51.100.7", "    MX host: mx.alpha.test",
             "    its address: 192.0.2.25", f"    do: {REMEDY}"])
        # As it was sent, with what RFC 8460 has besides.
        shown = json.loads(self.importer.run("show", "1", "--format", "json"))
        sent = json.loads(report.json())
        for one in shown["policies"][0]["failure-details"]:
            for name in ("receiving-mx-helo", "additional-information",
                         "failure-reason-code"):
                self.assertEqual(one.pop(name), "")
        self.assertEqual({name: shown[name] for name in sent}, sent)
        # What it shows can be imported, and is the same report.
        self.importer.run("import", "-",
                          given=json.dumps(shown).encode())
        self.assertEqual(self.importer.totals(), {"alpha.test": [5, 2]})
        self.importer.run("show", "2", wanted=1)
        self.importer.run("show", "one", wanted=2)

    # --- alert ---

    def test_alert(self):
        self.add(Report(successes=98, day=DAY + datetime.timedelta(days=3)))
        self.assertEqual(self.run_it("alert"), "")
        self.add(Report(number=2, failures={"certificate-expired": 2},
                        day=DAY + datetime.timedelta(days=3)))
        self.assertEqual(self.run_it("alert", wanted=1), (
            "alpha.test, sts: 2 of 100 sessions failed (2.00 %); 100 % of all "
            "are unverified\n"
            "  2 certificate-expired at mx.alpha.test\n"
            f"    do: {REMEDY}\n"))
        self.assertEqual(
            json.loads(self.run_it("alert", "--format", "json", wanted=1)),
            {"alerts": [{
                "policy-domain": "alpha.test", "policy-type": "sts",
                "total-successful-session-count": 98,
                "total-failure-session-count": 2, "verified": 0,
                "failures": [{
                    "result-type": "certificate-expired",
                    "receiving-mx-hostname": "mx.alpha.test",
                    "failed-session-count": 2, "remedy": REMEDY}]}]})
        self.run_it("alert", "--percent", "2", wanted=1)
        for tolerated in (("--failures", "3"), ("--percent", "3")):
            self.assertEqual(self.run_it("alert", *tolerated), "")

    # --- gate ---

    def gate(self, *arguments, wanted):
        return self.importer.run("gate", "alpha.test", "--no-verify",
                                 *arguments, wanted=wanted)

    def test_gate(self):
        self.importer.config.write_text(
            self.importer.config.read_text() + 'mode = "testing"\n')
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.add(*(Report(organization, successes=10,
                          day=today - datetime.timedelta(days=i))
                   for i in range(1, 21)
                   for organization in ("Google Inc.", "Sender")))
        since = today - datetime.timedelta(days=20)
        self.assertEqual(self.gate(wanted=3), (
            "alpha.test: could not be tested\n"
            "  good      the policy is in mode testing [mode]\n"
            f"  good      14 days of testing: 20 since {since}, by the first "
            "report of this policy [testing-days]\n"
            "  good      reports on 10 of the last 14 days: on 14 "
            "[report-days]\n"
            "  good      2 organizations, one of them Google or Microsoft: "
            "Google Inc., Sender [organizations]\n"
            "  good      no failed session under this policy, or fewer than "
            "one in 1000 at one MX host: 0 of 280 [failures]\n"
            "  untested  verify finds no error now: it was not asked "
            "[verify]\n"
            "  note      0 % of 280 sessions are from reports whose sender is "
            "verified [verified]\n"))
        self.add(Report(number=2, failures={"certificate-expired": 1},
                        day=today - datetime.timedelta(days=1)))
        self.assertIn("bad       no failed session", self.gate(wanted=1))
        verdict = json.loads(self.gate("--format", "json", wanted=1))
        self.assertEqual(
            {one["id"]: one["state"] for one in verdict["conditions"]},
            {"mode": "good", "testing-days": "good", "report-days": "good",
             "organizations": "good", "failures": "bad", "verify": "untested",
             "verified": "note"})
        self.assertEqual(verdict["state"], "bad")

    def test_gate_of_a_domain_without_a_policy(self):
        self.importer.run("gate", "gamma.test", wanted=2)
        self.importer.run("gate", wanted=2)

    # --- gc ---

    def test_gc(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.add(Report(successes=1, day=today - datetime.timedelta(days=2)),
                 Report(successes=2, day=today - datetime.timedelta(days=30)),
                 Report(successes=4, day=today - datetime.timedelta(days=500)))
        for arguments, removed, left in (
                ((), 1, 3), ((), 0, 3), (("--keep", "20d"), 1, 1)):
            self.assertEqual(self.importer.run("gc", *arguments),
                             f"removed: {removed} policies of reports\n")
            self.assertEqual(self.importer.totals(), {"alpha.test": [left, 0]})
        self.importer.run("gc", "--keep", "1d", wanted=2)
        self.importer.run("gc", "--keep", "long", wanted=2)


if __name__ == "__main__":
    unittest.main()
