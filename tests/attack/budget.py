# SPDX-License-Identifier: MIT
"""The shapes of tests/e2e/hostile.py as crowds: the processor time that they
cost, and whether a control group with little memory bears them."""

import contextlib
import itertools

import hostile
import process
from certificates import client_context
from control_group import MIB, Group
from crowds import HONEST, dial
from daemon import Daemon

CROWD = 1500
SECONDS = 10
MOST_CPU = 0.02  # of a processor
SIZES_MIB = (64, 128, 256)
ADDRESSES = 20
WORST = ("a hello and a large record", "half a head, half a record",
         "unread answers", "unread answers to large heads",
         "all but an octet")


def measure(shape, *lines):
    cpu, memory = hostile.measure(shape, CROWD, SECONDS, *lines)
    return cpu <= MOST_CPU and memory <= shape.most_kb, (
        f"{cpu:.1%} of a processor, {memory:.1f} kB each")


def overfill(mib, count=4000):
    """More of the worst connections than there are places for, from many
    addresses, in a group with so much memory."""
    context = client_context()
    shapes = [one for one in hostile.SHAPES if one.name in WORST]
    addresses = itertools.cycle(
        f"127.0.2.{i}" for i in range(1, ADDRESSES + 1))
    config = hostile.LARGE + '[server]\ndeadline = "5m"\n'
    with Group(mib) as group:
        daemon = Daemon(None, config)
        daemon.wrapper = group.wrapper()
        honest, peak = 0, 0
        with daemon, contextlib.ExitStack() as held:
            limit = daemon.wait_for_line("event=start ").split()[-1]
            for i, shape in zip(range(count), itertools.cycle(shapes)):
                daemon.source = next(addresses)
                with contextlib.suppress(OSError):
                    held.callback(shape.begin(daemon).close)
                if i % 50 == 49:
                    assert daemon.fetch(plain=dial(daemon, HONEST),
                                        context=context)[0] == 200
                    honest += 1
                    peak = max(peak, process.rss_kb(daemon.pid))
            used = group.peak() // MIB
        text = (f"{limit}, {count} hostile, {honest} of {honest} honest, "
                f"{peak} kB, {used} MiB of the group at most")
        return peak < mib * 1024, text
