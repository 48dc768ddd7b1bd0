#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds src/verify/facts_fields.hpp to the structures that it goes through: a
member that it does not name is neither written nor read, and nothing else would
notice."""

import pathlib
import re
import unittest

SRC = pathlib.Path(__file__).resolve().parents[1] / "src"
HEADERS = ("nameserver/answer.hpp", "tls/peer_facts.hpp", "verify/facts.hpp")
STRUCT = re.compile(r"^struct (\w+) \{\n(.*?)^\};", re.DOTALL | re.MULTILINE)
MEMBER = re.compile(r"^  [\w:<> ]+ (\w+)(?:\s*=[^;]*|\{[^;]*\})?;", re.MULTILINE)
FIELDS = re.compile(r"Either<(?:\w+::)*(\w+)> T>\nvoid fields\(.*?\) \{\n(.*?)^\}",
                    re.DOTALL | re.MULTILINE)


def members():
    """{structure: names of its members, in their order}"""
    found = {}
    for header in HEADERS:
        text = re.sub(r"//[^\n]*", "", (SRC / header).read_text())
        for name, body in STRUCT.findall(text):
            # What is in functions is no member.
            body = re.sub(r"^  [^\n]*\) (?:const )?\{\n.*?^  \}", "", body,
                          flags=re.DOTALL | re.MULTILINE)
            body = re.sub(r"^  friend .*?;", "", body,
                          flags=re.DOTALL | re.MULTILINE)
            found[name] = MEMBER.findall(body)
    return found


class FactsTest(unittest.TestCase):
    def test_every_member_is_a_field(self):
        text = (SRC / "verify/facts_fields.hpp").read_text()
        fields = {name: re.findall(r'io\("(\w+)", x\.(\w+)\);', body)
                  for name, body in FIELDS.findall(text)}
        self.assertGreater(sum(map(len, fields.values())), 80)
        self.maxDiff = None
        self.assertEqual({name: [(one, one) for one in names]
                          for name, names in members().items()}, fields)


if __name__ == "__main__":
    unittest.main()
