# SPDX-License-Identifier: MIT
"""A short form of what tests/reports/run does for long."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kills import Killed  # noqa: E402

KILLS = 12


class KillTest(unittest.TestCase):
    def test_each_report_counts_once(self):
        self.assertEqual(Killed(KILLS, batch=40).run().killed, KILLS)


if __name__ == "__main__":
    unittest.main()
