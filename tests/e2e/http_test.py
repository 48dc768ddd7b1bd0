# SPDX-License-Identifier: MIT
"""HTTP on the wire: RFC 9110, RFC 9112 and RFC 8461, 3.3. Answers are
compared as a whole."""

import random
import socket
import ssl
import unittest

from answer import (make_answer, read_all, read_to_any_end,
                    split_answers)
from certificates import client_context
from daemon import BODY, HOST, PATH, Daemon

CLOSE = "Connection: close"
OK = make_answer("200 OK", BODY)
NOT_FOUND = make_answer(
    "404 Not Found", b"only /.well-known/mta-sts.txt is served here\n")
NOT_ALLOWED = make_answer(
    "405 Method Not Allowed", b"only GET and HEAD are allowed here\n",
    "Allow: GET, HEAD")
MISDIRECTED = make_answer(
    "421 Misdirected Request",
    b"no MTA-STS policy is served here for this host name\n")
NOT_KNOWN = make_answer("501 Not Implemented",
                        b"this method is not known here\n")
BAD = make_answer("400 Bad Request", b"the request is malformed\n", CLOSE)
URI_TOO_LONG = make_answer("414 URI Too Long",
                           b"the request line is too long\n", CLOSE)
HEAD_TOO_LARGE = make_answer("431 Request Header Fields Too Large",
                             b"the request head is too large\n", CLOSE)
VERSION = make_answer("505 HTTP Version Not Supported",
                      b"only HTTP/1.1 is spoken here\n", CLOSE)


def closing(answer):
    return answer._replace(fields=tuple(sorted((*answer.fields, CLOSE))))


def request(*lines, method="GET", target=PATH, version="HTTP/1.1", host=HOST):
    """A head with `lines` after its Host line; no Host line when it is
    None."""
    first = f"{method} {target} {version}"
    hosts = [] if host is None else [f"Host: {host}"]
    return "".join(line + "\r\n" for line in (first, *hosts, *lines, "")
                   ).encode("latin-1")


def half_close(connection):
    """Sends FIN, and no close_notify before it."""
    with socket.fromfd(connection.fileno(), socket.AF_INET,
                       socket.SOCK_STREAM) as same:
        same.shutdown(socket.SHUT_WR)


class HttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon())
        cls.context = client_context()

    def connect(self, sni=HOST):
        return self.daemon.connect(sni=sni, context=self.context)

    def ask(self, octets, *methods, sni=HOST):
        """The answers to `octets`, up to the close by the server."""
        with self.connect(sni) as connection:
            connection.sendall(octets)
            return split_answers(read_all(connection), *methods)

    def expect(self, octets, want, *methods, sni=HOST):
        """One answer that keeps the connection open: a request that follows
        is answered too, and that one closes."""
        with self.subTest(octets=octets, sni=sni):
            last = request(CLOSE, host=sni)
            self.assertEqual(
                self.ask(octets + last, *methods, sni=sni),
                [want, closing(OK)])

    def expect_close(self, octets, want, *methods, sni=HOST):
        """One answer, after which the server closes, whatever follows."""
        with self.subTest(octets=octets[:200], size=len(octets)):
            self.assertEqual(self.ask(octets + request(), *methods, sni=sni),
                             [want])
            self.assertEqual(self.ask(octets, *methods, sni=sni), [want])


class GoodRequestTest(HttpTest):
    def test_get_answers_with_the_policy_and_nothing_else(self):
        self.expect(request(), OK)

    def test_head_answers_like_get_without_the_body(self):
        self.expect(request(method="HEAD"), OK._replace(body=b""), "HEAD")

    def test_each_policy_host_is_served(self):
        for host in (HOST, "mta-sts.example.net"):
            self.expect(request(host=host), OK, sni=host)

    def test_host_in_any_spelling_of_the_name(self):
        for host in ("MTA-STS.EXAMPLE.COM", "mta-STS.Example.com",
                     HOST + ":443", HOST + ":8443", HOST + ":", HOST + ".",
                     HOST.upper() + ".:443", "  \t" + HOST + "\t  "):
            self.expect(request(host=host), OK)
        plain = request(host=None)[:-2]
        self.expect(plain + b"HOST:" + HOST.encode() + b"\r\n\r\n", OK)

    def test_absolute_form_wins_over_host(self):
        # RFC 9112, 3.2.2: the origin server "MUST ignore the received Host".
        for target in ("https://" + HOST + PATH, "HTTPS://" + HOST + PATH,
                       "https://" + HOST.upper() + ":443" + PATH,
                       "https://" + HOST + "." + PATH):
            self.expect(request(target=target), OK)
            self.expect(request(target=target, host="other.example"), OK)
        other = "https://mta-sts.example.net" + PATH
        self.expect(request(target=other), MISDIRECTED)

    def test_absolute_form_needs_a_host_line_too(self):
        target = "https://" + HOST + PATH
        self.expect_close(request(target=target, host=None), BAD)

    def test_encoded_unreserved_characters_are_the_same_path(self):
        # RFC 3986, 6.2.2.2.
        for target in ("/%2ewell-known/mta-sts.txt",
                       "/%2Ewell%2Dknown/mta%2dsts%2etxt",
                       "/.well-known/%6D%74%61-sts.txt"):
            self.expect(request(target=target), OK)

    def test_content_length_zero_is_no_body(self):
        self.expect(request("Content-Length: 0"), OK)
        self.expect(request("Content-Length: 0", method="POST"), NOT_ALLOWED)

    def test_fields_that_have_no_effect(self):
        for line in ("Range: bytes=0-3", "If-None-Match: *",
                     "If-Modified-Since: Sun, 06 Nov 2044 08:49:37 GMT",
                     "If-Match: \"x\"", "Accept-Encoding: gzip, br",
                     "Accept: image/png", "Expect: 100-continue",
                     "Upgrade: h2c", "Upgrade: websocket",
                     "X-Forwarded-For: 10.0.0.1", "X-Forwarded-For:",
                     "Forwarded: host=other.example", "Cookie: a=b",
                     "Content-Type: multipart/form-data; boundary=x",
                     "X-HTTP-Method-Override: DELETE", "X-Obs: \xff\xfe\x80",
                     "Connection: keep-alive", "Connection: x-close",
                     "Connection:", "Keep-Alive: timeout=5", "Empty:",
                     "!#$%&'*+-.^_`|~09azAZ: all that a name may have"):
            self.expect(request(line), OK)
            self.expect(request(line, method="HEAD"), OK._replace(body=b""),
                        "HEAD")

    def test_http_1_0_is_answered_and_closed(self):
        for lines in ((), ("Connection: keep-alive",)):
            self.expect_close(request(*lines, version="HTTP/1.0"),
                              closing(OK))

    def test_a_higher_minor_version_is_taken_for_1_1(self):
        # RFC 9110, 2.5.
        for version in ("HTTP/1.2", "HTTP/1.9"):
            self.expect(request(version=version), OK)

    def test_one_empty_line_before_the_request_is_ignored(self):
        # RFC 9112, 2.2.
        self.expect(b"\r\n" + request(), OK)
        self.assertEqual(
            self.ask(request() + b"\r\n" + request(CLOSE)), [OK, closing(OK)])

    def test_only_the_policy_is_answered_with_200(self):
        # Every 200 to a broken request has to be the policy, whole.
        good = request("Accept: */*", "User-Agent: test")
        dice = random.Random(8461)
        statuses = set()
        for _ in range(500):
            octets = bytearray(good)
            for _ in range(dice.randint(1, 3)):
                at = dice.randrange(len(octets))
                kind = dice.randrange(4)
                if kind == 0:
                    octets[at] = dice.randrange(256)
                elif kind == 1:
                    del octets[at:at + dice.choice((1, 1, 2, 8))]
                elif kind == 2:
                    octets[at:at] = dice.choice((
                        b" ", b"\r", b"\n", b"\r\n", b"\0", b"%", b"/", b":",
                        b"\t", b"..", b"?", b"HEAD ", b"\r\n\r\n"))
                else:
                    octets[at:at] = octets[at:at + dice.randint(1, 40)]
            with self.connect() as connection:
                connection.sendall(octets)
                half_close(connection)
                answers = read_to_any_end(connection)
            if octets.startswith((b"HEAD ", b"\r\nHEAD ")):
                continue
            for answer in split_answers(answers):
                statuses.add(answer.status.split(" ")[1])
                if answer.status == OK.status:
                    self.assertIn(answer, (OK, closing(OK)), octets)
        self.assertLessEqual({"200", "400", "404", "421"}, statuses)


class RefusedRequestTest(HttpTest):
    def test_known_methods_but_get_and_head_get_405(self):
        for method in ("DELETE", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"):
            self.expect(request(method=method), NOT_ALLOWED)
        self.expect(request(method="OPTIONS", target="*"), NOT_ALLOWED)
        self.expect(request(method="CONNECT", target=HOST + ":443"),
                    NOT_ALLOWED)

    def test_unknown_methods_get_501(self):
        for method in ("get", "Get", "GETS", "GE", "HEADER", "LINK", "PRI",
                       "PROPFIND", "QUERY", "X!#$%&'*+-.^_`|~1", "M" * 500):
            self.expect(request(method=method), NOT_KNOWN)

    def test_other_paths_get_404(self):
        for target in (
                "/", PATH + "?", PATH + "?x=1", PATH + "/", PATH + "//",
                "/" + PATH, "/." + PATH, "/x/.." + PATH, "/../" + PATH,
                "/.well-known//mta-sts.txt", "/.well-known/./mta-sts.txt",
                "/.well-known/../.well-known/mta-sts.txt",
                "/.well-known/%2e/mta-sts.txt", "/.well-known%2Fmta-sts.txt",
                "/.well-known%2fmta-sts.txt", "/%2e%2e" + PATH,
                "/.WELL-KNOWN/mta-sts.txt", "/.well-known/MTA-STS.TXT",
                "/.Well-Known/Mta-Sts.txt", "/.well-known/mta-sts",
                "/.well-known/mta-sts.tx", "/.well-known/mta-sts.txtt",
                "/.well-known/mta-sts.txt.", "/.well-known/", "/.well-known",
                "/well-known/mta-sts.txt", "/mta-sts.txt", PATH + "%00",
                PATH + "%20", PATH + "%0d%0a", PATH + ";x", PATH + ";",
                "/.well-known/mta%2Dsts%252etxt", "/.well-known/mta_sts.txt",
                "/.well-known/mta-sts%c0%aetxt", PATH + ":443",
                "/.well-known/acme-challenge/x", "/etc/passwd",
                "https://" + HOST, "https://" + HOST + "/",
                "https://" + HOST + "?" + PATH, "https://" + HOST + "/" + PATH,
                "https://" + HOST + PATH + "?x"):
            self.expect(request(target=target), NOT_FOUND)
            self.expect(request(target=target, method="HEAD"),
                        NOT_FOUND._replace(body=b""), "HEAD")

    def test_other_methods_on_other_paths_get_404(self):
        for method in ("DELETE", "OPTIONS", "POST"):
            self.expect(request(method=method, target="/"), NOT_FOUND)

    def test_hosts_that_are_not_served_get_421(self):
        for host in ("other.example", "example.com", "mta-sts.example.org",
                     "mta-sts.sub.example.com", "mta-sts.com", "mta-sts",
                     "mta-sts.", "x" + HOST, "www." + HOST, HOST + "..",
                     "mta-sts.mta-sts.example.com", "mta-sts%2eexample.com",
                     "localhost", "127.0.0.1", "127.0.0.1:443", "[::1]",
                     "[::1]:443", HOST + "," + HOST, "a" * 300):
            for method in ("GET", "POST", "BREW"):
                self.expect(request(host=host, method=method), MISDIRECTED)
            self.expect(request(host=host, target="/"), MISDIRECTED)

    def test_host_has_to_agree_with_sni(self):
        # RFC 9110, 15.5.20.
        other = "mta-sts.example.net"
        self.expect(request(host=other), MISDIRECTED, sni=HOST)
        self.expect(request(host=HOST), MISDIRECTED, sni=other)

    def test_other_schemes_get_421(self):
        # RFC 9110, 7.4.
        for scheme in ("http", "HTTP", "ftp", "httpss"):
            self.expect(request(target=f"{scheme}://{HOST}{PATH}"),
                        MISDIRECTED)


class MalformedRequestTest(HttpTest):
    def test_host_lines(self):
        self.expect_close(request(host=None), BAD)
        self.expect_close(request(host=None, version="HTTP/1.0"), BAD)
        self.expect_close(request("Host: " + HOST), BAD)
        self.expect_close(request("host: other.example"), BAD)
        for host in ("", " ", "a b", f"{HOST}, {HOST}", f"user@{HOST}",
                     f"{HOST}:port", f"{HOST}:-1", f"{HOST}:65536",
                     f"{HOST}:99999", f"{HOST}:443:443",
                     f"{HOST}/", f"https://{HOST}", f"{HOST}?", f"{HOST}#",
                     "%zz", "%2", "[::1", "::1", "[]", ":443", "\xff.example",
                     "a\\b", "<x>", "a\"b"):
            self.expect_close(request(host=host), BAD)

    def test_request_lines(self):
        for line in ("GET", "GET ", PATH, "GET " + PATH, f"GET {PATH} ",
                     f"GET  {PATH} HTTP/1.1", f"GET {PATH}  HTTP/1.1",
                     f"GET {PATH} HTTP/1.1 ", f" GET {PATH} HTTP/1.1",
                     f"GET\t{PATH}\tHTTP/1.1", f"GET {PATH}\tHTTP/1.1",
                     f"GET {PATH} x HTTP/1.1", f"G(T {PATH} HTTP/1.1",
                     f"G\xcbT {PATH} HTTP/1.1", f"GET: {PATH} HTTP/1.1",
                     f"{PATH} HTTP/1.1", "HTTP/1.1", "HTTP/1.1 200 OK", " "):
            self.expect_close(f"{line}\r\nHost: {HOST}\r\n\r\n".encode(
                "latin-1"), BAD)

    def test_request_targets(self):
        for target in ("x", ".well-known/mta-sts.txt", "*", HOST, "?", "#",
                       "\\.well-known", PATH + "#", PATH + "#x", PATH + "\"",
                       PATH + "<", PATH + "^", PATH + "`", PATH + "{}",
                       PATH + "|", PATH + "\xe9", PATH + "%", PATH + "%2",
                       PATH + "%zz", PATH + "%u002e", "://" + HOST + PATH,
                       "https:" + PATH, "https:", "https://", "https://" +
                       PATH, f"https://user@{HOST}{PATH}",
                       f"https://{HOST}:x{PATH}", f"https://{HOST}\\{PATH}",
                       f"https ://{HOST}{PATH}", f"1https://{HOST}{PATH}"):
            self.expect_close(request(target=target), BAD)
        for target in ("*", HOST, PATH):
            self.expect_close(request(target=target, method="CONNECT"), BAD)

    def test_versions(self):
        for version in ("HTTP/2.0", "HTTP/2.1", "HTTP/3.0", "HTTP/0.9",
                        "HTTP/9.9"):
            self.expect_close(request(version=version), VERSION)
        for version in ("http/1.1", "Http/1.1", "HTTP/1", "HTTP/1.", "HTTP1.1",
                        "HTTP/11", "HTTP/1.1.1", "HTTP/1.10", "HTTP/01.1",
                        "HTTP/x.1", "HTTP/1.x", "HTTP/-1.1", "HTTP/1,1",
                        "HTTPS/1.1", "ICY/1.1", "HTTP /1.1", "HTTP/ 1.1"):
            self.expect_close(request(version=version), BAD)

    def test_line_ends(self):
        good = request("A: b")
        for i in range(good.count(b"\r\n")):
            parts = good.split(b"\r\n")
            for end in (b"\n", b"\r", b"\n\r", b"\r\r\n"):
                octets = (b"\r\n".join(parts[:i + 1]) + end +
                          b"\r\n".join(parts[i + 1:]))
                # What stands at the end waits for its LF, if for anything.
                self.expect_close(octets + b"x", BAD)

    def test_control_octets(self):
        for octet in [*range(0x20), 0x7F]:
            if octet in b"\t\r\n":
                continue
            control = chr(octet)
            self.expect_close(request(method="G" + control + "T"), BAD)
            self.expect_close(request(target=PATH + control), BAD)
            self.expect_close(request(version="HTTP/1.1" + control), BAD)
            self.expect_close(request(host=HOST + control), BAD)
            self.expect_close(request("A: b" + control), BAD)
            self.expect_close(request("A" + control + ": b"), BAD)

    def test_field_lines(self):
        for line in (" folded", "\tfolded", " a: b", "A : b", "A\t: b",
                     "no colon", ": no name", ":", "a b: c", "a(b): c",
                     "a/b: c", "a=b: c", "\xe9: x", "\"a\": b", "a@b: c"):
            self.expect_close(request(line), BAD)
            self.expect_close(request("A: b", line), BAD)
        folded = f"GET {PATH} HTTP/1.1\r\n Host: {HOST}\r\n\r\n".encode()
        self.expect_close(folded, BAD)

    def test_bodies(self):
        for lines in (("Content-Length: 5",), ("Content-Length: 1",),
                      ("Content-Length: 5", "Connection: close")):
            self.expect_close(request(*lines) + b"hello", BAD)
            for method, status in (("POST", NOT_ALLOWED), ("PUT", NOT_ALLOWED),
                                   ("PATCH", NOT_ALLOWED),
                                   ("BREW", NOT_KNOWN)):
                head = request(*lines, method=method)
                self.expect_close(head + b"hello", closing(status))
                # Not even a body that is never sent, or sent by and by.
                self.expect_close(head, closing(status))
                self.expect_close(head + request(), closing(status))
        for method in ("GET", "POST"):
            for lines in (("Content-Length: 0", "Content-Length: 0"),
                          ("Content-Length: 0", "Content-Length: 5"),
                          ("Content-Length: 0, 0",), ("Content-Length:",),
                          ("Content-Length: -0",), ("Content-Length: +0",),
                          ("Content-Length: 0x0",), ("Content-Length: 0 0",),
                          ("Content-Length: a",),
                          ("Content-Length: 18446744073709551616",),
                          ("Transfer-Encoding: chunked",),
                          ("Transfer-Encoding: identity",),
                          ("Transfer-Encoding:",),
                          ("transfer-encoding: gzip, chunked",),
                          ("Content-Length: 0",
                           "Transfer-Encoding: chunked")):
                self.expect_close(
                    request(*lines, method=method) + b"hello", BAD)

    def test_a_refusal_of_head_has_no_body(self):
        # RFC 9110, 9.3.2; the client reads nothing after the head.
        for octets, want in (
                (request("Host: x", method="HEAD"), BAD),
                (request(method="HEAD", version="HTTP/2.0"), VERSION),
                (request("A:" + "b" * 17000, method="HEAD"), HEAD_TOO_LARGE),
                (request(method="HEAD", target="/" * 9000), URI_TOO_LONG)):
            self.expect_close(octets, want._replace(body=b""), "HEAD")

    def test_request_lines_over_8000_octets_get_414(self):
        room = 8000 - len(f"GET {PATH}? HTTP/1.1")
        self.expect(request(target=PATH + "?" + "x" * room), NOT_FOUND)
        for more in (1, 2, 500):
            target = PATH + "?" + "x" * (room + more)
            self.expect_close(request(target=target), URI_TOO_LONG)
        # Without waiting for its end.
        self.expect_close(b"GET /" + b"x" * 8001, URI_TOO_LONG)
        self.expect_close(b"x" * 8001, URI_TOO_LONG)

    def test_heads_over_16_kib_get_431(self):
        size = 16 * 1024
        room = size - len(request("A: "))
        self.expect(request("A: " + "b" * room), OK)
        for more in (1, 2, 3, 4, 5, 5000):
            octets = request("A: " + "b" * (room + more))
            self.assertEqual(len(octets), size + more)
            self.expect_close(octets, HEAD_TOO_LARGE)
        # Without waiting for its end.
        octets = request("A: " + "b" * size)[:size + 1]
        self.expect_close(octets, HEAD_TOO_LARGE)

    def test_more_than_100_field_lines_get_431(self):
        self.expect(request(*["A: b"] * 99), OK)
        self.expect_close(request(*["A: b"] * 100), HEAD_TOO_LARGE)

    def test_two_empty_lines_before_the_request_get_400(self):
        self.expect_close(b"\r\n\r\n" + request(), BAD)
        self.expect_close(b"\n" + request(), BAD)

    def test_other_protocols(self):
        for octets in (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",):
            self.expect_close(octets, VERSION)
        for octets in (b"EHLO x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01",
                       b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"\0" * 100):
            self.expect_close(octets, BAD)


class StreamTest(HttpTest):
    def receive(self, connection, *wants):
        """Reads just these answers."""
        size = sum(len(want.status) + len(want.body) + sum(
            len(field) + 2 for field in want.fields) + 4 + 28
            for want in wants)  # the date has 28 octets more than its "*"
        octets = b""
        while len(octets) < size:
            chunk = connection.recv(size - len(octets))
            self.assertTrue(chunk, octets)
            octets += chunk
        self.assertEqual(split_answers(octets), list(wants))

    def test_several_requests_one_after_the_other(self):
        with self.connect() as connection:
            for octets, want in [
                    (request(), OK), (request(target="/"), NOT_FOUND),
                    (request(method="PUT"), NOT_ALLOWED),
                    (request(host="x"), MISDIRECTED),
                    (request(method="X"), NOT_KNOWN)] * 4:
                connection.sendall(octets)
                self.receive(connection, want)
            connection.sendall(request(CLOSE))
            self.assertEqual(split_answers(read_all(connection)),
                             [closing(OK)])

    def test_thirty_pipelined_requests_in_one_record(self):
        kinds = [(request(), OK, "GET"), (request(target="/"), NOT_FOUND, ""),
                 (request(method="HEAD"), OK._replace(body=b""), "HEAD")] * 10
        self.assertEqual(
            self.ask(b"".join(one[0] for one in kinds) + request(CLOSE),
                     *[one[2] for one in kinds]),
            [*[one[1] for one in kinds], closing(OK)])

    def test_two_requests_split_at_every_octet(self):
        octets = request() + request(CLOSE)
        for at in range(1, len(octets)):
            with self.subTest(at=at), self.connect() as connection:
                # Each in a TLS record of its own, which is what counts.
                connection.sendall(octets[:at])
                connection.sendall(octets[at:])
                self.assertEqual(split_answers(read_all(connection)),
                                 [OK, closing(OK)])

    def test_one_octet_at_a_time(self):
        with self.connect() as connection:
            for octet in b"\r\n" + request("A: b"):
                connection.sendall(bytes([octet]))
            self.receive(connection, OK)
            for octet in request(CLOSE):
                connection.sendall(bytes([octet]))
            self.assertEqual(split_answers(read_all(connection)),
                             [closing(OK)])

    def test_connection_close_is_obeyed(self):
        for line in ("Connection: close", "connection: CLOSE",
                     "Connection: keep-alive, Close",
                     "Connection: ,, close ,"):
            self.expect_close(request(line), closing(OK))
        self.expect_close(request("Connection: x", "Connection: close"),
                          closing(OK))
        self.expect_close(request(CLOSE, target="/"), closing(NOT_FOUND))

    def test_nothing_after_a_bad_request_is_answered(self):
        self.assertEqual(
            self.ask(request() + request("Host: x") + request() * 20),
            [OK, BAD])

    def test_what_follows_takes_no_answer_back(self):
        # More than is read at once: to close then would be to reset.
        more = request() * 2000
        for octets, want in ((request(CLOSE), closing(OK)),
                             (b"x\r\n\r\n", BAD)):
            with self.subTest(octets=octets):
                self.assertEqual(self.ask(octets + more), [want])

    def test_tcp_half_close_after_a_request(self):
        for octets, want in ((request(), [OK]), (request() * 3, [OK] * 3),
                             (request(CLOSE), [closing(OK)])):
            with self.subTest(octets=octets), self.connect() as connection:
                connection.sendall(octets)
                half_close(connection)
                # RFC 9112, 9.8: a close_notify, though it got none.
                self.assertEqual(split_answers(read_all(connection)), want)

    def test_close_notify_after_a_request(self):
        # RFC 8446, 6.1: closing one direction does not close the other.
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.context.wrap_bio(incoming, outgoing, server_hostname=HOST)
        with self.daemon.dial() as plain:
            def step(function):
                while True:
                    try:
                        return function()
                    except ssl.SSLWantReadError:
                        plain.sendall(outgoing.read())
                        octets = plain.recv(65536)
                        incoming.write(octets)
                        if not octets:
                            incoming.write_eof()

            step(tls.do_handshake)
            tls.write(request())
            with self.assertRaises(ssl.SSLWantReadError):
                tls.unwrap()  # writes close_notify
            answer = b""
            try:
                while chunk := step(lambda: tls.read(65536)):
                    answer += chunk
            except ssl.SSLZeroReturnError:
                pass  # the server's close_notify
            self.assertEqual(split_answers(answer), [OK])
            self.assertEqual(plain.recv(1), b"")


if __name__ == "__main__":
    unittest.main()
