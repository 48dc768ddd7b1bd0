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
  verify [DOMAIN..]   look at domains as senders see them
  publish [DOMAIN..]  send the DNS records, once their policies are live
  plan DOMAIN         move to other MX hosts, step by step
  retire DOMAIN       leave MTA-STS, step by step
  history COMMAND     what was served when, and is held still
  reports COMMAND     read and judge what senders report

options:
  -c, --config FILE   the configuration; "-" is standard input
                      (default: $MTA_STSD_CONFIG, else
                      /etc/mta-stsd/mta-stsd.toml)
  -h, --help          print this
  -V, --version       print the version

verify:
  --planned           before they are published: take records and policy from
                      the configuration
  --connect-to ADDRESS
                      fetch the policy there and not from the policy host
  --domains FILE      domains, one a line ("-": standard input)
  --dns ADDRESS       a resolver (default: those of /etc/resolv.conf)
  --trust-ad          believe a resolver on another machine what is signed
  --authoritative     ask each name server of the zone, too (the default)
  --no-authoritative  don't
  --no-smtp           don't connect to mail servers
  --without-sni       connect to them once more, without a name
  --helo NAME         our name in EHLO (default: that of this machine)
  --ca FILE           trusted roots (default: those of the system)
  --allow-private     ask addresses that are not public, too
  --timeout TIME      of one conversation (default: 60s)
  --jobs NUMBER       domains at a time, 1 to 256 (default: 32)
  --format FORM       text, json, jsonl or prometheus (default: text)
  --fail-on SEVERITY  note, warning or error (default): exit status 1
  --resume FILE       append JSON lines to FILE, skip the domains it has
  --facts FILE        judge what --format json or jsonl has printed ("-":
                      standard input)
publish:
  --dry-run           print what would be sent, and send nothing
  --yes               send without a question; needed without a terminal
  --delete DOMAIN     delete the records of a domain that has no policy here
                      any more, or one in mode none; given once or more
  --watch             be a service: publish what is edited, once it is live
  --dns ADDRESS       a resolver to look by (default: /etc/resolv.conf)
  --ca FILE           trusted roots (default: those of the system)
  --allow-private     ask policy hosts at private addresses, too
  --log-format FORM   of --watch: text or json (default: text)
plan:
  --to HOST,..        all MX hosts that shall be; needed
  --moved TIME        since when the MX records are as they are now (default:
                      since now)
  --helo NAME         our name in EHLO (default: that of this machine)
  --published TIME    since when the record is there that is seen now, as in
                      2026-11-28T06:00:00Z (default: since now)
  --max-age TIME      the largest max_age before that, where no history tells
                      or it tells too little
  --history FILE      what was served; given once or more (default: that of the
                      configuration)
  --format FORM       text, json or ics, a calendar (default: text)
  --dns ADDRESS       a resolver (default: those of /etc/resolv.conf)
  --ca FILE           trusted roots (default: those of the system)
  --allow-private     ask addresses that are not public, too
  --timeout TIME      of one conversation (default: 60s)
retire:
  --removed TIME      since when the record is gone (default: since now)
  --published TIME    since when the record is there that is seen now, as in
                      2026-11-28T06:00:00Z (default: since now)
  --max-age TIME      the largest max_age before that, where no history tells
                      or it tells too little
  --history FILE      what was served; given once or more (default: that of the
                      configuration)
  --format FORM       text, json or ics, a calendar (default: text)
  --dns ADDRESS       a resolver (default: those of /etc/resolv.conf)
  --ca FILE           trusted roots (default: those of the system)
  --allow-private     ask addresses that are not public, too
  --timeout TIME      of one conversation (default: 60s)

Exit status: 0 good, 1 fault or finding, 2 wrong usage, 3 not all could be
tested. See mta-sts(1).
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

    def test_usage_of_verify(self):
        for arguments, message in (
                (["--authoritative", "--no-authoritative"],
                 "--authoritative and --no-authoritative contradict each "
                 "other"),
                (["--no-smtp", "--without-sni"],
                 "--without-sni connects to mail servers, and --no-smtp does "
                 "not"),
                (["--jobs", "0"], "--jobs 0 would look at nothing"),
                (["--domains", "list", "alpha.test"],
                 "--domains names the domains: leave the words out"),
                (["--resume", "seen"],
                 "--resume writes JSON lines: add --format jsonl"),
                (["--facts", "seen", "alpha.test"],
                 "--facts looks at nothing: it goes with --format and "
                 "--fail-on"),
                (["--facts", "-", "-c", "-"],
                 "standard input can be read once")):
            with self.subTest(arguments):
                self.expect(self.run_it("verify", *arguments), 2, "", lines(
                    "mta-sts: error: " + message,
                    "mta-sts: hint: see mta-sts --help"))

    def test_neither_domain_nor_configuration(self):
        self.expect(self.run_it("-c", "/nowhere", "verify"), 1, "", lines(
            "mta-sts: error: no domain is named, and /nowhere is not there",
            "mta-sts: hint: name one: mta-sts verify example.com"))

    def test_domains_that_are_none(self):
        for arguments, stdin, message, hint in (
                (["mta-sts.alpha.test"], "",
                 'domain "mta-sts.alpha.test" is a policy host',
                 'name the policy domain, without "mta-sts."'),
                (["--domains", "-"], "alpha.test\n# all\n b_c.test # x\n",
                 '-:3: domain "b_c.test" has "_", which no host name has',
                 "letters, digits and hyphens only")):
            with self.subTest(arguments):
                self.expect(self.run_it("verify", *arguments, stdin=stdin), 2,
                            "", lines("mta-sts: error: " + re.escape(message),
                                      "mta-sts: hint: " + re.escape(hint)))


if __name__ == "__main__":
    unittest.main()
