# SPDX-License-Identifier: MIT
"""A TLS client whose records can be seen and changed on their way."""

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
