# SPDX-License-Identifier: MIT
"""A CA on this machine: pebble, and the name server that it asks, in which
every name leads to 127.0.0.1."""

import contextlib
import json
import os
import socket
import ssl
import subprocess
import urllib.request

from authority import issue
from certificates import scratch
from daemon import TIMEOUT, eventually
from sender_tools import find_tool, free_port

ENVIRONMENT = {
    "PEBBLE_VA_NOSLEEP": "1",
    "PEBBLE_AUTHZREUSE": "0",  # each order is a challenge
    "PEBBLE_WFE_NONCEREJECT": "0",  # dehydrated 0.7.0 takes it for the end
}


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Authority:
    """Asks for challenges at `port`. Its certificates are valid for `seconds`.
    .root is the file with which its own server is trusted."""

    def __init__(self, folder, port, seconds):
        self.folder, self.asked, self.seconds = folder, port, seconds
        self.port, self.management, self.dns, self.dns_control = (
            free_port() for _ in range(4))
        self.root = scratch() / "root.pem"
        self.url = f"https://localhost:{self.port}/dir"

    def __enter__(self):
        self.folder.mkdir()
        for name, octets in issue(("localhost",)).files("").items():
            (self.folder / name.lstrip("/")).write_bytes(octets)
        (self.folder / "pebble.json").write_text(json.dumps({"pebble": {
            "listenAddress": f"127.0.0.1:{self.port}",
            "managementListenAddress": f"127.0.0.1:{self.management}",
            "certificate": str(self.folder / "fullchain.pem"),
            "privateKey": str(self.folder / "privkey.pem"),
            "httpPort": free_port(), "tlsPort": self.asked,
            "certificateValidityPeriod": self.seconds}}))
        with contextlib.ExitStack() as stack:
            for program, *options in (
                    ["pebble-challtestsrv", "-defaultIPv4", "127.0.0.1",
                     "-defaultIPv6", "", "-dns01", f"127.0.0.1:{self.dns}",
                     "-http01", "", "-https01", "", "-tlsalpn01", "",
                     "-management", f"127.0.0.1:{self.dns_control}"],
                    ["pebble", "-config", self.folder / "pebble.json",
                     "-dnsserver", f"127.0.0.1:{self.dns}"]):
                stack.callback(self.stop, self.start(program, options))
            for port in (self.dns, self.port, self.management):
                eventually(lambda port=port: is_open(port))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def start(self, program, options):
        with open(self.folder / f"{program}.log", "w") as log:
            return subprocess.Popen(
                [find_tool(program), *options], cwd=self.folder, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **ENVIRONMENT})

    @staticmethod
    def stop(process):
        process.terminate()
        process.wait(TIMEOUT)

    def context(self):
        """For a sender that trusts what this CA issues, and nothing else."""
        with urllib.request.urlopen(
                f"https://localhost:{self.management}/roots/0", timeout=TIMEOUT,
                context=ssl.create_default_context(cafile=self.root)) as answer:
            return ssl.create_default_context(cadata=answer.read().decode())
