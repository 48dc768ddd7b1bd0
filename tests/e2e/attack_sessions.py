# SPDX-License-Identifier: MIT
"""What a client may do once it has shaken hands, as data: the records that it
sends, and all that comes back, decrypted. "ours" of the session, which has
the client's keys, seals them; it can be told to change its keys."""

import typing

from client_hello import hello, message, old_hello
from daemon import HOST, PATH
from forged_session import APPLICATION_DATA, KEY_UPDATE, V12, V13
from memory_client import ALERT, HANDSHAKE

REQUEST = (f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
           "\r\n").encode()
CHANGE_CIPHER_SPEC, HEARTBEAT, UNKNOWN = 20, 24, 99
UNEXPECTED_MESSAGE, BAD_RECORD_MAC, RECORD_OVERFLOW = 10, 20, 22
HANDSHAKE_FAILURE, ILLEGAL_PARAMETER, DECODE_ERROR = 40, 47, 50
FLOOD = 2000
MOST = 1 << 14  # octets of a plaintext, RFC 8446, 5.1

# What comes back: the policy and close_notify; a fatal alert; or these
# records. KeyUpdates are left out.
SERVED = "the policy"
SILENCE = []
CLOSE_NOTIFY = (ALERT, b"\1\0")
NO_RENEGOTIATION = (ALERT, b"\1\x64")
# No RFC says which of them, and versions of OpenSSL may differ.
MALFORMED = (ILLEGAL_PARAMETER, DECODE_ERROR)


def update(asked=0):
    return message(KEY_UPDATE, bytes([asked]))


class Case(typing.NamedTuple):
    name: str
    version: object
    records: typing.Callable  # from the session's `ours` to octets
    want: object
    rule: str


def table(group, version, rule, want, cases):
    return [Case(f"{group}/{name}", version, records, want, rule)
            for name, records in cases.items()]


def sends(kind, content, times=1):
    return lambda ours: b"".join(ours.seal(kind, content)
                                 for _ in range(times))


def asks(*before):
    """The request, after these: octets, or functions that make them."""
    return lambda ours: b"".join(one(ours) for one in before) + ours.seal(
        APPLICATION_DATA, REQUEST)


def change_keys(content=update()):
    def make(ours):
        octets = ours.seal(HANDSHAKE, content)
        ours.update()
        return octets
    return make


def flood(make):
    return lambda ours: b"".join(make(ours) for _ in range(FLOOD))


def replay(ours):
    return 2 * ours.seal(APPLICATION_DATA, REQUEST[:9])


def swapped(ours):
    first, second = (ours.seal(APPLICATION_DATA, part)
                     for part in (REQUEST[:9], REQUEST[9:]))
    return second + first


def damaged(at):
    def make(ours):
        octets = bytearray(ours.seal(APPLICATION_DATA, REQUEST))
        octets[at] ^= 1
        return bytes(octets)
    return make


def in_octets(ours):
    return b"".join(ours.seal(APPLICATION_DATA, bytes([octet]))
                    for octet in REQUEST)


def handshakes(cases):
    return {name: sends(HANDSHAKE, octets) for name, octets in cases.items()}


BOTH = [case for version, label in ((V12, "1.2"), (V13, "1.3")) for case in [
    *table(f"tls-{label}", version, "RFC 8446, 5.2", BAD_RECORD_MAC, {
        "damaged": damaged(20), "damaged-tag": damaged(-1),
        "damaged-first-octet": damaged(13 if version == V12 else 5),
        "replayed": replay, "swapped": swapped,
        "in-the-clear": lambda _: bytes([APPLICATION_DATA, 3, 3, 0, 40]) +
        b"x" * 40}),
    *table(f"tls-{label}", version, "RFC 8446, 5.1 and 5.2", RECORD_OVERFLOW,
           {"record-too-large": lambda _: b"\x17\3\3\xff\xff" + b"x" * 65535}),
    *table(f"tls-{label}", version, "RFC 8446, 5", UNEXPECTED_MESSAGE, {
        "change-cipher-spec": sends(CHANGE_CIPHER_SPEC, b"\1"),
        "heartbeat": sends(HEARTBEAT, b"\1\x40\0"),
        "unknown-type": sends(UNKNOWN, b"x"),
        "empty-records": sends(APPLICATION_DATA, b"", FLOOD),
        "finished-again": sends(HANDSHAKE, message(20, b"x" * 32)),
        "server-hello": sends(HANDSHAKE, message(2, b"x" * 40)),
        "certificate": sends(HANDSHAKE, message(11, b"\0\0\0\0")),
        "client-key-exchange": sends(HANDSHAKE, message(16, b"\x20" * 33)),
        "unknown-message": sends(HANDSHAKE, message(250, b"x"))}),
    *table(f"tls-{label}", version, "RFC 8446, 6.2", SILENCE, {
        "fatal-alert": lambda ours: ours.seal(ALERT, b"\2\x28") +
        ours.seal(APPLICATION_DATA, REQUEST)}),
    *table(f"tls-{label}", version, "RFC 8446, 5.1", SERVED, {
        "octet-for-octet": in_octets,
        "20-empty-records-first": asks(sends(APPLICATION_DATA, b"", 20)),
        "what-follows-is-not-read": lambda ours: ours.seal(
            APPLICATION_DATA, REQUEST) + b"\0" * 5000}),
]]

TLS12 = [
    *table("tls-1.2", V12, "RFC 5246, 7.2", UNEXPECTED_MESSAGE, {
        "warning-flood": sends(ALERT, b"\1\x5a", FLOOD)}),
    *table("tls-1.2", V12, "RFC 5246, 7.2.2", HANDSHAKE_FAILURE, {
        "no-renegotiation": sends(ALERT, b"\1\x64")}),
    *table("tls-1.2", V12, "RFC 5246, 7.2.2", SERVED, {
        "one-warning": asks(sends(ALERT, b"\1\x5a"))}),
    *table("tls-1.2", V12, "RFC 5746, 5", [NO_RENEGOTIATION, CLOSE_NOTIFY],
           handshakes({"renegotiation": old_hello()})),
    # Of these OpenSSL takes any number.
    *table("tls-1.2", V12, "RFC 5746, 5",
           [NO_RENEGOTIATION] * FLOOD + [CLOSE_NOTIFY], {
               "renegotiation-flood": sends(HANDSHAKE, old_hello(), FLOOD)}),
    *table("tls-1.2", V12, "RFC 5246, 7.4.1.1", UNEXPECTED_MESSAGE,
           handshakes({"hello-request": message(0, b"")})),
]

TLS13 = [
    *table("tls-1.3", V13, "RFC 8446, 5.4", SERVED, {
        "padded": lambda ours: ours.seal_inner(
            REQUEST + bytes([APPLICATION_DATA]) + bytes(5000)),
        "20-padded-to-the-most-first": asks(lambda ours: b"".join(
            ours.seal_inner(bytes([APPLICATION_DATA]) + bytes(MOST))
            for _ in range(20)))}),
    *table("tls-1.3", V13, "RFC 8446, 5.4", UNEXPECTED_MESSAGE, {
        "zeros-alone": lambda ours: ours.seal_inner(bytes(100)),
        "zeros-to-the-most": lambda ours: ours.seal_inner(bytes(MOST + 1))}),
    *table("tls-1.3", V13, "RFC 8446, 5.4", RECORD_OVERFLOW, {
        "content-too-large": sends(APPLICATION_DATA, b"x" * (MOST + 1))}),
    *table("tls-1.3", V13, "RFC 8446, 5.2", BAD_RECORD_MAC, {
        "nothing-inside": lambda ours: ours.seal_inner(b"")}),
    *table("tls-1.3", V13, "RFC 8446, 5", UNEXPECTED_MESSAGE, {
        "change-cipher-spec-in-the-clear": lambda _: b"\x14\3\3\0\1\1",
        "alert-in-the-clear": lambda _: b"\x15\3\3\0\2\1\0",
        "handshake-in-the-clear": lambda _: b"\x16\3\3\0\4\1\0\0\0",
        "empty-handshake": sends(HANDSHAKE, b"", FLOOD)}),
    *table("tls-1.3", V13, "RFC 8446, 4.6 and 4.1.2", UNEXPECTED_MESSAGE,
           handshakes({
               "hello-again": hello(),
               "hello-of-1.2": old_hello(),
               "new-session-ticket": message(4, b"x" * 40),
               "end-of-early-data": message(5, b""),
               "encrypted-extensions": message(8, b"\0\0"),
               "certificate-request": message(13, b"\0\0\0"),
               "certificate-verify": message(15, b"\4\3\0\0"),
               "message-hash": message(254, b"x" * 32),
               "key-update-and-more": update() + update()})),
    *table("tls-1.3", V13, "RFC 8446, 4.6.3", ILLEGAL_PARAMETER, handshakes({
        "key-update-2": update(2), "key-update-255": update(255)})),
    *table("tls-1.3", V13, "RFC 8446, 4.6.3", MALFORMED, handshakes({
        "key-update-empty": message(KEY_UPDATE, b""),
        "key-update-long": message(KEY_UPDATE, b"\0\0")})),
    *table("tls-1.3", V13, "RFC 8446, 7.2", BAD_RECORD_MAC, {
        "old-keys-after-an-update": asks(sends(HANDSHAKE, update())),
        "new-keys-without-an-update": lambda ours: (
            ours.update() or ours.seal(APPLICATION_DATA, REQUEST))}),
    *table("tls-1.3", V13, "RFC 8446, 4.6.3", SERVED, {
        "key-update": asks(change_keys()),
        "key-update-asked-for": asks(change_keys(update(1))),
        "two-key-updates-asked-for": asks(change_keys(update(1)),
                                          change_keys(update(1))),
        "key-update-in-octets": lambda ours: b"".join(
            ours.seal(HANDSHAKE, bytes([octet])) for octet in update()) + (
                ours.update() or ours.seal(APPLICATION_DATA, REQUEST)),
        "key-updates-and-requests-in-turn": lambda ours: b"".join(
            change_keys()(ours) +
            ours.seal(APPLICATION_DATA, REQUEST[at:at + 9])
            for at in range(0, len(REQUEST), 9))}),
    # Of these OpenSSL takes any number.
    *table("tls-1.3", V13, "RFC 8446, 4.6.3", [CLOSE_NOTIFY], {
        "key-update-flood": flood(change_keys()),
        "key-update-flood-asked-for": flood(change_keys(update(1)))}),
    *table("tls-1.3", V13, "RFC 8446, 6.1", SERVED, {
        "user-canceled": asks(sends(ALERT, b"\1\x5a"))}),
    *table("tls-1.3", V13, "RFC 8446, 6", UNEXPECTED_MESSAGE, {
        "user-canceled-flood": sends(ALERT, b"\1\x5a", FLOOD)}),
]

GROUPS = {"both": BOTH, "tls12": TLS12, "tls13": TLS13}
