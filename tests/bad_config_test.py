#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the complaints about a broken or unwise configuration with a file.

bad_config/NAME.toml goes into `check --policies-only`; standard error must be
bad_config/NAME.stderr, octet by octet. If one of the lines is an error, the
exit status must be 1 and standard output empty; else the exit status is 0.

With --ids SOURCE instead of a name: every id in the source files below that
folder must have a case that draws it and no other finding, and every id that
a case has must stand in the source. Certificates are the business of unit
tests; what only a whole `check` can find is that of the tests in e2e/.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parent / "bad_config"
LIMIT_SECONDS = 20
# With its hint, a warning says where it comes from.
WARNING = r"^mta-stsd: warning: .*\n(?:mta-stsd: hint: .*\n)?"
REFERENCE = r"RFC \d+, \d|aykevl|chasquid|Stalwart"
# Those are about listeners and users, which --policies-only leaves out, and
# about a file that is replaced; what comes behind a thousand others; and what
# only `collect` finds.
ONLY_WHOLE_CHECK = {"collect.missing", "collect.tokens-invalid",
                    "config.include-restless", "config.more-findings",
                    "config.replaced", "policy.placeholder",
                    "server.challenges-missing", "server.history-damaged",
                    "server.history-unusable", "server.no-certificates", "server.plain-http-public",
                    "server.user-shut-out", "server.user-unknown"}


def check(binary, name):
    want = (CASES / (name + ".stderr")).read_bytes()
    done = subprocess.run(
        [binary, "-c", name + ".toml", "check", "--policies-only"],
        cwd=CASES,
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT_SECONDS,
    )
    good = True
    if done.stderr != want:

        def lines(octets):
            return octets.decode(errors="backslashreplace").splitlines()

        for line in difflib.unified_diff(
            lines(want), lines(done.stderr), name + ".stderr", "got", lineterm=""
        ):
            print(line)
        good = False
    for warning in re.findall(WARNING, want.decode(), re.MULTILINE):
        if not re.search(REFERENCE, warning):
            print(f"names neither a section nor whom it hurts: {warning}")
            good = False
    errors = re.search(rb"^mta-stsd: error:", want, re.MULTILINE)
    if errors and done.stdout:
        print(f"standard output is not empty: {done.stdout!r}")
        good = False
    status = 1 if errors else 0
    if done.returncode != status:
        print(f"exit status {done.returncode}, not {status}")
        good = False
    return good


def check_ids(source):
    known = set()
    for path in sorted(pathlib.Path(source).rglob("*.cpp")):
        if path.parent.name == "verify":  # a table of their own
            continue
        known |= set(
            re.findall(r'"((?:collect|config|policy|server|operations|'
                       r'publish|reports|verify)'
                       r'\.[a-z-]+)"', path.read_text())
        )
    # Keys that messages and the log name.
    known -= {"collect.host", "publish.powerdns", "publish.server",
              "publish.zones", "reports.summary", "server.deadline",
              "server.history", "server.listen", "server.sandbox",
              "server.user"}
    alone = set(ONLY_WHOLE_CHECK)
    tested = set(ONLY_WHOLE_CHECK)
    for path in CASES.glob("*.stderr"):
        ids = re.findall(r" \[([a-z]+\.[a-z-]+)\]$", path.read_text(), re.MULTILINE)
        tested |= set(ids)
        if len(ids) == 1:
            alone |= set(ids)
    for name in sorted(known - alone):
        print(f"no case has the id {name} and nothing else")
    for name in sorted(tested - known):
        print(f"no source file has the id {name}")
    whole = "".join(path.read_text() for path in
                    (CASES.parent / "e2e").glob("*_test.py")).replace("\\", "")
    blind = [name for name in ONLY_WHOLE_CHECK if name not in whole]
    for name in blind:
        print(f"no test in e2e/ has the id {name}")
    # An empty set would mean that the search has gone blind.
    return known == alone == tested and not blind and bool(known)


def main():
    arguments = sys.argv[1:]
    if len(arguments) == 2 and arguments[1] == "--list":
        print("\n".join(sorted(path.stem for path in CASES.glob("*.toml"))))
        return
    if len(arguments) == 3 and arguments[1] == "--ids":
        sys.exit(0 if check_ids(arguments[2]) else 1)
    if len(arguments) != 2:
        sys.exit("usage: bad_config_test.py BINARY NAME|--list|--ids SOURCE")
    # The working directory changes, so the path has to be absolute.
    if not check(os.path.abspath(arguments[0]), arguments[1]):
        sys.exit(1)


main()
