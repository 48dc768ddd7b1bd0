#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mta-sts verify --facts: what was seen is judged anew and printed in each
form; tests/verify/output has facts and the exact texts. The JSON is compared
with docs/facts.schema.json where Python has jsonschema. The binary comes from
the environment variable MTA_STS."""

import json
import os
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests/verify/output"
# What each of the facts there ends with.
STATUS = {"absent": 0, "faults": 1, "good": 0, "untested": 3}


def verify(*arguments, given=""):
    environment = {key: value for key, value in os.environ.items()
                   if key != "MTA_STSD_CONFIG"}
    return subprocess.run([os.environ["MTA_STS"], "verify", *arguments],
                          input=given, capture_output=True, text=True,
                          env=environment, timeout=30)


def path(name, extension="json"):
    return str(FOLDER / f"{name}.{extension}")


class ReplayTest(unittest.TestCase):
    maxDiff = None

    def test_every_case_has_its_status(self):
        self.assertEqual({one.stem for one in FOLDER.glob("*.json")},
                         set(STATUS))

    def test_texts_and_status(self):
        for name, status in STATUS.items():
            for form, extension in (("text", "txt"), ("prometheus", "prom")):
                done = verify("--facts", path(name), "--format", form)
                wanted = pathlib.Path(path(name, extension)).read_text()
                self.assertEqual((done.stdout, done.stderr, done.returncode),
                                 (wanted, "", status), (name, form))

    def test_what_is_printed_is_read(self):
        lines = "".join(verify("--facts", path(name), "--format",
                               "jsonl").stdout for name in STATUS)
        self.assertEqual(lines.count("\n"), len(STATUS))
        again = verify("--facts", "-", "--format", "jsonl", given=lines)
        self.assertEqual((again.stdout, again.stderr, again.returncode),
                         (lines, "", 1))
        document = verify("--facts", "-", "--format", "json", given=lines)
        again = verify("--facts", "-", "--format", "json",
                       given=document.stdout)
        self.assertEqual(again.stdout, document.stdout)
        self.assertEqual(json.loads(again.stdout)["domains"],
                         [json.loads(line) for line in lines.splitlines()])

    def test_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("needs python3-jsonschema")
        schema = json.loads((ROOT / "docs/facts.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)

        def check(kind, document):
            schema["anyOf"] = [{"$ref": f"#/$defs/{kind}"}]
            jsonschema.Draft202012Validator(schema).validate(document)

        for name in STATUS:
            check("facts", json.loads(pathlib.Path(path(name)).read_text()))
            for form, kind in (("json", "run"), ("jsonl", "judged")):
                done = verify("--facts", path(name), "--format", form)
                check(kind, json.loads(done.stdout))

    def test_what_is_no_facts(self):
        done = verify("--facts", "-", given='{"domain":"a.test","hosts":[7]}')
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        self.assertIn("/hosts/0 is no object", done.stderr)


if __name__ == "__main__":
    unittest.main()
