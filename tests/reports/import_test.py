# SPDX-License-Identifier: MIT
"""`mta-sts reports import` as mail servers, timers and people use it: what it
prints, how it exits, and what becomes of the files."""

import gzip
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from importer import LIMIT_SECONDS, Importer  # noqa: E402
from sent import Report  # noqa: E402

GOOD = Report(successes=3, failures={"certificate-expired": 1})
JUNK = b"Subject: hello\n\nHow are you?\n"
EX_TEMPFAIL = 75


class ImportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-sts-import-")
        self.addCleanup(folder.cleanup)
        self.importer = Importer(folder.name)
        self.folder = self.importer.folder

    def run_it(self, *arguments, given=b""):
        done = subprocess.run(
            self.importer.command("import", *arguments), input=given,
            capture_output=True, text=False, timeout=LIMIT_SECONDS)
        self.said = done.stderr.decode()
        return done.returncode, done.stdout.decode()

    def summed(self, read, failed, reports, new, known, others=0):
        return (f"files and messages: {read} read, {failed} failed\n"
                f"reports: {reports}\n"
                f"policies in them: {new} new, {known} known, "
                f"{others} of other domains\n")

    def kept(self):
        return sorted(os.listdir(self.importer.failed))

    def write(self, name, octets):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
        return path

    # --- A mail server ---

    def test_a_mail_is_taken_without_a_word(self):
        for _ in range(2):
            self.assertEqual(self.run_it("-", given=GOOD.mail()), (0, ""))
            self.assertEqual(self.said, "")
            self.assertEqual(self.importer.totals(), {"alpha.test": [3, 1]})

    def test_what_is_no_report_does_not_come_back(self):
        self.assertEqual(self.run_it("-", given=JUNK), (0, ""))
        name, reason = self.kept()
        self.assertEqual((self.importer.failed / name).read_bytes(), JUNK)
        self.assertRegex(
            (self.importer.failed / reason).read_text(),
            r"\A[-0-9T:]+Z standard input: no part of the mail is a report: "
            r"it is neither a mail, nor JSON, nor gzip\n\Z")

    def test_a_fault_of_ours_lets_it_come_again(self):
        database = self.folder / "reports.db"
        database.write_bytes(b"no database" * 100)
        self.assertEqual(self.run_it("-", given=GOOD.mail()),
                         (EX_TEMPFAIL, ""))
        self.assertIn("reports.db", self.said)
        database.unlink()
        self.importer.config.write_text("[reports]\nnonsense = 1\n")
        self.assertEqual(self.run_it("-", given=GOOD.mail()),
                         (EX_TEMPFAIL, ""))

    def test_what_cannot_be_kept_comes_again(self):
        self.importer.failed.write_text("a file in its place")
        code, _ = self.run_it("-", given=JUNK)
        self.assertEqual(code, EX_TEMPFAIL)

    # --- Files ---

    def test_files_stay_and_count_once(self):
        good = self.write("in/good.json.gz", gzip.compress(GOOD.json()))
        self.write("in/more/good.eml", GOOD.mail())
        self.write("in/bad", JUNK)
        self.assertEqual(self.run_it(good),
                         (0, self.summed(1, 0, 1, 1, 0)))
        self.assertEqual(self.run_it(self.folder / "in"),
                         (1, self.summed(2, 1, 2, 0, 2)))
        self.assertEqual(len(self.kept()), 2)
        self.assertTrue(good.exists())
        self.assertEqual(self.importer.totals(), {"alpha.test": [3, 1]})

    def test_a_maildir_is_emptied_on_request(self):
        for name in ("cur", "new", "tmp"):
            (self.folder / "in" / name).mkdir(parents=True)
        self.write("in/new/1", GOOD.mail())
        self.write("in/cur/2:2,S", JUNK)
        half = self.write("in/tmp/3", b"half")
        self.assertEqual(self.run_it("--remove", self.folder / "in"),
                         (0, self.summed(1, 1, 1, 1, 0)))
        self.assertEqual([path for path in (self.folder / "in").rglob("*")
                          if path.is_file()], [half])

    def test_a_mailbox_stays(self):
        box = self.write("box", b"".join(
            b"From a Mon\n" + one + b"\n" for one in (GOOD.mail(), JUNK)))
        self.assertEqual(self.run_it("--remove", box),
                         (0, self.summed(1, 1, 1, 1, 0)))
        self.assertTrue(box.exists())
        self.assertIn("box, message 2: ", self.said)

    def test_the_spool_is_emptied(self):
        self.write("spool/new/1", gzip.compress(GOOD.json()))
        self.write("spool/tmp/2", b"half")
        self.assertEqual(self.run_it(), (0, self.summed(1, 0, 1, 1, 0)))
        self.assertEqual(os.listdir(self.importer.spool / "new"), [])
        self.assertEqual(os.listdir(self.importer.spool / "tmp"), ["2"])

    def test_another_folder_is_no_spool(self):
        """Certificates, when somebody has named them."""
        for part in ("new", "tmp"):
            os.rmdir(self.importer.spool / part)
        key = self.write("spool/privkey.pem", b"secret")
        self.assertEqual(self.run_it(), (1, ""))
        self.assertEqual(self.said, (
            f'mta-sts: error: the spool "{self.importer.spool}" has no folder '
            '"new"\nmta-sts: hint: mta-stsd collect makes it when it starts; a '
            "folder of other files is read by its name: mta-sts reports import "
            "FOLDER\n"))
        self.assertEqual(key.read_bytes(), b"secret")
        # Nor is what lies beside new/ for us.
        self.write("spool/new/1", gzip.compress(GOOD.json()))
        self.assertEqual(self.run_it(), (0, self.summed(1, 0, 1, 1, 0)))
        self.assertEqual(key.read_bytes(), b"secret")
        self.assertEqual(self.kept(), [])

    def test_another_file_is_no_summary(self):
        text = self.importer.config.read_text()
        self.importer.config.write_text(text.replace(
            "[reports]\n", f'[reports]\nsummary = "{self.importer.config}"\n'))
        before = self.importer.config.read_bytes()
        self.assertEqual(
            self.run_it(self.write("a.json", GOOD.json())),
            (1, self.summed(1, 0, 1, 1, 0)))
        self.assertIn(f"summary {self.importer.config} is another file, and is "
                      "left alone\n", self.said)
        self.assertEqual(self.importer.config.read_bytes(), before)

    def test_other_domains_are_left_aside(self):
        other = self.write("other", Report(domain="other.test").json())
        self.assertEqual(self.run_it(other),
                         (0, self.summed(1, 0, 1, 0, 0, 1)))
        self.assertEqual(self.run_it("--all-domains", other),
                         (0, self.summed(1, 0, 1, 1, 0)))

    def test_what_is_not_there_is_a_fault(self):
        self.assertEqual(self.run_it(self.folder / "nothing"),
                         (1, self.summed(0, 1, 0, 0, 0)))
        self.assertEqual(
            self.said, f"mta-sts: warning: {self.folder}/nothing: "
                       "No such file or directory\n")

    def test_two_at_once_count_once(self):
        for number in range(300):
            self.write(f"spool/new/{number:03}",
                       Report(number=number, successes=1).json())
        running = [subprocess.Popen(self.importer.command("import"),
                                    stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE)
                   for _ in range(2)]
        for one in running:
            _, said = one.communicate(timeout=LIMIT_SECONDS)
            self.assertEqual((one.returncode, said), (0, b""))
        self.assertEqual(os.listdir(self.importer.spool / "new"), [])
        self.assertEqual(self.importer.totals(), {"alpha.test": [300, 0]})


if __name__ == "__main__":
    unittest.main()
