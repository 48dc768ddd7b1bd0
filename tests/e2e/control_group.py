# SPDX-License-Identifier: MIT
"""Control groups with a limit on memory, where they can be made."""

import os
import pathlib

MIB = 1 << 20


class Group:
    """A control group of version 1 or 2 with so much memory."""

    def __init__(self, mib):
        root = pathlib.Path("/sys/fs/cgroup")
        first = (root / "memory/memory.limit_in_bytes").exists()
        self.path = (root / "memory" if first else root) / (
            f"mta-stsd-{os.getpid()}")
        self.limit = "memory.limit_in_bytes" if first else "memory.max"
        self.peak_file = "memory.max_usage_in_bytes" if first else "memory.peak"
        self.octets = mib * MIB

    def __enter__(self):
        self.path.mkdir()
        (self.path / self.limit).write_text(str(self.octets))
        return self

    def __exit__(self, *_):
        self.path.rmdir()

    def peak(self):
        """The most that it has had, in octets."""
        return int((self.path / self.peak_file).read_text())

    def wrapper(self):
        """What makes a command one of the group's."""
        return ("sh", "-c", 'echo $$ >"$0" && exec "$@"',
                self.path / "cgroup.procs")
