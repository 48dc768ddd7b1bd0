# SPDX-License-Identifier: MIT
"""A machine without IPv6 looks at hosts that have it."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import namespace  # noqa: E402
from world import World  # noqa: E402


class NoIpv6Test(unittest.TestCase):
    def setUp(self):
        self.world = World(self)

    def check(self, name):
        found, status = self.world.findings(name)
        severities = {severity for _, severity in found[name]}
        self.assertNotIn("error", severities, found)
        self.assertNotIn("warning", severities, found)
        return found[name], status

    def test_both_families(self):
        self.world.add("both.alpha.test", configured=True)
        self.world.start()
        findings, status = self.check("both.alpha.test")
        self.assertEqual(status, 3, findings)

    def test_ipv6_alone(self):
        domain = self.world.add("alone.alpha.test", configured=True)
        domain.put_addresses("2001:db8::10")
        self.world.start()
        findings, status = self.check("alone.alpha.test")
        self.assertEqual(status, 3, findings)


if __name__ == "__main__":
    namespace.main(__file__, ipv6=False)
