# SPDX-License-Identifier: MIT
"""Limits of resources, signals, clocks and kills."""

import os
import resource
import select
import signal
import subprocess
import time
from unittest import SkipTest

from daemon import eventually
from limits_test import FIRST
from preload import set_clock, shifted_clock
from sender_tools import free_port
from victim import (GOES_ON, HOSTS, NEW, OLD, RECOVERY, SERVER, Victim, body,
                    need, need_root, need_small_program, wait)

NOBODY = 61234  # a user that has no process, as those after it
MEGABYTE = 1 << 20


# --- Limits ---

def start_with(*wrapper, **how):
    need(wrapper[0])
    return Victim(**how, wrapper=wrapper).outcome()


def in_memory(megabytes):
    return "prlimit", f"--as={megabytes * MEGABYTE}"


def least_memory(program):
    """In which its libraries can be loaded: a third more with OpenSSL 3.5."""
    return next(size for size in range(8, 256, 2) if subprocess.run(
        [*in_memory(size), program, "--version"], capture_output=True,
        timeout=RECOVERY).returncode == 0)


def start_without_memory(spare):
    """For a configuration as large as that."""
    need("prlimit")
    need_small_program()
    daemon = Victim()
    daemon.wrapper = in_memory(least_memory(daemon.binary) + spare)
    with daemon.config.open("a") as file:
        file.write("#" * 8 * MEGABYTE + "\n")
    seen = daemon.outcome()
    assert "out of memory" in seen, seen
    return seen


def start_without_processes(limit):
    need_root()
    need("setpriv")
    user = NOBODY + limit
    daemon = Victim(wrapper=("setpriv", "--reuid", user, "--clear-groups",
                             "prlimit", f"--nproc={limit}:{limit}"))
    for path in (daemon.dir, *daemon.dir.rglob("*")):
        os.chown(path, user, -1)
    return daemon.outcome()


def start_within(megabytes):
    need_small_program()
    return start_with(*in_memory(megabytes))


def start_without_ipv6(*hosts):
    """Each of `hosts` is an entry of `listen`, at the same port."""
    port = free_port()
    daemon = Victim("--allow-example")
    daemon.inject("socket", "EAFNOSUPPORT", "1")
    daemon.settings = SERVER.replace('"127.0.0.1:0"', ", ".join(
        f'"{host}:{port}"' for host in hosts))
    daemon.edit("old")
    seen = daemon.outcome()
    assert seen == "serves", seen
    addresses = [line.partition(" address=")[2].strip('"\n')
                 for line in daemon.stderr_lines if "event=listening" in line]
    assert addresses == [f"0.0.0.0:{port}"], addresses
    return seen


def lower_descriptors(spare):
    """To what is in use and `spare`, while it serves and reloads."""
    with Victim() as daemon:
        sockets = daemon.descriptors("socket:")
        daemon.serves(OLD)
        before = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
        most = max(map(int, os.listdir(f"/proc/{daemon.pid}/fd"))) + 1
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE,
                         (most + spare, before[1]))
        daemon.edit()
        daemon.signal(signal.SIGHUP)
        for host in HOSTS:
            daemon.probe(hosts=[host])
        daemon.check_idle()
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, before)
        daemon.signal(signal.SIGHUP)
        daemon.serves(NEW)
        daemon.check_descriptors(sockets)
    return daemon.report()


def unshare(*settings):
    """Limits of inotify in a user namespace, where they are its own."""
    lines = "".join(f"echo {value} >/proc/sys/user/{name} && "
                    for name, value in settings)
    daemon = Victim(wrapper=("unshare", "--user", "--map-root-user", "sh",
                             "-c", lines + 'exec "$@"', "sh"))
    need("unshare")
    if subprocess.run(["unshare", "--user", "--map-root-user", "true"],
                      capture_output=True).returncode:
        raise SkipTest("needs user namespaces")
    with daemon:
        daemon.wait_for_line("event=watch-")
        daemon.serves(OLD)
        daemon.edit()
        daemon.signal(signal.SIGHUP)
        daemon.serves(NEW)
        daemon.check_idle()
    return daemon.report()


# --- Signals ---

def stop_and_continue():
    with Victim() as daemon:
        daemon.serves(OLD)
        for _ in range(3):
            daemon.signal(signal.SIGSTOP)
            daemon.probe(hosts=HOSTS[:1])
            daemon.edit()
            daemon.signal(signal.SIGCONT)
        daemon.serves(NEW)
        daemon.check_idle()
    return daemon.report()


def stop_beyond_deadlines():
    """What waited all the time is ended, and newcomers are served."""
    with Victim() as daemon:
        sockets = daemon.descriptors("socket:")
        with daemon.dial() as silent:
            silent.sendall(FIRST)
            eventually(lambda: daemon.descriptors("socket:") > sockets)
            daemon.signal(signal.SIGSTOP)
            wait(2.2)
            daemon.signal(signal.SIGCONT)
            daemon.serves(OLD)
            daemon.check_descriptors(sockets)
        daemon.check_idle()
    return daemon.report()


def storm(number, count):
    with Victim() as daemon:
        daemon.serves(OLD)
        for i in range(count):
            daemon.signal(number)
            if i % (count // 10) == 0:
                assert daemon.probe(), "a fetch failed"
        daemon.edit()
        daemon.serves(NEW)
        daemon.check_idle()
    return daemon.report()


def end_by(*numbers, first=lambda daemon: None):
    """The last answer is right and the status 0, after any of these."""
    with Victim() as daemon:
        daemon.serves(OLD)
        first(daemon)
        for number in numbers:
            daemon.signal(number)
        start = time.monotonic()
        assert daemon.process.wait(RECOVERY) == 0
        seconds = time.monotonic() - start
    return f"ended after {seconds:.1f} s"


def edit_and_hang_up(daemon):
    daemon.edit()
    daemon.signal(signal.SIGHUP)


# --- Clocks ---

def faketime(daemon):
    daemon.env |= shifted_clock(daemon.dir / "clock")
    set_clock(daemon.dir / "clock", "+0")
    return daemon


def step(offset, finding):
    """Deadlines stay; what certificates are worth moves."""
    daemon = faketime(Victim())
    with daemon:
        sockets = daemon.descriptors("socket:")
        daemon.serves(OLD)
        with daemon.dial() as silent:
            silent.sendall(FIRST)
            eventually(lambda: daemon.descriptors("socket:") > sockets)
            start = time.monotonic()
            set_clock(daemon.dir / "clock", offset)
            daemon.serves(OLD)
            assert select.select([silent], [], [], RECOVERY)[0]
            assert 1 < time.monotonic() - start < 6, "the deadline moved"
        daemon.signal(signal.SIGHUP)
        if finding:
            daemon.wait_for_line(f"id={finding}")
        daemon.wait_for_line("event=reload")
        daemon.edit()
        daemon.serves(NEW)
        set_clock(daemon.dir / "clock", "+0")
        daemon.serves(NEW)
        daemon.check_idle()
        daemon.check_descriptors(sockets)
    return daemon.report() + (f", {finding}" if finding else "")


def start_at(offset, reason):
    daemon = faketime(Victim())
    set_clock(daemon.dir / "clock", offset)
    daemon.checks = 1
    seen = daemon.outcome()
    assert reason in seen, seen
    return seen


# --- Kills ---

def kill(times, first):
    """It starts again at once, whatever it was doing."""
    daemon = Victim()
    daemon.listen_on_socket()
    with daemon:
        for i in range(times):
            name = ("new", "old")[i % 2]
            daemon.edit(name)
            first(daemon)
            wait(i / 1000)
            daemon.process.kill()
            daemon.start_again()
            start = time.monotonic()
            daemon.serves(body(name))
            assert time.monotonic() - start < 2, "it takes too long"
        daemon.check_idle()
    return f"killed {times} times; {daemon.report()}"


def cases():
    """(name, what has to be, function that returns what was)."""
    ends = "serves, or ends and says why"
    for limit in range(6, 26):
        yield (f"start: {limit} descriptors", ends, lambda n=limit:
               start_with("prlimit", f"--nofile={n}:{n}"))
    for spare in range(4):
        yield (f"serving: {spare} descriptors left",
               "right or no answer, then all is well",
               lambda n=spare: lower_descriptors(n))
    # Where it can start, but OpenSSL has too little for handshakes, is about
    # 28 to 31 MB, and differs with the build.
    for size in (24, *range(26, 36), 40, 44, 48, 56, 64, 96, 160):
        yield (f"start: {size} MB of address space", ends,
               lambda n=size: start_within(n))
    for spare in (2, 4, 6):
        yield (f"start: 8 MB of configuration with {spare} MB to spare",
               "ends, and says why", lambda n=spare: start_without_memory(n))
    for size in (128, 256, 1024):
        yield (f"start: stacks of {size} kB", ends, lambda n=size:
               start_with("prlimit", f"--stack={n * 1024}"))
    for limit in range(1, 5):
        yield (f"start: {limit} processes", ends,
               lambda n=limit: start_without_processes(n))
    for hosts in (("[::]",), ("[::]", "0.0.0.0")):
        yield (f"start: no IPv6, listening on {' and '.join(hosts)}",
               "serves over IPv4", lambda h=hosts: start_without_ipv6(*h))
    for name, value in (("max_inotify_instances", 0),
                        ("max_inotify_watches", 0),
                        ("max_inotify_watches", 1)):
        yield (f"{name} {value}", "polls, and SIGHUP is at once",
               lambda n=name, v=value: unshare((n, v)))

    yield "SIGSTOP, SIGCONT", GOES_ON, stop_and_continue
    yield "SIGSTOP for longer than deadlines", GOES_ON, stop_beyond_deadlines
    yield "SIGHUP, 1000 times", GOES_ON, lambda: storm(signal.SIGHUP, 1000)
    yield "SIGPIPE, 100 times", GOES_ON, lambda: storm(signal.SIGPIPE, 100)
    for name, numbers, first in (
            ("SIGTERM, twice", (15, 15), lambda _: None),
            ("SIGINT, then SIGTERM", (2, 15), lambda _: None),
            ("SIGHUP, then SIGTERM", (1, 15), lambda _: None),
            ("SIGTERM while it reloads", (15,), edit_and_hang_up),
            ("SIGTERM while it is stopped", (19, 15, 18), lambda _: None)):
        yield (name, "ends with status 0 in its deadline",
               lambda n=numbers, f=first: end_by(*n, first=f))

    # What else is true at another time is told by tests/scenario/clock_*.
    for offset, finding in (("+400d", "certificate.expired"),
                            ("-4000d", "certificate.not-yet-valid"),
                            ("+3600", None)):
        yield (f"clock: {offset}", "the deadline stays; expiry is seen",
               lambda o=offset, f=finding: step(o, f))
    yield ("start: clock +400d", "ends, and says why",
           lambda: start_at("+400d", "no policy host has a cert"))

    yield ("kill -9 while idle", "starts again", lambda: kill(5, lambda _: 0))
    yield ("kill -9 while it serves", "starts again",
           lambda: kill(5, lambda daemon: daemon.probe()))
    yield ("kill -9 while it reloads", "starts again",
           lambda: kill(15, lambda daemon: daemon.signal(signal.SIGHUP)))
