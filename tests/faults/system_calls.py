# SPDX-License-Identifier: MIT
"""System calls that fail with each errno that is plausible: at the start,
while it serves, reloads and ends."""

import signal
import socket

from daemon import eventually
from limits_test import FIRST
from victim import (HOSTS, NEW, OLD, RECOVERY, Strace, Victim, injection,
                    reason)

STAT = "?fstat,?newfstatat,?statx,?stat"
# One in three, or always. What always fails can't be served meanwhile.
WHILE_SERVING = (
    ("accept4", "1+", "EMFILE ENFILE ENOMEM ENOBUFS EPERM EINVAL"),
    ("accept4", "1+3", "EMFILE ENFILE ENOMEM ENOBUFS ECONNABORTED EINTR EAGAIN"
     " EPROTO EPERM ENETDOWN EHOSTUNREACH"),
    ("recvfrom", "1+3", "EINTR EAGAIN ECONNRESET ETIMEDOUT ENOMEM EHOSTUNREACH"
     " ENOTCONN"),
    ("sendto", "1+3", "EINTR EAGAIN EPIPE ECONNRESET ENOBUFS ENOMEM ETIMEDOUT"
     " EHOSTUNREACH"),
    ("recvfrom", "1+", "ECONNRESET ENOMEM"),
    ("sendto", "1+", "EPIPE ENOBUFS"),
    ("epoll_wait,?epoll_pwait", "1+2", "EINTR"),
    ("epoll_ctl", "1+3", "ENOMEM ENOSPC"),
    ("epoll_ctl", "1+", "ENOMEM ENOSPC"),
    ("setsockopt", "1+", "ENOMEM EINVAL"),
    ("shutdown", "1+", "ENOTCONN"),
    ("?mmap,?brk", "1+2", "ENOMEM"),
    ("?poll,?ppoll", "1+2", "EINTR ENOMEM"),
    ("getrandom", "1+2", "EINTR"),
    # Also what wakes the threads for a new policy.
    ("write", "1+", "ENOSPC EIO EPIPE EAGAIN EINTR"),
)
WHILE_RELOADING = (
    ("openat", "1+", "EMFILE ENFILE ENOMEM EACCES EIO ELOOP"),
    ("openat", "1+2", "EMFILE EACCES EIO EINTR"),
    ("read", "1+3", "EINTR EIO EISDIR ENOMEM"),
    (STAT, "1+", "EACCES EIO ENOMEM"),
    (STAT, "1+2", "EACCES EIO ENOMEM ELOOP"),
    ("getdents64", "1+", "EIO ENOENT ENOMEM"),
    ("getdents64", "2+2", "EIO"),
    ("?readlink,?readlinkat", "1+", "EACCES"),
    ("inotify_add_watch", "1+", "ENOSPC ENOMEM EACCES"),
)
WHILE_OPERATING = (
    ("accept4", "1+", "EINVAL"), ("accept4", "1+", "EMFILE"),
    ("accept4", "1+3", "ECONNABORTED"),
)
WHILE_ENDING = (
    ("accept4", "1+", "EMFILE"), ("accept4", "1+", "EINVAL"),
    ("recvfrom", "1+", "ENOMEM"), ("sendto", "1+", "EAGAIN"),
    ("epoll_ctl", "1+", "ENOMEM"), ("epoll_wait,?epoll_pwait", "1+2", "EINTR"),
    ("shutdown", "1+", "ENOTCONN"), ("setsockopt", "1+", "ENOMEM"),
)
# (path, calls, when, errno, outcome): "serves" or a part of the reason; None is
# the errno's message. A path keeps the loader's own calls out.
CONFIG, CERTS = "mta-stsd.toml", "certs"
AT_START = (
    *((CONFIG, "openat", "1+", error, None) for error in
      "EACCES EMFILE ENFILE ENOMEM EIO ELOOP EPERM".split()),
    *((CONFIG, "read", "1+", error, None) for error in "EIO ENOMEM".split()),
    (CONFIG, "read", "1", "EINTR", "serves"),
    (CONFIG, STAT, "1+", "EIO", None),
    (CERTS, "getdents64", "1+", "EIO", "error"),
    (CERTS, "openat", "1+", "EACCES", "error"),
    *((None, "socket", "1+", error, None) for error in
      "EMFILE ENFILE ENOBUFS ENOMEM EAFNOSUPPORT".split()),
    *((None, "bind", "1+", error, None) for error in
      "EADDRINUSE EACCES EADDRNOTAVAIL".split()),
    (None, "listen", "1+", "EADDRINUSE", None),
    *((None, "signalfd4", "1+", error, None) for error in
      "EMFILE ENOMEM".split()),
    *((None, "epoll_create1", "1+", error, None) for error in
      "EMFILE ENFILE ENOMEM".split()),
    *((None, "eventfd2", "1+", error, None) for error in
      "EMFILE ENFILE ENOMEM".split()),
    *((None, "epoll_ctl", when, error, None) for error in
      "ENOMEM ENOSPC".split() for when in ("1", "2", "3", "4")),
    *((None, "?clone,?clone3", when, "EAGAIN", None) for when in
      ("1+", "2+")),
    *((None, "inotify_init1", "1+", error, "serves") for error in
      "EMFILE ENFILE ENOMEM ENOSYS".split()),
    *((None, "inotify_add_watch", "1+", error, "serves") for error in
      "ENOSPC ENOMEM EACCES".split()),
    (None, "setsockopt", "1+", "ENOPROTOOPT", "serves"),
    (None, "?prlimit64,?setrlimit,?getrlimit", "1+", "EPERM", "serves"),
    (None, "sched_getaffinity", "1+", "EINVAL", "serves"),
)


def has_answered(daemon):
    """The result of a SIGHUP, or that it has been put off."""
    return any("event=reload" in line for line in daemon.stderr_lines)


def endure(calls, error, when):
    """Calls fail while clients ask and while an edit is taken over."""
    with Victim() as daemon:
        sockets = daemon.descriptors("socket:")
        daemon.serves(OLD)
        with Strace(daemon, *injection(calls, error, when)):
            for host in HOSTS * 2:
                daemon.probe(hosts=[host])
            daemon.edit()
            daemon.signal(signal.SIGHUP)
            try:
                eventually(lambda: has_answered(daemon), 1)
            except AssertionError:
                pass  # it may have to wait for better times
            daemon.probe(hosts=HOSTS[:1])
            daemon.check_idle()
        daemon.serves()
        daemon.signal(signal.SIGHUP)
        daemon.serves(NEW)
        daemon.check_idle()
        daemon.check_descriptors(sockets)
    return daemon.report()


def end(calls, error, when):
    """SIGTERM is obeyed in time, with a client that says no more."""
    with Victim() as daemon:
        daemon.serves(OLD)
        with daemon.dial() as silent:
            silent.sendall(FIRST)
            with Strace(daemon, *injection(calls, error, when)):
                daemon.signal(signal.SIGTERM)
                assert daemon.process.wait(RECOVERY) == 0
    return daemon.report()


def operate(calls, error, when):
    """Calls fail while an operator asks, and then it is answered."""
    daemon = Victim()
    daemon.settings += '[operations]\nlisten = "127.0.0.1:0"\n'
    daemon.edit("old")
    with daemon:
        line = daemon.wait_for_line("event=operations address=")
        port = int(line.strip().rpartition(":")[2])
        with Strace(daemon, *injection(calls, error, when)), \
                socket.create_connection(("127.0.0.1", port)) as operator:
            operator.settimeout(RECOVERY)
            operator.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            daemon.check_idle()
        with socket.create_connection(("127.0.0.1", port)) as operator:
            operator.settimeout(RECOVERY)
            operator.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b" 200 " in operator.recv(100), "no answer"
        daemon.serves(OLD)
    return daemon.report()


def begin(path, calls, when, error, outcome):
    daemon = Victim()
    daemon.inject(calls, error, when, path and daemon.dir / path)
    seen = daemon.outcome()
    wanted = reason(error) if outcome is None else outcome
    assert wanted in seen, seen
    return seen


def shown(calls):
    return calls.replace("?", "").split(",")[-1 if "stat" in calls else 0]


def often(when):
    """What the `when` of strace says."""
    first, plus, step = when.partition("+")
    if step:
        return f"one in {step}"
    if first == "1":
        return "each time" if plus else "the first time"
    return f"from number {first} on" if plus else f"number {first}"


def cases():
    """(name, what has to be, function that returns what was)."""
    for group, table in (("serving", WHILE_SERVING),
                         ("reloading", WHILE_RELOADING)):
        for calls, when, errors in table:
            for error in errors.split():
                yield (f"{group}: {shown(calls)} {error}, {often(when)}",
                       "right or no answer, then all is well",
                       lambda c=calls, e=error, w=when: endure(c, e, w))
    for calls, when, error in WHILE_OPERATING:
        yield (f"operations: {shown(calls)} {error}, {often(when)}",
               "no answer, then all is well",
               lambda c=calls, e=error, w=when: operate(c, e, w))
    for calls, when, error in WHILE_ENDING:
        yield (f"ending: {shown(calls)} {error}, {often(when)}",
               "ends with status 0 in its deadline",
               lambda c=calls, e=error, w=when: end(c, e, w))
    for path, calls, when, error, outcome in AT_START:
        at = f" of {path}" if path else ""
        yield (f"start: {shown(calls)}{at} {error}, {often(when)}",
               "ends, and says why" if outcome != "serves" else "serves",
               lambda p=path, c=calls, w=when, e=error, o=outcome:
               begin(p, c, w, e, o))
