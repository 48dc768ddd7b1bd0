# SPDX-License-Identifier: MIT
"""Reports by HTTPS: curl, which is what senders post them with, then `mta-stsd
collect`, its spool, the importer, and the summary at the end."""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "verify")]
import namespace  # noqa: E402
from collect_host import (ADDRESS, HOST, URI, Collect,  # noqa: E402
                          make_importer)
from importer import LIMIT_SECONDS  # noqa: E402
from own_ca import Ca  # noqa: E402
from sent import Report, totals  # noqa: E402

GZIP, JSON = "application/tlsrpt+gzip", "application/tlsrpt+json"
SENT = [Report("Sender", number, successes=10 ** number) for number in range(4)]


class CollectTest(unittest.TestCase):
    def setUp(self):
        self._stack = contextlib.ExitStack()
        self.addCleanup(self._stack.close)
        self.folder = pathlib.Path(self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="mta-sts-reports-")))
        self.ca = Ca(self.folder / "ca")
        self.importer = make_importer(self.folder, self.ca)
        self._stack.enter_context(Collect(self.importer))

    def post(self, octets, media_type, *options, uri=URI):
        """As tlsrpt-reporter does; the status."""
        done = subprocess.run(
            ["curl", "--silent", "--cacert", self.ca.root, "--resolve",
             f"{HOST}:443:{ADDRESS}", "--header", f"Content-Type: {media_type}",
             "--write-out", "%{http_code}", "--output", os.devnull, *options,
             "--data-binary", "@-", uri],
            input=octets, capture_output=True, timeout=LIMIT_SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr)
        return int(done.stdout)

    def test_what_is_posted_is_summed_up(self):
        statuses = [
            self.post(SENT[0].gzip(), GZIP),
            self.post(SENT[1].json(), JSON),
            self.post(SENT[2].gzip(), GZIP, "-H", "Transfer-Encoding: chunked"),
            self.post(SENT[3].json(), JSON, "-H", "Expect: 100-continue"),
            self.post(SENT[0].gzip(), GZIP)]  # once more
        self.assertEqual(statuses, [201] * 5)
        self.importer.run("import")
        self.assertEqual(self.importer.totals(), totals(SENT))
        self.assertEqual(list((self.importer.spool / "new").iterdir()), [])
        self.assertEqual(self.importer.summary(), """\
2026-11-14 to 2026-11-27, by UTC
DOMAIN      POLICY  SESSIONS  FAILED  SHARE  BEFORE  SENDERS  UNVERIFIED  LAST
alpha.test  sts     1111      0       0 %    none    1        100 %       2026-11-24
""")

    def test_who_has_no_token_is_turned_away(self):
        self.assertEqual(self.post(SENT[0].gzip(), GZIP,
                                   uri=f"https://{HOST}/{'0' * 32}"), 404)
        self.importer.run("import")
        self.assertEqual(self.importer.totals(), {})

    def test_what_is_no_report_is_put_aside(self):
        """It is taken, for nobody looks into it before."""
        self.assertEqual(self.post(b"no report", GZIP), 201)
        self.importer.run("import")
        self.assertEqual(len(list(self.importer.failed.iterdir())), 2)

    def test_check_has_nothing_to_say(self):
        done = subprocess.run(
            [os.environ["MTA_STSD"], "-c", self.importer.config, "check",
             "--policies-only", "--strict"],
            capture_output=True, text=True, timeout=LIMIT_SECONDS)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    namespace.main(__file__)
