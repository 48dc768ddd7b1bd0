# SPDX-License-Identifier: MIT
"""`openssl s_client`: sees the whole chain, and can be any kind of client."""

import re
import subprocess

from certificates import scratch
from daemon import TIMEOUT

BLOCK = re.compile(
    "-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def split_chain(pem):
    """The certificates in PEM octets or text."""
    return BLOCK.findall(pem if isinstance(pem, str) else pem.decode())


def sent_chain(daemon, host, *options):
    """What the server sends to a client that trusts the root alone; empty
    when there is no handshake."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{daemon.port}",
         "-servername", host, "-showcerts", "-verify_return_error",
         "-verify_hostname", host, "-CAfile", scratch() / "root.pem",
         *options], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=TIMEOUT)
    return split_chain(done.stdout) if done.returncode == 0 else []
