# SPDX-License-Identifier: MIT
"""What connections cost that are made to cost much: the shapes of hostile.py,
by the processor time and the memory of the program. tests/attack/run has more
of each, for longer."""

import unittest

import hostile
from certificates import scratch

COUNT = 100
SECONDS = 0.5
# Of a processor; a loop that spins takes all of one or two.
MOST_CPU = 0.2
# Beside what a connection costs the heap keeps some room of its own.
SPARE_KB = 2


class HostileTest(unittest.TestCase):
    def setUp(self):
        hostile.raise_limit()

    def check(self, shapes, *lines):
        for shape in shapes:
            with self.subTest(shape.name):
                cpu, memory = hostile.measure(shape, COUNT, SECONDS, *lines)
                self.assertLess(cpu, MOST_CPU)
                self.assertLess(memory, shape.most_kb + SPARE_KB)

    def test_shapes_over_tcp(self):
        self.check(hostile.SHAPES)

    def test_shapes_over_a_unix_socket(self):
        self.check(hostile.SHAPES, f'listen = ["unix:{scratch()}/hostile"]')

    def test_urgent_data(self):
        self.check(hostile.URGENT)


if __name__ == "__main__":
    unittest.main()
