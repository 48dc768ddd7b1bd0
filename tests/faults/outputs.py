# SPDX-License-Identifier: MIT
"""Standard output and error that nobody takes. No line is worth a wait."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import tempfile

from daemon import eventually
from victim import GOES_ON, NEW, OLD, Victim, need_root, wait


class Mute(Victim):
    """Its output goes to `files`, by the number of the descriptor; None closes
    it. Where it listens need not be read from there."""

    def __init__(self, files, *args, prefix=()):
        super().__init__(*args)
        self.listen_on_socket()
        self.files, self.prefix = files, prefix

    def __enter__(self):
        # Descriptors cannot be closed by Popen.
        closing = " ".join(f"{number}>&-" for number, file
                           in self.files.items() if file is None)
        given = {name: self.files.get(number) or subprocess.DEVNULL
                 for number, name in ((1, "stdout"), (2, "stderr"))}
        self.process = subprocess.Popen(
            [*self.prefix, "sh", "-c", f'exec "$@" {closing}', "sh",
             self.binary, "-c", self.config, "serve", *self.args],
            cwd=self.dir, stdin=subprocess.DEVNULL, **given)
        self.pid, self.port = self.process.pid, None
        self.address = f"unix:{self.dir}/socket"
        self._readers = []
        eventually(lambda: self.process.poll() is not None or self.probe())
        return self


def go_on_mute(files, *args, prefix=()):
    """It serves, reloads and ends although its output goes nowhere."""
    with Mute(files, *args, prefix=prefix) as daemon:
        daemon.serves(OLD)
        for _ in range(20):  # lines, when it logs requests
            daemon.probe()
        daemon.edit()
        daemon.serves(NEW)
        for _ in range(200):  # a result each
            daemon.signal(signal.SIGHUP)
            wait(0.002)
        daemon.serves(NEW)
        daemon.check_idle()
    return daemon.report()


@contextlib.contextmanager
def full_pipe():
    """One that nobody reads, and that has no room left."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    yield writer
    os.close(reader)
    os.close(writer)


@contextlib.contextmanager
def small_pipe():
    """One that nobody reads, with some room."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 8192)
    yield writer
    os.close(reader)
    os.close(writer)


@contextlib.contextmanager
def dead_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@contextlib.contextmanager
def dead_socket():
    """As the journal's, when nobody reads it."""
    here, there = socket.socketpair()
    there.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with here, there:
        yield there.fileno()


@contextlib.contextmanager
def full_device():
    with open("/dev/full", "wb") as file:
        yield file.fileno()


@contextlib.contextmanager
def full_disk():
    need_root()
    with tempfile.TemporaryDirectory(prefix="mta-stsd-disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none",
                        folder], check=True)
        try:
            with open(f"{folder}/log", "ab", buffering=0) as file:
                yield file.fileno()
        finally:
            subprocess.run(["umount", folder], check=True)


def mute(make, numbers, *args):
    with make() as file:
        return go_on_mute({number: file for number in numbers}, *args)


def limited_file():
    """RLIMIT_FSIZE sends a signal whose default is the end."""
    with tempfile.TemporaryFile() as file:
        return go_on_mute({1: file, 2: file},
                          prefix=("prlimit", "--fsize=100"))


def cases():
    """(name, what has to be, function that returns what was)."""
    for make, what in ((full_pipe, "a full pipe that nobody reads"),
                       (small_pipe, "a pipe that nobody reads"),
                       (dead_pipe, "a pipe without a reader"),
                       (dead_socket, "a socket that nobody reads"),
                       (full_device, "a full device"),
                       (full_disk, "a full disk")):
        for numbers, which in (((1,), "stdout"), ((2,), "stderr"),
                               ((1, 2), "both")):
            yield (f"{which}: {what}", GOES_ON, lambda m=make, n=numbers:
                   mute(m, n, "--log-level", "debug"))
    for numbers in ((0,), (1,), (2,), (1, 2), (0, 1, 2)):
        yield (f"closed: {' '.join(map(str, numbers))}", GOES_ON,
               lambda n=numbers: go_on_mute(dict.fromkeys(n),
                                            "--log-level", "debug"))
    yield "stderr: a file above RLIMIT_FSIZE", GOES_ON, limited_file
