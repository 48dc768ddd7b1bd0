# SPDX-License-Identifier: MIT
"""The arithmetic of "How it grows" in docs/operations.md: each number in its
tables follows from what docs/performance.md has measured, and from what is
assumed here. `paper.py --update` writes the numbers anew."""

import pathlib
import re
import sys

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
MEASURED = DOCS / "performance.md"
PAPER = DOCS / "operations.md"
SECTION = "## How it grows\n"

DOMAINS = 1_000_000
DAY = 86_400
HOUR = 3_600
MAX_AGE = 4 * 7 * DAY
# A certificate of 90 days is renewed when a third of that is left.
RENEWED_DAYS = 60

# Where each constant stands in the tables of performance.md, for the largest
# number of domains N that has them all; and its unit.
CONSTANTS = {
    "MEMORY": ("memory per further domain, N domains, a folder each", "kB"),
    "ALL_TOLD": ("memory all told, N domains, a folder each", "MB"),
    "START": ("start to the first answer, N domains, a folder each", "s"),
    "FETCH": ("CPU of a fetch of each of N domains once", "us"),
    "POLICIES_PEAK": ("peak of memory while all policies of N domains change "
                      "/ before", ""),
    "CERTIFICATES_PEAK": ("peak of memory while all certificates of N domains "
                          "change / before", ""),
    "POLICY": ("CPU of a change of all policies of N domains, each", "us"),
    "CERTIFICATE": ("CPU of a change of all certificates of N domains, each",
                    "us"),
    "ONE": ("one renewal among N domains, CPU", "ms"),
    "PACED": ("CPU while 100000 certificates an hour are renewed, each", "us"),
}


def read_constants(text=None):
    """From the third cell of each row, and "N"; see CONSTANTS."""
    rows = {cells[0]: cells[2] for cells in
            map(cells_of, (text or MEASURED.read_text()).splitlines())
            if len(cells) > 2}
    sizes = {int(found[1]) for row in rows
             if (found := re.search(r"\b(\d+) domains\b", row))}
    for most in sorted(sizes, reverse=True):
        wanted = {name: (row.replace("N domains", f"{most} domains"), unit)
                  for name, (row, unit) in CONSTANTS.items()}
        if all(row in rows for row, _ in wanted.values()):
            return {"N": most, **{name: number(row, rows[row], unit)
                                  for name, (row, unit) in wanted.items()}}
    raise SystemExit(f"{MEASURED}: for no number of domains there is each of\n"
                     + "\n".join(row for row, _ in CONSTANTS.values()))


def number(row, cell, unit):
    found = re.fullmatch(r"([\d.]+) ?(\D*?)(?:, missed)?", cell)
    if not found or found[2] != unit:
        raise SystemExit(f"{MEASURED}: \"{row}\" has \"{cell}\", and not a "
                         f"number of \"{unit}\"")
    return float(found[1])


def cells_of(line):
    return ([cell.strip() for cell in line.strip().strip("|").split("|")]
            if line.startswith("|") else [])


# --- How each number follows ---

def amount(value):
    """Two digits that count; the thousands set apart."""
    if value >= 100:
        digits = len(str(int(value))) - 2
        return f"{round(value / 10 ** digits) * 10 ** digits:,}"
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def share(value):
    """Of one, in percent."""
    return f"{amount(100 * value)} %"


def octets(megabytes):
    return f"{amount(megabytes)} MB"


def seconds(value):
    return f"{amount(value)} s" if value < 100 else f"{amount(value / 60)} min"


class Replicas:
    """So many replicas have the domains among them."""

    def __init__(self, measured, count):
        self.m, self.count = measured, count
        self.domains = DOMAINS / count

    def megabytes(self):
        # From the size that was measured, by what each one more or less makes.
        return (self.m["ALL_TOLD"]
                + (self.domains - self.m["N"]) * self.m["MEMORY"] * 1024 / 1e6)

    def start(self):
        return self.m["START"] * self.domains / self.m["N"]

    def cells(self):
        peak = max(self.m["POLICIES_PEAK"], self.m["CERTIFICATES_PEAK"])
        return {
            "domains of a replica": f"{self.domains:,.0f}",
            "memory at rest": octets(self.megabytes()),
            "memory while all of them change":
                octets(self.megabytes() * peak),
            "start to the first answer": seconds(self.start()),
            "a rollout, one after the other":
                seconds(self.start() * self.count),
            "domains that wait meanwhile": share(1 / self.count),
            "all policies written anew, of a processor":
                seconds(self.domains * self.m["POLICY"] / 1e6),
            "all certificates renewed at once, of a processor":
                seconds(self.domains * self.m["CERTIFICATE"] / 1e6),
        }


def fetch_rows(measured):
    """Of all replicas together: fetches a second, and what they take of one
    processor."""
    rates = {
        "10 senders for each domain, once a day": DOMAINS * 10 / DAY,
        "100 senders for each domain, once a day": DOMAINS * 100 / DAY,
        "10 senders for each domain, when a `max_age` of 4 weeks is over":
            DOMAINS * 10 / MAX_AGE,
        "10 senders for each domain, all within the hour after each id has "
        "changed": DOMAINS * 10 / HOUR,
    }
    return {name: [amount(rate), share(rate * measured["FETCH"] / 1e6)]
            for name, rate in rates.items()}


def renewal_rows(measured):
    """The same for renewals. Those that come one at a time are read one at a
    time; in an hour, each replica has as many a second as were measured."""
    rows = {
        f"all certificates spread over {RENEWED_DAYS} days":
            (DOMAINS / RENEWED_DAYS / DAY, measured["ONE"] / 1e3),
        "all certificates in a day": (DOMAINS / DAY, measured["ONE"] / 1e3),
        "all certificates in an hour":
            (DOMAINS / HOUR, measured["PACED"] / 1e6),
    }
    return {name: [amount(rate), share(rate * each)]
            for name, (rate, each) in rows.items()}


def expected(measured, replica_counts):
    """The cells of each row after its name."""
    columns = [Replicas(measured, count).cells() for count in replica_counts]
    rows = {name: [column[name] for column in columns] for name in columns[0]}
    return {**rows, **fetch_rows(measured), **renewal_rows(measured)}


# --- The paper ---

def section(text):
    begin = text.index(SECTION)
    end = text.find("\n## ", begin + len(SECTION))
    return begin, end if end >= 0 else len(text)


def replica_counts(text):
    head = re.search(r"^\| a million domains over((?: \| \d+ replicas)+) \|$",
                     text, re.M)
    return [int(number) for number in re.findall(r"\d+", head[1])]


def expected_in(text, measured):
    begin, end = section(text)
    return expected(measured, replica_counts(text[begin:end]))


def find_wrong(text, measured):
    """A line for each number that does not follow."""
    begin, end = section(text)
    rows = {cells[0]: cells[1:] for cells in
            map(cells_of, text[begin:end].splitlines()) if cells}
    wrong = []
    for name, cells in expected_in(text, measured).items():
        if name not in rows:
            wrong.append(f"{name}: the paper has no such row")
        elif rows[name] != cells:
            wrong.append(f"{name}: the paper has {rows[name]}, it follows "
                         f"{cells}")
    return wrong


def update(text, measured):
    wanted = expected_in(text, measured)
    begin, end = section(text)
    lines = [line if not (cells := cells_of(line)) or cells[0] not in wanted
             else f"| {' | '.join([cells[0], *wanted[cells[0]]])} |"
             for line in text[begin:end].split("\n")]
    return text[:begin] + "\n".join(lines) + text[end:]


def check():
    return find_wrong(PAPER.read_text(), read_constants())


def count():
    return sum(map(len, expected_in(PAPER.read_text(),
                                    read_constants()).values()))


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        PAPER.write_text(update(PAPER.read_text(), read_constants()))
    elif sys.argv[1:]:
        sys.exit("usage: paper.py [--update]")
    sys.exit("\n".join(check()) or 0)
