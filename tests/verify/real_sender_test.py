# SPDX-License-Identifier: MIT
"""What postfix-mta-sts-resolver does with what it has cached, by its clock:
the sender that tests/property/life_cycle_test.cpp calls confirms_id, and for
which the dates of `mta-sts plan` and `mta-sts retire` are as late as they
are."""

import datetime
import pathlib
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import namespace  # noqa: E402
from preload import set_clock, shifted_clock  # noqa: E402
from sender_tools import find_tool, missing_tools  # noqa: E402
from senders import trusting  # noqa: E402
from services import Service  # noqa: E402
from world import TIMEOUT, World, policy_id, policy_text  # noqa: E402

MAX_AGE = 2 * 86400
PAUSE = 60  # k_sender_pause
LONG = {"days": (-10, 800)}
OLD, NEW = "old.alpha.test", "new.alpha.test"
# By the host that they admit.
POLICIES = {OLD: policy_text((OLD,), max_age=MAX_AGE),
            NEW: policy_text((NEW,), max_age=MAX_AGE),
            None: policy_text((), "none", max_age=86400)}
ADDRESS = ("127.0.0.1", 8461)


def domain_of(test):
    return test.replace("_", "-") + ".alpha.test"


class Resolver(Service):
    """Answers Postfix; its clock stands still until it is set."""

    def __init__(self, root, start):
        super().__init__(ADDRESS)
        self._root, self._start = root, start

    def command(self):
        (self.dir / "resolver.yml").write_text(
            f"host: {ADDRESS[0]}\nport: {ADDRESS[1]}\n"
            "cache:\n  type: internal\n  options: {}\n"
            "default_zone:\n  strict_testing: false\n")
        return [find_tool("mta-sts-daemon"), "-c", self.dir / "resolver.yml"]

    def environment(self):
        self.set_clock(0)
        return {**trusting(self._root), "TZ": "UTC", "PYTHONWARNINGS": "ignore",
                **shifted_clock(self.dir / "clock")}

    def set_clock(self, seconds):
        """So many after the start."""
        time = self._start + datetime.timedelta(seconds=seconds)
        set_clock(self.dir / "clock", f"{time:%Y-%m-%d %H:%M:%S}")

    @staticmethod
    def ask(domain):
        """The hosts that mail may go to; None: to any."""
        request = f"test {domain}"
        with socket.create_connection(ADDRESS, TIMEOUT) as stream:
            stream.sendall(f"{len(request)}:{request},".encode())
            with stream.makefile("rb") as answer:
                length = b""
                while (octet := answer.read(1)) != b":":
                    length += octet
                text = answer.read(int(length)).decode()
        if text.startswith("NOTFOUND"):
            return None
        words = text.split()
        assert words[:2] == ["OK", "secure"], text
        return words[2].removeprefix("match=")


class RealSenderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if reason := missing_tools("mta-sts-daemon"):
            raise unittest.SkipTest(reason)
        cls.world = World()
        cls.addClassCleanup(cls.world.stop)
        for name in unittest.defaultTestLoader.getTestCaseNames(cls):
            cls.world.add(domain_of(name)).certify(**LONG)
        cls.world.start()
        cls.sender = cls.enterClassContext(Resolver(
            cls.world.ca.root, datetime.datetime.now(datetime.timezone.utc)))

    def setUp(self):
        self.domain = self.world.domains[domain_of(self._testMethodName)]
        self.serve(OLD)
        self.publish(OLD)
        self.expect(0, OLD)

    def serve(self, host):
        self.domain.serve(POLICIES[host])

    def publish(self, host):
        self.domain.put_id(policy_id(POLICIES[host]))

    def expect(self, seconds, wanted):
        self.sender.set_clock(seconds)
        self.assertEqual(self.sender.ask(self.domain.name), wanted,
                         f"at {seconds} s")

    def test_another_id_is_seen_after_a_minute(self):
        self.serve(NEW)
        self.publish(NEW)
        self.expect(PAUSE, OLD)
        self.expect(PAUSE + 1, NEW)

    def test_nothing_is_fetched_under_the_same_id(self):
        self.serve(NEW)
        for day in (1, 2, 3, 10, 100):
            self.expect(day * 86400, OLD)
        self.publish(NEW)
        self.expect(100 * 86400 + PAUSE + 1, NEW)

    # After months without mail, too: what is long over begins again.
    def test_max_age_does_not_end_it_under_the_same_id(self):
        self.serve(NEW)
        self.expect(200 * 86400, OLD)

    def test_max_age_begins_with_each_look_and_ends_it_without_a_record(self):
        self.serve(None)
        seen = 86400
        self.expect(seen, OLD)
        self.world.zones.drop(self.domain.sts, "TXT")
        self.expect(MAX_AGE + 1, OLD)
        self.expect(seen + MAX_AGE, OLD)
        self.expect(seen + MAX_AGE + 1, None)

    def test_mode_none_ends_it_by_its_record(self):
        self.serve(None)
        self.publish(None)
        self.expect(PAUSE, OLD)
        self.expect(PAUSE + 1, None)


if __name__ == "__main__":
    namespace.main(__file__)
