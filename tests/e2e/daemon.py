# SPDX-License-Identifier: MIT
"""A running mta-stsd, and a client for it. All waits are bounded."""

import itertools
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time

import process
from answer import parse, read_all
from certificates import client_context, scratch

TIMEOUT = 30  # seconds for anything; a sanitizer build is slow
HOST = "mta-sts.example.com"
PATH = "/.well-known/mta-sts.txt"
POLICY = """
[[policy]]
domains = ["example.com", "example.net"]
mx = ["mail.example.com"]
tls_rpt = ["mailto:tls-reports@example.com"]
"""
BODY = (b"version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\n"
        b"max_age: 604800\r\n")
ALARMS = ("Sanitizer", "runtime error", "terminate", "Assertion",
          "level=error")


def choose_program(name="mta-stsd"):
    """For a command that is started by hand."""
    variable = name.upper().replace("-", "_")
    places = [pathlib.Path(__file__).parents[2] / "build" / preset / name
              for preset in ("release", "dev")]
    found = os.environ.get(variable) or next(filter(os.path.exists, places),
                                             None)
    if not found:
        raise SystemExit(f"build {name} first, or set {variable}")
    os.environ[variable] = os.path.abspath(found)


def eventually(predicate, timeout=TIMEOUT):
    """The first true value of predicate(); for what sends no event."""
    end = time.monotonic() + timeout
    while not (value := predicate()):
        assert time.monotonic() < end, "it did not happen in time"
        threading.Event().wait(0.02)
    return value


class Daemon:
    """`serve` or another .service, with the further arguments `args`. Names in
    the configuration are relative to .dir, where certs/ is a copy of the default
    certificates.
    `listen` and `certificates` are added to the text when they are not set.
    `allow`: parts of stderr lines that would be alarming otherwise.
    `checks`: what `check` exits with beforehand.
    `pass_fds`: descriptors that it inherits.
    .wrapper: a command that becomes the program, such as prlimit.
    .source: the address that dial() comes from."""

    wrapper = ()
    source = ""
    service = "serve"

    def __init__(self, binary=None, config_text=POLICY, *args, files=None,
                 env=None, allow=(), checks=0, pass_fds=()):
        self.binary = os.path.abspath(binary or os.environ["MTA_STSD"])
        self.args, self.allow, self.checks = args, allow, checks
        self.env = {**os.environ, **(env or {})}
        self.pass_fds = pass_fds
        source = scratch() / "server"
        self._temporary = tempfile.TemporaryDirectory(prefix="mta-stsd-e2e-")
        self.dir = pathlib.Path(self._temporary.name)
        self.config = self.dir / "mta-stsd.toml"
        shutil.copytree(source, self.dir / "certs")
        if "[server]" not in config_text:
            config_text += "\n[server]\n"
        for line in ('listen = ["127.0.0.1:0"]', 'certificates = ["certs"]'):
            if "\n" + line.split("=")[0] not in config_text:
                config_text = config_text.replace(
                    "[server]\n", f"[server]\n{line}\n", 1)
        self.write(self.config.name, config_text)
        for name, content in (files or {}).items():
            self.write(name, content)
        self.stdout_lines, self.stderr_lines = [], []  # "" is the end
        self._news = threading.Condition()

    def write(self, name, content):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        octets = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(octets)
        if b"PRIVATE KEY-----" in octets:
            path.chmod(0o600)

    def __enter__(self):
        command = [self.binary, "-c", self.config]
        checked = subprocess.run(
            [*command, "check"], env=self.env, cwd=self.dir, timeout=TIMEOUT,
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert checked.returncode == self.checks, checked.stderr
        self.process = subprocess.Popen(
            [*self.wrapper, *command, self.service, *self.args], env=self.env,
            cwd=self.dir, pass_fds=self.pass_fds,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="backslashreplace")
        self.pid = self.process.pid
        self._readers = [
            threading.Thread(target=self._read, args=pair) for pair in (
                (self.process.stdout, self.stdout_lines),
                (self.process.stderr, self.stderr_lines))]
        for reader in self._readers:
            reader.start()
        try:
            line = self.wait_for_line("event=listening address=")
        except BaseException:
            self.process.kill()
            self.stop()
            raise
        self.address = line.split("address=", 1)[1].strip('"')
        port = self.address.rpartition(":")[2]
        self.port = int(port) if port.isdigit() else None
        return self

    def __exit__(self, kind, *_):
        status = self.stop()
        self._temporary.cleanup()
        log = "".join(self.stderr_lines)
        if kind is not None:
            print(log)  # the test has failed already
            return
        assert status == 0, f"exit status {status}\n{log}"
        for line in self.stderr_lines:
            assert (not any(alarm in line for alarm in ALARMS)
                    or any(part in line for part in self.allow)), log

    def _read(self, stream, lines):
        for line in itertools.chain(stream, [""]):
            with self._news:
                lines.append(line)
                self._news.notify_all()
        stream.close()

    def wait_for_line(self, predicate, timeout=TIMEOUT, lines=None, start=0):
        """The first line from `start` on that `predicate` (a function, or a
        part of the line) is true for. `lines`: standard error's."""
        lines = self.stderr_lines if lines is None else lines
        wanted = (predicate if callable(predicate)
                  else lambda line: predicate in line)
        end = time.monotonic() + timeout
        with self._news:
            while True:
                for line in lines[start:]:
                    if wanted(line):
                        return line.rstrip("\n")
                start = max(start, len(lines))
                left = end - time.monotonic()
                assert left > 0 and "" not in lines, "".join(lines)
                self._news.wait(left)

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """The exit status, once it has ended and all its output is here."""
        self.process.terminate()
        try:
            status = self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait(TIMEOUT)
        for reader in self._readers:
            reader.join(TIMEOUT)
        return status

    def descriptors(self, kind=""):
        return process.descriptors(self.pid, kind)

    def rss_kb(self):
        return process.rss_kb(self.pid)

    def cpu_seconds(self):
        return process.cpu_seconds(self.pid)

    def dial(self):
        """A plain socket to the daemon."""
        if self.port is None:
            plain = socket.socket(socket.AF_UNIX)
            plain.connect(self.address.partition("unix:")[2])
        else:
            plain = socket.create_connection(("127.0.0.1", self.port), TIMEOUT,
                                             source_address=(self.source, 0))
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(TIMEOUT)
        return plain

    def connect(self, sni=HOST, plain=None, context=None, **settings):
        """A TLS socket; see client_context() for the settings. A plain one
        where the listener is plain HTTP."""
        plain = plain or self.dial()
        if self.address.startswith("http"):
            return plain
        context = context or client_context(**settings)
        try:
            return context.wrap_socket(plain, server_hostname=sni,
                                       suppress_ragged_eofs=False)
        except BaseException:
            plain.close()
            raise

    def raw(self, octets, **how):
        """The whole answer to `octets`, up to the close."""
        with self.connect(**how) as connection:
            connection.sendall(octets)
            return read_all(connection)

    def fetch(self, host=None, method="GET", path=PATH, **how):
        """(status, headers, body) of one request; host: also the SNI."""
        host = host or HOST
        request = (f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n"
                   "Connection: close\r\n\r\n")
        answer = self.raw(request.encode(), **{"sni": host, **how})
        return parse(answer, head=method == "HEAD")[:3]
