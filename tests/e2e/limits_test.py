# SPDX-License-Identifier: MIT
"""Clients that take too long, too much or too many: each is cut off for the
reason that the program counts, and honest ones are served all the time."""

import contextlib
import fcntl
import re
import resource
import select
import signal
import socket
import ssl
import struct
import termios
import time
import unittest

import process
from answer import parse, read_all, read_to_any_end, split_answers
from certificates import client_context, scratch
from control_group import MIB, Group
from daemon import BODY, HOST, PATH, POLICY, TIMEOUT, Daemon, eventually
from memory_client import MemoryClient

REQUEST = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
LAST = REQUEST[:-2] + b"Connection: close\r\n\r\n"
# The first octet of a ClientHello: enough to be accepted, not to be served.
FIRST = b"\x16"
# A policy of almost 10,000 octets, so that few answers fill a socket.
LARGE = """
[[policy]]
domains = ["example.com"]
mx = [%s]
tls_rpt = ["mailto:tls-reports@example.com"]
""" % ", ".join(f'"{"a" * 60}.{i}.{"b" * 60}.example.com"'
                for i in range(60))
# More of those answers than the kernel takes for a client that reads nothing.
with open("/proc/sys/net/ipv4/tcp_wmem") as wmem:
    MANY = int(wmem.read().split()[2]) // 8000 + 50


def server(*lines):
    return "[server]\n" + "".join(line + "\n" for line in lines)


def ends(daemon):
    """How its connections ended, once it has stopped."""
    line = next(one for one in daemon.stderr_lines if "event=stopped" in one)
    said = re.search(r'ends="?([^" \n]*)', line)[1]
    return {name: int(count) for name, count in
            (one.split(":") for one in said.split(",") if one)}


def half_hello(size=None):
    """The first `size` octets of a ClientHello, or half of it."""
    hello = MemoryClient(client_context(), None, HOST).start()
    return hello[:size or len(hello) // 2]


def reset(plain):
    """Closes it by a RST."""
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
    plain.close()


def narrow(daemon):
    """A TLS connection that takes few octets before it is read."""
    plain = socket.socket()
    plain.settimeout(TIMEOUT)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    plain.connect(("127.0.0.1", daemon.port))
    return daemon.connect(plain=plain)


def dial(daemon, address, narrow=False):
    """From an address of loopback; narrow: it takes next to nothing."""
    plain = socket.socket()
    plain.settimeout(TIMEOUT)
    if narrow:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 200)
    plain.bind((address, 0))
    plain.connect(("127.0.0.1", daemon.port))
    return plain


def read_widely(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    return read_all(connection)


def send_until_full_then_read(connection, octets, size=65536):
    """Sends `size` octets at a time, and reads only while nothing more can be
    sent; returns all up to the end, which must be orderly. One thread does
    both: an object of ssl is not made for two."""
    connection.setblocking(False)
    left, got = memoryview(octets), bytearray()
    try:
        while True:
            with contextlib.suppress(BlockingIOError, ssl.SSLWantWriteError):
                while left:
                    left = left[connection.send(left[:size]):]
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
                chunk = connection.recv(65536)
                if not chunk:
                    return bytes(got)
                got += chunk
                continue
            ready = select.select([connection], [connection] if left else [],
                                  [], TIMEOUT)
            assert any(ready), "neither is there an answer nor an end"
    finally:
        connection.settimeout(TIMEOUT)


def choke(connection):
    """Sends requests and reads no answer, until the server reads no more."""
    connection.setblocking(False)
    sent = 0
    try:
        while select.select([], [connection], [], 0.5)[1]:
            sent += connection.send(REQUEST * 100)
            assert sent < 1 << 26, "it reads for ever"
    except ssl.SSLWantWriteError:
        pass
    connection.settimeout(TIMEOUT)


class LimitsTest(unittest.TestCase):
    def is_served(self, daemon):
        self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def expect_descriptors(self, daemon, count):
        eventually(lambda: daemon.descriptors("socket:") == count)

    def expect_rest(self, daemon):
        """Next to nothing happens for a second."""
        busy = process.busy_seconds(daemon.pid)
        select.select([], [], [], 1)
        self.assertLess(process.busy_seconds(daemon.pid) - busy, 0.3)

    def is_open(self, plain):
        poll = select.poll()  # select() ends at descriptor 1024
        poll.register(plain, select.POLLIN)
        return not poll.poll(0)


class DeadlineTest(LimitsTest):
    """One second from accept to close, whatever the client does."""

    def expect_end(self, reason, begin, drip=None,
                   listen='listen = ["127.0.0.1:0"]', read=read_to_any_end):
        """begin(daemon) makes the connection; `drip` is then sent octet by
        octet, ten in a second, or nothing."""
        config = POLICY + server(listen, 'deadline = "1s"', "threads = 1",
                                 "requests_per_connection = 1000000")
        with Daemon(None, config) as daemon:
            start = daemon.descriptors("socket:")
            before = time.monotonic()
            with begin(daemon) as connection:
                for octet in drip or b"":
                    if select.select([connection], [], [], 0.1)[0]:
                        break
                    connection.sendall(bytes([octet]))
                answer = read(connection)
            # From accept on; the handshake of TCP may have come before.
            self.assertGreater(time.monotonic() - before, 0.9)
            self.assertLess(time.monotonic() - before, 15)
            self.expect_descriptors(daemon, start)
        self.assertEqual(ends(daemon), {reason: 1})
        return answer

    def begin_with(self, octets):
        def begin(daemon):
            plain = daemon.dial()
            plain.sendall(octets)
            return plain
        return begin

    def test_a_silent_client(self):
        # TCP_DEFER_ACCEPT does not hold back a unix socket.
        self.expect_end("deadline-hello", Daemon.dial,
                        listen=f'listen = ["unix:{scratch()}/socket"]')

    def test_a_silent_client_over_tcp(self):
        self.expect_end("deadline-hello", Daemon.dial)

    def test_one_octet(self):
        self.expect_end("deadline-hello", self.begin_with(FIRST))

    def test_half_a_hello(self):
        self.expect_end("deadline-hello", self.begin_with(half_hello()))

    def test_a_dripped_hello(self):
        hello = half_hello(-1)
        self.expect_end("deadline-hello", self.begin_with(hello[:1]),
                        drip=hello[1:])

    def test_half_a_handshake(self):
        self.expect_end("deadline-handshake",
                        self.begin_with(half_hello(10 ** 6)))

    def test_no_request_after_the_handshake(self):
        self.expect_end("deadline-head", Daemon.connect)

    def test_a_dripped_head(self):
        self.expect_end("deadline-head", Daemon.connect, drip=REQUEST[:-1])

    def test_a_second_head_that_does_not_come_whole(self):
        def begin(daemon):
            connection = daemon.connect()
            connection.sendall(REQUEST + REQUEST[:-1])
            return connection
        answer = self.expect_end("deadline-head", begin)
        self.assertEqual(parse(answer)[::2], (200, BODY))

    def test_idle_after_an_answer_ends_with_close_notify(self):
        def begin(daemon):
            connection = daemon.connect()
            connection.sendall(REQUEST)
            return connection
        answer = self.expect_end("deadline-idle", begin, read=read_all)
        self.assertEqual(parse(answer)[::2], (200, BODY))

    def test_requests_do_not_put_it_off(self):
        def read(connection):
            try:
                while True:
                    connection.sendall(REQUEST)
                    if not connection.recv(65536):
                        return
            except (OSError, ssl.SSLError):
                pass
        config = POLICY + server('deadline = "1s"',
                                 "requests_per_connection = 1000000")
        with Daemon(None, config) as daemon:
            before = time.monotonic()
            with daemon.connect() as connection:
                read(connection)
            self.assertGreater(time.monotonic() - before, 0.9)
            self.assertLess(time.monotonic() - before, 15)

    def test_answers_that_nobody_reads(self):
        config = LARGE + server('deadline = "1s"', "threads = 1",
                                "requests_per_connection = 1000000")
        with Daemon(None, config) as daemon:
            start = daemon.descriptors("socket:")
            with narrow(daemon) as connection:
                choke(connection)
                self.expect_descriptors(daemon, start)
        self.assertEqual(ends(daemon), {"deadline-answer": 1})

    def test_a_client_that_stays_after_a_bad_request(self):
        """It has a second, whatever the deadline is."""
        with Daemon(None, POLICY + server(
                "threads = 1", 'deadline = "5m"')) as daemon:
            start = daemon.descriptors("socket:")
            with daemon.connect() as connection:
                connection.sendall(b"x\r\n\r\n")
                self.assertEqual(parse(read_all(connection))[0], 400)
                self.expect_descriptors(daemon, start)
        self.assertEqual(ends(daemon), {"bad-request": 1})


class SlowReaderTest(LimitsTest):
    def test_an_honest_one_gets_all_answers_in_their_order(self):
        config = LARGE + server("requests_per_connection = 1000000",
                                'deadline = "1m"')
        octets = (REQUEST + REQUEST.replace(PATH.encode(), b"/")) * MANY
        with Daemon(None, config) as daemon, narrow(daemon) as connection:
            body = daemon.fetch()[2]
            self.assertGreater(len(body), 8000)
            got = send_until_full_then_read(connection, octets + LAST)
        answers = split_answers(got)
        self.assertEqual(len(answers), 2 * MANY + 1)
        for i, answer in enumerate(answers):
            if i % 2 == 0:
                self.assertEqual(answer.body, body)
            else:
                self.assertIn("404", answer.status)


    def test_requests_in_records_of_their_own_are_all_answered(self):
        # Many records are read at a time, and most have to wait for room.
        config = LARGE + server("requests_per_connection = 1000000",
                                'deadline = "1m"')
        count = 300
        octets = REQUEST * count
        # Small segments: the kernel takes a part of an answer.
        with (Daemon(None, config) as daemon,
              daemon.connect(plain=dial(daemon, "127.0.0.1", narrow=True))
              as connection):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            answers = split_answers(send_until_full_then_read(
                connection, octets + LAST, len(REQUEST)))
        self.assertEqual([answer.status for answer in answers],
                         ["HTTP/1.1 200 OK"] * (count + 1))


class CapacityTest(LimitsTest):
    def begin(self, daemon, octets=FIRST):
        plain = daemon.dial()
        plain.sendall(octets)
        return plain

    def capped(self, count, *lines, policy=POLICY):
        return Daemon(None, policy + server(
            "threads = 1", f"connections = {count}", 'deadline = "1m"',
            *(lines or ('connections_per_address = "off"',))))

    def test_the_oldest_unfinished_goes_first(self):
        with self.capped(2) as daemon:
            start = daemon.descriptors("socket:")
            with (self.begin(daemon) as a, self.begin(daemon) as b,
                  self.begin(daemon) as c):
                self.assertEqual(read_to_any_end(a), b"")
                self.assertTrue(self.is_open(b))
                self.is_served(daemon)
                self.assertEqual(read_to_any_end(b), b"")
                self.is_served(daemon)
                self.assertTrue(self.is_open(c))
                self.expect_descriptors(daemon, start + 1)
            self.expect_descriptors(daemon, start)
        self.assertEqual(ends(daemon), {"answered": 2, "evicted": 2,
                                        "peer-broke-off": 1})

    def test_an_idle_one_ends_with_close_notify(self):
        with self.capped(1) as daemon, daemon.connect() as idle:
            idle.sendall(REQUEST)
            self.assertEqual(parse(idle.recv(65536))[::2], (200, BODY))
            self.is_served(daemon)
            self.assertEqual(read_all(idle), b"")

    def test_a_client_that_reads_nothing_costs_nothing(self):
        # The requests that have come would make megabytes of answers.
        lines = ('connections_per_address = "off"',
                 "requests_per_connection = 1000000")
        with (self.capped(1, *lines, policy=LARGE) as daemon,
              narrow(daemon) as slow):
            before = process.anonymous_kb(daemon.pid)
            choke(slow)
            self.assertLess(process.anonymous_kb(daemon.pid) - before, 3000)
            self.expect_rest(daemon)

    def test_one_that_is_being_answered_stays(self):
        lines = ('connections_per_address = "off"',
                 "requests_per_connection = 1000000")
        with (self.capped(2, *lines, policy=LARGE) as daemon,
              narrow(daemon) as slow):
            slow.sendall(REQUEST * MANY + LAST)
            # The kernel takes what fits; the rest waits in the program.
            self.assertTrue(select.select([slow], [], [], TIMEOUT)[0])
            body = daemon.fetch()[2]
            with self.begin(daemon) as idle:
                self.assertEqual(daemon.fetch()[2], body)
                self.assertEqual(read_to_any_end(idle), b"")
            self.assertEqual(len(split_answers(read_widely(slow))),
                             MANY + 1)

    def test_nobody_is_sent_away_for_a_newcomer_when_all_are_answered(self):
        # And a newcomer that was sent away takes no part of its share along.
        lines = ("connections_per_address = 2",
                 "requests_per_connection = 1000000")
        with (self.capped(1, *lines, policy=LARGE) as daemon,
              narrow(daemon) as slow):
            slow.sendall(REQUEST * MANY + LAST)
            self.assertTrue(select.select([slow], [], [], TIMEOUT)[0])
            for _ in range(2):
                with self.begin(daemon) as late:
                    self.assertEqual(read_to_any_end(late), b"")
            self.assertEqual(len(split_answers(read_widely(slow))),
                             MANY + 1)
        self.assertEqual(ends(daemon), {"answered": 1, "evicted": 2})

    def test_one_address_has_its_share(self):
        with self.capped(20, "connections_per_address = 3") as daemon:
            start = daemon.descriptors("socket:")
            held = [self.begin(daemon) for _ in range(3)]
            eventually(lambda: daemon.descriptors("socket:") == start + 3)
            with self.begin(daemon) as fourth:
                self.assertEqual(read_to_any_end(fourth), b"")
            other = socket.create_connection(
                ("127.0.0.1", daemon.port), TIMEOUT,
                source_address=("127.0.0.2", 0))
            self.assertEqual(daemon.fetch(plain=other)[::2], (200, BODY))
            for plain in held:
                self.assertTrue(self.is_open(plain))
            held.pop().close()
            self.expect_descriptors(daemon, start + 2)
            self.is_served(daemon)
            for plain in held:
                plain.close()
            self.expect_descriptors(daemon, start)
        self.assertEqual(ends(daemon), {"address-limit": 1, "answered": 2,
                                        "peer-broke-off": 3})

    def test_the_share_is_three_quarters_and_one_at_least(self):
        for count, share in ((4, 3), (1, 1)):
            with self.capped(count,
                             'connections_per_address = "auto"') as daemon:
                start = daemon.descriptors("socket:")
                held = [self.begin(daemon) for _ in range(share)]
                self.expect_descriptors(daemon, start + share)
                with self.begin(daemon) as one_more:
                    self.assertEqual(read_to_any_end(one_more), b"")
                for plain in held:
                    self.assertTrue(self.is_open(plain))
                    plain.close()

    def test_there_are_no_more_threads_than_connections(self):
        # The one before may not have been given back yet.
        lines = ("connections = 2", "threads = 8",
                 "connections_per_address = 2")
        with Daemon(None, POLICY + server(*lines)) as daemon:
            for _ in range(10):
                self.is_served(daemon)

    def test_the_threads_share_the_connections(self):
        # Three quarters of them are one address's, whichever thread has them.
        lines = ("connections = 40", "threads = 4", 'deadline = "1m"')
        with Daemon(None, POLICY + server(*lines)) as daemon:
            held = [self.begin(daemon) for _ in range(31)]
            eventually(lambda: sum(map(self.is_open, held)) == 30)
            with contextlib.ExitStack() as others:
                for i in range(40):
                    plain = others.enter_context(dial(daemon, "127.0.0.2"))
                    plain.sendall(FIRST)
                self.assertEqual(daemon.fetch(
                    plain=dial(daemon, "127.0.0.3"))[::2], (200, BODY))
            for plain in held:
                plain.close()
        # 71 were let in, of which 40 can be there at a time.
        self.assertEqual(ends(daemon)["address-limit"], 1)
        self.assertEqual(ends(daemon)["evicted"], 31)

    def test_two_addresses_lock_nobody_out(self):
        def unread(daemon, address):
            plain = dial(daemon, address, narrow=True)
            connection = daemon.connect(plain=plain, verify=False)
            connection.sendall(REQUEST * 99)
            return connection

        def half(daemon, address):
            plain = dial(daemon, address)
            plain.sendall(FIRST)
            return plain

        context = client_context()
        for begin, threads in ((unread, 1), (unread, 2), (half, 4),
                               (unread, 8)):
            lines = (f"threads = {threads}", "connections = 40",
                     'deadline = "1m"')
            with (self.subTest(begin=begin, threads=threads),
                  Daemon(None, LARGE + server(*lines)) as daemon,
                  contextlib.ExitStack() as held):
                for i in range(80):
                    if i >= 60:
                        self.assertEqual(daemon.fetch(
                            plain=dial(daemon, "127.0.0.9"),
                            context=context)[0], 200)
                    # An attacker that is sent away comes again.
                    with contextlib.suppress(OSError):
                        held.enter_context(
                            begin(daemon, f"127.0.0.{2 + i % 2}"))

    def test_there_are_no_more_than_descriptors_allow(self):
        for limit, connections in ((128, 64), (129, 65), (1000, 936)):
            daemon = Daemon(None, POLICY + server("threads = 1"))
            daemon.wrapper = ("prlimit", f"--nofile={limit}:{limit}")
            with self.subTest(limit), daemon:
                start = daemon.wait_for_line("event=start ")
                self.assertEqual(start.rpartition(" connections=")[2],
                                 str(connections))

    def test_there_are_no_more_than_memory_allows(self):
        def read_start(daemon):
            said = daemon.wait_for_line("event=start ")
            return (int(re.search(f" {key}=([0-9]+)", said)[1])
                    for key in ("memory", "per_connection", "connections"))

        with Daemon() as daemon:
            memory, each, count = read_start(daemon)
            self.assertLessEqual(count, memory // each)
        try:
            group = self.enterContext(Group(64))
        except OSError as error:
            self.skipTest(f"no control group can be made here: {error}")
        daemon = Daemon()
        daemon.wrapper = group.wrapper()
        with daemon:
            memory, each, count = read_start(daemon)
            self.assertLess(memory, 32 * MIB)
            self.assertEqual(count, memory // each)
            self.is_served(daemon)

    def test_half_a_hello_costs_nothing(self):
        with Daemon() as daemon, self.begin(daemon, half_hello()):
            self.expect_rest(daemon)

    def test_a_unix_socket_has_no_share(self):
        listen = f'listen = ["unix:{scratch()}/socket"]'
        with self.capped(3, listen, "connections_per_address = 1") as daemon:
            start = daemon.descriptors("socket:")
            held = [self.begin(daemon) for _ in range(2)]
            self.expect_descriptors(daemon, start + 2)
            self.is_served(daemon)
            for plain in held:
                self.assertTrue(self.is_open(plain))
                plain.close()

    def test_the_kernel_keeps_little_for_a_unix_socket(self):
        # It is not inherited from the listener, and its default is 208 KiB.
        listen = f'listen = ["http+unix:{scratch()}/socket"]'
        with self.capped(9, listen, policy=LARGE) as daemon:
            with daemon.dial() as plain:
                plain.sendall(REQUEST * 50)
                seen = []

                def is_full():
                    octets = fcntl.ioctl(plain, termios.FIONREAD, b"\0" * 4)
                    seen.append(int.from_bytes(octets, "little"))
                    return seen[-1] and seen[-5:] == 5 * seen[-1:]
                eventually(is_full)
                self.assertLess(seen[-1], 32 * 1024)

    def test_requests_per_connection(self):
        with self.capped(9, "requests_per_connection = 3") as daemon:
            answers = split_answers(daemon.raw(REQUEST * 5))
            self.assertEqual(["Connection: close" in answer.fields
                              for answer in answers], [False, False, True])
        with Daemon() as daemon:
            answers = split_answers(daemon.raw(REQUEST * 120))
            self.assertEqual(["Connection: close" in answer.fields
                              for answer in answers], [False] * 99 + [True])

    def test_head_octets(self):
        with self.capped(9, "head_octets = 1024") as daemon:
            for more, status in ((0, 200), (1, 431), (2, 431), (3, 431)):
                fill = b"A: " + b"b" * (1024 - len(LAST) - 5 + more) + b"\r\n"
                octets = LAST[:-2] + fill + b"\r\n"
                self.assertEqual(len(octets), 1024 + more)
                with self.subTest(octets=len(octets)):
                    self.assertEqual(parse(daemon.raw(octets))[0], status)


class ResetTest(LimitsTest):
    def test_a_reset_in_each_phase_does_no_harm(self):
        def connect_and_send(octets):
            def begin(daemon):
                connection = daemon.connect()
                connection.sendall(octets)
                return socket.socket(fileno=connection.detach())
            return begin

        def dial_and_send(octets):
            def begin(daemon):
                plain = daemon.dial()
                plain.sendall(octets)
                return plain
            return begin

        with Daemon() as daemon:
            start = daemon.descriptors("socket:")
            for begin in (Daemon.dial, dial_and_send(FIRST),
                          dial_and_send(half_hello()),
                          dial_and_send(half_hello(10 ** 6)),
                          dial_and_send(b"garbage"), connect_and_send(b""),
                          connect_and_send(REQUEST[:-1]),
                          connect_and_send(REQUEST), connect_and_send(LAST),
                          connect_and_send(REQUEST * 90),
                          connect_and_send(b"x\r\n\r\n")):
                for _ in range(10):
                    reset(begin(daemon))
                self.is_served(daemon)
            self.expect_descriptors(daemon, start)


class CrowdTest(LimitsTest):
    def raise_limit(self, wanted):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < wanted:
            self.skipTest(f"the hard limit of open files is {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))

    def test_two_thousand_idle_connections(self):
        self.raise_limit(4096)
        hello = half_hello()
        context = client_context()
        held = []
        config = POLICY + server('deadline = "5m"')
        with Daemon(None, config) as daemon:
            start = daemon.descriptors("socket:")
            for i in range(2000):
                if i % 10 == 0:
                    connection = daemon.connect(context=context)
                    if i % 20 == 0:
                        connection.sendall(REQUEST[:20])
                    held.append(connection)
                else:
                    plain = daemon.dial()
                    plain.sendall((b"", FIRST, hello)[i % 3])
                    held.append(plain)
                if i % 100 == 99:
                    self.assertEqual(
                        daemon.fetch(context=context)[::2], (200, BODY))
            self.assertGreater(daemon.descriptors("socket:"), start + 1300)
            cpu = daemon.cpu_seconds()
            for _ in range(20):
                self.assertEqual(
                    daemon.fetch(context=context)[::2], (200, BODY))
            self.assertLess(daemon.cpu_seconds() - cpu, 2)
            for connection in held:
                self.assertTrue(self.is_open(connection))
                connection.close()
            self.expect_descriptors(daemon, start)
            self.is_served(daemon)

    def starve(self, daemon, begin, end):
        """Runs begin() while it lacks descriptors, then end()."""
        limits = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE,
                         (daemon.descriptors() + 5, limits[1]))
        with contextlib.ExitStack() as held:
            for _ in range(40):
                plain = held.enter_context(daemon.dial())
                plain.sendall(FIRST)
            daemon.wait_for_line("event=accept-paused")
            begin(plain)
        end()
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, limits)

    def test_without_descriptors_it_waits_and_goes_on(self):
        # Its files can't be read meanwhile either, should it look at them.
        allow = ("Too many open files", "event=reload result=failed")
        with Daemon(allow=allow) as daemon:
            start = daemon.descriptors("socket:")

            def begin(plain):
                # A second of waiting must cost next to nothing.
                cpu = daemon.cpu_seconds()
                self.assertFalse(select.select([plain], [], [], 1)[0])
                self.assertLess(daemon.cpu_seconds() - cpu, 0.3)

            self.starve(daemon, begin, lambda: self.is_served(daemon))
            self.expect_descriptors(daemon, start)
            self.is_served(daemon)

    def test_a_lack_of_descriptors_does_not_fill_the_log(self):
        # At most one line in a second for each of two threads.
        allow = ("Too many open files", "event=reload result=failed")
        with Daemon(None, POLICY + server("threads = 2"),
                    allow=allow) as daemon:
            self.starve(daemon, lambda plain: select.select(
                [plain], [], [], 1), lambda: self.is_served(daemon))
            self.assertLessEqual(sum("accept-paused" in line
                                     for line in daemon.stderr_lines), 6)


if __name__ == "__main__":
    unittest.main()
