# SPDX-License-Identifier: MIT
"""mta-sts history: what a repository has of a configuration becomes a history,
which is listed, joined and made shorter. The binary comes from the environment
variable MTA_STS."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

TIMEOUT = 60
MTA_STS = os.environ.get("MTA_STS")
MANUAL = pathlib.Path(__file__).resolve().parents[2] / "docs/mta-sts.1"
POLICY = """
[[policy]]
domains = ["{domain}"]
mode = "{mode}"
mx = ["mx.alpha.test"]
max_age = "1w"
"""


@unittest.skipIf(not MTA_STS, "mta-sts is not built")
class HistoryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-sts-history-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_tool(self, *arguments, **how):
        done = subprocess.run(
            [MTA_STS, "history", *map(str, arguments)], cwd=self.folder,
            capture_output=True, text=True, timeout=TIMEOUT, **how)
        return done.returncode, done.stdout, done.stderr

    def commit(self, text, day):
        """Noon of a day of May 2026, in UTC."""
        (self.folder / "repository/mta-stsd.toml").write_text(text)
        env = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", TZ="UTC",
                   GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@alpha.test",
                   GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@alpha.test",
                   GIT_AUTHOR_DATE=f"2026-05-{day:02}T12:00:00Z",
                   GIT_COMMITTER_DATE=f"2026-05-{day:02}T12:00:00Z")
        for command in (["init", "-q"], ["add", "."],
                        ["commit", "-qm", f"day {day}"]):
            subprocess.run(["git", *command], check=True, env=env,
                           cwd=self.folder / "repository", timeout=TIMEOUT)

    def import_repository(self):
        """By the very commands of the manual page."""
        script = re.search(r"(?ms)^\$ (copies=.*?import)$",
                           MANUAL.read_text())[1]
        script = re.sub(r"(?m)^\$ ", "", script).replace("\\e\n", "\\\n")
        binaries = self.folder / "bin"
        binaries.mkdir()
        (binaries / "mta-sts").symlink_to(MTA_STS)
        done = subprocess.run(
            ["sh", "-c", script], cwd=self.folder / "repository",
            env=dict(os.environ, PATH=f"{binaries}:{os.environ['PATH']}",
                     TMPDIR=str(self.folder)),
            capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 0)
        return done.stdout, done.stderr

    @unittest.skipIf(not shutil.which("git"), "needs git")
    def test_a_repository_becomes_a_history(self):
        (self.folder / "repository").mkdir()
        head = '[server]\ncertificates = ["certs"]\n'
        one = POLICY.format(domain="one.alpha.test", mode="testing")
        self.commit(head + one, 1)
        self.commit(head + one.replace('"1w"', '"1 w"'), 3)  # never served
        two = POLICY.format(domain="two.alpha.test", mode="testing")
        self.commit(head + one.replace("testing", "enforce") + two, 5)
        self.commit(head + two, 9)
        history, told = self.import_repository()
        self.assertEqual(told.count("\n"), 1)
        self.assertRegex(told, r"\Amta-sts: warning: \S+/mta-stsd.toml is left "
                         r"out: \S+/mta-stsd.toml:8:11: .* \[[a-z.-]+\]\n")
        self.assertEqual(
            [" ".join(line.split()[:3]) for line in history.splitlines()],
            ["2026-05-01T12:00:00Z serve one.alpha.test",
             "2026-05-05T12:00:00Z serve one.alpha.test",
             "2026-05-05T12:00:00Z serve two.alpha.test",
             "2026-05-06T12:00:00Z end one.alpha.test",
             "2026-05-10T12:00:00Z end one.alpha.test"])
        (self.folder / "history").write_text(history)
        status, text, told = self.run_tool(
            "list", "--history", "history", "one.alpha.test")
        self.assertEqual((status, told), (0, ""))
        self.assertEqual([line.split()[:6] for line in text.splitlines()[1:]], [
            ["one.alpha.test", "testing", "1w", "2026-05-01T12:00:00Z",
             "2026-05-06T12:00:00Z", "no"],
            ["one.alpha.test", "enforce", "1w", "2026-05-05T12:00:00Z",
             "2026-05-10T12:00:00Z", "no"]])
        # Of the domain that has left, that it was there is known still.
        status, shorter, told = self.run_tool("compact", "history")
        self.assertEqual((status, told), (0, ""))
        self.assertEqual(
            [" ".join(line.split()[:5]) for line in shorter.splitlines()],
            [" ".join(history.splitlines()[i].split()[:5]) for i in (1, 2, 4)])

    def test_several_are_joined_by_time(self):
        lines = {}
        for name, day in (("a", 1), ("b", 2)):
            (self.folder / f"{name}.toml").write_text(
                '[server]\ncertificates = ["certs"]\n'
                + POLICY.format(domain=f"{name}.alpha.test", mode="enforce"))
            lines[name] = self.run_tool("import", input=(
                f"2026-05-0{day}T00:00:00Z {name}.toml\n"))[1]
            (self.folder / name).write_text(lines[name])
        self.assertEqual(self.run_tool("merge", "b", "a"),
                         (0, lines["a"] + lines["b"], ""))
        # What is no line is left out.
        with open(self.folder / "a", "a") as file:
            file.write("2026-05-03T00:00:00Z serve a.al")
        status, text, told = self.run_tool("merge", "a")
        self.assertEqual((status, text), (0, lines["a"]))
        self.assertTrue(told.startswith(
            "mta-sts: warning: a:2: its checksum is another: it was cut off or "
            "edited"), told)

    def test_as_json(self):
        (self.folder / "a.toml").write_text(
            '[server]\ncertificates = ["certs"]\n'
            + POLICY.format(domain="a.alpha.test", mode="none"))
        (self.folder / "history").write_text(self.run_tool(
            "import", input="2026-05-01T00:00:00Z a.toml\n")[1])
        status, text, told = self.run_tool(
            "list", "--history", "history", "--format", "json")
        self.assertEqual((status, told), (0, ""))
        found, = json.loads(text)["domains"]
        policy, = found["policies"]
        self.assertEqual(
            (found["domain"], found["cached_until"], found["enforced_until"]),
            ("a.alpha.test", None, None))
        self.assertEqual(
            (policy["mode"], policy["max_age"], policy["mx"], policy["first"],
             policy["last"]),
            ("none", 604800, ["mx.alpha.test"], "2026-05-01T00:00:00Z", None))

    def test_what_is_wrong_is_said_with_its_line(self):
        for given, said in (
                ("", "standard input is empty"),
                ("2026-05-01 a.toml\n",
                 'standard input, line 1: time "2026-05-01" '),
                ("2026-05-01T00:00:00Z\n",
                 "standard input, line 1: has no path"),
                ("2026-05-02T00:00:00Z a\n2026-05-01T00:00:00Z a\n",
                 "standard input, line 2: 2026-05-01T00:00:00Z is before the "
                 "time in front of it")):
            with self.subTest(given):
                status, text, told = self.run_tool("import", input=given)
                self.assertEqual((status, text), (1, ""))
                self.assertTrue(told.startswith(f"mta-sts: error: {said}"),
                                told)


if __name__ == "__main__":
    unittest.main()
