# SPDX-License-Identifier: MIT
"""Two hundred renewals under constant handshakes. Each brings a new leaf and
key from another intermediate, and each handshake is verified by a client that
trusts the root alone."""

import itertools
import os
import time
import unittest

from authority import intermediate, issue
from certificates import NAMES, client_context
from cost import CostTestCase
from daemon import Daemon, eventually
from fetchers import Fetchers

WARM_UP = 8
RENEWALS = 50  # of each of four kinds
# Two of different names, and two that only their keys tell apart.
INTERMEDIATES = (("one", 0), ("twin", 1), ("two", 0), ("twin", 2))
# Every fourth time the program has the time to look at half of a renewal.
SELDOM = 4
REST = 0.3
MAY_FAIL = ("event=finding", "event=reload")
CHAIN, KEY = "fullchain.pem", "privkey.pem"


class RenewalTest(CostTestCase):
    def setUp(self):
        self.context = client_context()
        self.daemon = self.enterContext(Daemon(allow=MAY_FAIL))
        self.folder = self.daemon.dir / "certs"

    def serial(self):
        with self.daemon.connect(context=self.context) as connection:
            return connection.getpeercert()["serialNumber"]

    def replace(self, name, octets):
        self.daemon.write(f"certs/.{name}.new", octets)
        os.replace(self.folder / f".{name}.new", self.folder / name)

    def check(self, renew):
        """renew(new, rest) writes the files, and calls rest() in between."""
        descriptors = self.daemon.descriptors()
        seen, delays = {self.serial()}, []

        def once(i, fetchers=None):
            new = issue(NAMES, issuer=intermediate(*INTERMEDIATES[i % 4]))
            rests = fetchers and i // len(INTERMEDIATES) % SELDOM == 0
            before = self.serial()
            renew(new, lambda: rests and fetchers.watch(REST))
            start = time.monotonic()
            eventually(lambda: self.serial() != before)
            # What comes while half of it is being looked at may take longer.
            if not rests:
                delays.append(time.monotonic() - start)
            serial = self.serial()
            self.assertNotIn(serial, seen)
            seen.add(serial)
        for i in range(WARM_UP):
            once(i)
        memory = self.daemon.rss_kb()
        with Fetchers(self.daemon) as fetchers:
            for i in range(RENEWALS):
                once(i, fetchers)
        self.assertEqual(len(seen), 1 + WARM_UP + RENEWALS)
        self.assertLessEqual(fetchers.serials, seen)
        self.check_delays(delays)
        self.check_cost(self.daemon, descriptors, memory)

    def test_key_first(self):
        def renew(new, rest):
            self.replace(KEY, new.key.pem)
            rest()
            self.replace(CHAIN, new.chain())
        self.check(renew)

    def test_certificate_first(self):
        def renew(new, rest):
            self.replace(CHAIN, new.chain())
            rest()
            self.replace(KEY, new.key.pem)
        self.check(renew)

    def write_halves(self, write_chain):
        """Key and chain in place, the chain in two steps: cut within the
        leaf, between the certificates, within the intermediate."""
        cuts = itertools.cycle((lambda new: 300, lambda new: len(new.pem),
                                lambda new: len(new.chain()) - 200))

        def renew(new, rest):
            (self.folder / KEY).write_bytes(new.key.pem)
            write_chain(new.chain(), next(cuts)(new), rest)
        self.check(renew)

    def test_half_written_and_closed(self):
        def write(chain, cut, rest):
            (self.folder / CHAIN).write_bytes(chain[:cut])
            rest()
            (self.folder / CHAIN).write_bytes(chain)
        self.write_halves(write)

    def test_half_written_and_kept_open(self):
        def write(chain, cut, rest):
            with open(self.folder / CHAIN, "wb") as file:
                file.write(chain[:cut])
                file.flush()
                rest()
                file.write(chain[cut:])
        self.write_halves(write)


if __name__ == "__main__":
    unittest.main()
