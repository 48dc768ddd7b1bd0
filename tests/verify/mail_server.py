# SPDX-License-Identifier: MIT
"""A mail server that is a script, up to what comes behind STARTTLS."""

import ssl
import threading

from listening import Contexts, TcpServer


class Mail:
    """How one address behaves. `chains`: {SNI: chain}; `unnamed`: the chain
    that is shown without SNI, or None for alert 112."""

    def __init__(self, chains, unnamed=None, greeting="220 mx ESMTP",
                 ehlo=("mx", "PIPELINING", "STARTTLS", "8BITMIME"),
                 ehlo_code=250, starttls="220 go ahead", injected="",
                 tarpit=0.0, version=None, hangs_up=False):
        self.chains, self.unnamed, self.version = chains, unnamed, version
        self.greeting, self.ehlo, self.ehlo_code = greeting, ehlo, ehlo_code
        self.starttls, self.injected = starttls, injected
        self.tarpit = tarpit  # seconds before the greeting
        self.hangs_up = hangs_up  # instead of the handshake


class MailServer(TcpServer):
    """`behaviours`: {address: Mail}; each may be replaced at any time.
    .said[address]: the commands that clients have given there."""

    def __init__(self, behaviours):
        self.behaviours = behaviours
        self.said = {address: [] for address in behaviours}
        self._contexts = Contexts()
        self._switches = {}
        super().__init__(list(behaviours), 25)

    def _context(self, mail):
        if mail not in self._switches:
            self._switches[mail] = self._contexts.switch(
                lambda name: mail.chains.get(name, mail.unnamed), mail.unnamed,
                mail.version)
        return self._switches[mail]

    def serve(self, connection, address):
        mail = self.behaviours[address]
        if mail.tarpit:
            threading.Event().wait(mail.tarpit)
        connection.sendall(mail.greeting.encode() + b"\r\n")
        stream = connection.makefile("rb")
        while command := stream.readline(1024):
            verb = command.split()[:1][0].upper() if command.split() else b""
            self.said[address].append(command.decode("latin-1").strip())
            if verb == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            if verb == b"EHLO":
                last = len(mail.ehlo) - 1
                connection.sendall("".join(
                    f"{mail.ehlo_code}{' ' if i == last else '-'}{line}\r\n"
                    for i, line in enumerate(mail.ehlo)).encode())
            elif verb == b"STARTTLS":
                connection.sendall(
                    f"{mail.starttls}\r\n{mail.injected}".encode())
                if mail.starttls.startswith("220"):
                    if not mail.hangs_up:
                        self._encrypt(connection, mail)
                    return
            else:
                connection.sendall(b"502 not here\r\n")

    def _encrypt(self, connection, mail):
        with self._context(mail).wrap_socket(
                connection, server_side=True) as encrypted:
            try:
                while command := encrypted.recv(1024):
                    if command.upper().startswith(b"QUIT"):
                        encrypted.sendall(b"221 bye\r\n")
                        return
                    encrypted.sendall(b"250 mx\r\n")
            except ssl.SSLError:
                pass
