# SPDX-License-Identifier: MIT
"""Changes what many domains have, as a program that knows all of them does: a
new file takes the place of the old one at once.

    generator.py policies FOLDER COUNT MARK
    generator.py certificates FOLDER COUNT OTHERS RATE
    generator.py turns FOLDER COUNT

policies: MARK is a label; each policy is written beside the old one, with one
more mx, MARK.DOMAIN, and renamed into place. certificates: each key and then
its chain change places with those in OTHERS, RATE pairs a second, 0 for as many
as can be. turns: the same work, and in the end nothing has changed."""

import ctypes
import os
import pathlib
import sys
import time

from domains import host_of, replace

LIBC = ctypes.CDLL(None, use_errno=True)
AT_FDCWD = -100
RENAME_EXCHANGE = 2
NAMES = ("privkey.pem", "fullchain.pem")


def exchange(one, other):
    """Each takes the place of the other; renameat2(2)."""
    if LIBC.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD,
                      os.fsencode(other), RENAME_EXCHANGE) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), str(one))


def rewrite_policies(folder, count, mark):
    for number in range(count):
        domain = f"d{number:06}.example"
        path = folder / f"{domain}.toml"
        # Not all of them new: that would be refused as an accident.
        lines = [f'mx = ["mx1.{domain}", "mx2.{domain}", "{mark}.{domain}"]'
                 if line.startswith("mx = ") else line
                 for line in path.read_text().splitlines()]
        replace(path, ("\n".join(lines) + "\n").encode())


def renew(folder, count, others, rate):
    start = time.monotonic()
    for number in range(count):
        if rate > 0:
            time.sleep(max(0, start + number / rate - time.monotonic()))
        for name in NAMES:
            exchange(folder / host_of(number) / name,
                     others / host_of(number) / name)


def turn(folder, count):
    for number in range(count):
        for _ in range(2):
            exchange(*(folder / host_of(number) / name for name in NAMES))


def main(what, folder, count, source=None, rate="0"):
    folder, count = pathlib.Path(folder), int(count)
    if what == "policies":
        rewrite_policies(folder, count, source)
    elif what == "certificates":
        renew(folder, count, pathlib.Path(source), float(rate))
    else:
        turn(folder, count)


if __name__ == "__main__":
    main(*sys.argv[1:])
