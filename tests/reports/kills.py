# SPDX-License-Identifier: MIT
"""`mta-sts reports import` killed at random points: what it has acknowledged is
there, and nothing counts twice."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time

from importer import LIMIT_SECONDS, Importer
from sent import Report, totals

BATCH = 400  # reports in the spool: some commits and removals are hit, too
ORGANIZATIONS = ("Sender", "Other", "Third")
TYPES = ("certificate-expired", "starttls-not-supported",
         "validation-failure")


class Killed:
    """Imports batch after batch until it has been killed `kills` times."""

    def __init__(self, kills, batch=BATCH, seed=None):
        self.seed = random.randrange(1 << 32) if seed is None else seed
        self._random = random.Random(self.seed)
        self._left, self._batch, self._sent = kills, batch, []
        self.killed = self.batches = self.between = 0

    def run(self):
        with tempfile.TemporaryDirectory(prefix="mta-sts-kills-") as folder:
            importer = Importer(folder)
            seconds = self._measure(importer)
            while self._left > 0:
                self._fill_spool(importer)
                while self._import(importer.command("import"), seconds * 1.2):
                    left = len(os.listdir(importer.spool / "new"))
                    self.between += 0 < left < self._batch
                assert not os.listdir(importer.spool / "new")
                self._by_mail(importer, seconds)
                self.batches += 1
            found, wanted = importer.totals(), totals(self._sent)
            assert found == wanted, (f"seed {self.seed}: {found}, sent were "
                                     f"{wanted}")
            failed = (os.listdir(importer.failed)
                      if importer.failed.exists() else [])
            assert not failed, failed
        return self

    def _new_report(self):
        report = Report(
            organization=self._random.choice(ORGANIZATIONS),
            number=len(self._sent),
            domain=self._random.choice(("alpha.test", "beta.test")),
            successes=self._random.randrange(1000),
            failures={kind: self._random.randrange(1, 50) for kind in
                      self._random.sample(TYPES, self._random.randrange(3))})
        self._sent.append(report)
        return report

    def _fill_spool(self, importer):
        """As a collector does: a name, the whole, and no more."""
        for _ in range(self._batch):
            report = self._new_report()
            name = f"{len(self._sent):08}"
            (importer.spool / "tmp" / name).write_bytes(report.gzip())
            os.rename(importer.spool / "tmp" / name,
                      importer.spool / "new" / name)

    def _measure(self, importer):
        """How long one batch takes."""
        self._fill_spool(importer)
        begin = time.monotonic()
        importer.run("import")
        return time.monotonic() - begin

    def _by_mail(self, importer, seconds):
        """One report by standard input, as from a mail server: until it is
        acknowledged, it is tried again."""
        mail = self._new_report().mail()
        while self._import(importer.command("import", "-"), seconds / 4, mail):
            pass

    def _import(self, command, longest, given=b""):
        """True if it was killed: by then it may have done all, or nothing. Now
        and then there are two at once, of which one is killed."""
        other = None
        if not given and self._random.random() < 0.2:
            other = self._start(command)
        process = self._start(command)
        wait = self._random.uniform(0, longest) if self._left > 0 else None
        try:
            said, _ = process.communicate(given, timeout=wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            process.stdin.close()
            self._left -= 1
            self.killed += 1
        if other:
            said_by_other, _ = other.communicate(timeout=LIMIT_SECONDS)
            assert other.returncode == 0, said_by_other
        if process.returncode == -signal.SIGKILL:
            return True
        assert process.returncode == 0, said
        return False

    @staticmethod
    def _start(command):
        return subprocess.Popen(command, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)


def main(kills):
    done = Killed(kills).run()
    print(f"kills: {done.killed} of the importer, {done.between} of them with a "
          f"part of the files gone; {done.batches} batches of {BATCH} reports and "
          f"a mail (seed {done.seed}): each report counts once")


if __name__ == "__main__":
    main(int(sys.argv[1]))
