# SPDX-License-Identifier: MIT
"""A daemon to which things happen, and what has to hold all the same: its
answers are right or there are none, it does not spin, it gives back what it
took, and SIGTERM ends it."""

import errno
import functools
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time
from unittest import SkipTest

from answer import parse, read_all
from certificates import client_context
from daemon import HOST, PATH, Daemon, eventually

SERVER = """\
[server]
listen = ["127.0.0.1:0"]
certificates = ["certs"]
deadline = "2s"
threads = 2
"""
HOSTS = (HOST, "mta-sts.example.net")
PATIENCE = 1.0  # seconds of a client
RECOVERY = 10  # seconds until all is well again
IDLE = 0.4  # seconds in which the processor time is measured
MOST_BUSY = 0.25  # of one processor, when there is nothing to do
MOST_CALLS = 400  # meanwhile, of those that are traced
ATTACHED = "attached"  # what strace says then
GOES_ON = "serves, reloads, ends on SIGTERM"


class Wrong(AssertionError):
    """The one thing that must never happen: another answer."""


def policy(name):
    return ('[[policy]]\ndomains = ["example.com", "example.net"]\n'
            f'mx = ["{name}.example.com"]\n'
            'tls_rpt = ["mailto:tls-reports@example.com"]\n')


def body(name):
    return (f"version: STSv1\r\nmode: testing\r\nmx: {name}.example.com\r\n"
            "max_age: 604800\r\n").encode()


OLD, NEW = body("old"), body("new")


def need(tool):
    if not shutil.which(tool):
        raise SkipTest(f"needs {tool}")


def need_root():
    if os.geteuid() != 0:
        raise SkipTest("needs root")


def need_small_program():
    """Sanitizers reserve more address space than any limit leaves."""
    program = pathlib.Path(os.environ["MTA_STSD"]).read_bytes()
    if b"__asan_init" in program or b"__tsan_init" in program:
        raise SkipTest("needs a program without sanitizers")


@functools.cache
def need_strace():
    need("strace")
    if subprocess.run(["strace", "-o", "/dev/null", "true"],
                      capture_output=True).returncode:
        raise SkipTest("needs the right to trace")


def wait(seconds):
    threading.Event().wait(seconds)


class Victim(Daemon):
    """`wrapper`: a command that runs it in its own process, as `strace -D`,
    `prlimit` and `unshare` do."""

    settings = SERVER

    def __init__(self, *args, wrapper=(), **how):
        how.setdefault("allow", ("event=finding", "event=reload"))
        super().__init__(None, SERVER + policy("old"), *args, **how)
        self.wrapper = tuple(map(str, wrapper))
        self.context = client_context()
        self.known = {OLD}  # what it may serve by now
        self.right = self.tries = 0
        self.busy = 0.0

    def probe(self, wanted=None, hosts=HOSTS):
        """Asks for the policies; true if all answers are `wanted`, or at
        least came."""
        came = 0
        for host in hosts:
            self.tries += 1
            octets = self._ask(host)
            if octets is None:
                continue
            status, _, found, rest = parse(octets)
            if status != 200 or found not in self.known or rest:
                raise Wrong(octets)
            self.right += 1
            came += wanted in (None, found)
        return came == len(hosts)

    def _ask(self, host):
        """None if it does not come whole."""
        request = (f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\n"
                   "Connection: close\r\n\r\n")
        try:
            plain = self.dial()
            plain.settimeout(PATIENCE)
            with self.connect(host, plain, self.context) as connection:
                connection.sendall(request.encode())
                return read_all(connection) or None
        except OSError:
            return None

    def serves(self, wanted=None):
        """Waits until all is right again."""
        eventually(lambda: self.probe(wanted), RECOVERY)
        if wanted:
            self.known = {wanted}  # never again another

    def edit(self, name="new"):
        self.known.add(body(name))
        self.replace(self.config, self.settings + policy(name))

    def replace(self, path, text):
        """As editors do."""
        new = self.dir / ".new"
        new.write_text(text)
        os.replace(new, path)

    def inject(self, calls, error, when, path=None):
        """From its start on; see injection()."""
        self.wrapper = ("strace", "-D", "-f", "-qq", "-o",
                        self.dir / ".strace",
                        *injection(calls, error, when, path))
        # Which does not work while something traces.
        self.env["ASAN_OPTIONS"] = "detect_leaks=0"

    def listen_on_socket(self):
        """Its address is known then, and stays when it starts again."""
        self.settings = SERVER.replace("127.0.0.1:0",
                                       f"unix:{self.dir}/socket")
        self.edit("old")

    def check_idle(self, most=MOST_BUSY):
        """That nothing to do costs nothing."""
        before, start = self.cpu_seconds(), time.monotonic()
        calls = self.traced_calls()
        wait(IDLE)
        calls = self.traced_calls() - calls
        assert calls < MOST_CALLS, f"{calls} calls in {IDLE} s"
        self.busy = max(self.busy, (self.cpu_seconds() - before)
                        / (time.monotonic() - start))
        assert self.busy < most, f"busy for {self.busy:.0%} of the time"

    def traced_calls(self):
        trace = self.dir / ".strace"
        return trace.read_bytes().count(b"\n") if trace.exists() else 0

    def check_descriptors(self, count):
        eventually(lambda: self.descriptors("socket:") == count, RECOVERY)

    def report(self):
        return (f"{self.right} of {self.tries} fetches, "
                f"{self.busy:.0%} busy")

    def start_again(self):
        """After a kill, in the same place."""
        self.process.wait(RECOVERY)
        for reader in self._readers:
            reader.join(RECOVERY)
        self.stdout_lines.clear()
        self.stderr_lines.clear()
        self.__enter__()

    def outcome(self):
        """How the start went: "serves", or the line that says why not."""
        try:
            with self:
                eventually(lambda: self.has_ended() or self.probe(OLD))
                if self.has_ended():
                    raise Ended
                self.check_idle()
                return "serves"
        except Ended:
            log = "".join(self.stderr_lines)
            assert self.process.returncode == 1, (self.process.returncode, log)
            reasons = [line for line in self.stderr_lines
                       if ": error: " in line]
            # What is wrong, and what is missing for it.
            assert len(reasons) in (1, 2) and "terminate" not in log, log
            return reasons[-1].strip()

    def has_ended(self):
        return self.process.poll() is not None

    def __enter__(self):
        try:
            return super().__enter__()
        except AssertionError:
            self._temporary.cleanup()
            if self.process.returncode == -signal.SIGKILL:
                raise  # it hung
            raise Ended from None

    def __exit__(self, kind, *rest):
        if kind is Ended:
            self.stop()
            self._temporary.cleanup()
        else:
            super().__exit__(kind, *rest)


class Ended(Exception):
    """It is gone, of its own will or not."""


def reason(name):
    return os.strerror(getattr(errno, name))


class Strace:
    """Makes system calls of a running daemon fail, from when the block begins
    to its end."""

    def __init__(self, daemon, *inject):
        self._command = ["strace", "-f", "-o", daemon.dir / ".strace", "-p",
                         str(daemon.pid), *inject]

    def __enter__(self):
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        said = []
        while not said or ATTACHED not in said[-1]:
            said.append(self._process.stderr.readline())
            if "not permitted" in said[-1]:
                raise SkipTest("needs the right to trace")
            assert said[-1], "".join(said)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.communicate(timeout=RECOVERY)


def injection(calls, error, when="1+", path=None):
    """Options of strace: `when` is 1+ for always, 1+3 for one in three."""
    need_strace()
    # A folder is opened with a slash at the end of its name, or from the one
    # above it.
    where = ["-P", str(path)] if path else []
    if path and path.is_dir():
        where += ["-P", f"{path}/", "-P", f"{path.name}/"]
    return [*where, "-e", f"trace={calls}",
            "-e", f"inject={calls}:error={error}:when={when}"]
