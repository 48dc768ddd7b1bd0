# SPDX-License-Identifier: MIT
"""Edits while the program runs: noticed within a second, taken only when they
are whole and good, and never felt by those who fetch."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import process
from certificates import client_context, make_certificates, scratch
from cost import SECOND, CostTestCase
from daemon import HOST, Daemon, eventually
from fetchers import Fetchers
from preload import preload

EDITS = 200
WARM_UP = 20
# Longer than every time for which the program waits before it takes a file
# that it should not take: 200 ms after an event, 1 s after a poll.
LONG = 1.6

OTHER_HOST = "mta-sts.example.net"
SERVER = '[server]\nlisten = ["127.0.0.1:0"]\ncertificates = ["certs"]\n'
FAILED = ("event=finding", "event=reload")  # the lines of a rejected edit


def policy(*mx, domains=("example.com",), mode="testing", max_age="1w"):
    # What can be left out stands behind mx: cut there, it is valid still.
    def lines(values):
        return "".join(f'  "{value}",\n' for value in values)
    return (f"[[policy]]\ndomains = [\n{lines(domains)}]\n"
            f"mx = [\n{lines(mx)}]\n"
            f'tls_rpt = ["mailto:tls-reports@example.com"]\n'
            f'mode = "{mode}"\nmax_age = "{max_age}"\n')


def body(*mx, mode="testing", seconds=604800):
    lines = ["version: STSv1", f"mode: {mode}",
             *(f"mx: {name}" for name in sorted(mx)), f"max_age: {seconds}"]
    return "".join(line + "\r\n" for line in lines).encode()


def replace(path, text):
    """As editors and configuration management do."""
    new = path.with_name("." + path.name + ".new")
    new.write_text(text)
    os.replace(new, path)


OLD = SERVER + policy("old.example.com")
NEW = SERVER + policy("new.example.com")
OLD_BODY = body("old.example.com")
NEW_BODY = body("new.example.com")
# Parses, but mx can't be a mail address.
BAD = SERVER + policy("postmaster@example.com")


class ReloadTestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.context = client_context()

    def start(self, text=OLD, **how):
        daemon = Daemon(None, text, **how)
        return self.enterContext(daemon)

    def served(self, daemon, host=HOST):
        status, _, octets = daemon.fetch(host, context=self.context)
        self.assertEqual(status, 200)
        return octets

    def serial(self, daemon):
        """Of the certificate in use; the handshake verifies it."""
        with daemon.connect(context=self.context) as connection:
            return connection.getpeercert()["serialNumber"]

    def wait_until_served(self, daemon, want, host=HOST):
        """How long it took, in seconds."""
        start = time.monotonic()
        eventually(lambda: self.served(daemon, host) == want)
        return time.monotonic() - start

    def rejected(self, daemon):
        """Waits until an edit has been rejected."""
        daemon.wait_for_line("event=reload result=failed")

    def count(self, daemon, part):
        return sum(part in line for line in daemon.stderr_lines)


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


class HalfTest(ReloadTestCase):
    """A file is truncated, and written again in two steps. What lies there in
    between is a valid configuration, and must never be served."""

    MX_LAST = ('[[policy]]\ndomains = ["example.com"]\nmode = "none"\n'
               'max_age = "1d"\n', 'mx = ["new.example.com"]\n')
    MODE_LAST = ('[[policy]]\ndomains = ["example.com"]\n'
                 'mx = ["new.example.com"]\n',
                 'mode = "enforce"\nmax_age = "4w"\n')
    DOMAIN_LAST = (policy("new.example.com"),
                   policy("net.example.com", domains=("example.net",)))
    BEFORE = SERVER + policy("old.example.com") + policy(
        "old.example.net", domains=("example.net",))
    AFTER = {MX_LAST: body("new.example.com", mode="none", seconds=86400),
             MODE_LAST: body("new.example.com", mode="enforce",
                             seconds=2419200),
             DOMAIN_LAST: NEW_BODY}

    def check(self, halves, write, hosts=(HOST,)):
        daemon = self.start(self.BEFORE)
        with Fetchers(daemon, hosts) as fetchers:
            write(daemon, fetchers, SERVER + halves[0], halves[1])
            self.wait_until_served(daemon, self.AFTER[halves])
        self.assertLessEqual(fetchers.bodies[HOST],
                             {OLD_BODY, self.AFTER[halves]})
        return fetchers

    def keep_open(self, daemon, fetchers, first, second):
        with open(daemon.config, "w") as file:
            fetchers.watch(LONG)  # it is empty
            file.write(first)
            file.flush()
            fetchers.watch(LONG)
            file.write(second)

    def reopen(self, daemon, _, first, second):
        with open(daemon.config, "w") as file:
            file.write(first)
        with open(daemon.config, "a") as file:
            file.write(second)

    def reopen_and_wait(self, daemon, fetchers, first, second):
        with open(daemon.config, "w") as file:
            file.write(first)
        with open(daemon.config, "a") as file:
            file.write(second[:1])
            file.flush()
            fetchers.watch(LONG)
            file.write(second[1:])

    def hurry(self, daemon, fetchers, first, second):
        with open(daemon.config, "w") as file:
            file.write(first)
            file.flush()
            daemon.signal(signal.SIGHUP)
            fetchers.watch(LONG)
            file.write(second)

    def test_kept_open_before_mx(self):
        self.check(self.MX_LAST, self.keep_open)

    def test_kept_open_before_mode(self):
        self.check(self.MODE_LAST, self.keep_open)

    def test_kept_open_before_a_domain(self):
        fetchers = self.check(self.DOMAIN_LAST, self.keep_open,
                              (HOST, OTHER_HOST))
        self.assertLessEqual(fetchers.bodies[OTHER_HOST],
                             {body("old.example.net"),
                              body("net.example.com")})

    def test_closed_and_reopened_at_once_before_mx(self):
        self.check(self.MX_LAST, self.reopen)

    def test_closed_and_reopened_at_once_before_mode(self):
        self.check(self.MODE_LAST, self.reopen)

    def test_closed_and_reopened_at_once_before_a_domain(self):
        self.check(self.DOMAIN_LAST, self.reopen, (HOST, OTHER_HOST))

    def test_reopened_and_then_slow(self):
        self.check(self.MODE_LAST, self.reopen_and_wait)

    def test_sighup_in_between(self):
        self.check(self.MODE_LAST, self.hurry)

    def test_included_file_kept_open(self):
        text = 'include = ["domains.toml"]\n' + SERVER
        first, second = self.MODE_LAST
        daemon = self.start(
            text, files={"domains.toml": policy("old.example.com")})
        with Fetchers(daemon) as fetchers:
            with open(daemon.dir / "domains.toml", "w") as file:
                file.write(first)
                file.flush()
                fetchers.watch(LONG)
                file.write(second)
            self.wait_until_served(daemon, self.AFTER[self.MODE_LAST])
        self.assertLessEqual(fetchers.bodies[HOST],
                             {OLD_BODY, self.AFTER[self.MODE_LAST]})

    def test_new_file_kept_open_while_it_is_empty(self):
        daemon = self.start('include = ["more.d/*.toml"]\n' + SERVER, files={
            "more.d/com.toml": policy("old.example.com")})
        replace(daemon.dir / "more.d/com.toml", policy("new.example.com"))
        self.wait_until_served(daemon, NEW_BODY)  # it watches by now
        # The harness sees to it that there is no fault in the log.
        with open(daemon.dir / "more.d/net.toml", "w") as file:
            with Fetchers(daemon) as fetchers:
                fetchers.watch(LONG)
            file.write(policy("net.example.com", domains=("example.net",)))
        eventually(lambda: daemon.fetch(OTHER_HOST, context=self.context)[2]
                   == body("net.example.com"))

    def test_edit_while_another_is_being_loaded(self):
        # A file that changes during a load, which can take seconds, has to
        # rest after it as long as at any other time.
        first, second = self.MODE_LAST
        wanted = {OLD_BODY, self.AFTER[self.MODE_LAST]}
        text = 'include = ["large.toml"]\n' + SERVER
        old = text + policy("old.example.com")
        net = policy("net.example.com", domains=("example.net",))
        daemon = self.start(old, files={"large.toml": net})

        def start_loading(lines):
            # Only what has changed is read again.
            replace(daemon.dir / "large.toml",
                    "# Takes its time.\n" * lines + net)
            daemon.signal(signal.SIGHUP)

        def load(lines):
            start, logged = time.monotonic(), len(daemon.stderr_lines)
            start_loading(lines)
            daemon.wait_for_line("event=reload", start=logged)
            return time.monotonic() - start
        load(100_000)
        # Two loads have to fit into the 200 ms that are too short a rest.
        size = min(int(100_000 * 0.06 / load(100_000)), 1_000_000)
        with Fetchers(daemon) as fetchers:
            for _ in range(10):
                fetchers.bodies[HOST].clear()
                start_loading(size)
                fetchers.watch(0.02)
                with open(daemon.config, "w") as file:
                    file.write(text + first)
                rest = time.monotonic()
                fetchers.watch(0.14)
                with open(daemon.config, "a") as file:
                    rest = time.monotonic() - rest
                    file.write(second)
                self.wait_until_served(daemon, self.AFTER[self.MODE_LAST])
                # This process may have been held up for too long itself.
                if rest < 0.19:
                    self.assertLessEqual(fetchers.bodies[HOST], wanted)
                replace(daemon.config, old)
                self.wait_until_served(daemon, OLD_BODY)

    def test_edit_right_after_the_start(self):
        # The program looks again once it watches: that is no reason to hurry.
        first, second = self.MODE_LAST
        for _ in range(5):
            daemon = self.start(self.BEFORE)
            with open(daemon.config, "w") as file:
                file.write(SERVER + first)
            rest = time.monotonic()
            with Fetchers(daemon) as fetchers:
                fetchers.watch(0.1)
                with open(daemon.config, "a") as file:
                    rest = time.monotonic() - rest
                    file.write(second)
                self.wait_until_served(daemon, self.AFTER[self.MODE_LAST])
            # This process may have been held up for too long itself.
            if rest < 0.19:
                self.assertLessEqual(fetchers.bodies[HOST],
                                     {OLD_BODY, self.AFTER[self.MODE_LAST]})


class LayoutTest(ReloadTestCase):
    """Symbolic links that lead elsewhere from one moment to the next."""

    def make_volume(self, daemon, name, content):
        """The next version of a ConfigMap, as the kubelet puts it there."""
        volume = daemon.dir / "volume"
        folder = volume / f"..{name}"
        folder.mkdir(parents=True)
        for file, text in content.items():
            (folder / file).write_text(text)
            link = volume / file
            if not link.is_symlink():
                link.symlink_to(f"..data/{file}")
        (volume / "..data_tmp").symlink_to(f"..{name}")
        os.replace(volume / "..data_tmp", volume / "..data")

    def test_kubernetes_config_map(self):
        server = SERVER.replace('"certs"', '"../certs"')
        main = 'include = ["*.d.toml"]\n' + server
        daemon = Daemon(None, OLD)
        self.make_volume(daemon, "2026_01", {
            "mta-stsd.toml": main, "a.d.toml": policy("old.example.com")})
        daemon.config = daemon.dir / "volume/mta-stsd.toml"
        with daemon, Fetchers(daemon) as fetchers:
            for i in range(2, 6):
                wanted = f"mx{i}.example.com"
                self.make_volume(daemon, f"2026_0{i}", {
                    "mta-stsd.toml": main, "a.d.toml": policy(wanted)})
                self.assertLess(
                    self.wait_until_served(daemon, body(wanted)), SECOND)
                shutil.rmtree(daemon.dir / f"volume/..2026_0{i - 1}")
            # Removing what is not in use any more changes nothing.
            fetchers.watch(LONG)
            self.assertEqual(self.count(daemon, "event=reload"), 4)


class DisappearanceTest(ReloadTestCase):
    """Nothing that is missing or empty is a valid empty configuration."""

    INCLUDES = 'include = ["more.d/*.toml"]\n' + SERVER

    def check_kept(self, text, files, spoil, repair, *messages):
        """After `spoil` the old policy stays and the reason is in the log;
        after `repair` the new one is served."""
        daemon = self.start(text, files=files, allow=FAILED)
        with Fetchers(daemon) as fetchers:
            spoil(daemon.dir)
            self.rejected(daemon)
            fetchers.watch(SECOND)
            self.assertEqual(fetchers.bodies[HOST], {OLD_BODY})
            repair(daemon.dir)
            self.wait_until_served(daemon, NEW_BODY)
        for message in messages:
            self.assertEqual(self.count(daemon, message), 1, message)

    def test_config_is_deleted_and_put_back(self):
        self.check_kept(
            OLD, {}, lambda folder: (folder / "mta-stsd.toml").unlink(),
            lambda folder: (folder / "mta-stsd.toml").write_text(NEW),
            "id=config.unreadable")

    def test_config_is_deleted_and_put_back_unchanged(self):
        daemon = self.start(allow=FAILED)
        daemon.config.unlink()
        self.rejected(daemon)
        daemon.config.write_text(OLD)
        # It says that all is well again.
        daemon.wait_for_line("event=reload result=applied")
        self.assertEqual(self.served(daemon), OLD_BODY)

    def test_config_folder_is_moved_and_put_back(self):
        daemon = Daemon(None, OLD, allow=FAILED)
        folder = daemon.dir / "etc"
        folder.mkdir()
        daemon.config = folder / "mta-stsd.toml"
        daemon.config.write_text(OLD.replace('"certs"', '"../certs"'))
        with daemon, Fetchers(daemon) as fetchers:
            folder.rename(daemon.dir / "away")
            self.rejected(daemon)
            folder.mkdir()
            daemon.config.write_text(NEW.replace('"certs"', '"../certs"'))
            self.wait_until_served(daemon, NEW_BODY)
        self.assertLessEqual(fetchers.bodies[HOST], {OLD_BODY, NEW_BODY})

    def test_include_is_deleted_and_put_back(self):
        self.check_kept(
            'include = ["one.toml"]\n' + SERVER,
            {"one.toml": policy("old.example.com")},
            lambda folder: (folder / "one.toml").unlink(),
            lambda folder: (folder / "one.toml").write_text(
                policy("new.example.com")),
            "id=config.unreadable")

    def test_last_match_of_an_include_is_deleted(self):
        self.check_kept(
            self.INCLUDES, {"more.d/a.toml": policy("old.example.com")},
            lambda folder: (folder / "more.d/a.toml").unlink(),
            lambda folder: (folder / "more.d/b.toml").write_text(
                policy("new.example.com")),
            "id=config.include-no-match")

    def test_include_folder_is_deleted(self):
        def put_back(folder):
            (folder / "more.d").mkdir()
            (folder / "more.d/a.toml").write_text(policy("new.example.com"))
        self.check_kept(
            self.INCLUDES, {"more.d/a.toml": policy("old.example.com")},
            lambda folder: shutil.rmtree(folder / "more.d"), put_back,
            "id=config.include-no-match")

    def check_emptied(self, name, text, message):
        """An included file, and the configuration itself."""
        if name == "mta-stsd.toml":
            start, files, good = OLD, {}, NEW
        else:
            start = self.INCLUDES + policy(
                "net.example.com", domains=("example.net",))
            files = {name: policy("old.example.com")}
            good = policy("new.example.com")
        self.check_kept(start, files,
                        lambda folder: (folder / name).write_text(text),
                        lambda folder: (folder / name).write_text(good),
                        message)

    def test_include_is_emptied(self):
        self.check_emptied("more.d/a.toml", "", "id=config.empty")

    def test_include_has_only_comments(self):
        self.check_emptied("more.d/a.toml", "# Our domains.\n",
                           "id=config.empty")

    def test_config_is_emptied(self):
        self.check_emptied("mta-stsd.toml", "", "id=config.empty")

    def test_config_has_only_comments(self):
        self.check_emptied("mta-stsd.toml", "# Our domains.\n",
                           "id=config.no-policy")

    def test_directory_in_place_of_the_config(self):
        def spoil(folder):
            (folder / "mta-stsd.toml").unlink()
            (folder / "mta-stsd.toml").mkdir()

        def repair(folder):
            (folder / "mta-stsd.toml").rmdir()
            (folder / "mta-stsd.toml").write_text(NEW)
        self.check_kept(OLD, {}, spoil, repair, "is a directory")

    def test_directory_in_place_of_an_include(self):
        def spoil(folder):
            (folder / "more.d/a.toml").unlink()
            (folder / "more.d/a.toml").mkdir()

        def repair(folder):
            (folder / "more.d/a.toml").rmdir()
            (folder / "more.d/a.toml").write_text(policy("new.example.com"))
        self.check_kept(
            self.INCLUDES, {"more.d/a.toml": policy("old.example.com")},
            spoil, repair, "is a directory")

    def test_fifo_in_place_of_the_config(self):
        # Opening one for reading waits for a writer that never comes.

        def spoil(folder):
            (folder / "mta-stsd.toml").unlink()
            os.mkfifo(folder / "mta-stsd.toml")

        def repair(folder):
            replace(folder / "mta-stsd.toml", NEW)
        self.check_kept(OLD, {}, spoil, repair, "is not a regular file")

    def test_new_file_that_an_include_matches(self):
        daemon = self.start(
            self.INCLUDES, files={"more.d/a.toml": policy("old.example.com")})
        self.assertEqual(daemon.fetch(OTHER_HOST)[0], 421)
        daemon.write("more.d/b.toml",
                     policy("net.example.com", domains=("example.net",)))
        eventually(lambda: daemon.fetch(OTHER_HOST)[0] == 200, SECOND)
        self.assertEqual(self.served(daemon, OTHER_HOST),
                         body("net.example.com"))
        self.assertEqual(self.served(daemon), OLD_BODY)

    def test_removed_domain_is_logged(self):
        daemon = self.start(
            self.INCLUDES, files={
                "more.d/a.toml": policy("old.example.com"),
                "more.d/b.toml": policy("net.example.com",
                                        domains=("example.net",))})
        (daemon.dir / "more.d/b.toml").unlink()
        line = daemon.wait_for_line("event=policy-removed")
        self.assertIn("level=warning", line)
        self.assertIn("domain=example.net", line)
        line = daemon.wait_for_line("event=reload")
        self.assertIn("result=applied domains=1 changed=0 removed=1", line)
        eventually(lambda: daemon.fetch(OTHER_HOST)[0] == 421, SECOND)
        self.assertEqual(self.served(daemon), OLD_BODY)


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


def put(folder, leaf, *names):
    """Puts files of a certificate that was made before into `folder`."""
    for name in names:
        new = folder / f".{name}.new"
        shutil.copy(scratch() / leaf / name, new)
        os.replace(new, folder / name)


CHAIN, KEY = "fullchain.pem", "privkey.pem"


class CertificateTest(ReloadTestCase):
    """Handshakes verify with the root CA alone, at every moment."""

    def check(self, renew, options=(), hosts=(HOST,)):
        make_certificates(*hosts, options=("--leaf", "renewed", *options))
        daemon = self.start(allow=FAILED)
        before = self.serial(daemon)
        with Fetchers(daemon) as fetchers:
            renew(daemon, daemon.dir / "certs", fetchers)
            eventually(lambda: self.serial(daemon) != before)
            fetchers.watch(0.5)
        self.assertEqual(len(fetchers.serials), 2)
        return daemon

    def test_key_first(self):
        def renew(daemon, folder, fetchers):
            put(folder, "renewed", KEY)
            self.rejected(daemon)
            fetchers.watch(0.5)
            put(folder, "renewed", CHAIN)
        daemon = self.check(renew)
        self.assertEqual(
            self.count(daemon, "id=certificate.key-mismatch"), 1)
        daemon.wait_for_line("event=certificate names=mta-sts.example.com")

    def test_certificate_first(self):
        def renew(daemon, folder, fetchers):
            put(folder, "renewed", CHAIN)
            self.rejected(daemon)
            fetchers.watch(0.5)
            put(folder, "renewed", KEY)
        self.check(renew)

    def test_both_at_once(self):
        daemon = self.check(lambda _, folder, __: put(folder, "renewed", KEY,
                                                      CHAIN))
        self.assertEqual(self.count(daemon, "event=finding"), 0)

    def test_another_intermediate(self):
        self.check(lambda _, folder, __: put(folder, "renewed", KEY, CHAIN),
                   ("--intermediate", "other"))

    def test_another_kind_of_key(self):
        self.check(lambda _, folder, __: put(folder, "renewed", KEY, CHAIN),
                   ("--rsa",))

    def write_half(self, cut, keep_open):
        """`cut` yields the place in the chain to stop at for a while."""

        def renew(daemon, folder, fetchers):
            put(folder, "renewed", KEY)
            pem = (scratch() / "renewed" / CHAIN).read_text()
            at = cut(pem)
            with open(folder / CHAIN, "w") as file:
                file.write(pem[:at])
                file.flush()
                if keep_open:
                    fetchers.watch(LONG)
                    file.write(pem[at:])
                    return
            fetchers.watch(LONG)
            (folder / CHAIN).write_text(pem)
        self.check(renew)

    def test_half_written_between_the_certificates(self):
        self.write_half(lambda pem: pem.rindex("-----BEGIN"), keep_open=True)

    def test_half_written_within_the_intermediate(self):
        self.write_half(lambda pem: pem.rindex("-----BEGIN") + 300,
                        keep_open=True)

    def test_cut_within_the_leaf(self):
        self.write_half(lambda pem: pem.index("-----BEGIN") + 300,
                        keep_open=False)

    def test_cut_within_the_intermediate(self):
        # The disk is full, say. The leaf alone is a chain that no sender can
        # verify.
        self.write_half(lambda pem: pem.rindex("-----BEGIN") + 300,
                        keep_open=False)

    def test_cut_before_the_last_line(self):
        self.write_half(lambda pem: pem.rindex("-----END"), keep_open=False)

    def check_refused(self, options, hosts, message):
        make_certificates(*hosts, options=("--leaf", "refused", *options))
        daemon = self.start(allow=FAILED)
        before = self.serial(daemon)
        with Fetchers(daemon) as fetchers:
            put(daemon.dir / "certs", "refused", KEY, CHAIN)
            self.rejected(daemon)
            fetchers.watch(SECOND)
            self.assertEqual(fetchers.serials, {before})
            self.assertEqual(self.count(daemon, message), 1)
            # The policies wait too: nothing is applied by halves.
            replace(daemon.config, NEW)
            fetchers.watch(SECOND)
            self.assertEqual(fetchers.bodies[HOST], {OLD_BODY})
            put(daemon.dir / "certs", "server", KEY, CHAIN)
            self.wait_until_served(daemon, NEW_BODY)

    def test_certificate_without_the_served_name(self):
        self.check_refused((), ("mta-sts.example.org",),
                           f"policy host {HOST} ")

    def test_expired_certificate(self):
        self.check_refused(("--expired",), (HOST,), "id=certificate.expired")


class PollTest(ReloadTestCase):
    """Where inotify is blind or missing, looking now and then finds it."""

    # No way to deny inotify is open to everybody but this one.
    SOURCE = ("#include <errno.h>\n"
              "int inotify_init1(int flags) {\n"
              "  (void)flags;\n  errno = EMFILE;\n  return -1;\n}\n")

    def without_inotify(self):
        compiler = next(filter(None, map(
            shutil.which, (os.environ.get("CC", "cc"), "cc", "gcc", "clang"))),
            None)
        if compiler is None:
            self.skipTest("no C compiler to take inotify away with")
        folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="mta-stsd-e2e-")))
        (folder / "deny.c").write_text(self.SOURCE)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", folder / "deny.so",
                        folder / "deny.c"], check=True, timeout=60)
        return preload(folder / "deny.so")

    def test_polling_alone_notices(self):
        daemon = self.start(env=self.without_inotify())
        daemon.wait_for_line("level=warning event=watch-polling")
        with Fetchers(daemon) as fetchers:
            # Does not wait for the next look.
            replace(daemon.config, NEW)
            daemon.signal(signal.SIGHUP)
            daemon.wait_for_line("event=reload result=applied", SECOND)
            self.assertEqual(self.served(daemon), NEW_BODY)
            # "Within 30 seconds".
            replace(daemon.config, OLD)
            self.assertLess(self.wait_until_served(daemon, OLD_BODY), 30)
        self.assertLessEqual(fetchers.bodies[HOST], {OLD_BODY, NEW_BODY})


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
