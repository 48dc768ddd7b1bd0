# SPDX-License-Identifier: MIT
"""The end: SIGTERM and SIGINT finish what has begun and nothing else."""

import contextlib
import select
import signal
import socket
import ssl
import threading
import time
import unittest

from answer import parse, read_all, read_to_any_end, split_answers
from certificates import client_context, scratch
from daemon import BODY, HOST, PATH, POLICY, TIMEOUT, Daemon, eventually
from memory_client import MemoryClient

REQUEST = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
LAST = REQUEST[:-2] + b"Connection: close\r\n\r\n"
# Whoever waits for this deadline has failed: it is longer than TIMEOUT.
CONFIG = POLICY + '[server]\ndeadline = "5m"\n'


class DrainTest(unittest.TestCase):
    def drain(self, daemon, number=signal.SIGTERM):
        daemon.signal(number)
        daemon.wait_for_line("event=stopping")

    def expect_end(self, daemon, seconds=5):
        before = time.monotonic()
        self.assertEqual(daemon.process.wait(TIMEOUT), 0)
        self.assertLess(time.monotonic() - before, seconds)

    def is_refused(self, daemon):
        try:
            daemon.dial().close()
        except ConnectionRefusedError:
            return True
        except OSError:
            pass  # connected just before the listener was closed, and reset
        return False

    def hold(self, daemon):
        """A connection with half a head: it has begun."""
        connection = daemon.connect()
        connection.sendall(REQUEST[:-1])
        return connection

    def test_each_signal_ends_it_with_status_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Daemon(None, CONFIG) as daemon:
                self.assertEqual(daemon.fetch()[::2], (200, BODY))
                self.drain(daemon, number)
                self.expect_end(daemon)
                daemon.wait_for_line("event=stopped")
                self.assertTrue(self.is_refused(daemon))

    def test_a_request_in_flight_is_answered(self):
        with Daemon(None, CONFIG) as daemon, self.hold(daemon) as connection:
            with daemon.connect() as idle:
                idle.sendall(REQUEST)
                self.assertEqual(parse(idle.recv(65536))[0], 200)
                self.drain(daemon)
                # Its end says that the thread of `idle` drains; the other
                # one was told before or is told at the same time.
                self.assertEqual(read_all(idle), b"")
            connection.sendall(REQUEST[-1:])
            answer = split_answers(read_all(connection))[0]
            self.assertEqual(answer.body, BODY)
            self.expect_end(daemon)

    def test_the_last_answer_says_close(self):
        config = CONFIG + "threads = 1\n"
        with Daemon(None, config) as daemon, self.hold(daemon) as connection:
            with daemon.connect() as idle:
                idle.sendall(REQUEST)
                self.assertEqual(parse(idle.recv(65536))[0], 200)
                self.drain(daemon)
                self.assertEqual(read_all(idle), b"")
            connection.sendall(REQUEST[-1:] + REQUEST * 3)
            answers = split_answers(read_all(connection))
            self.assertEqual([answer.body for answer in answers], [BODY])
            self.assertIn("Connection: close", answers[0].fields)
            self.expect_end(daemon)

    def test_a_handshake_in_flight_is_finished_and_served(self):
        with Daemon(None, CONFIG) as daemon, daemon.dial() as plain:
            client = MemoryClient(client_context(), plain, HOST)
            hello = client.start()
            plain.sendall(hello[:100])
            start = daemon.descriptors("socket:")
            with daemon.connect() as idle:
                idle.sendall(REQUEST)
                self.assertEqual(parse(idle.recv(65536))[0], 200)
                eventually(lambda: daemon.descriptors("socket:") > start)
                self.drain(daemon)
                self.assertEqual(read_all(idle), b"")
            plain.sendall(hello[100:])
            self.assertEqual(parse(client.exchange(REQUEST))[2], BODY)
            self.expect_end(daemon)

    def test_clients_that_only_the_kernel_has_accepted_are_served(self):
        with Daemon(None, CONFIG) as daemon, contextlib.ExitStack() as held:
            daemon.signal(signal.SIGSTOP)
            clients = []
            for _ in range(50):
                plain = held.enter_context(daemon.dial())
                clients.append(MemoryClient(client_context(), plain, HOST))
                plain.sendall(clients[-1].start())
            daemon.signal(signal.SIGTERM)
            daemon.signal(signal.SIGCONT)
            for client in clients:
                self.assertEqual(parse(client.exchange(REQUEST))[2], BODY)
            self.expect_end(daemon)

    def test_idle_connections_are_closed_at_once(self):
        with Daemon(None, CONFIG) as daemon:
            idle = [daemon.connect() for _ in range(20)]
            for connection in idle:
                connection.sendall(REQUEST)
                self.assertEqual(parse(connection.recv(65536))[0], 200)
            self.drain(daemon)
            for connection in idle:
                self.assertEqual(read_all(connection), b"")
                connection.close()
            self.expect_end(daemon)

    def test_silent_connections_do_not_delay_it(self):
        listen = f'listen = ["127.0.0.1:0", "unix:{scratch()}/socket"]\n'
        with Daemon(None, CONFIG + listen) as daemon:
            start = daemon.descriptors("socket:")
            over_tcp = [daemon.dial() for _ in range(5)]
            over_unix = []
            for _ in range(5):
                over_unix.append(socket.socket(socket.AF_UNIX))
                over_unix[-1].settimeout(TIMEOUT)
                over_unix[-1].connect(f"{scratch()}/socket")
            eventually(lambda: daemon.descriptors("socket:") >= start + 5)
            self.drain(daemon)
            for plain in over_unix:
                self.assertEqual(plain.recv(1), b"")
            self.expect_end(daemon)
            for plain in over_tcp + over_unix:
                plain.close()
            self.assertFalse((scratch() / "socket").exists())

    def test_a_hello_that_does_not_come_whole_has_two_seconds(self):
        # A head that has begun, and before it, keeps its time.
        config = CONFIG + "threads = 1\n"
        with Daemon(None, config) as daemon, self.hold(daemon) as connection:
            start = daemon.descriptors("socket:")
            with daemon.dial() as plain:
                plain.sendall(b"\x16")
                eventually(lambda: daemon.descriptors("socket:") > start)
                self.drain(daemon)
                before = time.monotonic()
                self.assertEqual(read_to_any_end(plain), b"")
                self.assertGreater(time.monotonic() - before, 1.5)
                self.assertLess(time.monotonic() - before, 5)
            connection.sendall(REQUEST[-1:])
            self.assertEqual(parse(read_all(connection))[2], BODY)
            self.expect_end(daemon)

    def test_new_connections_are_refused(self):
        # At once, so that a balancer or a sender tries another address.
        with Daemon(None, CONFIG) as daemon, self.hold(daemon) as connection:
            self.drain(daemon)
            eventually(lambda: self.is_refused(daemon), 5)
            connection.sendall(REQUEST[-1:])
            self.assertEqual(parse(read_all(connection))[2], BODY)
            self.expect_end(daemon)

    def test_the_deadline_ends_what_does_not_finish(self):
        config = POLICY + '[server]\ndeadline = "1s"\n'
        with Daemon(None, config) as daemon, self.hold(daemon) as connection:
            with daemon.dial() as plain:
                plain.sendall(b"\x16")
                self.drain(daemon)
                self.expect_end(daemon)
            # Builds of Python differ in how they take a missing close_notify.
            try:
                self.assertEqual(read_all(connection), b"")
            except (ssl.SSLEOFError, ConnectionResetError):
                pass

    def test_a_slow_reader_gets_all_of_its_answers(self):
        policy = POLICY.replace('["mail.example.com"]', str(
            [f"{'a' * 60}.{i}.{'b' * 60}.example.com" for i in range(60)]))
        config = (policy + '[server]\ndeadline = "5m"\n'
                  "requests_per_connection = 1000000\n")
        with open("/proc/sys/net/ipv4/tcp_wmem") as wmem:
            many = int(wmem.read().split()[2]) // 8000 + 50
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        plain.settimeout(TIMEOUT)
        with Daemon(None, config) as daemon:
            plain.connect(("127.0.0.1", daemon.port))
            with daemon.connect(plain=plain) as slow:
                slow.sendall(REQUEST * many + LAST)
                self.assertTrue(select.select([slow], [], [], TIMEOUT)[0])
                self.drain(daemon)
                slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
                answers = split_answers(read_all(slow))
                # One of them may be told to be the last.
                self.assertIn("Connection: close", answers[-1].fields)
                self.assertEqual({answer.status for answer in answers},
                                 {"HTTP/1.1 200 OK"})
            self.expect_end(daemon)

    def test_signals_of_other_servers_do_no_harm(self):
        with Daemon(None, CONFIG) as daemon:
            for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE,
                           signal.SIGXFSZ):
                daemon.signal(number)
                self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def test_a_second_signal_does_no_harm(self):
        with Daemon(None, CONFIG) as daemon, self.hold(daemon) as connection:
            self.drain(daemon)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                daemon.signal(number)
            connection.sendall(REQUEST[-1:])
            self.assertEqual(parse(read_all(connection))[2], BODY)
            self.expect_end(daemon)

    def test_under_load_every_handshake_that_is_done_is_served(self):
        failures = []
        served = []

        def fetch():
            context = client_context()
            while True:
                try:
                    connection = daemon.connect(context=context)
                except (OSError, ssl.SSLError):
                    return  # it has ended
                with connection:
                    try:
                        connection.sendall(LAST)
                        if parse(read_all(connection))[2] != BODY:
                            failures.append("another body")
                        served.append(None)
                    except (AssertionError, OSError, ssl.SSLError) as error:
                        failures.append(repr(error))

        for number in (signal.SIGTERM, signal.SIGINT) * 5:
            with Daemon(None, CONFIG) as daemon:
                threads = [threading.Thread(target=fetch) for _ in range(4)]
                before = len(served)
                for thread in threads:
                    thread.start()
                eventually(lambda: len(served) > before + 100)
                self.drain(daemon, number)
                self.expect_end(daemon)
                for thread in threads:
                    thread.join(TIMEOUT)
        self.assertEqual(failures, [])


if __name__ == "__main__":
    unittest.main()
