# SPDX-License-Identifier: MIT
"""mta-stsd collect: what each request is answered with, and what is in the
spool then. The binary comes from the environment variable MTA_STSD."""

import gzip
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

TIMEOUT = 60
HOST = "reports.alpha.test"
TOKEN = "0123456789abcdef0123456789abcdef"
REPORT = b'{"policies":[]}'
CONFIG = """[server]
sandbox = true
[reports]
spool = "spool"
[collect]
host = "{host}"
listen = ["http://127.0.0.1:0"]
tokens = "tokens"
quota = 4194304
[[policy]]
domains = ["alpha.test"]
mx = ["mx.alpha.test"]
max_age = "4w"
tls_rpt = ["https://{host}/{token}"]
"""
TYPE = "Content-Type: application/tlsrpt+json\r\n"


def post(fields=TYPE, body=REPORT, path="/" + TOKEN, method="POST", host=HOST,
         length=True):
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{fields}"
    if length:
        head += f"Content-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def chunked(*chunks):
    return post(TYPE + "Transfer-Encoding: chunked\r\n", length=False,
                body=b"".join(b"%x\r\n%s\r\n" % (len(one), one)
                              for one in (*chunks, b"")))


class CollectTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-stsd-collect-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "spool").mkdir()
        tokens = self.folder / "tokens"
        tokens.write_text(f"alpha {TOKEN}\n")
        tokens.chmod(0o640)
        (self.folder / "a.toml").write_text(
            CONFIG.format(host=HOST, token=TOKEN))
        self.log = []
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [os.environ["MTA_STSD"], "-c", "a.toml", "collect"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        self.addCleanup(self.stop, self.process)
        self.port = None
        for line in self.process.stderr:
            self.log.append(line)
            if found := re.search(r"event=listening address=\S*?:(\d+)", line):
                self.port = int(found[1])
                break
        self.assertIsNotNone(self.port, self.log)
        self.reader = threading.Thread(target=self.log.extend,
                                       args=(self.process.stderr,))
        self.reader.start()

    def stop(self, process):
        if process.poll() is None:
            process.terminate()
            self.assertEqual(process.wait(TIMEOUT), 0)
        self.reader.join(TIMEOUT)
        process.stderr.close()

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
        self.addCleanup(connection.close)
        return connection

    def ask(self, octets):
        """All that comes back, until the end."""
        connection = self.connect()
        try:
            connection.sendall(octets)
            connection.shutdown(socket.SHUT_WR)
        except BrokenPipeError:
            pass  # it has answered, and wants no more
        got = b"".join(iter(lambda: connection.recv(65536), b""))
        return re.sub(r"Date: [^\r]+", "Date: DATE", got.decode())

    def statuses(self, octets):
        return [int(one) for one in
                re.findall(r"^HTTP/1.1 (\d+) ", self.ask(octets), re.MULTILINE)]

    def stored(self, part="new"):
        return sorted((self.folder / "spool" / part).iterdir())

    def test_a_report_is_stored_as_it_came(self):
        self.assertEqual(self.statuses(post()), [201])
        octets = gzip.compress(REPORT)
        kind = "Content-Type: Application/TLSRPT+gzip; a=b\r\n"
        self.assertEqual(self.statuses(post(kind, octets)), [201])
        self.assertEqual(self.statuses(chunked(b'{"policies"', b":[]}")), [201])
        names = [one.name for one in self.stored()]
        for name in names:
            self.assertRegex(
                name, r"\A\d+\.[0-9a-f]{16}\.alpha\.json(\.gz)?\Z")
        self.assertEqual(sorted(one.read_bytes() for one in self.stored()),
                         sorted([REPORT, octets, REPORT]))
        self.assertEqual(self.stored("tmp"), [])

    def test_whole_answer(self):
        self.assertEqual(self.ask(post(TYPE + "Connection: close\r\n")), (
            "HTTP/1.1 201 Created\r\nConnection: close\r\n"
            "Content-Length: 19\r\nContent-Type: text/plain\r\n"
            "Date: DATE\r\n\r\nthe report is kept\n"))

    def test_what_is_refused(self):
        large = b"x" * (1024 * 1024 + 1)
        for octets, status in (
                (post(path="/"), 404),
                (post(path="/" + TOKEN[:-1]), 404),
                (post(path="/" + TOKEN + "/"), 404),
                (post(host="alpha.test"), 421),
                (post(method="PUT"), 405),
                (post(method="GET", body=b"", length=False), 405),
                (post("Content-Type: application/json\r\n"), 415),
                (post(""), 415),
                (post(length=False, body=b""), 411),
                (post(body=b""), 400),
                (post(body=large)[:300], 413),
                (chunked(*[b"x" * 65536] * 17), 413),
                (post(TYPE + "Transfer-Encoding: gzip\r\n", length=False), 501),
                (chunked(b"a")[:-5] + b"zz\r\n", 400)):
            with self.subTest(octets=octets[:60], status=status):
                self.assertEqual(self.statuses(octets), [status])
        self.assertEqual(self.stored(), [])
        self.assertEqual(self.stored("tmp"), [])

    def test_one_that_waits_is_told_to_go_on(self):
        connection = self.connect()
        head, _, body = post(TYPE + "Expect: 100-continue\r\n").partition(
            b"\r\n\r\n")
        connection.sendall(head + b"\r\n\r\n")
        self.assertEqual(connection.recv(100),
                         b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(body)
        self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 201 "))

    def test_several_on_one_connection(self):
        self.assertEqual(
            self.statuses(post() + chunked(REPORT) + post()), [201, 201, 201])
        self.assertEqual(len(self.stored()), 3)

    def test_half_a_report_leaves_nothing(self):
        self.assertEqual(self.statuses(post()[:-1]), [])
        self.assertEqual(self.statuses(post()), [201])
        self.assertEqual(len(self.stored()), 1)
        self.assertEqual(self.stored("tmp"), [])

    def test_the_quota(self):
        full = b"x" * (1024 * 1024 - 4096)  # and a block for the file
        self.assertEqual([self.statuses(post(body=full)) for _ in range(4)],
                         [[201]] * 4)
        answer = self.ask(post())
        self.assertIn("HTTP/1.1 503 ", answer)
        self.assertIn("\r\nRetry-After: ", answer)

    def test_what_was_acknowledged_survives_a_kill(self):
        """The senders' own list against what is there."""
        acknowledged = 0
        for _ in range(5):
            senders = [threading.Thread(target=self.send_until_dead)
                       for _ in range(4)]
            self.done = 0
            for one in senders:
                one.start()
            while self.done < 8:
                self.assertIsNone(self.process.poll())
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(TIMEOUT)
            self.reader.join(TIMEOUT)
            for one in senders:
                one.join(TIMEOUT)
            acknowledged += self.done
            self.start()
            self.assertEqual(self.stored("tmp"), [])
        self.assertGreaterEqual(len(self.stored()), acknowledged)

    def send_until_dead(self):
        try:
            while self.statuses(post()) == [201]:
                self.done += 1
        except OSError:
            pass


if __name__ == "__main__":
    unittest.main()
