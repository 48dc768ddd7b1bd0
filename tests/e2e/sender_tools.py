# SPDX-License-Identifier: MIT
"""Finds DNS servers, mail senders and a proxy: installed, or unpacked by
quickstart into .quickstart/<set>/root."""

import os
import pathlib
import random
import shutil
import socket

ROOTS = sorted((pathlib.Path(__file__).parents[2] / ".quickstart").glob(
    "*/root"))


def environment():
    """In which the tools can be run, installed or not."""
    def prepend(folders, name):
        known = os.environ.get(name)
        return os.pathsep.join([*map(str, folders), *([known] if known
                                                      else [])])
    # The system's own are looked up first: they fit its libraries.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath),
                            "/usr/local/sbin", "/usr/sbin", "/sbin",
                            *(str(root / folder) for root in ROOTS
                              for folder in ("usr/bin", "usr/sbin"))])
    result = {**os.environ, "PATH": path}
    if ROOTS:
        result["LD_LIBRARY_PATH"] = prepend(
            find_folders("usr/lib/*-linux-gnu", "lib/*-linux-gnu"),
            "LD_LIBRARY_PATH")
        result["PYTHONPATH"] = prepend(
            find_folders("usr/lib/python3/dist-packages"), "PYTHONPATH")
    return result


def find_folders(*patterns):
    """Those of the unpacked packages that match."""
    return [folder for root in ROOTS for pattern in patterns
            for folder in sorted(root.glob(pattern))]


def find_tool(name):
    """The path of a tool, or None."""
    return shutil.which(name, path=environment()["PATH"])


def missing_tools(*names):
    """A reason to skip a test, or None."""
    missing = [name for name in names if find_tool(name) is None]
    return f"not installed: {', '.join(missing)}" if missing else None


def free_port():
    """A port that is free for UDP and TCP. A server that can't tell its port
    has to be given one. None of those that the kernel gives to clients: the
    crowds of other tests have thousands, and one of them may be the port by
    the time that the server binds it."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as ports:
        first = int(ports.read().split()[0])
    for _ in range(50):
        port = random.randrange(10_000, first) if first > 11_000 else 0
        with socket.socket(type=socket.SOCK_DGRAM) as udp, \
                socket.socket() as tcp:
            try:
                udp.bind(("127.0.0.1", port))
                port = udp.getsockname()[1]
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")
