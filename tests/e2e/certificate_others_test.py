# SPDX-License-Identifier: MIT
"""What lies beside the certificates of the policy hosts and is not for them:
strict about our own, quiet about others'."""

import os
import shutil
import subprocess
import unittest

from authority import encrypt, intermediate, issue, make_key
from check_certificates import CheckTestCase, put
from daemon import HOST

OTHER = "www.example.org"
NOBODY = 65534


class OthersTest(CheckTestCase):
    """A good pair for the policy host, and something else."""

    def setUp(self):
        super().setUp()
        put(self.folder, issue().files("certs/pair"))

    def write(self, files, certificates=1):
        put(self.folder / "certs", files)
        self.expect_good(certificates)

    def test_superseded_ones_whose_keys_are_gone(self):
        old = issue(starts=-30)
        for name in ("pair/fullchain.pem.bak", "pair/cert1.pem",
                     "archive/fullchain1.pem", "old.crt"):
            with self.subTest(name=name):
                self.write({name: old.chain()})

    def test_one_that_every_machine_has(self):
        self.write({"ssl-cert-snakeoil.pem": issue(
            ("localhost",), is_self_signed=True).pem})

    def test_the_fallback_of_another_program(self):
        for kind in ("p256", "rsa2048"):
            fallback = issue(is_self_signed=True, key=kind)
            self.write({"pair/fallback-cert.pem": fallback.pem,
                        "pair/fallback-privkey.pem": fallback.key.pem}, 2)

    def test_a_renewal_of_another_site_half_done(self):
        self.write({"www/fullchain.pem": issue((OTHER,)).chain(),
                    "www/privkey.pem": make_key().pem})

    def test_faults_of_another_site(self):
        site = issue((OTHER,))
        weak = issue((OTHER,), key="rsa1024")
        for files in ({"fullchain.pem": site.chain(),
                       "privkey.pem": encrypt(site.key)},
                      {"fullchain.pem": site.chain()[:-40],
                       "privkey.pem": site.key.pem},
                      {"fullchain.pem": weak.chain(),
                       "privkey.pem": weak.key.pem}):
            shutil.rmtree(self.folder / "certs/www", ignore_errors=True)
            self.write({f"www/{name}": octets
                        for name, octets in files.items()})

    def test_a_key_of_another_site_for_everyone_to_read(self):
        site = issue((OTHER,))
        put(self.folder, site.files("certs/www"))
        (self.folder / "certs/www/privkey.pem").chmod(0o644)
        self.expect_good(certificates=2)

    def test_a_certificate_of_another_site_without_its_intermediate(self):
        site = issue((OTHER,))
        for chain in (site.pem, site.pem + intermediate("foreign").pem):
            self.write({"www/fullchain.pem": chain,
                        "www/privkey.pem": site.key.pem}, 2)

    def test_a_client_certificate(self):
        self.write({"client.pem": issue((), subject="somebody",
                                        uses="clientAuth").chain()})


class LackTest(CheckTestCase):
    """The policy host has no certificate, or none that is good."""

    def put(self, name, chain, key):
        put(self.folder, {f"certs/{name}/fullchain.pem": chain,
                          f"certs/{name}/privkey.pem": key})

    def expect(self, *expected):
        status, _, findings = self.check()
        self.assertEqual([(one.id, one.file) for one in findings],
                         [(f"certificate.{id}", file)
                          for id, file in expected])
        self.assertEqual(status, 1)
        return findings

    def test_its_only_certificate_without_its_key(self):
        self.put("pair", issue().chain(), make_key().pem)
        self.expect(("key-mismatch", "certs/pair/fullchain.pem"))

    def test_its_key_lies_too_deep(self):
        pair = issue()
        put(self.folder, {"certs/private/key.pem": make_key().pem,
                          f"certs/private/{HOST}/key.pem": pair.key.pem,
                          f"certs/{HOST}/cert.pem": pair.chain()})
        finding, = self.expect(("key-mismatch", f"certs/{HOST}/cert.pem"))
        self.assertIn(f"not searched: private/{HOST};", finding.hint)
        named = ("certs", "certs/private")
        self.assertEqual(self.check(certificates=named)[::2], (0, []))

    def test_its_only_key_is_encrypted_and_anothers_too(self):
        ours, site = issue(), issue((OTHER,))
        self.put("pair", ours.chain(), encrypt(ours.key))
        self.put("www", site.chain(), encrypt(site.key))
        self.expect(("key-encrypted", "certs/pair/privkey.pem"))

    def test_in_one_folder_each_key_is_told_by_its_name(self):
        ours, site = issue(), issue((OTHER,))
        put(self.folder / "certs", {
            "ours.crt": ours.chain(), "ours.key": make_key().pem,
            "www.crt": site.chain(), "www.key": encrypt(site.key)})
        self.expect(("key-mismatch", "certs/ours.crt"))

    def test_only_others_have_one(self):
        self.put("www", issue((OTHER,)).chain(), make_key().pem)
        self.expect(("none-found", "certs"))

    def test_a_wildcard_without_its_key_is_missed_too(self):
        self.put("pair", issue(("*.example.com",)).chain(), make_key().pem)
        self.expect(("key-mismatch", "certs/pair/fullchain.pem"))

    def test_an_expired_one_and_its_renewal_without_a_key(self):
        old = issue(starts=-91)
        self.put("old", old.chain(), old.key.pem)
        self.put("new", issue().chain(), make_key().pem)
        self.expect(("key-mismatch", "certs/new/fullchain.pem"),
                    ("expired", "certs/old/fullchain.pem"))

    def test_a_key_that_may_be_anybodys(self):
        self.put("pair", issue(("mta-sts.example.net",)).chain(),
                 make_key().pem)
        put(self.folder, {"certs/strange/key.pem": encrypt(make_key())})
        finding, = self.expect(("key-encrypted", "certs/strange/key.pem"))
        self.assertTrue(finding.hint.startswith("if it is for a policy host"))


@unittest.skipUnless(shutil.which("setpriv"), "needs setpriv")
class PermissionTest(CheckTestCase):
    """Seen by a user who may not read everything."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("needs root, to be somebody else")
        self.folder.chmod(0o755)

    def run_as_nobody(self):
        self.check()  # writes the configuration
        for path in self.folder.rglob("*"):
            if path.name == "privkey.pem":
                os.chown(path, 0, NOBODY)
        done = subprocess.run(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
             "--clear-groups", os.path.abspath(os.environ["MTA_STSD"]), "-c",
             "mta-stsd.toml", "check"], cwd=self.folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=30)
        return done.returncode, self.parse(done.stderr)

    def test_keys_of_other_sites_are_left_alone(self):
        put(self.folder, {**issue().files("certs/pair"),
                          **issue((OTHER,)).files(f"certs/{OTHER}")})
        (self.folder / "certs/pair/privkey.pem").chmod(0o640)
        self.assertEqual(self.run_as_nobody(), (0, []))

    def test_the_key_that_is_needed(self):
        put(self.folder, {**issue().files("certs/pair"),
                          **issue((OTHER,)).files(f"certs/{OTHER}")})
        status, findings = self.run_as_nobody()
        self.assertEqual([(one.id, one.file) for one in findings], [
            ("certificate.unreadable", "certs/pair/privkey.pem")])
        self.assertIn("chgrp", findings[0].hint)
        self.assertEqual(status, 1)


if __name__ == "__main__":
    unittest.main()
