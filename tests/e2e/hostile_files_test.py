# SPDX-License-Identifier: MIT
"""Files of customers that were made to be dear."""

import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from cost import SECOND
from daemon import Daemon, eventually
from edits import FAILED, OLD, policy, replace

MEBIOCTET = 1 << 20


def fill(one, before="", after=""):
    """A file of 1 MiB, full of `one`."""
    count = (MEBIOCTET - len(before) - len(after)) // len(one)
    return before + one * count + after


# What each octet of them makes the most of.
DEAR = {
    "integers": fill("1,", "a = [", "]\n"),
    "arrays": fill("[],", "a = [", "]\n"),
    "tables": fill("{},", "a = [", "]\n"),
    "empty strings": fill('"",', "a = [", "]\n"),
    "policies": fill("[[policy]]\n"),
    "keys": "".join(f"k{i:x} = 1\n" for i in range(90_000)),
    "one mx": fill('"mx.example.com",', policy("a.example").split("mx =")[0]
                   + "mx = [", "]\n"),
    "reports": policy("a.example").split("tls_rpt")[0] + "tls_rpt = ["
    + "".join(f'"mailto:a@b{i:x}.example",' for i in range(40_000)) + "]\n",
    "broken strings": fill('"\n'),
    "dots": fill("a.", "", "a = 1\n"),
}


class CheckTest(unittest.TestCase):
    """`check` ends with one reason or a thousand, soon, and in little memory."""

    def check(self, text):
        folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="mta-stsd-e2e-")))
        (folder / "one.toml").write_text(text)
        (folder / "main.toml").write_text('include = ["one.toml"]\n')
        with subprocess.Popen(
                [os.environ["MTA_STSD"], "-c", folder / "main.toml", "check",
                 "--policies-only"], stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL, text=True) as process:
            lines = process.stderr.readlines()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 1)
        return lines, usage

    def test_dear_files(self):
        for name, text in DEAR.items():
            with self.subTest(name):
                lines, usage = self.check(text)
                print(f"{name}: {usage.ru_utime:.2f} s, "
                      f"{usage.ru_maxrss / 1024:.0f} MiB, {len(lines)} lines")
                self.assertLessEqual(len(lines), 2002)
                # Of processor time, which a loaded machine does not stretch
                # by much; a sanitizer does, up to twenty times.
                self.assertLess(usage.ru_utime, 10)

    def test_there_is_an_end_to_what_is_said(self):
        lines, _ = self.check("".join(f"k{i} = 1\n" for i in range(2000)))
        self.assertEqual(len(lines), 2002)
        self.assertTrue(any("has more findings than these 1000 "
                            "[config.more-findings]" in line
                            for line in lines))

    def test_an_included_file_is_small(self):
        lines, _ = self.check("# " + "x" * MEBIOCTET + "\n")
        self.assertIn("has more than 1048576 octets", lines[0])


class StopTest(unittest.TestCase):
    """SIGTERM is obeyed at once, whatever is being loaded."""

    def test_a_large_include(self):
        daemon = Loading(None, 'include = ["one.toml"]\n' + OLD, files={
            "one.toml": policy("net.example.net", domains=("example.net",))},
            allow=FAILED)
        with daemon:
            replace(daemon.dir / "one.toml", "a = [" + "1," * (32 * MEBIOCTET))
            daemon.wait_for_line("event=finding id=config.unreadable")
            self.check_quick(daemon)

    def test_a_large_configuration(self):
        daemon = Loading(None, OLD, allow=FAILED)
        with daemon:
            # All of it is good, and takes seconds.
            replace(daemon.config, OLD + "".join(
                f'[[policy]]\ndomains = ["d{i}.example.org"]\nmx = ["mail.'
                f'example.org"]\ntls_rpt = ["mailto:a@example.org"]\n'
                for i in range(200_000)))
            daemon.wait_until_busy()
            self.check_quick(daemon)

    def test_many_dear_includes(self):
        daemon = Loading(None, 'include = ["more.d/*.toml"]\n' + OLD, files={
            "more.d/net.toml": policy("net.example.net",
                                      domains=("example.net",))},
            allow=FAILED)
        with daemon:
            (daemon.dir / "dear").write_text(DEAR["keys"])
            for i in range(200):
                os.link(daemon.dir / "dear", daemon.dir / f"more.d/{i}.toml")
            daemon.wait_until_busy()
            self.check_quick(daemon)

    def check_quick(self, daemon):
        start = time.monotonic()
        self.assertEqual(daemon.stop(), 0)
        took = time.monotonic() - start
        print(f"stopped after {took:.2f} s")
        self.assertLess(took, SECOND)
        self.assertIn("event=stopped", "".join(daemon.stderr_lines))


class Loading(Daemon):
    def wait_until_busy(self):
        """Until processor time was spent: nobody fetches, so that is a
        load."""
        before = self.cpu_seconds()
        eventually(lambda: self.cpu_seconds() - before > 0.3)


if __name__ == "__main__":
    unittest.main()
