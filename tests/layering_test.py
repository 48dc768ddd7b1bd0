#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the source to its layers: who may include whom, and who may know which
library. The law is in ARCHITECTURE.md."""

import pathlib
import re
import unittest

SRC = pathlib.Path(__file__).resolve().parents[1] / "src"

# Left may include right: cli -> operations -> server -> snapshot ->
# {config, tls} -> publish -> {sts, tlsrpt} -> dns -> text. files/, net/, http/
# and process/ know no policy.
PROTOCOL = {"publish", "sts", "tlsrpt", "dns", "text"}
WORLD = {"files", "http", "net", "process"}
BELOW = {
    "text": set(),
    "dns": {"text"},
    "sts": {"dns", "text"},
    "tlsrpt": {"dns", "text"},
    "publish": {"sts", "tlsrpt", "dns", "text"},
    "files": {"text"},
    "net": {"text"},
    "http": {"net", "text"},
    "nameserver": {"dns", "files", "http", "net", "text"},
    "process": {"files", "text"},
    "config": {"files", "net", "process"} | PROTOCOL,
    "tls": {"files", "net", "process"} | PROTOCOL,
    "snapshot": {"tls", "config"} | (WORLD - {"http"}) | PROTOCOL,
    "server": {"snapshot", "tls", "config"} | WORLD | PROTOCOL,
    "operations": {"server", "snapshot", "tls", "config"} | WORLD | PROTOCOL,
    "cli": {"operations", "server", "snapshot", "tls",
            "config"} | WORLD | PROTOCOL,
    # The other program knows no part of the server.
    "verify": {"tls", "config", "nameserver"} | WORLD | PROTOCOL,
    "reports": {"config"} | (WORLD - {"http", "net"}) | PROTOCOL,
    "tool": {"reports", "verify", "tls", "config",
             "nameserver"} | WORLD | PROTOCOL,
}
PURE = PROTOCOL
# The files in src/ itself, which may include text/. Who may include which:
ROOT = {"command_line.hpp": {"cli", "tool"},
        "result.hpp": set(BELOW),
        "shared.hpp": set(BELOW),
        "diagnostic.hpp": set(BELOW) - PROTOCOL | {"publish"},
        "log.hpp": set(BELOW) - PROTOCOL}

MAINS = {"mta_stsd.cpp": "cli", "mta_sts.cpp": "tool"}

# Each foreign library comes in by one door.
DOORS = {
    "toml++/": ["config/document.cpp"],
    "httplib": ["http/answer_writer.cpp", "http/client.cpp",
                "http/fetch.cpp"],
    "ldns/": ["nameserver/"],
    "nlohmann/": ["nameserver/powerdns.cpp", "reports/read_json.cpp",
                  "verify/facts_json.cpp"],
    "gmime/": ["reports/read_mail.cpp"],
    "sqlite3.h": ["reports/sqlite."],
    "zlib.h": ["reports/inflate.cpp"],
    "CLI/": ["command_line.cpp"],
    "idn2": ["dns/name.cpp"],
    "seccomp.h": ["process/seccomp.cpp"],
    "openssl/": ["tls/", "server/wire.", "text/sha256"],
    "tl/": ["result.hpp"],
}
# No clock, thread, file or terminal where the protocol is.
IMPURE = {"<fstream>", "<iostream>", "<thread>", "<mutex>", "<atomic>",
          "<condition_variable>", "<future>", "<unistd.h>", "<filesystem>",
          "<cstdio>", "<stdio.h>", "<ctime>", "<time.h>", "<random>"}
CLOCKS = re.compile(r"\b(system_clock|steady_clock|clock_gettime|time\()")
# The time of day enters here, and else is a value that a scenario can choose:
# but for the stamp of a line in the log.
TIME_OF_DAY = re.compile(r"\bsystem_clock::now\b|\btime\(nullptr\)")
ASKS_THE_TIME = {"log.cpp", "process/clock.hpp"}
OUTPUT = re.compile(r"\bstdout\b|STDOUT_FILENO|\bstd::cout\b|\bputs?\(|"
                    r"(?<!f)\bprintf\(|\bfmt::print\(\s*\"|"
                    r"\bfmt::println\(\s*\"")
STANDARD = re.compile(r"<[a-z_]+>|<(sys|net|netinet|arpa)/[a-z_]+\.h>|"
                      r"<(dirent|fcntl|fnmatch|grp|malloc|poll|pthread|pwd)\.h>|"
                      r"<sched\.h>|"
                      r"<unistd\.h>")


def sources():
    return sorted(path for path in SRC.rglob("*")
                  if path.suffix in (".cpp", ".hpp"))


def name_of(path):
    return path.relative_to(SRC).as_posix()


def without_comments(text):
    """With strings left in place: no string here has "//" but URLs."""
    return re.sub(r"(?<!:)//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def includes(path):
    return re.findall(r'^\s*#\s*include\s+([<"][^">]+[">])', path.read_text(),
                      re.MULTILINE)


class LayeringTest(unittest.TestCase):
    def setUp(self):
        self.assertGreater(len(sources()), 50)  # it would be blind otherwise
        self.faults = []

    def tearDown(self):
        self.assertEqual(self.faults, [])

    def test_who_includes_whom(self):
        for path in sources():
            name = name_of(path)
            here = name.split("/")[0] if "/" in name else None
            for include in includes(path):
                if include.startswith("<"):
                    continue
                target = include.strip('"')
                self.assertTrue((SRC / target).is_file(), (name, target))
                there = target.split("/")[0] if "/" in target else None
                if name in MAINS:
                    good = there == MAINS[name]
                elif here is None:
                    good = there in (None, "text")
                elif there is None:
                    good = here in ROOT[target]
                else:
                    good = there == here or there in BELOW[here]
                if not good:
                    self.faults.append(f"{name} includes {target}")

    def test_every_folder_has_its_place(self):
        folders = {path.name for path in SRC.iterdir() if path.is_dir()}
        self.assertEqual(folders, set(BELOW))

    def test_doors_of_the_libraries(self):
        for path in sources():
            name = name_of(path)
            for include in includes(path):
                header = include.strip('<>"')
                for library, doors in DOORS.items():
                    if header.startswith(library):
                        if not any(name.startswith(door) for door in doors):
                            self.faults.append(f"{name} includes {include}")
                        break
                else:
                    if not (include.startswith('"')
                            or header.startswith("fmt/")
                            or STANDARD.fullmatch(include)):
                        self.faults.append(
                            f"{name} includes {include}, from a library "
                            "that has no door")

    def test_doors_are_in_use(self):
        for library, doors in DOORS.items():
            used = [name_of(path) for path in sources()
                    if any(one.strip('<>"').startswith(library)
                           for one in includes(path))]
            for door in doors:
                if not any(name.startswith(door) for name in used):
                    self.faults.append(f"{door} does not include {library}")

    def test_protocol_is_pure(self):
        for path in sources():
            name = name_of(path)
            if name.split("/")[0] not in PURE:
                continue
            for include in includes(path):
                if include in IMPURE or include.startswith("<sys/"):
                    self.faults.append(f"{name} includes {include}")
            for clock in CLOCKS.findall(without_comments(path.read_text())):
                self.faults.append(f"{name} uses {clock}")

    def test_the_time_of_day_enters_at_few_places(self):
        self.assertEqual(
            {name_of(path) for path in sources()
             if TIME_OF_DAY.search(without_comments(path.read_text()))},
            ASKS_THE_TIME)

    def test_only_commands_print_results(self):
        for path in sources():
            name = name_of(path)
            text = without_comments(path.read_text())
            if not name.startswith(("cli/", "command_line.", "tool/")) and (
                    OUTPUT.search(text)):
                self.faults.append(f"{name}: {OUTPUT.search(text)[0]}")

    def test_licence_stands_first(self):
        for path in sources():
            if not path.read_text().startswith(
                    "// SPDX-License-Identifier: MIT\n"):
                self.faults.append(name_of(path))

    def test_headers_are_guarded(self):
        for path in sources():
            if path.suffix == ".hpp":
                count = path.read_text().count("\n#pragma once\n")
                if count != 1:
                    self.faults.append(name_of(path))


if __name__ == "__main__":
    unittest.main()
