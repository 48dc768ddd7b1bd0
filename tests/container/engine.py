# SPDX-License-Identifier: MIT
"""Docker or podman, an image, and containers of it. All waits are bounded."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 120
BUILD_SECONDS = 7200
# As strict as engines can be asked to be.
STRICT = ("--read-only", "--cap-drop=ALL",
          "--security-opt=no-new-privileges", "--network=host")


def find_tool():
    for tool in filter(None, (os.environ.get("CONTAINER_TOOL"), "docker",
                              "podman")):
        # A client without its server is of no use.
        if shutil.which(tool) and subprocess.run(
                [tool, "info"], capture_output=True,
                timeout=LIMIT_SECONDS).returncode == 0:
            return tool
    raise SystemExit("neither docker nor podman can be used here")


class Engine:
    def __init__(self):
        self.tool = find_tool()
        version = self.call("--version").stdout
        self.is_podman = "podman" in version
        self.version = version.strip()

    def call(self, *arguments, status=0, timeout=LIMIT_SECONDS, **how):
        """`status`: the expected one, or None for any."""
        done = subprocess.run(
            [self.tool, *map(str, arguments)], stdin=subprocess.DEVNULL,
            timeout=timeout, **{"capture_output": True, "text": True, **how})
        assert status is None or done.returncode == status, (
            arguments, done.returncode, done.stdout, done.stderr)
        return done

    def build(self, name, *options, folder=ROOT):
        # Podman's own format has no HEALTHCHECK.
        form = ("--format=docker",) if self.is_podman else ()
        self.call("build", *form,
                  *shlex.split(os.environ.get("BUILD_OPTIONS", "")),
                  *options, "-t", name, folder, timeout=BUILD_SECONDS,
                  capture_output=False,
                  env={**os.environ, "DOCKER_BUILDKIT": "1"})

    def inspect(self, name):
        return json.loads(self.call("inspect", name).stdout)[0]

    def save(self, name, path):
        self.call("save", "-o", path, name)

    def files(self, image, path):
        """The file system of `image`, as a tar file."""
        made = self.call("create", image).stdout.strip()
        try:
            self.call("export", "-o", path, made)
        finally:
            self.call("rm", made)


class Container:
    """`serve` in a container, with what is mounted read-only at the paths of
    `mounts`. Ends and goes with the `with`."""

    def __init__(self, engine, image, mounts, options=()):
        self.engine, self.image = engine, image
        self.options = [*STRICT, *options]
        for inside, outside in mounts.items():
            self.options += ["-v", f"{outside}:{inside}:ro"]

    def __enter__(self):
        self.name = self.engine.call("run", "-d", *self.options,
                                     self.image).stdout.strip()
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            print(self.log())
        self.engine.call("rm", "-f", self.name)

    def log(self):
        done = self.engine.call("logs", self.name)
        return done.stdout + done.stderr

    def state(self):
        return self.engine.inspect(self.name)["State"]

    def status(self):
        """/proc/PID/status of the program, as the machine sees it."""
        pid = self.state()["Pid"]
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        return dict(re.findall(r"^(\w+):\s+(.*)$", text, re.MULTILINE))

    def mounts(self):
        """Mount point and options of each mount that the program sees."""
        pid = self.state()["Pid"]
        text = pathlib.Path(f"/proc/{pid}/mountinfo").read_text()
        return {line.split()[4]: line.split()[5].split(",")
                for line in text.splitlines()}

    def is_healthy(self):
        """What the image's HEALTHCHECK says; None: it did not run yet."""
        if self.engine.is_podman:
            return self.engine.call("healthcheck", "run", self.name,
                                    status=None).returncode == 0
        return {"healthy": True, "unhealthy": False}.get(
            self.state()["Health"]["Status"])


def make_folder():
    """A temporary one that the container may look into."""
    folder = tempfile.TemporaryDirectory(prefix="mta-stsd-container-")
    os.chmod(folder.name, 0o755)
    return folder
