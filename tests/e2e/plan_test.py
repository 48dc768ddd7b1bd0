# SPDX-License-Identifier: MIT
"""mta-sts plan and retire where nothing can be seen: no step passes for done,
and the configuration's max_age counts. What they say of domains that can be
looked at is in tests/verify. The binary comes from the environment variable
MTA_STS."""

import datetime
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

TIMEOUT = 60
MTA_STS = os.environ.get("MTA_STS")
POLICY = """[[policy]]
domains = ["alpha.test"]
mode = "enforce"
mx = ["mx.alpha.test"]
max_age = "4w"
"""


@unittest.skipIf(not MTA_STS, "mta-sts is not built")
class BlindTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-sts-plan-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "a.toml").write_text(POLICY)

    def run_tool(self, *arguments):
        """By a resolver that is not there."""
        done = subprocess.run(
            [MTA_STS, "-c", "a.toml", *arguments, "--dns", "127.0.0.1:1"],
            cwd=self.folder, capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 3)
        return done.stdout, done.stderr

    def states(self, text):
        return re.findall(r"(?m)^ \d\. (\w+) ", text)

    def test_retirement(self):
        text, _ = self.run_tool("retire", "alpha.test")
        self.assertEqual(self.states(text), ["unseen"] * 4)
        day = datetime.date.fromisoformat(re.search("retire = (.*)", text)[1])
        left = day - datetime.datetime.now(datetime.timezone.utc).date()
        self.assertIn(left.days, (29, 30))  # four weeks, and what caches add

    def test_migration(self):
        text, _ = self.run_tool("plan", "alpha.test", "--to", "new.alpha.test")
        self.assertEqual(self.states(text),
                         ["unseen"] * 4 + ["later", "later"])

    def test_calendar(self):
        """Dates behind what was not seen would be guesses."""
        for command in (["retire", "alpha.test"],
                        ["plan", "alpha.test", "--to", "new.alpha.test"]):
            text, said = self.run_tool(*command, "--format", "ics")
            self.assertEqual(text, "")
            self.assertIn("note: alpha.test: there is no date to print\n", said)
            self.assertNotIn("nothing is left", said)


if __name__ == "__main__":
    unittest.main()
