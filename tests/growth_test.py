#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the paper on growth in docs/operations.md to what was measured, and
simulates it with few domains: tests/growth/run does so with thousands. The
program is named by MTA_STSD."""

import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE / "growth"), str(HERE / "e2e")]
import paper  # noqa: E402
from certificates import make_certificates  # noqa: E402
from replicas import host_of, replicas, share  # noqa: E402
from simulation import simulate, sni_proxy  # noqa: E402

SHARES = 3
NGINX_SHARES = {
    "mta-sts.alpha.test": 1,
    "mta-sts.d1.alpha.test": 0,
    "mta-sts.d22.alpha.test": 0,
    "mta-sts.d333.alpha.test": 2,
    "mta-sts.d4444.alpha.test": 2,
    "mta-sts.beta.test": 0,
    "mta-sts.gamma.test": 1,
    "mta-sts.xn--bcher-kva.alpha.test": 2,
    "mta-sts.a.test": 2,
}
POLICY = """\
[[policy]]
domains = ["{domain}"]
mode = "enforce"
mx = ["mx1.{domain}"]
tls_rpt = ["mailto:tls-reports@{domain}"]
"""


class PaperTest(unittest.TestCase):
    def test_every_number_follows_from_what_was_measured(self):
        self.assertEqual(paper.check(), [])

    def test_a_number_that_does_not_is_found(self):
        text, measured = paper.PAPER.read_text(), paper.read_constants()
        measured["MEMORY"] *= 2
        wrong = paper.find_wrong(text, measured)
        self.assertTrue(any(line.startswith("memory at rest") for line
                            in wrong), wrong)
        self.assertEqual(
            paper.find_wrong(paper.update(text, measured), measured), [])

    def test_a_row_that_is_gone_is_missed(self):
        measured = paper.read_constants()
        lines = paper.PAPER.read_text().splitlines(keepends=True)
        text = "".join(line for line in lines
                       if not line.startswith("| memory at rest"))
        self.assertEqual(paper.find_wrong(text, measured),
                         ["memory at rest: the paper has no such row"])


class ShareTest(unittest.TestCase):
    def test_nginx_agrees(self):
        """What split_clients of nginx 1.22 made of these."""
        self.assertEqual(
            {name: share.share_of(name, 3) for name in NGINX_SHARES},
            NGINX_SHARES)

    def test_the_example_has_these_shares(self):
        text = (HERE.parent / "etc/shares/nginx.conf").read_text()
        self.assertIn(f"    {share.percents(3)} share0;\n"
                      f"    {share.percents(3)} share1;\n"
                      "    *      share2;\n", text)

    def test_the_command_splits(self):
        def said(*arguments):
            return subprocess.run(
                [HERE.parent / "etc/shares/share", *arguments], check=True,
                input="alpha.test\n\nBeta.test\ngamma.test\n", text=True,
                capture_output=True, timeout=60).stdout
        numbered = [line.split() for line in said("3").splitlines()]
        self.assertEqual([domain for _, domain in numbered],
                         ["alpha.test", "Beta.test", "gamma.test"])
        for number in range(3):
            self.assertEqual(said("3", str(number)).split(),
                             [domain for one, domain in numbered
                              if one == str(number)])


class SimulationTest(unittest.TestCase):
    def test_a_replica_is_started_anew(self):
        seed = random.randrange(1 << 31)
        domains = [f"d{number}.alpha.test" for number in range(45)]
        with tempfile.TemporaryDirectory(prefix="mta-stsd-growth-") as work:
            work = pathlib.Path(work)
            (work / "run").mkdir()

            def write(folder, part):
                (folder / "policies.d" / "all.toml").write_text(
                    "".join(POLICY.format(domain=one) for one in part))
                make_certificates(*map(host_of, part), folder=work,
                                  options=("--leaf", folder.name))
                return work / folder.name
            with self.subTest(seed=seed), \
                    replicas(work / "run", domains, SHARES, write) as running, \
                    sni_proxy(running) as proxy:
                simulate(running, proxy, work / "root.pem", seed)


if __name__ == "__main__":
    unittest.main()
