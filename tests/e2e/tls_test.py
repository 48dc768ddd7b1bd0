# SPDX-License-Identifier: MIT
"""TLS on the wire: who gets in, with which certificate, and how the others
are refused (RFC 8461, 3.3 and 7.1; RFC 9325)."""

import random
import socket
import ssl
import subprocess
import unittest
import warnings

from answer import parse, read_all, read_to_any_end
from certificates import client_context, make_certificates, scratch
from daemon import BODY, HOST, PATH, TIMEOUT, Daemon
from memory_client import (ALERT, HANDSHAKE, MemoryClient, make_record,
                           split_records)

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
REQUEST = (f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
           "\r\n").encode()
FATAL = 2
# RFC 8446, 6 and RFC 7301, 3.2.
HANDSHAKE_FAILURE, PROTOCOL_VERSION = 40, 70
UNRECOGNIZED_NAME, NO_APPLICATION_PROTOCOL = 112, 120


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon())

    def is_served(self, daemon=None):
        self.assertEqual((daemon or self.daemon).fetch()[::2], (200, BODY))

    def expect_alert(self, description, sni=HOST, context=None, daemon=None,
                     **settings):
        """The answer to the ClientHello is this alert, and the end."""
        context = context or client_context(verify=False, **settings)
        with (daemon or self.daemon).dial() as plain:
            plain.sendall(MemoryClient(context, plain, sni).start())
            self.assertEqual(split_records(read_all(plain)),
                             [(ALERT, bytes([FATAL, description]))])

    def s_client(self, *options, daemon=None, text=""):
        """What `openssl s_client` has to say."""
        daemon = daemon or self.daemon
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{daemon.port}",
             "-servername", HOST, "-CAfile", scratch() / "root.pem",
             "-verify_return_error", *options], input=text,
            capture_output=True, text=True, timeout=TIMEOUT)
        return done.stdout + done.stderr


class VersionTest(TlsTest):
    def test_tls_1_1_and_older_are_refused(self):
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context = client_context(minimum=version, maximum=version,
                                         verify=False)
            context.set_ciphers("ALL:@SECLEVEL=0")
            self.expect_alert(PROTOCOL_VERSION, context=context)

    def test_tls_1_2_and_1_3_have_ephemeral_keys_and_aead(self):
        for version, name in ((V12, "TLSv1.2"), (V13, "TLSv1.3")):
            with self.daemon.connect(minimum=version,
                                     maximum=version) as connection:
                self.assertEqual(connection.version(), name)
                cipher = connection.cipher()[0]
                self.assertIsNone(connection.compression())
                connection.sendall(REQUEST)
                self.assertEqual(parse(read_all(connection))[2], BODY)
            self.assertRegex(cipher, "GCM|CHACHA20")
            if version == V12:
                self.assertRegex(cipher, "^ECDHE-")

    def test_weak_ciphers_are_refused(self):
        for cipher in ("AES128-GCM-SHA256", "AES128-SHA", "DHE+AES",
                       "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256",
                       "ECDHE-ECDSA-AES256-CCM", "aNULL", "eNULL"):
            with self.subTest(cipher=cipher):
                context = client_context(maximum=V12, verify=False)
                context.set_ciphers(cipher + ":@SECLEVEL=0")
                self.expect_alert(HANDSHAKE_FAILURE, context=context)

    def test_no_session_is_offered_or_resumed(self):
        for version in (V12, V13):
            context = client_context(minimum=version, maximum=version)
            with self.daemon.connect(context=context) as first:
                first.sendall(REQUEST)
                read_all(first)
                session = first.session
            if session is None:
                continue
            self.assertFalse(session.has_ticket)
            if version == V12:
                self.assertEqual(session.id, b"")
            plain = self.daemon.dial()
            with context.wrap_socket(plain, server_hostname=HOST,
                                     session=session) as second:
                self.assertFalse(second.session_reused)

    def test_renegotiation_is_refused(self):
        said = self.s_client("-tls1_2", text="R\n")
        self.assertIn("RENEGOTIATING", said)
        self.assertIn("no renegotiation", said)
        self.is_served()


class ProtocolTest(TlsTest):
    def test_http_1_1_is_chosen(self):
        for offer in (["http/1.1"], ["h2", "http/1.1"], ["http/1.1", "h2"],
                      ["h3", "acme-tls/1", "x" * 255, "http/1.1"]):
            with self.daemon.connect(alpn=offer) as connection:
                self.assertEqual(connection.selected_alpn_protocol(),
                                 "http/1.1")
                connection.sendall(REQUEST)
                self.assertEqual(parse(read_all(connection))[2], BODY)

    def test_a_client_without_alpn_is_served(self):
        with self.daemon.connect() as connection:
            self.assertIsNone(connection.selected_alpn_protocol())
            connection.sendall(REQUEST)
            self.assertEqual(parse(read_all(connection))[2], BODY)

    def test_a_client_with_other_protocols_only_is_refused(self):
        for offer in (["h2"], ["h2", "h3"], ["http/1.0"], ["HTTP/1.1"],
                      ["http/1.1x"], ["http/1."], ["smtp"], ["acme-tls/1"]):
            for version in (V12, V13):
                with self.subTest(offer=offer, version=version):
                    self.expect_alert(NO_APPLICATION_PROTOCOL, alpn=offer,
                                      maximum=version)


class NameTest(TlsTest):
    def test_unknown_and_missing_names_are_refused(self):
        for sni in (None, "other.example", "example.com", "x" + HOST,
                    "mta-sts.example.org", "www.mta-sts.example.com",
                    "mta-sts", "localhost"):
            for version in (V12, V13):
                with self.subTest(sni=sni, version=version):
                    self.expect_alert(UNRECOGNIZED_NAME, sni=sni,
                                      maximum=version)

    def test_an_upper_case_name_is_known(self):
        context = client_context(verify=False)
        with self.daemon.dial() as plain:
            client = MemoryClient(context, plain, HOST)
            hello = client.start()
        self.assertIn(HOST.encode(), hello)
        for spelling in (HOST.upper(), HOST.title()):
            with self.daemon.dial() as plain:
                client = MemoryClient(context, plain, spelling)
                hello = client.start()
                self.assertIn(spelling.encode(), hello)
                plain.sendall(hello)
                self.assertEqual(parse(client.exchange(REQUEST))[2], BODY)

    def test_the_certificate_is_the_one_for_the_name(self):
        make_certificates("mta-sts.example.net", options=("--leaf", "net"))
        make_certificates("*.example.com", options=("--leaf", "star"))
        with Daemon(files=self.leaves("net", "star"), config_text="""
[[policy]]
domains = ["example.com", "example.net"]
mx = ["mail.example.com"]
[server]
certificates = ["net", "star"]
""") as daemon:
            for host, names in ((HOST, ["*.example.com"]),
                                ("mta-sts.example.net",
                                 ["mta-sts.example.net"])):
                with daemon.connect(sni=host) as connection:
                    self.assertEqual(
                        connection.getpeercert()["subjectAltName"],
                        tuple(("DNS", name) for name in names))
                self.assertEqual(daemon.fetch(host)[::2], (200, BODY))
            # Covered by the wildcard, so there is a certificate to show.
            self.assertEqual(daemon.fetch("other.example.com")[0], 421)
            # RFC 8461, 3.3: a wildcard stands for one label.
            for sni in ("a.mta-sts.example.com", "example.com",
                        "other.example.net"):
                self.expect_alert(UNRECOGNIZED_NAME, sni=sni, daemon=daemon)

    @staticmethod
    def leaves(*names):
        return {f"{name}/{file}": (scratch() / name / file).read_bytes()
                for name in names for file in ("fullchain.pem",
                                               "privkey.pem")}

    def test_the_chain_is_leaf_and_intermediate(self):
        said = self.s_client("-showcerts")
        self.assertEqual(said.count("-----BEGIN CERTIFICATE-----"), 2)
        self.assertIn("Verify return code: 0 (ok)", said)

    def test_ecdsa_and_rsa_side_by_side(self):
        make_certificates(HOST, options=("--leaf", "rsa", "--rsa"))
        make_certificates(HOST, options=("--leaf", "ecdsa"))
        with Daemon(files=self.leaves("rsa", "ecdsa"), config_text="""
[[policy]]
domains = ["example.com"]
mx = ["mail.example.com"]
[server]
certificates = ["rsa", "ecdsa"]
""") as daemon:
            for ciphers, want in (("ECDHE+aRSA", "RSA"),
                                  ("ECDHE+ECDSA", "ECDSA"),
                                  ("ECDHE", "ECDSA")):
                context = client_context(maximum=V12)
                context.set_ciphers(ciphers)
                with daemon.connect(context=context) as connection:
                    self.assertIn(f"-{want}-", connection.cipher()[0])
            for options, bits in (
                    (("-sigalgs", "rsa_pss_rsae_sha256"), 2048),
                    (("-sigalgs", "ecdsa_secp256r1_sha256"), 256),
                    ((), 256)):
                said = self.s_client("-tls1_3", *options, daemon=daemon)
                self.assertIn(f"Server public key is {bits} bit\n", said)

    def test_a_client_that_can_not_use_the_certificate_is_refused(self):
        context = client_context(maximum=V12, verify=False)
        context.set_ciphers("ECDHE+aRSA")
        self.expect_alert(HANDSHAKE_FAILURE, context=context)
        self.is_served()


class HelloTest(TlsTest):
    """Odd ways to send a ClientHello, good ones and bad ones."""

    def exchange(self, cut, alpn=None):
        """`cut` makes what is sent of the ClientHello's octets, in parts."""
        context = client_context(alpn=alpn)
        with self.daemon.dial() as plain:
            client = MemoryClient(context, plain, HOST)
            for part in cut(client.start()):
                plain.sendall(part)
            self.assertEqual(parse(client.exchange(REQUEST))[2], BODY)

    def test_in_segments_of_one_octet(self):
        self.exchange(lambda hello: [bytes([octet]) for octet in hello])

    def test_split_at_every_octet_of_the_header(self):
        for at in range(1, 12):
            self.exchange(lambda hello: [hello[:at], hello[at:]])

    def test_split_over_two_records(self):
        for at in (1, 2, 4, 5, 50, -1):
            self.exchange(lambda hello: [
                make_record(HANDSHAKE, hello[5:][:at]) +
                make_record(HANDSHAKE, hello[5:][at:])])
            self.exchange(lambda hello: [
                make_record(HANDSHAKE, hello[5:][:at]),
                make_record(HANDSHAKE, hello[5:][at:])])

    def test_a_record_for_every_octet(self):
        self.exchange(lambda hello: [
            make_record(HANDSHAKE, bytes([octet])) for octet in hello[5:]])

    def test_a_large_one(self):
        # With a key share against quantum computers it has 1500 octets more.
        for count in (3, 6, 10):
            offer = ["x" * 250] * count + ["http/1.1"]
            self.exchange(lambda hello: [hello], offer)
            self.exchange(lambda hello: [hello[:5], hello[5:2000],
                                         hello[2000:]], offer)

    def send_and_end(self, octets):
        """Sends it and FIN, and reads what comes until the server ends."""
        with self.daemon.dial() as plain:
            try:
                plain.sendall(octets)
                plain.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it has ended the connection already
            return read_to_any_end(plain)

    def test_other_protocols_and_garbage_do_no_harm(self):
        dice = random.Random(7)
        for octets in (
                REQUEST, b"GET / HTTP/1.0\r\n\r\n", b"EHLO x\r\n", b"\r\n",
                b"SSH-2.0-x\r\n", b"\0", b"\0" * 70000, b"\x16", b"\x16\x03",
                b"\x16\x03\x01", b"\x16\x03\x01\0\0", b"\x16\x03\x01\0\1\1",
                b"\x16\x03\1\xff\xff", b"\x16\x03\1\xff\xff" + b"\1" * 70000,
                b"\x16\x03\x01\x40\1" + b"\1" * 16385, b"\x15\x03\1\0\2\1\0",
                b"\x15\x03\1\0\2\2\x28", b"\x17\x03\3\0\1x",
                b"\x14\x03\1\0\1\1",
                b"\x18\x03\2\0\3\1\x40\0", b"\x80\x2e\1\0\2\0\x15\0\0\0\x10",
                b"\x16\x03\x01\0\4\2\0\0\0", b"\x16\x03\x01\0\4\1\xff\xff\xff",
                b"\x16\2\0\0\4\1\0\0\0", dice.randbytes(100000)):
            with self.subTest(octets=octets[:20]):
                answer = self.send_and_end(octets)
                self.assertNotIn(b"STSv1", answer)
                self.is_served()

    def test_mutated_ones_do_no_harm(self):
        context = client_context(verify=False)
        dice = random.Random(8446)
        with self.daemon.dial() as plain:
            hello = MemoryClient(context, plain, HOST).start()
        for _ in range(300):
            octets = bytearray(hello)
            for _ in range(dice.randint(1, 4)):
                at = dice.randrange(len(octets))
                if dice.randrange(3):
                    octets[at] = dice.randrange(256)
                elif dice.randrange(2):
                    del octets[at:at + dice.randint(1, 9)]
                else:
                    octets[at:at] = dice.randbytes(dice.randint(1, 9))
            self.send_and_end(octets)
        self.is_served()

    def test_garbage_after_the_handshake_does_no_harm(self):
        for octets in (b"\x17\x03\x03\0\x20" + b"x" * 32, REQUEST, b"\0" * 99,
                       b"\x16\x03\x03\0\x04\1\0\0\0", b"\x17\x03\x03\xff\xff"):
            for version in (V12, V13):
                with self.daemon.connect(maximum=version) as connection:
                    with socket.socket(fileno=connection.detach()) as plain:
                        plain.settimeout(TIMEOUT)
                        plain.sendall(octets)
                        read_to_any_end(plain)
        self.is_served()


if __name__ == "__main__":
    unittest.main()
