# SPDX-License-Identifier: MIT
"""`mta-sts reports` with a configuration and a database of its own."""

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess

LIMIT_SECONDS = 60
UNTIL = "2026-11-27"
# All reports of tests are about one of these.
DOMAINS = ("alpha.test", "beta.test")
ALARMS = ("Sanitizer", "runtime error", "terminate", "Assertion")


class Importer:
    """`folder` gets all of it: the configuration .config, the database, the
    folder failed/, and spool/. `more`: further lines of [reports];
    `tables`: further tables."""

    def __init__(self, folder, more="", tables="",
                 tls_rpt="mailto:tls-reports@alpha.test"):
        self.folder = pathlib.Path(folder)
        self.config = self.folder / "mta-stsd.toml"
        self.failed = self.folder / "failed"
        self.spool = self.folder / "spool"
        for name in ("tmp", "new"):
            (self.spool / name).mkdir(parents=True, exist_ok=True)
        self.config.write_text(
            f'[reports]\ndatabase = "{self.folder}/reports.db"\n'
            f'failed = "{self.failed}"\nspool = "{self.spool}"\n{more}'
            f"{tables}\n"
            f"[[policy]]\ndomains = {json.dumps(DOMAINS)}\n"
            'mx = ["mx.alpha.test"]\n'
            f'tls_rpt = ["{tls_rpt}"]\n')

    def command(self, *arguments):
        return [os.environ["MTA_STS"], "-c", str(self.config), "reports",
                *map(str, arguments)]

    def run(self, *arguments, given=b"", wanted=0):
        """What it prints."""
        done = subprocess.run(self.command(*arguments), input=given,
                              capture_output=True, timeout=LIMIT_SECONDS)
        said = done.stderr.decode()
        assert done.returncode == wanted, (done.returncode, said)
        assert not any(alarm in said for alarm in ALARMS), said
        return done.stdout.decode()

    def summary(self, *arguments):
        """What it says of the two weeks that all reports of tests are of."""
        return self.run("summary", *arguments, "--until", UNTIL)

    def totals(self):
        """{domain: [successes, failures]}, as the database has it: nothing of
        the program counts here."""
        with contextlib.closing(sqlite3.connect(
                self.folder / "reports.db")) as database:
            return {domain: sums for domain, *sums in database.execute(
                "SELECT value, sum(successful), sum(failed) FROM report "
                "JOIN text ON text.id = domain GROUP BY value")}
