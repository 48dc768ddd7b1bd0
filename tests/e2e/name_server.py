# SPDX-License-Identifier: MIT
"""A knotd that serves zones for one test."""

import collections
import pathlib
import subprocess
import tempfile

from daemon import TIMEOUT, eventually
from sender_tools import environment, find_tool, free_port

# What every zone needs and `records` does not print.
APEX = ("@\t300\tIN\tSOA\tns hostmaster 1 3600 600 86400 300\n"
        "@\t300\tIN\tNS\tns\n"
        "ns\t300\tIN\tA\t127.0.0.1\n")


class NameServer:
    """Serves `zones`, {name: the lines below its apex}, on 127.0.0.1."""

    def __init__(self, zones, port=None):
        self.port = port or free_port()
        self._zones = zones

    def __enter__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="mta-stsd-dns-")
        folder = pathlib.Path(self._temporary.name)
        lines = ["server:", f"  listen: 127.0.0.1@{self.port}",
                 f"  rundir: {folder}", "  udp-workers: 1",
                 "  tcp-workers: 1", "  background-workers: 1",
                 "database:", f"  storage: {folder}/db",
                 "template:", "- id: default", f"  storage: {folder}",
                 "  zonefile-sync: -1", "  journal-content: none",
                 "log:", "- target: stderr", "  any: info", "zone:"]
        for i, (name, records) in enumerate(self._zones.items()):
            # A file named after its zone could be longer than 255 octets.
            (folder / f"{i}.zone").write_text(
                f"$ORIGIN {name}.\n{APEX}{records}")
            lines += [f"- domain: {name}", f"  file: {i}.zone"]
        (folder / "knot.conf").write_text("\n".join(lines) + "\n")
        self._log = open(folder / "log", "a+")
        self._process = subprocess.Popen(
            [find_tool("knotd"), "-c", folder / "knot.conf"],
            env=environment(), stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=self._log)
        try:
            eventually(self._is_ready)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self._temporary.cleanup()

    def _is_ready(self):
        ended = self._process.poll() is not None
        self._log.seek(0)
        log = self._log.read()
        assert not ended, log
        # It answers before it has loaded its zones.
        return ("server started" in log
                and log.count("] loaded, serial") == len(self._zones))

    def ask(self, name, kind):
        return ask(self.port, name, kind)


Answer = collections.namedtuple("Answer", "status records")
Record = collections.namedtuple("Record", "owner ttl data")


def ask(port, name, kind):
    """What kdig got: a status, and of each record its time to live and the
    strings it consists of."""
    done = subprocess.run(
        [find_tool("kdig"), "@127.0.0.1", "-p", str(port), name, kind,
         "+noidn", "+time=2", "+retry=2", "+bufsize=4096"],
        env={**environment(), "LC_ALL": "C"}, capture_output=True,
        text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL)
    status, records, section = None, [], None
    for line in done.stdout.splitlines():
        if "status: " in line:
            status = line.split("status: ")[1].split(";")[0]
        if line.startswith(";;"):
            section = line
        elif line and section and section.startswith(";; ANSWER"):
            owner, ttl, _, _, data = line.split(None, 4)
            records.append(Record(owner, int(ttl), data))
    return Answer(status, records)
