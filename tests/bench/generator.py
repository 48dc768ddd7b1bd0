# SPDX-License-Identifier: MIT
"""Writes what many domains have anew, as a program that knows all of them does:
each file beside the old one, then renamed into place.

    generator.py policies FOLDER COUNT MARK
    generator.py certificates FOLDER COUNT RENEWALS RATE

MARK is a label: each policy gets one more mx, MARK.DOMAIN. RENEWALS has the
certificates, each key is written before its chain; RATE is how many pairs a
second, 0 for as many as can be."""

import pathlib
import sys
import time

from domains import host_of, replace


def rewrite_policies(folder, count, mark):
    for number in range(count):
        domain = f"d{number:06}.example"
        path = folder / f"{domain}.toml"
        # Those that it has stay: senders hold the old policy for a while.
        lines = [f'mx = ["mx1.{domain}", "mx2.{domain}", "{mark}.{domain}"]'
                 if line.startswith("mx = ") else line
                 for line in path.read_text().splitlines()]
        replace(path, ("\n".join(lines) + "\n").encode())


def renew(folder, count, renewals, rate):
    start = time.monotonic()
    for number in range(count):
        if rate > 0:
            time.sleep(max(0, start + number / rate - time.monotonic()))
        for name in ("privkey.pem", "fullchain.pem"):
            replace(folder / host_of(number) / name,
                    (renewals / host_of(number) / name).read_bytes())


def main(what, folder, count, source, rate="0"):
    if what == "policies":
        rewrite_policies(pathlib.Path(folder), int(count), source)
    else:
        renew(pathlib.Path(folder), int(count), pathlib.Path(source),
              float(rate))


if __name__ == "__main__":
    main(*sys.argv[1:])
