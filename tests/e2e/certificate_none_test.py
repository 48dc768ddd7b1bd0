# SPDX-License-Identifier: MIT
"""`certificate.none-found` says what lies there and why it does not count, and
its hint is what cures it."""

import os
import shutil
import subprocess
import unittest

from authority import issue, make_key, openssl, root
from check_certificates import CheckTestCase, put
from daemon import HOST

NOBODY = 65534
ACME_JSON = (b'{"le": {"Account": {"PrivateKey": "MIIJ"}, "Certificates": ['
             b'{"domain": {"main": "x"}, "certificate": "LS0t", '
             b'"key": "LS0t", "Store": "default"}]}}\n')


class NoneFoundTest(CheckTestCase):
    def setUp(self):
        super().setUp()
        self.certs = self.folder / "certs"

    def parse(self, text):
        self.text = text
        return super().parse(text)

    def expect(self, *words, hint, **how):
        """The one finding; `words` stand in its message."""
        status, _, findings = self.check(**how)
        self.assertEqual([one.id for one in findings],
                         ["certificate.none-found"], self.text)
        self.assertEqual(status, 1)
        for word in words:
            self.assertIn(word, self.text.splitlines()[0])
        self.assertIn(hint, findings[0].hint)
        self.assertLess(len(self.text), 1500)
        return findings[0]

    def convert(self, name, *command):
        """Runs openssl, which writes its -out, on pair.pem and key.pem."""
        one = issue()
        put(self.folder, {"pair.pem": one.chain(), "key.pem": one.key.pem})
        openssl(*command, "-out", f"certs/{name}", folder=self.folder)

    def cure(self, finding):
        """Does what the hint says, without looking at the outcome."""
        subprocess.run(["sh", "-c", finding.hint], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, capture_output=True,
                       timeout=30)

    # --- Where it lies ---

    def test_an_empty_folder(self):
        self.expect("there is no file in it", hint="fullchain.pem")

    def test_links_to_nothing(self):
        for part in ("cert", "chain", "fullchain", "privkey"):
            link = self.certs / HOST / f"{part}.pem"
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(f"../../archive/{HOST}/{part}1.pem")
        self.expect("4 symbolic links lead to nothing", "-> ../../archive/",
                    hint="mount or copy the folder above")

    def test_folders_that_are_too_deep(self):
        put(self.folder, issue().files(f"certs/certificates/acme/{HOST}"))
        finding = self.expect("deeper than two levels were not searched",
                              "certificates/acme", hint="certificates = [")
        named = finding.hint.split('"')[1]
        self.assertEqual(self.check(certificates=(named,))[::2], (0, []))

    def test_the_folder_above_live(self):
        for part in ("live", "archive"):
            put(self.folder, issue().files(f"certs/{part}/{HOST}"))
        self.expect(f"live/{HOST}", hint='certificates = ["certs/live"]')

    def test_folders_of_many_hosts_that_are_too_deep(self):
        names = [f"certs/acme/ca{ca}/host{host}"
                 for ca in range(2) for host in range(2)]
        for name in names:
            put(self.folder, issue().files(name))
        finding = self.expect("acme/ca0/host0, acme/ca0/host1, acme/ca1/host0 "
                              "and 1 more", hint="certs/acme/ca0")
        self.assertEqual(self.text.count("host1"), 1, finding)

    def test_beside_the_account_of_a_client(self):
        put(self.folder, {"certs/accounts/ca/account_key.pem": make_key().pem,
                          **issue().files(f"certs/archive/{HOST}"),
                          **issue().files(f"certs/certs/{HOST}")})
        self.expect(f"not searched: certs/{HOST} [",
                    hint='certificates = ["certs/certs"]')

    def test_a_loop_of_folders(self):
        (self.certs / "loop").symlink_to("..")
        self.expect(hint="fullchain.pem")

    def test_very_many_files(self):
        for number in range(2500):
            (self.certs / f"{number}.log").write_bytes(b"x\n")
        self.expect("looked at ", hint="fullchain.pem")

    @unittest.skipUnless(shutil.which("setpriv"), "needs setpriv")
    def test_no_permission(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to be somebody else")
        put(self.folder, issue().files(f"certs/live/{HOST}"))
        self.check()
        self.folder.chmod(0o755)
        for closed in (self.certs / "live" / HOST, self.certs / "live"):
            closed.chmod(0o700)
            done = subprocess.run(
                ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
                 "--clear-groups", os.path.abspath(os.environ["MTA_STSD"]),
                 "-c", "mta-stsd.toml", "check"], cwd=self.folder,
                capture_output=True, text=True, timeout=30)
            message, hint = done.stderr.splitlines()
            self.assertIn("[certificate.none-found]", message)
            name = closed.relative_to(self.certs)
            self.assertIn(f"Permission denied: {name}", message)
            self.assertIn(f"user {NOBODY}", hint)
            self.assertIn("chgrp", hint)

    # --- What it is ---

    def test_the_store_of_traefik(self):
        put(self.certs, {"acme.json": ACME_JSON})
        for certificates in ("certs", "certs/acme.json"):
            self.expect("is Traefik's store", hint="traefik-certs-dumper",
                        certificates=(certificates,))

    def test_der(self):
        self.convert("a.cer", "x509", "-in", "pair.pem", "-outform", "der")
        self.convert("a.key", "pkey", "-in", "key.pem", "-outform", "der")
        finding = self.expect("a.cer is DER", "a.key is a key in DER",
                              hint="openssl x509 -inform der")
        self.cure(finding)
        self.assertIn(b"BEGIN CERTIFICATE",
                      (self.certs / "a.cer.pem").read_bytes())

    def test_pkcs_12(self):
        self.convert("a.pfx", "pkcs12", "-export", "-in", "pair.pem", "-inkey",
                     "key.pem", "-passout", "pass:x")
        self.expect("a.pfx is PKCS #12", hint="openssl pkcs12 -in ")

    def test_pkcs_7(self):
        for form in ("der", "pem"):
            self.convert("a.p7b", "crl2pkcs7", "-nocrl", "-certfile",
                         "pair.pem", "-outform", form)
            finding = self.expect("a.p7b is PKCS #7", hint="openssl pkcs7")
            self.cure(finding)
            self.assertEqual((self.certs / "a.p7b.pem").read_bytes().count(
                b"BEGIN CERTIFICATE"), 2)
            (self.certs / "a.p7b.pem").unlink()

    def test_forms_that_are_no_pem(self):
        one = issue()
        for name, octets, what in (
                ("a.pem", b"", "is empty"),
                ("a.jks", b"\xfe\xed\xfe\xed\0\0\0\2\0\0", "Java keystore"),
                ("a.pem", one.pem.decode().encode("utf-16"), "is UTF-16"),
                ("a.yaml", b"kind: Secret\ndata:\n  tls.crt: LS0t\n",
                 "manifest of Kubernetes"),
                ("a.txt", b"".join(one.pem.splitlines()[1:-1]), "base64"),
                ("a.csr", make_key().request, "certificate request"),
                ("a.key", make_key().pem, "key without its certificate"),
                ("a.pem", root().pem, "is of an authority"),
                ("a.pem", issue(("www.example.org",)).chain(),
                 "certificate without its key"),
                ("a.pem", b"x" * 1048577, "more than 1 MiB")):
            with self.subTest(what=what):
                put(self.certs, {name: octets})
                self.expect(f"{name} is " if " is " in what else name, what,
                            hint=" ")
                (self.certs / name).unlink()

    def test_a_manual_of_many_forms_stays_short(self):
        for number in range(30):
            put(self.certs, {f"{number}-{'x' * 60}.der": b"\xff\xfe",
                             f"{number}-{'x' * 60}.pem": b""})
        self.expect("and 27 more", hint="")


if __name__ == "__main__":
    unittest.main()
