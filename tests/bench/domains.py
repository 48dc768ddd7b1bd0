# SPDX-License-Identifier: MIT
"""Many mail domains with policies and certificates, made once."""

import pathlib
import shutil
import subprocess
import time

# The leaves last for 90 days; one that ends soon would be warned of.
KEPT_SECONDS = 30 * 24 * 60 * 60


class Domains:
    """d000000.example and so on, as the program `domains` makes them. Layout
    "folders": each certificate in a folder as in certbot's live/; "flat": all
    in one folder as lego puts them there."""

    def __init__(self, program, folder, count, layout="folders"):
        self.count = count
        self.layout = layout
        self.folder = folder / f"{layout}-{count}"
        self.policies = self.folder / "policies.d"
        self.certificates = self.folder / "certs"
        self._make(program)
        self._read_all()

    def _make(self, program):
        root = self.folder / "root.pem"
        made = root.stat().st_mtime if root.exists() else 0
        if made > max(program.stat().st_mtime, time.time() - KEPT_SECONDS):
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        new = self.folder.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        subprocess.run([program, new, str(self.count), self.layout], check=True)
        new.rename(self.folder)

    def _read_all(self):
        """So that no measurement waits for the disk."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                path.read_bytes()

    def chains(self):
        """The folder of each host's chain and key, in layout "folders"."""
        return {host_of(number): self.certificates / host_of(number)
                for number in range(self.count)}

    def edit(self, number):
        """A new mx for one domain, as a careful editor writes it."""
        policy = self.policies / f"d{number:06}.example.toml"
        mx = f"mx{time.time_ns()}.d{number:06}.example"
        lines = [f'mx = ["{mx}"]' if line.startswith("mx = ") else line
                 for line in policy.read_text().splitlines()]
        replace(policy, ("\n".join(lines) + "\n").encode())

    def renew(self):
        """Another certificate and key for the first domain, and the one it
        has had is what the next renewal brings; in layout "folders"."""
        live, other = (self.folder / name / host_of(0)
                       for name in ("certs", "renewed"))
        for name in ("privkey.pem", "fullchain.pem"):
            old, new = (live / name).read_bytes(), (other / name).read_bytes()
            replace(live / name, new)
            replace(other / name, old)


def host_of(number):
    return f"mta-sts.d{number:06}.example"


def replace(path: pathlib.Path, octets):
    """Written beside it, and renamed into place."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(octets)
    new.chmod(path.stat().st_mode & 0o777)
    new.rename(path)
