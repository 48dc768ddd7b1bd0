# SPDX-License-Identifier: MIT
"""The second program, mta-sts, as people and scripts use it. The binary comes
from the environment variable MTA_STS."""

import re
import unittest

from cli_test import ROOT, CliTestCase, lines

HELP = """\
usage: mta-sts [-c FILE] COMMAND [OPTIONS]

Does what mta-stsd (RFC 8461) leaves to others: looks at a domain as senders
see it, and changes what stands elsewhere. What needs no network, such as
printing the DNS records, is among the commands of mta-stsd.

commands:
  (none in this version)

options:
  -c, --config FILE   the configuration; "-" is standard input
                      (default: $MTA_STSD_CONFIG, else
                      /etc/mta-stsd/mta-stsd.toml)
  -h, --help          print this
  -V, --version       print the version

Exit status: 0 good, 1 fault or finding, 2 wrong usage. See mta-sts(1).
"""


class ToolTest(CliTestCase):
    program = "MTA_STS"

    def test_help(self):
        for arguments in (["--help"], ["-h"], ["--help", "--nonsense"],
                          ["-c", "/nowhere", "--help"]):
            with self.subTest(arguments):
                self.expect(self.run_it(*arguments), 0, HELP)

    def test_help_fits_a_terminal(self):
        self.assertLess(max(map(len, HELP.splitlines())), 80)

    def test_version(self):
        version = re.search(r"VERSION (\d+\.\d+\.\d+)",
                            (ROOT / "CMakeLists.txt").read_text())[1]
        for arguments in (["--version"], ["-V"], ["-c", "/nowhere", "-V"]):
            self.expect(self.run_it(*arguments), 0, f"mta-sts {version}\n")

    def test_standard_output_is_full(self):
        with open("/dev/full", "w") as full:
            done = self.run_it("--help", stdout=full)
        self.assertEqual((done.returncode, done.stderr), (1, ""))

    def test_usage(self):
        for arguments, message in (
                ([], "no command is given"),
                (["-c", self.config], "no command is given"),
                (["sevre"], 'unknown command or option "sevre"'),
                (["--sevre"], 'unknown command or option "--sevre"'),
                # A command of the other program.
                (["check"], 'unknown command or option "check"'),
                (["-c"], "[^\n]+")):
            with self.subTest(arguments):
                self.expect(self.run_it(*arguments), 2, "", lines(
                    "mta-sts: error: " + message,
                    "mta-sts: hint: see mta-sts --help"))


if __name__ == "__main__":
    unittest.main()
