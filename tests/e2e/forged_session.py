# SPDX-License-Identifier: MIT
"""A TLS client that has shaken hands as it should, and from then on sends
whatever records a test makes up, properly encrypted (RFC 8446, 5.2;
RFC 5246, 6.2.3.3 and RFC 5288)."""

import ctypes
import functools
import hashlib
import hmac
import itertools
import pathlib
import ssl
import tempfile

from answer import read_to_any_end
from certificates import client_context
from daemon import HOST
from memory_client import HANDSHAKE, MemoryClient, split_records

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
APPLICATION_DATA = 23
KEY_UPDATE = 24  # RFC 8446, 4.6.3
KEY_OCTETS = TAG_OCTETS = 16
IV_OCTETS = 12
SEQUENCE_OCTETS = 8
SET_TAG, GET_TAG = 0x11, 0x10  # EVP_CTRL_AEAD_*


@functools.cache
def libcrypto():
    library = ctypes.CDLL("libcrypto.so.3")
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_gcm"):
        getattr(library, name).restype = ctypes.c_void_p
    return library


def run_gcm(sealing, key, nonce, extra, octets, tag):
    """AES-128-GCM, whole: (what came out, the tag). None: a wrong tag."""
    library = libcrypto()
    context = ctypes.c_void_p(library.EVP_CIPHER_CTX_new())
    out = ctypes.create_string_buffer(max(len(octets), TAG_OCTETS))
    tag = ctypes.create_string_buffer(tag, TAG_OCTETS)
    size = ctypes.c_int()
    library.EVP_CipherInit_ex(
        context, ctypes.c_void_p(library.EVP_aes_128_gcm()), None, key, nonce,
        int(sealing))
    library.EVP_CipherUpdate(context, None, ctypes.byref(size), extra,
                             len(extra))
    library.EVP_CipherUpdate(context, out, ctypes.byref(size), octets,
                             len(octets))
    if not sealing:
        library.EVP_CIPHER_CTX_ctrl(context, SET_TAG, TAG_OCTETS, tag)
    good = library.EVP_CipherFinal_ex(context, None, ctypes.byref(size))
    if sealing:
        library.EVP_CIPHER_CTX_ctrl(context, GET_TAG, TAG_OCTETS, tag)
    library.EVP_CIPHER_CTX_free(context)
    return (out.raw[:len(octets)], tag.raw) if good == 1 else None


def expand_label(secret, label, size):
    """HKDF-Expand-Label with an empty context, RFC 8446, 7.1."""
    label = b"tls13 " + label
    info = (size.to_bytes(2, "big") + bytes([len(label)]) + label + b"\0\1")
    return hmac.digest(secret, info, "sha256")[:size]


def expand_master(master, seed, size):
    """P_SHA256, RFC 5246, 5."""
    octets, a = b"", seed
    while len(octets) < size:
        a = hmac.digest(master, a, "sha256")
        octets += hmac.digest(master, a + seed, "sha256")
    return octets[:size]


class Direction13:
    """One direction's keys, after the handshake of TLS 1.3."""

    def __init__(self, secret):
        self.secret = secret
        self._start()

    def _start(self):
        self.key = expand_label(self.secret, b"key", KEY_OCTETS)
        self.iv = expand_label(self.secret, b"iv", IV_OCTETS)
        self.sequence = itertools.count()

    def update(self):
        """What a KeyUpdate asks for, RFC 8446, 7.2."""
        self.secret = expand_label(self.secret, b"traffic upd",
                                   hashlib.sha256().digest_size)
        self._start()

    def _nonce(self):
        sequence = next(self.sequence).to_bytes(IV_OCTETS, "big")
        return bytes(a ^ b for a, b in zip(self.iv, sequence))

    def seal_inner(self, inner):
        """`inner`: content, its type and padding."""
        header = b"\x17\3\3" + (len(inner) + TAG_OCTETS).to_bytes(2, "big")
        sealed, tag = run_gcm(True, self.key, self._nonce(), header, inner,
                              b"")
        return header + sealed + tag

    def seal(self, kind, content):
        return self.seal_inner(content + bytes([kind]))

    def open(self, kind, fragment):
        header = b"\x17\3\3" + len(fragment).to_bytes(2, "big")
        inner = run_gcm(False, self.key, self._nonce(), header,
                        fragment[:-TAG_OCTETS], fragment[-TAG_OCTETS:])[0]
        inner = inner.rstrip(b"\0")
        return inner[-1], inner[:-1]


class Direction12:
    """One direction's keys, after the handshake of TLS 1.2: its Finished was
    number 0."""

    def __init__(self, key, salt):
        self.key, self.salt = key, salt
        self.sequence = itertools.count(1)

    def _extra(self, kind, size):
        sequence = next(self.sequence).to_bytes(SEQUENCE_OCTETS, "big")
        return sequence, sequence + bytes([kind, 3, 3]) + size.to_bytes(
            2, "big")

    def seal(self, kind, content):
        explicit, extra = self._extra(kind, len(content))
        sealed, tag = run_gcm(True, self.key, self.salt + explicit, extra,
                              content, b"")
        fragment = explicit + sealed + tag
        return (bytes([kind, 3, 3]) + len(fragment).to_bytes(2, "big") +
                fragment)

    def open(self, kind, fragment):
        explicit, sealed = (fragment[:SEQUENCE_OCTETS],
                            fragment[SEQUENCE_OCTETS:-TAG_OCTETS])
        extra = self._extra(kind, len(sealed))[1]
        return kind, run_gcm(False, self.key, self.salt + explicit, extra,
                             sealed, fragment[-TAG_OCTETS:])[0]


class ForgedSession:
    """Made over `plain`, a socket to the server, and used as a context."""

    def __init__(self, plain, version, sni=HOST):
        self.plain = plain
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "keys"
            context = client_context(minimum=version, maximum=version)
            context.keylog_filename = str(log)
            context.set_ciphers("ECDHE+AES128+AESGCM")
            client = MemoryClient(context, plain, sni)
            client.run(client.tls.do_handshake)
            context.keylog_filename = None  # closes it
            secrets = {name: (random, bytes.fromhex(secret))
                       for name, random, secret in (
                           line.split() for line in
                           log.read_text().splitlines()
                           if not line.startswith("#"))}
        assert client.tls.cipher()[0].endswith("AES_128_GCM_SHA256") or (
            "AES128-GCM" in client.tls.cipher()[0]), client.tls.cipher()
        if version == V13:
            self.ours, self.theirs = (
                Direction13(secrets[f"{side}_TRAFFIC_SECRET_0"][1])
                for side in ("CLIENT", "SERVER"))
        else:
            random, master = secrets["CLIENT_RANDOM"]
            # A ServerHello: type, length, version, random; RFC 5246, 7.4.1.3.
            hello = next(fragment for kind, fragment in split_records(
                client.received) if kind == HANDSHAKE)
            block = expand_master(master, b"key expansion" + hello[6:38] +
                                  bytes.fromhex(random), 40)
            self.ours = Direction12(block[:16], block[32:36])
            self.theirs = Direction12(block[16:32], block[36:40])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.plain.close()

    def seal(self, kind, content):
        return self.ours.seal(kind, content)

    def send(self, octets):
        self.plain.sendall(octets)

    def read_all(self):
        """[(content type, content)] that the server sends up to its end;
        its own KeyUpdates are obeyed and left out."""
        got = []
        for record in split_records(read_to_any_end(self.plain)):
            kind, content = self.theirs.open(*record)
            if kind == HANDSHAKE and content[0] == KEY_UPDATE:
                self.theirs.update()
            else:
                got.append((kind, content))
        return got
