# SPDX-License-Identifier: MIT
"""Policies to edit while the program runs, and what is served of them."""

import os
import time
import unittest

from certificates import client_context
from daemon import HOST, Daemon, eventually

# Longer than every time for which the program waits before it takes a file
# that it should not take: 200 ms after an event, 1 s after a poll.
LONG = 1.6

OTHER_HOST = "mta-sts.example.net"
SERVER = '[server]\nlisten = ["127.0.0.1:0"]\ncertificates = ["certs"]\n'
FAILED = ("event=finding", "event=reload")  # the lines of a rejected edit


def policy(*mx, domains=("example.com",), mode="testing", max_age="1w"):
    # What can be left out stands behind mx: cut there, it is valid still.
    def lines(values):
        return "".join(f'  "{value}",\n' for value in values)
    return (f"[[policy]]\ndomains = [\n{lines(domains)}]\n"
            f"mx = [\n{lines(mx)}]\n"
            f'tls_rpt = ["mailto:tls-reports@example.com"]\n'
            f'mode = "{mode}"\nmax_age = "{max_age}"\n')


def body(*mx, mode="testing", seconds=604800):
    lines = ["version: STSv1", f"mode: {mode}",
             *(f"mx: {name}" for name in sorted(mx)), f"max_age: {seconds}"]
    return "".join(line + "\r\n" for line in lines).encode()


def replace(path, text):
    """As editors and configuration management do."""
    new = path.with_name("." + path.name + ".new")
    new.write_text(text)
    os.replace(new, path)


OLD = SERVER + policy("old.example.com")
NEW = SERVER + policy("new.example.com")
OLD_BODY = body("old.example.com")
NEW_BODY = body("new.example.com")
# Parses, but mx can't be a mail address.
BAD = SERVER + policy("postmaster@example.com")


class ReloadTestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.context = client_context()

    def start(self, text=OLD, **how):
        daemon = Daemon(None, text, **how)
        return self.enterContext(daemon)

    def served(self, daemon, host=HOST):
        status, _, octets = daemon.fetch(host, context=self.context)
        self.assertEqual(status, 200)
        return octets

    def serial(self, daemon):
        """Of the certificate in use; the handshake verifies it."""
        with daemon.connect(context=self.context) as connection:
            return connection.getpeercert()["serialNumber"]

    def wait_until_served(self, daemon, want, host=HOST):
        """How long it took, in seconds."""
        start = time.monotonic()
        eventually(lambda: self.served(daemon, host) == want)
        return time.monotonic() - start

    def rejected(self, daemon):
        """Waits until an edit has been rejected."""
        daemon.wait_for_line("event=reload result=failed")

    def count(self, daemon, part):
        return sum(part in line for line in daemon.stderr_lines)
