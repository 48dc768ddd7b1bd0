#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real name servers are told to change records: knotd and named by DNS UPDATE,
PowerDNS by its API. What changes them is change_records, named by the
environment variable CHANGE_RECORDS."""

import base64
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).parent))
from servers import Bind, PowerDns, Server  # extends the path
from daemon import TIMEOUT
from sender_tools import find_tool, missing_tools

NO_KNOT = missing_tools("knotd", "kdig")
NO_BIND = missing_tools("named", "kdig")
NO_POWERDNS = missing_tools("pdns_server", "kdig")
ZONE = "alpha.test"
OWNER = f"_mta-sts.{ZONE}"
OLD, NEW = "v=STSv1; id=old;", "v=STSv1; id=new;"
LONG = "v=TLSRPTv1; rua=" + ",".join(
    f"mailto:reports-{i}@alpha.test" for i in range(20))
SECRET = base64.b64encode(b"not so secret, but as long as it is").decode()
OTHER = base64.b64encode(b"another one of about the same size").decode()
# The second as nsupdate has it when its text had no quotes.
RECORDS = (f'_mta-sts 300 IN TXT "{OLD}"\n'
           'split._mta-sts 300 IN TXT "v=STSv1;" "id=old;"\n'
           'alias 300 IN CNAME elsewhere.test.\n')
AGAIN = "run it again: it looks first at what is there now"


def bind_key(name="publish", secret=SECRET, algorithm="hmac-sha256"):
    return (f'key "{name}" {{\n\talgorithm {algorithm};\n'
            f'\tsecret "{secret}";\n}};\n')


class Knot(Server):
    """knotd with a journal and a key that may change `OWNER` and below."""

    def command(self):
        (self.dir / "db").mkdir()
        lines = ["server:", f"  listen: 127.0.0.1@{self.port}",
                 f"  rundir: {self.dir}", "  udp-workers: 1",
                 "  tcp-workers: 1", "  background-workers: 1",
                 "database:", f"  storage: {self.dir}/db",
                 "key:", "- id: publish", "  algorithm: hmac-sha256",
                 f"  secret: {SECRET}", "acl:", "- id: publish",
                 "  key: publish", "  action: update",
                 "  update-type: [TXT]", "log:", "- target: stderr",
                 "  any: info", "zone:", f"- domain: {ZONE}",
                 f"  file: {self.dir}/{ZONE}.zone", "  acl: publish",
                 "  zonefile-sync: -1"]
        (self.dir / "knot.conf").write_text("\n".join(lines) + "\n")
        return [find_tool("knotd"), "-c", self.dir / "knot.conf"]


def bind():
    return Bind({ZONE: RECORDS}, bind_key(),
                f"update-policy {{ grant publish subdomain {OWNER}. TXT; "
                f"grant publish name alias.{ZONE}. TXT; }};")


class UpdateTest(unittest.TestCase):
    """What is the same with both."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="mta-stsd-dns-")
        self.addCleanup(temporary.cleanup)
        self.dir = pathlib.Path(temporary.name)

    def key(self, text):
        path = self.dir / "key"
        path.write_text(text)
        path.chmod(0o600)
        return path

    def change(self, server, seen, wanted, key=None, owner=OWNER, zone=ZONE):
        """What came of it, a line without the server's place, and the hint."""
        place = f"127.0.0.1:{server.port}"
        done = subprocess.run(
            [os.environ["CHANGE_RECORDS"], place,
             key or self.key(bind_key()), zone, owner, "|".join(seen),
             "|".join(wanted), "60"], capture_output=True, text=True,
            timeout=TIMEOUT, stdin=subprocess.DEVNULL, check=True)
        self.assertEqual(done.stderr, "")
        self.assertNotIn(SECRET, done.stdout)
        return done.stdout.replace(f"{place}: update of {zone}: ", "")

    def texts(self, server, owner=OWNER):
        return sorted(one.data for one in server.ask(owner, "TXT").records)

    def check_all(self, server):
        self.assertEqual(self.change(server, [OLD], [NEW]), "done\n")
        self.assertEqual(self.texts(server), [f'"{NEW}"'])
        self.assertEqual([one.ttl for one in server.ask(OWNER, "TXT").records],
                         [60])

        # What is there is not what was seen, in each of the three ways.
        changed = ("the records that were seen have been changed meanwhile "
                   f"(NXRRSET)\n{AGAIN}\n")
        self.assertEqual(self.change(server, [OLD], ["x"]), changed)
        self.assertEqual(self.change(server, [NEW, OLD], ["x"]), changed)
        self.assertEqual(self.change(server, [], ["x"]),
                         "there are records that were not seen, or an alias "
                         f"(YXRRSET)\n{AGAIN}\n")
        self.assertEqual(self.texts(server), [f'"{NEW}"'])

        # Beside an alias the text would be left out without a word.
        self.assertEqual(self.change(server, [], ["x"], owner=f"alias.{ZONE}"),
                         "there are records that were not seen, or an alias "
                         f"(YXRRSET)\n{AGAIN}\n")

        # In several strings it is another record (RFC 2136, 2.4.2).
        split = f"split.{OWNER}"
        self.assertEqual(
            self.change(server, ["v=STSv1;id=old;"], ["x"], owner=split),
            changed)
        self.assertEqual(
            self.change(server, ["v=STSv1;^id=old;"], [NEW], owner=split),
            "done\n")
        self.assertEqual(self.texts(server, split), [f'"{NEW}"'])

        # Several, more than 255 octets, odd octets; and none.
        odd = 'a "quoted\\ text;\tä'
        self.assertEqual(self.change(server, [NEW], [LONG, odd]), "done\n")
        self.assertEqual(len(self.texts(server)), 2)
        self.assertIn(f'"{LONG[:255]}" "{LONG[255:510]}"', "".join(
            self.texts(server)))
        self.assertEqual(self.change(server, [odd, LONG], []), "done\n")
        self.assertEqual(self.texts(server), [])
        self.assertEqual(self.change(server, [], [OLD]), "done\n")

        # Keys: all three forms, and wrong ones.
        for text in (f"hmac-sha256:publish:{SECRET}\n",
                     f"# made for a test\nkey:\n  - id: publish.\n"
                     f"    algorithm: hmac-sha256\n    secret: \"{SECRET}\"\n"):
            self.assertEqual(self.change(server, [OLD], [OLD],
                                         self.key(text)), "done\n")
        self.assertEqual(
            self.change(server, [OLD], [NEW],
                        self.key(bind_key(secret=OTHER))),
            'key "publish": its secret for this key is another one (BADSIG)\n'
            "copy the secret from the server's configuration\n")
        for text in (bind_key("nobody"), bind_key(algorithm="hmac-sha512")):
            name = text.split('"')[1]
            self.assertEqual(
                self.change(server, [OLD], [NEW], self.key(text)),
                f'key "{name}": it has no such key, or one of another '
                "algorithm (BADKEY)\nuse the name and algorithm of the "
                "server's configuration\n")
        self.assertEqual(self.texts(server), [f'"{OLD}"'])

        self.assertEqual(
            self.change(server, [], [OLD], zone="beta.test",
                        owner="_mta-sts.beta.test"),
            "it has no such zone, or does not take the key (NOTAUTH)\n"
            "send it to the primary server of the zone\n")

    @unittest.skipIf(NO_KNOT, NO_KNOT)
    def test_knot(self):
        with Knot({ZONE: RECORDS}) as server:
            self.check_all(server)

    @unittest.skipIf(NO_BIND, NO_BIND)
    def test_bind(self):
        with bind() as server:
            self.check_all(server)
            self.assertEqual(
                self.change(server, [], ["x"], owner=f"other.{ZONE}"),
                "the key has no right to these names, or nobody may update "
                "the zone (REFUSED)\nallow the key: update-policy in "
                "named.conf, acl with action update in knot.conf\n")

    @unittest.skipIf(NO_POWERDNS, NO_POWERDNS)
    def test_powerdns(self):
        with PowerDns({ZONE: ""}) as server:
            url = f"http://127.0.0.1:{server.api_port}"

            def change(seen, wanted, key=PowerDns.KEY, zone=ZONE, owner=OWNER):
                done = subprocess.run(
                    [os.environ["CHANGE_RECORDS"], url, key, zone, owner,
                     "|".join(seen), "|".join(wanted), "60"],
                    capture_output=True, text=True, timeout=TIMEOUT,
                    stdin=subprocess.DEVNULL, check=True)
                return done.stdout.replace(f"{url}: zone {zone}: ", "")

            self.assertEqual(change([], [OLD]), "done\n")
            self.assertEqual(change([OLD], [LONG, NEW]), "done\n")
            self.assertEqual(len(self.texts(server)), 2)
            self.assertEqual(change([NEW, LONG], [NEW]), "done\n")
            self.assertEqual(self.texts(server), [f'"{NEW}"'])
            self.assertEqual(
                change([OLD], ["x"]),
                f"what was seen at {OWNER} has been changed meanwhile\n"
                f"{AGAIN}\n")
            self.assertEqual(
                change([NEW], ["x"], key="wrong"),
                "it does not take the API key (401)\n"
                "use the value of api-key in pdns.conf\n")
            self.assertEqual(
                change([], ["x"], zone="beta.test"),
                "it has no such zone (404)\n"
                "pdnsutil list-all-zones tells their names\n")
            self.assertEqual(change([NEW], []), "done\n")
            self.assertEqual(self.texts(server), [])


if __name__ == "__main__":
    unittest.main()
