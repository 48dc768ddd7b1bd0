# SPDX-License-Identifier: MIT
"""What a single fetch brings."""

import socket
import ssl

from servers import BenchError


def look(server, host):
    """The certificate and the policy that `server` has for `host`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", server.port), 60) as plain, \
            context.wrap_socket(plain, server_hostname=host) as connection:
        connection.sendall(
            f"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: {host}\r\n"
            "Connection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, policy = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise BenchError(f"no policy from {host}")
        return {"leaf": connection.getpeercert(binary_form=True),
                "policy": policy}
