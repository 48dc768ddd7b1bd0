#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What every file of the tree has to keep to."""

import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Where nothing is tracked, when the tree is no git checkout.
UNTRACKED = {".git", "build", ".quickstart", "__pycache__",
             "out"}  # what certs-example makes to try it with
LIMIT_SECONDS = 120


def tracked_files():
    """Those of git, with those that it does not know yet."""
    if shutil.which("git") and (ROOT / ".git").exists():
        done = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others",
             "--exclude-standard"], cwd=ROOT, capture_output=True,
            timeout=LIMIT_SECONDS)
        if done.returncode == 0:
            names = done.stdout.decode().split("\0")
            return sorted(ROOT / name for name in names
                          if name and (ROOT / name).is_file())
    return sorted(
        path for path in ROOT.rglob("*") if path.is_file()
        and not UNTRACKED & set(path.relative_to(ROOT).parts))


def is_shell_script(path):
    if path.suffix in (".sh", ".bash"):
        return True
    with open(path, "rb") as file:
        return re.match(rb"#!\s*/\S+[/ ](ba|da)?sh\b", file.readline(100))


class QualityTest(unittest.TestCase):
    def run_tool(self, tool, *arguments):
        if not shutil.which(tool):
            self.skipTest(f"{tool} is not installed")
        done = subprocess.run(
            [tool, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=LIMIT_SECONDS)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_shell_scripts(self):
        scripts = [path for path in tracked_files() if is_shell_script(path)]
        self.assertIn(ROOT / "quickstart", scripts)
        self.run_tool("shellcheck", *scripts)

    def test_no_module_hides_another(self):
        """Many tests have those of tests/e2e on their path, in front."""
        names = {path.name for path in (ROOT / "tests/e2e").glob("*.py")}
        self.assertGreater(len(names), 20)
        self.assertEqual([path for path in (ROOT / "tests").rglob("*.py")
                          if path.name in names
                          and path.parent.name != "e2e"], [])

    def test_format(self):
        files = [path for path in tracked_files()
                 if path.suffix in (".cpp", ".hpp")]
        self.assertGreater(len(files), 50)
        self.run_tool("clang-format", "--dry-run", "-Werror", *files)

    def test_no_private_key(self):
        # A whole one: tests and documents may well speak of its first line.
        key = re.compile(
            rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+"
            rb"[A-Za-z0-9+/=:,\s-]{40,}?-----END [A-Z ]*PRIVATE KEY-----")
        for path in tracked_files():
            self.assertIsNone(key.search(path.read_bytes()), path)
            self.assertNotIn(path.suffix, (".key", ".p12", ".pfx"), path)

    def test_text_files(self):
        # Golden policies have CRLF, and some broken files are broken so.
        data = {ROOT / "tests" / name for name in ("bad_config", "bad_policy",
                                                   "field", "fuzz", "golden",
                                                   "reports/forms")}
        faults = []
        for path in tracked_files():
            if data & set(path.parents):
                continue
            octets = path.read_bytes()
            if b"\0" in octets:
                continue
            if b"\r" in octets:
                faults.append(f"{path}: has a carriage return")
            if octets and not octets.endswith(b"\n"):
                faults.append(f"{path}: has no newline at its end")
            if re.search(rb"[ \t]$", octets, re.MULTILINE):
                faults.append(f"{path}: has space at the end of a line")
            try:
                octets.decode()
            except UnicodeDecodeError:
                faults.append(f"{path}: is not UTF-8")
        self.assertEqual(faults, [])


if __name__ == "__main__":
    unittest.main()
