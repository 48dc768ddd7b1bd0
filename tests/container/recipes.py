# SPDX-License-Identifier: MIT
"""The recipes of etc/compose, brought up with what Debian has for the images
that they name, on the network of this machine, and for a name of our own."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import unittest

try:
    import yaml
except ImportError:
    yaml = None

from case import (LIMIT_SECONDS, NAME, USER, ContainerTestCase, engine,
                  eventually, free_port, image, provide)
from certificates import make_certificates
from engine import ROOT

sys.path.append(str(ROOT / "tests/reports"))
from sent import Report  # noqa: E402

DOMAIN = "mine.internal"
HOST = "mta-sts." + DOMAIN
STAND_IN = f"{NAME}-stand-in"
STAND_IN_FILE = """\
FROM docker.io/library/debian:trixie-slim
RUN apt-get -q update && DEBIAN_FRONTEND=noninteractive \\
    apt-get -q install -y --no-install-recommends caddy certbot pebble
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
"""
# Debian's docker-compose, or the plugin.
COMPOSE = next((words for words in (["docker-compose"], ["docker", "compose"])
                if shutil.which(words[0]) and subprocess.run(
                    [*words, "version"], capture_output=True,
                    timeout=LIMIT_SECONDS).returncode == 0), None)


@unittest.skipUnless(yaml and COMPOSE, "needs docker-compose and python3-yaml")
class RecipeTest(ContainerTestCase):
    @classmethod
    def setUpClass(cls):
        if engine().is_podman:
            raise unittest.SkipTest("docker-compose needs Docker")

    def setUp(self):
        super().setUp()
        folder = self.dir / "stand-in"
        folder.mkdir()
        (folder / "Dockerfile").write_text(STAND_IN_FILE)
        engine().build(STAND_IN, folder=folder)

    def bring_up(self, recipe, edits, services):
        """A copy of the recipe, with `edits` of its texts, and with what is to
        be changed in the services. Compose itself, for further commands."""
        folder = self.dir / recipe
        shutil.copytree(ROOT / "etc/compose" / recipe, folder)
        for path in [one for one in folder.rglob("*") if one.is_file()]:
            text = path.read_text().replace("example.com", DOMAIN)
            for old, new in edits.items():
                text = text.replace(old, new)
            path.write_text(text)
        told = yaml.safe_load((folder / "compose.yaml").read_text())
        told.pop("networks", None)
        for name, service in told["services"].items():
            for key in ("build", "ports", "networks"):
                service.pop(key, None)
            service |= {"image": image() if name == "mta-stsd" else STAND_IN,
                        "network_mode": "host",
                        "extra_hosts": ["mta-stsd:127.0.0.1",
                                        f"{HOST}:127.0.0.1"],
                        **services.get(name, {})}
        # The version that Debian's docker-compose wants to be told.
        (folder / "compose.yaml").write_text(yaml.safe_dump(
            {"version": "3.8", **told}))

        def compose(*arguments):
            done = subprocess.run(
                [*COMPOSE, "-p", self.dir.name, *arguments], cwd=folder,
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=LIMIT_SECONDS)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            return done.stdout

        self.addCleanup(compose, "down", "-v", "-t", "15")
        compose("up", "-d")
        return compose

    def fetch(self):
        """(serial number, policy), or None as long as there is no answer."""
        context = ssl._create_unverified_context()
        try:
            with socket.create_connection(("127.0.0.1", self.port),
                                          LIMIT_SECONDS) as plain, \
                    context.wrap_socket(plain, server_hostname=HOST) as tls:
                tls.sendall("GET /.well-known/mta-sts.txt HTTP/1.1\r\n"
                            f"Host: {HOST}\r\nConnection: close\r\n\r\n"
                            .encode())
                answer = b"".join(iter(lambda: tls.recv(4096), b""))
                return tls.getpeercert(True), answer.decode()
        except OSError:
            return None

    def expect_policy(self):
        certificate, answer = eventually(self.fetch, LIMIT_SECONDS)
        self.assertEqual(answer.partition(" ")[2].partition("\r\n")[0],
                         "200 OK")
        self.assertTrue(answer.endswith(
            f"version: STSv1\r\nmode: testing\r\nmx: mail.{DOMAIN}\r\n"
            "max_age: 604800\r\n"), answer)
        return certificate

    def test_caddy(self):
        http, plain = free_port(), free_port()
        self.bring_up("caddy", {
            ":8080": f":{plain}", ":9443": f":{self.operations}",
            f"{HOST} {{": "{\n\tlocal_certs\n\tskip_install_trust\n"
                          f"\tadmin off\n\thttp_port {http}\n"
                          f"\thttps_port {self.port}\n}}\n{HOST} {{"},
            {"caddy": {"command": ["caddy", "run", "--config",
                                   "/etc/caddy/Caddyfile"]}})
        self.expect_policy()

    def test_certbot(self):
        """The first certificate, and a renewal that is seen as it comes."""
        compose = self.bring_up("certbot", {
            ":8443": f":{self.port}", ":9443": f":{self.operations}",
            "certonly": "certonly --no-verify-ssl --http-01-port "
                        f"{self.serve_acme()} --server "
                        f"https://127.0.0.1:{self.acme}/dir"}, {})
        first = self.expect_policy()
        started = compose("ps", "-q", "mta-stsd").strip()
        count = engine().inspect(started)["RestartCount"]
        compose("exec", "-T", "certbot", "certbot", "renew", "--force-renewal",
                "--no-random-sleep-on-renew", "--no-verify-ssl")
        eventually(lambda: (self.fetch() or (first,))[0] != first,
                   LIMIT_SECONDS)
        self.expect_policy()
        self.assertEqual(engine().inspect(started)["RestartCount"], count)

    def test_reports(self):
        """One is posted, and read by a program that nobody can reach: what they
        share is the spool, with the owner that the images give it."""
        reports, posted_to, token = f"tls-reports.{DOMAIN}", free_port(), "a" * 32
        certs = self.dir / "own"
        make_certificates(HOST, reports, folder=certs)
        os.chown(certs / "server/privkey.pem", 0, USER)
        os.chmod(certs / "server/privkey.pem", 0o640)
        tokens = self.dir / "tokens"
        tokens.mkdir()
        (tokens / "tokens").write_text(f"mine {token}\n")
        os.chown(tokens / "tokens", USER, USER)
        os.chmod(tokens / "tokens", 0o400)
        own = ["./mta-stsd:/etc/mta-stsd:ro", f"{certs}/server:/certs:ro"]
        compose = self.bring_up("reports", {
            f'"{reports}"\nlisten = ["[::]:8443"]':
                f'"{reports}"\nlisten = ["[::]:{posted_to}"]',
            ":8443": f":{self.port}", ":9443": f":{self.operations}",
            ":9444": f":{free_port()}",
            "/certs/live": "/certs", "put-your-token-here": token}, {
            "mta-stsd": {"volumes": own},
            "collect": {"image": image(), "volumes": [
                *own, f"{tokens}:/tokens:ro", "spool:/spool"]},
            "import": {"image": provide("TOOL_IMAGE", f"{NAME}-tool",
                                        "--target=tool")}})
        self.expect_policy()
        eventually(lambda: self.post(posted_to, reports, f"/{token}") == 201,
                   LIMIT_SECONDS)
        # What its health check asks.
        self.assertIn("ready\nreports in the spool: 1, ", compose(
            "exec", "-T", "collect", "/usr/sbin/mta-stsd", "health",
            "--collect"))
        read = ("exec", "-T", "import", "mta-sts", "reports")
        compose(*read, "import")
        self.assertEqual(compose(*read, "summary", "--until", "2026-11-27"), """\
2026-11-14 to 2026-11-27, by UTC
DOMAIN         POLICY  SESSIONS  FAILED  SHARE  BEFORE  SENDERS  UNVERIFIED  LAST
mine.internal  sts     5         0       0 %    none    1        100 %       2026-11-24
""")

    @staticmethod
    def post(port, host, path):
        """The status, or None as long as there is no answer."""
        body = Report(domain=DOMAIN, successes=5).gzip()
        try:
            with socket.create_connection(("127.0.0.1", port),
                                          LIMIT_SECONDS) as plain, \
                    ssl._create_unverified_context().wrap_socket(
                        plain, server_hostname=host) as tls:
                tls.sendall(f"POST {path} HTTP/1.1\r\nHost: {host}\r\n"
                            "Content-Type: application/tlsrpt+gzip\r\n"
                            f"Content-Length: {len(body)}\r\n\r\n"
                            .encode() + body)
                return int(tls.recv(4096).split()[1])
        except (OSError, IndexError):
            return None

    def serve_acme(self):
        """A CA at the port .acme; the port that it asks for challenges."""
        self.acme, asked = free_port(), free_port()
        (self.dir / "pebble.json").write_text(json.dumps({"pebble": {
            "listenAddress": f"127.0.0.1:{self.acme}",
            "managementListenAddress": f"127.0.0.1:{free_port()}",
            "certificate": "/certs/fullchain.pem",
            "privateKey": "/certs/privkey.pem",
            "httpPort": asked, "tlsPort": free_port()}}))
        name = engine().call(
            "run", "-d", "--network=host", f"--add-host={HOST}:127.0.0.1",
            "-e", "PEBBLE_VA_NOSLEEP=1", "-v", f"{self.dir}:/pebble:ro",
            "-v", f"{self.certs}:/certs:ro", STAND_IN, "pebble", "-config",
            "/pebble/pebble.json").stdout.strip()
        self.addCleanup(engine().call, "rm", "-f", name)

        def answers():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.acme)) == 0

        eventually(answers)
        return asked
