# SPDX-License-Identifier: MIT
"""Each finding of `mta-sts verify` in a world that has nothing else wrong, and
none in one that is all right."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import namespace  # noqa: E402
from fixtures import CASES, FOREIGN_IDS, NO_FIXTURE  # noqa: E402
from world import POLICY_HOST, World  # noqa: E402

SRC = pathlib.Path(__file__).resolve().parents[2] / "src"
JOBS = 64  # what waits, waits together


def known_ids():
    """Those of the table that the program and its manual page have."""
    text = (SRC / "verify/findings.cpp").read_text()
    return set(re.findall(r'^ *\{?\.?(?:id = )?"([a-z]+\.[a-z-]+)"', text,
                          re.MULTILINE))


def build(cases, **how):
    """A world with the domains of `cases`."""
    world = World()
    world.verify_table = how.pop("table", "")
    for case in cases:
        domain = world.add(case.domain, configured=case.configured,
                           mode=case.mode)
        case.spoil(world, domain)
    return world.start()


class TableTest(unittest.TestCase):
    def test_every_finding_has_a_fixture(self):
        known = known_ids()
        self.assertGreater(len(known), 60)  # it would be blind otherwise
        having = {case.id for case in CASES} - FOREIGN_IDS
        self.assertEqual(known - having - set(NO_FIXTURE), set(),
                         "findings without a fixture")
        self.assertEqual(having - known, set(), "fixtures of no finding")
        self.assertEqual(set(NO_FIXTURE) - known, set())


class FindingsTest(unittest.TestCase):
    def test_each_alone(self):
        world = build(CASES, table=TABLE)
        found, status = world.findings(
            *(case.domain for case in CASES), "--jobs", JOBS, "--no-sni")
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
        world = World()
        world.verify_table = TABLE
        world.add("green.alpha.test", configured=True)
        world.add("foreign.alpha.test")
        world.start()
        for name in ("green.alpha.test", "foreign.alpha.test"):
            done = world.verify(name)
            self.assertEqual((done.returncode, done.stderr), (0, ""),
                             done.stdout)
            self.assertRegex(done.stdout, rf"^.*{name}[^\n]*\n$")
        done = world.verify()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(namespace.devices(), ["lo"])
        self.assertEqual(namespace.lost_packets(), 0)


TABLE = f"""[verify]
addresses = {list(POLICY_HOST)}
""".replace("'", '"')

if __name__ == "__main__":
    namespace.main(__file__)
