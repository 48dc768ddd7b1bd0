# SPDX-License-Identifier: MIT
"""`records`, and what a DNS server makes of it."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from daemon import TIMEOUT
from name_server import NameServer
from sender_tools import missing_tools

GOLDEN = pathlib.Path(__file__).parents[1] / "golden"
CONFIG = """
[[policy]]
domains = ["a.example", "b.example"]
mx = ["mx.example"]
tls_rpt = ["mailto:tls@a.example"]

[[policy]]
domains = ["c.example"]
mode = "enforce"
max_age = "4w"
mx = ["mx.example"]
tls_rpt = [%s]
""" % ", ".join(json.dumps(
    f"https://reports{i}.example/for/the/department/of/transport/{i}")
    for i in range(10))
LINE = re.compile(r'(\S+)\.\t(\d+)\tIN\tTXT\t("[^"]*"(?: "[^"]*")*)')


def records(config, *arguments, status=0):
    """Standard output and standard error."""
    done = subprocess.run(
        [os.environ["MTA_STSD"], "-c", config, "records", *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=TIMEOUT)
    assert done.returncode == status, done
    return done.stdout, done.stderr


def plain_values(text):
    """{owner: (ttl, value)} of the plain form."""
    return {name: (int(ttl), value) for name, ttl, value in re.findall(
        r"^Name:  (\S+)\nType:  TXT\nTTL:   (\d+)\nValue: (.*)$", text,
        re.MULTILINE)}


class RecordsTestCase(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="mta-stsd-e2e-")))
        self.config = folder / "mta-stsd.toml"
        self.config.write_text(CONFIG)


class CommandTest(RecordsTestCase):
    def zone_owners(self, *arguments):
        out, err = records(self.config, *arguments)
        self.assertEqual(err, "")
        lines = [line for line in out.splitlines()
                 if line and not line.startswith(";")]
        matches = [LINE.fullmatch(line) for line in lines]
        self.assertNotIn(None, matches, out)
        return [match[1] for match in matches]

    def test_all_domains_in_the_order_of_the_configuration(self):
        self.assertEqual(self.zone_owners(), [
            prefix + domain for domain in ("a.example", "b.example",
                                           "c.example")
            for prefix in ("_mta-sts.", "_smtp._tls.")])

    def test_only_named_domains(self):
        self.assertEqual(self.zone_owners("C.Example.", "a.example"), [
            "_mta-sts.a.example", "_smtp._tls.a.example",
            "_mta-sts.c.example", "_smtp._tls.c.example"])

    def test_domain_without_a_policy(self):
        out, err = records(self.config, "d.example", status=1)
        self.assertEqual(out, "")
        self.assertEqual(
            err, 'mta-stsd: error: domain "d.example" has no policy here\n'
            "mta-stsd: hint: mta-stsd records lists those that have\n")

    def test_one_unknown_domain_among_known_ones(self):
        out, _ = records(self.config, "a.example", "d.example", status=1)
        self.assertEqual(out, "")

    def test_policy_host_instead_of_the_domain(self):
        out, err = records(self.config, "mta-sts.a.example", status=1)
        self.assertEqual(out, "")
        self.assertIn("mta-stsd: hint: name the policy domain", err)

    def test_no_domain_name(self):
        out, err = records(self.config, "a b", status=1)
        self.assertEqual(out, "")
        self.assertIn('domain "a b" has " "', err)

    def test_time_to_live(self):
        def times(*arguments):
            out, _ = records(self.config, *arguments)
            return {int(LINE.fullmatch(line)[2]) for line in out.splitlines()
                    if line and not line.startswith(";")}
        self.assertEqual(times("a.example"), {300})
        self.assertEqual(times("c.example"), {3600})
        self.assertEqual(times("--ttl", "60"), {60})
        self.assertEqual(times("--ttl", "0"), {0})
        self.assertEqual(times("--ttl=2147483647"), {2147483647})

    def test_plain_form_has_the_same_content(self):
        zone, _ = records(self.config, "--format", "zone", "--ttl", "42")
        plain, err = records(self.config, "--format", "plain", "--ttl", "42")
        self.assertEqual(err, "")
        self.assertEqual(plain_values(plain), {
            owner: (int(ttl), data[1:-1].replace('" "', ""))
            for owner, ttl, data in LINE.findall(zone)})
        # A value is pasted into a form: one line, however long, no quotes.
        self.assertEqual(len(plain_values(plain)), 6)
        self.assertNotIn('"', plain)

    def test_plain_form_to_the_octet(self):
        id = re.search("id=([0-9a-f]{32})", records(self.config)[0])[1]
        self.assertEqual(
            records(self.config, "--format", "plain", "b.example")[0],
            "# b.example: testing, max_age 1w, 1 mx\n"
            "Name:  _mta-sts.b.example\nType:  TXT\nTTL:   300\n"
            f"Value: v=STSv1; id={id}\n\n"
            "Name:  _smtp._tls.b.example\nType:  TXT\nTTL:   300\n"
            "Value: v=TLSRPTv1; rua=mailto:tls@a.example\n\n"
            "# mta-sts.b.example also needs A and AAAA records, or a CNAME, "
            "that lead to this server\n")


class ServerTest(RecordsTestCase):
    """knotd loads the zone form; kdig asks it."""

    def setUp(self):
        super().setUp()
        if reason := missing_tools("knotd", "kdig"):
            self.skipTest(reason)

    def check(self, config, *arguments):
        """Every record comes back as the text of the plain form."""
        zone, _ = records(config, *arguments)
        wanted = plain_values(records(config, "--format", "plain",
                                      *arguments)[0])
        self.assertTrue(wanted)
        zones = {}
        for part in zone.split("\n\n"):
            name = part.split(":", 1)[0].removeprefix("; ")
            zones[name] = part + "\n"
        with NameServer(zones) as server:
            for owner, (ttl, value) in wanted.items():
                answer = server.ask(owner, "TXT")
                # More than one record for a name makes senders ignore all
                # (RFC 8461, 3.1; RFC 8460, 3).
                self.assertEqual(len(answer.records), 1, owner)
                record = answer.records[0]
                self.assertEqual(record.ttl, ttl)
                strings = re.findall(r'"([^"]*)"', record.data)
                self.assertEqual("".join(strings), value)
                self.assertLessEqual(max(map(len, strings)), 255)
                self.assertEqual(len(strings), -(-len(value) // 255))
        return wanted

    def test_short_record_and_one_of_several_strings(self):
        wanted = self.check(self.config)
        self.assertIn(len(wanted["_mta-sts.c.example"][1]), range(40, 50))
        self.assertIn(len(wanted["_smtp._tls.c.example"][1]),
                      range(511, 700))

    def test_given_time_to_live(self):
        wanted = self.check(self.config, "--ttl", "77")
        self.assertEqual({ttl for ttl, _ in wanted.values()}, {77})

    def test_every_golden_zone(self):
        for path in sorted(GOLDEN.glob("*.toml")):
            with self.subTest(path.stem):
                self.check(path)


if __name__ == "__main__":
    unittest.main()
