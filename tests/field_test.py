#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Gives mta-stsd what people have given it, and compares what it says.

field/NAME.txt is one case: a head, then sections that begin with "===".

    from: where such a thing comes from, in a line
    run: records --diff answer.txt
    exit: 1
    === answer.txt
    ;; connection timed out; no servers could be reached
    === stderr
    mta-stsd: error: ...

A section is a file of its name in the folder that the program runs in; "stdin"
goes to standard input; "stdout" and "stderr" are what has to come, octet by
octet, nothing where they are missing. Behind the name of what goes in may
stand: crlf (line ends), hex (octets in hexadecimal), or an encoding of Python
(utf-16, utf-8-sig). The configuration is field/alpha.toml unless -c names
another.
"""

import difflib
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

CASES = pathlib.Path(__file__).resolve().parent / "field"
LIMIT_SECONDS = 20
RESULTS = ("stdout", "stderr")


def encode(text, words):
    for word in words:
        if word == "crlf":
            text = text.replace("\n", "\r\n")
        elif word == "hex":
            return bytes.fromhex(text)
        else:
            return text.encode(word)
    return text.encode()


def parse(path):
    """The head as a dictionary, and the octets of each section by name."""
    head, *parts = ("\n" + path.read_text()).split("\n=== ")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if line)
    if set(fields) != {"from", "run", "exit"}:
        sys.exit(f"{path.name}: the head is \"from:\", \"run:\" and \"exit:\"")
    sections = {}
    for number, part in enumerate(parts, 1):
        title, _, text = part.partition("\n")
        name, *words = title.split()
        # What split() took from the end of each section but the last.
        text += "\n" if text and number < len(parts) else ""
        sections[name] = encode(text, words)
    return fields, sections


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


def check(binary, name):
    fields, sections = parse(CASES / (name + ".txt"))
    with tempfile.TemporaryDirectory() as folder:
        for file, octets in sections.items():
            if file not in RESULTS and file != "stdin":
                (pathlib.Path(folder) / file).write_bytes(octets)
        done = subprocess.run(
            [binary, *shlex.split(fields["run"])],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C",
                 "MTA_STSD_CONFIG": str(CASES / "alpha.toml")},
            input=sections.get("stdin", b""),
            capture_output=True,
            timeout=LIMIT_SECONDS,
        )
    good = all([same(one, sections.get(one, b""), getattr(done, one))
                for one in RESULTS])
    if done.returncode != int(fields["exit"]):
        print(f"exit status {done.returncode}, not {fields['exit']}")
        good = False
    return good


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: field_test.py BINARY NAME")
    # The working directory changes, so the path has to be absolute.
    if not check(os.path.abspath(sys.argv[1]), sys.argv[2]):
        sys.exit(1)


main()
