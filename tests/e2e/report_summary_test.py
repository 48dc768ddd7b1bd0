# SPDX-License-Identifier: MIT
"""What senders report, from the file that mta-sts writes: in the sandbox, at
once when another takes its place, and never half of one."""

import os
import pathlib
import tempfile
import unittest

from operations import SUMMARY, Operated

SAMPLES = {
    'mta_stsd_reported_day_timestamp_seconds{domain="example.com"}':
        1795737600,
    'mta_stsd_reported_sessions{domain="example.com",policy_type="sts",'
    'result="successful"}': 1200,
    'mta_stsd_reported_sessions{domain="example.com",policy_type="sts",'
    'result="failed"}': 3,
    'mta_stsd_reported_sessions{domain="example.com",'
    'policy_type="no-policy-found",result="successful"}': 5,
    'mta_stsd_reported_sessions{domain="example.com",'
    'policy_type="no-policy-found",result="failed"}': 0,
    'mta_stsd_reports{domain="example.com",trust="authenticated"}': 2,
    'mta_stsd_reports{domain="example.com",trust="unverified"}': 1,
    "mta_stsd_report_summary_timestamp_seconds": 1795842000}


class ReportSummaryTest(unittest.TestCase):
    def setUp(self):
        # Not below a folder that the configuration has anyway.
        self.folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="mta-sts-reports-")))
        self.path = self.folder / "summary"

    def start(self):
        return self.enterContext(Operated(
            settings=f'[reports]\nsummary = "{self.path}"'))

    def put(self, text):
        fresh = self.folder / ".summary.1"
        fresh.write_text(text)
        os.replace(fresh, self.path)

    def test_everywhere(self):
        daemon = self.start()
        fault = (f'"{self.path}" can\'t be read: No such file or directory '
                 "(mta-sts reports import writes it)")
        self.assertEqual(daemon.status()["reports"],
                         {"time": None, "fault": fault})
        self.assertEqual(
            daemon.metric("mta_stsd_report_summary_timestamp_seconds"), 0)
        self.assertEqual(daemon.readyz(), (200, "ready\n"))

        self.put(SUMMARY)
        status = daemon.status()
        self.assertEqual(status["reports"],
                         {"time": "2026-11-28T05:00:00Z", "fault": None})
        self.assertEqual(status["domains"][0]["reports"], {
            "day": "2026-11-27", "reports": 3, "unverified": 1,
            "organizations": 2, "policies": [
                {"policy-type": "sts",
                 "total-successful-session-count": 1200,
                 "total-failure-session-count": 3},
                {"policy-type": "no-policy-found",
                 "total-successful-session-count": 5,
                 "total-failure-session-count": 0}]})
        for name, value in SAMPLES.items():
            self.assertEqual(daemon.metric(name), value, name)
        self.assertIn("Sessions that senders reported for 2026-11-27",
                      daemon.ask("/")[2])
        self.assertIn(
            "  2026-11-27: sts 3 of 1203, no-policy-found 0 of 5  ",
            daemon.command("status")[1])

    def test_another_takes_its_place(self):
        self.put(SUMMARY)
        daemon = self.start()
        day = daemon.status()["domains"][0]["reports"]["day"]
        self.assertEqual(day, "2026-11-27")
        self.put(SUMMARY.replace("11-27", "11-28"))
        day = daemon.status()["domains"][0]["reports"]["day"]
        self.assertEqual(day, "2026-11-28")

    def test_what_is_no_summary(self):
        daemon = self.start()
        for text, fault in (
                ("", "is no summary of reports, or of another version (mta-sts "
                     "reports import writes it, of the same version)"),
                (SUMMARY[:-1], "line 4 is the last, and no end (mta-sts "
                               "reports import writes it anew)")):
            self.put(text)
            status = daemon.status()
            self.assertEqual(status["reports"]["fault"],
                             f'"{self.path}" {fault}')
            self.assertIsNone(status["domains"][0]["reports"])
        self.put(SUMMARY)
        self.assertIsNotNone(daemon.status()["domains"][0]["reports"])


if __name__ == "__main__":
    unittest.main()
