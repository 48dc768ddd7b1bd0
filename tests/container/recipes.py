# SPDX-License-Identifier: MIT
"""The recipes of etc/compose, brought up with what Debian has for the images
that they name, on the network of this machine, and for a name of our own."""

import json
import shutil
import socket
import ssl
import subprocess
import unittest

try:
    import yaml
except ImportError:
    yaml = None

from case import (LIMIT_SECONDS, NAME, ContainerTestCase, engine, eventually,
                  free_port, image)
from engine import ROOT

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
