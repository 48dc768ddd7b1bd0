# SPDX-License-Identifier: MIT
"""Environments that put a library before those of the program."""

import os
import pathlib
import shutil
import subprocess
import tempfile
from unittest import SkipTest


def preload(library):
    """AddressSanitizer asks to be the first, and need not be."""
    options = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": str(library),
            "ASAN_OPTIONS": options + ":verify_asan_link_order=0"}


def deny(test, call, error):
    """`call` fails with `error` for as long as `test` runs. For inotify there
    is no other way that is open to everybody."""
    compiler = next(filter(None, map(
        shutil.which, (os.environ.get("CC", "cc"), "cc", "gcc", "clang"))),
        None)
    if compiler is None:
        raise SkipTest(f"no C compiler to take {call} away with")
    folder = pathlib.Path(test.enterContext(
        tempfile.TemporaryDirectory(prefix="mta-stsd-e2e-")))
    (folder / "deny.c").write_text(
        f"#include <errno.h>\nint {call}() {{ errno = {error}; return -1; }}\n")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", folder / "deny.so",
                    folder / "deny.c"], check=True, timeout=60)
    return preload(folder / "deny.so")


def _faketime():
    found = sorted(
        pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise SkipTest("needs faketime")
    return preload(found[0]) | {"FAKETIME_NO_CACHE": "1"}


def shifted_clock(file):
    """The wall clock is "+3d" of what it is when `file` says so; the one that
    only goes on is not."""
    return _faketime() | {"FAKETIME_TIMESTAMP_FILE": str(file),
                          "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def stepping_clock():
    """All clocks go on by a second whenever one is looked at."""
    return _faketime() | {"FAKETIME": "+0 i1"}


def set_clock(file, offset):
    """In one step: a program that finds the file empty ends."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(offset + "\n")
    os.replace(new, file)
