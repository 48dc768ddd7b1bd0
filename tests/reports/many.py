# SPDX-License-Identifier: MIT
"""A day of reports on many domains, from three senders each: what importing
them and asking about them costs on one core, and what they take on the disk.
Without an argument 300,000 reports of 100,000 domains."""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from importer import UNTIL, Importer  # noqa: E402
from sent import Report  # noqa: E402

SENDERS = ("Google Inc.", "Microsoft Corporation", "Alpha")
FAILURES_EVERY = 20
FILES = 5000  # in a folder
LIMIT_SECONDS = 600
# What is promised.
MOST_IMPORT_SECONDS = 60
MOST_OCTETS = 400
MOST_SUMMARY_SECONDS = 0.5
MOST_PAGE_SECONDS = 0.05


def write(folder, domains):
    number = 0
    for i in range(domains):
        for sender in SENDERS:
            here = folder / str(number // FILES)
            if number % FILES == 0:
                here.mkdir(parents=True)
            failures = ({"certificate-expired": 1}
                        if number % FAILURES_EVERY == 0 else {})
            (here / f"{number}.json").write_bytes(
                Report(sender, domain=f"domain{i}.test", successes=100,
                       failures=failures).json())
            number += 1
    return number


def measure(importer, *arguments):
    """Seconds of the processor, the child's that parses with them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["taskset", "-c", "0", *importer.command(*arguments)],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   check=True, timeout=LIMIT_SECONDS)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime
            - before.ru_utime - before.ru_stime)


def main():
    domains = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="mta-sts-many-") as name:
        importer = Importer(name)
        sent = importer.folder / "sent"
        begun = time.monotonic()
        number = write(sent, domains)
        print(f"{number} reports written in "
              f"{time.monotonic() - begun:.0f} s", flush=True)
        figures = {
            "import": (measure(importer, "import", "--all-domains", sent),
                       MOST_IMPORT_SECONDS, "s"),
            "octets each": (os.path.getsize(importer.folder / "reports.db")
                            / number, MOST_OCTETS, "octets"),
            "the same again": (
                measure(importer, "import", "--all-domains", sent),
                MOST_IMPORT_SECONDS, "s"),
            "summary": (measure(importer, "summary", "--until", UNTIL),
                        MOST_SUMMARY_SECONDS, "s"),
            "page of one": (
                measure(importer, "summary", "domain7.test", "--until", UNTIL,
                        "--format", "html"), MOST_PAGE_SECONDS, "s")}
    for what, (figure, most, unit) in figures.items():
        print(f"{what}: {figure:.2f} {unit}, of {most}")
    missed = [what for what, (figure, most, _) in figures.items()
              if figure > most]
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
