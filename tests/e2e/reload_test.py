# SPDX-License-Identifier: MIT
"""Edits while the program runs: noticed within a second, and never felt by those
who fetch."""

import os
import shutil
import signal
import subprocess
import time
import unittest

import process
from certificates import make_certificates, scratch
from cost import SECOND, CostTestCase
from daemon import HOST, Daemon, eventually
from edits import (BAD, FAILED, LONG, NEW, NEW_BODY, OLD, OLD_BODY, OTHER_HOST,
                   SERVER, ReloadTestCase, body, policy, replace)
from fetchers import Fetchers
from preload import deny

EDITS = 200
WARM_UP = 20


class EditTest(ReloadTestCase):
    """What people and tools do to a file."""

    def test_write_and_rename(self):
        daemon = self.start()
        with Fetchers(daemon) as fetchers:
            replace(daemon.config, NEW)
            took = self.wait_until_served(daemon, NEW_BODY)
        self.assertLess(took, SECOND)
        self.assertLessEqual(fetchers.bodies[HOST], {OLD_BODY, NEW_BODY})

    def test_write_in_place(self):
        daemon = self.start()
        daemon.config.write_text(NEW)
        self.assertLess(self.wait_until_served(daemon, NEW_BODY), SECOND)

    def test_rename_away_then_write(self):
        # vim with backupcopy=no, and anything else that keeps a backup.
        daemon = self.start()
        os.rename(daemon.config, daemon.config.with_suffix(".toml~"))
        daemon.config.write_text(NEW)
        self.assertLess(self.wait_until_served(daemon, NEW_BODY), SECOND)

    def test_equal_size_and_old_time(self):
        # rsync -t and tar set the time of the source, and it may be 1970.
        daemon = self.start()
        status = os.stat(daemon.config)
        new = daemon.dir / "new"
        new.write_text(NEW)
        self.assertEqual(status.st_size, os.stat(new).st_size)
        os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.replace(new, daemon.config)
        self.assertLess(self.wait_until_served(daemon, NEW_BODY), SECOND)
        daemon.config.write_text(OLD)
        os.utime(daemon.config, (0, 0))
        self.assertLess(self.wait_until_served(daemon, OLD_BODY), SECOND)

    def test_in_a_folder_that_an_edit_brought_along(self):
        daemon = self.start()
        daemon.write("more.d/net.toml", policy("old.example.net",
                                               domains=("example.net",)))
        replace(daemon.config, 'include = ["more.d/*.toml"]\n' + NEW)
        self.wait_until_served(daemon, NEW_BODY)
        replace(daemon.dir / "more.d/net.toml",
                policy("new.example.net", domains=("example.net",)))
        self.assertLess(self.wait_until_served(
            daemon, body("new.example.net"), OTHER_HOST), SECOND)

    def test_in_a_folder_that_is_known_by_two_names(self):
        daemon = Daemon(None, 'include = ["alias/com*", "certs/net*"]\n'
                        + SERVER, files={
                            "certs/com.toml": policy("old.example.com"),
                            "certs/net.toml": policy(
                                "old.example.net", domains=("example.net",))})
        (daemon.dir / "alias").symlink_to("certs")
        self.enterContext(daemon)
        for name, host in (("com", HOST), ("net", OTHER_HOST)):
            replace(daemon.dir / f"certs/{name}.toml", policy(
                f"new.example.{name}", domains=(f"example.{name}",)))
            self.assertLess(self.wait_until_served(
                daemon, body(f"new.example.{name}"), host), SECOND)


class OutcomeTest(ReloadTestCase):
    """What the program says about an edit."""

    def test_sighup_reloads_at_once(self):
        daemon = self.start()
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_line(
            "level=info event=reload result=applied domains=1 changed=0 "
            "removed=0", SECOND)
        start = len(daemon.stderr_lines)
        replace(daemon.config, NEW)
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_line("event=reload result=applied domains=1 changed=1",
                             SECOND, start=start)
        self.assertEqual(self.served(daemon), NEW_BODY)

    def test_each_sighup_gets_a_result(self):
        daemon = self.start(allow=FAILED)
        daemon.config.write_text(BAD)
        for _ in range(3):
            start = len(daemon.stderr_lines)
            daemon.signal(signal.SIGHUP)
            daemon.wait_for_line("event=reload result=failed", start=start)
        self.assertEqual(self.count(daemon, "id=policy.mx-invalid"), 1)
        self.assertEqual(self.served(daemon), OLD_BODY)

    def test_sighups_in_a_row(self):
        daemon = self.start()
        with Fetchers(daemon) as fetchers:
            for _ in range(100):
                daemon.signal(signal.SIGHUP)
            replace(daemon.config, NEW)
            self.wait_until_served(daemon, NEW_BODY)
        self.assertLessEqual(fetchers.bodies[HOST], {OLD_BODY, NEW_BODY})

    def test_broken_edit_is_logged_once(self):
        # The exit status at the end is checked by the harness.
        daemon = self.start(allow=FAILED)
        with Fetchers(daemon) as fetchers:
            replace(daemon.config, BAD)
            self.rejected(daemon)
            # Reasons to look again, which find the same.
            for _ in range(3):
                os.utime(daemon.config)
                fetchers.watch(SECOND)
            replace(daemon.config, BAD)
            fetchers.watch(SECOND)
            self.assertEqual(fetchers.bodies[HOST], {OLD_BODY})
            replace(daemon.config, NEW)
            self.wait_until_served(daemon, NEW_BODY)
            daemon.wait_for_line("event=reload result=applied")
        self.assertEqual(self.count(daemon, "event=finding"), 1)
        self.assertEqual(self.count(daemon, "id=policy.mx-invalid"), 1)
        self.assertEqual(self.count(daemon, "result=failed"), 1)
        finding = daemon.wait_for_line("event=finding")
        self.assertIn(f"{daemon.config}:", finding)
        self.assertIn("postmaster@example.com", finding)

    def test_another_fault_is_logged_again(self):
        daemon = self.start(allow=FAILED)
        replace(daemon.config, BAD)
        self.rejected(daemon)
        replace(daemon.config, SERVER + policy("a", mode="strict"))
        daemon.wait_for_line("id=policy.mode-invalid")
        start = len(daemon.stderr_lines)
        replace(daemon.config, BAD)
        daemon.wait_for_line("id=policy.mx-invalid", start=start)

    def test_untouched_files_are_not_news(self):
        # Other files in the same folder, and the same content once more.
        daemon = self.start()
        with Fetchers(daemon) as fetchers:
            daemon.write("README", "Nobody reads it.\n")
            replace(daemon.config, OLD)
            fetchers.watch(LONG)
        self.assertEqual(self.count(daemon, "event=reload"), 0)

    def test_a_busy_folder_costs_little(self):
        daemon = self.start()
        busy = process.busy_seconds(daemon.pid)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            daemon.write("README", "Nobody reads it.\n")
        self.assertLess(process.busy_seconds(daemon.pid) - busy, 0.5)

    def test_one_bad_domain_among_fifty_keeps_all(self):
        names = [f"d{i}.example.com" for i in range(50)]
        hosts = ["mta-sts." + name for name in names]
        make_certificates(*hosts, options=("--leaf", "fifty"))

        def text(version, bad=None):
            return SERVER.replace("certs", str(scratch() / "fifty")) + "".join(
                policy("a b" if name == bad else f"{version}.{name}",
                       domains=(name,)) for name in names)

        def bodies(version):
            return [body(f"{version}.{name}") for name in names]
        daemon = self.start(text("v1"), allow=FAILED)

        def served():
            return [self.served(daemon, host) for host in hosts]
        self.assertEqual(served(), bodies("v1"))
        replace(daemon.config, text("v2", bad=names[25]))
        self.rejected(daemon)
        self.assertEqual(served(), bodies("v1"))
        replace(daemon.config, text("v3"))
        eventually(lambda: served() == bodies("v3"))

    def test_listen_needs_a_restart_and_the_rest_is_applied(self):
        daemon = self.start()
        replace(daemon.config, NEW.replace("127.0.0.1:0", "127.0.0.2:0"))
        line = daemon.wait_for_line("event=restart-needed")
        self.assertIn("level=warning", line)
        self.assertIn("key=server.listen", line)
        self.wait_until_served(daemon, NEW_BODY)

    def test_listen_alone_needs_a_restart(self):
        daemon = self.start()
        replace(daemon.config, OLD.replace("127.0.0.1:0", "127.0.0.2:0"))
        daemon.wait_for_line("event=restart-needed key=server.listen")

    def test_certificates_may_move_while_it_runs(self):
        make_certificates(HOST, options=("--leaf", "elsewhere"))
        daemon = self.start()
        # Beside the old ones: the sandbox reaches no farther.
        shutil.copytree(scratch() / "elsewhere", daemon.dir / "elsewhere")
        before = self.serial(daemon)
        with Fetchers(daemon):
            replace(daemon.config,
                    OLD.replace("certs", "elsewhere"))
            eventually(lambda: self.serial(daemon) != before)
        self.assertEqual(self.count(daemon, "restart-needed"), 0)


class RecordTest(ReloadTestCase):
    """The records to publish come when their policy is live, not before
    (RFC 8461, 8.1)."""

    def test_all_are_printed_at_the_start(self):
        daemon = self.start()
        daemon.wait_for_line("; mta-sts.example.com. also needs",
                             lines=daemon.stdout_lines)
        self.assertEqual(
            "".join(daemon.stdout_lines), subprocess.run(
                [daemon.binary, "-c", daemon.config, "records"], check=True,
                capture_output=True, text=True).stdout)

    def test_only_changed_domains_are_printed(self):
        def text(com, net):
            return SERVER + policy(com) + policy(net, domains=("example.net",))
        daemon = self.start(text("old.example.com", "old.example.net"))
        daemon.wait_for_line("; mta-sts.example.net. also needs",
                             lines=daemon.stdout_lines)
        start = len(daemon.stdout_lines)
        replace(daemon.config, text("old.example.com", "new.example.net"))
        daemon.wait_for_line("; mta-sts.example.net. also needs",
                             lines=daemon.stdout_lines, start=start)
        printed = "".join(daemon.stdout_lines[start:])
        self.assertNotIn("example.com.", printed)
        self.assertEqual(
            printed, subprocess.run(
                [daemon.binary, "-c", daemon.config, "records",
                 "example.net"], check=True, capture_output=True,
                text=True).stdout)

    def test_new_report_address_is_printed(self):
        daemon = self.start()
        daemon.wait_for_line("also needs", lines=daemon.stdout_lines)
        start = len(daemon.stdout_lines)
        replace(daemon.config, OLD.replace("tls-reports@", "other@"))
        daemon.wait_for_line("rua=mailto:other@example.com",
                             lines=daemon.stdout_lines, start=start)

    def test_order_and_comments_change_no_record(self):
        both = SERVER + policy("a.example.com", "b.example.com")
        daemon = self.start(both)
        daemon.wait_for_line("also needs", lines=daemon.stdout_lines)
        start = len(daemon.stdout_lines)
        replace(daemon.config, "# A comment.\n" + SERVER + policy(
            "B.example.com.", "a.example.com"))
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_line("result=applied domains=1 changed=0")
        self.assertEqual(daemon.stdout_lines[start:], [])

    def test_body_is_live_when_its_record_is_printed(self):
        # Each thread of the program takes up a change by itself.
        server = SERVER + "threads = 8\n"
        daemon = self.start(server + policy("mx.example.com"))
        daemon.wait_for_line("also needs", lines=daemon.stdout_lines)
        for i in range(15):
            start = len(daemon.stdout_lines)
            name = f"mx{i}.example.com"
            replace(daemon.config, server + policy(name))
            daemon.wait_for_line("_mta-sts.", lines=daemon.stdout_lines,
                                 start=start)
            for _ in range(10):
                self.assertEqual(self.served(daemon), body(name))


class PollTest(ReloadTestCase):
    """Where inotify is blind or missing, looking now and then finds it."""

    def test_polling_alone_notices(self):
        daemon = self.start(env=deny(self, "inotify_init1", "EMFILE"))
        daemon.wait_for_line("level=warning event=watch-polling "
                             'reason="Too many open files" poll_seconds=15')
        with Fetchers(daemon) as fetchers:
            # Does not wait for the next look, but for a second of rest.
            replace(daemon.config, NEW)
            daemon.signal(signal.SIGHUP)
            daemon.wait_for_line("event=reload result=applied", 10)
            self.assertEqual(self.served(daemon), NEW_BODY)
            # "Within 30 seconds".
            replace(daemon.config, OLD)
            self.assertLess(self.wait_until_served(daemon, OLD_BODY), 30)
        self.assertLessEqual(fetchers.bodies[HOST], {OLD_BODY, NEW_BODY})

    def test_a_limit_of_watches_is_said_once(self):
        daemon = self.start(env=deny(self, "inotify_add_watch", "ENOSPC"))
        daemon.wait_for_line(
            f"level=warning event=watch-limited directory={daemon.dir}/ "
            'reason="No space left on device" poll_seconds=15')
        replace(daemon.config, NEW)
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_line("event=reload result=applied")
        self.assertEqual(self.served(daemon), NEW_BODY)
        self.assertEqual(self.count(daemon, "event=watch-limited"), 1)


class ManyTest(ReloadTestCase, CostTestCase):
    """The two hundredth edit costs no more than the first."""

    def test_edits(self):
        daemon = self.start(allow=FAILED)
        descriptors = daemon.descriptors()
        delays, good = [], {OLD_BODY}

        def edit(i):
            name = f"mx{i}.example.com"
            text = SERVER + policy(name, mode="enforce", max_age="4w")
            half = text.index("mode =")
            step = i % 4
            if step == 0:
                replace(daemon.config, text)
            elif step == 1:
                with open(daemon.config, "w") as file:
                    file.write(text[:half])
                with open(daemon.config, "a") as file:
                    file.write(text[half:])
            elif step == 2:
                replace(daemon.config, text.replace(name, f"@{name}"))
            else:
                daemon.config.write_text(text[:text.index("mx =")])
            if step < 2:
                want = body(name, mode="enforce", seconds=2419200)
                good.add(want)
                delays.append(self.wait_until_served(daemon, want))
            elif i % 20 >= 18:
                # The others are overtaken by the next edit.
                start = len(daemon.stderr_lines)
                daemon.wait_for_line("result=failed", start=start)
        for i in range(WARM_UP):
            edit(i)
        memory = daemon.rss_kb()
        with Fetchers(daemon) as fetchers:
            for i in range(WARM_UP, WARM_UP + EDITS):
                edit(i)
        self.assertLessEqual(fetchers.bodies[HOST], good)
        self.check_delays(delays)
        self.check_cost(daemon, descriptors, memory)


if __name__ == "__main__":
    unittest.main()
