#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what mta-stsd prints for a configuration with the files beside it.

golden/NAME.toml goes in; out must come, octet by octet,
  golden/NAME.policy  from `render` of the first domain: what is served
  golden/NAME.zone    from `records --format zone`
The files are claims about RFC 8461 and RFC 8460, checked by hand. There is no
option that records them anew, and there should be none.
"""

import difflib
import os
import pathlib
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parent / "golden"
LIMIT_SECONDS = 20


def run(binary, name, *arguments):
    """Standard output of a run that must succeed, or None after a complaint."""
    done = subprocess.run(
        [binary, "-c", name + ".toml", *arguments],
        cwd=CASES,
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT_SECONDS,
    )
    if done.returncode == 0:
        return done.stdout
    print(f"{' '.join(arguments)}: exit status {done.returncode}")
    print(done.stderr.decode(errors="backslashreplace"), end="")
    return None


def same(path, got):
    want = path.read_bytes()
    if got == want:
        return True

    # repr() shows the line ends, which are part of the claim.
    def lines(octets):
        return [repr(line)[1:] for line in octets.splitlines(keepends=True)]

    for line in difflib.unified_diff(
        lines(want), lines(got), path.name, "got", lineterm=""
    ):
        print(line)
    return False


def check(binary, name):
    zone_path = CASES / (name + ".zone")
    # The first line is "; example.com: testing, ...".
    domain = zone_path.read_text().split(":", 1)[0].removeprefix("; ")
    good = True
    for path, arguments in (
        (CASES / (name + ".policy"), ["render", domain]),
        (zone_path, ["records", "--format", "zone"]),
    ):
        got = run(binary, name, *arguments)
        good = got is not None and same(path, got) and good
    return good


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: golden_test.py BINARY NAME|--list")
    if sys.argv[2] == "--list":
        print("\n".join(sorted(path.stem for path in CASES.glob("*.toml"))))
        return
    # The working directory changes, so the path has to be absolute.
    if not check(os.path.abspath(sys.argv[1]), sys.argv[2]):
        sys.exit(1)


main()
