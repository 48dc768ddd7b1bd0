# SPDX-License-Identifier: MIT
"""A ClientHello put together by hand, so that any part of it can be wrong
(RFC 8446, 4.1.2; RFC 5246, 7.4.1.2)."""

from daemon import HOST
from memory_client import HANDSHAKE, make_record

AES_128_GCM_SHA256 = b"\x13\x01"
ECDHE_ECDSA_AES_128_GCM_SHA256 = b"\xc0\x2b"


def vector(octets, size=2):
    """With its length before it, in `size` octets."""
    return len(octets).to_bytes(size, "big") + octets


def extension(kind, body=b""):
    return kind.to_bytes(2, "big") + vector(body)


def server_name(name):
    return extension(0, vector(b"\0" + vector(name)))


def protocols(*names):
    return extension(16, vector(b"".join(vector(name, 1) for name in names)))


def versions(octets):
    return extension(43, vector(octets, 1))


def groups(octets):
    return extension(10, vector(octets))


def signatures(octets):
    return extension(13, vector(octets))


def share(group, key):
    return group + vector(key)


def shares(*all_of_them):
    return extension(51, vector(b"".join(all_of_them)))


X25519, P256 = b"\0\x1d", b"\0\x17"
POINT = b"\x09" + bytes(31)  # the base point of X25519, RFC 7748, 4.1
EXTENSIONS = {
    "name": server_name(HOST.encode()),
    "formats": extension(11, b"\1\0"),
    "groups": groups(X25519 + P256),
    "signatures": signatures(b"\4\3\x08\4\4\1"),
    "versions": versions(b"\3\4\3\3"),
    "shares": shares(share(X25519, POINT)),
}
V12_ONLY = {"versions": b"", "shares": b""}


def message(kind, body):
    """A handshake message, RFC 8446, 4."""
    return bytes([kind]) + vector(body, 3)


def hello(*, version=b"\3\3", random=b"r" * 32, session=b"s" * 32,
          ciphers=AES_128_GCM_SHA256 + ECDHE_ECDSA_AES_128_GCM_SHA256,
          compressions=b"\0", more=b"", end=b"", **extensions):
    """The handshake message. `extensions`: other octets, or none, in place of
    those of EXTENSIONS; `more` comes after them, `end` after all."""
    parts = {**EXTENSIONS, **extensions}
    return message(1, version + random + vector(session, 1) +
                   vector(ciphers) + vector(compressions, 1) +
                   vector(b"".join(parts.values()) + more) + end)


def old_hello(**how):
    """Of a client that knows nothing later than TLS 1.2."""
    return hello(**{**V12_ONLY, **how})


def record(octets, version=1):
    return bytes([HANDSHAKE, 3, version]) + vector(octets)


def records(octets, size):
    """The message in records of so many octets."""
    return b"".join(make_record(HANDSHAKE, octets[at:at + size])
                    for at in range(0, len(octets), size))
