# SPDX-License-Identifier: MIT
"""client.py CA NAME: fetches the policy of NAME from port 443 of this network
over and over, once at least, until its input ends. Prints the serial number of
the first certificate at once, in the end how many fetches there were, and then
their faults."""

import select
import socket
import ssl
import sys

LIMIT_SECONDS = 30


def fetch(context, name):
    """The serial number of the certificate it came with."""
    plain = socket.create_connection(("127.0.0.1", 443), LIMIT_SECONDS)
    with plain, context.wrap_socket(plain, server_hostname=name) as connection:
        connection.sendall(f"GET /.well-known/mta-sts.txt HTTP/1.1\r\n"
                           f"Host: {name}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
        if not answer.startswith(b"HTTP/1.1 200 ") or \
                not answer.endswith(b"\r\n"):
            raise OSError(f"answer {answer[:80]!r}")
        return connection.getpeercert()["serialNumber"]


def main():
    _, ca, name = sys.argv
    context = ssl.create_default_context(cafile=ca)
    print(fetch(context, name), flush=True)
    fetches, faults = 1, []
    while not select.select([sys.stdin], [], [], 0)[0]:
        fetches += 1
        try:
            fetch(context, name)
        except OSError as fault:
            faults.append(repr(fault))
    print("\n".join([str(fetches), *faults]))


if __name__ == "__main__":
    main()
