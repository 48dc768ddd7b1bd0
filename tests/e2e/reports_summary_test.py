# SPDX-License-Identifier: MIT
"""mta-sts reports summary, from reports that the program has imported itself,
and the file that its import leaves for mta-stsd."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from cli_test import TIMEOUT

BINARY = os.environ.get("MTA_STS")
CONFIG = """[reports]
database = "state/reports.db"
summary = "shown/summary"
[[policy]]
domains = ["example.com"]
mx = ["mail.example.com"]
tls_rpt = ["mailto:tls-reports@example.com"]
"""
ID = "c0a762642c8ff96deabc4e74c1e5d657"


def make_report(organization, day, failed, domain="example.com"):
    policy = {
        "policy-type": "sts",
        "policy-string": ["version: STSv1", "mode: testing",
                          "mx: mail.example.com", "max_age: 604800"],
        "policy-domain": domain, "mx-host": ["mail.example.com"]}
    details = [{"result-type": "certificate-expired",
                "sending-mta-ip": "192.0.2.9",
                "receiving-mx-hostname": "mail.example.com",
                "receiving-ip": "192.0.2.1", "failed-session-count": failed,
                "failure-reason-code": "\x1b[31m<b>"}] if failed else []
    return {
        "organization-name": organization, "contact-info": "a@alpha.test",
        "date-range": {"start-datetime": f"{day}T00:00:00Z",
                       "end-datetime": f"{day}T23:59:59Z"},
        "report-id": f"{day}-{organization}",
        "policies": [{"policy": policy, "failure-details": details, "summary": {
            "total-successful-session-count": 100 - failed,
            "total-failure-session-count": failed}}]}


@unittest.skipUnless(BINARY, "mta-sts is not built")
class SummaryTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="mta-sts-reports-")))
        (self.folder / "a.toml").write_text(CONFIG)

    def run_tool(self, *arguments):
        return subprocess.run(
            [BINARY, "reports", "-c", self.folder / "a.toml", *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=TIMEOUT)

    def put(self, *reports):
        files = []
        for number, report in enumerate(reports):
            files.append(self.folder / f"{number}.json")
            files[-1].write_text(json.dumps(report))
        done = self.run_tool("import", *files)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def summary(self, *arguments, until="2026-11-27"):
        done = self.run_tool("summary", "--until", until, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def put_some(self):
        self.put(make_report("Alpha", "2026-11-13", 10),
                 make_report("Alpha", "2026-11-26", 0),
                 make_report("Beta & Co", "2026-11-27", 2),
                 make_report("Beta & Co", "2026-11-27", 2, "other.test"))

    def test_all_domains(self):
        self.put_some()
        self.assertEqual(self.summary(), """\
2026-11-14 to 2026-11-27, by UTC
DOMAIN       POLICY  SESSIONS  FAILED  SHARE   BEFORE   SENDERS  UNVERIFIED  LAST
example.com  sts     200       2       1.00 %  10.00 %  2        100 %       2026-11-27
""")
        self.assertEqual(json.loads(self.summary("--format", "json")), {
            "since": "2026-11-14T00:00:00Z", "until": "2026-11-28T00:00:00Z",
            "domains": [{
                "policy-domain": "example.com", "policy-type": "sts",
                "total-successful-session-count": 198,
                "total-failure-session-count": 2, "verified": 0, "reports": 2,
                "organizations": 2, "last": "2026-11-27T23:59:59Z"}]})
        self.assertIn('mta_sts_reports_sessions{domain="example.com",'
                      'policy_type="sts",result="failed"} 2\n',
                      self.summary("--format", "prometheus"))

    def test_one_domain(self):
        self.put_some()
        self.assertEqual(self.summary("Example.com"), f"""\
example.com: 2026-11-14 to 2026-11-27, by UTC
DAY         SENDER     SIGNED BY   POLICY  SESSIONS  FAILED  POLICY ID
2026-11-26  Alpha      unverified  sts     100       0       {ID} served now
2026-11-27  Beta & Co  unverified  sts     100       2       {ID} served now

FAILED  RESULT               POLICY  SENDER     MX HOST           ADDRESS    REASON
2       certificate-expired  sts     Beta & Co  mail.example.com  192.0.2.1   [31m<b>

certificate-expired: renew the certificate of the MX host, and look why that \
was not done by itself; mta-sts verify example.com shows what is wrong now
""")
        found = json.loads(self.summary("example.com", "--format", "json"))
        self.assertEqual([one["served"] for one in found["senders"]],
                         ["served now", "served now"])
        self.assertEqual(found["failures"][0]["failed-session-count"], 2)

    def test_pages(self):
        self.put_some()
        self.assertIn("<bdi>example.com</bdi>", self.summary("--format", "html"))
        page = self.summary("example.com", "--format", "html")
        self.assertIn("Beta &amp; Co", page)
        # What the gate says of a policy in mode testing.
        self.assertIn("<h2>Not ready for mode enforce</h2>", page)
        self.assertIn("&lt;b&gt;", page)
        self.assertNotIn("\x1b", page)

    def test_nothing_yet(self):
        done = self.run_tool("summary")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(str(self.folder / "state/reports.db"), done.stderr)
        self.put_some()
        self.assertEqual(self.summary("none.test"),
                         "none.test: 2026-11-14 to 2026-11-27, by UTC\n"
                         "no reports\n")
        self.assertEqual(self.summary("--days", "1", until="2020-01-01"),
                         "2020-01-01 to 2020-01-01, by UTC\nno reports\n")

    def test_wrong_usage(self):
        self.put_some()
        done = self.run_tool("summary", "--until", "yesterday")
        self.assertEqual(done.returncode, 1)
        self.assertIn('--until: "yesterday" is no day', done.stderr)
        for wrong in (["--format", "xml"], ["a.test", "b.test"],
                      ["a.test", "--format", "prometheus"]):
            self.assertEqual(self.run_tool("summary", *wrong).returncode, 2)

    def test_file_for_the_policy_host(self):
        """Whole after each import, which no reader sees in between."""
        self.put_some()
        path = self.folder / "shown/summary"
        lines = path.read_text().splitlines()
        self.assertEqual(lines[0], "mta-sts report days 1")
        self.assertEqual(lines[3:], [
            "example.com 2026-11-27 1 1 1 0 0 98 2 0 0 0 0", "domains: 1"])
        inode = path.stat().st_ino
        self.put(make_report("Gamma", "2026-11-27", 0))
        self.assertNotEqual(path.stat().st_ino, inode)
        self.assertEqual(path.read_text().splitlines()[3],
                         "example.com 2026-11-27 2 2 2 0 0 198 2 0 0 0 0")
        self.assertEqual(os.listdir(path.parent), ["summary"])
        # What is left when the rest has gone.
        path.unlink()
        self.assertEqual(self.run_tool("gc", "--keep", "14d").returncode, 0)
        self.assertEqual(path.read_text().splitlines()[0],
                         "mta-sts report days 1")


if __name__ == "__main__":
    unittest.main()
