# SPDX-License-Identifier: MIT
"""What real name servers make of the forms that are meant for them: each
record is asked for, and compared with what it should say."""

import base64
import json
import os
import re
import subprocess
import unittest

import cases
from servers import (TIMEOUT, Bind, Knot, Nsd, PowerDns, environment,
                     find_tool)
from sender_tools import missing_tools

# Two domains of one policy, for delegation.
SHARED = ["p.example", "c.example"]
SHARED_CONFIG = """
[[policy]]
domains = ["p.example", "c.example"]
mx = ["mx.example"]
tls_rpt = ["mailto:tls@p.example"]
"""


def zone_parts(text):
    """{domain: its lines} of the zone form."""
    return {part[2:part.index(":")]: part + "\n"
            for part in text.split("\n\n")}


class ServerTestCase(unittest.TestCase):
    def need(self, *tools):
        if reason := missing_tools("kdig", *tools):
            self.skipTest(reason)

    def check(self, server, wanted, ttl=cases.TTL):
        for (owner, kind), values in wanted.items():
            with self.subTest(owner=owner, kind=kind):
                answer = server.ask(owner, kind)
                self.assertEqual(answer.status, "NOERROR")
                own = [one for one in answer.records
                       if one.owner == owner + "."]
                self.assertEqual({one.ttl for one in own}, {ttl})
                got = [one.data.rstrip(".") if kind != "TXT"
                       else cases.join_strings(one.data) for one in own]
                self.assertEqual(sorted(got), sorted(values))


class ZoneTest(ServerTestCase):
    def check_zone(self, kind, tool):
        self.need(tool)
        with kind(zone_parts(cases.addressed("zone"))) as server:
            self.check(server, cases.all_wanted())

    def test_bind(self):
        self.check_zone(Bind, "named")

    def test_knot(self):
        self.check_zone(Knot, "knotd")

    def test_nsd(self):
        self.check_zone(Nsd, "nsd")

    def test_ldns(self):
        """ldns serves no zone; it reads one and writes what it has read."""
        self.need("ldns-read-zone")
        for domain, zone in zone_parts(cases.addressed("zone")).items():
            # It refuses a zone without an apex.
            apex = (f"{domain}. 1 IN SOA ns.{domain}. h.{domain}. 1 1 1 1 1\n")
            done = subprocess.run(
                [find_tool("ldns-read-zone"), "/dev/stdin"],
                input=apex + zone, env=environment(), capture_output=True,
                text=True, timeout=TIMEOUT)
            self.assertEqual(done.returncode, 0, done)
            got = {}
            for line in done.stdout.splitlines():
                owner, ttl, _, kind, data = line.split("\t", 4)
                if kind == "SOA":
                    continue
                self.assertEqual(int(ttl), cases.TTL)
                if kind == "TXT":
                    data = cases.join_strings(data)
                got.setdefault((owner.rstrip("."), kind), []).append(data)
            self.assertEqual(
                {key: sorted(values) for key, values in got.items()},
                {key: sorted(values)
                 for key, values in cases.wanted(domain).items()})

    def test_drill(self):
        """ldns as the one who asks."""
        self.need("nsd", "drill")
        with Nsd(zone_parts(cases.records("zone"))) as server:
            for (owner, kind), values in cases.all_wanted().items():
                if kind != "TXT":
                    continue
                done = subprocess.run(
                    [find_tool("drill"), "-t", "-p", str(server.port), owner,
                     "@127.0.0.1", kind], env=environment(),
                    capture_output=True, text=True, timeout=TIMEOUT)
                data = re.findall(rf"^{re.escape(owner)}\.\t\d+\tIN\tTXT\t(.*)$",
                                  done.stdout, re.MULTILINE)
                self.assertEqual([cases.join_strings(one.strip())
                                  for one in data], values)

    def test_delegation(self):
        self.need("named")
        text = cases.run(SHARED_CONFIG, "records", "--format", "zone", "--ttl",
                         str(cases.TTL), "--delegate-to", "p.example")
        with Bind(zone_parts(text)) as server:
            self.check(server, cases.delegated("p.example", "c.example"))
            # Where the customer's CNAME leads.
            answer = server.ask("_mta-sts.p.example", "TXT")
            self.assertRegex(answer.records[0].data,
                             '^"v=STSv1; id=[0-9a-f]{32}"$')


class UpdateTest(ServerTestCase):
    """nsupdate and BIND, with TSIG."""

    SECRET = base64.b64encode(os.urandom(32)).decode()
    KEY = f'key "k" {{ algorithm hmac-sha256; secret "{SECRET}"; }};\n'

    def setUp(self):
        self.need("named", "nsupdate")

    def server(self, zones):
        return Bind(zones, self.KEY, "allow-update { key k; };")

    def update(self, server, text, key=True):
        (server.dir / "key").write_text(self.KEY)
        return subprocess.run(
            [find_tool("nsupdate"), *(["-k", server.dir / "key"]
                                      if key else [])],
            input=f"server 127.0.0.1 {server.port}\n{text}",
            env=environment(), capture_output=True, text=True,
            timeout=TIMEOUT)

    def test_new_records(self):
        with self.server({domain: "" for domain in cases.RUA}) as server:
            done = self.update(server, cases.addressed("nsupdate"))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.check(server, cases.all_wanted())

    def test_old_records_are_replaced(self):
        old = ('_mta-sts 60 TXT "v=STSv1; id=1"\n_mta-sts 60 TXT "another"\n'
               "_smtp._tls 60 CNAME elsewhere.example.\n"
               "mta-sts 60 A 192.0.2.99\nmta-sts 60 AAAA 2001:db8::99\n")
        with self.server({domain: old for domain in cases.RUA}) as server:
            done = self.update(server, cases.addressed("nsupdate"))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.check(server, cases.all_wanted())

    def test_old_records_give_way_to_a_cname(self):
        old = '_mta-sts 60 TXT "v=STSv1; id=1"\nmta-sts 60 A 192.0.2.99\n'
        with self.server({domain: old for domain in SHARED}) as server:
            done = self.update(server, cases.run(
                SHARED_CONFIG, "records", "--format", "nsupdate", "--ttl",
                str(cases.TTL), "--delegate-to", "p.example"))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.check(server, cases.delegated("p.example", "c.example"))

    def test_without_the_key(self):
        """Else the others would prove nothing about TSIG."""
        with self.server({"o40.example": ""}) as server:
            done = self.update(server, cases.records("nsupdate",
                                                     "o40.example"), False)
            self.assertIn("REFUSED", done.stderr)
            self.assertEqual(server.ask("_mta-sts.o40.example", "TXT").status,
                             "NXDOMAIN")


class PowerDnsTest(ServerTestCase):
    def setUp(self):
        self.need("pdns_server")

    def test_records(self):
        with PowerDns({domain: "" for domain in cases.RUA}) as server:
            for _ in range(2):  # the second time they are replaced
                for domain in cases.RUA:
                    self.assertEqual(server.call(
                        "PATCH", f"/zones/{domain}.",
                        cases.addressed("powerdns", domain)), 204)
                self.check(server, cases.all_wanted())

    def test_delegation(self):
        body = json.loads(cases.run(
            SHARED_CONFIG, "records", "--format", "powerdns", "--ttl",
            str(cases.TTL), "--delegate-to", "p.example"))
        # A zone takes its own records only.
        body["rrsets"] = [one for one in body["rrsets"]
                          if one["name"].endswith(".c.example.")]
        with PowerDns({"c.example": ""}) as server:
            self.assertEqual(server.call("PATCH", "/zones/c.example.", body),
                             204)
            self.check(server, cases.delegated("p.example", "c.example"))


if __name__ == "__main__":
    unittest.main()
