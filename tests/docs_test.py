#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the documents to the programs: options, keys, diagnostics, log events,
and what README.md shows. The binaries come from the environment variables
MTA_STSD and MTA_STS; the latter may be missing."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]
MAN_8 = ROOT / "docs/mta-stsd.8"
MAN_1 = ROOT / "docs/mta-sts.1"
MAN_5 = ROOT / "docs/mta-stsd.toml.5"
LIMIT_SECONDS = 60
MAX_LINES = {"README.md": 136, "ARCHITECTURE.md": 185}
ID = (r"(?:policy|config|server|operations|certificate|collect|publish|reports|"
      r"verify)\.[a-z-]+")


def items(page, macro):
    """The words after `macro` in the list items of a manual page."""
    return {word for line in page.read_text().splitlines()
            if line.startswith(".It ")
            for word in re.findall(rf"\b{macro} (\S+)", line)}


class CommandTestCase(unittest.TestCase):
    def setUp(self):
        if not self.binary:
            self.skipTest(f"{self.program} is not built")
        self.help = self.read_help()
        # Commands that have commands of their own, each with its help.
        self.families = {
            name: self.read_help(name) for name in
            re.findall(r"^  ([a-z]+) COMMAND", self.help, re.MULTILINE)}

    def read_help(self, *command):
        return subprocess.run(
            [self.binary, *command, "--help"], check=True,
            capture_output=True, text=True, timeout=LIMIT_SECONDS).stdout

    def check_options(self):
        shown = set(re.findall(r"(?<=[\s\[])--?[a-zA-Z][a-z-]*",
                               "".join((self.help, *self.families.values()))))
        self.assertGreaterEqual(len(shown), 6)
        self.assertEqual(shown,
                         {"-" + word for word in items(self.manual, "Fl")})

    def check_commands(self):
        def read(text):
            return re.findall(r"^  ([a-z]+) (?: |[\[A-Z])",
                              text.split("commands:")[1].split("options:")[0],
                              re.MULTILINE)

        commands = read(self.help)
        readme = re.findall(rf"^\| `{self.program} ([a-z]+)",
                            (ROOT / "README.md").read_text(), re.MULTILINE)
        self.assertEqual(set(commands), set(readme))
        for command in commands:
            self.assertRegex(self.manual.read_text(),
                             rf"(?m)^\.(Ss|It|Sh)( Ic| Cm| Nm)? {command}\b")
        for family, text in self.families.items():
            for command in read(text):
                self.assertRegex(self.manual.read_text(),
                                 rf"(?m)^\.It Cm {family} {command}\b")


class CommandTest(CommandTestCase):
    program, binary, manual = "mta-stsd", os.environ.get("MTA_STSD"), MAN_8

    def test_options(self):
        self.check_options()

    def test_commands(self):
        self.check_commands()


class ToolCommandTest(CommandTestCase):
    program, binary, manual = "mta-sts", os.environ.get("MTA_STS"), MAN_1

    def test_options(self):
        self.check_options()

    def test_commands(self):
        self.check_commands()


def keys_of_example():
    # A key that is commented out has no space before it.
    return set(re.findall(r"^#?([a-z_]+) *= ",
                          (ROOT / "etc/mta-stsd.toml").read_text(),
                          re.MULTILINE))


class ConfigTest(unittest.TestCase):
    def test_example_and_source(self):
        source = "".join(path.read_text() for path in sorted(
            (ROOT / "src/config").glob("*.cpp")))
        read = set(re.findall(
            r"(?:\bfind(?:_[a-z]+)?|\bread_[a-z]+)\(\s*(?:reader,\s*)?"
            r'"([a-z_]+)"', source))
        read |= set(re.findall(r'k_key = "([a-z_]+)"', source))
        read -= {"collect", "policy", "operations", "publish", "reports",
                 "verify"}  # tables, not keys
        self.assertEqual(keys_of_example(), read)

    def test_example_and_manual(self):
        self.assertEqual(keys_of_example(), items(MAN_5, "Ic"))


class DiagnosticTest(unittest.TestCase):
    def test_ids(self):
        # Those of verify have a table of their own.
        source = "".join(path.read_text()
                         for path in sorted((ROOT / "src").rglob("*.cpp"))
                         if path.parent.name != "verify")
        known = set(re.findall(rf'"({ID})"', source))
        # A log line names keys in the same form.
        known -= {table + key for key in keys_of_example()
                  for table in ("collect.", "publish.", "reports.", "server.")}
        self.assertGreater(len(known), 40)
        manual = items(MAN_8, "Sy") | items(MAN_5, "Sy")
        self.assertEqual(
            known, {word for word in manual if re.fullmatch(ID, word)})


def findings():
    """The rows of src/verify/findings.cpp: id, severities, meaning, effect."""
    source = (ROOT / "src/verify/findings.cpp").read_text()
    text = re.sub(r'"\s*\n\s*"', "", re.sub(r"//[^\n]*", "", source))
    string = r'"((?:\\.|[^"\\])*)"'
    texts = dict(re.findall(rf"(k_\w+)\s*=\s*{string}", text))
    value = rf"(?:{string}|(k_\w+))"
    return [(row[0], *((one or texts.get(name, "")).replace('\\"', '"')
                       for one, name in zip(row[1::2], row[2::2])))
            for row in re.findall(rf"\{{\s*{string}" + rf",\s*{value}" * 3
                                  + r"\s*\}", text)]


class FindingTest(unittest.TestCase):
    """What verify finds: its table, its manual page, its tests."""

    def test_manual(self):
        known = findings()
        self.assertGreater(len(known), 90)  # it would be blind otherwise
        page = re.search(r"(?ms)^\.Sh FINDINGS$(.*?)^\.El$",
                         MAN_1.read_text())[1]
        shown = re.findall(r"(?ms)^\.It Sy (\S+) Pq ([^\n]+)\n(.*?)(?=^\.It|\Z)",
                           page)
        self.assertEqual(
            [(name, severities, " ".join(text.split()))
             for name, severities, text in shown],
            [(name, severities, f"{meaning} {effect}".strip())
             for name, severities, meaning, effect in known])

    def test_severities(self):
        for name, severities, _, _ in findings():
            self.assertRegex(severities, r"error|warning|note|untested", name)

    def test_each_has_a_case(self):
        cases = "".join(path.read_text() for path in
                        (ROOT / "tests/unit").glob("verify_judge_*_test.cpp"))
        self.assertEqual(set(re.findall(r" \[([a-z]+\.[a-z-]+)\]$", cases,
                                        re.MULTILINE)),
                         {name for name, *_ in findings()})


class LogTest(unittest.TestCase):
    def test_ends_and_handshakes(self):
        source = (ROOT / "src/server/counters.hpp").read_text()
        for array in ("k_end_names", "k_handshake_names"):
            names = re.search(rf"{array} = [^;]*?\{{(.*?)\}}\)?;", source,
                              re.DOTALL)[1]
            for name in re.findall(r'"([a-z-]+)"', names):
                self.assertRegex(MAN_8.read_text(),
                                 rf"(?m)(^|[ ,]){name}([ ,.]|$)")

    def logged(self, source):
        return set(re.findall(r'log::(?:debug|info|warning|error|write)\('
                              r'[^"{]*"([a-z-]+)"', source))

    def test_events_of_the_tool(self):
        source = "".join(path.read_text() for path in sorted(
            (ROOT / "src/tool").glob("*.cpp")))
        known = self.logged(source)
        known |= set(re.findall(r'log::Level::\w+, "(publish-[a-z]+)"',
                                source))
        self.assertIn("process::log_sandbox(", source)
        known.add("sandbox")
        logging = re.search(r"(?ms)^\.Sh LOGGING$(.*?)^\.Sh ",
                            MAN_1.read_text())[1]
        self.assertEqual(known, set(re.findall(r"^\.It Sy (\S+)$", logging,
                                               re.MULTILINE)))

    def test_events(self):
        source = "".join(path.read_text()
                         for path in sorted((ROOT / "src").rglob("*.cpp"))
                         if path.parent.name != "tool")
        known = self.logged(source)
        words = re.search(r"k_words = std::to_array<Words>\(\{(.*?)\n\}\);",
                          source, re.DOTALL)
        known |= set(re.findall(r'^    \{"([a-z0-9-]+)"', words[1],
                                re.MULTILINE))
        self.assertGreater(len(known), 30)
        logging = re.search(r"(?ms)^\.Sh LOGGING$(.*?)^\.Sh ",
                            MAN_8.read_text())[1]
        self.assertEqual(known, set(re.findall(r"^\.It Sy (\S+)$", logging,
                                               re.MULTILINE)))
        table = re.search(r"(?ms)^## Log$(.*?)^## ",
                          (ROOT / "docs/operations.md").read_text())[1]
        self.assertEqual(known, {
            event for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
            for event in re.findall(r"`([a-z0-9-]+)`", cell)})


class ReadmeTest(unittest.TestCase):
    def blocks(self):
        text = (ROOT / "README.md").read_text()
        return re.findall(r"^<!-- test -->\n```console\n(.*?)^```$", text,
                          re.MULTILINE | re.DOTALL)

    def steps(self, block):
        """Pairs of a command, which may be of many lines, and its output."""
        steps, lines = [], block.splitlines()
        while lines:
            line = lines.pop(0)
            if not line.startswith("$ "):
                steps[-1][1].append(line)
                continue
            command = [line.removeprefix("$ ")]
            while command[-1].endswith("\\"):
                command.append(lines.pop(0))
            if end := re.search(r"<<'?(\w+)'?", line):
                while command[-1] != end[1]:
                    command.append(lines.pop(0))
            steps.append(("\n".join(command), []))
        return steps

    def test_demo(self):
        blocks = self.blocks()
        self.assertTrue(blocks)
        with tempfile.TemporaryDirectory(prefix="mta-stsd-docs-") as folder:
            programs = pathlib.Path(folder, "bin")
            programs.mkdir()
            (programs / "mta-stsd").symlink_to(
                os.path.abspath(os.environ["MTA_STSD"]))
            path = os.pathsep.join((str(programs), os.environ["PATH"]))
            for block in blocks:
                for command, output in self.steps(block):
                    done = subprocess.run(
                        ["sh", "-c", command], cwd=folder,
                        env={**os.environ, "PATH": path},
                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT, text=True,
                        timeout=LIMIT_SECONDS)
                    self.assertEqual(done.stdout.splitlines(), output,
                                     command)
                    self.assertEqual(done.returncode, 0, command)

    def test_links(self):
        for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md",
                     "SECURITY.md"):
            text = (ROOT / name).read_text()
            for link in re.findall(r"\]\(([^)#:]+)\)", text):
                self.assertTrue((ROOT / link).exists(), (name, link))

    def test_proofs_in_the_threat_model(self):
        """docs/security.md names tests as `FILE`, or `FILE`: Class, Class."""
        text = (ROOT / "docs" / "security.md").read_text()
        proofs = re.findall(r"`(tests/[\w./]+)`(?::((?:,? \w*Test\b)+))?",
                            text)
        self.assertGreater(len(proofs), 30)
        for file, classes in proofs:
            path = ROOT / file
            self.assertTrue(path.exists(), file)
            for name in re.findall(r"\w+", classes):
                self.assertIn(f"class {name}(", path.read_text(), file)


class FormTest(unittest.TestCase):
    def test_length(self):
        for name, most in MAX_LINES.items():
            self.assertLessEqual(
                len((ROOT / name).read_text().splitlines()), most, name)

    def test_the_way_of_an_edit(self):
        """It prints in a terminal, and names files that are there."""
        text = (ROOT / "docs/reload.md").read_text()
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        stops = re.findall(r"\b((?:cli|config|files|snapshot|tls)/\w+)", text)
        self.assertGreater(len(stops), 8)
        for stop in stops:
            self.assertTrue(list(ROOT.glob(f"src/{stop}.[ch]pp")), stop)

    def test_reading_order(self):
        """The page says how long the files are that it has one read."""
        page = (ROOT / "ARCHITECTURE.md").read_text()
        order = page.split("## Reading order\n")[1].split("\n## ")[0]
        lists = order.split("\nWho ")[1:]
        self.assertEqual(len(lists), 2)  # of each program
        for one in lists:
            files = re.findall(r"^\| `(src/\S+)` \|", one, re.MULTILINE)
            self.assertGreater(len(files), 5)
            lines = sum((ROOT / name).read_text().count("\n")
                        for name in files)
            said = re.search(r"some ([\d,]+) lines", one)[1].replace(",", "")
            self.assertAlmostEqual(int(said), lines, delta=25)

    def test_manual_pages(self):
        if not shutil.which("mandoc"):
            self.skipTest("mandoc is not installed")
        for page in (MAN_8, MAN_5, MAN_1):
            done = subprocess.run(
                ["mandoc", "-Tlint", "-W", "warning", page],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, timeout=LIMIT_SECONDS)
            self.assertEqual((done.returncode, done.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main()
