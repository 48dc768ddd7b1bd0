# SPDX-License-Identifier: MIT
"""One rule for every load, whatever asked for it: a file is read when it has
come to rest. What does not rest waits alone, and is told of."""

import signal
import threading
import time
import unittest

from certificates import make_certificates, scratch
from daemon import HOST, eventually
from edits import (FAILED, NEW, NEW_BODY, OLD, OLD_BODY, OTHER_HOST,
                   SERVER, ReloadTestCase, body, policy, replace)
from fetchers import Fetchers
from operations import Operated
from preload import deny

STEP = 0.1  # seconds; a file rests after 0.2, or 1 where events are missing


def one(number, mx):
    return policy(f"{mx}.example.com", domains=(
        "example.com" if number == 0 else f"d{number}.example.com",))


class Restless:
    """Appends to a file, or rewrites it, until the block ends."""

    def __init__(self, path, text="# More.\n", keep_open=False):
        self._path, self._text, self._keep_open = path, text, keep_open
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _run(self):
        if self._keep_open:
            with open(self._path, "a") as file:
                file.write(self._text)
                file.flush()
                self._over.wait()
            return
        while not self._over.wait(STEP):
            with open(self._path, "a") as file:
                file.write(self._text)


class SlowWriterTest(ReloadTestCase):
    """A file of many policies is rewritten one by one. Every state in between
    is valid, and none may be served. The domain that is looked at is the last
    one that is written."""

    POLICIES = 12
    TEXT = 'include = ["all.toml"]\n' + SERVER

    def texts(self, mx):
        return [one(number, mx) for number in range(self.POLICIES)][::-1]

    def start_all(self, text=None, **how):
        # The other domains have no certificate here, and need none.
        return self.start(text or self.TEXT, allow=(*FAILED, "finding"),
                          checks=1,
                          files={"all.toml": "".join(self.texts("old"))}, **how)

    def check(self, daemon, pause, at_step):
        """`at_step(number)` is called between two steps. Steps that a busy
        machine made longer than the rest of a file prove nothing."""
        rest = 0.19 if pause < 0.2 else 0.95
        with Fetchers(daemon) as fetchers:
            longest, last = 0, time.monotonic()
            for number, text in enumerate(self.texts("new")):
                with open(daemon.dir / "all.toml", "a" if number else "w") as f:
                    f.write(text)
                longest = max(longest, time.monotonic() - last)
                last = time.monotonic()
                at_step(number)
                threading.Event().wait(pause)
            eventually(lambda: daemon.fetch(context=self.context)[2]
                       == NEW_BODY)
            failures = fetchers.failures[:]
            fetchers.failures.clear()
        if longest < rest:
            self.assertEqual(failures, [])
            self.assertEqual(self.count(daemon, "event=policy-removed"), 0)
            self.assertLessEqual(fetchers.bodies[HOST], {OLD_BODY, NEW_BODY})

    def test_a_request(self):
        daemon = self.start_all()
        self.check(daemon, STEP, lambda number: number in (3, 6)
                   and daemon.signal(signal.SIGHUP))

    def test_without_events(self):
        # It polls by itself, and a request makes it look in between.
        daemon = self.start_all(env=deny(self, "inotify_init1", "EMFILE"))
        self.check(daemon, 0.4, lambda number: number % 2
                   and daemon.signal(signal.SIGHUP))


class RestlessTest(ReloadTestCase):
    """Files that never come to rest."""

    def certificates(self, daemon):
        make_certificates(HOST, options=("--leaf", "renewed"))
        for name in ("privkey.pem", "fullchain.pem"):
            replace(daemon.dir / "certs" / name,
                    (scratch() / "renewed" / name).read_text())
        (daemon.dir / "certs/privkey.pem").chmod(0o600)

    def test_a_log_beside_the_certificates_holds_nothing_up(self):
        daemon = self.start(files={"certs/renew.log": "Begun.\n"})
        for keep_open in (False, True):
            with Restless(daemon.dir / "certs/renew.log", keep_open=keep_open):
                replace(daemon.config, NEW)
                self.wait_until_served(daemon, NEW_BODY)
                start = len(daemon.stderr_lines)
                daemon.signal(signal.SIGHUP)
                line = daemon.wait_for_line("event=reload", start=start)
                self.assertNotIn("pending", line)
            replace(daemon.config, OLD)
            self.wait_until_served(daemon, OLD_BODY)
        self.assertEqual(self.count(daemon, "event=change-pending"), 0)

    def check_include(self, keep_open):
        net = policy("net.example.net", domains=("example.net",))
        daemon = Operated(policy("old.example.com"),
                          files={"more.d/net.toml": net})
        daemon.head = 'include = ["more.d/*.toml"]\n' + daemon.head
        daemon.rewrite(policy("old.example.com"))
        self.enterContext(daemon)
        path = daemon.dir / "more.d/net.toml"
        with Restless(path, keep_open=keep_open):
            line = daemon.wait_for_line("event=change-pending")
            self.assertIn("level=warning", line)
            self.assertIn(f"file={path} since=", line)
            self.assertEqual(daemon.metric("mta_stsd_pending_changes"), 1)
            since = daemon.metric(
                "mta_stsd_oldest_pending_change_timestamp_seconds")
            self.assertLess(abs(time.time() - since), 3600)
            pending = daemon.status()["reloads"]["pending"]
            self.assertEqual([entry["file"] for entry in pending], [str(path)])
            self.assertIn(f'pending: "{path}"', daemon.command("status")[1])
            # It is no fault, and holds up nothing else.
            self.assertEqual(daemon.readyz()[0], 200)
            daemon.rewrite(policy("new.example.com"))
            eventually(lambda: daemon.fetch()[2] == NEW_BODY)
            start = len(daemon.stderr_lines)
            daemon.signal(signal.SIGHUP)
            line = daemon.wait_for_line("event=reload", start=start)
            self.assertIn("result=applied", line)
            self.assertIn("pending=1", line)
            self.assertEqual(self.count(daemon, "event=change-pending"), 1)
            self.assertEqual(daemon.fetch(OTHER_HOST)[2],
                             body("net.example.net"))
        eventually(lambda: daemon.metric("mta_stsd_pending_changes") == 0)
        self.assertEqual(daemon.metric(
            "mta_stsd_oldest_pending_change_timestamp_seconds"), 0)

    def test_an_include_that_is_appended_to(self):
        self.check_include(keep_open=False)

    def test_an_include_that_is_kept_open(self):
        self.check_include(keep_open=True)

    def test_the_configuration_itself(self):
        # Its policies wait, and certificates do not.
        daemon = self.start()
        before = self.serial(daemon)
        with Restless(daemon.config):
            daemon.wait_for_line("event=change-pending")
            daemon.signal(signal.SIGHUP)
            daemon.wait_for_line("event=reload result=applied")
            self.certificates(daemon)
            eventually(lambda: self.serial(daemon) != before)
            self.assertEqual(self.served(daemon), OLD_BODY)

    def test_a_new_include_that_is_named(self):
        daemon = self.start(allow=FAILED)
        daemon.write("net.toml", policy("net.example.net",
                                        domains=("example.net",)))
        with Restless(daemon.dir / "net.toml"):
            replace(daemon.config, 'include = ["net.toml"]\n' + NEW)
            daemon.wait_for_line("id=config.include-restless")
            self.assertEqual(self.served(daemon), OLD_BODY)
        self.wait_until_served(daemon, NEW_BODY)
        self.wait_until_served(daemon, body("net.example.net"), OTHER_HOST)


class GroupTest(ReloadTestCase):
    """Policies and certificates are two groups, each all or nothing."""

    certificates = RestlessTest.certificates

    def test_a_bad_policy_does_not_hold_back_a_certificate(self):
        for spoil in ("include", "configuration"):
            with self.subTest(spoil):
                daemon = self.start(
                    'include = ["one.toml"]\n' + SERVER, allow=FAILED,
                    files={"one.toml": policy("old.example.com")})
                before = self.serial(daemon)
                path = (daemon.dir / "one.toml" if spoil == "include"
                        else daemon.config)
                good = path.read_text()
                replace(path, "nonsense\n")
                line = daemon.wait_for_line("event=reload result=failed")
                self.assertIn('serving="the last good policies"', line)
                self.certificates(daemon)
                eventually(lambda: self.serial(daemon) != before)
                daemon.wait_for_line("event=certificate names=mta-sts.example"
                                     ".com", start=len(daemon.stderr_lines) // 2)
                self.assertEqual(self.served(daemon), OLD_BODY)
                start = len(daemon.stderr_lines)
                replace(path, good.replace("old.", "new."))
                daemon.wait_for_line("event=reload result=applied", start=start)

    def test_both_are_refused_and_mended(self):
        daemon = self.start(allow=FAILED)
        before = self.serial(daemon)
        (daemon.dir / "certs/fullchain.pem").write_text("-----BEGIN ")
        daemon.wait_for_line('serving="the last good certificates"')
        replace(daemon.config, "nonsense\n")
        daemon.wait_for_line(
            'serving="the last good policies and certificates"')
        self.assertEqual(self.served(daemon), OLD_BODY)
        self.assertEqual(self.serial(daemon), before)
        replace(daemon.config, NEW)
        self.wait_until_served(daemon, NEW_BODY)
        self.assertEqual(self.serial(daemon), before)
        self.certificates(daemon)
        eventually(lambda: self.serial(daemon) != before)
        daemon.wait_for_line("result=applied")


if __name__ == "__main__":
    unittest.main()
