# SPDX-License-Identifier: MIT
"""What many changes may cost a daemon."""

import pathlib
import unittest

from daemon import eventually

# "Noticed within a second"; of many, one in fifty may fall into a stall of a
# busy machine.
SECOND = 1.0
STALLS = 50


class CostTestCase(unittest.TestCase):
    """The last change costs no more than the first."""

    def is_sanitized(self, daemon):
        program = pathlib.Path(daemon.binary).read_bytes()
        return b"__tsan_init" in program or b"__asan_init" in program

    def check_cost(self, daemon, descriptors, memory):
        eventually(lambda: daemon.descriptors() == descriptors)
        # Sanitizers keep what was freed.
        if not self.is_sanitized(daemon):
            self.assertLess(daemon.rss_kb() - memory, 2048)

    def check_delays(self, delays):
        late = [delay for delay in delays if delay >= SECOND]
        print(f"{len(delays)} changes, noticed after "
              f"{sorted(delays)[len(delays) // 2]:.3f} s (median), "
              f"{max(delays):.3f} s (worst)")
        self.assertLessEqual(len(late), len(delays) // STALLS, late)
