# SPDX-License-Identifier: MIT
"""What /proc says of a process."""

import os


def descriptors(pid, kind=""):
    """How many it has open whose kind begins so: "socket:" is a connection
    or a listener. Files come and go while it looks for changes."""
    count = 0
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            count += os.readlink(f"/proc/{pid}/fd/{name}").startswith(kind)
        except FileNotFoundError:
            pass  # closed meanwhile
    return count


def memory_kb(pid, kind):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status
                    if line.startswith(kind + ":"))


def rss_kb(pid):
    return memory_kb(pid, "VmRSS")


def anonymous_kb(pid):
    """What it has allocated, without the files that are mapped."""
    return memory_kb(pid, "RssAnon")


def signals_of(pid, mask):
    """The signals in "SigCgt" (caught), "SigBlk", ... as one number."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1], 16) for line in status
                    if line.startswith(mask + ":"))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy_seconds(pid):
    """What it has run, or waited for a processor to run on."""
    busy = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as stat:
            busy += sum(map(int, stat.read().split()[:2]))
    return busy / 1e9


def written(pid):
    """Where its memory may be written to; without what a sanitizer keeps of
    itself, which is immense."""
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            place, rights = line.split()[:2]
            start, end = (int(one, 16) for one in place.split("-"))
            if "w" in rights and end - start <= 1 << 26:
                yield start, end


def read_memory(pid, start, end):
    """Nothing where it was given back meanwhile."""
    with open(f"/proc/{pid}/mem", "rb") as memory:
        try:
            memory.seek(start)
            return memory.read(end - start)
        except OSError:
            return b""
