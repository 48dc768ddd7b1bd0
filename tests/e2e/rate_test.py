# SPDX-License-Identifier: MIT
"""How fast one address may connect. This machine's own are free of it, so the
test has another address, in a network namespace."""

import os
import socket
import subprocess
import sys
import unittest

from daemon import BODY, POLICY, TIMEOUT, Daemon
from limits_test import ends

AS_ROOT = () if os.geteuid() == 0 else ("--user", "--map-root-user")
UNSHARE = ("unshare", *AS_ROOT, "--net", "sh", "-euc", """
ip link set lo up
ip address add 192.0.2.1/32 dev lo
ip address add 192.0.2.2/32 dev lo
exec "$@"
""", "sh")
LISTEN = '[server]\nlisten = ["0.0.0.0:0"]\n'
AT_ONCE = 2000
ROUNDS = 20


def refusal():
    """Why there can be no namespaces here, or None."""
    try:
        done = subprocess.run([*UNSHARE, "true"], capture_output=True,
                              text=True, timeout=TIMEOUT)
    except FileNotFoundError as error:
        return str(error)
    if done.returncode:
        return f"no namespaces here: {done.stderr.strip()}"
    return None


def start(*lines):
    config = POLICY + LISTEN + "".join(line + "\n" for line in lines)
    return Daemon(None, config, "--allow-example")


def dial(daemon, source):
    plain = socket.create_connection((source, daemon.port), TIMEOUT,
                                     source_address=(source, 0))
    plain.settimeout(TIMEOUT)
    return plain


def come_and_go(daemon, source, times):
    for _ in range(times):
        dial(daemon, source).close()


def is_served(daemon, source):
    try:
        return daemon.fetch(plain=dial(daemon, source))[::2] == (200, BODY)
    except OSError:
        return False


class RateTest(unittest.TestCase):
    def run_inside(self):
        """Runs this test once more, in a namespace; True when it is there."""
        if os.environ.get("MTA_STSD_INSIDE"):
            return True
        if reason := refusal():
            self.skipTest(reason)
        done = subprocess.run(
            [*UNSHARE, sys.executable, "-B", __file__,
             self.id().removeprefix("__main__.")],
            env={**os.environ, "MTA_STSD_INSIDE": "1"}, text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return False

    def test_an_address_has_its_rate(self):
        if not self.run_inside():
            return
        with start() as daemon:
            come_and_go(daemon, "192.0.2.1", AT_ONCE - 1)
            self.assertTrue(is_served(daemon, "192.0.2.1"))
            for _ in range(ROUNDS):  # a machine under load is slow itself
                come_and_go(daemon, "192.0.2.1", AT_ONCE)
                if not is_served(daemon, "192.0.2.1"):
                    break
            else:
                self.fail("never refused")
            self.assertTrue(is_served(daemon, "192.0.2.2"))
        self.assertGreaterEqual(ends(daemon)["address-rate"], 1)

    def test_this_machine_has_none(self):
        if not self.run_inside():
            return
        with start() as daemon:
            come_and_go(daemon, "127.0.0.1", 3 * AT_ONCE)
            self.assertTrue(is_served(daemon, "127.0.0.1"))
        self.assertNotIn("address-rate", ends(daemon))

    def test_off_is_off(self):
        if not self.run_inside():
            return
        with start('connections_per_address = "off"') as daemon:
            come_and_go(daemon, "192.0.2.1", 3 * AT_ONCE)
            self.assertTrue(is_served(daemon, "192.0.2.1"))
        self.assertNotIn("address-rate", ends(daemon))


if __name__ == "__main__":
    unittest.main()
