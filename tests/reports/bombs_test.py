# SPDX-License-Identifier: MIT
"""What is sent to bring a reader of reports down costs little memory and time,
is kept with a reason, and the next file is read. The figures are printed."""

import base64
import gzip
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from importer import LIMIT_SECONDS, Importer  # noqa: E402
from sent import Report  # noqa: E402

MIB = 1 << 20
GOOD = Report(successes=1)
HEAD = b"From: a@b.test\nContent-Type: multipart/report; boundary=b1\n\n"
FILLED = 64 * MIB
INFLATED = 15 * MIB  # what is still read
SANITIZED = "asan" in os.environ["MTA_STS"] or "tsan" in os.environ["MTA_STS"]


def filled(unit, size):
    return unit * (size // len(unit))


def packed(head, unit, size, tail=b""):
    return gzip.compress(head + filled(unit, size) + tail, mtime=0)


POLICIES = b'{"policies":['
DETAILS = POLICIES + b'{"failure-details":['
ONE = b'{"result-type":"x","failed-session-count":1},'
# A MiB or less of each; those of the second part are whole JSON.
SMALL = {
    "letters": packed(b'{"policies":[],"x":"', b"a", FILLED),
    "lists": packed(POLICIES, b"[],", FILLED),
    "spaces": packed(POLICIES, b" ", FILLED),
    "numbers": packed(POLICIES, b"0,", FILLED),
    "details": packed(DETAILS, ONE, INFLATED, b"{}]}]}"),
    "long string": packed(b'{"x":"', b"a", INFLATED, b'","policies":[]}'),
    "documents": packed(b"", b'{"policies":[]}\n', INFLATED),
    "latin": packed(b'{"x":"', b"\xe9", INFLATED // 2, b'","policies":[]}'),
    "members": gzip.compress(b"", mtime=0) * 50_000,
    "gzip in gzip": gzip.compress(gzip.compress(gzip.compress(
        bytes(FILLED), mtime=0), mtime=0), mtime=0),
    "nested": b"[" * MIB,
    "number": b'{"policies":[],"x":' + b"1" * MIB + b"}",
    "noise in gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\3" + os.urandom(MIB),
    "parts": HEAD + filled(b"--b1\n\n", MIB),
    "fields": filled(b"a: b\n", MIB),
    "folded": b"Subject: x\n" + filled(b" y\n", MIB),
    "parameters": b"Content-Type: a/b" + filled(b"; a=b", MIB),
    "addresses": b"From: " + filled(b"a@b.test, ", MIB),
    "groups": b"From: " + filled(b"g:", MIB),
    "groups that are read": b"From: " + filled(b"g:", 30_000),
    "long field": b"Subject: " + filled(b"x", MIB),
    "mails in mails": b"From: a@b\n" + filled(
        b"Content-Type: message/rfc822\n\n", MIB),
    "open boundary": HEAD + b"--b1\n\n" + filled(b"y\n", MIB),
    "base64": HEAD + b"--b1\nContent-Type: application/tlsrpt+gzip\n"
              b"Content-Transfer-Encoding: base64\n\n"
              + base64.encodebytes(os.urandom(MIB * 7 // 10)),
}
# 10 MB of those whose cost goes with their size.
LARGE = {
    "large parts": HEAD + b"--b1\n\nx\n" * 900 + filled(b"x", 9 * MIB),
    "large nesting": b"From: a@b\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i)
        for i in range(990)) + filled(b"x", 9 * MIB),
    "large base64": HEAD + b"--b1\nContent-Type: application/tlsrpt+gzip\n"
                    b"Content-Transfer-Encoding: base64\n\n"
                    + base64.encodebytes(os.urandom(7 * MIB)),
    "large lines": HEAD + b"--b1\n\n" + filled(b"\n", 9 * MIB),
}


# A program counts as its own what the one had that it was started from; so it
# is started from a small one.
MEASURE = """
import os, sys
child = os.fork()
if child == 0:
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    os.dup2(1, 2)
    os.execv(sys.argv[1], sys.argv[1:])
_, status, used = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), used.ru_maxrss,
      used.ru_utime + used.ru_stime)
"""


class BombTest(unittest.TestCase):
    def check(self, name, octets, most_mib, most_seconds):
        """Imports it, and a good one behind it; what both have cost."""
        with tempfile.TemporaryDirectory(prefix="mta-sts-bomb-") as folder:
            importer = Importer(folder)
            source = importer.folder / "in"
            source.mkdir()
            (source / "1").write_bytes(octets)
            (source / "2").write_bytes(GOOD.mail())
            done = subprocess.run(
                [sys.executable, "-S", "-c", MEASURE,
                 *importer.command("import", source)],
                capture_output=True, text=True, timeout=LIMIT_SECONDS,
                check=True)
            status, kib, seconds = map(float, done.stdout.split())
            print(f"{name:21} {len(octets) / MIB:5.1f} MiB: "
                  f"{kib / 1024:4.0f} MiB, {seconds:.2f} s")
            self.assertIn(status, (0, 1))
            self.assertEqual(importer.totals(), {"alpha.test": [1, 0]})
            kept = (os.listdir(importer.failed)
                    if importer.failed.exists() else [])
            self.assertIn(len(kept), (0, 2))
            if not SANITIZED:
                self.assertLess(kib, most_mib * 1024)
                self.assertLess(seconds, most_seconds)

    def test_a_mib_of_anything(self):
        for name, octets in SMALL.items():
            with self.subTest(name):
                self.check(name, octets, 32, 2)

    def test_ten_mb_of_mails(self):
        for name, octets in LARGE.items():
            with self.subTest(name):
                self.check(name, octets, 256, 10)


if __name__ == "__main__":
    unittest.main()
