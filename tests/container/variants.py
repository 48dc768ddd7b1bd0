# SPDX-License-Identifier: MIT
"""The targets "debian" and "tool", and the image for arm64."""

import os
import subprocess
import unittest

from case import (MB, NAME, STRICT, USER, ContainerTestCase,
                  check_settings, engine, eventually, program_of, provide,
                  soon_healthy)
from engine import LIMIT_SECONDS


class DebianTest(ContainerTestCase):
    """The target "debian": what differs, and what must not."""

    @classmethod
    def setUpClass(cls):
        cls.image = provide("DEBIAN_IMAGE", f"{NAME}-debian",
                            "--target=debian")

    def test_settings(self):
        check_settings(self, self.image)

    def test_shell(self):
        done = engine().call("run", "--rm", *STRICT, "--entrypoint=/bin/sh",
                           self.image, "-c",
                           "id; ls -A /etc/mta-stsd /certs; "
                           "dpkg-query -W -f '${Status}' mta-stsd")
        self.assertEqual(
            done.stdout,
            f"uid={USER}(mta-stsd) gid={USER}(mta-stsd) "
            f"groups={USER}(mta-stsd)\n/certs:\n\n/etc/mta-stsd:\n"
            "install ok installed")

    def test_without_a_configuration(self):
        done = engine().call("run", "--rm", *STRICT, self.image, status=1)
        self.assertIn("/etc/mta-stsd/mta-stsd.toml: can't be read", done.stderr)

    def test_serves(self):
        container = self.start(name=self.image, options=soon_healthy())
        eventually(container.is_healthy)
        self.config.write_text(self.text("new.example.com"))
        self.expect_mx("new.example.com")
        engine().call("stop", "-t", 15, container.name)
        self.assertEqual(container.state()["ExitCode"], 0)


class ToolTest(unittest.TestCase):
    """The target "tool": the other program, and neither a port nor a part of
    mta-stsd."""

    @classmethod
    def setUpClass(cls):
        cls.image = provide("TOOL_IMAGE", f"{NAME}-tool", "--target=tool")

    def run_it(self, *arguments):
        return engine().call("run", "--rm", *STRICT, *arguments).stdout

    def test_settings(self):
        found = engine().inspect(self.image)
        config = {**found, **found["Config"]}
        self.assertEqual(config["User"], f"{USER}:{USER}")
        self.assertEqual(config["Entrypoint"], ["/usr/bin/mta-sts"])
        self.assertFalse(config.get("ExposedPorts"))
        self.assertFalse(config.get("Healthcheck"))

    def test_it_runs(self):
        said = self.run_it(self.image)
        self.assertRegex(said, r"^usage: mta-sts ")
        self.assertRegex(self.run_it(self.image, "--version"),
                         r"^mta-sts [0-9.]+\n$")

    def test_the_other_program_is_not_there(self):
        self.assertEqual(self.run_it(
            "--entrypoint=/bin/sh", self.image, "-c",
            "command -v mta-stsd; dpkg-query -W -f '${Package} ' 'mta-sts*'"),
            "mta-sts ")


@unittest.skipUnless({"ARM_IMAGE", "BUILD_MORE"} & set(os.environ),
                     "BUILD_MORE is not set")
class ArmTest(ContainerTestCase):
    """Cross-built, and run by qemu-user."""

    def test_serves(self):
        name = provide("ARM_IMAGE", f"{NAME}-arm64", "--platform=linux/arm64")
        self.assertEqual(engine().inspect(name)["Architecture"], "arm64")
        program = program_of(name, self.dir)
        print(f"arm64: the program has {program.stat().st_size / MB:.2f} MB")
        self.config.write_text(self.text().replace('"/certs"',
                                                   f'"{self.certs}"'))

        def command(*arguments):
            return ["qemu-aarch64", program, "-c", self.config, *arguments]

        said = subprocess.run(command("--version"), check=True, text=True,
                              capture_output=True, timeout=LIMIT_SECONDS)
        self.assertRegex(said.stdout, r"^mta-stsd [0-9.]+\n$")
        with subprocess.Popen(command("serve"), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as serving:
            try:
                self.assertIn("mx: mail.example.com", eventually(self.fetch))
                subprocess.run(command("health"), check=True,
                               stdout=subprocess.DEVNULL,
                               timeout=LIMIT_SECONDS)
            finally:
                serving.terminate()
                status = serving.wait(LIMIT_SECONDS)
        self.assertEqual(status, 0)
