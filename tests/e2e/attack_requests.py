# SPDX-License-Identifier: MIT
"""Requests that are made to do harm, as data: each with the whole of what has
to be answered, and the rule that says so. None of them is in http_test.py."""

import typing

from answer import Answer
from daemon import HOST, PATH
from http_test import (BAD, CLOSE, HEAD_TOO_LARGE, MISDIRECTED, NOT_ALLOWED,
                       NOT_FOUND, NOT_KNOWN, OK, URI_TOO_LONG, VERSION,
                       closing, request)

OTHER = "mta-sts.example.net"  # served too, and not the name in SNI


class Case(typing.NamedTuple):
    name: str  # unique
    octets: bytes
    answers: list  # all of them; the connection is kept unless one closes
    rule: str
    methods: tuple = ()  # of the requests, as far as one is HEAD

    def is_closed(self):
        return CLOSE in self.answers[-1].fields


def table(group, rule, answer, cases):
    """One answer, or one list of answers, for all of them."""
    answers = [answer] if isinstance(answer, Answer) else answer
    return [Case(f"{group}/{name}", octets, answers, rule)
            for name, octets in cases.items()]


def lines(cases, **how):
    return {name: request(*([line] if isinstance(line, str) else line), **how)
            for name, line in cases.items()}


def hosts(cases):
    return {name: request(host=host) for name, host in cases.items()}


def targets(cases, method="GET", **how):
    return {name: request(method=method, target=target, **how)
            for name, target in cases.items()}


CHUNK = b"0\r\n\r\n" + request(host=OTHER)
SMUGGLED = request(host=OTHER)


def with_body(cases, body=CHUNK, method="POST"):
    return {name: octets + body
            for name, octets in lines(cases, method=method).items()}


SMUGGLING = [
    *table("te", "RFC 9112, 6.1 and 11.2", BAD, with_body({
        "cl-te": ("Content-Length: 6", "Transfer-Encoding: chunked"),
        "te-cl": ("Transfer-Encoding: chunked", "Content-Length: 4"),
        "te-te": ("Transfer-Encoding: chunked",
                  "Transfer-Encoding: identity"),
        "twice": ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        "unknown-and-known": ("Transfer-Encoding: cow",
                              "Transfer-Encoding: chunked"),
        "xchunked": "Transfer-Encoding: xchunked",
        "space-before-colon": "Transfer-Encoding : chunked",
        "tab-before-colon": "Transfer-Encoding\t: chunked",
        "tab-after-colon": "Transfer-Encoding:\tchunked",
        "no-space": "Transfer-Encoding:chunked",
        "chunked-not-last": "Transfer-Encoding: chunked, identity",
        "chunked-twice-in-list": "Transfer-Encoding: chunked, chunked",
        "empty-member": "Transfer-Encoding: ,chunked",
        "vertical-tab": "Transfer-Encoding: \vchunked",
        "form-feed": "Transfer-Encoding: \fchunked",
        "lf-in-the-name": "Transfer-Encoding\n : chunked",
        "lf-before-it": "X: x\nTransfer-Encoding: chunked",
        "cr-before-it": "X: x\rTransfer-Encoding: chunked",
        "folded": "Transfer-Encoding:\r\n chunked",
        "folded-into-another": "X: x\r\n\tTransfer-Encoding: chunked",
        "space-before-the-name": " Transfer-Encoding: chunked",
        "upper-case": "TRANSFER-ENCODING: CHUNKED",
        "quoted": 'Transfer-Encoding: "chunked"',
        "with-parameter": "Transfer-Encoding: chunked;q=1",
        "cut-short": "Transfer-Encoding: chunk",
        "kelvin-sign": "Transfer-Encoding: chun\xe2\x84\xaaed",
        "nul-in-the-name": "Transfer-Encoding\0: chunked",
        "nul-in-the-value": "Transfer-Encoding: chunked\0",
        "high-octet-in-the-name": "Transfer-Encoding\xa0: chunked",
        "deflate": "Transfer-Encoding: deflate",
        "named-in-connection": ("Connection: Transfer-Encoding",
                                "Transfer-Encoding: chunked"),
        "with-expect": ("Expect: 100-continue", "Transfer-Encoding: chunked"),
    })),
    *table("te", "RFC 9112, 6.1", BAD, {
        "http-1.0": request("Transfer-Encoding: chunked",
                            version="HTTP/1.0") + CHUNK,
        "on-head": request("Transfer-Encoding: chunked") + CHUNK,
        "on-connect": request("Transfer-Encoding: chunked", method="CONNECT",
                              target=HOST + ":443") + CHUNK,
        "on-options": request("Transfer-Encoding: chunked", method="OPTIONS",
                              target="*") + CHUNK}),
    *table("chunk", "RFC 9112, 7.1", BAD, {
        name: request("Transfer-Encoding: chunked", method="POST") + body
        for name, body in {
            "size-overflow": b"10000000000000000\r\nx\r\n" + CHUNK,
            "size-negative": b"-1\r\nx\r\n" + CHUNK,
            "size-0x": b"0x0\r\n\r\n" + SMUGGLED,
            "extension": b"0;a=b\r\n\r\n" + SMUGGLED,
            "extension-with-lf": b"1;\nx\r\n" + CHUNK,
            "bare-lf": b"0\n\n" + SMUGGLED,
            "bare-cr": b"0\r\r" + SMUGGLED,
            "no-crlf-after-data": b"1\r\nxy" + CHUNK,
            "trailer-host": b"0\r\nHost: " + OTHER.encode() + b"\r\n\r\n",
            "trailer-content-length": b"0\r\nContent-Length: 9\r\n\r\n",
            "never-ends": b"ffffffff\r\n" + b"x" * 5000}.items()}),
    *table("cl", "RFC 9112, 6.3", BAD, with_body({
        "list-equal": "Content-Length: 5, 5",
        "list-other": "Content-Length: 0,5",
        "list-empty-member": "Content-Length: ,0",
        "leading-zeros": "Content-Length: 00000000000000000005",
        "wraps-64-bits-to-zero": "Content-Length: 18446744073709551616000",
        "minus": "Content-Length: -1",
        "plus": "Content-Length: +5",
        "exponent": "Content-Length: 0e0",
        "fraction": "Content-Length: 0.0",
        "underscore": "Content-Length: 0_0",
        "octal": "Content-Length: 0o0",
        "quoted": 'Content-Length: "0"',
        "parameter": "Content-Length: 0;x",
        "fullwidth-digit": "Content-Length: \xef\xbc\x90",
        "superscript": "Content-Length: \xb2",
        "vertical-tab": "Content-Length: 0\v",
        "space-before-colon": "Content-Length : 0",
        "tab-before-colon": "Content-Length\t: 5",
        "space-before-the-name": " Content-Length: 5",
        "folded": "Content-Length:\r\n 5",
        "twice-in-two-cases": ("Content-Length: 0", "content-length: 0"),
        "three": ("Content-Length: 0", "X: y", "Content-Length: 5",
                  "Content-Length: 0"),
    }, SMUGGLED)),
    # The method is refused; what follows is never taken for a request.
    *table("cl", "RFC 9110, 15.5.6", closing(NOT_ALLOWED), with_body({
        "body-is-a-request": f"Content-Length: {len(SMUGGLED)}",
        "wraps-32-bits": "Content-Length: 4294967296",
        "upper-case": "CONTENT-LENGTH: 7",
        "with-expect": ("Content-Length: 5", "Expect: 100-continue"),
        "with-upgrade": ("Content-Length: 5", "Connection: upgrade",
                         "Upgrade: h2c"),
        "named-in-connection": ("Connection: Content-Length",
                                "Content-Length: 5"),
        "with-close": ("Content-Length: 5", CLOSE),
    }, SMUGGLED)),
    *table("cl", "RFC 9112, 6.3", BAD, with_body(
        {"on-get": f"Content-Length: {len(SMUGGLED)}"}, SMUGGLED, "GET")),
    # What only looks like a length is a field without a meaning: no body.
    *table("no-body", "RFC 9112, 6.3", OK, lines({
        "zeros": "Content-Length: 000",
        "underscore-name": "Content_Length: 5",
        "prefix": "X-Content-Length: 5",
        "suffix": "Content-Length-X: 5",
        "te-underscore-name": "Transfer_Encoding: chunked",
        "te-prefix": "X-Transfer-Encoding: chunked",
        "te-is-not-transfer-encoding": "TE: trailers, chunked",
        "trailer": "Trailer: Content-Length",
        "connection-names-host": "Connection: Host",
        "expect-and-no-body": "Expect: 100-Continue",
        "expect-unknown": "Expect: the-spanish-inquisition",
        "encoded-line-end": "X: x%0d%0aTransfer-Encoding: chunked",
        "next-line-octet": "X: x\x85Transfer-Encoding: chunked",
        "line-separator": "X: x\xe2\x80\xa8Host: x",
        "low-octets-of-crlf": "X: x\xe5\x98\x8a\xe5\x98\x8dHost: x",
    })),
    *table("no-body", "RFC 9112, 6.3", [OK, BAD], {
        "what-follows-is-a-request": request("Content_Length: 5") +
        b"0\r\n\r\n",
        "zero-and-a-chunk": request("Content-Length: 0") + CHUNK}),
    *table("no-body", "RFC 9110, 15.5.20", [OK, MISDIRECTED], {
        "zero-and-a-request": request("Content-Length: 0") + SMUGGLED}),
]

LINES = [
    *table("line", "RFC 9112, 2.2", BAD, {
        "lf-alone": request().replace(b"\r\n", b"\n"),
        "cr-alone": request().replace(b"\r\n", b"\r"),
        "lf-cr": request().replace(b"\r\n", b"\n\r"),
        "ends-with-lf-lf": request()[:-4] + b"\n\n",
        "ends-with-crlf-lf": request()[:-2] + b"\n",
        "ends-with-cr-crlf": request()[:-2] + b"\r\r\n",
        "starts-with-cr": b"\r" + request(),
        "starts-with-space": b" \r\n" + request(),
        "starts-with-nul": b"\0" + request(),
        "starts-with-bom": b"\xef\xbb\xbf" + request(),
        "three-empty-lines": b"\r\n" * 3 + request(),
        "nul-between": request()[:-2] + b"\0\r\n\r\n"}),
    *table("field", "RFC 9112, 5.1 and 5.2", BAD, lines({
        "folded-with-tab": "X: a\r\n\tb",
        "folded-with-spaces": "X: a\r\n    b",
        "folded-and-empty": "X: a\r\n \r\nY: b",
        "space-in-the-name": "X Y: a",
        "brackets": "X[0]: a",
        "comma": "X,Y: a",
        "semicolon": "X;Y: a",
        "utf-8-name": "\xc3\xa9: a",
        "soft-hyphen": "Ho\xadst: x",
        "name-only": "Host",
        "quoted-name": "'a'\"b\": c"})),
    *table("field", "RFC 9110, 5.5", OK, lines({
        "obs-text": "X: " + "".join(map(chr, range(0x80, 0x100))),
        "tabs": "X:\t\ta\t\tb\t",
        "colons": "X: :::",
        "looks-like-a-request": f"X: GET {PATH} HTTP/1.1",
        "name-of-8000-octets": "X" * 8000 + ": a",
        "value-of-15000-octets": "X: " + "a" * 15000,
        "format-string": "X: %s%n%x",
        "jndi": "X-Api-Version: ${jndi:ldap://127.0.0.1/a}",
        "shellshock": "User-Agent: () { :; }; /bin/id",
        "sql": "User-Agent: ' or 1=1--",
        "markup": "User-Agent: <script>alert(1)</script>",
        "terminal-escapes-encoded": "User-Agent: %1b[2J"})),
]

HOSTS = [
    *table("host", "RFC 9112, 3.2", BAD, {
        "three": request("Host: " + HOST, "X: y", "HOST: " + HOST),
        "far-apart": request("A: b", "C: d", "hOsT: " + OTHER),
        "second-empty": request("Host:"),
        "first-empty": request("Host: " + HOST, host=""),
        "space-before-colon": request(f"Host : {HOST}", host=None),
        "space-before-the-name": request("X: y", f" Host: {HOST}",
                                         host=None),
        "folded": request(f"Host:\r\n {HOST}", host=None),
        "nul-in-the-name": request(f"Host\0: {HOST}", host=None),
        "x-forwarded-host-alone": request(f"X-Forwarded-Host: {HOST}",
                                          host=None)}),
    *table("host", "RFC 9112, 3.2 and RFC 3986, 3.2", BAD, hosts({
        "userinfo-before-ours": f"evil.example@{HOST}",
        "userinfo-is-ours": f"{HOST}@evil.example",
        "port-then-userinfo": f"{HOST}:443@evil.example",
        "fragment-then-userinfo": f"evil.example#@{HOST}",
        "with-path": HOST + PATH,
        "with-query": HOST + "?" + OTHER,
        "port-space": HOST + ": 443",
        "port-letter": HOST + ":443x",
        "port-plus": HOST + ":+443",
        "port-too-long": HOST + ":000443",
        "port-65536": HOST + ":65536",
        "port-99999": HOST + ":99999",
        "port-fullwidth": HOST + ":\xef\xbc\x94",
        "port-then-name": f"{HOST}:443.evil.example",
        "zone": "[fe80::1%25eth0]",
        "zone-not-encoded": "[fe80::1%eth0]",
        "ipv6-with-port-name": "[::1]:https",
        "ipv6-and-more": "[::1]" + HOST,
        "ipv6-not-closed": "[" + HOST,
        "ipv6-of-letters": "[mta-sts]",
        "two-by-space": f"{HOST} {OTHER}",
        "two-by-tab": f"{HOST}\t{OTHER}",
        "quoted": f'"{HOST}"',
        "utf-8": "mta-sts.b\xc3\xbccher.example",
        "circled-letter": "\xe2\x93\x9cta-sts.example.com",
        "backslash": HOST + "\\@evil.example",
        "encoded-half": HOST + "%0",
        "pipe": HOST + "|id",
        "back-quote": HOST + "`id`",
        "braces": "{" + HOST + "}"})),
    *table("host", "RFC 9110, 15.5.20", MISDIRECTED, hosts({
        "other-of-ours": OTHER,
        "other-with-port": OTHER + ":443",
        "suffix": HOST + ".evil.example",
        "prefix": "evil-" + HOST,
        "ours-twice": HOST + "." + HOST,
        "parent-of-other": "example.net",
        "empty-label": "mta-sts..example.com",
        "leading-dot": "." + HOST,
        "dots": "...",
        "encoded-nul": HOST + "%00.evil.example",
        "encoded-at": HOST + "%40evil.example",
        "encoded-slash": HOST + "%2fevil.example",
        "encoded-crlf": HOST + "%0d%0aX",
        "encoded-all": "%6dta-sts.example.com",
        "semicolon": HOST + ";evil.example",
        "equals": "host=" + HOST,
        "star": "*",
        "wildcard": "*.example.com",
        "underscore": "_mta-sts.example.com",
        "u-label-as-a-label": "mta-sts.xn--bcher-kva.example",
        "a-label-broken": "mta-sts.xn--.example",
        "decimal-address": "2130706433",
        "hexadecimal-address": "0x7f000001",
        "mapped-address": "[::ffff:127.0.0.1]",
        "any-address": "0.0.0.0",
        "metadata-address": "169.254.169.254",
        "label-of-64": "a" * 64 + ".example.com",
        "name-of-254": "mta-sts." + "a." * 123,
        "name-of-8000": "a" * 8000})),
    *table("host", "RFC 9110, 4.2.3", OK, hosts({
        "port-0": HOST + ":0",
        "port-65535": HOST + ":65535",
        "upper-case-with-dot": HOST.upper() + "."})),
    *table("host", "RFC 8461, 3.3", OK, lines({
        "x-forwarded-host": "X-Forwarded-Host: evil.example",
        "x-host": "X-Host: evil.example",
        "forwarded": "Forwarded: host=evil.example;proto=http",
        "x-original-url": "X-Original-URL: /admin",
        "x-rewrite-url": "X-Rewrite-URL: /admin",
        "x-forwarded-proto": "X-Forwarded-Proto: http",
        "alt-used": "Alt-Used: evil.example"})),
]

TARGETS = [
    *table("absolute", "RFC 9112, 3.2.2", MISDIRECTED, targets({
        "evil-with-our-host": "https://evil.example" + PATH,
        "ours-and-more": f"https://{HOST}.evil.example{PATH}",
        "encoded-dot": f"https://{HOST}%2eevil.example{PATH}",
        "address": "https://[::1]" + PATH,
        "wss": f"wss://{HOST}{PATH}",
        "file": f"file://{HOST}/etc/passwd",
        "gopher": f"gopher://{HOST}/_x",
        "https-and-more": f"https+x://{HOST}{PATH}"})),
    *table("absolute", "RFC 9112, 3.2.2 and RFC 9110, 4.2.4", BAD, targets({
        "userinfo-is-ours": f"https://{HOST}@evil.example{PATH}",
        "password": f"https://a:b@{HOST}{PATH}",
        "port-then-userinfo": f"https://{HOST}:443@evil.example{PATH}",
        "port-of-8-digits": f"https://{HOST}:99999999{PATH}",
        "fragment": f"https://{HOST}#{PATH}",
        "backslashes": f"https:\\\\{HOST}{PATH}",
        "one-slash": f"https:/{HOST}{PATH}",
        "javascript": "javascript:alert(1)",
        "file-without-host": "file:///etc/passwd",
        "data": "data:text/plain,x",
        "space": f"https://{HOST} {PATH}"})),
    *table("authority", "RFC 9112, 3.2.3", MISDIRECTED, targets({
        "connect-elsewhere": "evil.example:25",
        "connect-loopback": "127.0.0.1:22",
        "connect-ipv6": "[::1]:25",
        "connect-other-of-ours": OTHER + ":443"}, "CONNECT")),
    *table("authority", "RFC 9112, 3.2.3", BAD, targets({
        "connect-without-port": "evil.example",
        "connect-userinfo": f"x@{HOST}:443",
        "connect-absolute": f"https://{HOST}{PATH}",
        "connect-empty": ":443"}, "CONNECT")),
    *table("path", "RFC 3986, 6.2.2 and RFC 8461, 3.3", NOT_FOUND, targets({
        "two-slashes-and-ours": f"//{HOST}{PATH}",
        "two-slashes-and-evil": "//evil.example" + PATH,
        "dot-dot-at-the-end": PATH + "/..",
        "dot-at-the-end": PATH + "/.",
        "encoded-dot-dot-at-the-end": PATH + "%2f..",
        "encoded-query": PATH + "%3fx",
        "encoded-fragment": PATH + "%23x",
        "encoded-semicolon": PATH + "%3bx",
        "parameter-inside": "/.well-known;x/mta-sts.txt",
        "encoded-twice": "/%252ewell-known/mta-sts.txt",
        "encoded-slashes": "/.well-known/..%2f..%2fetc%2fpasswd",
        "encoded-backslashes": "/.well-known/..%5c..%5cetc%5cpasswd",
        "four-dots": "/.well-known/....//mta-sts.txt",
        "overlong-dots": "/.well-known/%c0%ae%c0%ae/etc/passwd",
        "overlong-slash": "/.well-known%c0%afmta-sts.txt",
        "fullwidth-solidus": "/.well-known%ef%bc%8fmta-sts.txt",
        "encoded-dot-dots": "/%2e%2e/%2e%2e/etc/shadow",
        "empty-query": PATH + "??",
        "path-in-the-query": "/?" + PATH,
        "encoded-line-feed": PATH + "%0a",
        "encoded-tab": PATH + "%09",
        "encoded-high-octet": PATH + "%ff",
        "encoded-delete": PATH + "%7f",
        "encoded-nul-inside": "/.well-known%00/mta-sts.txt",
        "tilde": PATH + "~",
        "backup": PATH + ".bak",
        "compressed": PATH + ".gz",
        "ampersand": PATH + "&x",
        "many-dot-dots": "/" + "../" * 2600,
        "many-slashes": "/" * 7900,
        "much-encoded": "/" + "%2e" * 2600,
        "crlf-encoded-field": PATH + "%0d%0aSet-Cookie:%20a=b",
        "git": "/.git/config",
        "cgi": "/cgi-bin/.%2e/.%2e/bin/sh",
        "php": "/index.php?-d+allow_url_include=1",
        "environment": "/.env",
        "proc": "/proc/self/environ",
        "security-txt": "/.well-known/security.txt",
        "metrics": "/metrics",
        "live": "/livez",
        "ready": "/readyz",
        "status": "/status.json"})),
    *table("path", "RFC 3986, 3.3", BAD, targets({
        "backslash-inside": "/.well-known\\mta-sts.txt",
        "backslash-at-the-end": PATH + "\\",
        "windows": "/..\\..\\boot.ini",
        "percent-only": "/%",
        "encoded-badly": "/%2gwell-known/mta-sts.txt",
        "unicode-encoded": "/%u002ewell-known/mta-sts.txt",
        "brackets": PATH + "[0]",
        "utf-8": "/.well-known/mta-sts.txt\xc2\xa0",
        "braces": "/{a,b}",
        "space-encoded-as-one": PATH + " .html"})),
]

METHODS = [
    *table("method", "RFC 9110, 9.1", NOT_KNOWN, {
        name: request(method=name) for name in (
            "head", "gET", "TRACK", "DEBUG", "SEARCH", "M-SEARCH", "COPY",
            "MKCOL", "LOCK", "UPDATEREDIRECTREF", "SUBSCRIBE", "CONNECTX",
            "GET-", "*", "'", "!", "|")}),
    *table("method", "RFC 9110, 9.1", NOT_KNOWN, {
        "of-7900-octets": request(method="G" * 7900)}),
    *table("method", "RFC 9110, 9.3.8", NOT_ALLOWED, {
        "trace-with-secrets": request("Cookie: secret", "Max-Forwards: 0",
                                      method="TRACE"),
        "options-max-forwards": request("Max-Forwards: 0",
                                        method="OPTIONS"),
        "cors-preflight": request("Origin: https://evil.example",
                                  "Access-Control-Request-Method: GET",
                                  method="OPTIONS"),
        "overridden": request("X-HTTP-Method-Override: GET",
                              method="POST")}),
    *table("method", "RFC 9112, 3.1", BAD, {
        name: request(method=method) for name, method in {
            "slash": "GET/", "comma": "GET,HEAD", "at": "GET@",
            "bracket": "GET[", "equals": "GET=", "utf-8": "G\xc3\x89T",
            "quote": '"GET"', "brace": "{GET}"}.items()}),
    *table("version", "RFC 9112, 2.3", VERSION, {
        name: request(version=name) for name in (
            "HTTP/0.0", "HTTP/0.1", "HTTP/3.1", "HTTP/8.1")}),
    *table("version", "RFC 9112, 2.3", BAD, {
        name: request(version=version) for name, version in {
            "vertical-tab": "HTTP/1.1\v", "plus": "HTTP/1.+1",
            "fullwidth": "HTTP/1.\xef\xbc\x91", "semicolon": "HTTP/1.1;x",
            "slash": "HTTP/1.1/", "short-name": "H/1.1",
            "wraps": "HTTP/4294967297.1", "twice": "HTTP/1.1HTTP/1.1",
            "rtsp": "RTSP/1.0", "sip": "SIP/2.0", "shttp": "Secure-HTTP/1.4",
            "backslash": "HTTP\\1.1", "empty": ""}.items()}),
    *table("version", "RFC 9112, 9.3", closing(OK), {
        "1.0-with-upgrade": request("Connection: upgrade", "Upgrade: h2c",
                                    version="HTTP/1.0")}),
]

FIELDS = [
    *table("whole", "RFC 9110, 13, 14 and RFC 8461, 3.3", OK, lines({
        "range-first-octet": "Range: bytes=0-0",
        "range-last-octet": "Range: bytes=-1",
        "range-beyond": "Range: bytes=9999-",
        "range-backwards": "Range: bytes=5-2",
        "range-overflow": "Range: bytes=0-18446744073709551616",
        "range-negative": "Range: bytes=--1",
        "range-unknown-unit": "Range: items=0-5",
        "range-many": "Range: bytes=" + ",".join(
            f"{i}-" for i in range(1000)),
        "range-twice": ("Range: bytes=0-1", "Range: bytes=2-3"),
        "if-range": ("Range: bytes=0-1", 'If-Range: "x"'),
        "if-none-match": 'If-None-Match: "a", W/"b"',
        "if-match-none": 'If-Match: "no such"',
        "if-modified-since-garbage": "If-Modified-Since: yesterday",
        "if-unmodified-since-1970":
            "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
        "only-if-cached": "Cache-Control: only-if-cached",
        "no-encoding-at-all": "Accept-Encoding: identity;q=0, *;q=0",
        "all-encodings": "Accept-Encoding: gzip, deflate, br, zstd, *",
        "te-gzip": "TE: gzip",
        "a-im": "A-IM: vcdiff, gzip",
        "accept-nothing": "Accept: */*;q=0",
        "accept-charset": "Accept-Charset: utf-16",
        "prefer": "Prefer: return=minimal, respond-async",
        "early-data": "Early-Data: 1",
        "origin": "Origin: https://evil.example",
        "authorization": "Authorization: Basic eDp5",
        "proxy-authorization": "Proxy-Authorization: Basic eDp5",
        "content-encoding": "Content-Encoding: gzip",
        "websocket": ("Connection: Upgrade", "Upgrade: websocket",
                      "Sec-WebSocket-Version: 13",
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
        "tls-in-http": ("Connection: Upgrade", "Upgrade: TLS/1.0"),
        "addresses": "X-Forwarded-For: " + ", ".join(["10.0.0.1"] * 1000),
        "cookies": ["Cookie: a=b"] * 90})),
    *table("upgrade", "RFC 9110, 7.8 and RFC 9113, 3.1", [OK, VERSION], {
        "h2c-then-preface": request(
            "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA") +
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}),
    *table("protocol", "RFC 9112, 3", BAD, {
        "smtp-mail": b"MAIL FROM:<a@b>\r\n\r\n",
        "ftp": b"USER anonymous\r\nPASS x\r\n\r\n",
        "imap": b"a1 LOGIN a b\r\n\r\n",
        "pop3": b"RETR 1\r\n\r\n",
        "redis": b"*1\r\n$4\r\nPING\r\n\r\n",
        "memcached": b"stats\r\n\r\n",
        "ldap": b"\x30\x0c\2\1\1\x60\7\2\1\3\4\0\x80\0",
        "smb": b"\0\0\0\x54\xffSMB",
        "rdp": b"\3\0\0\x13\x0e\xe0\0\0\0\0\0",
        "sip": b"OPTIONS sip:x SIP/2.0\r\n\r\n",
        "rtsp": b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        "http-2-settings": b"\0\0\0\4\0\0\0\0\0",
        "proxy-protocol": b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + request(),
        "proxy-protocol-2": b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + b"x" * 12,
        "an-answer": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "http-0.9": b"GET " + PATH.encode() + b"\r\n\r\n"}),
]

SIZES = [
    *table("size", "RFC 6585, 5", HEAD_TOO_LARGE, {
        "10000-fields": request(*["a:b"] * 10000),
        "101-short-fields": request(*["a:b"] * 100),
        "one-name": request("X" * 17000 + ": a"),
        "one-value-of-1-mb": request("X: " + "a" * (1 << 20)),
        "one-field-that-never-ends": request("X: a")[:-4] + b"a" * (1 << 20),
        "cookies": request(*["Cookie: " + "a" * 4000] * 5),
        "spaces": request("X:" + " " * 17000 + "a"),
        "head-then-16-kib": request("X: y" + "z" * 16500, method="GET")}),
    *table("size", "RFC 9110, 15.5.15", URI_TOO_LONG, {
        "target-of-1-mb": request(target="/" + "a" * (1 << 20)),
        "query-of-1-mb": request(target=PATH + "?" + "a" * (1 << 20)),
        "host-of-1-mb-absolute": request(
            target="https://" + "a" * (1 << 20) + PATH),
        "method-that-never-ends": b"G" * (1 << 20),
        "spaces-that-never-end": b"GET" + b" " * (1 << 20),
        "version-that-never-ends": request()[:-4].split(b"\r\n")[0] +
        b"1" * (1 << 20)}),
    *table("size", "RFC 9112, 2.2", BAD, {
        "empty-lines-that-never-end": b"\r\n" * (1 << 19),
        "nuls-that-never-end": b"\0" * (1 << 20)}),
    *table("size", "RFC 9112, 3", OK, {
        "100-short-fields": request(*["a:b"] * 99),
        "99-fields-of-160-octets": request(*["a: " + "b" * 150] * 99)}),
]

HEAD_OK = OK._replace(body=b"")
_MIXED = [(request(), OK, "GET"), (request(method="HEAD"), HEAD_OK, "HEAD"),
          (request(method="POST"), NOT_ALLOWED, "POST"),
          (request(target="/"), NOT_FOUND, "GET"),
          (request(host=OTHER), MISDIRECTED, "GET"),
          (request(method="BREW"), NOT_KNOWN, "BREW")]


def mixed(last, answer):
    return (b"".join(one[0] for one in _MIXED) + last,
            [*[one[1] for one in _MIXED], answer],
            "RFC 9112, 9.3.2", tuple(one[2] for one in _MIXED))


PIPELINES = [
    Case("pipeline/mixed-then-bad", *mixed(request("Host: x"), BAD)),
    Case("pipeline/mixed-then-too-long",
         *mixed(request(target="/" * 9000), URI_TOO_LONG)),
    Case("pipeline/mixed-then-version",
         *mixed(request(version="HTTP/2.0"), VERSION)),
    Case("pipeline/mixed-then-too-large",
         *mixed(request("A: " + "b" * 17000), HEAD_TOO_LARGE)),
    Case("pipeline/mixed-then-1.0",
         *mixed(request(version="HTTP/1.0"), closing(OK))),
    Case("pipeline/1000-get-100-answers", request() * 1000,
         [OK] * 99 + [closing(OK)], "RFC 9112, 9.3.2"),
    Case("pipeline/1000-head-100-answers", request(method="HEAD") * 1000,
         [HEAD_OK] * 99 + [closing(HEAD_OK)], "RFC 9112, 9.3.2",
         ("HEAD",) * 100),
    Case("pipeline/1000-refusals-100-answers", request(method="X") * 1000,
         [NOT_KNOWN] * 99 + [closing(NOT_KNOWN)], "RFC 9112, 9.3.2"),
    Case("pipeline/empty-line-before-each", (b"\r\n" + request()) * 20,
         [OK] * 20, "RFC 9112, 2.2"),
    Case("pipeline/close-then-more", request(CLOSE) + request() * 50,
         [closing(OK)], "RFC 9112, 9.6"),
    Case("pipeline/close-of-a-refusal-then-more",
         request(CLOSE, method="DELETE") + request() * 50,
         [closing(NOT_ALLOWED)], "RFC 9112, 9.6"),
    Case("pipeline/head-then-bad", request(method="HEAD") + b"\0" * 9,
         [HEAD_OK, BAD], "RFC 9110, 9.3.2", ("HEAD",)),
    Case("pipeline/bad-then-close", b"x\r\n\r\n" + request(CLOSE), [BAD],
         "RFC 9112, 9.6"),
    Case("pipeline/two-empty-lines-between", request() + b"\r\n\r\n" +
         request(), [OK, BAD], "RFC 9112, 2.2"),
]

GROUPS = {"smuggling": SMUGGLING, "lines": LINES, "hosts": HOSTS,
          "targets": TARGETS, "methods": METHODS, "fields": FIELDS,
          "sizes": SIZES, "pipelines": PIPELINES}
