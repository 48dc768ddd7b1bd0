# SPDX-License-Identifier: MIT
"""Where it listens: everywhere is IPv6 and IPv4, through one socket or through
one of each; the file of a unix socket replaces nothing but such a file."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
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


class SocketFileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mta-stsd-listen-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name, "socket")

    def start(self, **how):
        listen = f'[server]\nlisten = ["unix:{self.path}"]\n'
        return Daemon(None, POLICY + listen, **how)

    def expect_refusal(self, hint):
        daemon = self.start()
        done = subprocess.run(
            [daemon.binary, "-c", daemon.config, "serve"], cwd=daemon.dir,
            capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (
            1, "", f"mta-stsd: error: can't listen on unix:{self.path}: "
            f"Address already in use\nmta-stsd: hint: {hint}\n"))

    def test_another_file_stays(self):
        hint = ("a file that is no socket is there; give another path, or "
                "remove it")
        self.path.write_text("precious")
        self.expect_refusal(hint)
        self.assertEqual(self.path.read_text(), "precious")
        self.path.unlink()
        target = self.path.with_name("target")
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(target))  # and nobody listens
            self.path.symlink_to(target)
            self.expect_refusal(hint)
            self.assertTrue(self.path.is_symlink() and target.is_socket())
            self.path.unlink()
        os.mkfifo(self.path)
        self.expect_refusal(hint)
        self.assertTrue(self.path.is_fifo())

    @unittest.skipUnless(hasattr(os, "geteuid") and os.geteuid() == 0,
                         "needs root, to make another user's socket")
    def test_root_takes_over_any_left_over_socket(self):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.path))
        os.chown(self.path, 65534, 65534)
        with self.start() as daemon:
            self.assertEqual(daemon.fetch()[::2], (200, BODY))

    def test_a_socket_of_a_crash_is_replaced_and_removed_in_the_end(self):
        daemon = self.start()
        with daemon:
            daemon.process.kill()
            daemon.process.wait(TIMEOUT)
            self.assertTrue(self.path.is_socket())
            with self.start() as successor:
                self.assertEqual(successor.fetch()[::2], (200, BODY))
            self.assertFalse(self.path.exists())
            daemon.stop = lambda: 0  # it was killed

    def test_the_socket_of_a_successor_stays(self):
        with self.start() as daemon:
            self.path.unlink()  # as an operator does who is in a hurry
            with self.start() as successor:
                daemon.signal(signal.SIGTERM)
                daemon.wait_for_line("event=stopped")
                self.assertEqual(successor.fetch()[::2], (200, BODY))


if __name__ == "__main__":
    unittest.main()
