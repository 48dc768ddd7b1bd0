#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what `import` makes of a policy with the files beside it.

bad_policy/NAME.txt goes in; standard error must be bad_policy/NAME.stderr,
octet by octet. If one of its lines is an error, the exit status must be 1 and
standard output empty; else it is 0 and standard output is bad_policy/NAME.toml.

A bad one goes in once more, with --mend: if its meaning is plain, standard
output is bad_policy/NAME.mended.toml and standard error, which says what was
made of which line, NAME.mended.stderr; without these files the answer is an
error again. What is in order is not touched by --mend.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parent / "bad_policy"
LIMIT_SECONDS = 20


def same(name, want, got):
    if want == got:
        return True
    for line in difflib.unified_diff(
        want.decode(errors="backslashreplace").splitlines(),
        got.decode(errors="backslashreplace").splitlines(),
        name,
        "got",
        lineterm="",
    ):
        print(line)
    return False


def run(binary, name, *options):
    return subprocess.run(
        [binary, "import", "--domain", "example.com", *options, name + ".txt"],
        cwd=CASES,
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT_SECONDS,
    )


def expect(done, stem, bad):
    want = (CASES / (stem + ".stderr")).read_bytes()
    toml = b"" if bad else (CASES / (stem + ".toml")).read_bytes()
    good = same(stem + ".stderr", want, done.stderr)
    good = same(stem + ".toml", toml, done.stdout) and good
    if done.returncode != int(bad):
        print(f"exit status {done.returncode}, not {int(bad)}")
        good = False
    return good


def check(binary, name):
    want = (CASES / (name + ".stderr")).read_bytes()
    bad = bool(re.search(rb"^mta-stsd: error:", want, re.MULTILINE))
    good = expect(run(binary, name), name, bad)
    mended = run(binary, name, "--mend")
    plain = (CASES / (name + ".mended.toml")).exists()
    if not bad:
        return expect(mended, name, False) and good
    if (b"--mend" in want) != plain:
        print("--mend is not offered for what is plain, and nothing else")
        good = False
    if plain:
        return expect(mended, name + ".mended", False) and good
    if mended.returncode != 1 or mended.stdout:
        print(f"--mend makes something of it: {mended.stdout!r}")
        good = False
    return good


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: bad_policy_test.py BINARY NAME")
    # The working directory changes, so the path has to be absolute.
    if not check(os.path.abspath(sys.argv[1]), sys.argv[2]):
        sys.exit(1)


main()
