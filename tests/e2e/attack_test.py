# SPDX-License-Identifier: MIT
"""Attacks, each with the whole of what has to happen. After each group an
honest fetch has its policy, no descriptor is left over, and the log has
nothing to say but which names and protocols came. Run as a program, it prints how many cases there were."""

import concurrent.futures
import contextlib
import hashlib
import select
import socket
import sys
import time
import unittest

import attack_drips
import attack_hellos
import attack_requests
import attack_sessions
import misfit_test
from answer import read_to_any_end, split_answers
from certificates import client_context
from daemon import BODY, HOST, POLICY, TIMEOUT, Daemon, eventually
from forged_session import APPLICATION_DATA, ForgedSession
from http_test import CLOSE, OK, closing, request
from memory_client import ALERT, HANDSHAKE, ask_and_listen, split_records

FATAL = 2  # RFC 8446, 6
passed, failed = [], []


class AttackTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon())
        cls.context = client_context()
        cls.sockets = cls.daemon.descriptors("socket:")

    def setUp(self):
        self.said = len(self.daemon.stderr_lines)

    def tearDown(self):
        self.is_well(self.daemon, self.sockets)
        self.assertEqual([line for line in self.daemon.stderr_lines[self.said:]
                          if not misfit_test.LINE.fullmatch(line)], [])

    def is_well(self, daemon, sockets):
        """An honest client is served, and nothing is left of the others."""
        self.assertEqual(daemon.fetch()[::2], (200, BODY))
        eventually(lambda: daemon.descriptors("socket:") == sockets)

    def is_as_wanted(self, got, want):
        """`want` may be a tuple, of which one is enough."""
        if isinstance(want, tuple):
            self.assertIn(got, want)
        else:
            self.assertEqual(got, want)

    @contextlib.contextmanager
    def case(self, name, rule):
        """One of the cases that are counted."""
        self.assertNotIn(name, [*passed, *failed])
        failed.append(name)
        with self.subTest(case=name, rule=rule):
            yield
            failed.remove(name)
            passed.append(name)


class RequestTest(AttackTest):
    def ask(self, case, follow):
        with self.daemon.dial() as plain:
            return split_answers(
                ask_and_listen(self.context, plain, HOST, case.octets + follow),
                *case.methods)

    def run_group(self, name):
        for case in attack_requests.GROUPS[name]:
            with self.case(case.name, case.rule):
                if case.is_closed():
                    self.assertEqual(self.ask(case, request()), case.answers)
                else:
                    self.assertEqual(self.ask(case, request(CLOSE)),
                                     [*case.answers, closing(OK)])

    def test_no_two_are_the_same(self):
        cases = sum([*attack_requests.GROUPS.values(),
                     *attack_hellos.GROUPS.values()], [])
        self.assertEqual(len({case.name for case in cases}), len(cases))
        by_octets = {}
        for case in cases:
            by_octets.setdefault(case.octets, []).append(case.name)
        self.assertEqual([names for names in by_octets.values()
                          if len(names) > 1], [])

    def test_smuggling(self):
        self.run_group("smuggling")

    def test_lines(self):
        self.run_group("lines")

    def test_hosts(self):
        self.run_group("hosts")

    def test_targets(self):
        self.run_group("targets")

    def test_methods(self):
        self.run_group("methods")

    def test_fields(self):
        self.run_group("fields")

    def test_sizes(self):
        self.run_group("sizes")

    def test_pipelines(self):
        self.run_group("pipelines")


def explain(octets):
    """What the server's first octets come to, in the words of
    attack_hellos."""
    if not octets:
        return attack_hellos.SILENCE
    kind, fragment = split_records(octets)[0]
    if kind == ALERT:
        assert fragment[0] == FATAL and len(octets) == 7, octets
        return fragment[1]
    assert kind == HANDSHAKE and fragment[0] == 2, octets
    # RFC 8446, 4.1.3: what asks for another hello has this for its random.
    if fragment[6:38] == hashlib.sha256(b"HelloRetryRequest").digest():
        return attack_hellos.RETRY
    size = int.from_bytes(fragment[1:4], "big")
    rest = fragment[39 + fragment[38] + 3 + 2:4 + size]
    extensions = set()
    while rest:
        extensions.add(int.from_bytes(rest[:2], "big"))
        rest = rest[4 + int.from_bytes(rest[2:4], "big"):]
    return extensions


class HelloTest(AttackTest):
    def run_group(self, name):
        for case in attack_hellos.GROUPS[name]:
            with self.case(case.name, case.rule):
                with self.daemon.dial() as plain:
                    with contextlib.suppress(OSError):
                        plain.sendall(case.octets)
                        plain.shutdown(socket.SHUT_WR)
                    self.is_as_wanted(explain(read_to_any_end(plain)),
                                      case.want)

    def test_names(self):
        self.run_group("names")

    def test_protocols(self):
        self.run_group("alpn")

    def test_versions(self):
        self.run_group("versions")

    def test_parameters(self):
        self.run_group("parameters")

    def test_extras(self):
        self.run_group("extras")

    def test_records(self):
        self.run_group("records")


class SessionTest(AttackTest):
    """What comes after a good handshake."""

    def outcome(self, case):
        with ForgedSession(self.daemon.dial(), case.version) as session:
            octets = case.records(session.ours)
            with contextlib.suppress(OSError):
                session.send(octets)
                session.plain.shutdown(socket.SHUT_WR)
            got = session.read_all()
        if [kind for kind, _ in got] == [ALERT] and got[0][1][0] == FATAL:
            return got[0][1][1]
        if [kind for kind, _ in got] == [APPLICATION_DATA, ALERT]:
            self.assertEqual(got[1], attack_sessions.CLOSE_NOTIFY)
            self.assertEqual(split_answers(got[0][1]), [closing(OK)])
            return attack_sessions.SERVED
        return got

    def run_group(self, name):
        for case in attack_sessions.GROUPS[name]:
            with self.case(case.name, case.rule):
                self.is_as_wanted(self.outcome(case), case.want)

    def test_of_both_versions(self):
        self.run_group("both")

    def test_of_tls_1_2(self):
        self.run_group("tls12")

    def test_of_tls_1_3(self):
        self.run_group("tls13")


class DripTest(AttackTest):
    """All at once, each in a thread; none lives longer than the deadline."""

    DEADLINE = 1  # seconds
    PAUSE = 0.05

    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon(None, POLICY + (
            f'[server]\nthreads = 1\ndeadline = "{cls.DEADLINE}s"\n'
            "requests_per_connection = 1000\n")))
        cls.sockets = cls.daemon.descriptors("socket:")

    def drip(self, case):
        """How long the server let it go on, in seconds."""
        before = time.monotonic()
        connection, parts = case.begin(self.daemon)
        with connection, contextlib.suppress(OSError):
            for part in parts:
                # It reads nothing; an end is seen all the same.
                poll = select.poll()
                poll.register(connection, select.POLLRDHUP)
                if poll.poll(self.PAUSE * 1000):
                    break
                connection.sendall(part)
            read_to_any_end(connection)
        return time.monotonic() - before

    def test_they_end_in_time(self):
        with concurrent.futures.ThreadPoolExecutor(
                len(attack_drips.CASES)) as pool:
            runs = [pool.submit(self.drip, case)
                    for case in attack_drips.CASES]
            while not all(run.done() for run in runs):
                self.assertEqual(self.daemon.fetch()[::2], (200, BODY))
        for case, run in zip(attack_drips.CASES, runs):
            with self.case(case.name, case.rule):
                self.assertGreater(run.result(), 0.9 * self.DEADLINE)
                self.assertLess(run.result(), TIMEOUT / 2)


if __name__ == "__main__":
    program = unittest.main(exit=False)
    print(f"{len(passed)} passed, {len(failed)} failed")
    sys.exit(not program.result.wasSuccessful())
