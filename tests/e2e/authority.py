# SPDX-License-Identifier: MIT
"""Certificates of every kind, bad ones too, below the throw-away root of this
process. One openssl command makes a key, one more a certificate for it."""

import dataclasses
import datetime
import functools
import pathlib
import subprocess
import tempfile
import typing

from certificates import scratch
from daemon import HOST

KEYS = {
    "p256": ("ec", "ec_paramgen_curve:P-256"),
    "p384": ("ec", "ec_paramgen_curve:P-384"),
    "rsa1024": ("rsa:1024",),
    "rsa2048": ("rsa:2048",),
    "rsa3072": ("rsa:3072",),
    "ed25519": ("ed25519",),
}
AUTHORITY = """\
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
"""
LEAF = """\
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
"""
CONFIG = """\
[req]
distinguished_name = names
[names]
[ca]
default_ca = one
[one]
database = index
new_certs_dir = .
rand_serial = yes
policy = any
[any]
commonName = supplied
[extensions]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


@dataclasses.dataclass(frozen=True)
class Key:
    pem: bytes
    request: bytes = b""


@dataclasses.dataclass(frozen=True)
class Issued:
    """A certificate, its key, and who signed it: None if it did itself."""
    pem: bytes
    key: Key
    issuer: typing.Optional["Issued"] = None

    def chain(self):
        """It and what leads to a root, which is left out."""
        above = self.issuer
        return self.pem + (above.chain() if above and above.issuer else b"")

    def files(self, folder="pair"):
        """As Daemon takes them, under certbot's names."""
        return {f"{folder}/fullchain.pem": self.chain(),
                f"{folder}/privkey.pem": self.key.pem}


def openssl(*arguments, folder):
    done = subprocess.run(["openssl", *arguments], cwd=folder, timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def make_key(kind="p256"):
    """A new one, with a request for a certificate."""
    algorithm, *parameters = KEYS[kind]
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        (here / "config").write_text(CONFIG)
        options = [word for one in parameters for word in ("-pkeyopt", one)]
        openssl("req", "-new", "-config", "config", "-newkey", algorithm,
                *options, "-noenc", "-subj", "/CN=request", "-keyout", "key",
                "-out", "request", folder=folder)
        return Key((here / "key").read_bytes(),
                   (here / "request").read_bytes())


@functools.cache
def root():
    """What client_context() trusts."""
    return Issued((scratch() / "root.pem").read_bytes(),
                  Key((scratch() / ".ca/root.key").read_bytes()))


@functools.cache
def intermediate(subject="intermediate", number=0, above=None):
    """One below the root, or below another. With another `number` the same
    subject has another key."""
    return issue(subject=subject, issuer=above or root(), names=(),
                 extensions=AUTHORITY, lasts=3650)


def issue(names=(HOST,), *, issuer=None, key="p256", subject="leaf",
          extensions=LEAF, uses="serverAuth", starts=-1, lasts=90,
          digest="sha256", is_self_signed=False):
    """`names`: in subjectAltName. `issuer`: intermediate() if not given.
    `key`: a kind, or one that is there. `starts`: days from now, `lasts`:
    days from then on. The certificate is whatever the arguments say."""
    issuer = issuer or intermediate() if not is_self_signed else None
    key = make_key(key) if isinstance(key, str) else key
    if names:
        extensions += "subjectAltName = " + ", ".join(
            f"DNS:{name}" for name in names) + "\n"
    if uses and extensions.startswith(LEAF):
        extensions += f"extendedKeyUsage = {uses}\n"
    start = (datetime.datetime.now(datetime.timezone.utc)
             + datetime.timedelta(days=starts))
    end = start + datetime.timedelta(days=lasts)
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        (here / "config").write_text(CONFIG + extensions)
        (here / "index").touch()
        (here / "request").write_bytes(key.request)
        (here / "key").write_bytes((issuer.key if issuer else key).pem)
        if issuer:
            (here / "issuer").write_bytes(issuer.pem)
        openssl("ca", "-config", "config", "-batch", "-notext",
                *(["-cert", "issuer"] if issuer else ["-selfsign"]),
                "-keyfile", "key", "-md", digest, "-subj", f"/CN={subject}",
                "-startdate", f"{start:%Y%m%d%H%M%SZ}",
                "-enddate", f"{end:%Y%m%d%H%M%SZ}",
                "-extensions", "extensions", "-in", "request", "-out", "out",
                folder=folder)
        return Issued((here / "out").read_bytes(), key, issuer)


def encrypt(key):
    """The key's PEM with a password."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "key").write_bytes(key.pem)
        return openssl("pkey", "-in", "key", "-aes256", "-passout", "pass:x",
                       folder=folder)
