# SPDX-License-Identifier: MIT
"""OpenDKIM, which signs what Postfix sends, or looks at what it takes and says
so in an Authentication-Results field."""

import base64
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/verify"))
from dns_server import FAR_RESOLVER  # noqa: E402
from services import Service, find_folders, find_tool  # noqa: E402

SELECTOR = "s1"


class OpenDkim(Service):
    """At `address`; `lines`: of its configuration."""

    PORT = 8891

    def __init__(self, address, lines):
        super().__init__((address, self.PORT))
        self._lines = lines
        self.milter = f"inet:{address}:{self.PORT}"

    def environment(self):
        # One of its libraries lies in no folder of an architecture.
        found = super().environment()
        folders = [str(one) for one in find_folders("usr/lib")]
        if folders:
            found["LD_LIBRARY_PATH"] = ":".join(
                [found["LD_LIBRARY_PATH"], *folders])
        return found

    def __exit__(self, *_):
        self.process.kill()  # it takes five seconds to end by itself
        super().__exit__()

    def command(self):
        # It is a resolver of its own, which knows that there is no "test".
        (self.dir / "unbound.conf").write_text(
            'server:\n  local-zone: "test." transparent\n'
            f'forward-zone:\n  name: "."\n  forward-addr: {FAR_RESOLVER}\n')
        (self.dir / "opendkim.conf").write_text(
            f"ResolverConfiguration {self.dir}/unbound.conf\n"
            f"Socket inet:{self.PORT}@{self.places[0][0]}\n"
            "Syslog no\nBackground no\nRequireSafeKeys no\n" + self._lines)
        return [find_tool("opendkim"), "-f", "-x", self.dir / "opendkim.conf"]


def signer(address, domain, key):
    return OpenDkim(address, f"Mode s\nDomain {domain}\nSelector {SELECTOR}\n"
                             f"KeyFile {key}\nInternalHosts 192.0.2.0/24\n")


def verifier(address, host):
    return OpenDkim(address, f"Mode v\nAuthservID {host}\n"
                             "AlwaysAddARHeader yes\nInternalHosts 127.0.0.1\n")


def make_key(folder):
    """The path of a key, and the record that says it: short enough for a
    datagram of the old size."""
    path = folder / "dkim.pem"
    subprocess.run(["openssl", "genrsa", "-out", path, "1024"], check=True,
                   capture_output=True, timeout=60)
    path.chmod(0o600)
    octets = subprocess.run(
        ["openssl", "rsa", "-in", path, "-pubout", "-outform", "DER"],
        check=True, capture_output=True, timeout=60).stdout
    return path, f"v=DKIM1; k=rsa; p={base64.b64encode(octets).decode()}"
