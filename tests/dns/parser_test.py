# SPDX-License-Identifier: MIT
"""What parsers that know nothing of mta-stsd read from the forms for tools
that can't be run here, unescaped by the rules of each tool."""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

import cases
from sender_tools import environment, find_folders, find_tool, missing_tools

sys.path += map(str, find_folders("usr/lib/python3/dist-packages"))
try:
    import yaml
except ImportError:
    yaml = None
TIMEOUT = cases.TIMEOUT
NPM = pathlib.Path(__file__).parents[2] / ".quickstart/npm"
# DNSControl's functions, as far as they are used, and what they were given.
STUBS = """
const calls = [];
const TTL = (seconds) => ({ttl: seconds});
const make = (type) => (name, value, ttl) => ({type, name, value, ...ttl});
const TXT = make("TXT"), A = make("A"), AAAA = make("AAAA");
const CNAME = make("CNAME");
const D_EXTEND = (zone, ...records) => calls.push({zone, records});
%s
console.log(JSON.stringify(calls));
"""
HCL = """
require("@cdktf/hcl2json").parse("x.tf", require("fs").readFileSync(0, "utf8"))
  .then((tree) => console.log(JSON.stringify(tree)));
"""


def node(script, text=""):
    env = environment()
    env["NODE_PATH"] = os.pathsep.join(
        [str(NPM / "node_modules"), env.get("NODE_PATH", "")])
    return subprocess.run([find_tool("node"), "-e", script], input=text,
                          env=env, capture_output=True, text=True,
                          timeout=TIMEOUT)


def delegation(form):
    return cases.run("""
[[policy]]
domains = ["c.example"]
mx = ["mx.example"]
tls_rpt = ["mailto:tls@p.example"]
""", "records", "--format", form, "--delegate-to", "p.example")


class ParserTestCase(unittest.TestCase):
    def check(self, got):
        """`got`: (owner, type, TTL, values) of each set."""
        got = list(got)
        self.assertEqual({ttl for _, _, ttl, _ in got}, {cases.TTL})
        self.assertEqual({(owner, kind): values
                          for owner, kind, _, values in got},
                         cases.all_wanted())
        self.assertEqual(len(got), len(cases.all_wanted()))

    def check_cnames(self, got):
        self.assertEqual(
            {key: value for key, value in got.items() if key[1] == "CNAME"},
            {(prefix + "c.example", "CNAME"): prefix + "p.example"
             for prefix in ("_mta-sts.", "_smtp._tls.", "mta-sts.")})

    @staticmethod
    def sets(records):
        """Single records (owner, type, TTL, value) as sets."""
        sets = {}
        for owner, kind, ttl, value in records:
            sets.setdefault((owner, kind, ttl), []).append(value)
        return [(*key, values) for key, values in sets.items()]


class PlainTest(ParserTestCase):
    def test_plain(self):
        self.check(self.sets(
            (name, kind, int(ttl), value) for name, kind, ttl, value in
            re.findall(r"^Name:  (\S+) .*\nType:  (.*)\nTTL:   (\d+)\n"
                       r"Value: (.*)$", cases.addressed("plain"),
                       re.MULTILINE)))

    def test_json(self):
        self.check(self.sets(
            (one["name"], one["type"], one["ttl"], one["value"])
            for one in json.loads(cases.addressed("json"))))


class Route53Test(ParserTestCase):
    def test_route53(self):
        batch = json.loads(cases.addressed("route53"))
        self.assertEqual(list(batch), ["Comment", "Changes"])
        got = []
        for change in batch["Changes"]:
            self.assertEqual(list(change), ["Action", "ResourceRecordSet"])
            self.assertEqual(change["Action"], "UPSERT")
            one = change["ResourceRecordSet"]
            values = [value["Value"] for value in one["ResourceRecords"]]
            if one["Type"] == "TXT":
                values = [cases.join_strings(value) for value in values]
            got.append((one["Name"].rstrip("."), one["Type"], one["TTL"],
                        values))
        self.check(got)


@unittest.skipIf(yaml is None, "python3-yaml is not installed")
class YamlTest(ParserTestCase):
    def test_octodns(self):
        documents = list(yaml.safe_load_all(cases.addressed("octodns")))
        self.assertEqual(len(documents), len(cases.RUA))
        got = []
        for domain, zone in zip(cases.RUA, documents):
            self.assertEqual(list(zone), sorted(zone))
            for name, sets in zone.items():
                for one in sets if isinstance(sets, list) else [sets]:
                    self.assertEqual(list(one), sorted(one))
                    values = one.get("values") or [one["value"]]
                    for value in values:
                        self.assertNotRegex(value, r"(?<!\\);")
                    got.append((f"{name}.{domain}", one["type"], one["ttl"],
                                [value.replace(r"\;", ";")
                                 for value in values]))
        self.check(got)

    def test_octodns_delegation(self):
        _, zone = yaml.safe_load_all(delegation("octodns"))
        # Without the dot the target would be relative.
        self.check_cnames({(f"{name}.c.example", one["type"]):
                           re.sub(r"\.$", "", one["value"])
                           for name, one in zone.items()
                           if one["value"].endswith(".")})

    def test_external_dns(self):
        got = []
        for domain, one in zip(cases.RUA, yaml.safe_load_all(
                cases.addressed("external-dns"))):
            self.assertEqual(list(one), ["apiVersion", "kind", "metadata",
                                         "spec"])
            self.assertEqual((one["apiVersion"], one["kind"]),
                             ("externaldns.k8s.io/v1alpha1", "DNSEndpoint"))
            # RFC 1123 names are what Kubernetes takes.
            self.assertEqual(one["metadata"], {"name": "mta-sts." + domain})
            for end in one["spec"]["endpoints"]:
                self.assertEqual(list(end), ["dnsName", "recordType",
                                             "recordTTL", "targets"])
                values = end["targets"]
                if end["recordType"] == "TXT":
                    values = list(map(cases.join_strings, values))
                got.append((end["dnsName"], end["recordType"],
                            end["recordTTL"], values))
        self.check(got)


class NodeTest(ParserTestCase):
    def setUp(self):
        if reason := missing_tools("node"):
            self.skipTest(reason)

    def dnscontrol(self, text):
        done = node(STUBS % text)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [(f'{one["name"]}.{call["zone"]}', one["type"], one["ttl"],
                 one["value"])
                for call in json.loads(done.stdout)
                for one in call["records"]]

    def test_dnscontrol(self):
        self.check(self.sets(self.dnscontrol(cases.addressed("dnscontrol"))))

    def test_dnscontrol_delegation(self):
        self.check_cnames({(owner, kind): re.sub(r"\.$", "", value)
                           for owner, kind, _, value in
                           self.dnscontrol(delegation("dnscontrol"))
                           if value.endswith(".")})

    def hcl(self, text):
        """{type: {name: resource}}"""
        done = node(HCL, text)
        if "Cannot find module" in done.stderr:
            self.skipTest("the npm package @cdktf/hcl2json is not installed")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        tree = json.loads(done.stdout)
        self.assertEqual(list(tree), ["resource"])
        return {kind: {name: blocks[0] for name, blocks in found.items()}
                for kind, found in tree["resource"].items()}

    def test_terraform_cloudflare(self):
        tree = self.hcl(cases.addressed("terraform-cloudflare"))
        self.assertEqual(list(tree), ["cloudflare_dns_record"])
        got = []
        for one in tree["cloudflare_dns_record"].values():
            zone = re.fullmatch(r'\${var\.zone_ids\["(.*)"\]}',
                                one["zone_id"])[1]
            self.assertTrue(one["name"].endswith("." + zone))
            value = one["content"]
            got.append((one["name"], one["type"], one["ttl"],
                        cases.join_strings(value) if one["type"] == "TXT"
                        else value))
        self.check(self.sets(got))

    def test_terraform_aws(self):
        tree = self.hcl(cases.addressed("terraform-aws"))
        self.assertEqual(list(tree), ["aws_route53_record"])
        got = []
        for one in tree["aws_route53_record"].values():
            values = one["records"]
            if one["type"] == "TXT":
                # The provider adds the outer quotes.
                values = [cases.join_strings(f'"{value}"'.replace('""', '" "'))
                          for value in values]
            got.append((one["name"], one["type"], one["ttl"], values))
        self.check(got)


if __name__ == "__main__":
    unittest.main()
