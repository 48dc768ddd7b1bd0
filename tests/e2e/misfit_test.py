# SPDX-License-Identifier: MIT
"""What the log says of clients that a proxy misleads: which name they ask for,
or which protocol they speak, and what has to be changed. Once, and never more
than a log can bear."""

import re
import subprocess
import unittest

from answer import read_all, read_to_any_end, split_answers
from client_hello import hello, record, server_name
from daemon import HOST, POLICY, TIMEOUT, Daemon
from http_test import (BAD, CLOSE, MISDIRECTED, OK, VERSION, closing, request)
from limits_test import half_hello
from plain_test import LAST, MIXED, OTHER_HOST, dial_plain, plain

ADDRESS = "192.0.2.77"
PROXY_LINES = (
    b"PROXY TCP4 192.0.2.77 192.0.2.2 5000 443\r\n",
    b"PROXY TCP6 2001:db8::77 2001:db8::2 5000 443\r\n",
    b"PROXY UNKNOWN\r\n",
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes((192, 0, 2, 77)) + bytes(8))
BOTH = POLICY + f"[server]\n{MIXED}\n"
MANY = 1000
MOST = 10  # names of one kind in an hour
LINE = re.compile(
    r"time=\S+ level=info event=(unknown-host|misdirected|unknown-name|no-name|"
    r"proxy-protocol|tls-refused|http-refused|http2-refused|names-left-out)"
    r'(?: (?:host|of)=("(?:[^"\\]|\\.)*"|\S+))? hint="((?:[^"\\]|\\.)+)"\n')
UNRECOGNIZED_NAME = b"\x15\3\3\0\2\2\x70"


def said(daemon):
    """[(event, host or ""), ...] of a daemon that has ended."""
    return [(found[1], found[2] or "") for line in daemon.stderr_lines
            if (found := LINE.fullmatch(line))]


class MisfitTest(unittest.TestCase):
    def ask_plain(self, daemon, octets, *want):
        with daemon.dial() as connection:
            connection.sendall(octets)
            self.assertEqual(split_answers(read_all(connection)), [*want])

    def greet(self, daemon, *extensions):
        """A ClientHello with this in place of SNI."""
        with daemon.dial() as connection:
            connection.sendall(record(hello(name=b"".join(extensions))))
            return read_to_any_end(connection)


class HostTest(MisfitTest):
    def test_a_host_is_named_once_and_with_its_cure(self):
        # mta-stsd:8080 is what nginx asks for by default, as its upstream.
        hosts = ("mta-stsd:8080", "MTA-STSD:8080", "127.0.0.1:8080",
                 "mta-stsd:80", "mta-stsd.", "mta-sts.example.org")
        with Daemon(None, plain()) as daemon:
            for host in hosts * 3:
                self.ask_plain(daemon, request(CLOSE, host=host),
                               closing(MISDIRECTED))
            self.ask_plain(daemon, request() + LAST, OK, closing(OK))
        self.assertEqual(said(daemon), [
            ("unknown-host", "mta-stsd:8080"),
            ("unknown-host", "127.0.0.1:8080"),
            ("unknown-host", "mta-sts.example.org")])
        hints = [LINE.fullmatch(line)[3] for line in daemon.stderr_lines
                 if LINE.fullmatch(line)]
        self.assertIn("nginx: proxy_set_header Host $host", hints[0])
        self.assertIn("[[policy]]", hints[2])

    def test_all_threads_name_it_once(self):
        with Daemon(None, plain("threads = 4")) as daemon:
            with_many = [daemon.dial() for _ in range(40)]
            for connection in with_many:
                connection.sendall(request(CLOSE, host="mta-stsd:8080"))
            for connection in with_many:
                with connection:
                    read_all(connection)
        self.assertEqual(said(daemon), [("unknown-host", "mta-stsd:8080")])

    def test_a_host_is_written_so_that_a_log_can_bear_it(self):
        long = "x" * 4000
        odd = "a=b%0Aevent=start"
        with Daemon(None, plain()) as daemon:
            for host in (long, odd):
                self.ask_plain(daemon, request(CLOSE, host=host),
                               closing(MISDIRECTED))
        self.assertEqual(said(daemon), [("unknown-host", "x" * 255),
                                        ("unknown-host", f'"{odd}"')])

    def test_many_hosts_are_some_lines(self):
        with Daemon(None, plain()) as daemon:
            for start in range(0, MANY, 50):
                octets = b"".join(request(host=f"h{start + i}.example")
                                  for i in range(50))
                self.ask_plain(daemon, octets + LAST,
                               *[MISDIRECTED] * 50, closing(OK))
        self.assertEqual(said(daemon), [
            *(("unknown-host", f"h{i}.example") for i in range(MOST)),
            ("names-left-out", "unknown-host")])

    def test_a_host_that_is_not_the_one_of_sni(self):
        with Daemon() as daemon:
            for host in ("mta-stsd:8443", OTHER_HOST, "mta-stsd"):
                self.assertEqual(
                    split_answers(daemon.raw(request(CLOSE, host=host))),
                    [closing(MISDIRECTED)])
            # The scheme alone is wrong.
            daemon.raw(request(CLOSE, target=f"http://{HOST}/"))
        self.assertEqual(said(daemon), [("misdirected", "mta-stsd:8443"),
                                        ("misdirected", OTHER_HOST)])


class NameTest(MisfitTest):
    def test_no_name(self):
        with Daemon() as daemon:
            for _ in range(3):
                done = subprocess.run(
                    ["openssl", "s_client", "-connect",
                     f"127.0.0.1:{daemon.port}", "-noservername"],
                    stdin=subprocess.DEVNULL, capture_output=True, text=True,
                    timeout=TIMEOUT)
                self.assertIn("unrecognized name", done.stderr)
            self.assertEqual(self.greet(daemon), UNRECOGNIZED_NAME)
            line = daemon.wait_for_line("event=no-name ")
        self.assertIn("proxy_ssl_server_name on", line)
        self.assertEqual(said(daemon), [("no-name", "")])

    def test_unknown_names(self):
        names = (b"mta-stsd", b"MTA-STSD", b"mta-sts.example.org", b"\x1b[2J")
        with Daemon() as daemon:
            for name in names * 2:
                self.assertEqual(self.greet(daemon, server_name(name)),
                                 UNRECOGNIZED_NAME)
        self.assertEqual(said(daemon), [
            ("unknown-name", "mta-stsd"),
            ("unknown-name", "mta-sts.example.org"),
            ("unknown-name", r'"\u001b[2J"')])

    def test_many_names_are_some_lines_and_hide_no_other_kind(self):
        with Daemon(None, BOTH) as daemon:
            for i in range(MANY):
                self.greet(daemon, server_name(b"n%d.example" % i))
            self.greet(daemon)
            with dial_plain(daemon) as connection:
                connection.sendall(request(CLOSE, host="mta-stsd"))
                read_all(connection)
        self.assertEqual(said(daemon), [
            *(("unknown-name", f"n{i}.example") for i in range(MOST)),
            ("names-left-out", "unknown-name"), ("no-name", ""),
            ("unknown-host", "mta-stsd")])


class ProtocolTest(MisfitTest):
    def test_the_proxy_protocol_on_either_listener(self):
        for octets in PROXY_LINES:
            with self.subTest(octets), Daemon(None, plain()) as daemon:
                for _ in range(3):
                    self.ask_plain(daemon, octets + LAST, BAD)
            self.assertEqual(said(daemon), [("proxy-protocol", "")])
            self.assertNotIn(ADDRESS, "".join(daemon.stderr_lines))
            with self.subTest(octets), Daemon() as daemon:
                for _ in range(3):
                    with daemon.dial() as connection:
                        connection.sendall(octets + half_hello())
                        self.assertEqual(read_to_any_end(connection), b"")
                line = daemon.wait_for_line("event=proxy-protocol ")
            self.assertIn("send-proxy", line)
            self.assertEqual(said(daemon), [("proxy-protocol", "")])
            self.assertNotIn(ADDRESS, "".join(daemon.stderr_lines))

    def test_tls_and_http2_on_a_plain_listener(self):
        with Daemon(None, plain()) as daemon:
            for _ in range(3):
                self.ask_plain(daemon, half_hello(), BAD)
                self.ask_plain(daemon, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                               VERSION)
                self.ask_plain(daemon, b"GET /\r\n\r\n", BAD)
        self.assertEqual(said(daemon),
                         [("tls-refused", ""), ("http2-refused", "")])

    def test_http_on_a_listener_of_tls(self):
        with Daemon() as daemon:
            for octets in (request(), request(), b"EHLO x\r\n", b"\x16\2"):
                with daemon.dial() as connection:
                    connection.sendall(octets)
                    read_to_any_end(connection)
        self.assertEqual(said(daemon), [("http-refused", "")])

    def test_nothing_is_said_of_who_is_right(self):
        with Daemon(None, BOTH) as daemon:
            daemon.fetch()
            with dial_plain(daemon) as connection:
                connection.sendall(LAST)
                read_all(connection)
        self.assertEqual(said(daemon), [])


if __name__ == "__main__":
    unittest.main()
