# SPDX-License-Identifier: MIT
"""Many mail domains with policies and certificates, made once."""

import os
import pathlib
import shutil
import subprocess
import time

# The leaves last for 90 days; one that ends soon would be warned of.
KEPT_SECONDS = 30 * 24 * 60 * 60

# How they lie on the disk: each certificate in a folder of its own, as in
# certbot's live/; all in one folder, as lego puts them there; and with all
# policies in one file, which is the configuration itself.
FOLDERS = "a folder each"
FLAT = "in one folder"
ONE_TOML = "policies in one TOML"
LAYOUTS = (FOLDERS, FLAT, ONE_TOML)

# Who has issued the certificates, and those that they are renewed with.
ISSUERS = ("bench intermediate", "bench intermediate 2")

SPOILED = "spoiled"  # a file that says: not to be used again


class Domains:
    """d000000.example and so on, as the program `domains` makes them."""

    def __init__(self, program, folder, count):
        self.count = count
        self.program = program
        self.folder = folder / f"folders-{count}"
        self.policies = self.folder / "policies.d"
        self.certificates = self.folder / "certs"
        make(program, self.folder, count, "folders")
        flat = self.folder / "flat"
        if not flat.exists():
            self._link(flat)
        self._read_all()

    def _link(self, flat):
        """The same files once more, so that there are no more to make."""
        new = self.folder / "flat.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        for host, folder in self.chains().items():
            os.link(folder / "fullchain.pem", new / f"{host}.crt")
            os.link(folder / "privkey.pem", new / f"{host}.key")
        new.rename(flat)

    def _read_all(self):
        """So that no measurement waits for the disk."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                path.read_bytes()

    def configure(self, layout, server):
        """The text of a configuration with the [server] table `server`, in
        which {certificates} is still open."""
        folder = self.folder / "flat" if layout == FLAT else self.certificates
        server = server.format(certificates=folder)
        if layout != ONE_TOML:
            return f'include = ["{self.policies}/*.toml"]\n' + server
        return server + "".join(self.policy(number).read_text()
                                for number in range(self.count))

    def policy(self, number):
        return self.policies / f"d{number:06}.example.toml"

    def chains(self):
        """The folder of each host's chain and key."""
        return {host_of(number): self.certificates / host_of(number)
                for number in range(self.count)}

    def edit(self, number):
        """A new mx for one domain, as a careful editor writes it."""
        policy = self.policy(number)
        mx = f"mx{time.time_ns()}.d{number:06}.example"
        lines = [f'mx = ["{mx}"]' if line.startswith("mx = ") else line
                 for line in policy.read_text().splitlines()]
        replace(policy, ("\n".join(lines) + "\n").encode())

    def renew(self):
        """Another certificate and key for the first domain, and the one it
        has had is what the next renewal brings."""
        live, other = (self.folder / name / host_of(0)
                       for name in ("certs", "renewed"))
        for name in ("privkey.pem", "fullchain.pem"):
            old, new = (live / name).read_bytes(), (other / name).read_bytes()
            replace(live / name, new)
            replace(other / name, old)


def make(program, folder, count, layout):
    """As the program `domains` makes it, unless it is there and still good."""
    root = folder / "root.pem"
    made = root.stat().st_mtime if root.exists() else 0
    if made > max(program.stat().st_mtime, time.time() - KEPT_SECONDS) \
            and not (folder / SPOILED).exists():
        return
    new = folder.with_suffix(".new")
    for old in (folder, new):
        shutil.rmtree(old, ignore_errors=True)
    subprocess.run([program, new, str(count), layout], check=True)
    new.rename(folder)


def host_of(number):
    return f"mta-sts.d{number:06}.example"


def replace(path: pathlib.Path, octets):
    """Written beside it, and renamed into place."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(octets)
    new.chmod(path.stat().st_mode & 0o777)
    new.rename(path)
