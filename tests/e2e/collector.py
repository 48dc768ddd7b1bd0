# SPDX-License-Identifier: MIT
"""A running `mta-stsd collect`, and a client that reports to it."""

import pathlib
import re
import shutil

from answer import parse
from certificates import make_certificates, scratch
from daemon import POLICY, Daemon

HOST = "tls-reports.example.com"
TOKEN, OTHER = "alpha-0123456789abcdef", "beta_0123456789abcdefgh"
TOKENS = f"# NAME TOKEN\nalpha\t{TOKEN}\n\nbeta {OTHER}\n"
SETTINGS = """
[reports]
spool = "spool"
[collect]
host = "%s"
listen = ["127.0.0.1:0"]
tokens = "tokens"
%s
"""
GZIP, JSON = "application/tlsrpt+gzip", "application/tlsrpt+json"
REPORT = b'{"policies": []}'
NAME = r"[0-9]{10}\.[0-9a-f]{16}\.(alpha|beta)\.json(\.gz)?"


def post(body, *fields, token=TOKEN, kind=JSON, host=HOST, length=True,
         method="POST", path=None):
    """The octets of a request."""
    lines = [f"{method} {path or '/' + token} HTTP/1.1", f"Host: {host}"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, *fields, "", ""]).encode() + body


class Collector(Daemon):
    """`collect`, with the further lines `settings` of its table. .spool is its
    folder, and `tokens` what its file of tokens has."""

    service = "collect"

    def __init__(self, settings="", server="[server]\n", binary=None, **how):
        policy = POLICY.replace("mailto:tls-reports@example.com",
                                f"https://{HOST}/{TOKEN}")
        super().__init__(binary, policy + server + SETTINGS % (HOST, settings),
                         files={"tokens": TOKENS}, **how)
        (self.dir / "tokens").chmod(0o600)
        self.spool = self.dir / "spool"
        self.spool.mkdir()
        shutil.rmtree(self.dir / "certs")
        shutil.copytree(certificates(), self.dir / "certs")

    def connect(self, sni=HOST, **how):
        return super().connect(sni, **how)

    def send(self, octets, **how):
        """(status, headers, body) of the last answer, when it closes."""
        return parse(self.raw(octets, **how))[:3]

    def report(self, body=REPORT, context=None, **how):
        """The status of the answer to one."""
        return self.send(post(body, "Connection: close", **how),
                         context=context)[0]

    def files(self, part="new"):
        return sorted(path.name for path in (self.spool / part).iterdir())

    def bodies(self):
        return sorted((self.spool / "new" / name).read_bytes()
                      for name in self.files())


def certificates():
    """The folder of a pair for HOST, beside those of the policy hosts."""
    folder = pathlib.Path(scratch()) / "collect"
    if not folder.exists():
        make_certificates("mta-sts.example.com", "mta-sts.example.net", HOST)
        shutil.copytree(scratch() / "server", folder)
    return folder


def check_names(names):
    for name in names:
        assert re.fullmatch(NAME, name), name
