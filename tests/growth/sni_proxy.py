# SPDX-License-Identifier: MIT
"""A TCP proxy that chooses by the name in the ClientHello where a connection
goes on to, and passes every octet on as it is."""

import socket
import socketserver
import threading

TIMEOUT = 30
CHUNK = 65536


class Cursor:
    def __init__(self, octets):
        self.octets, self.at = octets, 0

    def take(self, size):
        self.at += size
        return self.octets[self.at - size:self.at]

    def vector(self, size):
        """What stands behind its length in `size` octets."""
        return self.take(int.from_bytes(self.take(size), "big"))


def server_name(hello):
    """Of a ClientHello message (RFC 8446, 4.1.2; RFC 6066, 3); "": none."""
    cursor = Cursor(hello)
    cursor.take(4 + 2 + 32)  # type and length, version, random
    cursor.vector(1)  # session id
    cursor.vector(2)  # cipher suites
    cursor.vector(1)  # compression
    extensions = Cursor(cursor.vector(2))
    while extensions.at < len(extensions.octets):
        kind = int.from_bytes(extensions.take(2), "big")
        body = Cursor(extensions.vector(2))
        if kind == 0:
            names = Cursor(body.vector(2))
            names.take(1)  # host_name
            return names.vector(2).decode("ascii", "replace")
    return ""


def read_hello(client):
    """(all that was read, the ClientHello), which may be in several records."""
    read, hello = b"", b""

    def more(size):
        nonlocal read
        end = len(read) + size
        while len(read) < end:
            chunk = client.recv(end - len(read))
            if not chunk:
                raise ConnectionError("the client has gone")
            read += chunk
        return read[-size:]
    while len(hello) < 4 or len(hello) < 4 + int.from_bytes(hello[1:4], "big"):
        header = more(5)
        hello += more(int.from_bytes(header[3:5], "big"))
    return read, hello


def pass_on(source, sink):
    try:
        while chunk := source.recv(CHUNK):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):  # the other direction ends, too
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class SniProxy(socketserver.ThreadingTCPServer):
    """`route`: the path of the unix socket for a name. A connection that can't
    be passed on is closed."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, route):
        self.route = route
        super().__init__(("127.0.0.1", 0), None)
        self.port = self.server_address[1]

    def finish_request(self, request, client_address):
        request.settimeout(TIMEOUT)
        try:
            read, hello = read_hello(request)
            server = socket.socket(socket.AF_UNIX)
            server.settimeout(TIMEOUT)
            with server:
                server.connect(self.route(server_name(hello)))
                server.sendall(read)
                back = threading.Thread(target=pass_on,
                                        args=(server, request))
                back.start()
                pass_on(request, server)
                back.join()
        except OSError:
            pass  # closed; the client sees that

    def __enter__(self):
        self._thread = threading.Thread(target=self.serve_forever,
                                        kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self._thread.join()
        self.server_close()
