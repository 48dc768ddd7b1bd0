# SPDX-License-Identifier: MIT
"""The history and the guard, with the sandbox that `serve` has, and what
`check` says of them. What happens over days is in tests/scenario."""

import hashlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

from daemon import TIMEOUT, Daemon, eventually
from edits import replace
from killed_server import KilledServer, read_history

KILLS = 6  # tests/history/run has more


def policy(domain, *more):
    return "\n".join(["[[policy]]", f'domains = ["{domain}"]',
                      'mx = ["mail.example.com"]',
                      'tls_rpt = ["mailto:tls@example.com"]', *more, ""])


SERVER = '[server]\nlisten = ["127.0.0.1:0"]\ncertificates = ["certs"]\n'
KEPT = 'history = "state/history"\n'
ENFORCE = ('mode = "enforce"', 'max_age = "4w"')
BOTH = policy("example.com", *ENFORCE) + policy("example.net")


def history_line(seconds, event, domain):
    body = ("version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\n"
            "max_age: 2419200\r\n")
    line = " ".join((
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)), event,
        domain, hashlib.sha256(body.encode()).hexdigest()[:32], "enforce",
        "2419200", "mail.example.com"))
    return f"{line} {hashlib.sha256(line.encode()).hexdigest()[:8]}\n"


class ServeTest(unittest.TestCase):
    def lines(self, daemon):
        """Without times and checksums."""
        text = (daemon.dir / "state/history").read_text()
        return [" ".join(line.split()[1:3]) for line in text.splitlines()]

    def test_a_change_is_written_and_a_loss_is_refused(self):
        config = SERVER + KEPT + BOTH
        with Daemon(None, config, files={"state/.keep": ""},
                    allow=("transition.domain-removed",
                           "event=reload")) as daemon:
            daemon.wait_for_line("event=sandbox")
            begun = ["serve example.com", "serve example.net"]
            self.assertEqual(self.lines(daemon), begun)
            replace(daemon.config, SERVER + KEPT + policy("example.net"))
            daemon.wait_for_line("result=failed")
            self.assertEqual(self.lines(daemon), begun)
            replace(daemon.config,
                    SERVER + KEPT + policy("example.com", *ENFORCE,
                                           "retire = 2999-01-01"))
            daemon.wait_for_line("result=applied")
            changed = [*begun, "serve example.com", "end example.com",
                       "end example.net"]
            eventually(lambda: self.lines(daemon) == changed)
            octets = (daemon.dir / "state/history").read_bytes()
            self.assertEqual(read_history(octets)[1], 0)
            daemon.stop()
            self.assertEqual(self.lines(daemon),
                             [*changed, "end example.com"])

    def test_another_file_is_left_alone(self):
        """A configuration, a key: lines of ours would destroy it."""
        with Daemon(None, SERVER + KEPT + BOTH,
                    files={"state/history": "a key\n"},
                    allow=("server.history-unusable",)) as daemon:
            daemon.wait_for_line("has no line of a history, and is left alone")
            daemon.stop()
            self.assertEqual((daemon.dir / "state/history").read_text(),
                             "a key\n")

    def test_a_file_that_was_removed_is_told_of_once(self):
        with Daemon(None, SERVER + KEPT + BOTH,
                    files={"state/.keep": ""}) as daemon:
            (daemon.dir / "state/history").unlink()
            replace(daemon.config, SERVER + KEPT + BOTH.replace("4w", "5w"))
            line = daemon.wait_for_line("event=history-incomplete")
            self.assertIn("was removed or replaced", line)
            daemon.wait_for_line("result=applied")
            daemon.signal(signal.SIGHUP)
            daemon.wait_for_line("result=applied", start=len(
                daemon.stderr_lines))
            self.assertEqual(sum("history-incomplete" in one
                                 for one in daemon.stderr_lines), 1)

    def test_without_its_folder_it_serves(self):
        with Daemon(None, SERVER + KEPT + BOTH) as daemon:
            line = daemon.wait_for_line("id=server.history-unusable")
            self.assertIn("can't be opened for writing: No such file", line)

    def test_killed_it_has_written_what_was_served(self):
        server = KilledServer(os.environ["MTA_STSD"], seed=1)
        self.addCleanup(server.close)
        for _ in range(KILLS):
            self.assertIsNone(server.kill_once())
        self.assertGreater(server.seen, 0)


class CheckTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def check(self, text, *arguments, given=""):
        (self.folder / "new.toml").write_text(text)
        done = subprocess.run(
            [os.environ["MTA_STSD"], "-c", "new.toml", "check",
             "--policies-only", *arguments], cwd=self.folder, input=given,
            capture_output=True, text=True, timeout=TIMEOUT)
        return done.returncode, done.stderr

    def test_against_an_older_configuration(self):
        (self.folder / "old.toml").write_text(BOTH)
        status, said = self.check(policy("example.net"), "--against",
                                  "old.toml")
        self.assertEqual(status, 1)
        day = r"\d{4}-\d\d-\d\d"
        self.assertRegex(
            said,
            rf'^mta-stsd: error: old\.toml:1:1: domain "example\.com" is gone, '
            rf"but senders may hold its policy until {day}T\d\d:\d\d:\d\dZ "
            r"\[transition\.domain-removed\]\n"
            rf'mta-stsd: hint: put it back with "retire = {day}", which serves '
            r'mode none until then; or see "mta-sts retire example\.com" \(RFC '
            r'8461, 8\.3\); with guard = "warn" in \[server\] it is done all '
            r"the same\n$")
        # What the hint says helps.
        retire = re.search(rf"retire = {day}", said)[0]
        status, said = self.check(
            policy("example.com", *ENFORCE, retire) + policy("example.net"),
            "--against", "old.toml")
        self.assertEqual(status, 0, said)
        self.assertNotIn("error", said)
        status, said = self.check(
            '[server]\nguard = "warn"\n' + policy("example.net"),
            "--against", "-", given=BOTH)
        self.assertEqual(status, 0)
        self.assertIn("warning: <standard input>:1:1: domain", said)
        status, said = self.check(
            '[server]\nguard = "off"\n' + policy("example.net"),
            "--against", "old.toml")
        self.assertEqual((status, said), (0, ""))

    def test_a_retirement_that_only_the_older_one_knows(self):
        """Replicas without a history, and a repository, know the day."""
        (self.folder / "old.toml").write_text(
            policy("example.com", *ENFORCE, "retire = 2999-01-01")
            + policy("example.net"))
        for text, finding in (
                (policy("example.net"), "transition.domain-removed"),
                (policy("example.com", *ENFORCE, "retire = 2998-01-01")
                 + policy("example.net"), "transition.retire-early")):
            status, said = self.check(text, "--against", "old.toml")
            self.assertEqual(status, 1)
            self.assertIn("until 2999-01-01T00:00:00Z "
                          f"[{finding}]\n", said)

    def test_a_clock_that_was_ahead_once(self):
        """What one domain has left behind hides no other."""
        now = time.time()
        (self.folder / "history").write_text("".join(
            history_line(now + days * 86400, event, domain)
            for days, event, domain in (
                (-9, "serve", "example.org"), (365, "end", "example.org"),
                (-5, "serve", "example.com"), (-5, "serve", "example.net"),
                (-1, "end", "example.com"), (-1, "end", "example.net"))))
        status, said = self.check(
            '[server]\nhistory = "history"\n' + policy("example.net"))
        self.assertEqual(status, 1)
        self.assertEqual(re.findall(r'error: .*domain "(\S+)" is gone', said),
                         ["example.com"])

    def test_against_nothing_good(self):
        self.assertEqual(
            self.check(BOTH, "--against", "none.toml"),
            (1, 'mta-stsd: error: "none.toml" is no good configuration: '
                "none.toml: can't be read: No such file or directory\n"
                "mta-stsd: hint: name one that was served, as an older version "
                "of this one\n"))

    def test_a_history_that_is_damaged_or_none(self):
        config = "[server]\nhistory = \"history\"\n" + policy("example.net")
        (self.folder / "history").write_text("nothing of ours\n")
        status, said = self.check(config)
        self.assertEqual(status, 0)
        self.assertIn("warning: history: has no line of a history, and is left "
                      "alone [server.history-unusable]\n", said)
        (self.folder / "history").write_text("2026-11-27T16:2\n")
        status, said = self.check(config)
        self.assertEqual(status, 0)
        self.assertIn("warning: history:1:1: a line of the history is left "
                      "out; of the first, its checksum is another: it was cut "
                      "off or edited [server.history-damaged]\n", said)
        (self.folder / "history").unlink()
        (self.folder / "history").mkdir()
        status, said = self.check(config)
        self.assertEqual(status, 0)
        self.assertIn("warning: history: can't be read: Is a directory "
                      "[server.history-unusable]\n", said)


if __name__ == "__main__":
    unittest.main()
