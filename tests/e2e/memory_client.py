# SPDX-License-Identifier: MIT
"""A TLS client whose records can be seen and changed on their way."""

import contextlib
import ssl

ALERT, HANDSHAKE = 21, 22


class MemoryClient:
    def __init__(self, context, plain, sni):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing,
                                    server_hostname=sni)
        self.plain = plain
        self.received = b""  # from the socket, as it came

    def start(self):
        """The octets of the ClientHello, which are not sent."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return self.outgoing.read()
        raise AssertionError("no answer is needed?")

    def run(self, function):
        """Calls function() until it has got what it reads."""
        while True:
            try:
                result = function()
                self.plain.sendall(self.outgoing.read())
                return result
            except ssl.SSLWantReadError:
                self.plain.sendall(self.outgoing.read())
                octets = self.plain.recv(65536)
                self.received += octets
                self.incoming.write(octets)
                if not octets:
                    self.incoming.write_eof()

    def exchange(self, request):
        """The whole answer, up to the server's close_notify."""
        self.run(self.tls.do_handshake)
        self.tls.write(request)
        answer = b""
        try:
            while chunk := self.run(lambda: self.tls.read(65536)):
                answer += chunk
        except ssl.SSLZeroReturnError:
            pass
        return answer


def ask_and_listen(context, plain, sni, request):
    """All that is answered to `request`, up to an end of any kind. A socket of
    ssl can't read any more once it could not send all: what had come by then
    would be lost."""
    client = MemoryClient(context, plain, sni)
    client.run(client.tls.do_handshake)
    client.tls.write(request)
    octets = b""
    with contextlib.suppress(OSError):  # it may end before the last
        plain.sendall(client.outgoing.read())
    with contextlib.suppress(OSError):
        while chunk := plain.recv(65536):
            client.incoming.write(chunk)
    with contextlib.suppress(ssl.SSLError):
        while chunk := client.tls.read(65536):
            octets += chunk
    return octets


def split_records(octets):
    """[(content type, fragment)], RFC 8446, 5.1."""
    records = []
    while octets:
        size = 5 + int.from_bytes(octets[3:5], "big")
        assert len(octets) >= size, octets
        records.append((octets[0], octets[5:size]))
        octets = octets[size:]
    return records


def make_record(kind, fragment):
    return (bytes([kind, 3, 1]) + len(fragment).to_bytes(2, "big") + fragment)
