# SPDX-License-Identifier: MIT
"""A running mta-stsd with an operations listener, and a client for that."""

import http.client
import json
import os
import pathlib
import socket
import subprocess
import tempfile

from daemon import TIMEOUT, Daemon

POLICY = """
[[policy]]
domains = ["example.com"]
mx = ["mail.example.com"]
tls_rpt = ["mailto:tls-reports@example.com"]
"""
# As mta-sts reports import writes it.
SUMMARY = """mta-sts report days 1
time: 2026-11-28T05:00:00Z
domain day reports unverified organizations tlsa tlsa-failed sts sts-failed \
no-policy-found no-policy-found-failed other other-failed
example.com 2026-11-27 3 1 2 0 0 1200 3 5 0 0 0
domains: 1
"""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=TIMEOUT)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(str(self.path))


class Operated(Daemon):
    """Its operations listener is a unix socket, so that `health` knows where
    it is."""

    def __init__(self, policy=POLICY, *args, listen=None, settings="",
                 server="", **how):
        self._folder = tempfile.TemporaryDirectory(prefix="mta-stsd-op-")
        self.socket = pathlib.Path(self._folder.name) / "op.sock"
        self.head = (f'[server]\nlisten = ["127.0.0.1:0"]\n'
                     f'certificates = ["certs"]\n{server}\n'
                     f'[operations]\n'
                     f'listen = "{listen or "unix:" + str(self.socket)}"\n'
                     f"{settings}\n")
        super().__init__(None, self.head + policy, *args, **how)

    def __exit__(self, *what):
        try:
            super().__exit__(*what)
        finally:
            self._folder.cleanup()

    def rewrite(self, policy):
        """As an editor does that renames."""
        new = self.dir / ".new"
        new.write_text(self.head + policy)
        os.replace(new, self.config)

    def ask(self, path, method="GET", accept=None):
        """(status, fields, body) of one request."""
        connection = UnixConnection(self.socket)
        connection.request(method, path,
                           headers={"Accept": accept} if accept else {})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, body

    def readyz(self):
        status, _, body = self.ask("/readyz")
        return status, body

    def status(self, query=""):
        return json.loads(self.ask("/status" + query)[2])

    def metric(self, name):
        """The value of the one sample that is written so."""
        lines = self.ask("/metrics")[2].splitlines()
        values = [line.rpartition(" ")[2] for line in lines
                  if line.rpartition(" ")[0] == name]
        assert len(values) == 1, (name, values)
        return float(values[0])

    def command(self, *arguments):
        """(exit status, standard output, standard error)."""
        done = subprocess.run(
            [self.binary, "-c", self.config, *arguments], cwd=self.dir,
            env={key: value for key, value in self.env.items()
                 if key != "LD_PRELOAD"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=TIMEOUT)
        return done.returncode, done.stdout, done.stderr
