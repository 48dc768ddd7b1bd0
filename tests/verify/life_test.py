# SPDX-License-Identifier: MIT
"""A whole migration and a whole retirement, by nothing but what `mta-sts plan`
and `mta-sts retire` print: each step is done by really editing, serving and
publishing, and the clock of the tool is moved to each date."""

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import namespace  # noqa: E402
from mail_server import Mail  # noqa: E402
from preload import preload  # noqa: E402
from services import PolicyHost, eventually  # noqa: E402
from world import (HOSTS, POLICY_HOST, RESOLVER, TIMEOUT,  # noqa: E402
                   World, policy_id, policy_text)

DOMAIN = "move.alpha.test"
NEW = ("new1.alpha.test", "new2.alpha.test")
MAX_AGE = 172800
TTL = 300
POLICY = f"""
[[policy]]
domains = ["{DOMAIN}"]
mode = "enforce"
mx = ["{HOSTS[0]}", "{HOSTS[1]}"]
max_age = "2d"
tls_rpt = ["mailto:tls@reports.test"]
"""
LONG = {"days": (-10, 800)}
FAKETIME = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def format_time(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(count):
    return datetime.timedelta(seconds=count)


@unittest.skipIf(not FAKETIME, "needs faketime")
class LifeTestCase(unittest.TestCase):
    def setUp(self):
        # Days pass from here on; certificates are made in the time of this
        # machine.
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(
            microsecond=0)
        self.start = self.now
        self.world = World(self)
        self.domain = self.world.add(DOMAIN)
        self.domain.put_id(policy_id(policy_text(HOSTS, max_age=MAX_AGE)))
        for address in POLICY_HOST:
            self.world.refuse(address)  # mta-stsd is there
        self.prepare()
        self.world.start()
        folder = self.world.folder / "certs"
        for source in self.world.ca.leaf("policy host", [self.domain.host],
                                         **LONG):
            shutil.copy(source, folder)
            (folder / source.name).chmod(0o600)
        self.host = self.enterContext(PolicyHost(POLICY_HOST, POLICY, folder))
        self.copies = []
        # It has been there for long.
        self.note_copy(self.now - seconds(100 * 86400))

    def prepare(self):
        pass

    # --- What the operator does ---

    def note_copy(self, time):
        """As a repository has it; the history is made of all of them."""
        folder = self.world.folder / f"copy-{len(self.copies)}"
        folder.mkdir()
        shutil.copy(self.host.config, folder)
        self.copies.append(
            f"{format_time(time)} {folder / self.host.config.name}\n")
        done = subprocess.run(
            [os.environ["MTA_STS"], "history", "import", "--lag", "1s"],
            input="".join(self.copies), capture_output=True, text=True,
            timeout=TIMEOUT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.history = self.world.folder / "history"
        self.history.write_text(done.stdout)

    def edit(self, pattern, new):
        before = self.host.config.read_text()
        after = re.sub(pattern, new, before, flags=re.MULTILINE)
        self.assertNotEqual(before, after)
        count = self.host.log().count("event=reload result=applied")
        self.host.config.write_text(after)
        eventually(lambda: self.host.log().count(
            "event=reload result=applied") > count)
        self.note_copy(self.now)

    def publish(self, policy):
        """The record of the [[policy]] that is served."""
        self.domain.put_id(policy_id(policy))

    def put_mx(self, *hosts):
        self.world.zones.put(DOMAIN, "MX", *(
            f"{10 * (i + 1)} {host}" for i, host in enumerate(hosts)))

    def wait(self, count):
        self.now += seconds(count)

    def at(self, count=0):
        """So many seconds from now, as it is printed."""
        return format_time(self.now + seconds(count))

    def run_tool(self, *arguments):
        """(exit status, standard output) at the time that it is now."""
        stamp = self.now.strftime("%Y-%m-%d %H:%M:%S")
        done = subprocess.run(
            [os.environ["MTA_STS"], "-c", str(self.host.config), *arguments,
             "--history", str(self.history), "--dns", RESOLVER,
             "--allow-private", "--ca", str(self.world.ca.root)],
            env=dict(os.environ, TZ="UTC", FAKETIME=stamp,
                     FAKETIME_DONT_FAKE_MONOTONIC="1",
                     **preload(FAKETIME[0])),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=TIMEOUT)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout


class MigrationTest(LifeTestCase):
    def prepare(self):
        self.addresses = [self.world.add_mail(host, names=["old.alpha.test"],
                                              leaf=LONG) for host in NEW]
        for host in HOSTS:
            self.world.mail_leaves[host] = ((host,), LONG)

    def plan(self, *arguments):
        return self.run_tool("plan", DOMAIN, "--to", ",".join(NEW), *arguments)

    def test_it(self):
        print(self.plan()[1])


del LifeTestCase

if __name__ == "__main__":
    namespace.main(__file__)
