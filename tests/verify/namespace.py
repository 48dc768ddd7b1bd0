# SPDX-License-Identifier: MIT
"""A network namespace in which every documentation address is ours, so that
nothing that is tried there can reach anybody."""

import atexit
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

IPV4 = ("192.0.2.0/24", "198.51.100.0/25", "203.0.113.0/24")
IPV6_COUNT = 96  # 2001:db8::1 and so on; bound one by one, unlike IPv4
# By its way to these mta-sts tells whether there is one to IPv4 and to IPv6.
EVERYWHERE = ("198.41.0.4/32", "2001:503:ba3e::2:30/128")
INSIDE = "MTA_STS_WORLD"
IPV6 = "MTA_STS_WORLD_IPV6"  # "no": the namespace has none
AS_ROOT = () if os.geteuid() == 0 else ("--user", "--map-root-user")
UNSHARE = ("unshare", *AS_ROOT, "--net", "--mount")
# 198.51.100.128/25 is where no way leads to.
PREPARE = """
set -eu
ip -batch "$1/links"
mount --bind "$1/resolv.conf" /etc/resolv.conf
shift
exec "$@"
"""


def links(ipv6):
    lines = ["link set lo up"]
    lines += [f"addr add {one.replace('.0/', '.1/')} dev lo" for one in IPV4]
    lines.append("route add unreachable 198.51.100.128/25")
    lines += [f"route add {one} dev lo" for one in EVERYWHERE[:1 + ipv6]]
    if ipv6:
        lines += [f"addr add 2001:db8::{i + 1:x}/128 dev lo nodad"
                  for i in range(IPV6_COUNT)]
    else:
        lines.append("addr del ::1/128 dev lo")
    return "\n".join(lines) + "\n"


def enter(script, arguments, ipv6=True):
    """Becomes `script` in a namespace of its own, and returns why not if there
    can be none here."""
    folder = tempfile.mkdtemp(prefix="mta-sts-world-")
    pathlib.Path(folder, "links").write_text(links(ipv6))
    pathlib.Path(folder, "resolv.conf").write_text(
        "nameserver 127.0.0.53\noptions timeout:2 attempts:1\n")
    prefix = [*UNSHARE, "sh", "-c", PREPARE, "sh", folder]
    try:
        tried = subprocess.run([*prefix, "true"], stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, timeout=30)
    except FileNotFoundError as error:
        shutil.rmtree(folder)
        return str(error)
    if tried.returncode:
        shutil.rmtree(folder)
        return f"no namespaces here: {tried.stderr.strip()}"
    os.environ[INSIDE] = folder
    if not ipv6:
        os.environ[IPV6] = "no"
    options = [] if "site" in sys.modules and sys.flags.no_site == 0 else ["-S"]
    os.execvp(prefix[0], [*prefix, sys.executable, "-B", *options,
                          os.path.abspath(script), *arguments])


def main(script, ipv6=True):
    """For the end of a test: its methods, in a namespace."""
    if INSIDE not in os.environ:
        reason = enter(script, sys.argv[1:], ipv6)
        print(f"skipped: {reason}")
        print("OK (skipped=1)")
        sys.exit(77)
    atexit.register(leave)
    unittest.main()


def leave():
    """What enter() has made goes."""
    shutil.rmtree(os.environ[INSIDE], ignore_errors=True)


def lost_packets():
    """How many this namespace wanted to send to where no way leads."""
    def read(path, name):
        fields = {}
        for line in pathlib.Path(path).read_text().splitlines():
            words = line.split()
            if path.endswith("snmp6"):
                fields[words[0]] = words[1]
            elif words[0] == "Ip:" and "names" not in fields:
                fields["names"] = words[1:]
            elif words[0] == "Ip:":
                fields.update(zip(fields["names"], words[1:]))
        return int(fields[name])
    return (read("/proc/net/snmp", "OutNoRoutes")
            + read("/proc/net/snmp6", "Ip6OutNoRoutes"))


def devices():
    """The names of the network devices that there are."""
    lines = pathlib.Path("/proc/net/dev").read_text().splitlines()
    return [line.split(":")[0].strip() for line in lines[2:]]
