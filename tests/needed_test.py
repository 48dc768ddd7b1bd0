#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds mta-stsd to its libraries: those of mta-sts are not for a program that
strangers talk to. The binary comes from the environment variable MTA_STSD."""

import os
import re
import subprocess
import unittest

LIMIT_SECONDS = 60
ALLOWED = {
    "ld-linux-aarch64", "ld-linux-x86-64", "libc", "libgcc_s", "libm",
    "libstdc++",
    "libcpp-httplib", "libcrypto", "libfmt", "libidn2", "libseccomp", "libssl",
    "libtomlplusplus",
    "libasan", "libtsan", "libubsan"}  # of the presets for sanitizers


class NeededTest(unittest.TestCase):
    def test_libraries(self):
        said = subprocess.run(
            ["readelf", "-Wd", os.environ["MTA_STSD"]], check=True,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=LIMIT_SECONDS).stdout
        self.assertIn("Dynamic section", said)  # it would be blind otherwise
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", said)
        self.assertEqual([one for one in needed
                          if one.partition(".so")[0] not in ALLOWED], [])


if __name__ == "__main__":
    unittest.main()
