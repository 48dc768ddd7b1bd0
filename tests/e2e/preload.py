# SPDX-License-Identifier: MIT
"""Environments that put a library before those of the program."""

import os
import pathlib
from unittest import SkipTest


def preload(library):
    """AddressSanitizer asks to be the first, and need not be."""
    options = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": str(library),
            "ASAN_OPTIONS": options + ":verify_asan_link_order=0"}


def shifted_clock(file, *, monotonic=False):
    """The wall clock is "+3d" of what it is when `file` says so; with
    `monotonic` so is the one that only goes on."""
    found = sorted(
        pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise SkipTest("needs faketime")
    return preload(found[0]) | {
        "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "" if monotonic else "1"}


def set_clock(file, offset):
    """In one step: a program that finds the file empty ends."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(offset + "\n")
    os.replace(new, file)
