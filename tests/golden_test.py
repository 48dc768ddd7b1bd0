#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what mta-stsd prints for a configuration with the files beside it.

golden/NAME.toml goes in; out must come, octet by octet,
  golden/NAME.policy  from `render` of the first domain: what is served
  golden/NAME.zone    from `records --format zone`
and `import` has to turn golden/NAME.policy into TOML that renders it again.
The files are claims about RFC 8461 and RFC 8460, checked by hand. There is no
option that records them anew, and there should be none.
"""

import difflib
import hashlib
import os
import pathlib
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parent / "golden"
LIMIT_SECONDS = 20


def run(binary, *arguments, octets=b""):
    """Standard output of a run that must succeed, or None after a complaint.
    `octets` go to its standard input."""
    done = subprocess.run(
        [binary, *arguments],
        cwd=CASES,
        env={**os.environ, "LC_ALL": "C"},
        input=octets,
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
        got = run(binary, "-c", name + ".toml", *arguments)
        good = got is not None and same(path, got) and good
    return round_trip(binary, name, domain) and good


def round_trip(binary, name, domain):
    """The policy itself, imported, renders as it was, under the same id."""
    path = CASES / (name + ".policy")
    toml = run(binary, "import", "--domain", domain, path.name)
    if toml is None:
        return False
    body = run(binary, "-c", "-", "render", domain, octets=toml)
    policy_id = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    if f"  TXT  v=STSv1; id={policy_id}\n" not in toml.decode():
        print(f"import does not say the id {policy_id}")
        return False
    return body is not None and same(path, body)


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
