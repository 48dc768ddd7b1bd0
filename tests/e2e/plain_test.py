# SPDX-License-Identifier: MIT
"""Listeners without TLS, for a proxy that ends it: plain HTTP over TCP and a
unix socket, alone, beside TLS, and behind a real proxy."""

import contextlib
import grp
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from answer import parse, read_all, read_to_any_end, split_answers
from certificates import client_context, scratch
from daemon import BODY, HOST, PATH, POLICY, TIMEOUT, Daemon, eventually
from http_test import BAD, CLOSE, MISDIRECTED, OK, closing, request
from limits_test import (LARGE, MANY, choke, ends, half_hello, narrow,
                         reset, send_until_full_then_read, server)
from edits import NEW_BODY, OLD_BODY, policy, replace
from sender_tools import environment, find_tool, missing_tools

TCP = 'listen = ["http://127.0.0.1:0"]'
MIXED = 'listen = ["127.0.0.1:0", "http://127.0.0.1:0"]'
NO_CERTIFICATES = "certificates = []"
OTHER_HOST = "mta-sts.example.net"
LAST = request(CLOSE)
# Names that a public listener may have.
OWN = POLICY.replace("example.", "example-mail.")


def new_path():
    return tempfile.mkdtemp(dir=scratch()) + "/socket"


def unix(path=None):
    """A listener at a path, one that is new each time unless it is given."""
    return f'listen = ["http+unix:{path or new_path()}"]'


def plain(*lines, listen=TCP):
    return POLICY + server(listen, NO_CERTIFICATES, *lines)


class HttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon(None, plain()))

    def ask(self, octets, *methods):
        with self.daemon.dial() as connection:
            connection.sendall(octets)
            return split_answers(read_all(connection), *methods)

    def test_each_host_gets_its_policy(self):
        for host in (HOST, OTHER_HOST, HOST.upper() + ".:443"):
            self.assertEqual(self.ask(request(host=host) + LAST),
                             [OK, closing(OK)])

    def test_host_alone_decides(self):
        # One proxy has the requests of all clients on one connection.
        asked = (HOST, "mta-sts.example.org", OTHER_HOST, "localhost", HOST)
        self.assertEqual(
            self.ask(b"".join(request(host=host) for host in asked) + LAST),
            [OK, MISDIRECTED, OK, MISDIRECTED, OK, closing(OK)])

    def test_fields_of_proxies_are_ignored(self):
        fields = ("X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: http",
                  "X-Forwarded-Host: mta-sts.example.org",
                  "X-Real-IP: 192.0.2.1", "Via: 1.1 proxy",
                  "Forwarded: for=192.0.2.1;host=mta-sts.example.org")
        self.assertEqual(self.ask(request(*fields) + LAST),
                         [OK, closing(OK)])
        other = request(f"X-Forwarded-Host: {HOST}", f"Forwarded: host={HOST}",
                        host="mta-sts.example.org")
        self.assertEqual(self.ask(other + LAST), [MISDIRECTED, closing(OK)])

    def test_absolute_form_of_either_scheme(self):
        for scheme in ("http", "https"):
            octets = request(target=f"{scheme}://{HOST}{PATH}", host="x")
            self.assertEqual(self.ask(octets + LAST), [OK, closing(OK)])

    def test_head_and_http_1_0(self):
        self.assertEqual(
            self.ask(request(method="HEAD") + LAST, "HEAD"),
            [OK._replace(body=b""), closing(OK)])
        # As nginx asks by default.
        self.assertEqual(self.ask(request(version="HTTP/1.0")), [closing(OK)])

    def test_a_proxy_protocol_line_is_refused(self):
        for line in (b"PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n",
                     b"PROXY UNKNOWN\r\n",
                     b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12)):
            self.assertEqual(self.ask(line + LAST), [BAD])

    def test_a_tls_client_is_refused(self):
        for octets in (half_hello(), half_hello(10 ** 6)):
            self.assertEqual(self.ask(octets), [BAD])

    def test_octets_one_by_one(self):
        with self.daemon.dial() as connection:
            for octet in LAST:
                connection.sendall(bytes([octet]))
            self.assertEqual(split_answers(read_all(connection)),
                             [closing(OK)])

    def test_a_client_that_has_said_all_is_answered(self):
        with self.daemon.dial() as connection:
            connection.sendall(request() * 3)
            connection.shutdown(socket.SHUT_WR)
            self.assertEqual(split_answers(read_all(connection)), [OK] * 3)

    def test_a_client_that_is_refused_may_go_on_sending(self):
        """RFC 9112, 9.6: at first the server ends its own direction alone."""
        with self.daemon.dial() as connection:
            connection.sendall(b"x\r\n\r\n" + request() * 2000)
            self.assertEqual(split_answers(read_all(connection)), [BAD])
            for _ in range(2):  # a reset would meet the second
                connection.sendall(b"x")

    def test_a_client_whose_whole_head_is_refused_may_go_on_too(self):
        with self.daemon.dial() as connection:
            connection.sendall(request(host=None))
            self.assertEqual(split_answers(read_all(connection)), [BAD])
            for _ in range(2):
                connection.sendall(b"x")

    def test_nobody_waits_for_a_client_that_has_its_last_answer(self):
        with self.daemon.dial() as connection:
            connection.sendall(LAST)
            self.assertEqual(split_answers(read_all(connection)),
                             [closing(OK)])
            connection.sendall(b"x")
            poll = select.poll()
            poll.register(connection, 0)
            self.assertTrue(poll.poll(TIMEOUT * 1000))  # it was reset

    def test_a_unix_socket(self):
        with Daemon(None, plain(listen=unix())) as daemon:
            self.assertRegex(daemon.address, r"^http\+unix:/.*/socket$")
            self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def test_a_unix_socket_that_a_crash_has_left(self):
        path = new_path()
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(path)
        with Daemon(None, plain(listen=unix(path))) as daemon:
            self.assertEqual(daemon.fetch()[::2], (200, BODY))
        self.assertFalse(os.path.exists(path))


class LimitsTest(unittest.TestCase):
    """The limits are those of TLS, but for the one by address."""

    def expect_end(self, reason, octets, listen=TCP):
        """One second from accept to close; what was answered until then."""
        config = plain('deadline = "1s"', "threads = 1", listen=listen)
        with Daemon(None, config) as daemon, daemon.dial() as connection:
            before = time.monotonic()
            connection.sendall(octets)
            answer = read_to_any_end(connection)
            self.assertGreater(time.monotonic() - before, 0.9)
            self.assertLess(time.monotonic() - before, 15)
        self.assertEqual(ends(daemon), {reason: 1})
        return answer

    def test_a_silent_client(self):
        self.assertEqual(self.expect_end("deadline-head", b"", unix()), b"")

    def test_half_a_head(self):
        self.assertEqual(self.expect_end("deadline-head", LAST[:-1]), b"")

    def test_idle_after_an_answer(self):
        answer = self.expect_end("deadline-idle", request())
        self.assertEqual(split_answers(answer), [OK])

    def test_answers_that_nobody_reads(self):
        config = LARGE + server(TCP, 'deadline = "1s"', "threads = 1",
                                "requests_per_connection = 1000000")
        with Daemon(None, config) as daemon:
            start = daemon.descriptors("socket:")
            with narrow(daemon) as connection:
                choke(connection)
                eventually(lambda: daemon.descriptors("socket:") == start)
        self.assertEqual(ends(daemon), {"deadline-answer": 1})

    def test_a_slow_reader_gets_all_answers_in_their_order(self):
        config = LARGE + server(TCP, 'deadline = "1m"',
                                "requests_per_connection = 1000000")
        octets = (request() + request(target="/")) * MANY + LAST
        with Daemon(None, config) as daemon, narrow(daemon) as connection:
            body = daemon.fetch()[2]
            answers = split_answers(
                send_until_full_then_read(connection, octets))
        self.assertEqual(
            [(one.status[9:12], one.body == body) for one in answers],
            [("200", True), ("404", False)] * MANY + [("200", True)])

    def test_requests_and_heads(self):
        config = plain("requests_per_connection = 3", "head_octets = 1024")
        with Daemon(None, config) as daemon:
            self.assertEqual(split_answers(daemon.raw(request() * 5)),
                             [OK, OK, closing(OK)])
            large = request("A: " + "b" * 1024)
            self.assertEqual(parse(daemon.raw(large))[0], 431)

    def test_an_address_has_no_share(self):
        # All connections are the proxy's.
        for listen in (TCP, unix()):
            config = plain("connections = 9", "connections_per_address = 1",
                           "threads = 1", listen=listen)
            with Daemon(None, config) as daemon, \
                    contextlib.ExitStack() as held:
                for _ in range(5):
                    one = held.enter_context(daemon.dial())
                    one.sendall(request())
                    self.assertEqual(parse(one.recv(65536))[0], 200)
                self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def test_an_address_has_a_share_of_tls_beside_it(self):
        config = POLICY + server(MIXED, "connections = 9", "threads = 1",
                                 "connections_per_address = 1")
        with Daemon(None, config) as daemon, daemon.connect() as held:
            held.sendall(request())
            self.assertEqual(parse(held.recv(65536))[0], 200)
            with daemon.dial() as second:
                self.assertEqual(read_to_any_end(second), b"")
            with dial_plain(daemon) as other:
                other.sendall(LAST)
                self.assertEqual(split_answers(read_all(other)),
                                 [closing(OK)])

    def test_the_oldest_unfinished_one_makes_room(self):
        config = plain("connections = 2", "threads = 1", listen=unix())
        with Daemon(None, config) as daemon, daemon.dial() as first, \
                daemon.dial() as second:
            eventually(lambda: daemon.descriptors("socket:") >= 3)
            self.assertEqual(daemon.fetch()[::2], (200, BODY))
            self.assertEqual(read_to_any_end(first), b"")
            second.sendall(LAST)
            self.assertEqual(split_answers(read_all(second)), [closing(OK)])
        self.assertEqual(ends(daemon), {"answered": 2, "evicted": 1})

    def test_a_reset_does_no_harm(self):
        with Daemon(None, plain()) as daemon:
            start = daemon.descriptors("socket:")
            for octets in (b"", b"G", LAST[:-1], request(), LAST,
                           request() * 90, b"x\r\n\r\n", half_hello()):
                for _ in range(10):
                    connection = daemon.dial()
                    connection.sendall(octets)
                    reset(connection)
                self.assertEqual(daemon.fetch()[::2], (200, BODY))
            eventually(lambda: daemon.descriptors("socket:") == start)

    def test_the_end_waits_for_a_head_that_has_begun(self):
        # Whoever waits for this deadline has failed.
        config = plain('deadline = "5m"', "threads = 1", listen=unix())
        with Daemon(None, config) as daemon, daemon.dial() as begun, \
                daemon.dial() as idle, daemon.dial() as silent:
            begun.sendall(LAST[:-1])
            idle.sendall(request())
            self.assertEqual(split_answers(idle.recv(65536)), [OK])
            daemon.signal(signal.SIGTERM)
            self.assertEqual(read_all(idle), b"")
            self.assertEqual(read_all(silent), b"")
            begun.sendall(LAST[-1:])
            self.assertEqual(split_answers(read_all(begun)), [closing(OK)])
            self.assertEqual(daemon.process.wait(TIMEOUT), 0)
        self.assertEqual(ends(daemon), {"answered": 1, "drained": 2})


def dial_plain(daemon):
    """The plain listener of a daemon whose first one is of TLS."""
    line = daemon.wait_for_line("event=listening address=http")
    return socket.create_connection(
        ("127.0.0.1", int(line.rpartition(":")[2])), TIMEOUT)


class StartTest(unittest.TestCase):
    def run_program(self, command, listen, *options):
        with tempfile.TemporaryDirectory(dir=scratch()) as folder:
            config = os.path.join(folder, "mta-stsd.toml")
            with open(config, "w") as file:
                file.write(OWN + server(listen))
            done = subprocess.run(
                [os.environ["MTA_STSD"], "-c", "mta-stsd.toml", command,
                 *options], cwd=folder, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=TIMEOUT)
        return done.returncode, done.stdout, done.stderr

    FINDING = (
        '{}: mta-stsd.toml: "http://0.0.0.0:0" listens without TLS beyond '
        "this machine, and serve refuses that [server.plain-http-public]\n"
        "mta-stsd: hint: a proxy that ends TLS reaches 127.0.0.1 or a unix "
        "socket; where only the proxy can connect, as inside of a container "
        "network, serve --allow-plain-http\n")
    PUBLIC = 'listen = ["http://127.0.0.1:0", "http://0.0.0.0:0"]'

    def test_a_public_address_is_refused(self):
        self.assertEqual(
            self.run_program("serve", self.PUBLIC),
            (1, "", self.FINDING.format("mta-stsd: error")))

    def test_check_warns_of_a_public_address(self):
        warning = self.FINDING.format("mta-stsd: warning")
        said = ("mta-stsd.toml: 2 policy domains, 0 certificates, "
                "1 warning\n")
        self.assertEqual(self.run_program("check", self.PUBLIC),
                         (0, said, warning))
        self.assertEqual(self.run_program("check", self.PUBLIC, "--strict"),
                         (1, said, warning))

    def test_check_misses_no_certificates(self):
        self.assertEqual(
            self.run_program("check", TCP, "--strict"),
            (0, "mta-stsd.toml: 2 policy domains, 0 certificates, "
             "0 warnings\n", ""))

    def test_a_unix_socket_that_another_program_listens_on(self):
        path = new_path()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(path)
            other.listen()
            self.assertEqual(
                self.run_program("serve", unix(path)),
                (1, "", f"mta-stsd: error: can't listen on http+unix:{path}: "
                 "Address already in use\nmta-stsd: hint: another program "
                 "listens there\n"))
            self.assertTrue(os.path.exists(path))

    def test_a_public_address_that_is_allowed(self):
        config = plain(listen='listen = ["http://0.0.0.0:0"]')
        with Daemon(None, config, "--allow-plain-http",
                    "--allow-example") as daemon:
            self.assertRegex(daemon.address, r"^http://0\.0\.0\.0:\d+$")
            self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def test_certificates_are_not_missed_and_records_are_printed(self):
        config = POLICY + server(TCP)
        daemon = Daemon(None, plain())
        daemon.config.write_text(config)
        shutil.rmtree(daemon.dir / "certs")
        with daemon:
            for name in ("_mta-sts.example.com.", "_mta-sts.example.net."):
                daemon.wait_for_line(name, lines=daemon.stdout_lines)
            self.assertEqual(daemon.fetch()[::2], (200, BODY))
            self.assertFalse([line for line in daemon.stderr_lines
                              if "event=finding" in line])

    def test_records_are_printed_of_twenty_domains_at_most(self):
        names = [f"d{i}.example" for i in range(21)]
        for count, printed, line in (
                (20, 20, "_mta-sts.d19.example."),
                (21, 0, "; 21 policy domains: mta-stsd records prints the "
                        "records to publish\n")):
            config = plain().replace('["example.com", "example.net"]',
                                     str(names[:count]))
            with Daemon(None, config) as daemon:
                daemon.wait_for_line(line, lines=daemon.stdout_lines)
            self.assertEqual(sum("v=STSv1; id=" in line
                                 for line in daemon.stdout_lines), printed)

    def test_certificates_are_missed_by_one_listener_of_two(self):
        status, output, said = self.run_program("serve", MIXED)
        self.assertEqual((status, output), (1, ""))
        self.assertIn("no policy host has a certificate", said)


class ReloadTest(unittest.TestCase):
    OLD = policy("old.example.com")
    NEW = policy("new.example.com")

    def test_an_edit_and_a_new_domain(self):
        head = server(TCP)
        with Daemon(None, head + NO_CERTIFICATES + "\n" + self.OLD) as daemon:
            self.assertEqual(daemon.fetch()[2], OLD_BODY)
            more = policy("new.example.com", domains=("example.org",))
            replace(daemon.config, head + self.NEW + more)
            eventually(lambda: daemon.fetch()[2] == NEW_BODY)
            self.assertEqual(
                daemon.fetch("mta-sts.example.org")[::2], (200, NEW_BODY))
            daemon.wait_for_line("_mta-sts.example.org.",
                                 lines=daemon.stdout_lines)
            daemon.wait_for_line("event=reload result=applied domains=2 "
                                 "changed=2 removed=0")

    def test_both_listeners_serve_the_edit(self):
        head = server(MIXED, 'certificates = ["certs"]')
        with Daemon(None, head + self.OLD) as daemon:
            replace(daemon.config, head + self.NEW)
            eventually(lambda: daemon.fetch()[2] == NEW_BODY)
            with dial_plain(daemon) as connection:
                connection.sendall(LAST)
                self.assertEqual(parse(read_all(connection))[2], NEW_BODY)

    def test_what_is_bound_needs_certificates_whatever_the_file_says(self):
        head = server('listen = ["127.0.0.1:0"]', 'certificates = ["certs"]')
        allow = ("id=certificate.lost", "event=reload result=failed")
        with Daemon(None, head + self.OLD, allow=allow) as daemon:
            replace(daemon.config, server(
                TCP, 'certificates = ["certs"]') + self.OLD)
            daemon.wait_for_line("event=restart-needed key=server.listen")
            replace(daemon.config, server(TCP) + self.NEW)
            daemon.wait_for_line("id=certificate.lost")
            # The policies are taken; the certificates that are kept go on.
            eventually(lambda: daemon.fetch()[2] == NEW_BODY)


NO_NGINX = missing_tools("nginx")
NGINX = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream policies {{
    server {upstream};
    keepalive 2;
  }}
  server {{
    listen unix:{folder}/front ssl;
    ssl_certificate {certificates}/fullchain.pem;
    ssl_certificate_key {certificates}/privkey.pem;
    location / {{
      proxy_pass {scheme}://policies;
      {more}
    }}
  }}
}}
"""
PASS_HOST = "proxy_set_header Host $host; "
KEEP_ALIVE = 'proxy_http_version 1.1; proxy_set_header Connection "";'
FORWARDED = ("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; "
             "proxy_set_header X-Forwarded-Host mta-sts.example.org;")


def accepts(path):
    """A socket is there from bind() on, and listens a moment later."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


@unittest.skipIf(NO_NGINX, NO_NGINX)
class NginxTest(unittest.TestCase):
    @contextlib.contextmanager
    def in_front_of(self, daemon, more, scheme="http"):
        """The path of a socket at which nginx ends TLS."""
        user = (f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"
                if os.geteuid() == 0 else "")
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "nginx.conf")
            with open(config, "w") as file:
                file.write(NGINX.format(
                    folder=folder, user=user, more=more, scheme=scheme,
                    certificates=scratch() / "server",
                    upstream=daemon.address.removeprefix("http://")
                    .removeprefix("http+")))
            nginx = subprocess.Popen(
                [find_tool("nginx"), "-c", config, "-p", folder, "-e",
                 folder + "/error.log"], env=environment(),
                stdin=subprocess.DEVNULL)
            try:
                front = os.path.join(folder, "front")
                eventually(lambda: accepts(front) or nginx.poll() is not None)
                yield front
            finally:
                nginx.terminate()
                nginx.wait(TIMEOUT)

    def fetch(self, front, host, method="GET"):
        with socket.socket(socket.AF_UNIX) as dialled:
            dialled.settimeout(TIMEOUT)
            dialled.connect(front)
            with client_context().wrap_socket(
                    dialled, server_hostname=HOST) as connection:
                connection.sendall(request(CLOSE, method=method, host=host))
                return parse(read_all(connection), head=method == "HEAD")[:3]

    def check(self, listen, more=""):
        with Daemon(None, plain(listen=listen)) as daemon, \
                self.in_front_of(daemon, PASS_HOST + more) as front:
            for _ in range(5):
                for host in (HOST, OTHER_HOST):
                    status, fields, body = self.fetch(front, host)
                    self.assertEqual((status, body), (200, BODY))
                    self.assertEqual(fields["content-type"], "text/plain")
            self.assertEqual(self.fetch(front, HOST, "HEAD")[::2], (200, b""))
            self.assertEqual(self.fetch(front, "mta-sts.example.org")[0], 421)
        return ends(daemon)

    def test_over_tcp(self):
        self.assertEqual(self.check(TCP), {"answered": 12})

    def test_over_a_unix_socket(self):
        self.assertEqual(self.check(unix()), {"answered": 12})

    def test_with_connections_that_are_kept(self):
        # All requests on one connection, which nginx closes in the end.
        self.assertEqual(self.check(TCP, KEEP_ALIVE), {"peer-closed": 1})

    def test_forwarded_fields_are_ignored(self):
        self.assertEqual(self.check(TCP, FORWARDED), {"answered": 12})

    def test_what_the_log_says_of_a_lack_mends_it(self):
        # (scheme of the listener, what nginx is told, event)
        for scheme, more, event in (
                ("http", "", "unknown-host host=policies "),
                ("https", PASS_HOST, "no-name "),
                ("https", f"proxy_ssl_server_name on; {PASS_HOST}",
                 "unknown-name host=policies "),
                ("https", "proxy_ssl_server_name on; proxy_ssl_name $host;",
                 "misdirected host=policies ")):
            config = plain() if scheme == "http" else POLICY
            with self.subTest(event), Daemon(None, config) as daemon:
                with self.in_front_of(daemon, more, scheme) as front:
                    self.assertIn(self.fetch(front, HOST)[0], (421, 502))
                line = daemon.wait_for_line(f"event={event}")
                mended = line.rpartition("(nginx: ")[2].rstrip(')"')
                for setting in mended.split(", "):
                    name = setting.rpartition(" ")[0]
                    kept = [one for one in more.split(";")
                            if one.strip() and name not in one]
                    more = ";".join([*kept, setting, ""])
                with self.in_front_of(daemon, more, scheme) as front:
                    self.assertEqual(self.fetch(front, HOST)[::2], (200, BODY))


if __name__ == "__main__":
    unittest.main()
