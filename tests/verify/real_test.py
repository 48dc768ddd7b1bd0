# SPDX-License-Identifier: MIT
"""Real servers: knotd twice, mta-stsd or nginx, postfix and chasquid, and what
`mta-sts verify` says of them."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import namespace  # noqa: E402
from own_ca import Ca  # noqa: E402
from services import (Chasquid, Knot, Nginx, PolicyHost,  # noqa: E402
                      Postfix)
from sender_tools import missing_tools  # noqa: E402
from world import POLICY_HOST, World, policy_id, policy_text  # noqa: E402

NGINX = "192.0.2.11"
HOSTS = ("mx1.alpha.test", "mx2.alpha.test")
POLICY = """
[[policy]]
domains = ["alpha.test"]
mode = "enforce"
mx = ["mx1.alpha.test", "mx2.alpha.test"]
max_age = "4w"
tls_rpt = ["mailto:tls@reports.test"]
"""
REPORTS = """\
$ORIGIN reports.test.
@ 300 IN SOA ns1.alpha.test. hostmaster.alpha.test. 1 3600 600 86400 300
@ 300 NS ns1.alpha.test.
@ 300 MX 10 mx1.alpha.test.
"""
ZONE = """\
$ORIGIN alpha.test.
$TTL 300
@ IN SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
@ NS ns2
@ MX 10 mx1
@ MX 20 mx2
ns1 A 192.0.2.1
ns2 A 192.0.2.2
mx1 A 192.0.2.25
mx2 A 192.0.2.26
_smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@reports.test"
"""


def zone(addresses=POLICY_HOST, value=policy_id(policy_text())):
    hosts = "".join(f"mta-sts {'AAAA' if ':' in one else 'A'} {one}\n"
                    for one in addresses)
    return f'{ZONE}{hosts}_mta-sts TXT "v=STSv1; id={value};"\n'


class RealTest(unittest.TestCase):
    def setUp(self):
        if reason := missing_tools("knotd", "chasquid", "nginx"):
            self.skipTest(reason)
        self._stack = contextlib.ExitStack()
        self.addCleanup(self._stack.close)
        folder = self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="mta-sts-real-"))
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        self.ca = Ca(self.folder / "ca")
        self.policy_chain = self.ca.leaf("policy", ["mta-sts.alpha.test"])
        self.mail_chain = self.ca.leaf("mail", HOSTS)

    def start(self, first=None, second=None, signed=(), **postfix):
        """Name servers with these zones, mail servers, and mta-stsd."""
        zones = [{"alpha.test": one or zone(), "reports.test": REPORTS}
                 for one in (first, second)]
        for address, own in zip(("192.0.2.1", "192.0.2.2"), zones):
            self._stack.enter_context(Knot([address], own, signed))
        chain = postfix.pop("chain", self.mail_chain)
        self._stack.enter_context(Chasquid("192.0.2.25", HOSTS[0], "alpha.test",
                                           self.mail_chain))
        if Postfix.refusal() is None:
            second = Postfix("192.0.2.26", HOSTS[1], chain, **postfix)
        else:
            second = Chasquid("192.0.2.26", HOSTS[1], "alpha.test", chain)
        self._stack.enter_context(second)
        folder = self.folder / "certs"
        folder.mkdir()
        for name, source in zip(("fullchain.pem", "privkey.pem"),
                                self.policy_chain):
            shutil.copy(source, folder / name)
            (folder / name).chmod(0o600)
        self.host = self._stack.enter_context(
            PolicyHost(POLICY_HOST, POLICY, folder))

    def verify(self, *arguments):
        """{id: severity} of alpha.test, and the exit status."""
        command = World.command_for(self.host.config, self.ca.root,
                                    "alpha.test", "--format", "jsonl",
                                    *arguments, dns="192.0.2.1")
        done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=60,
                              capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        one = json.loads(done.stdout)
        return ({finding["id"]: finding["severity"] for finding
                 in one["findings"] if finding["severity"] != "note"},
                done.returncode)

    def test_all_is_well(self):
        self.start(signed=["alpha.test"])
        self.assertEqual(self.verify(), ({}, 0))
        self.assertEqual(namespace.lost_packets(), 0)

    def test_name_servers_differ(self):
        self.start(second=zone(value="20250101"))
        self.assertEqual(self.verify(), ({"dns.servers-differ": "error"}, 1))

    def test_postfix_without_starttls(self):
        if reason := Postfix.refusal():
            self.skipTest(reason)
        self.start(smtpd_tls_security_level="none")
        self.assertEqual(self.verify(), ({"mx.starttls-missing": "error"}, 1))

    def test_mail_server_with_the_certificate_of_another(self):
        self.start(chain=self.ca.leaf("other", ["mx3.alpha.test"]))
        self.assertEqual(self.verify(), ({"mx.certificate-name": "error"}, 1))

    def test_nginx(self):
        """Ways to set it up wrongly."""
        good = f"default_type text/plain; return 200 '{policy_text()}';"
        self.start(first=zone([NGINX]), second=zone([NGINX]))
        for lines, chain, wanted in (
                (f"location / {{ {good} }}", None, set()),
                (f"location / {{ {good.replace('plain', 'html')} }}", None,
                 {"fetch.content-type"}),
                ("return 301 https://www.alpha.test$request_uri;", None,
                 {"fetch.redirect"}),
                ("", None, {"fetch.status"}),
                (f"location / {{ {good} }}",
                 self.ca.leaf("bare", ["mta-sts.alpha.test"], complete=False),
                 {"fetch.certificate-chain"}),
                (f"location / {{ {good} }}",
                 self.ca.leaf("late", ["mta-sts.alpha.test"], days=(-90, -1)),
                 {"fetch.certificate-expired"})):
            with self.subTest(wanted), Nginx(NGINX, {"mta-sts.alpha.test": (
                    chain or self.policy_chain, lines)}):
                found, _ = self.verify()
                self.assertEqual({one for one, severity in found.items()
                                  if severity == "error"}, wanted)

    def test_one_minute(self):
        """As long as a sender waits (RFC 8461, 3.3)."""
        world = World(self)
        domain = world.add("slow.alpha.test")
        domain.put_addresses(POLICY_HOST[0])
        domain.serve(domain.text, delay=70)
        world.start()
        found, status = world.findings(domain.name, timeout=110)
        self.assertIn(("fetch.timeout", "error"), found[domain.name])
        self.assertEqual(status, 1)


if __name__ == "__main__":
    namespace.main(__file__)
