# SPDX-License-Identifier: MIT
"""How hard servers are pressed, as those count that are."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import namespace  # noqa: E402
from world import POLICY_HOST, World  # noqa: E402

# A second, less what the way from connecting to accepting may differ.
LEAST_SECONDS = 0.95


class PoliteTest(unittest.TestCase):
    def test_one_mail_server_with_many_names(self):
        world = World(self)
        address = world.address()
        names = [f"d{i}.alpha.test" for i in range(5)]
        for name in names:
            host = f"mx.{name}"
            world.add_mail(host, (address,))
            world.mail_leaves[host] = ((host,), {})
            domain = world.add(name)
            world.zones.put(name, "MX", f"10 {host}")
            domain.use_mx(host)
        world.mails[address].update(named=tuple(f"mx.{one}" for one in names))
        world.start()
        _, status = world.findings(*names, "--jobs", 16)
        self.assertEqual(status, 0)
        times = world.mail.times[address]
        self.assertEqual(len(times), len(names))
        self.assertEqual(world.mail.at_once[address], 1)
        self.assertGreaterEqual(
            min(b - a for a, b in zip(times, times[1:])), LEAST_SECONDS)

    def test_many_domains_at_one_provider(self):
        """Its mail servers are looked at once, whoever has them, and its policy
        host is asked by four at a time."""
        world = World(self)
        names = [f"d{i}.alpha.test" for i in range(60)]
        for name in names:
            domain = world.add(name)
            domain.serve(domain.text, delay=0.02)
        world.start()
        _, status = world.findings(*names, "--jobs", 32)
        self.assertEqual(status, 0)
        self.assertEqual({address: len(times) for address, times
                          in world.mail.times.items()},
                         {address: 1 for address in world.mails})
        for address in POLICY_HOST:
            self.assertLessEqual(world.policy.waiting_at_once[address], 4)
        asked = world.names.asked
        self.assertEqual(max(
            count for (server, name, _), count in asked.items()
            if name in ("mx1.alpha.test", "mx2.alpha.test")), 1, asked)


if __name__ == "__main__":
    namespace.main(__file__)
