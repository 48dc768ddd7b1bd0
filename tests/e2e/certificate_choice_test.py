# SPDX-License-Identifier: MIT
"""Which certificate a client gets, whole chains compared: by name, by what
the client can do, and by what is valid now."""

import unittest

from authority import intermediate, issue, root
from daemon import BODY, HOST, Daemon
from s_client import sent_chain, split_chain

OTHER = "mta-sts.example.net"
CONFIG = """
[[policy]]
domains = ["example.com", "example.net"]
mx = ["mail.example.com"]
[server]
"""
TLS_1_2 = ("-tls1_2",)
NO_ECDSA = ("-sigalgs", "rsa_pss_rsae_sha256:RSA+SHA256")
ONLY_ECDSA = ("-sigalgs", "ecdsa_secp256r1_sha256")
ONLY_P384 = ("-sigalgs", "ecdsa_secp384r1_sha384:ecdsa_secp256r1_sha256")


class ChoiceTest(unittest.TestCase):
    def start(self, *all_issued, allow=()):
        files = {}
        for i, one in enumerate(all_issued):
            files.update(one.files(f"certs/pair{i}"))
        daemon = Daemon(None, CONFIG, files=files, allow=allow)
        for own in ("fullchain.pem", "privkey.pem"):
            (daemon.dir / "certs" / own).unlink()
        return self.enterContext(daemon)

    def expect(self, daemon, issued, host=HOST, options=()):
        """This chain and no other; None: no handshake."""
        self.assertEqual(sent_chain(daemon, host, *options),
                         split_chain(issued.chain()) if issued else [])

    def test_the_shortest_right_chain_is_sent(self):
        upper = intermediate("upper")
        lower = intermediate("lower", above=upper)
        leaf, deep = issue((HOST, OTHER)), issue((HOST, OTHER), issuer=lower)
        for one, given in (
                (leaf, (leaf, leaf, leaf.issuer)),
                (leaf, (leaf, leaf.issuer, leaf.issuer)),
                (leaf, (leaf, leaf.issuer, upper)),
                (leaf, (leaf, root(), leaf.issuer)),
                (leaf, (leaf, leaf.issuer, root())),
                (leaf, (leaf.issuer, leaf)),
                (deep, (deep, upper, lower))):
            pem = b"".join(part.pem for part in given)
            daemon = Daemon(None, CONFIG, files={
                "certs/fullchain.pem": pem,
                "certs/privkey.pem": one.key.pem})
            with daemon:
                self.expect(daemon, one)

    # --- By name ---

    def test_two_names_in_one_certificate(self):
        both = issue((HOST, OTHER))
        daemon = self.start(both)
        for host in (HOST, OTHER):
            self.expect(daemon, both, host)
            self.assertEqual(daemon.fetch(host)[::2], (200, BODY))
        # It covers both, and still a connection is for one of them.
        for sni, host in ((HOST, OTHER), (OTHER, HOST)):
            self.assertEqual(daemon.fetch(host, sni=sni)[0], 421)

    def test_a_wildcard(self):
        wildcards = issue(("*.example.com", "*.example.net"))
        daemon = self.start(wildcards)
        for host in (HOST, OTHER):
            self.expect(daemon, wildcards, host)
            self.assertEqual(daemon.fetch(host)[::2], (200, BODY))
        for host in ("a.mta-sts.example.com", "example.com", "example.org",
                     "mta-sts.example.com.example.org"):
            self.expect(daemon, None, host)

    def test_the_exact_name_goes_before_a_longer_lasting_wildcard(self):
        for names in (("*.example.com",), ("*.example.com", OTHER)):
            exact = issue(issuer=intermediate("exact"), lasts=60)
            wildcard = issue(names, lasts=300)
            other = issue((OTHER,), lasts=200)
            daemon = self.start(wildcard, exact, other)
            self.expect(daemon, exact)
            self.expect(daemon, wildcard if OTHER in names else other, OTHER)
            self.expect(daemon, wildcard, "www.example.com")

    def test_upper_case_in_the_certificate(self):
        loud = issue((HOST.upper(), "*.EXAMPLE.NET"))
        daemon = self.start(loud)
        self.expect(daemon, loud)
        self.expect(daemon, loud, OTHER)

    def test_one_of_a_hundred_names(self):
        names = [f"mta-sts.d{i}.example" for i in range(100)]
        many = issue((*names, HOST, OTHER))
        daemon = self.start(many)
        for host in (HOST, OTHER, names[0], names[99]):
            self.expect(daemon, many, host)

    # --- By what the client can do ---

    def test_ecdsa_before_rsa(self):
        names = (HOST, OTHER)
        ecdsa = issue(names, issuer=intermediate("E1"), lasts=60)
        rsa = issue(names, key="rsa2048", issuer=intermediate("R1"), lasts=90)
        daemon = self.start(rsa, ecdsa)
        for version in ((), TLS_1_2, ("-tls1_3",)):
            self.expect(daemon, ecdsa, options=version)
            self.expect(daemon, ecdsa, options=(*version, *ONLY_ECDSA))
            self.expect(daemon, rsa, options=(*version, *NO_ECDSA))
        self.expect(daemon, rsa,
                    options=(*TLS_1_2, "-cipher", "ECDHE+aRSA"))

    def test_ecdsa_alone(self):
        ecdsa = issue((HOST, OTHER))
        daemon = self.start(ecdsa)
        self.expect(daemon, ecdsa)
        for version in (TLS_1_2, ("-tls1_3",)):
            self.expect(daemon, None, options=(*version, *NO_ECDSA))
        self.expect(daemon, ecdsa)

    def test_rsa_alone(self):
        for kind in ("rsa2048", "rsa3072"):
            rsa = issue((HOST, OTHER), key=kind)
            daemon = self.start(rsa)
            for version in (TLS_1_2, ("-tls1_3",)):
                self.expect(daemon, rsa, options=version)
                self.expect(daemon, rsa, options=(*version, *NO_ECDSA))

    def test_p_384(self):
        p384 = issue((HOST, OTHER), key="p384")
        daemon = self.start(p384)
        for version in (TLS_1_2, ("-tls1_3",)):
            self.expect(daemon, p384, options=version)
            self.expect(daemon, p384, options=(*version, *ONLY_P384))
        # TLS 1.3 ties the signature to the curve.
        self.expect(daemon, None, options=("-tls1_3", *ONLY_ECDSA))

    def test_ed25519(self):
        ed25519 = issue((HOST, OTHER), key="ed25519")
        daemon = self.start(ed25519)
        for version in (TLS_1_2, ("-tls1_3",)):
            self.expect(daemon, ed25519, options=version)
            self.expect(daemon, None, options=(*version, *NO_ECDSA))

    def test_ed25519_beside_rsa(self):
        names = (HOST, OTHER)
        rsa = issue(names, key="rsa2048", issuer=intermediate("R1"))
        daemon = self.start(issue(names, key="ed25519"), rsa)
        for version in (TLS_1_2, ("-tls1_3",)):
            self.expect(daemon, rsa, options=(*version, *NO_ECDSA))

    def test_each_name_with_a_key_of_its_own_kind(self):
        rsa = issue((HOST,), key="rsa2048")
        ecdsa = issue((OTHER,))
        daemon = self.start(rsa, ecdsa)
        self.expect(daemon, rsa)
        self.expect(daemon, ecdsa, OTHER)
        self.expect(daemon, rsa, options=NO_ECDSA)
        self.expect(daemon, None, OTHER, NO_ECDSA)

    # --- By what is valid now ---

    def test_of_two_the_one_that_lasts_longer(self):
        names = (HOST, OTHER)
        short = issue(names, lasts=60, issuer=intermediate("old"))
        long = issue(names, lasts=90, issuer=intermediate("new"))
        self.expect(self.start(short, long), long)
        self.expect(self.start(long, short), long)

    def test_a_valid_one_before_one_of_the_past_or_future(self):
        names = (HOST, OTHER)
        valid = issue(names)
        for starts in (-91, 10):
            daemon = self.start(issue(names, starts=starts), valid)
            self.expect(daemon, valid)

    def test_nothing_invalid_beside_something_valid(self):
        # Of another kind of key, or the exact name beside a wildcard.
        wildcards = ("*.example.com", "*.example.net")
        for old_kind, kind, names in (
                ("p256", "rsa2048", (HOST, OTHER)),
                ("rsa2048", "p256", (HOST, OTHER)),
                ("p256", "p256", wildcards), ("rsa2048", "p256", wildcards)):
            with self.subTest(old=old_kind, new=kind, names=names):
                valid = issue(names, key=kind)
                old = issue((HOST, OTHER), key=old_kind, starts=-91)
                daemon = self.start(old, valid, allow=("event=finding",))
                self.expect(daemon, valid)
                for options in (NO_ECDSA, ONLY_ECDSA):
                    fits = (kind == "p256") == (options is ONLY_ECDSA)
                    self.expect(daemon, valid if fits else None,
                                options=options)

    def test_a_self_signed_one_of_another_kind_beside_a_good_one(self):
        good = issue((HOST, OTHER), key="rsa2048")
        daemon = self.start(issue((HOST, OTHER), is_self_signed=True), good,
                            allow=("event=finding",))
        self.expect(daemon, good)


if __name__ == "__main__":
    unittest.main()
