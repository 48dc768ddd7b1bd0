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
from dns_server import NXDOMAIN, Reply  # noqa: E402
from mail_server import Mail  # noqa: E402
from preload import preload  # noqa: E402
from services import PolicyHost, eventually  # noqa: E402
from world import (HOSTS, NS2, POLICY_HOST, RESOLVER, TIMEOUT,  # noqa: E402
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
BOTH = policy_text((*HOSTS, *NEW), max_age=MAX_AGE)
LAST = policy_text(NEW, max_age=MAX_AGE)
NONE = policy_text(HOSTS, "none", 86400)
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
        """The new hosts show a certificate for another name."""
        self.addresses = [self.world.add_mail(
            host, names=["old.alpha.test"], leaf=LONG)[0] for host in NEW]
        for host in HOSTS:
            self.world.mail_leaves[host] = ((host,), LONG)

    def certify(self):
        for host, address in zip(NEW, self.addresses):
            chain = self.world.ca.leaf(f"right {host}", [host], **LONG)
            self.world.mail.behaviours[address] = Mail({host: chain}, chain)

    def plan(self, *arguments):
        return self.run_tool("plan", DOMAIN, "--to", ",".join(NEW), *arguments)

    def expect(self, states, dates, ending="", status=0, again=()):
        """The plan: its steps in these `states`, the fourth and the fifth with
        these `dates`."""
        table = f"{self.host.config}:6:1"
        orders = [
            "".join(
                f"           {host} {address}: the certificate is for "
                "old.alpha.test [mx.certificate-name]\n"
                f"             get one for {host} and serve it for that name: "
                f"certbot certonly -d {host}\n"
                for host, address in zip(NEW, self.addresses)),
            f'           {table}: mx = ["{HOSTS[0]}", "{HOSTS[1]}", '
            f'"{NEW[0]}", "{NEW[1]}"]\n',
            f'           _mta-sts.{DOMAIN}. IN TXT "v=STSv1; id='
            f'{policy_id(BOTH)}"\n',
            f"           {DOMAIN}. IN MX 10 {NEW[0]}.\n"
            f"           {DOMAIN}. IN MX 20 {NEW[1]}.\n"
            f"           delete {DOMAIN}. IN MX 10 {HOSTS[0]}.\n"
            f"           delete {DOMAIN}. IN MX 20 {HOSTS[1]}.\n",
            f'           {table}: mx = ["{NEW[0]}", "{NEW[1]}"]\n',
            f'           _mta-sts.{DOMAIN}. IN TXT "v=STSv1; id='
            f'{policy_id(LAST)}"\n']
        titles = ["let the new hosts offer STARTTLS with a certificate for "
                  "their name",
                  "let the policy admit the old hosts and the new",
                  "publish the record of that policy", "change the MX records",
                  "let the policy admit the new hosts alone",
                  "publish the record of that policy"]
        dated = ["", "", "", *dates, ""]
        text = f"{DOMAIN}: MX hosts move to {NEW[0]}, {NEW[1]}\n"
        for i, (state, title) in enumerate(zip(states.split(), titles)):
            date = dated[i] and f", not before {dated[i]}"
            text += f" {i + 1}. {state:7}{title}{date}\n"
            text += "" if state == "done" else orders[i]
        self.assertEqual(self.plan(*again), (status, text + ending))

    def command(self, *arguments):
        return " ".join((f"mta-sts -c {self.host.config} plan {DOMAIN} --to",
                         ",".join(NEW), *arguments))

    def test_each_step_is_found_done_and_the_next_one_dated(self):
        self.expect("now later later later later later",
                    (self.at(MAX_AGE), self.at(MAX_AGE + TTL)))
        self.certify()
        self.expect("done now later later later later",
                    (self.at(MAX_AGE), self.at(MAX_AGE + TTL)))
        # The plan says it once more, while nothing has changed.
        self.wait(3600)
        self.expect("done now later later later later",
                    (self.at(MAX_AGE), self.at(MAX_AGE + TTL)))
        self.edit("^mx = .*", f'mx = ["{HOSTS[0]}", "{HOSTS[1]}", "{NEW[0]}", '
                  f'"{NEW[1]}"]')
        served = self.now + seconds(1)  # the policy before, at last
        safe = format_time(served + seconds(MAX_AGE))
        gone = format_time(served + seconds(MAX_AGE + TTL))
        self.wait(60)
        self.expect("done done now later later later", (safe, gone))
        self.publish(BOTH)
        published = self.at()
        again = "--published", published
        self.expect("done done done wait later later", (safe, gone),
                    f"then: {self.command(*again)}\n")
        # What it says to run then says the same at any time, until its date.
        self.wait(MAX_AGE - 60)
        self.expect("done done done wait later later", (safe, gone),
                    f"then: {self.command(*again)}\n", again=again)
        self.wait(1)
        self.assertEqual(self.at(), safe)
        self.expect("done done done now later later", ("", gone), again=again)
        self.put_mx(*NEW)
        moved = "--moved", self.at()
        self.expect("done done done done wait later", ("", self.at(TTL)),
                    f"then: {self.command(*moved)}\n")
        self.wait(TTL - 1)
        self.expect("done done done done wait later", ("", self.at(1)),
                    f"then: {self.command(*moved)}\n", again=moved)
        self.wait(1)
        self.expect("done done done done now later", ("", ""), again=moved)
        self.edit("^mx = .*", f'mx = ["{NEW[0]}", "{NEW[1]}"]')
        self.expect("done done done done done now", ("", ""))
        self.publish(LAST)
        self.expect("done done done done done done", ("", ""),
                    "nothing is left to do\n")

    def test_as_json(self):
        self.certify()
        status, text = self.plan("--format", "json")
        plan = json.loads(text)
        table = f"{self.host.config}:6:1"
        self.assertEqual((status, {**plan, "version": ""}), (0, {
            "version": "", "plan": "migration", "domain": DOMAIN,
            "at": self.at(), "done": False, "unseen": [], "notes": [],
            "again": "", "steps": [
                {"id": "migration.prepare-hosts", "state": "done",
                 "from": None, "orders": [],
                 "summary": "let the new hosts offer STARTTLS with a "
                            "certificate for their name"},
                {"id": "migration.admit-both", "state": "due", "from": None,
                 "summary": "let the policy admit the old hosts and the new",
                 "orders": [f'{table}: mx = ["{HOSTS[0]}", "{HOSTS[1]}", '
                            f'"{NEW[0]}", "{NEW[1]}"]']},
                {"id": "migration.publish-both", "state": "later",
                 "from": None, "summary": "publish the record of that policy",
                 "orders": [f'_mta-sts.{DOMAIN}. IN TXT "v=STSv1; id='
                            f'{policy_id(BOTH)}"']},
                {"id": "migration.move-mx", "state": "later",
                 "from": self.at(MAX_AGE), "summary": "change the MX records",
                 "orders": [f"{DOMAIN}. IN MX 10 {NEW[0]}.",
                            f"{DOMAIN}. IN MX 20 {NEW[1]}.",
                            f"delete {DOMAIN}. IN MX 10 {HOSTS[0]}.",
                            f"delete {DOMAIN}. IN MX 20 {HOSTS[1]}."]},
                {"id": "migration.drop-old", "state": "later",
                 "from": self.at(MAX_AGE + TTL),
                 "summary": "let the policy admit the new hosts alone",
                 "orders": [f'{table}: mx = ["{NEW[0]}", "{NEW[1]}"]']},
                {"id": "migration.publish-new", "state": "later",
                 "from": None, "summary": "publish the record of that policy",
                 "orders": [f'_mta-sts.{DOMAIN}. IN TXT "v=STSv1; id='
                            f'{policy_id(LAST)}"']}]}))

    def test_as_a_calendar(self):
        self.certify()
        status, text = self.plan("--format", "ics")
        self.assertEqual(status, 0)
        # Of octets, so that no newline is made another.
        self.assertEqual(re.findall(
            r"(UID|DTSTAMP|DTSTART):(.*)\n", text.replace("\n ", "")), [
                (name, value) for event, start in (
                    ("admit-both", 0), ("move-mx", MAX_AGE),
                    ("drop-old", MAX_AGE + TTL))
                for name, value in (
                    ("UID", f"migration.{event}.{DOMAIN}"),
                    ("DTSTAMP", re.sub("[-:]", "", self.at())),
                    ("DTSTART", re.sub("[-:]", "", self.at(start))))])

    def test_what_is_not_to_be_seen_is_said(self):
        """Exit status 3: a name server has another record."""
        self.certify()
        # NS2 has not got the record yet.
        self.world.zones.says[NS2, self.domain.sts, "TXT"] = Reply(NXDOMAIN)
        self.expect(
            "done now later later later later",
            (self.at(MAX_AGE), self.at(MAX_AGE + TTL)),
            "unseen: the name servers of the zone have different records at "
            f"{self.domain.sts}\n", 3)
        # Behind it, whether a step is done can't be told.
        self.edit("^mx = .*", f'mx = ["{HOSTS[0]}", "{HOSTS[1]}", "{NEW[0]}", '
                  f'"{NEW[1]}"]')
        self.expect(
            "done done unseen later later later",
            (self.at(MAX_AGE + 1), self.at(MAX_AGE + TTL + 1)),
            "unseen: the name servers of the zone have different records at "
            f"{self.domain.sts}\n", 3)


class RetirementTest(LifeTestCase):
    def retire(self, *arguments):
        return self.run_tool("retire", DOMAIN, *arguments)

    def command(self, *arguments):
        return " ".join((f"mta-sts -c {self.host.config} retire {DOMAIN}",
                         *arguments))

    def expect(self, states, day="", record="", host="", ending="", again=()):
        """The plan: its steps in these `states`, with the `day` to write, and
        the dates from which on `record` and `host` may go."""
        table = f"{self.host.config}:6:1"
        orders = [
            f"           {table}: retire = {day}\n",
            f'           _mta-sts.{DOMAIN}. IN TXT "v=STSv1; id='
            f'{policy_id(NONE)}"\n',
            f"           delete _mta-sts.{DOMAIN}. IN TXT\n",
            f'           {table}: remove "{DOMAIN}" from the configuration\n'
            f"           delete mta-sts.{DOMAIN}. IN A, AAAA, CNAME, and its "
            "certificate\n"]
        titles = ["serve mode none in place of the policy",
                  "publish the record of that policy", "delete the record",
                  "take the policy host away"]
        text = f"{DOMAIN}: leaves MTA-STS\n"
        for i, (state, title, date) in enumerate(zip(
                states.split(), titles, ("", "", record, host))):
            text += (f" {i + 1}. {state:7}{title}"
                     f"{date and f', not before {date}'}\n")
            text += "" if state == "done" else orders[i]
        self.assertEqual(self.retire(*again), (0, text + ending))

    def test_each_step_is_found_done_and_the_next_one_dated(self):
        # Of who has seen the record before just now, and of the host.
        held, rest = TTL + MAX_AGE, TTL + 86400
        end = self.now + seconds(held + rest)
        day = (end - seconds(1)).date() + datetime.timedelta(days=1)
        self.expect("now later later later", day, self.at(held),
                    self.at(held + rest))
        # The rest of the table stays as it is.
        # A day more, so that no midnight comes between.
        later = day + datetime.timedelta(days=1)
        self.edit("^max_age = .*", f'max_age = "2d"\nretire = {later}')
        self.wait(60)
        dates = self.at(held), self.at(held + rest)
        self.expect("done now later later", "", *dates)
        self.publish(NONE)
        again = "--published", self.at()
        self.expect("done done wait later", "", *dates,
                    f"then: {self.command(*again)}\n")
        self.wait(held - 1)
        self.expect("done done wait later", "", *dates,
                    f"then: {self.command(*again)}\n", again)
        self.wait(1)
        self.assertEqual(self.at(), dates[0])
        self.expect("done done now later", "", "", dates[1], "", again)
        self.world.zones.drop(self.domain.sts, "TXT")
        removed = "--removed", self.at()
        gone = self.at(rest)
        self.expect("done done done wait", "", "", gone,
                    f"then: {self.command(*removed)}\n")
        self.wait(rest)
        self.expect("done done done now", "", "", "", "", removed)
        # The host's own clock was not moved: its guard would wait for the date.
        config = self.host.config.read_text()
        self.host.config.write_text(
            config.replace("[server]\n", '[server]\nguard = "warn"\n'))
        self.edit("^domains = .*", 'domains = ["rest.alpha.test"]')
        self.expect("done done done done", ending=(
            f"note: mta-sts.{DOMAIN} has addresses still, and no policy: "
            "delete them\nnothing is left to do\n"))
        self.world.zones.drop(self.domain.host, "A", "AAAA")
        self.expect("done done done done", ending="nothing is left to do\n")


del LifeTestCase

if __name__ == "__main__":
    namespace.main(__file__)
