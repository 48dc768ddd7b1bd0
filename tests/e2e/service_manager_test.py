# SPDX-License-Identifier: MIT
"""Under a service manager: what it is told, and the sockets it hands over."""

import contextlib
import os
import pathlib
import pty
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from answer import parse, read_all
from certificates import client_context, make_certificates, scratch
from daemon import BODY, HOST, PATH, POLICY, TIMEOUT, Daemon
from preload import stepping_clock

REQUEST = (f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n"
           "Connection: close\r\n\r\n").encode()
SERVING = "READY=1\nSTATUS=Serving 2 policy domains"
STOPPING = "STOPPING=1\nSTATUS=Stopping"
MORE = """[[policy]]
domains = ["{}"]
mx = ["mail.example.com"]
tls_rpt = ["mailto:tls-reports@example.com"]
"""
FAULT = '; the last reload failed: {}:4:1: unknown key "mxs" in policy'
# What systemd does between fork and exec.
STARTER = """#!/bin/sh
case $* in
*serve*)
  exec 3<&"$LISTENER"
  export LISTEN_FDS=1 LISTEN_PID=$$
  ;;
esac
exec "$PROGRAM" "$@"
"""


class NotifyCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-stsd-notify-")
        self.addCleanup(folder.cleanup)
        self.path = str(pathlib.Path(folder.name, "notify"))

    def listen(self, path):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.settimeout(TIMEOUT)
        manager.bind(path)
        return manager

    def expect(self, manager, text):
        self.assertEqual(manager.recv(4096).decode(), text)

    def expect_reload(self, manager):
        lines = manager.recv(4096).decode().split("\n")
        self.assertRegex(lines.pop(1), "^MONOTONIC_USEC=[0-9]+$")
        self.assertEqual(lines, ["RELOADING=1", "STATUS=Reloading"])


class NotifyTest(NotifyCase):
    def test_start_reload_and_stop_are_told(self):
        manager = self.listen(self.path)
        with Daemon(env={"NOTIFY_SOCKET": self.path}) as daemon:
            self.expect(manager, SERVING)
            self.assertEqual(daemon.fetch()[::2], (200, BODY))
            for _ in range(2):
                daemon.signal(signal.SIGHUP)
                self.expect_reload(manager)
                self.expect(manager, SERVING)
        self.expect(manager, STOPPING)

    def test_a_failed_reload_is_told_and_so_is_its_mending(self):
        manager = self.listen(self.path)
        with Daemon(env={"NOTIFY_SOCKET": self.path},
                    allow=("event=finding", "event=reload")) as daemon:
            self.expect(manager, SERVING)
            good = daemon.config.read_text()
            daemon.write("mta-stsd.toml", good.replace("mx =", "mxs ="))
            self.expect(manager, SERVING + FAULT.format(daemon.config))
            daemon.signal(signal.SIGHUP)
            self.expect_reload(manager)
            self.expect(manager, SERVING + FAULT.format(daemon.config))
            daemon.write("mta-stsd.toml", good)
            self.expect(manager, SERVING)

    def test_the_socket_has_an_abstract_name(self):
        manager = self.listen("\0" + self.path)
        with Daemon(env={"NOTIFY_SOCKET": "@" + self.path}):
            self.expect(manager, SERVING)
        self.expect(manager, STOPPING)

    def test_a_manager_that_hangs_stops_nothing(self):
        self.listen(self.path)  # and never reads; its queue is soon full
        with Daemon(env={"NOTIFY_SOCKET": self.path}) as daemon:
            for count in range(1, 21):
                daemon.signal(signal.SIGHUP)
                daemon.wait_for_line(lambda _: sum(
                    "event=reload " in line
                    for line in daemon.stderr_lines) >= count)
            self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def test_a_manager_that_is_gone_stops_nothing(self):
        for path in (self.path, "/" + 200 * "x", ""):
            with Daemon(env={"NOTIFY_SOCKET": path}) as daemon:
                self.assertEqual(daemon.fetch()[::2], (200, BODY))


class SlowStartTest(NotifyCase):
    """Forty files of each kind, in a world where each look at the clock takes a
    second: as slow as very many files are."""

    HOW_FAR = ["Looking for policies: 16 files",
               "Looking for policies: 32 files",
               "Reading policies: 16 of 40 files",
               "Reading policies: 32 of 40 files"]
    HOW_FAR_WITH_CERTIFICATES = HOW_FAR + [
        "Looking for certificates: 16 files",
        "Looking for certificates: 32 files",
        "Reading certificates: 16 of 44 files",
        "Reading certificates: 32 of 44 files"]

    def make(self):
        domains = [f"d{i}.alpha.test" for i in range(40)]
        make_certificates(*("mta-sts." + one for one in domains),
                          options=("--leaf", "forty"))
        files = {f"policies.d/{one}.toml": MORE.format(one) for one in domains}
        files |= {f"certs/{one}.txt": "A note.\n" for one in domains}
        for path in (scratch() / "forty").iterdir():
            files["certs/forty-" + path.name] = path.read_bytes()
        return Daemon(
            config_text='include = ["policies.d/*.toml"]\n' + POLICY,
            files=files, env=stepping_clock() | {"NOTIFY_SOCKET": self.path})

    def run_on_terminal(self, daemon, *args):
        """What `args` show on a terminal, but for standard output."""
        reader, writer = pty.openpty()
        self.addCleanup(os.close, reader)
        try:
            done = subprocess.run(
                [daemon.binary, "-c", daemon.config, *args], stderr=writer,
                env=daemon.env, cwd=daemon.dir, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, timeout=TIMEOUT)
            self.assertEqual(done.returncode, 0)
            os.write(writer, b"the end")
        finally:
            os.close(writer)
        shown = b""
        while not shown.endswith(b"the end"):
            shown += os.read(reader, 4096)
        return shown.decode()

    def test_the_manager_is_told_and_waits_on(self):
        manager = self.listen(self.path)
        with self.make() as daemon:
            for text in self.HOW_FAR_WITH_CERTIFICATES:
                self.expect(manager,
                            f"EXTEND_TIMEOUT_USEC=90000000\nSTATUS={text}")
            self.expect(manager, "READY=1\nSTATUS=Serving 42 policy domains")
        self.assertNotIn("files", "".join(daemon.stderr_lines))

    def test_a_terminal_has_one_line_of_it_and_nothing_in_the_end(self):
        daemon = self.make()
        for how_far, args in (
                (self.HOW_FAR_WITH_CERTIFICATES, ("check",)),
                (self.HOW_FAR, ("check", "--policies-only")),
                (self.HOW_FAR, ("records",)),
                (self.HOW_FAR, ("render", "example.com"))):
            with self.subTest(args=args):
                self.assertEqual(
                    self.run_on_terminal(daemon, *args),
                    "".join("\r\x1b[K" + text for text in (*how_far, "the end")))


class ActivationTest(unittest.TestCase):
    def setUp(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.addCleanup(self.listener.close)
        self.port = self.listener.getsockname()[1]
        folder = tempfile.TemporaryDirectory(prefix="mta-stsd-starter-")
        self.addCleanup(folder.cleanup)
        self.starter = pathlib.Path(folder.name, "starter")
        self.starter.write_text(STARTER)
        self.starter.chmod(0o755)

    def start(self, fd=None):
        fd = self.listener.fileno() if fd is None else fd
        env = {"LISTENER": str(fd),
               "PROGRAM": os.path.abspath(os.environ["MTA_STSD"])}
        return Daemon(self.starter,
                      POLICY + '[server]\nlisten = ["systemd"]\n',
                      "--allow-example", env=env, pass_fds=(fd,))

    def test_a_socket_is_taken_over(self):
        with self.start() as daemon:
            self.assertEqual(daemon.port, self.port)
            self.assertEqual(daemon.fetch()[::2], (200, BODY))
            self.assertEqual(sum("event=listening" in line
                                 for line in daemon.stderr_lines), 1)

    def test_what_is_no_listening_socket_is_refused(self):
        pipe = os.pipe()
        connected = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with connected, datagrams:
            for fd in (*pipe, connected.fileno(), datagrams.fileno()):
                daemon = self.start(fd)
                done = subprocess.run(
                    [daemon.binary, "-c", daemon.config, "serve",
                     "--allow-example"],
                    env=daemon.env, pass_fds=(fd,), cwd=daemon.dir,
                    stdin=subprocess.DEVNULL, capture_output=True, text=True,
                    timeout=TIMEOUT)
                self.assertEqual(
                    (done.returncode, done.stderr),
                    (1, "mta-stsd: error: can't listen on systemd: descriptor "
                     "3 of LISTEN_FDS is no listening stream socket\n"
                     "mta-stsd: hint: a .socket unit has to have ListenStream= "
                     "and no Accept=yes\n"))
        for fd in pipe:
            os.close(fd)

    def test_restarts_under_load_lose_no_fetch(self):
        stop, answers = threading.Event(), []
        with contextlib.ExitStack() as stack:
            clients = [threading.Thread(target=self.fetch_until, args=(
                stop, answers)) for _ in range(4)]
            stack.callback(lambda: [one.join(TIMEOUT) for one in clients])
            stack.callback(stop.set)
            for client in clients:
                client.start()
            for _ in range(5):
                with self.start() as daemon:
                    for _ in range(10):
                        self.assertEqual(daemon.fetch()[::2], (200, BODY))
            with self.start():
                stop.set()
                for client in clients:
                    client.join(TIMEOUT)
        self.assertGreater(len(answers), 5)
        self.assertEqual(set(answers), {(200, BODY)})

    def fetch_until(self, stop, answers):
        """Over and over, whether anybody listens just then or not."""
        while not stop.is_set():
            try:
                answers.append(self.fetch())
            except OSError as fault:
                answers.append(repr(fault))

    def fetch(self):
        plain = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
        plain.settimeout(TIMEOUT)
        with plain, client_context().wrap_socket(
                plain, server_hostname=HOST) as connection:
            connection.sendall(REQUEST)
            return parse(read_all(connection))[:3:2]


if __name__ == "__main__":
    unittest.main()
