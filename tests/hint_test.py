#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does what the hints say, and looks whether that helps.

Every text in quotation marks in a hint of the cases in bad_config/ and
bad_policy/ is put where the finding is, and every `key = value` takes the
place of its line. The finding has to be gone then, without another one in its
place. What is quoted for another reason stands in NO_VALUES. The binary comes
from the environment variable MTA_STSD."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parent
LIMIT_SECONDS = 20
FINDING = re.compile(
    r"^mta-stsd: (?:error|warning): (?P<file>[^:\n]+)(?::(?P<line>\d+))?"
    r"(?::(?P<column>\d+))?: (?P<message>.*)\n(?:mta-stsd: hint: (?P<hint>.*))?",
    re.MULTILINE)
STRING = r'"(?:[^"\\]|\\.)*"'
ASSIGNMENT = re.compile(
    rf"\b([a-z_]+ = (?:\[(?:{STRING}(?:, )?)*\]|{STRING}|true|false|\d{{4}}-\d\d-\d\d|\d+))")
# These are about a part of the value, or about somebody else's.
NO_VALUES = re.compile(
    r'"_smtp\._tls\." has to fit|behind the "@"|did you mean "[a-z_]+"\?$'
    r'|or "%2C" for|DNS only|"mx" if it|in this case, without'
    r'|whole left-most label|early drafts|behind "\*\."|letters, digits, "_"'
    r'|key = "value"')


def findings(text):
    return [one.groupdict() for one in FINDING.finditer(text)]


def groups(hint):
    """The alternatives that a hint has, each as a list of values."""
    found = []
    for part in re.split(r",? or |, else |; without TLS ", hint):
        values = [one[1:-1] for one in re.findall(STRING, part)]
        values = [one for one in values if "<" not in one]
        several = "each" in part or " and " in part or "write " in part
        found += [values] if several else [[one] for one in values]
    return [one for one in found if one]


class HintTestCase(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.tried = 0

    def run_it(self, *arguments):
        return subprocess.run(
            [os.environ["MTA_STSD"], *arguments], cwd=self.folder,
            env={**os.environ, "LC_ALL": "C"}, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=LIMIT_SECONDS,
        ).stderr.decode(errors="backslashreplace")

    def expect_gone(self, finding, before, after, what):
        """No finding is new, and the one is gone."""
        self.tried += 1
        # Of two that are the same, one may stay. Modes ask for more, and no
        # other file is here.
        old = [one["message"] for one in before]
        old.remove(finding["message"])
        new = [one["message"] for one in after
               if not re.search(r"\[policy\.(enforce|testing)-"
                                r"|\[config\.include-no-match"
                                r"|is no policy to senders",
                                one["message"])]
        for message in new:
            self.assertIn(message, old, (finding["hint"], what))


class ConfigHintTest(HintTestCase):
    def check(self, text):
        (self.folder / "a.toml").write_text(text)
        return findings(self.run_it("-c", "a.toml", "check", "--policies-only"))

    def replace(self, text, finding, values):
        """`text` with `values` for the string at the place of `finding`."""
        lines = text.split("\n")
        index, column = int(finding["line"]) - 1, int(finding["column"]) - 1
        # Columns count characters.
        head, rest = lines[index][:column], lines[index][column:]
        old = re.match(STRING + r"|\d+", rest)
        if old is None or (head.rstrip().endswith("=") and len(values) > 1):
            return None
        lines[index] = (head + ", ".join(f'"{one}"' for one in values)
                        + rest[old.end():])
        return "\n".join(lines)

    def assign(self, text, finding, assignment):
        """`text` with `assignment` for the line of its key, or as a new line
        in the table that lacks it."""
        lines = text.split("\n")
        index = int(finding["line"] or 1) - 1
        key = assignment.split(" = ")[0]
        if re.match(rf"\s*\"?{key}\"?\s*[=:]", lines[index]):
            lines[index] = assignment
        elif lines[index].startswith("[["):
            lines = [one for one in lines
                     if not re.match(rf"{key}\s*=", one)]
            lines.insert(index + 1, assignment)
        else:
            return None
        return "\n".join(lines)

    def test_what_is_proposed_is_accepted(self):
        for path in sorted((TESTS / "bad_config").glob("*.toml")):
            if path.with_suffix(".d").exists():
                continue
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            before = self.check(text)
            for finding in before:
                hint = finding["hint"]
                if not hint or NO_VALUES.search(hint) or not finding["line"]:
                    continue
                assignments = ASSIGNMENT.findall(hint)
                tries = [self.assign(text, finding, one)
                         for one in assignments]
                if not assignments:
                    tries = [self.replace(text, finding, one)
                             for one in groups(hint)]
                for after in tries:
                    if after is None:
                        continue
                    with self.subTest(path.name, hint=hint):
                        self.expect_gone(finding, before, self.check(after),
                                         after)
        self.assertGreater(self.tried, 70)


class PolicyHintTest(HintTestCase):
    def read(self, octets):
        (self.folder / "a.txt").write_bytes(octets)
        return findings(self.run_it("import", "--domain", "example.com",
                                    "a.txt"))

    def test_what_is_proposed_is_accepted(self):
        for path in sorted((TESTS / "bad_policy").glob("*.txt")):
            octets = path.read_bytes()
            before = self.read(octets)
            for finding in before:
                hint = finding["hint"] or ""
                wanted = re.search(r"(?:write|of its own:) (.*)", hint)
                values = [one[1:-1].encode() for one in
                          re.findall(STRING, wanted[1] if wanted else "")]
                if not values or not finding["line"] or NO_VALUES.search(hint):
                    continue
                lines = octets.splitlines(keepends=True)
                lines[int(finding["line"]) - 1:int(finding["line"])] = [
                    one + b"\r\n" for one in values]
                with self.subTest(path.name, hint=hint):
                    self.expect_gone(finding, before,
                                     self.read(b"".join(lines)), lines)
        self.assertGreater(self.tried, 20)


if __name__ == "__main__":
    unittest.main()
