# SPDX-License-Identifier: MIT
"""The database of `mta-sts reports` where something is wrong with it, or where
several programs have it at once."""

import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from importer import LIMIT_SECONDS, Importer  # noqa: E402
from sent import Report  # noqa: E402

COUNT = 200
NOBODY = 65534
# A disk of its own in a mount namespace of its own; where there can be none,
# the test says so.
SMALL_DISK = """
set -eu
mount -t tmpfs -o size=300k none "$1"
shift
exec "$@"
"""
UNSHARE = ("unshare", "--map-root-user", "--mount")


def reports(organization):
    return [Report(organization, number, successes=1,
                   failures={"certificate-expired": 1})
            for number in range(COUNT)]


class DatabaseTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-sts-database-")
        self.addCleanup(folder.cleanup)
        self.importer = Importer(folder.name)
        self.folder = self.importer.folder
        self.database = self.folder / "reports.db"

    def write(self, name, sent):
        folder = self.folder / name
        folder.mkdir()
        for i, report in enumerate(sent):
            (folder / f"{i:04}.json").write_bytes(report.json())
        return folder

    def refused(self, *arguments, prefix=(), user=None):
        """What is said on standard error."""
        done = subprocess.run(
            [*prefix, *self.importer.command(*arguments)], user=user,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=LIMIT_SECONDS)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        return done.stderr

    def said(self, what, hint):
        return (f'mta-sts: error: database "{self.database}": {what}\n'
                f"mta-sts: hint: {hint}\n")

    def test_several_importers_at_once(self):
        """Each with reports of its own, and with those of one other."""
        folders = [self.write(name, reports(name)) for name in "abc"]
        running = [subprocess.Popen(
            self.importer.command("import", folders[i - 1], folders[i]),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for i in range(3)]
        for one in running:
            out, error = one.communicate(timeout=LIMIT_SECONDS)
            self.assertEqual((one.returncode, error), (0, ""), out)
        self.assertEqual(self.importer.totals(),
                         {"alpha.test": [3 * COUNT, 3 * COUNT]})

    def test_it_is_not_for_everybody(self):
        self.importer.run("import", self.write("a", reports("a")[:1]))
        self.assertEqual(self.database.stat().st_mode & 0o137, 0)

    def test_full_disk(self):
        folder = self.write("a", reports("a"))
        disk = self.folder / "disk"
        disk.mkdir()
        self.importer.config.write_text(
            self.importer.config.read_text().replace(
                str(self.database), str(disk / "reports.db")))
        self.database = disk / "reports.db"
        prefix = (*UNSHARE, "sh", "-c", SMALL_DISK, "sh", disk)
        tried = subprocess.run([*prefix, "true"], capture_output=True,
                               stdin=subprocess.DEVNULL, check=False)
        if tried.returncode:
            self.skipTest("there can be no disk of its own here")
        many = [folder, self.write("b", reports("b")),
                self.write("c", reports("c")), self.write("d", reports("d"))]
        self.assertEqual(
            self.refused("import", "--remove", *many, prefix=prefix),
            self.said("the disk is full",
                      "make room; what was stored before stays, and the rest "
                      "can be imported again"))
        # What is not in the database is where it was.
        left = sum(len(list(one.iterdir())) for one in many)
        self.assertGreater(left, 0)

    def test_read_only(self):
        if os.geteuid() != 0:
            self.skipTest("only root can be somebody else")
        report = self.write("a", reports("a")[:1])
        self.importer.run("import", report)
        for path in (self.folder, report):
            os.chmod(path, 0o755)
        os.chmod(self.database, 0o644)
        self.assertEqual(
            self.refused("import", report, user=NOBODY),
            self.said("it can't be written",
                      "its owner imports; it, its folder and the files beside "
                      "it that end in -wal and -shm have to be writable"))

    def test_a_later_version(self):
        self.importer.run("import", self.write("a", reports("a")[:1]))
        with sqlite3.connect(self.database) as database:
            database.execute("PRAGMA user_version = 77")
        database.close()
        before = self.database.read_bytes()
        said = self.said("it is of version 77, and this program knows 1",
                         "use the mta-sts that has written it, or a later one")
        for command in (("import", self.folder / "a"), ("summary",), ("list",),
                        ("show", "1"), ("alert",), ("gc",)):
            self.assertEqual(self.refused(*command), said)
        self.assertEqual(self.database.read_bytes(), before)

    def test_no_database(self):
        said = self.refused("list")
        self.assertIn("it can't be opened", said)
        self.assertIn("hint: ", said)
        self.assertFalse(self.database.exists())
        self.database.write_bytes(b"no database" * 100)
        self.assertEqual(
            self.refused("list"),
            self.said("it is no database of SQLite",
                      "name another file, or move this one away"))

    def test_a_database_that_is_damaged(self):
        self.importer.run("import", self.write("a", reports("a")))
        shutil.rmtree(self.folder / "a")
        with open(self.database, "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            for page in range(4096, size, 4096):
                file.seek(page)
                file.write(b"\xff" * 100)
        self.assertIn("it is damaged", self.refused("summary"))


if __name__ == "__main__":
    unittest.main()
