# SPDX-License-Identifier: MIT
"""Real senders fetch the policy: through DNS, port 443 and a trusted
certificate, in network and mount namespaces of their own."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from certificates import scratch
from daemon import TIMEOUT, Daemon
from name_server import NameServer
from sender_tools import environment, find_tool, missing_tools

DOMAIN = "example.net"  # the default certificates name its policy host
CONFIG = """
[server]
listen = ["127.0.0.1:443"]
certificates = ["certs"]

[[policy]]
domains = ["example.net"]
mode = "enforce"
max_age = "4w"
mx = ["mail.example.net", "*.mx.example.net"]
tls_rpt = ["mailto:tls-reports@example.net"]
"""
# "records" says that the policy host needs an address; a sender that
# delivers mail needs an MX, too.
ADDRESSES = ("mta-sts\t300\tIN\tA\t127.0.0.1\n"
             "@\t300\tIN\tMX\t10 mail\n"
             "mail\t300\tIN\tA\t127.0.0.1\n")
AS_ROOT = () if os.geteuid() == 0 else ("--user", "--map-root-user")
UNSHARE = ("unshare", *AS_ROOT, "--net", "--mount")
PREPARE = """
set -eu
ip link set lo up
mount --bind "$1/resolv.conf" /etc/resolv.conf
shift
exec "$@"
"""


def refusal():
    """Why there can be no namespaces here, or None."""
    with tempfile.TemporaryDirectory() as folder:
        resolver = pathlib.Path(folder, "resolv.conf")
        resolver.write_text("nameserver 127.0.0.1\n")
        try:
            done = subprocess.run(
                [*UNSHARE, "sh", "-c", PREPARE, "sh", folder, "true"],
                env=environment(), stdin=subprocess.DEVNULL, timeout=TIMEOUT,
                capture_output=True, text=True)
        except FileNotFoundError as error:
            return str(error)
    if done.returncode:
        return f"no namespaces here: {done.stderr.strip()}"
    return None


class SenderTest(unittest.TestCase):
    def run_inside(self):
        """Runs this test once more, in namespaces; True when it is there."""
        if os.environ.get("MTA_STSD_INSIDE"):
            return True
        if reason := missing_tools("knotd", self.TOOL) or refusal():
            self.skipTest(reason)
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "resolv.conf").write_text(
                "nameserver 127.0.0.1\n")
            done = subprocess.run(
                [*UNSHARE, "sh", "-c", PREPARE, "sh", folder, sys.executable,
                 "-B", __file__, self.id().removeprefix("__main__.")],
                env={**environment(), "MTA_STSD_INSIDE": "1"},
                stdin=subprocess.DEVNULL, timeout=2 * TIMEOUT,
                capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return False

    def ask(self, *command):
        """What a sender says, on both of its outputs."""
        with Daemon(None, CONFIG) as daemon:
            records = subprocess.run(
                [daemon.binary, "-c", daemon.config, "records"], check=True,
                capture_output=True, text=True, timeout=TIMEOUT).stdout
            with NameServer({DOMAIN: ADDRESSES + records}, port=53):
                done = subprocess.run(
                    [find_tool(command[0]), *command[1:]],
                    env={**environment(),
                         "SSL_CERT_FILE": str(scratch() / "root.pem")},
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT)
        return done.stdout


class PostfixTest(SenderTest):
    TOOL = "mta-sts-query"

    def test_mta_sts_query(self):
        if not self.run_inside():
            return
        said = self.ask("mta-sts-query", DOMAIN)
        self.assertIn("STSFetchResult.VALID", said)
        self.assertIn("'mode': 'enforce'", said)
        self.assertIn("'max_age': 2419200", said)
        self.assertIn("'mx': ['*.mx.example.net', 'mail.example.net']", said)
        # The id of our record; it would warn if the two disagreed.
        self.assertRegex(said, r"\('[0-9a-f]{32}', ")


class ChasquidTest(SenderTest):
    TOOL = "smtp-check"

    def test_smtp_check(self):
        if not self.run_inside():
            return
        # Its second part fails: nobody listens on port 25.
        said = self.ask("smtp-check", DOMAIN)
        self.assertRegex(
            said, r"=== STS policy\n.*Parsed contents:  \[\{Version:STSv1 "
            r"Mode:enforce MXs:\[\*\.mx\.example\.net mail\.example\.net\] "
            r"MaxAge:672h0m0s\}\]\n.* OK\n")


if __name__ == "__main__":
    unittest.main()
