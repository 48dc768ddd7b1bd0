# SPDX-License-Identifier: MIT
"""Files that vanish, grow, are cut or are something else at a reload. What is
served stays, and the next good edit is taken."""

import os
import signal
import socket
import subprocess
import threading

from victim import NEW, OLD, SERVER, Strace, Victim, injection, need_root

INCLUDED = """\
[[policy]]
domains = ["one.example.org"]
mx = ["mail.example.org"]
"""
GIGABYTE = 1 << 30


# --- What may lie where a file was ---

def nothing(path):
    pass


def nothing_in_it(path):
    path.touch()


def a_directory(path):
    path.mkdir()


def a_fifo(path):
    os.mkfifo(path)


def a_socket(path):
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))


def an_endless_device(path):
    path.symlink_to("/dev/zero")


def an_empty_device(path):
    path.symlink_to("/dev/null")


def a_link_to_nothing(path):
    path.symlink_to("nowhere")


def a_link_to_itself(path):
    path.symlink_to(path.name)


def a_huge_file(path):
    with path.open("wb") as file:
        file.truncate(GIGABYTE)


def garbage(path):
    path.write_bytes(bytes(range(256)) * 64)


def zeros(path):
    path.write_bytes(bytes(4096))


class Half:
    """The first half of what was there."""
    __name__ = "half_of_it"

    def __call__(self, path):
        octets = path.with_name(".good").read_bytes()
        path.write_bytes(octets[:len(octets) // 2])


THINGS = (nothing, nothing_in_it, a_directory, a_fifo, a_socket,
          an_endless_device, an_empty_device, a_link_to_nothing,
          a_link_to_itself, a_huge_file, garbage, zeros, Half())
PLACES = {"configuration": "mta-stsd.toml", "include": "policies.d/one.toml",
          "certificate": "certs/fullchain.pem", "key": "certs/privkey.pem"}


class Victims(Victim):
    """With a file that is included, for a domain without a certificate."""

    settings = 'include = ["policies.d/*.toml"]\n' + SERVER

    def __init__(self, *args, **how):
        super().__init__(*args, files={"policies.d/one.toml": INCLUDED},
                         checks=1, **how)
        self.edit("old")

    def expect_failure(self, start):
        self.wait_for_line("event=reload result=failed", start=start)
        self.serves(OLD)
        self.check_idle()

    def expect_success(self, edit=True):
        if edit:
            self.edit()
        self.signal(signal.SIGHUP)
        self.serves(NEW if edit else OLD)


def put(thing, place):
    """`thing` in place of the file, and then the file again."""
    with Victims() as daemon:
        path = daemon.dir / place
        sockets = daemon.descriptors("socket:")
        start = len(daemon.stderr_lines)
        path.rename(path.with_name(".good"))
        thing(path)
        daemon.signal(signal.SIGHUP)
        daemon.expect_failure(start)
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        path.with_name(".good").replace(path)
        daemon.expect_success()
        daemon.check_descriptors(sockets)
    return daemon.report()


def flip(name, times=300):
    """Good, gone and half of it in quick turns, with SIGHUPs in between."""
    with Victims() as daemon:
        path = daemon.dir / name
        good = path.read_bytes()
        for i in range(times):
            if i % 3 == 0:
                path.unlink()
            elif i % 3 == 1:
                path.write_bytes(good[:len(good) // 2])
            else:
                path.write_bytes(good)
            if i % 7 == 0:
                daemon.signal(signal.SIGHUP)
            if i % 50 == 0:
                assert daemon.probe(), "a fetch failed"
        path.write_bytes(good)
        daemon.expect_success()
        daemon.check_idle()
    return daemon.report()


def grow():
    """Someone writes to the configuration all the time."""
    with Victims() as daemon:
        over = threading.Event()

        def write():
            with open(daemon.config, "a") as file:
                while not over.wait(0.005):
                    file.write("# more\n")
                    file.flush()
        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(30):
                daemon.signal(signal.SIGHUP)
                assert daemon.probe(OLD), "a fetch failed"
        finally:
            over.set()
            writer.join()
        daemon.expect_success()
        daemon.check_idle()
    return daemon.report()


def move_away(name):
    """A whole folder."""
    with Victims() as daemon:
        start = len(daemon.stderr_lines)
        folder = daemon.dir / name
        folder.rename(daemon.dir / "away")
        daemon.signal(signal.SIGHUP)
        daemon.expect_failure(start)
        (daemon.dir / "away").rename(folder)
        daemon.expect_success()
    return daemon.report()


def fail_in_part(calls, error, when):
    """One folder of several can't be listed: what is in it must not pass for
    removed."""
    daemon = Victim(checks=1, files={"customers/a/one.toml": INCLUDED,
                                     "customers/b/two.toml":
                                     INCLUDED.replace("one.", "two.")})
    for i in range(500):  # more than one call of getdents64 takes
        daemon.write(f"customers/b/{i:04}-{'x' * 60}.toml", INCLUDED.replace(
            "one.", f"d{i}."))
    daemon.settings = 'include = ["customers/*/*.toml"]\n' + SERVER
    daemon.edit("old")
    with daemon:
        start = len(daemon.stderr_lines)
        with Strace(daemon, *injection(calls, error, when,
                                       daemon.dir / "customers/b")):
            (daemon.dir / "customers/a/one.toml").touch()
            daemon.signal(signal.SIGHUP)
            daemon.wait_for_line("event=reload result=failed", start=start)
            assert not any("policy-removed" in line
                           for line in daemon.stderr_lines)
            daemon.serves(OLD)
        daemon.edit()
        daemon.signal(signal.SIGHUP)
        daemon.serves(NEW)
    return daemon.report()


def unmount():
    """The disk of the policies goes, and comes again."""
    need_root()
    daemon = Victims(wrapper=(
        "unshare", "--mount", "sh", "-c",
        'cp -a policies.d disk && mount --bind disk policies.d && exec "$@"',
        "sh"))
    with daemon:
        (daemon.dir / "policies.d/one.toml").unlink()  # below the mount
        inside = ("nsenter", "--mount", "--target", str(daemon.pid))
        start = len(daemon.stderr_lines)
        where = daemon.dir / "policies.d"
        subprocess.run([*inside, "umount", "--lazy", where], check=True)
        daemon.signal(signal.SIGHUP)
        daemon.expect_failure(start)
        subprocess.run([*inside, "mount", "--bind", daemon.dir / "disk",
                        where], check=True)
        daemon.expect_success()
    return daemon.report()


def cases():
    """(name, what has to be, function that returns what was)."""
    stays = "the last good state, then the edit"
    for what, place in PLACES.items():
        for thing in THINGS:
            yield (f"{what}: {thing.__name__.replace('_', ' ')}", stays,
                   lambda t=thing, p=place: put(t, p))
        yield (f"{what}: here, gone, cut, in turns", stays,
               lambda p=place: flip(p))
    yield "configuration: grows all the time", stays, grow
    for name in ("policies.d", "certs"):
        yield (f"folder moved away: {name}", stays,
               lambda n=name: move_away(n))
    for calls, error, when, often in (
            ("openat", "EMFILE", "1+", ""), ("openat", "EACCES", "1+", ""),
            ("openat", "EIO", "1+", ""), ("getdents64", "EIO", "1+", ""),
            ("getdents64", "EIO", "2+2", ", one in 2")):
        yield (f"one folder of two: {calls} {error}{often}", stays,
               lambda c=calls, e=error, w=when: fail_in_part(c, e, w))
    yield "disk of the policies unmounted", stays, unmount
