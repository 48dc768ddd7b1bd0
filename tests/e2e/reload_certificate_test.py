# SPDX-License-Identifier: MIT
"""Certificates that change while the program runs."""

import base64
import os
import shutil
import signal
import unittest

import process
from authority import intermediate
from certificates import make_certificates, scratch
from cost import SECOND
from daemon import HOST, eventually
from edits import (FAILED, LONG, NEW, NEW_BODY, OLD_BODY, ReloadTestCase,
                   replace)
from fetchers import Fetchers

CHAIN, KEY = "fullchain.pem", "privkey.pem"


def put(folder, leaf, *names):
    """Puts files of a certificate that was made before into `folder`."""
    for name in names:
        new = folder / f".{name}.new"
        shutil.copy(scratch() / leaf / name, new)
        os.replace(new, folder / name)


def find_secret(pem):
    """The DER of a key of P-256, and where the 32 octets of its secret are."""
    lines = pem.decode().strip().splitlines()
    der = bytearray(base64.b64decode("".join(lines[1:-1])))
    return der, der.index(b"\x02\x01\x01\x04\x20") + 5  # RFC 5915, 3


def damage(pem):
    """The key with another secret beside the same public half."""
    lines = pem.decode().strip().splitlines()
    der, at = find_secret(pem)
    der[at + 31] ^= 1
    text = base64.encodebytes(bytes(der)).decode()
    return f"{lines[0]}\n{text}{lines[-1]}\n".encode()


class CertificateTest(ReloadTestCase):
    """Handshakes verify with the root CA alone, at every moment."""

    def check(self, renew, options=(), hosts=(HOST,)):
        make_certificates(*hosts, options=("--leaf", "renewed", *options))
        daemon = self.start(allow=FAILED)
        before = self.serial(daemon)
        with Fetchers(daemon) as fetchers:
            renew(daemon, daemon.dir / "certs", fetchers)
            eventually(lambda: self.serial(daemon) != before)
            fetchers.watch(0.5)
        self.assertEqual(len(fetchers.serials), 2)
        return daemon

    def test_key_first(self):
        def renew(daemon, folder, fetchers):
            put(folder, "renewed", KEY)
            self.rejected(daemon)
            fetchers.watch(0.5)
            put(folder, "renewed", CHAIN)
        daemon = self.check(renew)
        self.assertEqual(
            self.count(daemon, "id=certificate.key-mismatch"), 1)
        daemon.wait_for_line("event=certificate names=mta-sts.example.com")

    def test_certificate_first(self):
        def renew(daemon, folder, fetchers):
            put(folder, "renewed", CHAIN)
            self.rejected(daemon)
            fetchers.watch(0.5)
            put(folder, "renewed", KEY)
        self.check(renew)

    def test_both_at_once(self):
        daemon = self.check(lambda _, folder, __: put(folder, "renewed", KEY,
                                                      CHAIN))
        self.assertEqual(self.count(daemon, "event=finding"), 0)

    def test_another_intermediate(self):
        self.check(lambda _, folder, __: put(folder, "renewed", KEY, CHAIN),
                   ("--intermediate", "other"))

    def test_another_kind_of_key(self):
        self.check(lambda _, folder, __: put(folder, "renewed", KEY, CHAIN),
                   ("--rsa",))

    def write_half(self, cut, keep_open):
        """`cut` yields the place in the chain to stop at for a while."""

        def renew(daemon, folder, fetchers):
            put(folder, "renewed", KEY)
            pem = (scratch() / "renewed" / CHAIN).read_text()
            at = cut(pem)
            with open(folder / CHAIN, "w") as file:
                file.write(pem[:at])
                file.flush()
                if keep_open:
                    fetchers.watch(LONG)
                    file.write(pem[at:])
                    return
            fetchers.watch(LONG)
            (folder / CHAIN).write_text(pem)
        self.check(renew)

    def test_half_written_between_the_certificates(self):
        self.write_half(lambda pem: pem.rindex("-----BEGIN"), keep_open=True)

    def test_half_written_within_the_intermediate(self):
        self.write_half(lambda pem: pem.rindex("-----BEGIN") + 300,
                        keep_open=True)

    def test_cut_within_the_leaf(self):
        self.write_half(lambda pem: pem.index("-----BEGIN") + 300,
                        keep_open=False)

    def test_cut_within_the_intermediate(self):
        # The disk is full, say. The leaf alone is a chain that no sender can
        # verify.
        self.write_half(lambda pem: pem.rindex("-----BEGIN") + 300,
                        keep_open=False)

    def test_cut_before_the_last_line(self):
        self.write_half(lambda pem: pem.rindex("-----END"), keep_open=False)

    def check_refused(self, options, hosts, message):
        make_certificates(*hosts, options=("--leaf", "refused", *options))
        daemon = self.start(allow=FAILED)
        before = self.serial(daemon)
        with Fetchers(daemon) as fetchers:
            put(daemon.dir / "certs", "refused", KEY, CHAIN)
            self.rejected(daemon)
            fetchers.watch(SECOND)
            self.assertEqual(fetchers.serials, {before})
            self.assertEqual(self.count(daemon, message), 1)
            line = daemon.wait_for_line("event=reload result=failed")
            self.assertIn('serving="the last good certificates"', line)
            # The policies do not wait for them.
            replace(daemon.config, NEW)
            self.wait_until_served(daemon, NEW_BODY)
            self.assertEqual(fetchers.serials, {before})
            put(daemon.dir / "certs", "server", KEY, CHAIN)
            start = len(daemon.stderr_lines)
            daemon.signal(signal.SIGHUP)
            daemon.wait_for_line("event=reload result=applied", start=start)

    def test_certificates_too_many_in_the_chain(self):
        foreign = intermediate("foreign").pem
        for extra in (lambda pem: pem + foreign,
                      lambda pem: pem + pem[pem.rindex(b"-----BEGIN"):],
                      lambda pem: pem[:pem.rindex(b"-----BEGIN")] + pem):
            def renew(daemon, folder, fetchers):
                put(folder, "renewed", KEY)
                pem = (scratch() / "renewed" / CHAIN).read_bytes()
                (folder / ".new").write_bytes(extra(pem))
                os.replace(folder / ".new", folder / CHAIN)
            daemon = self.check(renew)
            self.assertEqual(
                self.count(daemon, "id=certificate.chain-order"), 1)
            replace(daemon.config, NEW)
            self.wait_until_served(daemon, NEW_BODY)

    def check_damaged(self, allow, write):
        """A key that `write` damages; the old pair stays in use."""
        make_certificates(HOST, options=("--leaf", "damaged"))
        daemon = self.start(allow=allow)
        before = self.serial(daemon)
        with Fetchers(daemon) as fetchers:
            write(daemon.dir / "certs")
            self.rejected(daemon)
            fetchers.watch(SECOND)
            self.assertEqual(fetchers.serials, {before})
        self.assertEqual(
            self.count(daemon, "id=certificate.key-unusable"), 1)
        put(daemon.dir / "certs", "damaged", KEY, CHAIN)
        eventually(lambda: self.serial(daemon) != before)

    def test_a_key_with_one_flipped_bit(self):
        def write(folder):
            damaged = damage((scratch() / "damaged" / KEY).read_bytes())
            (folder / ".new").write_bytes(damaged)
            os.replace(folder / ".new", folder / KEY)
            put(folder, "damaged", CHAIN)
        self.check_damaged(FAILED, write)

    def test_a_key_with_one_flipped_bit_in_new_files(self):
        # Another release, that a link is set to.
        def write(folder):
            damaged = damage((scratch() / "damaged" / KEY).read_bytes())
            new = folder / "new"
            new.mkdir()
            (new / KEY).write_bytes(damaged)
            put(new, "damaged", CHAIN)
            for name in (KEY, CHAIN):
                (folder / name).unlink()
        self.check_damaged(FAILED, write)

    def test_a_fault_that_comes_again_is_said_again(self):
        daemon = self.start(allow=FAILED)
        chain = daemon.dir / "certs" / CHAIN
        before = chain.read_bytes()
        for time in (1, 2):
            replace(chain, "")
            eventually(lambda: self.count(
                daemon, "event=reload result=failed") == time)
            self.assertEqual(
                self.count(daemon, "id=certificate.lost"), time)
            replace(chain, before.decode())
            eventually(lambda: self.count(
                daemon, "event=reload result=applied") == time)

    def test_certificate_without_the_served_name(self):
        self.check_refused((), ("mta-sts.example.org",),
                           f"the host {HOST} ")

    def test_expired_certificate(self):
        self.check_refused(("--expired",), (HOST,), "id=certificate.expired")


class GoneKeyTest(ReloadTestCase):
    """What was replaced is freed: by the loops in steps, and by the thread that
    reloads."""

    def copies(self, daemon, secret):
        """In its memory: as it was read, and as OpenSSL works with it."""
        found = 0
        for start, end in process.written(daemon.pid):
            octets = process.read_memory(daemon.pid, start, end)
            found += octets.count(secret) + octets.count(secret[::-1])
        return found

    def test_no_copy_of_a_replaced_key_is_left(self):
        daemon = self.start()
        for leaf in ("second", "third"):
            der, at = find_secret((daemon.dir / "certs" / KEY).read_bytes())
            secret = bytes(der[at:at + 32])
            before = self.serial(daemon)
            try:
                self.assertGreater(self.copies(daemon, secret), 1)
            except PermissionError:
                self.skipTest("must read the memory of a process")
            make_certificates(HOST, options=("--leaf", leaf))
            put(daemon.dir / "certs", leaf, KEY, CHAIN)
            eventually(lambda: self.serial(daemon) != before)
            eventually(lambda: self.copies(daemon, secret) == 0)


if __name__ == "__main__":
    unittest.main()
