# SPDX-License-Identifier: MIT
"""The images under test, and test cases with a folder to mount."""

import functools
import os
import pathlib
import shutil
import socket
import sys
import tarfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from answer import parse, read_all  # noqa: E402
from certificates import client_context, scratch  # noqa: E402
from daemon import HOST, PATH, eventually  # noqa: E402
from engine import LIMIT_SECONDS, STRICT, Container, Engine  # noqa: E402
from engine import make_folder  # noqa: E402

USER = 65532
MB = 1_000_000
NOTICED_SECONDS = 40  # 20 until it is polled for, and the way there
NAME = "localhost/mta-stsd:container-test"
PROGRAM = "usr/sbin/mta-stsd"
LABELS = {"version": "1.2.3", "revision": "0123abc"}
CONFIG = """\
[server]
listen = ["127.0.0.1:{port}"]
certificates = ["/certs"]
[operations]
listen = "127.0.0.1:{operations}"
[[policy]]
domains = ["example.com"]
mx = ["{mx}"]
tls_rpt = ["mailto:tls-reports@example.com"]
"""


engine = functools.cache(Engine)


@functools.cache
def provide(variable, name, *options):
    """The image that the environment has, or one that is built."""
    if given := os.environ.get(variable):
        return given
    engine().build(name, *options,
                   *(f"--build-arg={key.upper()}={value}"
                     for key, value in LABELS.items()))
    return name


def image():
    return provide("IMAGE", NAME)


def program_of(name, folder):
    """The program in the image `name`, copied to `folder`."""
    engine().files(name, folder / "files.tar")
    with tarfile.open(folder / "files.tar") as tar:
        tar.extract(PROGRAM, folder)
    return folder / PROGRAM


def check_settings(test, name):
    found = engine().inspect(name)
    config = {**found, **found["Config"]}  # podman has one key outside
    test.assertEqual(config["User"], f"{USER}:{USER}")
    test.assertEqual(config["Entrypoint"], ["/usr/sbin/mta-stsd"])
    test.assertEqual(config["Cmd"], ["serve"])
    test.assertEqual(config["StopSignal"], "SIGTERM")
    test.assertEqual(list(config["ExposedPorts"]), ["8443/tcp"])
    test.assertEqual(config["Healthcheck"]["Test"],
                     ["CMD", "/usr/sbin/mta-stsd", "health"])
    labels = {key.removeprefix("org.opencontainers.image."): value
              for key, value in config["Labels"].items()}
    for key in ("version", "revision"):
        test.assertRegex(labels.pop(key), r"^[0-9a-f.]+$")
    labels.pop("io.buildah.version", None)
    test.assertEqual(labels, {
        "title": "mta-stsd", "licenses": "MIT",
        "description": "Serves MTA-STS policies over HTTPS"})
    # A policy comes from a file, and from nothing else.
    test.assertEqual([one.partition("=")[0]
                      for one in config.get("Env") or []], ["PATH"])


def soon_healthy():
    """Options: podman is asked to check, docker does so every 30 s."""
    return () if engine().is_podman else ("--health-interval=1s",
                                          "--health-retries=1")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


class ContainerTestCase(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(self.enterContext(make_folder()))
        self.port, self.operations = free_port(), free_port()
        (self.dir / "etc").mkdir()
        self.config = self.dir / "etc/mta-stsd.toml"
        self.config.write_text(self.text())
        self.certs = shutil.copytree(scratch() / "server", self.dir / "certs")
        os.chown(self.certs / "privkey.pem", 0, USER)
        os.chmod(self.certs / "privkey.pem", 0o640)

    def text(self, mx="mail.example.com"):
        return CONFIG.format(port=self.port, operations=self.operations, mx=mx)

    def mounts(self):
        return {"/etc/mta-stsd": self.dir / "etc", "/certs": self.certs}

    def single_file(self):
        return {"/etc/mta-stsd/mta-stsd.toml": self.config,
                "/certs": self.certs}

    def start(self, mounts=None, options=(), name=None):
        container = self.enterContext(Container(
            engine(), name or image(), mounts or self.mounts(), options))
        eventually(self.fetch)
        return container

    def fetch(self):
        """The policy; None while nothing listens."""
        try:
            plain = socket.create_connection(("127.0.0.1", self.port),
                                             LIMIT_SECONDS)
        except ConnectionRefusedError:
            return None
        with client_context().wrap_socket(
                plain, server_hostname=HOST) as connection:
            connection.sendall(f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n"
                               "Connection: close\r\n\r\n".encode())
            status, _, body = parse(read_all(connection))[:3]
        self.assertEqual(status, 200)
        return body.decode()

    def expect_mx(self, mx):
        eventually(lambda: f"mx: {mx}\r\n" in self.fetch(), NOTICED_SECONDS)

    def command(self, *arguments, mounts=None):
        """The program with other arguments, in a container of its own."""
        options = [f"-v={outside}:{inside}:ro" for inside, outside in (
            self.mounts() if mounts is None else mounts).items()]
        return engine().call("run", "--rm", *STRICT, *options, image(),
                             *arguments, status=None)
