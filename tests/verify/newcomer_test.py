# SPDX-License-Identifier: MIT
"""A newcomer's way: a set-up with five faults, and nothing but what `mta-sts
verify` prints. The first fault is mended as its hint says, then verify runs
again, until it has nothing to say."""

import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import namespace  # noqa: E402
from mail_server import Mail  # noqa: E402
from services import PolicyHost, eventually  # noqa: E402
from world import (HOSTS, MAX_AGE, MX2, POLICY_HOST, RESOLVER,  # noqa: E402
                   World, policy_id, policy_text)

DOMAIN = "new.alpha.test"
POLICY = f"""
[[policy]]
domains = ["{DOMAIN}"]
mode = "enforce"
mx = ["{HOSTS[0]}"]
max_age = {MAX_AGE}
tls_rpt = ["mailto:tls@reports.test"]
"""
FIRST = {"dns.sts-id-behind", "fetch.connect", "mx.uncovered",
         "mx.certificate-name", "rpt.syntax"}
MAX_STEPS = 12


def grave_findings(text):
    """[(id, hint)] of the errors and warnings in what is printed for people,
    in its order; a hint is one line again."""
    found = []
    for block in re.split(r"(?m)^    (?=\w)", text)[1:]:
        block = re.sub(r"\n        ", " ", block)
        name = re.search(r" \[([a-z.-]+)\]$", block, re.MULTILINE)[1]
        hint = re.search(r"^      do: (.*)$", block, re.MULTILINE)[1]
        if block.startswith(("error: ", "warning: ")):
            found.append((name, hint))
    return found


class NewcomerTest(unittest.TestCase):
    def setUp(self):
        self.world = World(self)
        self.domain = self.world.add(DOMAIN)
        self.world.zones.signed.add(DOMAIN)
        for address in POLICY_HOST:
            self.world.refuse(address)  # mta-stsd is there
        self.spoil()
        self.world.start()
        folder = self.world.folder / "certs"
        for source in self.world.ca.leaf("policy host", [self.domain.host]):
            shutil.copy(source, folder)
            (folder / source.name).chmod(0o600)
        self.host = self.enterContext(PolicyHost(POLICY_HOST, POLICY, folder))

    def spoil(self):
        """That a host has no pattern is in POLICY already."""
        self.domain.put_id(policy_id(policy_text(HOSTS[:1], mode="testing")))
        self.world.zones.add(self.domain.host, "AAAA", self.world.address6())
        self.world.mail_leaves[HOSTS[1]] = (("mail.alpha.test",), {})
        self.world.zones.put(self.domain.rpt, "TXT",
                             "v=TLSRPTv1; rua=tls@reports.test")

    def verify(self):
        done = self.world.run(self.world.command_for(
            self.host.config, self.world.ca.root, DOMAIN, dns=RESOLVER))
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    # --- What hints say ---

    def write_record(self, owner, value, domain):
        self.assertEqual(domain, DOMAIN)
        self.world.zones.put(owner, "TXT", value)

    def delete_record(self, owner, kind, data):
        records = self.world.zones.records[owner, kind]
        self.assertIn(data, [one.data for one in records])
        records[:] = [one for one in records if one.data != data]

    def add_pattern(self, pattern):
        before = self.host.config.read_text()
        self.host.config.write_text(
            re.sub(r"(?m)^mx = \[", f'mx = ["{pattern}", ', before))
        eventually(lambda: "event=reload result=applied" in self.host.log())

    def get_certificate(self, host, domain):
        """As certbot would."""
        self.assertEqual((host, domain), (HOSTS[1], HOSTS[1]))
        chain = self.world.ca.leaf("renewed", [domain])
        for address in MX2:
            self.world.mail.behaviours[address] = Mail({host: chain}, chain)

    MENDS = {
        r'(?:once the policy is live, )?write (\S+)\. IN TXT "([^"]+)"; '
        r"mta-sts publish (\S+) does it": write_record,
        r"let the policy host listen there and the firewall pass it, or delete "
        r"(\S+)\. IN (AAAA) (\S+)": delete_record,
        r'add "(\S+)" to mx of the \[\[policy\]\]': add_pattern,
        r"get one for (\S+) and serve it for that name: "
        r"certbot certonly -d (\S+)": get_certificate,
    }

    def follow(self, hint):
        for pattern, mend in self.MENDS.items():
            if said := re.fullmatch(pattern, hint):
                mend(self, *said.groups())
                return
        self.fail(f"nobody can do that: {hint}")

    def test_hints_alone_lead_to_green(self):
        status, text = self.verify()
        self.assertEqual({name for name, _ in grave_findings(text)}, FIRST)
        mended = []
        while found := grave_findings(text):
            self.assertEqual(status, int("error: " in text), text)
            self.assertLess(len(mended), MAX_STEPS, mended)
            name, hint = found[0]
            self.follow(hint)
            mended.append(name)
            status, text = self.verify()
        # The policy is another one behind the pattern, and so is its id.
        self.assertEqual(sorted(mended),
                         sorted([*FIRST, "dns.sts-id-behind"]))
        self.assertEqual(status, 0)
        self.assertRegex(text, rf"^{DOMAIN}: good \(enforce, 2 MX hosts at 4 "
                         r"addresses, valid until [-0-9]+\)\n$")
        print(f"{len(FIRST)} faults, mended in {len(mended)} steps by hints "
              "alone")


if __name__ == "__main__":
    namespace.main(__file__)
