# SPDX-License-Identifier: MIT
"""Everywhere is IPv6 and IPv4, through one socket or through one of each."""

import socket
import unittest

from daemon import BODY, POLICY, TIMEOUT, Daemon
from sender_tools import free_port


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@unittest.skipUnless(has_ipv6(), "needs IPv6")
class EverywhereTest(unittest.TestCase):
    def expect(self, served, *hosts, port):
        listen = ", ".join(f'"{host}:{port}"' for host in hosts)
        config = POLICY + f"[server]\nlisten = [{listen}]\n"
        with Daemon(None, config, "--allow-example") as daemon:
            daemon.wait_for_line(f"event=listening address={hosts[-1]}:")
            for address, is_served in served.items():
                where = (address, daemon.port)
                if is_served:
                    plain = socket.create_connection(where, TIMEOUT)
                    self.assertEqual(daemon.fetch(plain=plain)[::2],
                                     (200, BODY), address)
                else:
                    with self.assertRaises(ConnectionRefusedError):
                        socket.create_connection(where, TIMEOUT)

    def test_one_entry_is_both_families(self):
        self.expect({"127.0.0.1": True, "127.0.0.2": True, "::1": True},
                    "[::]", port=0)

    def test_an_entry_of_ipv4_at_its_port_takes_that(self):
        self.expect({"127.0.0.1": True, "127.0.0.2": False, "::1": True},
                    "[::]", "127.0.0.1", port=free_port())

    def test_a_single_ipv6_address_is_no_more(self):
        self.expect({"127.0.0.1": False, "::1": True}, "[::1]", port=0)


if __name__ == "__main__":
    unittest.main()
