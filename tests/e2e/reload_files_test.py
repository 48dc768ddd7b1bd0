# SPDX-License-Identifier: MIT
"""Edits by halves, files that are linked or swapped or gone: a change is taken
only when it is whole and good."""

import os
import shutil
import signal
import time
import unittest

from cost import SECOND
from daemon import HOST, Daemon, eventually
from edits import (FAILED, LONG, NEW, NEW_BODY, OLD, OLD_BODY, OTHER_HOST,
                   SERVER, ReloadTestCase, body, policy, replace)
from fetchers import Fetchers


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

    def check_second_half(self, daemon, fetchers, first, second, pause):
        """Writes a half and the other one after `pause` seconds. If it took
        less time than a file has to rest, the half must not be served."""
        fetchers.bodies[HOST].clear()
        start = time.monotonic()
        with open(daemon.config, "w") as file:
            file.write(first)
        fetchers.watch(pause)
        with open(daemon.config, "a") as file:
            file.write(second)
        took = time.monotonic() - start
        self.wait_until_served(daemon, self.AFTER[self.MODE_LAST])
        # This process may have been held up for too long itself.
        if took < 0.19:
            self.assertLessEqual(fetchers.bodies[HOST],
                                 {OLD_BODY, self.AFTER[self.MODE_LAST]})

    def test_edit_while_another_is_being_loaded(self):
        # A file that changes during a load has to rest after it as long as at
        # any other time, and a request is no reason to take it sooner.
        first, second = self.MODE_LAST
        text = 'include = ["large.toml"]\n' + SERVER
        old = text + policy("old.example.com")
        net = policy("net.example.com", domains=("example.net",))
        daemon = self.start(old, files={"large.toml": net})
        with Fetchers(daemon) as fetchers:
            for i in range(10):
                # Only what has changed is read again.
                replace(daemon.dir / "large.toml",
                        f"# Takes its time, {i}.\n" * 40_000 + net)
                daemon.signal(signal.SIGHUP)
                self.check_second_half(daemon, fetchers, text + first, second,
                                       0.14)
                replace(daemon.config, old)
                self.wait_until_served(daemon, OLD_BODY)

    def test_edit_right_after_the_start(self):
        # The program looks again once it watches: that is no reason to hurry.
        first, second = self.MODE_LAST
        for _ in range(5):
            daemon = self.start(self.BEFORE)
            with Fetchers(daemon) as fetchers:
                self.check_second_half(daemon, fetchers, SERVER + first,
                                       second, 0.1)


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


if __name__ == "__main__":
    unittest.main()
