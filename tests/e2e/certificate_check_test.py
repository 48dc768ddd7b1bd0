# SPDX-License-Identifier: MIT
"""What `check` says of certificates: each fault has a certificate that has
this fault alone."""

import unittest

from authority import LEAF, encrypt, intermediate, issue, make_key, root
from check_certificates import CheckTestCase, put
from daemon import BODY, HOST, POLICY, Daemon

CHAIN = "certs/fullchain.pem"
KEY = "certs/privkey.pem"


class CertificateCheckTestCase(CheckTestCase):
    def put(self, issued, chain=None, key=None):
        """`chain` and `key`: octets to write in the place of its own."""
        put(self.folder, {CHAIN: issued.chain() if chain is None else chain,
                          KEY: key or issued.key.pem})

    def expect(self, severity, finding, file=CHAIN, **how):
        """This finding and no other, with a hint on what to do."""
        status, _, findings = self.check(**how)
        self.assertEqual([one[:3] for one in findings],
                         [(severity, f"certificate.{finding}", file)])
        self.assertTrue(findings[0].hint, findings)
        self.assertEqual(status, 1 if severity == "error" else 0)


class GoodTest(CertificateCheckTestCase):
    def test_every_allowed_kind_of_key(self):
        for kind in ("p256", "p384", "rsa2048", "rsa3072"):
            with self.subTest(kind=kind):
                self.put(issue(key=kind))
                self.expect_good()

    def test_two_intermediates(self):
        lower = intermediate("lower", above=intermediate("upper"))
        self.put(issue(issuer=lower))
        self.expect_good()

    def test_names_in_other_cases_and_wildcards(self):
        for names in ((HOST.upper(),), ("*.example.com",),
                      ("other.example", HOST)):
            with self.subTest(names=names):
                self.put(issue(names))
                self.expect_good()


    def test_a_key_that_few_know(self):
        self.put(issue(key="ed25519"))
        self.expect("warning", "key-uncommon")


class SharedKeyTest(CertificateCheckTestCase):
    """A key that is for more than policy hosts."""

    def test_it_is_noted_and_nothing_fails(self):
        for names in (("*.example.com",), (HOST, "mail.example.com"),
                      ("example.com", "www.example.com", HOST)):
            with self.subTest(names=names):
                self.put(issue(names))
                status, out, findings = self.check(options=("--strict",))
                self.assertEqual((status, findings), (0, []))
                self.assertIn("0 warnings", out)
                note, = self.notes
                self.assertEqual(note[:3], ("note", "certificate.key-shared",
                                            CHAIN))
                self.assertTrue(note.hint)

    def test_once_for_each_certificate(self):
        self.put(issue(("*.example.com", "*.example.net")))
        self.check(domains=("example.com", "example.net"))
        self.assertEqual(len(self.notes), 1)

    def test_policy_hosts_alone(self):
        self.put(issue((HOST, "mta-sts.example.net", "localhost")))
        self.check()
        self.assertEqual(self.notes, [])

    def test_only_of_what_is_offered(self):
        self.put(issue())
        put(self.folder, {
            **issue(("*.example.com",)).files("certs/wildcard"),
            **issue(("www.example.org",)).files("certs/www")})
        self.check()
        self.assertEqual(self.notes, [])


class ChainTest(CertificateCheckTestCase):
    def test_out_of_order(self):
        # Clients put up with it, and what is sent is right.
        upper = intermediate("upper")
        lower = intermediate("lower", above=upper)
        leaf = issue(issuer=lower)
        for chain in ((leaf, upper, lower), (lower, leaf, upper),
                      (upper, lower, leaf)):
            self.put(leaf, b"".join(one.pem for one in chain))
            self.expect("warning", "chain-order")

    def test_with_a_certificate_too_many(self):
        leaf, other = issue(), intermediate("other")
        for chain in ((leaf, leaf, leaf.issuer),
                      (leaf, leaf.issuer, leaf.issuer),
                      (leaf, leaf.issuer, other), (leaf, other, leaf.issuer),
                      (leaf, root(), leaf.issuer),
                      (leaf, leaf.issuer, issue())):
            self.put(leaf, b"".join(one.pem for one in chain))
            self.expect("warning", "chain-order")

    def test_another_intermediate_alone(self):
        leaf, other = issue(), intermediate("other")
        for chain in ((leaf, other), (leaf, leaf, other)):
            self.put(leaf, b"".join(one.pem for one in chain))
            self.expect("error", "chain-incomplete")

    def test_without_the_intermediate(self):
        # It may be a root of the operator's own that has signed it.
        leaf = issue()
        self.put(leaf, leaf.pem)
        self.expect("warning", "chain-incomplete")

    def test_without_the_intermediate_of_a_public_authority(self):
        leaf = issue(extensions=LEAF + (
            "authorityInfoAccess = caIssuers;URI:http://ca.example/1.der\n"))
        self.put(leaf, leaf.pem)
        self.expect("error", "chain-incomplete")

    def test_another_key_under_the_name_of_the_intermediate(self):
        leaf = issue(issuer=intermediate("twin", 1))
        self.put(leaf, leaf.pem + intermediate("twin", 2).pem)
        self.expect("error", "chain-incomplete")

    def test_with_the_root(self):
        leaf = issue()
        self.put(leaf, leaf.chain() + root().pem)
        self.expect("warning", "root-included")

    def test_self_signed(self):
        self.put(issue(is_self_signed=True))
        self.expect("warning", "self-signed")


class StrengthTest(CertificateCheckTestCase):
    def test_rsa_of_1024_bits(self):
        self.put(issue(key="rsa1024"))
        self.expect("error", "key-weak")

    def test_sha_1(self):
        self.put(issue(digest="sha1"))
        self.expect("error", "signature-weak")


class TimeTest(CertificateCheckTestCase):
    def test_expired(self):
        self.put(issue(starts=-91, lasts=90))
        self.expect("error", "expired")

    def test_not_yet_valid(self):
        self.put(issue(starts=1))
        self.expect("error", "not-yet-valid")

    def test_expires_soon(self):
        # Below 21 days, or a day below a third of its life, of a short one half.
        for life, limit in ((398, 21), (90, 21), (45, 14), (6, 2)):
            with self.subTest(life=life, left=limit + 0.5):
                self.put(issue(starts=limit + 0.5 - life, lasts=life))
                self.expect_good()
            with self.subTest(life=life, left=limit - 0.5):
                self.put(issue(starts=limit - 0.5 - life, lasts=life))
                self.expect("warning", "expires-soon")


class NameTest(CertificateCheckTestCase):
    def test_another_name(self):
        for names in (("example.com",), ("mta-sts.example.net",),
                      ("*.mta-sts.example.com",), ("*.com",),
                      ("mta-*.example.com",), ("*-sts.example.com",)):
            with self.subTest(names=names):
                self.put(issue(names))
                self.expect("error", "name-not-covered", "certs")

    def test_a_wildcard_is_for_one_label(self):
        self.put(issue(("*.example.com",)))
        self.expect("error", "name-not-covered", "certs",
                    domains=("example.com", "sub.example.com"))

    def test_a_common_name_is_no_name(self):
        self.put(issue((), subject=HOST))
        self.expect("error", "unusable")


class UseTest(CertificateCheckTestCase):
    def test_for_clients_only(self):
        self.put(issue(uses="clientAuth"))
        self.expect("error", "not-for-servers")

    def test_answers_to_challenges_and_precertificates(self):
        for extension in ("1.3.6.1.5.5.7.1.31 = critical, DER:0420" + 32 * "61",
                          "1.3.6.1.4.1.11129.2.4.3 = critical, DER:0500",
                          "1.2.3.4 = critical, DER:0500"):
            for how in ({}, {"is_self_signed": True}):
                odd = issue(extensions=LEAF + extension + "\n", **how)
                self.put(odd)
                self.expect("error", "not-for-servers")
        put(self.folder, issue().files("certs/good"))
        self.expect_good()

    def test_extensions_that_senders_need_not_know(self):
        self.put(issue(extensions=LEAF + "1.2.3.4 = DER:0500\n"))
        self.expect_good()


class KeyTest(CertificateCheckTestCase):
    def test_of_another_certificate(self):
        self.put(issue(), key=make_key().pem)
        self.expect("error", "key-mismatch")

    def test_encrypted(self):
        leaf = issue()
        self.put(leaf, key=encrypt(leaf.key))
        self.expect("error", "key-encrypted", KEY)

    def test_readable_for_everyone(self):
        for mode in (0o644, 0o604):
            with self.subTest(mode=oct(mode)):
                self.put(issue())
                (self.folder / KEY).chmod(mode)
                self.expect("warning", "key-world-readable", KEY)

    def test_readable_for_its_group(self):
        # Debian's group ssl-cert, a Kubernetes fsGroup.
        self.put(issue())
        (self.folder / KEY).chmod(0o640)
        self.expect_good()


class FileTest(CertificateCheckTestCase):
    def test_cut_off(self):
        leaf = issue()
        self.put(leaf, leaf.chain()[:-40])
        self.expect("error", "unusable")

    def test_garbage_for_a_certificate(self):
        leaf = issue()
        self.put(leaf, b"-----BEGIN CERTIFICATE-----\nAAAA\n"
                 b"-----END CERTIFICATE-----\n")
        self.expect("error", "unusable")

    def test_garbage_for_a_key(self):
        self.put(issue(), key=b"-----BEGIN " b"PRIVATE KEY-----\nAAAA\n"
                 b"-----END PRIVATE KEY-----\n")
        self.expect("error", "key-unusable", KEY)

    def test_nothing(self):
        self.expect("error", "none-found", "certs")

    def test_no_such_folder(self):
        self.expect("error", "unreadable", "none", certificates=("none",))

    def test_one_bad_domain_beside_a_good_one(self):
        put(self.folder, issue().files("certs/good"))
        put(self.folder, issue(("mta-sts.example.net",), starts=-91)
            .files("certs/old"))
        self.expect("error", "expired", "certs/old/fullchain.pem",
                    domains=("example.com", "example.net"))


class ServeTest(unittest.TestCase):
    """A bad certificate for one domain does not keep the others from being
    served, and the log names it."""

    def expect(self, finding, issued, checks=1, **other):
        files = {**issue().files("certs/good"),
                 **{f"certs/bad/{name}": octets for name, octets in {
                     "fullchain.pem": issued.chain(),
                     "privkey.pem": issued.key.pem, **other}.items()}}
        daemon = Daemon(None, POLICY, files=files, checks=checks,
                        allow=("event=finding",))
        for own in ("fullchain.pem", "privkey.pem"):
            (daemon.dir / "certs" / own).unlink()
        with daemon:
            self.assertEqual(daemon.fetch()[::2], (200, BODY))
            daemon.wait_for_line(f"id=certificate.{finding} ")

    def bad(self, **how):
        return issue(("mta-sts.example.net",), **how)

    def test_expired(self):
        self.expect("expired", self.bad(starts=-91))

    def test_not_yet_valid(self):
        self.expect("not-yet-valid", self.bad(starts=1))

    def test_name_not_covered(self):
        self.expect("name-not-covered", issue(("mta-sts.example.org",)))

    def test_key_mismatch(self):
        self.expect("key-mismatch", self.bad(),
                    **{"privkey.pem": make_key().pem})

    def test_key_encrypted(self):
        bad = self.bad()
        self.expect("key-encrypted", bad,
                    **{"privkey.pem": encrypt(bad.key)})

    def test_cut_off(self):
        bad = self.bad()
        self.expect("unusable", bad,
                    **{"fullchain.pem": bad.chain()[:-40]})

    def test_without_the_intermediate(self):
        bad = self.bad()
        self.expect("chain-incomplete", bad, checks=0,
                    **{"fullchain.pem": bad.pem})


if __name__ == "__main__":
    unittest.main()
