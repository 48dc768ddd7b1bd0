# SPDX-License-Identifier: MIT
"""What could not be tested is neither red nor green: exit status 3, and a
finding that says what it was."""

import contextlib
import pathlib
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import namespace  # noqa: E402
from world import World  # noqa: E402

DEAD_RESOLVER = "127.0.0.99"


class UntestedTest(unittest.TestCase):
    def expect(self, world, domains, wanted, *arguments, within=60,
               is_whole=True, **how):
        """Every domain has these findings, an untested one among them, and no
        error."""
        begin = time.monotonic()
        found, status = world.findings(*domains, *arguments, **how)
        spent = time.monotonic() - begin
        self.assertLess(spent, within)
        self.assertTrue(found)
        if is_whole:
            self.assertEqual(set(found), set(domains))
        for domain, findings in found.items():
            severities = {severity for _, severity in findings}
            self.assertNotIn("error", severities, (domain, findings))
            untested = {one for one, severity in findings
                        if severity == "untested"}
            self.assertEqual(untested, wanted, (domain, findings))
        self.assertEqual(status, 3)
        return spent

    def test_resolver_refuses(self):
        world = World(self)
        world.add("a.alpha.test")
        world.start()
        self.expect(world, ["a.alpha.test"], {"dns.unreachable"},
                    dns=DEAD_RESOLVER)

    def test_resolver_is_silent(self):
        world = World(self)
        domains = [f"d{i}.alpha.test" for i in range(40)]
        for name in domains:
            world.add(name, configured=True)
        world.start()
        with socket.socket(type=socket.SOCK_DGRAM) as udp:
            udp.bind((DEAD_RESOLVER, 53))
            # It is found out once, and not for each of the domains.
            self.expect(world, domains, {"dns.unreachable"}, dns=DEAD_RESOLVER,
                        is_whole=False)

    def test_port_25_is_closed(self):
        world = World(self)
        domains = [f"d{i}.alpha.test" for i in range(40)]
        for name in domains:
            world.add(name).put_mx()
        for address in list(world.mails):
            world.stay_silent(address, 25)
        world.start()
        self.expect(world, domains, {"mx.port-blocked"}, "--timeout", "3s")

    def test_connections_to_port_25_are_refused(self):
        world = World(self)
        world.add("a.alpha.test").put_mx()
        world.mails.clear()
        world.start()
        self.expect(world, ["a.alpha.test"], {"mx.connect"})

    def test_greylisting(self):
        world = World(self)
        domains = []
        for name, how in (
                ("greeting", {"greeting": "450 greylisted, try again"}),
                ("busy", {"greeting": "421 too many connections"}),
                ("blocked", {"greeting": "554 no mail from there"}),
                ("ehlo", {"ehlo": ("try again",), "ehlo_code": 451})):
            world.add(f"{name}.alpha.test").put_mx(**how)
            domains.append(f"{name}.alpha.test")
        world.start()
        self.expect(world, domains, {"mx.greeting"})

    def test_tarpit(self):
        world = World(self)
        world.add("a.alpha.test").put_mx(tarpit=20)
        world.start()
        self.expect(world, ["a.alpha.test"], {"mx.greeting"}, "--timeout", "2s",
                    within=15)

    def test_tarpits_of_one_domain(self):
        """The time for all of them has an end, too."""
        world = World(self)
        world.add("a.alpha.test").put_mx(
            tarpit=20, addresses=[world.address() for _ in range(16)])
        world.start()
        done = world.verify("a.alpha.test", "--timeout", "1s")
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("the addresses before it took ten times",
                      " ".join(done.stdout.split()))

    def test_too_many_addresses(self):
        """What is not asked is not called good."""
        world = World(self)
        domain = world.add("a.alpha.test")
        domain.put_mx(addresses=[world.address() for _ in range(33)])
        world.start()
        done = world.verify("a.alpha.test")
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("was not asked: it is one of more than 32 addresses",
                      " ".join(done.stdout.split()))

    def test_peer_that_never_stops(self):
        """There is always something to read, and never an end."""
        hello_requests = b"\x16\x03\x03\x00\x04\0\0\0\0" * 1000

        def flood(listener):
            with contextlib.suppress(OSError):
                while True:
                    with contextlib.suppress(OSError):
                        peer = listener.accept()[0]
                        while True:
                            peer.sendall(hello_requests)
        world = World(self)
        domain = world.add("a.alpha.test")
        address = world.address()
        domain.put_addresses(address)
        world.refuse(address)
        world.start()
        listener = socket.create_server((address, 443))
        threading.Thread(target=flood, args=(listener,), daemon=True).start()
        done = world.verify("a.alpha.test", "--timeout", "2s", "--no-smtp")
        self.assertIn("nothing came in time", " ".join(done.stdout.split()))

    def test_addresses_that_are_not_public(self):
        """Without --allow-private nobody there is talked to."""
        world = World(self)
        world.add("a.alpha.test")
        world.start()
        command = [one for one in world.command("a.alpha.test", "--format",
                                                "jsonl")
                   if one != "--allow-private"]
        done = world.run(command)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertNotIn('"severity":"error"', done.stdout)
        self.assertEqual((sum(map(len, world.policy.times.values())),
                          sum(map(len, world.mail.times.values()))), (0, 0))


if __name__ == "__main__":
    namespace.main(__file__)
