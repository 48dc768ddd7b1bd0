# SPDX-License-Identifier: MIT
"""Certificates where the tools that obtain them put them, renewed in the way
of those tools: at once, and with a rest after each file."""

import os
import pathlib
import socket
import subprocess
import unittest

from authority import intermediate, issue, make_key, openssl, root
from certificates import client_context
from check_certificates import CheckTestCase, put
from daemon import TIMEOUT, Daemon, eventually
from fetchers import Fetchers
from s_client import sent_chain, split_chain

COM, NET = "mta-sts.example.com", "mta-sts.example.net"
CONFIG = """\
[server]
listen = ["127.0.0.1:0"]
certificates = ["{certificates}"]
[[policy]]
domains = ["example.com", "example.net"]
mx = ["mail.example.com"]
tls_rpt = ["mailto:tls-reports@example.com"]
"""
GOOD = "mta-stsd.toml: 2 policy domains, 2 certificates, 0 warnings\n"
# Longer than what the program waits for after an event.
REST = 0.5
MAY_FAIL = ("event=finding", "event=reload")


class Certbot:
    """/etc/letsencrypt/live, its links and what they lead to."""
    certificates = "letsencrypt/live"
    readme = b"WARNING: DO NOT MOVE OR RENAME THESE FILES!\n"

    def __init__(self, folder):
        self.folder = folder / "letsencrypt"
        self.versions = {}
        put(self.folder, {
            "live/README": self.readme,
            "renewal/mta-sts.example.com.conf": b"version = 2.1.0\n"})

    def write(self, host, new):
        version = self.versions[host] = self.versions.get(host, 0) + 1
        parts = {"cert": new.pem, "privkey": new.key.pem,
                 "chain": new.issuer.chain(), "fullchain": new.chain()}
        put(self.folder, {f"archive/{host}/{part}{version}.pem": octets
                          for part, octets in parts.items()})
        yield
        live = self.folder / "live" / host
        live.mkdir(exist_ok=True)
        (live / "README").write_bytes(self.readme)
        for part in parts:
            # It removes the link, then makes it anew.
            link = live / f"{part}.pem"
            link.unlink(missing_ok=True)
            link.symlink_to(f"../../archive/{host}/{part}{version}.pem")
            yield


class AcmeSh:
    """~/.acme.sh, which has a folder for each name. It keeps the key."""
    certificates = "acme.sh"

    def __init__(self, folder):
        self.folder = folder / "acme.sh"
        put(self.folder, {
            "account.conf": b"LOG_FILE='/root/.acme.sh/acme.sh.log'\n",
            "acme.sh": b"#!/usr/bin/env sh\n", "http.header": b"HTTP/2 200\n",
            "acme.sh.env": b'export LE_WORKING_DIR="/root/.acme.sh"\n',
            "dnsapi/dns_nsupdate.sh": b"#!/usr/bin/env sh\n",
            "ca/acme.example/directory/account.key": make_key().pem})

    def write(self, host, new):
        for name, octets in (
                (f"{host}.key", new.key.pem), (f"{host}.csr", new.key.request),
                (f"{host}.csr.conf", b"[ req_distinguished_name ]\n"),
                (f"{host}.conf", f"Le_Domain='{host}'\n".encode()),
                (f"{host}.cer", new.pem), ("ca.cer", new.issuer.chain()),
                ("fullchain.cer", new.chain())):
            path = self.folder / f"{host}_ecc" / name
            if not path.exists() or path.read_bytes() != octets:
                put(path.parent, {name: octets})
                yield


class Lego:
    """lego --pem: all names in one folder."""
    certificates = "lego/certificates"

    def __init__(self, folder):
        self.folder = folder / "lego/certificates"

    def write(self, host, new):
        for end, octets in (
                ("crt", new.chain()), ("issuer.crt", new.issuer.chain()),
                ("key", new.key.pem), ("pem", new.chain() + new.key.pem),
                ("json", f'{{"domain": "{host}"}}\n'.encode())):
            put(self.folder, {f"{host}.{end}": octets})
            yield


class CertManager:
    """Secrets that the kubelet mounts; it swaps ..data alone."""
    certificates = "mounted"

    def __init__(self, folder):
        self.folder = folder / "mounted"
        self.count = 0

    def write(self, host, new):
        self.count += 1
        volume = self.folder / host
        data = f"..2026_01_01_00_00_00.{self.count}"
        put(volume / data, {"tls.crt": new.chain(), "tls.key": new.key.pem,
                            "ca.crt": root().pem})
        for name in ("tls.crt", "tls.key", "ca.crt"):
            if not (volume / name).is_symlink():
                (volume / name).symlink_to(f"..data/{name}")
        (volume / "..data_tmp").symlink_to(data)
        os.replace(volume / "..data_tmp", volume / "..data")
        yield


class HaProxy:
    """`bind ... crt FOLDER`: a file for each name."""
    certificates = "haproxy"

    def __init__(self, folder):
        self.folder = folder / "haproxy"
        put(self.folder, {"crt-list.txt": b"/etc/haproxy/a.pem a.example\n"})

    def write(self, host, new):
        new_file = f".{host}.pem.new"
        put(self.folder, {new_file: self.combine(new),
                          f"{host}.pem.ocsp": b"\x30\x03\x0a\x01\x00"})
        yield
        os.replace(self.folder / new_file, self.folder / f"{host}.pem")
        yield

    def combine(self, new):
        return new.chain() + new.key.pem


class HaProxyKeyFirst(HaProxy):
    def combine(self, new):
        return new.key.pem + new.chain()


class Caddy:
    """Its data directory, one issuer."""
    certificates = "caddy/certificates/acme.example-directory"

    def __init__(self, folder):
        self.folder = folder / self.certificates
        put(folder / "caddy", {
            "acme/acme.example-directory/users/default/default.key":
            make_key().pem})

    def write(self, host, new):
        for end, octets in (("key", new.key.pem), ("crt", new.chain()),
                            ("json", f'{{"sans": ["{host}"]}}\n'.encode())):
            put(self.folder / host, {f".{host}.{end}.new": octets})
            os.replace(self.folder / host / f".{host}.{end}.new",
                       self.folder / host / f"{host}.{end}")
            yield


class LayoutTest(unittest.TestCase):
    maxDiff = None

    def run_check(self, daemon):
        done = subprocess.run(
            [daemon.binary, "-c", "mta-stsd.toml", "check"], cwd=daemon.dir,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=TIMEOUT)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, GOOD, ""))

    def leaf(self, daemon, host):
        with daemon.connect(sni=host, context=self.context) as connection:
            return connection.getpeercert()["serialNumber"]

    def check(self, tool, reuse_key=False):
        self.context = client_context()
        daemon = Daemon(None, CONFIG.format(certificates=tool.certificates),
                        allow=MAY_FAIL)
        layout = tool(daemon.dir)
        issued = {host: issue((host,), starts=-9) for host in (COM, NET)}
        for host, one in issued.items():
            list(layout.write(host, one))
        self.run_check(daemon)
        with daemon, Fetchers(daemon, (COM, NET)) as fetchers:
            for number, rest in enumerate((0, REST)):
                before = self.leaf(daemon, COM)
                issued[COM] = issue(
                    (COM,), starts=number - 2,
                    issuer=intermediate("another", number),
                    key=issued[COM].key if reuse_key else "p256")
                for _ in layout.write(COM, issued[COM]):
                    if rest:
                        fetchers.watch(rest)
                eventually(lambda: self.leaf(daemon, COM) != before)
                for host, one in issued.items():
                    self.assertEqual(sent_chain(daemon, host),
                                     split_chain(one.chain()))
            self.run_check(daemon)
        self.assertEqual(len(fetchers.serials), 4)

    def test_certbot(self):
        self.check(Certbot)

    def test_certbot_with_reuse_key(self):
        self.check(Certbot, reuse_key=True)

    def test_acme_sh(self):
        self.check(AcmeSh, reuse_key=True)

    def test_acme_sh_with_new_keys(self):
        self.check(AcmeSh)

    def test_lego(self):
        self.check(Lego)

    def test_lego_with_reuse_key(self):
        self.check(Lego, reuse_key=True)

    def test_cert_manager(self):
        self.check(CertManager)

    def test_haproxy(self):
        self.check(HaProxy)

    def test_haproxy_with_the_key_first(self):
        self.check(HaProxyKeyFirst)

    def test_caddy(self):
        self.check(Caddy)


class FormTest(CheckTestCase):
    """Other forms of PEM that tools and people make."""

    def put_pair(self, chain, key):
        put(self.folder / "certs", {"chain.txt": chain, "key.txt": key})
        self.expect_good()

    def convert(self, octets, *command):
        put(self.folder, {"in": octets})
        return openssl(*command, "-in", "in", folder=self.folder)

    def test_key_as_sec_1_behind_its_parameters(self):
        leaf = issue()
        key = self.convert(leaf.key.pem, "ec")
        self.put_pair(leaf.chain(), b"-----BEGIN EC PARAMETERS-----\n"
                      b"BggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + key)

    def test_key_as_pkcs_1(self):
        leaf = issue(key="rsa2048")
        key = self.convert(leaf.key.pem, "rsa", "-traditional")
        self.assertIn(b"BEGIN RSA " b"PRIVATE KEY", key)
        self.put_pair(leaf.chain(), key)

    def test_text_around_the_blocks(self):
        leaf = issue()
        text = self.convert(leaf.pem, "x509", "-text")
        self.put_pair(b"Bag Attributes\n    localKeyID: 01\n" + text
                      + leaf.issuer.pem, leaf.key.pem)

    def test_lines_that_end_with_crlf(self):
        leaf = issue()
        self.put_pair(leaf.chain().replace(b"\n", b"\r\n"),
                      leaf.key.pem.replace(b"\n", b"\r\n"))

    def test_no_newline_at_the_end(self):
        leaf = issue()
        self.put_pair(leaf.chain().rstrip(), leaf.key.pem.rstrip())

    def test_the_intermediate_in_a_file_of_its_own(self):
        # Nothing says which chains are parts of one, so it stays out.
        leaf = issue()
        put(self.folder / "certs", {
            "fullchain.pem": leaf.chain(), "cert.pem": leaf.pem,
            "chain.pem": leaf.issuer.chain(), "root.pem": root().pem,
            "privkey.pem": leaf.key.pem})
        self.expect_good()

    def test_the_same_pair_twice(self):
        leaf = issue()
        put(self.folder, {**leaf.files("certs/one"),
                          **leaf.files("certs/two")})
        self.expect_good()


class OddFileTest(CheckTestCase):
    """What lies beside certificates in the field, and is not ours."""

    def setUp(self):
        super().setUp()
        put(self.folder, issue().files("certs/pair"))
        self.path = self.folder / "certs/pair/odd.pem"

    def write(self, octets):
        put(self.path.parent, {self.path.name: octets})
        self.expect_good()

    def test_readme(self):
        self.write(b"WARNING: DO NOT MOVE OR RENAME THESE FILES!\n")

    def test_empty(self):
        self.write(b"")

    def test_dh_parameters(self):
        self.write(openssl("dhparam", "-dsaparam", "512", folder="/"))

    def test_certificate_request(self):
        self.write(make_key().request)

    def test_public_key(self):
        self.write(openssl("x509", "-in", self.path.with_name("fullchain.pem"),
                           "-noout", "-pubkey", folder="/"))

    def test_revocation_list(self):
        self.write(b"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n")

    def test_account_key(self):
        self.write(make_key().pem)

    def test_binary(self):
        self.write(b"\x30\x82\x0a\x00" + bytes(range(256)) * 20)

    def test_binary_that_speaks_of_pem(self):
        self.write(b"\0\xff-----BEGIN \0 CERTIFICATE-----\n\0\0\0-----END ")

    def test_script_that_speaks_of_pem(self):
        self.write(b"#!/bin/sh\necho '-----BEGIN CERTIFICATE-----'\n"
                   b"cat body\necho '-----END CERTIFICATE-----'\n")

    def test_large(self):
        self.write(b"a line of a log\n" * 200000)

    def test_hidden(self):
        self.path = self.path.with_name(".privkey.pem.swp")
        self.write(b"-----BEGIN " b"PRIVATE KEY-----\nAAAA")

    def test_fifo(self):
        os.mkfifo(self.path)
        self.expect_good()

    def test_socket(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.path))
            self.expect_good()

    def test_dangling_link(self):
        self.path.symlink_to("nowhere")
        self.expect_good()

    def test_link_to_itself(self):
        self.path.symlink_to(self.path.name)
        self.expect_good()

    def test_cycle_of_folders(self):
        for link in (self.path, self.folder / "certs/loop"):
            pathlib.Path(link).symlink_to("..")
        self.expect_good()

    def test_too_deep_to_be_found(self):
        put(self.folder, issue(("other.example",)).files("certs/a/b/c/d"))
        self.expect_good()


if __name__ == "__main__":
    unittest.main()
