# SPDX-License-Identifier: MIT
"""Challenges of ACME by TLS-ALPN-01 (RFC 8737): what a CA is shown on the
policy host's own port, and that nobody else is shown anything of it."""

import concurrent.futures
import hashlib
import pathlib
import re
import shutil
import ssl
import subprocess
import tempfile
import unittest

from authority import LEAF, issue, make_key
from certificates import client_context
from daemon import BODY, HOST, PATH, POLICY, TIMEOUT, Daemon, eventually
from memory_client import ALERT, MemoryClient, split_records

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
VERSIONS = (V12, V13)
UNRECOGNIZED_NAME, NO_APPLICATION_PROTOCOL = 112, 120
ACME = "acme-tls/1"


def challenge(name=HOST, **how):
    """As an ACME client makes it; its digest is that of nothing (3)."""
    digest = ":".join(f"{octet:02x}" for octet in hashlib.sha256().digest())
    return issue((name,), is_self_signed=True, uses="", **how, extensions=LEAF
                 + f"1.3.6.1.5.5.7.1.31 = critical, DER:04:20:{digest}\n")


def der(issued):
    return ssl.PEM_cert_to_DER_cert(issued.pem.decode())


class ChallengeTestCase(unittest.TestCase):
    config = POLICY + "\n[server]\nchallenges = \"challenges\"\n"

    def start(self, config=None, certificates=True, **how):
        daemon = Daemon(None, config or self.config, **how)
        folder = re.search('challenges = "(.*)"', config or self.config)
        (daemon.dir / (folder[1] if folder else "challenges")).mkdir()
        if not certificates:
            shutil.rmtree(daemon.dir / "certs")
            (daemon.dir / "certs").mkdir()
        return self.enterContext(daemon)

    def put(self, daemon, issued, folder=pathlib.Path()):
        daemon.write(folder / f"challenges/{HOST}.crt.pem", issued.pem)
        daemon.write(folder / f"challenges/{HOST}.key.pem", issued.key.pem)

    def remove(self, daemon):
        for kind in ("crt", "key"):
            (daemon.dir / f"challenges/{HOST}.{kind}.pem").unlink()

    def ask(self, daemon, sni=HOST, alpn=(ACME,), version=V13):
        """What a client is shown: a certificate, and the protocol. Or the
        number of the alert."""
        context = client_context(list(alpn), version, version, verify=False)
        context.verify_mode = ssl.CERT_NONE
        with daemon.dial() as plain:
            client = MemoryClient(context, plain, sni)
            try:
                client.run(client.tls.do_handshake)
            except ssl.SSLError:
                records = split_records(client.received)
                self.assertEqual(records[-1][0], ALERT, records)
                return records[-1][1][1]
            return (client.tls.getpeercert(True),
                    client.tls.selected_alpn_protocol())

    def is_served(self, daemon):
        self.assertEqual(daemon.fetch()[::2], (200, BODY))


class WireTest(ChallengeTestCase):
    """One daemon for all: what a ClientHello gets."""

    def setUp(self):
        self.daemon = self.start()
        self.challenge = challenge()
        self.put(self.daemon, self.challenge)

    def test_who_offers_it_alone_is_shown_it(self):
        for version in VERSIONS:
            self.assertEqual(self.ask(self.daemon, version=version),
                             (der(self.challenge), ACME))
            self.assertEqual(
                self.ask(self.daemon, sni=HOST.upper(), version=version),
                (der(self.challenge), ACME))
        self.is_served(self.daemon)

    def test_others_are_shown_the_certificate_of_the_host(self):
        plain = self.ask(self.daemon, alpn=("http/1.1",))[0]
        self.assertNotEqual(plain, der(self.challenge))
        for version in VERSIONS:
            for alpn in (("http/1.1",), ("http/1.1", ACME), (ACME, "http/1.1"),
                         (ACME, "h2", "http/1.1")):
                self.assertEqual(
                    self.ask(self.daemon, alpn=alpn, version=version),
                    (plain, "http/1.1"))
            for alpn in ((ACME, ACME), (ACME, "h2"), (ACME + "0",)):
                self.assertEqual(
                    self.ask(self.daemon, alpn=alpn, version=version),
                    NO_APPLICATION_PROTOCOL)

    def test_names_without_a_challenge_are_refused(self):
        for version in VERSIONS:
            for name in ("mta-sts.example.net", "example.com", "x.invalid",
                         "crt.pem", None):
                self.assertEqual(
                    self.ask(self.daemon, sni=name, version=version),
                    UNRECOGNIZED_NAME, name)

    def test_there_is_no_http_behind_it(self):
        for version in VERSIONS:
            context = client_context([ACME], version, version, verify=False)
            context.verify_mode = ssl.CERT_NONE
            with self.daemon.dial() as plain:
                client = MemoryClient(context, plain, HOST)
                client.run(client.tls.do_handshake)
                client.tls.write(
                    f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
                try:
                    answer = client.run(lambda: client.tls.read(1))
                except (ssl.SSLZeroReturnError, ConnectionError):
                    answer = b""  # the end, or a reset for what came too late
                self.assertEqual(answer, b"")

    def test_what_is_not_whole_or_not_valid_is_none(self):
        half = self.challenge.pem[:len(self.challenge.pem) // 2]
        other = challenge("mta-sts.example.net")
        for wrong in (
                {"crt": half}, {"crt": b""}, {"key": b""},
                {"key": make_key().pem},
                {"crt": other.pem, "key": other.key.pem},
                dict(zip(("crt", "key"), self.pair(
                    issue((HOST,), is_self_signed=True)))),
                dict(zip(("crt", "key"), self.pair(challenge(starts=-9,
                                                             lasts=7)))),
                dict(zip(("crt", "key"), self.pair(challenge(starts=2))))):
            for kind, content in wrong.items():
                self.daemon.write(f"challenges/{HOST}.{kind}.pem", content)
            self.assertEqual(self.ask(self.daemon), UNRECOGNIZED_NAME)
            self.put(self.daemon, self.challenge)
            self.assertEqual(self.ask(self.daemon)[1], ACME)

    @staticmethod
    def pair(issued):
        return issued.pem, issued.key.pem

    def refusals(self, daemon):
        """[(host, reason)] of what lay there and was not shown."""
        found = [re.search('event=challenge-refused host=(\\S+) reason="(.*?)" '
                           'hint="the ACME client writes it', line)
                 for line in daemon.stderr_lines if "challenge" in line]
        self.assertNotIn(None, found, daemon.stderr_lines)
        return [one.groups() for one in found]

    def test_the_log_says_why_one_is_not_shown(self):
        pair = "certificate and key are no pair, or not whole"
        self.daemon.write(f"challenges/{HOST}.crt.pem", b"")
        for _ in range(3):
            self.assertEqual(self.ask(self.daemon), UNRECOGNIZED_NAME)
        self.assertEqual(self.ask(self.daemon, sni="mta-sts.example.net"),
                         UNRECOGNIZED_NAME)
        self.daemon.wait_for_line("challenge-refused")
        self.assertEqual(self.refusals(self.daemon), [(HOST, pair)])
        (self.daemon.dir / f"challenges/{HOST}.key.pem").unlink()
        self.assertEqual(self.ask(self.daemon), UNRECOGNIZED_NAME)
        self.daemon.wait_for_line("No such file")
        self.assertEqual(
            self.refusals(self.daemon)[1:],
            [(HOST, "its key can't be read: No such file or directory")])

    def test_a_folder_in_the_place_of_the_first_is_told_of(self):
        # Elsewhere: the folder of the configuration may be read as a whole.
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        daemon = self.start(self.config.replace(
            '"challenges"', f'"{folder}/challenges"'))
        if "landlock=none" in daemon.wait_for_line("event=sandbox "):
            self.skipTest("the kernel has no Landlock")
        self.put(daemon, self.challenge, folder)
        self.assertEqual(self.ask(daemon)[1], ACME)
        shutil.rmtree(folder / "challenges")
        self.assertEqual(self.ask(daemon), UNRECOGNIZED_NAME)
        (folder / "challenges").mkdir()
        self.put(daemon, self.challenge, folder)
        self.assertEqual(self.ask(daemon), UNRECOGNIZED_NAME)
        daemon.wait_for_line("Permission denied")
        self.assertEqual(
            self.refusals(daemon),
            [(HOST, "its certificate can't be read: Permission denied")])
        self.is_served(daemon)

    def test_a_challenge_comes_changes_and_goes_at_once(self):
        again = challenge()
        self.put(self.daemon, again)
        self.assertEqual(self.ask(self.daemon), (der(again), ACME))
        self.remove(self.daemon)
        self.assertEqual(self.ask(self.daemon), UNRECOGNIZED_NAME)
        self.put(self.daemon, self.challenge)
        self.assertEqual(self.ask(self.daemon), (der(self.challenge), ACME))

    def test_strangers_who_ask_change_nothing(self):
        def ask(number):
            return self.ask(self.daemon, sni=f"mta-sts.x{number}.example")
        before = self.daemon.descriptors()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual(set(pool.map(ask, range(500))),
                             {UNRECOGNIZED_NAME})
        self.is_served(self.daemon)
        eventually(lambda: self.daemon.descriptors() == before)
        lines = [line for line in self.daemon.stderr_lines
                 if "example" in line and "x4" in line]
        self.assertLess(len(lines), 20)

    def test_no_challenge_becomes_a_certificate(self):
        self.assertNotIn("challenge", "".join(
            line for line in self.daemon.stderr_lines if "finding" in line))
        shutil.rmtree(self.daemon.dir / "certs")
        self.is_served(self.daemon)  # the last good one
        self.assertNotEqual(self.ask(self.daemon, alpn=("http/1.1",))[0],
                            der(self.challenge))


class WithoutTest(ChallengeTestCase):
    config = POLICY

    def test_the_protocol_is_refused_without_a_folder(self):
        daemon = self.start()
        self.put(daemon, challenge())
        for version in VERSIONS:
            self.assertEqual(self.ask(daemon, version=version),
                             NO_APPLICATION_PROTOCOL)


class FirstCertificateTest(ChallengeTestCase):
    def test_it_starts_without_and_serves_when_there_are_some(self):
        daemon = self.start(certificates=False, checks=1,
                            allow=("certificate.",))
        self.assertEqual("".join(daemon.stdout_lines), "")
        for version in VERSIONS:
            self.assertEqual(
                self.ask(daemon, alpn=("http/1.1",), version=version),
                UNRECOGNIZED_NAME)
        first = challenge()
        self.put(daemon, first)
        self.assertEqual(self.ask(daemon), (der(first), ACME))
        for name, content in issue((HOST, "mta-sts.example.net")).files(
                "certs/one").items():
            daemon.write(name, content)
        daemon.wait_for_line("_mta-sts.example.com.",
                             lines=daemon.stdout_lines)
        self.is_served(daemon)
        self.assertEqual(self.ask(daemon), (der(first), ACME))

    def test_a_folder_that_is_not_there_is_refused(self):
        daemon = Daemon(None, self.config)
        for command, status in (("check", 0), ("serve", 1)):
            done = subprocess.run(
                [daemon.binary, "-c", daemon.config, command], cwd=daemon.dir,
                capture_output=True, text=True, stdin=subprocess.DEVNULL,
                timeout=TIMEOUT)
            self.assertEqual(done.returncode, status)
            self.assertIn("[server.challenges-missing]", done.stderr)
            self.assertIn("hint: mkdir ", done.stderr)


if __name__ == "__main__":
    unittest.main()
