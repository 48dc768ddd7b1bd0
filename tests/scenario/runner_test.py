#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The runner of scenarios itself: what it does not understand it refuses, with
the line; and no line of any scenario is there in vain."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SCENARIOS = sorted(HERE.glob("*.scenario"))
RUNNER = None
START = "at 2027-01-01T00:00:00Z\n"
# What nothing comes out of.
MUTE = ("at", "authority", "begin", "certificate", "clock", "close", "finish",
        "install", "link", "remove", "write")
PLAIN = START + """\
write mta-stsd.toml
  | [server]
  | listen = ["http://127.0.0.1:0"]
  | [[policy]]
  | domains = ["one.test"]
  | mx = ["mail.one.test"]
  | tls_rpt = ["mailto:tls@one.test"]
start
  > records: one.test
fetch mta-sts.one.test
  > 200
  > version: STSv1
  > mode: testing
  > mx: mail.one.test
  > max_age: 604800
"""


def run(text, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "x.scenario"
        path.write_text(text)
        done = subprocess.run([RUNNER, *options, path], capture_output=True,
                              text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def is_speaking(line):
    """A command that something may come out of."""
    return (line and line[0] not in " #"
            and line.partition(" ")[0] not in MUTE)


class TextTest(unittest.TestCase):
    def refused(self, text, *faults):
        status, out, error = run(text)
        self.assertEqual((error.splitlines(), status, out), (list(faults), 2, ""))

    def test_what_is_good(self):
        self.assertEqual(run(PLAIN), (0, "", ""))

    def test_unknown_commands_and_words(self):
        self.refused(
            START + "sleep 3\nafter 3 dayz\nafter three days\nready now\n"
            "clock 1 days\nstart  \n",
            'x.scenario:2: unknown command "sleep"; there are after, at, '
            "authority, begin, certificate, check, clock, close, fetch, "
            "finish, install, link, metrics, read, ready, records, reload, "
            "remove, start, status, stop, write",
            'x.scenario:3: after: "3 dayz" is no duration (it is: after '
            "NUMBER milliseconds|seconds|minutes|hours|days)",
            'x.scenario:4: after: "three" is no number (it is: after '
            "NUMBER milliseconds|seconds|minutes|hours|days)",
            'x.scenario:5: ready: unknown word "now" (it is: ready)',
            'x.scenario:6: clock: "1 days" is no duration (it is: clock '
            "NUMBER milliseconds|seconds|minutes|hours|days)",
            "x.scenario:7: two spaces in a row, or one at the end")

    def test_missing_words(self):
        form = ("(it is: certificate NAME by AUTHORITY|itself [days FROM to "
                "TO] [rsa] for HOST...)")
        self.refused(
            START + "certificate\ncertificate a r1\ncertificate a by r1\n"
            "certificate a by r1 for\ncertificate a by r1 days 1 for b.test\n"
            "certificate a by r1 for d{2..1}.test\n",
            f"x.scenario:2: certificate: a name is missing {form}",
            f'x.scenario:3: certificate: "r1" stands where "by" has to {form}',
            f'x.scenario:4: certificate: "for" is missing {form}',
            f"x.scenario:5: certificate: the name of a host is missing {form}",
            f'x.scenario:6: certificate: "for" stands where "to" has to {form}',
            f'x.scenario:7: certificate: "d{{2..1}}.test" has no range such as '
            f"{{1..100}} {form}")

    def test_lines_that_belong_to_nothing(self):
        form = "(it is: write FILE [from CERTIFICATE chain|key])"
        self.refused("  > out\n", "x.scenario:1: this line belongs to no "
                                  "command")
        self.refused(START + "\n  > out\n",
                     "x.scenario:3: this line belongs to no command")
        self.refused(START + "start\n  > out\n  | in\n",
                     'x.scenario:4: "|" stands before ">"')
        self.refused(START + "start\n  >out\n",
                     'x.scenario:3: a space has to follow "|" or ">"')
        self.refused(START + "start\n   > out\n",
                     'x.scenario:3: a command starts the line; "  | " and '
                     '"  > " are what belongs to it')
        self.refused(
            START + "  > out\nstart\n  | in\nwrite a\nwrite a from b key\n"
            "  | in\n",
            'x.scenario:1: at: nothing comes out of it, and lines with ">" '
            "follow (it is: at YYYY-MM-DDThh:mm:ssZ)",
            'x.scenario:3: start: no lines with "|" belong to it (it is: '
            "start)",
            f'x.scenario:5: write: lines with "|" are missing {form}',
            f'x.scenario:6: write: it has "from" and lines with "|" {form}')

    def test_the_time_stands_first(self):
        self.refused("start\n" + START,
                     'x.scenario:1: "at" stands first, and once',
                     'x.scenario:2: "at" stands first, and once')
        self.refused("at noon\n",
                     'x.scenario:1: at: "noon" is no time such as '
                     "2027-01-31T23:59:59Z (it is: at YYYY-MM-DDThh:mm:ssZ)")

    def test_what_only_the_run_can_tell(self):
        for commands, fault in (
                ("ready\n", 'nothing runs: "start" comes first'),
                ("install a in certs\n", 'there is no certificate "a"'),
                ("certificate a by b for c.test\n",
                 'there is a "a" already, or no "b"'),
                ("remove a\n", 'there is no "a"'),
                ("finish a\n", '"a" was not begun'),
                ("begin a 1 lines\n  | all\n", "that is the whole file")):
            self.refused(START + commands, f"x.scenario:2: {fault}")
        self.refused(PLAIN + "metrics a\n",
                     'x.scenario:17: there is no metric "a"')

    def test_a_file_that_is_not_there(self):
        done = subprocess.run([RUNNER, "none.scenario"], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr),
                         (2, "none.scenario:0: can't be read\n"))


class DifferenceTest(unittest.TestCase):
    def test_a_difference_is_shown_with_its_step(self):
        wanted = PLAIN.replace("  > mode: testing", "  > mode: enforce")
        self.assertEqual(run(wanted)[:2], (1, """\
x.scenario:11: fetch mta-sts.one.test
  200
  version: STSv1
- mode: enforce
+ mode: testing
  mx: mail.one.test
  max_age: 604800
x.scenario: 1 of 4 steps differ
"""))

    def test_one_line_more_or_less(self):
        for wanted, diff in (
                (PLAIN.replace("  > 200\n", ""), "+ 200\n"),
                (PLAIN.replace("  > 200\n", "  > 200\n  >\n"), "- \n"),
                (PLAIN + "ready\n", "+ 200\n+ ready\n")):
            status, out, _ = run(wanted)
            self.assertEqual(status, 1)
            self.assertIn(diff, out)


class ScenarioTest(unittest.TestCase):
    """Of all there are."""

    def setUp(self):
        self.assertGreater(len(SCENARIOS), 5)  # it would be blind otherwise

    def test_every_step_can_fail(self):
        for path in SCENARIOS:
            with self.subTest(path.stem):
                steps, wanted, text = [], [], []
                for number, line in enumerate(
                        path.read_text().splitlines(), 1):
                    if line.startswith("  >"):
                        line += " falsified"
                        wanted.append("- " + line[4:])
                    text.append(line)
                    if is_speaking(line):
                        steps.append((number, line))
                status, out, error = run("\n".join(text) + "\n")
                self.assertEqual((status, error), (1, ""))
                lines = out.splitlines()
                self.assertEqual([one for one in wanted if one not in lines],
                                 [])
                silent = [line for number, line in steps
                          if f"x.scenario:{number}: {line}" not in lines]
                # Nothing came out of these, as it should be.
                self.assertEqual({line.partition(" ")[0] for line in silent}
                                 - {"after", "check", "reload", "stop"}, set())

    def test_silence_can_fail(self):
        for path in SCENARIOS:
            with self.subTest(path.stem):
                text, steps = [], 0
                for line in path.read_text().splitlines():
                    if line.startswith("  >"):
                        continue
                    text.append(line)
                    if is_speaking(line):
                        steps += 1
                        text.append("  > something else")
                status, out, error = run("\n".join(text) + "\n")
                self.assertEqual((status, error), (1, ""))
                self.assertIn(f": {steps} of ", out.splitlines()[-1])

    def test_filling_in_changes_nothing(self):
        for path in SCENARIOS:
            with self.subTest(path.stem):
                self.assertEqual(run(path.read_text(), "--fill"),
                                 (0, path.read_text(), ""))


if __name__ == "__main__":
    RUNNER = sys.argv.pop(1)
    unittest.main()
