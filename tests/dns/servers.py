# SPDX-License-Identifier: MIT
"""Name servers for one test, each on 127.0.0.1 with a folder of its own."""

import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request

sys.path.append(str(pathlib.Path(__file__).parents[1] / "e2e"))
from daemon import TIMEOUT, eventually
from name_server import APEX, NameServer, ask
from sender_tools import environment, find_folders, find_tool, free_port

Knot = NameServer


class Server:
    """`zones`: {name: the lines below its apex}."""

    def __init__(self, zones):
        self.zones, self.port = zones, free_port()

    def __enter__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="mta-stsd-dns-")
        self.dir = pathlib.Path(self._temporary.name)
        for name, records in self.zones.items():
            (self.dir / f"{name}.zone").write_text(
                f"$ORIGIN {name}.\n{APEX}{records}")
        self._log = open(self.dir / "log", "a+")
        self._process = subprocess.Popen(
            self.command(), env=environment(), cwd=self.dir,
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        try:
            eventually(self._answers)
            self.fill()
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

    def _answers(self):
        ended = self._process.poll() is not None
        self._log.seek(0)
        assert not ended, self._log.read()
        return self.is_ready()

    def is_ready(self):
        return all(self.ask(name, "SOA").status == "NOERROR"
                   for name in self.zones)

    def fill(self):
        pass

    def ask(self, name, kind):
        return ask(self.port, name, kind)


class Bind(Server):
    """`zone_options`: what each zone has beside its file."""

    def __init__(self, zones, options="", zone_options=""):
        super().__init__(zones)
        self._options, self._zone_options = options, zone_options

    def command(self):
        zones = "".join(
            f'zone "{name}" {{ type primary; file "{name}.zone"; '
            f"{self._zone_options} }};\n" for name in self.zones)
        (self.dir / "named.conf").write_text(
            f'options {{ directory "{self.dir}"; recursion no; '
            f"listen-on port {self.port} {{ 127.0.0.1; }}; "
            'listen-on-v6 { none; }; pid-file none; dnssec-validation no; '
            'session-keyfile none; };\n'
            f"controls {{ }};\n{self._options}\n{zones}")
        return [find_tool("named"), "-g", "-n", "1", "-c",
                self.dir / "named.conf"]


class Nsd(Server):
    def command(self):
        zones = "".join(f"zone:\n  name: {name}\n  zonefile: {name}.zone\n"
                        for name in self.zones)
        (self.dir / "nsd.conf").write_text(
            f"server:\n  ip-address: 127.0.0.1@{self.port}\n"
            f'  username: ""\n  chroot: ""\n  zonesdir: "{self.dir}"\n'
            '  database: ""\n  pidfile: ""\n  server-count: 1\n'
            f'  xfrdfile: "{self.dir}/xfrd"\n  xfrdir: "{self.dir}"\n'
            f'  zonelistfile: "{self.dir}/list"\n'
            f"remote-control:\n  control-enable: no\n{zones}")
        return [find_tool("nsd"), "-d", "-c", self.dir / "nsd.conf"]


class PowerDns(Server):
    """Its zones are empty at first and filled over its API."""

    KEY = "test"

    def command(self):
        self.api_port = free_port()
        schema = next(path for folder in (
            *find_folders("usr/share/pdns-backend-sqlite3/schema"),
            pathlib.Path("/usr/share/pdns-backend-sqlite3/schema"))
            if (path := folder / "schema.sqlite3.sql").exists())
        with sqlite3.connect(self.dir / "db") as database:
            database.executescript(schema.read_text())
        database.close()
        modules = find_folders("usr/lib/*-linux-gnu/pdns")
        return [find_tool("pdns_server"), f"--config-dir={self.dir}",
                *(f"--module-dir={folder}" for folder in modules),
                "--launch=gsqlite3", f"--gsqlite3-database={self.dir}/db",
                f"--socket-dir={self.dir}", "--local-address=127.0.0.1",
                f"--local-port={self.port}", "--guardian=no", "--daemon=no",
                "--disable-syslog", "--api=yes", f"--api-key={self.KEY}",
                "--webserver=yes", "--webserver-address=127.0.0.1",
                f"--webserver-port={self.api_port}", "--write-pid=no",
                "--cache-ttl=0", "--query-cache-ttl=0",
                "--negquery-cache-ttl=0", "--zone-cache-refresh-interval=0"]

    def is_ready(self):
        try:
            return self.call("GET", "")
        except OSError:
            return False

    def fill(self):
        for name in self.zones:
            self.call("POST", "/zones", {
                "name": name + ".", "kind": "Native",
                "nameservers": ["ns." + name + "."]})

    def call(self, method, path, body=None):
        """The status of the answer; 4xx is an exception."""
        if body is not None and not isinstance(body, str):
            body = json.dumps(body)
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.api_port}/api/v1/servers/localhost{path}",
            method=method, data=None if body is None else body.encode(),
            headers={"X-API-Key": self.KEY,
                     "Content-Type": "application/json"})
        # No proxy: it is this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=TIMEOUT) as answer:
            return answer.status
