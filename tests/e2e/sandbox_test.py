# SPDX-License-Identifier: MIT
"""What a running program has given up, and that it misses none of it: the
other end-to-end tests run in the sandbox too."""

import os
import pathlib
import re
import shutil
import tempfile
import unittest

from certificates import (NAMES, client_context, make_certificates,
                          scratch)
from daemon import BODY, POLICY, Daemon, eventually

MAY_FAIL = ("event=finding", "event=reload")
HINT = "sandbox was drawn at the start"


def status(pid, field):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return re.search(rf"^{field}:\s+(\S+)$", text, re.MULTILINE)[1]


class SandboxTest(unittest.TestCase):
    def line(self, daemon):
        line = daemon.wait_for_line("event=sandbox ")
        if "instrumented build" in line:
            self.skipTest("an instrumented build has no sandbox")
        return line

    def elsewhere(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-stsd-elsewhere-")
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def need_landlock(self, daemon):
        if "landlock=none" in self.line(daemon):
            self.skipTest("the kernel has no Landlock")

    def test_it_is_on_in_every_thread(self):
        with Daemon() as daemon:
            self.assertRegex(self.line(daemon),
                             r"level=info event=sandbox "
                             r"landlock=([0-9]+|none) seccomp=on$")
            daemon.fetch()
            for thread in os.listdir(f"/proc/{daemon.pid}/task"):
                self.assertEqual(status(thread, "NoNewPrivs"), "1")
                self.assertEqual(status(thread, "Seccomp"), "2")
            proc = pathlib.Path(f"/proc/{daemon.pid}")
            self.assertRegex((proc / "limits").read_text(),
                             r"Max core file size +0 +0 ")
            # What a program gets that cores are handed to.
            self.assertEqual((proc / "coredump_filter").read_text(),
                             "00000000\n")

    def test_it_can_be_off(self):
        with Daemon(None, POLICY + "[server]\nsandbox = false\n") as daemon:
            line = daemon.wait_for_line("event=sandbox ")
            self.assertIn("landlock=off seccomp=off reason=", line)
            self.assertEqual(status(daemon.pid, "Seccomp"),
                             status(os.getpid(), "Seccomp"))
            self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def test_turning_it_off_needs_a_restart(self):
        with Daemon() as daemon:
            daemon.write("mta-stsd.toml", daemon.config.read_text().replace(
                "[server]\n", "[server]\nsandbox = false\n"))
            daemon.wait_for_line("event=restart-needed key=server.sandbox")

    def test_an_include_elsewhere_is_refused_and_says_why(self):
        folder = self.elsewhere()
        (folder / "more.toml").write_text(POLICY.replace("example", "other"))
        with Daemon(allow=MAY_FAIL) as daemon:
            self.need_landlock(daemon)
            good = daemon.config.read_text()
            for name in ("more.toml", "*.toml"):
                start = len(daemon.stderr_lines)
                daemon.write("mta-stsd.toml",
                             f'include = ["{folder}/{name}"]\n' + good)
                finding = daemon.wait_for_line("event=finding", start=start)
                self.assertIn(HINT, finding)
                daemon.wait_for_line("result=failed", start=start)
                self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def test_certificates_elsewhere_are_refused_and_say_why(self):
        folder = self.elsewhere()
        with Daemon(allow=MAY_FAIL) as daemon:
            self.need_landlock(daemon)
            shutil.copytree(daemon.dir / "certs", folder / "certs")
            good = daemon.config.read_text()
            for path in (folder / "certs", folder / "certs/fullchain.pem"):
                start = len(daemon.stderr_lines)
                daemon.write("mta-stsd.toml",
                             good.replace('["certs"]', f'["{path}"]'))
                self.assertIn(HINT, daemon.wait_for_line(
                    "id=certificate.unreadable", start=start))
                daemon.wait_for_line("result=failed", start=start)
                self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def test_a_folder_that_is_replaced_as_a_whole_can_be_read(self):
        with Daemon(allow=MAY_FAIL) as daemon:
            before = self.leaf(daemon)
            make_certificates(*NAMES)
            shutil.copytree(scratch() / "server", daemon.dir / "new")
            (daemon.dir / "certs").rename(daemon.dir / "old")
            (daemon.dir / "new").rename(daemon.dir / "certs")
            eventually(lambda: self.leaf(daemon) != before)

    def leaf(self, daemon):
        with daemon.connect(context=client_context()) as connection:
            return connection.getpeercert(binary_form=True)

    def test_what_a_link_will_lead_to_can_be_read(self):
        releases = self.elsewhere() / "releases"
        for number in ("1", "2"):
            (releases / number).mkdir(parents=True)
            (releases / number / "policy.toml").write_text(POLICY.replace(
                "mail.", f"mail{number}."))
        current = releases.parent / "current"
        current.symlink_to("releases/1")
        config = (f'include = ["{current}/*.toml"]\n[server]\n')
        with Daemon(None, config, allow=MAY_FAIL) as daemon:
            current.with_name("next").symlink_to("releases/2")
            current.with_name("next").rename(current)
            eventually(lambda: b"mail2." in daemon.fetch()[2])


if __name__ == "__main__":
    unittest.main()
