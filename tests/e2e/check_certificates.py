# SPDX-License-Identifier: MIT
"""Runs `check` on files that a test lays out."""

import os
import pathlib
import re
import subprocess
import tempfile
import typing
import unittest

CONFIG = """\
[server]
listen = ["127.0.0.1:0"]
certificates = [{certificates}]
[[policy]]
domains = [{domains}]
mx = ["mail.example.com"]
tls_rpt = ["mailto:tls-reports@example.com"]
"""


class Finding(typing.NamedTuple):
    severity: str
    id: str
    file: str  # relative to the folder
    hint: str


def in_quotes(texts):
    return ", ".join(f'"{text}"' for text in texts)


def put(folder, files):
    """Content of files by name; keys are for their owner alone."""
    for name, content in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if b"PRIVATE KEY-----" in content:
            path.chmod(0o600)


class CheckTestCase(unittest.TestCase):
    """`self.folder` has the files of the test, below certs/."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="mta-stsd-e2e-")))
        (self.folder / "certs").mkdir()

    def check(self, domains=("example.com",), certificates=("certs",),
              options=()):
        """(exit status, standard output, findings)"""
        (self.folder / "mta-stsd.toml").write_text(CONFIG.format(
            certificates=in_quotes(certificates), domains=in_quotes(domains)))
        done = subprocess.run(
            [os.path.abspath(os.environ["MTA_STSD"]), "-c", "mta-stsd.toml",
             "check", *options], cwd=self.folder, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout, self.parse(done.stderr)

    def parse(self, text):
        """Without notes, which are in `self.notes`."""
        all_findings = self.parse_all(text)
        self.notes = [one for one in all_findings if one.severity == "note"]
        return [one for one in all_findings if one.severity != "note"]

    def parse_all(self, text):
        findings = []
        for line in text.splitlines():
            hint = re.fullmatch(r"mta-stsd: hint: (.+)", line)
            if hint:
                findings[-1] = findings[-1]._replace(hint=hint[1])
                continue
            found = re.fullmatch(
                r"mta-stsd: (error|warning|note): ([^:]*)(?::\d+:\d+)?: .* "
                r"\[([a-z.-]+)\]", line)
            self.assertIsNotNone(found, text)
            findings.append(Finding(found[1], found[3], found[2], ""))
        return findings

    def expect_good(self, certificates=1, domains=("example.com",), **how):
        many = "" if certificates == 1 else "s"
        domains_many = "" if len(domains) == 1 else "s"
        self.assertEqual(self.check(domains, **how), (
            0, f"mta-stsd.toml: {len(domains)} policy domain{domains_many}, "
            f"{certificates} certificate{many}, 0 warnings\n", []))
