# SPDX-License-Identifier: MIT
"""Each finding of `mta-sts verify` in a world that has nothing else wrong, and
none in one that is all right."""

import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import namespace  # noqa: E402
from fixtures import CASES, ELSEWHERE  # noqa: E402
from world import FAR_RESOLVER, POLICY_HOST, World  # noqa: E402

SRC = pathlib.Path(__file__).resolve().parents[2] / "src"
JOBS = 64  # what waits, waits together


def known_ids():
    """Those of the table that the program and its manual page have."""
    text = (SRC / "verify/findings.cpp").read_text()
    return set(re.findall(r'^    \{"([a-z]+\.[a-z-]+)"', text, re.MULTILINE))


def build(cases, test=None, table=""):
    """A world with the domains of `cases`."""
    world = World(test)
    world.verify_table = table
    for case in cases:
        domain = world.add(case.domain, configured=case.configured,
                           mode=case.mode)
        case.spoil(world, domain)
    return world.start()


class TableTest(unittest.TestCase):
    def test_every_finding_has_a_fixture(self):
        known = known_ids()
        self.assertGreater(len(known), 60)  # it would be blind otherwise
        having = {case.id for case in CASES} | set(ELSEWHERE)
        self.assertEqual(known - having, set(), "findings without a fixture")
        self.assertEqual(having - known, set(), "fixtures of no finding")


class FindingsTest(unittest.TestCase):
    def test_each_alone(self):
        world = build(CASES, self, TABLE)
        found, status = world.findings(
            *(case.domain for case in CASES), "--jobs", JOBS, "--without-sni")
        self.assertEqual(status, 1)
        alone = 0
        for case in CASES:
            with self.subTest(case.domain):
                said = found[case.domain]
                self.assertIn((case.id, case.severity), said)
                grave = {one for one, severity in said if severity != "note"}
                wanted = set(case.also)
                if case.severity != "note":
                    wanted.add(case.id)
                self.assertEqual(grave, wanted)
                alone += grave <= {case.id}
        ids = {case.id for case in CASES}
        print(f"{len(CASES)} fixtures for {len(ids)} findings; {alone} have "
              "nothing else")

    def test_green(self):
        """One line for a domain, and nothing to do."""
        world = World(self)
        world.verify_table = TABLE
        world.add("green.alpha.test", configured=True)
        world.add("foreign.alpha.test")
        world.zones.signed.update(world.domains)
        world.start()
        for arguments in (["green.alpha.test"], ["foreign.alpha.test"], []):
            done = world.verify(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""),
                             done.stdout)
            self.assertRegex(done.stdout,
                             r"^(green|foreign)\.alpha\.test: good [^\n]*\n$")
        self.assertEqual(namespace.devices(), ["lo"])
        self.assertEqual(namespace.lost_packets(), 0)


class OwnRunTest(unittest.TestCase):
    def check(self, spoil, wanted, *arguments, configured=False, **how):
        """One domain, and all that is grave of it."""
        world = World(self)
        domain = world.add("own.alpha.test", configured=configured)
        spoil(world, domain)
        world.start()
        command = how.pop("change", list)(world.command(
            domain.name, "--format", "jsonl", *arguments, **how))
        done = world.run(command)
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        said = {finding["id"]: finding["severity"]
                for finding in json.loads(done.stdout)["findings"]
                if finding["severity"] != "note"}
        self.assertEqual(said, wanted)

    def test_resolver_elsewhere(self):
        """Who has made the answer can't be told."""
        def spoil(world, domain):
            host = domain.put_mx()
            world.zones.add_zone(host)
            world.zones.signed.add(host)
            world.zones.add(f"_25._tcp.{host}", "TLSA", "3 1 1 " + "0" * 64)
        self.check(spoil, {"mx.tlsa-untested": "untested"}, dns=FAR_RESOLVER)

    def test_no_roots(self):
        def change(command):
            place = command.index("--ca")
            return ["env", "SSL_CERT_FILE=/nowhere", "SSL_CERT_DIR=/nowhere",
                    *command[:place], *command[place + 2:]]
        self.check(lambda *_: None, {"tls.no-roots": "untested"},
                   change=change)

    def test_challenge(self):
        def spoil(world, domain):
            folder = world.folder / "challenges"
            folder.mkdir()
            world.server_table = f'challenges = "{folder}"'
            address = world.address()
            domain.put_addresses(POLICY_HOST[0], address)
            world.refuse(address)
        self.check(spoil, {"host.challenge-unreachable": "warning",
                           "fetch.connect": "warning"}, configured=True)


TABLE = f"""[verify]
addresses = {list(POLICY_HOST)}
""".replace("'", '"')

if __name__ == "__main__":
    namespace.main(__file__)
