# SPDX-License-Identifier: MIT
"""What needs neither mail servers nor time: a short form of what
tests/reports/run does for long, and who asks for the metrics."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from importer import LIMIT_SECONDS, UNTIL, Importer  # noqa: E402
from kills import Killed  # noqa: E402
from sent import Report  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/e2e"))
from sender_tools import environment, find_tool  # noqa: E402

KILLS = 12


class KillTest(unittest.TestCase):
    def test_each_report_counts_once(self):
        self.assertEqual(Killed(KILLS, batch=40).run().killed, KILLS)


class MetricsTest(unittest.TestCase):
    def setUp(self):
        with tempfile.TemporaryDirectory() as folder:
            importer = Importer(folder)
            report = Report(successes=3, failures={"certificate-expired": 1})
            importer.run("import", "-", given=report.mail())
            self.shown = importer.run("summary", "--format", "prometheus",
                                      "--until", UNTIL)

    def test_alerts_and_dashboard_ask_for_what_there_is(self):
        text = "".join((ROOT / name).read_text() for name in (
            "etc/prometheus/mta-sts.yml", "etc/grafana/mta-stsd.json"))
        asked = set(re.findall(r"\bmta_sts_reports_[a-z_]+", text))
        self.assertGreater(len(asked), 1)
        self.assertEqual(asked - set(re.findall(r"(?m)^[a-z_]+", self.shown)),
                         set())

    def test_promtool_has_nothing_to_say(self):
        if not (promtool := find_tool("promtool")):
            self.skipTest("not installed: promtool")
        done = subprocess.run([promtool, "check", "metrics"],
                              input=self.shown, capture_output=True, text=True,
                              env=environment(), timeout=LIMIT_SECONDS)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
