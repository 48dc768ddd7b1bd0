# SPDX-License-Identifier: MIT
"""Beginnings of a handshake that are made to do harm, as data: each with what
has to come back, and the rule that says so."""

import typing

from client_hello import (EXTENSIONS, P256, POINT, X25519, extension, groups,
                          hello, message, old_hello, protocols, record,
                          records, server_name, share, shares, signatures,
                          vector, versions)
from daemon import HOST, PATH
from memory_client import HANDSHAKE, make_record

# What comes back. An alert is fatal and the end; SERVED13 and SERVED12 are a
# ServerHello with these extensions and no others; RETRY asks for another key
# share; SILENCE is the end without a word.
SILENCE = "silence"
SERVED13, RETRY = {43, 51}, "retry"
UNEXPECTED_MESSAGE, RECORD_OVERFLOW = 10, 22
HANDSHAKE_FAILURE, ILLEGAL_PARAMETER, DECODE_ERROR = 40, 47, 50
# No RFC says which of them, and OpenSSL 3.0 and 3.5 differ.
EITHER = (ILLEGAL_PARAMETER, DECODE_ERROR)
PROTOCOL_VERSION, INAPPROPRIATE_FALLBACK = 70, 86
MISSING_EXTENSION, UNRECOGNIZED_NAME = 109, 112
NO_APPLICATION_PROTOCOL = 120


class Case(typing.NamedTuple):
    name: str
    octets: bytes
    want: object
    rule: str


def table(group, rule, want, cases):
    return [Case(f"{group}/{name}", octets, want, rule)
            for name, octets in cases.items()]


def in_record(cases):
    return {name: record(octets) for name, octets in cases.items()}


NAME = HOST.encode()
NAMES = [
    *table("sni", "RFC 6066, 3 and RFC 8461, 7.1", UNRECOGNIZED_NAME,
           in_record({name: hello(name=server_name(octets))
                      for name, octets in {
               "empty": b"",
               "address": b"127.0.0.1",
               "ipv6-address": b"::1",
               "255-octets": b"a" * 255,
               "256-octets": b"a" * 256,
               "4000-octets": b"a" * 4000,
               "utf-8": b"mta-sts.b\xc3\xbccher.example",
               "high-octets": b"\xff" * 20,
               "nul-after-it": NAME + b"\0",
               "nul-inside": NAME + b"\0.evil.example",
               "nul-before-it": b"\0" + NAME,
               "port": NAME + b":443",
               "space-before": b" " + NAME,
               "line-end-after": NAME + b"\r\n",
               "two-dots-after": NAME + b"..",
               "dot-alone": b".",
               "dot-before": b"." + NAME,
               "wildcard": b"*.example.com",
               "encoded": b"mta-sts%2eexample.com",
               "path": NAME + PATH.encode(),
               "ours-and-more": NAME + b".evil.example",
               "sub-domain": b"a." + NAME,
               "policy-domain": b"example.net",
               "parent": b"com",
               "two-by-comma": NAME + b",mta-sts.example.net"}.items()})),
    *table("sni", "RFC 6066, 3", SERVED13, in_record({
        "dot-after": hello(name=server_name(NAME + b".")),
        "upper-case-with-dot": hello(name=server_name(NAME.upper() + b".")),
        "last": hello(name=b"", more=EXTENSIONS["name"])})),
    *table("sni", "RFC 6066, 3", DECODE_ERROR, in_record({
        "two-names": hello(name=extension(0, vector(
            b"\0" + vector(NAME) + b"\0" + vector(b"mta-sts.example.net")))),
        "the-same-twice": hello(name=extension(0, vector(
            (b"\0" + vector(NAME)) * 2))),
        "no-list": hello(name=extension(0)),
        "empty-list": hello(name=extension(0, b"\0\0")),
        "unknown-type": hello(name=extension(0, vector(
            b"\1" + vector(NAME)))),
        "list-too-long": hello(name=extension(0, b"\0\xff\0" +
                                              vector(NAME))),
        "name-too-long": hello(name=extension(0, vector(
            b"\0\xff\xff" + NAME)))})),
    *table("sni", "RFC 8446, 4.2", ILLEGAL_PARAMETER, in_record({
        "extension-twice": hello(more=server_name(b"mta-sts.example.net"))})),
]

ALPN = [
    *table("alpn", "RFC 7301, 3.2", NO_APPLICATION_PROTOCOL, in_record({
        name.decode("latin-1").strip(): hello(more=protocols(name))
        for name in (
            b"ftp", b"imap", b"pop3", b"managesieve", b"nntp", b"xmpp-client",
            b"xmpp-server", b"irc", b"mqtt", b"postgresql", b"dot", b"doq",
            b"webrtc", b"c-webrtc", b"stun.turn", b"coap", b"sunrpc", b"spdy/3",
            b"http/0.9", b"h2c", b"h3-29", b"smb", b"tds/8.0", b"ntske/1")})),
    *table("alpn", "RFC 7301, 3.2", NO_APPLICATION_PROTOCOL, in_record({
        "nul-after-it": hello(more=protocols(b"http/1.1\0")),
        "space-after-it": hello(more=protocols(b"http/1.1 ")),
        "in-one-name": hello(more=protocols(b"h2,http/1.1")),
        "smtp-and-h2": hello(more=protocols(b"smtp", b"h2")),
        "2000-others": hello(more=protocols(*[b"x"] * 2000)),
        "grease-alone": hello(more=protocols(b"\x0a\x0a")),
        "tls-1.2": old_hello(more=protocols(b"ftp"))})),
    *table("alpn", "RFC 7301, 3.1", DECODE_ERROR, in_record({
        "no-list": hello(more=extension(16)),
        "empty-list": hello(more=extension(16, b"\0\0")),
        "empty-name": hello(more=protocols(b"")),
        "empty-name-behind-ours": hello(more=protocols(b"http/1.1", b"")),
        "name-too-long": hello(more=extension(16, vector(b"\x20http/1.1"))),
        "list-too-long": hello(more=extension(16, b"\0\x20\x08http/1.1")),
        "list-too-short": hello(more=extension(16, b"\0\4\x08http/1.1"))})),
    *table("alpn", "RFC 8701, 3", SERVED13, in_record({
        "grease-and-ours": hello(more=protocols(b"\x0a\x0a", b"http/1.1")),
        "smtp-and-ours": hello(more=protocols(b"smtp", b"http/1.1"))})),
]

VERSIONS = [
    *table("version", "RFC 8446, 4.2.1 and RFC 8996", PROTOCOL_VERSION,
           in_record({
               "tls-1.0": old_hello(version=b"\3\1"),
               "tls-1.1": old_hello(version=b"\3\2"),
               "list-of-1.0-and-1.1": hello(versions=versions(b"\3\2\3\1")),
               "list-of-ssl-3": hello(versions=versions(b"\3\0")),
               "draft-28": hello(versions=versions(b"\x7f\x1c")),
               "future": hello(versions=versions(b"\3\5\4\0")),
               "dtls": hello(versions=versions(b"\xfe\xfc")),
               "grease": hello(versions=versions(b"\x0a\x0a")),
               "empty-list": hello(versions=versions(b"")),
               "odd-list": hello(versions=versions(b"\3\4\3")),
               "list-too-long": hello(versions=extension(43, b"\x09\3\4")),
           })),
    # An alert that SSL 3.0 knows.
    *table("version", "RFC 7568, 3", HANDSHAKE_FAILURE, in_record({
        "ssl-3": old_hello(version=b"\3\0")})),
    *table("version", "RFC 7507, 3", INAPPROPRIATE_FALLBACK, in_record({
        "fallback-to-1.2": old_hello(ciphers=b"\xc0\x2b\x56\x00")})),
    *table("version", "RFC 8446, 4.1.2", SERVED13, {
        "legacy-1.0": record(hello(version=b"\3\1")),
        "record-version-3.0": record(hello(), 0),
        "record-version-3.4": record(hello(), 4),
        "record-version-3.255": record(hello(), 255),
        "grease-first": record(hello(versions=versions(b"\x0a\x0a\3\4"))),
        "no-session-id": record(hello(session=b""))}),
]

WEAK12 = {
    "null-sha256": b"\0\x3b", "ecdhe-null": b"\xc0\x06",
    "export-rc4": b"\0\3", "rc4": b"\xc0\x07", "3des": b"\xc0\x08",
    "des": b"\0\x09", "anonymous": b"\xc0\x18", "kerberos": b"\0\x1e",
    "srp": b"\xc0\x21", "psk": b"\0\xa8", "ecdhe-psk": b"\xc0\x37",
    "camellia": b"\xc0\x72", "aria": b"\xc0\x5c", "idea": b"\0\7",
    "cbc-sha384": b"\xc0\x24", "static-ecdh": b"\xc0\x2d",
    "dhe-rsa": b"\0\x9e", "scsv-alone": b"\0\xff", "gost": b"\0\x81",
    "tls-1.3-only": b"\x13\x01", "unknown": b"\xfe\xfe"}
WEAK13 = {
    "integrity-only": b"\xc0\xb4", "ccm": b"\x13\4", "ccm-8": b"\x13\5",
    "sm4": b"\0\xc6", "tls-1.2-only": b"\xc0\x2f", "unknown-1.3": b"\x13\x99"}
PARAMETERS = [
    *table("cipher", "RFC 9325, 4.2", HANDSHAKE_FAILURE, in_record({
        **{name: old_hello(ciphers=octets)
           for name, octets in WEAK12.items()},
        **{name: hello(ciphers=octets, versions=versions(b"\3\4"))
           for name, octets in WEAK13.items()}})),
    *table("cipher", "RFC 5246, 7.4.1.2", DECODE_ERROR, in_record({
        "odd-list": hello(ciphers=b"\x13\1\x13"),
        "session-id-of-33": hello(session=b"s" * 33),
        "end-after-extensions": hello(end=b"x")})),
    *table("cipher", "RFC 8446, 4.1.2", EITHER, in_record({
        "empty-list": hello(ciphers=b"")})),
    *table("compression", "RFC 8446, 4.1.2", ILLEGAL_PARAMETER, in_record({
        "deflate-too": hello(compressions=b"\1\0")})),
    *table("compression", "RFC 5246, 7.4.1.2", EITHER, in_record({
        "deflate-alone": hello(compressions=b"\1"),
        "deflate-alone-1.2": old_hello(compressions=b"\1"),
        "none-1.2": old_hello(compressions=b"")})),
    *table("group", "RFC 8446, 4.2.7", HANDSHAKE_FAILURE, in_record({
        "sect163k1": hello(groups=groups(b"\0\1"), shares=shares()),
        "secp192r1": hello(groups=groups(b"\0\x13"), shares=shares()),
        "ffdhe2048": hello(groups=groups(b"\1\0"), shares=shares()),
        "unknown": hello(groups=groups(b"\xfe\xfe"), shares=shares()),
        "unknown-1.2": old_hello(groups=groups(b"\xfe\xfe"))})),
    *table("group", "RFC 8446, 4.2.8", RETRY, in_record({
        "no-share": hello(shares=shares()),
        "share-of-another": hello(groups=groups(b"\0\x1e" + P256),
                                  shares=shares(share(b"\0\x1e", b"x" * 56))),
    })),
    *table("group", "RFC 8446, 4.2.8", ILLEGAL_PARAMETER, in_record({
        "share-too-short": hello(shares=shares(share(X25519, POINT[:31]))),
        "share-too-long": hello(shares=shares(share(X25519, POINT + b"x"))),
        "share-not-offered": hello(groups=groups(P256)),
        "point-not-on-the-curve": hello(shares=shares(
            share(P256, b"\4" + b"x" * 64))),
        "point-at-infinity": hello(shares=shares(share(P256, b"\0"))),
        "point-compressed": hello(shares=shares(
            share(P256, b"\2" + b"x" * 32)))})),
    *table("group", "RFC 8446, 4.2.8", DECODE_ERROR, in_record({
        "share-empty": hello(shares=shares(share(X25519, b""))),
        "shares-too-long": hello(shares=extension(51, b"\xff\xff")),
        "groups-empty": hello(groups=groups(b"")),
        "groups-odd": hello(groups=groups(b"\0\x1d\0"))})),
    *table("extension", "RFC 8446, 9.2", MISSING_EXTENSION, in_record({
        "no-groups": hello(groups=b"", versions=versions(b"\3\4")),
        "no-shares": hello(shares=b"", versions=versions(b"\3\4")),
        "no-signatures": hello(signatures=b"",
                               versions=versions(b"\3\4"))})),
    *table("signature", "RFC 8446, 4.2.3", HANDSHAKE_FAILURE, in_record({
        "md5": hello(signatures=signatures(b"\1\1")),
        "sha-1": hello(signatures=signatures(b"\2\3\2\1")),
        "dsa": hello(signatures=signatures(b"\4\2")),
        "rsa-only": hello(signatures=signatures(b"\x08\4\4\1")),
        "anonymous": hello(signatures=signatures(b"\4\0")),
        "unknown": hello(signatures=signatures(b"\xfe\xfe"))})),
    *table("signature", "RFC 8446, 4.2.3", DECODE_ERROR, in_record({
        "empty": hello(signatures=signatures(b"")),
        "odd": hello(signatures=signatures(b"\4\3\4"))})),
]

MODES = extension(45, b"\1\1")
TICKET = vector(b"t" * 100) + bytes(4)
BINDER = vector(vector(b"b" * 32, 1))


def psk(identities=TICKET, binders=BINDER):
    return extension(41, vector(identities) + binders)


EXTRAS = [
    *table("extra", "RFC 8446, 4.2", SERVED13, in_record({
        "heartbeat": hello(more=extension(15, b"\1")),
        "status-request": hello(more=extension(5, b"\1\0\0\0\0")),
        "next-protocol": hello(more=extension(13172)),
        "client-certificate-url": hello(more=extension(2)),
        "truncated-hmac": hello(more=extension(4)),
        "ticket": hello(more=extension(35, b"t" * 200)),
        "post-handshake-auth": hello(more=extension(49)),
        "certificate-compression": hello(more=extension(27, b"\2\0\2")),
        "encrypted-hello": hello(more=extension(65037, b"x" * 200)),
        "token-binding": hello(more=extension(24, b"\1\0\1\2")),
        "grease": hello(more=extension(0x0a0a)),
        "500-unknown": hello(more=b"".join(
            extension(0x8000 + i) for i in range(500))),
        "padding-of-3000": hello(more=extension(21, bytes(3000)))})),
    # Another's session, or one that never was: a full handshake.
    *table("resumption", "RFC 8446, 4.2.11", SERVED13, in_record({
        "psk": hello(more=MODES + psk()),
        "psk-without-identity": hello(more=MODES + psk(b"")),
        "two-psks": hello(more=MODES + psk(TICKET * 2, vector(
            vector(b"b" * 32, 1) * 2))),
        "external-psk": hello(more=MODES + psk(vector(b"id") + bytes(4))),
        "psk-only-mode": hello(more=extension(45, b"\1\0")),
        "early-data": hello(more=MODES + extension(42) + psk()),
        "session-id": hello(session=b"x" * 32)})),
    *table("resumption", "RFC 8446, 4.2.11", ILLEGAL_PARAMETER, in_record({
        "psk-not-last": hello(more=MODES + psk() + extension(21))})),
    *table("resumption", "RFC 8446, 4.2.9", MISSING_EXTENSION, in_record({
        "psk-without-modes": hello(more=psk())})),
    *table("resumption", "RFC 8446, 4.2.11", DECODE_ERROR, in_record({
        "psk-cut": hello(more=MODES + extension(41, b"\0\x09x"))})),
    *table("extra", "RFC 8446, 4.2.10", DECODE_ERROR, in_record({
        "early-data-not-empty": hello(more=extension(42, b"x"))})),
    *table("extra", "RFC 8446, 4.2", DECODE_ERROR, in_record({
        "longer-than-all": hello(more=b"\x99\x99\xff\xff"),
        "half-a-header": hello(more=b"\x99\x99\0"),
        "empty-modes": hello(more=extension(45, b"\0"))})),
    *table("extra", "RFC 8446, 4.2", ILLEGAL_PARAMETER, in_record({
        "twice": hello(more=EXTENSIONS["groups"])})),
    *table("extra", "RFC 6066, 4", ILLEGAL_PARAMETER, in_record({
        "fragment-length-9": hello(more=extension(1, b"\x09"))})),
    *table("extra", "RFC 5746, 3.6", HANDSHAKE_FAILURE, in_record({
        "renegotiation-not-empty": old_hello(
            more=extension(0xff01, b"\x0c" + b"x" * 12))})),
    # No ticket, no staple, no heartbeat, no resumption in TLS 1.2 either.
    *table("extra-1.2", "RFC 5246, 7.4.1.4", {0, 11}, in_record({
        "nothing-more": old_hello(),
        "heartbeat": old_hello(more=extension(15, b"\1")),
        "status-request": old_hello(more=extension(5, b"\1\0\0\0\0")),
        "empty-ticket": old_hello(more=extension(35)),
        "ticket": old_hello(more=extension(35, b"t" * 200)),
        "next-protocol": old_hello(more=extension(13172)),
        "session-id": old_hello(session=b"x" * 32),
        "deflate-too": old_hello(compressions=b"\1\0")})),
]

HELLO = hello()
RECORDS = [
    *table("first", "RFC 8446, 5", UNEXPECTED_MESSAGE, {
        "application-data": make_record(23, b"x" * 20),
        "change-cipher-spec": make_record(20, b"\1"),
        "heartbeat": make_record(24, b"\1\x40\0"),
        "type-99": make_record(99, b"x" * 20),
        "server-hello": record(message(2, HELLO[4:])),
        "finished": record(message(20, b"x" * 32)),
        "key-update": record(message(24, b"\0")),
        "certificate": record(message(11, b"\0\0\0\0")),
        "unknown-message": record(message(250, b"x")),
        "two-hellos": record(HELLO + HELLO),
        "empty-records": make_record(22, b"") * 100,
        "fatal-alert": make_record(21, b"\2\x28"),
        "close-notify": make_record(21, b"\1\0"),
        "warnings": make_record(21, b"\1\x5a") * 100,
        "half-a-hello-and-alert-flood": record(HELLO[:50]) +
        make_record(21, b"\1\x5a") * 100,
        "half-a-hello-and-data": record(HELLO[:50]) + make_record(23, b"x"),
        "half-a-hello-and-ccs": record(HELLO[:50]) + make_record(20, b"\1"),
        "empty-data": make_record(23, b"")}),
    *table("first", "RFC 8446, 5.1", RECORD_OVERFLOW, {
        "record-of-16385": record(b"\1" * 16385),
        "record-of-65535": record(b"\1" * 65535)}),
    *table("first", "RFC 8446, 4", ILLEGAL_PARAMETER, {
        "hello-of-16-mb": record(b"\1\xff\xff\xff" + b"x" * 100)}),
    *table("first", "RFC 8446, 4.1.2", DECODE_ERROR, in_record({
        "hello-of-no-octets": message(1, b""),
        "hello-of-one-octet": message(1, b"\3"),
        "hello-of-34-octets": message(1, b"\3\3" + b"r" * 32)})),
    *table("first", "RFC 9110, 4.3", SILENCE, {
        "http": f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode(),
        "http-head": f"HEAD / HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode(),
        "http-post": b"POST / HTTP/1.1\r\n\r\n",
        "http-connect": f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode()}),
    *table("first", "RFC 8446, 5.1", UNEXPECTED_MESSAGE, {
        "empty-record": make_record(22, b""),
        "empty-record-inside": record(HELLO[:50]) + make_record(22, b"") +
        record(HELLO[50:])}),
    *table("first", "RFC 8446, 5.1", PROTOCOL_VERSION, {
        "major-version-2": bytes([HANDSHAKE, 2, 0]) + vector(HELLO),
        "major-version-254": bytes([HANDSHAKE, 254, 253]) + vector(HELLO)}),
    *table("first", "RFC 8446, 5.1", SERVED13, {
        "records-of-one-octet": records(HELLO, 1),
        "records-of-three-octets": records(HELLO, 3),
        "4000-octets-in-records-of-one":
            records(hello(more=extension(21, bytes(3700))), 1)}),
    # More than any client has to say (4352 octets).
    *table("first", "RFC 8446, 6.2", ILLEGAL_PARAMETER, {
        "hello-of-5000": record(hello(more=extension(21, bytes(4700)))),
        "20000-octets": records(hello(more=b"".join(
            extension(0x8000 + i, b"x" * 1000) for i in range(20))), 16384),
        "120000-octets": records(hello(more=b"".join(
            extension(0x8000 + i, b"x" * 1000) for i in range(60))), 100),
        "record-of-16384-announced": b"\x16\3\1\x40\0"}),
]

GROUPS = {"names": NAMES, "alpn": ALPN, "versions": VERSIONS,
          "parameters": PARAMETERS, "extras": EXTRAS, "records": RECORDS}
