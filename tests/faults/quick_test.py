#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Those faults of `tests/faults/run` that did harm once and are quick."""

import pathlib
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import files  # noqa: E402
import outputs  # noqa: E402
import surroundings  # noqa: E402
import system_calls  # noqa: E402


class QuickTest(unittest.TestCase):
    def endure(self, name):
        runs = [run for module in (files, outputs, surroundings,
                                      system_calls)
                for known, _, run in module.cases() if known == name]
        self.assertEqual(len(runs), 1, name)
        print(runs[0]())

    def test_a_listener_that_is_shut_down(self):
        self.endure("serving: accept4 EINVAL, each time")

    def test_an_operations_listener_that_is_shut_down(self):
        self.endure("operations: accept4 EINVAL, each time")

    def test_no_room_for_a_listener(self):
        self.endure("start: epoll_ctl ENOMEM, number 2")

    def test_no_thread(self):
        self.endure("start: clone EAGAIN, from number 2 on")

    def test_no_memory(self):
        self.endure("start: 8 MB of configuration with 2 MB to spare")

    def test_no_ipv6_for_everywhere(self):
        self.endure("start: no IPv6, listening on [::]")

    def test_no_ipv6_beside_an_entry_for_ipv4(self):
        self.endure("start: no IPv6, listening on [::] and 0.0.0.0")

    def test_no_descriptor_for_a_connection(self):
        self.endure("start: 10 descriptors")

    def test_a_log_that_nobody_reads(self):
        self.endure("both: a pipe that nobody reads")

    def test_a_log_that_is_full(self):
        self.endure("stderr: a full device")

    def test_a_log_above_its_limit(self):
        self.endure("stderr: a file above RLIMIT_FSIZE")

    def test_files_that_could_not_be_read_for_a_while(self):
        self.endure("reloading: openat EMFILE, each time")

    def test_a_folder_that_cannot_be_opened(self):
        self.endure("one folder of two: openat EACCES")

    def test_a_folder_that_cannot_be_listed(self):
        self.endure("one folder of two: getdents64 EIO, one in 2")


if __name__ == "__main__":
    unittest.main()
