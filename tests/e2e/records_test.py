# SPDX-License-Identifier: MIT
"""`records`, and what a DNS server makes of it."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from daemon import TIMEOUT
from name_server import NameServer
from sender_tools import missing_tools

GOLDEN = pathlib.Path(__file__).parents[1] / "golden"
CONFIG = """
[[policy]]
domains = ["a.example", "b.example"]
mx = ["mx.example"]
tls_rpt = ["mailto:tls@a.example"]

[[policy]]
domains = ["c.example"]
mode = "enforce"
max_age = "4w"
mx = ["mx.example"]
tls_rpt = [%s]
""" % ", ".join(json.dumps(
    f"https://reports{i}.example/for/the/department/of/transport/{i}")
    for i in range(10))
LINE = re.compile(r'(\S+)\.\t(\d+)\tIN\tTXT\t("[^"]*"(?: "[^"]*")*)')


def records(config, *arguments, status=0, stdin=""):
    """Standard output and standard error."""
    done = subprocess.run(
        [os.environ["MTA_STSD"], "-c", config, "records", *arguments],
        input=stdin, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == status, done
    return done.stdout, done.stderr


def plain_values(text):
    """{owner: (ttl, value)} of the plain form."""
    return {name: (int(ttl), value) for name, ttl, value in re.findall(
        r"^Name:  (\S+) .*\nType:  TXT\nTTL:   (\d+)\nValue: (.*)$", text,
        re.MULTILINE)}


class RecordsTestCase(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="mta-stsd-e2e-")))
        self.config = folder / "mta-stsd.toml"
        self.config.write_text(CONFIG)


class CommandTest(RecordsTestCase):
    def zone_owners(self, *arguments):
        out, err = records(self.config, *arguments)
        self.assertEqual(err, "")
        lines = [line for line in out.splitlines()
                 if line and not line.startswith(";")]
        matches = [LINE.fullmatch(line) for line in lines]
        self.assertNotIn(None, matches, out)
        return [match[1] for match in matches]

    def test_all_domains_in_the_order_of_the_configuration(self):
        self.assertEqual(self.zone_owners(), [
            prefix + domain for domain in ("a.example", "b.example",
                                           "c.example")
            for prefix in ("_mta-sts.", "_smtp._tls.")])

    def test_only_named_domains(self):
        self.assertEqual(self.zone_owners("C.Example.", "a.example"), [
            "_mta-sts.a.example", "_smtp._tls.a.example",
            "_mta-sts.c.example", "_smtp._tls.c.example"])

    def test_domain_without_a_policy(self):
        out, err = records(self.config, "d.example", status=1)
        self.assertEqual(out, "")
        self.assertEqual(
            err, 'mta-stsd: error: domain "d.example" has no policy here\n'
            "mta-stsd: hint: mta-stsd records lists those that have\n")

    def test_one_unknown_domain_among_known_ones(self):
        out, _ = records(self.config, "a.example", "d.example", status=1)
        self.assertEqual(out, "")

    def test_policy_host_instead_of_the_domain(self):
        out, err = records(self.config, "mta-sts.a.example", status=1)
        self.assertEqual(out, "")
        self.assertIn("mta-stsd: hint: name the policy domain", err)

    def test_no_domain_name(self):
        out, err = records(self.config, "a b", status=1)
        self.assertEqual(out, "")
        self.assertIn('domain "a b" has " "', err)

    def test_time_to_live(self):
        def times(*arguments):
            out, _ = records(self.config, *arguments)
            return {int(LINE.fullmatch(line)[2]) for line in out.splitlines()
                    if line and not line.startswith(";")}
        self.assertEqual(times("a.example"), {300})
        self.assertEqual(times("c.example"), {3600})
        self.assertEqual(times("--ttl", "60"), {60})
        self.assertEqual(times("--ttl", "0"), {0})
        self.assertEqual(times("--ttl=2147483647"), {2147483647})

    def test_plain_form_has_the_same_content(self):
        zone, _ = records(self.config, "--format", "zone", "--ttl", "42")
        plain, err = records(self.config, "--format", "plain", "--ttl", "42")
        self.assertEqual(err, "")
        self.assertEqual(plain_values(plain), {
            owner: (int(ttl), data[1:-1].replace('" "', ""))
            for owner, ttl, data in LINE.findall(zone)})
        # A value is pasted into a form: one line, however long, no quotes.
        self.assertEqual(len(plain_values(plain)), 6)
        self.assertNotIn('"', plain)

    def test_plain_form_to_the_octet(self):
        id = re.search("id=([0-9a-f]{32})", records(self.config)[0])[1]
        self.assertEqual(
            records(self.config, "--format", "plain", "b.example")[0],
            "# b.example: testing, max_age 1w, 1 mx\n"
            "Name:  _mta-sts.b.example (_mta-sts where the panel adds "
            "b.example)\nType:  TXT\nTTL:   300\n"
            f"Value: v=STSv1; id={id}\n\n"
            "Name:  _smtp._tls.b.example (_smtp._tls where the panel adds "
            "b.example)\nType:  TXT\nTTL:   300\n"
            "Value: v=TLSRPTv1; rua=mailto:tls@a.example\n\n"
            "# mta-sts.b.example also needs A and AAAA records, or a CNAME, "
            "that lead to this server\n")


    def test_form_on_a_terminal(self):
        """Plain for people, zone for files and pipes."""
        main, side = os.openpty()
        with open(main, "rb", buffering=0) as reader, open(side, "w") as tty:
            subprocess.run(
                [os.environ["MTA_STSD"], "-c", self.config, "records",
                 "--only", "mta-sts", "b.example"], stdin=subprocess.DEVNULL,
                stdout=tty, check=True, timeout=TIMEOUT)
            shown = reader.read(4096).decode().replace("\r\n", "\n")
        self.assertEqual(shown, records(
            self.config, "--format", "plain", "--only", "mta-sts",
            "b.example")[0])

    def test_parts(self):
        self.assertEqual(
            self.zone_owners("--only", "mta-sts"),
            [f"_mta-sts.{name}.example" for name in "abc"])
        self.assertEqual(self.zone_owners("--only", "tls-rpt", "a.example"),
                         ["_smtp._tls.a.example"])
        self.assertEqual(
            records(self.config, "--only", "host", "--address", "192.0.2.1",
                    "--address", "2001:DB8::1", "--address", "192.0.2.1",
                    "a.example")[0],
            "; a.example: testing, max_age 1w, 1 mx\n"
            "mta-sts.a.example.\t300\tIN\tA\t192.0.2.1\n"
            "mta-sts.a.example.\t300\tIN\tAAAA\t2001:db8::1\n")
        self.assertEqual(
            records(self.config, "--only", "host", "--address",
                    "Host.Example.NET.", "c.example")[0],
            "; c.example: enforce, max_age 4w, 1 mx\n"
            "mta-sts.c.example.\t3600\tIN\tCNAME\thost.example.net.\n")

    def test_delegation(self):
        """RFC 8461, 8.2; the provider need not be configured."""
        id = re.search("id=([0-9a-f]{32})", records(self.config)[0])[1]
        self.assertEqual(
            records(self.config, "--delegate-to", "Provider.example.",
                    "--address", "192.0.2.1", "b.example")[0],
            "; provider.example: testing, max_age 1w, 1 mx\n"
            f'_mta-sts.provider.example.\t300\tIN\tTXT\t"v=STSv1; id={id}"\n'
            "_smtp._tls.provider.example.\t300\tIN\tTXT\t"
            '"v=TLSRPTv1; rua=mailto:tls@a.example"\n'
            "mta-sts.provider.example.\t300\tIN\tA\t192.0.2.1\n\n"
            "; b.example: testing, max_age 1w, 1 mx\n"
            "_mta-sts.b.example.\t300\tIN\tCNAME\t"
            "_mta-sts.provider.example.\n"
            "_smtp._tls.b.example.\t300\tIN\tCNAME\t"
            "_smtp._tls.provider.example.\n"
            "mta-sts.b.example.\t300\tIN\tCNAME\tmta-sts.provider.example.\n"
            "; mta-sts.b.example. needs a certificate for its own name at the "
            "provider (RFC 8461, 8.2)\n")

    def test_delegation_to_a_domain_of_the_configuration(self):
        out, _ = records(self.config, "--delegate-to", "a.example",
                         "b.example", "--only", "mta-sts", "--format", "json")
        self.assertEqual(
            [(one["name"], one["type"]) for one in json.loads(out)],
            [("_mta-sts.a.example", "TXT"), ("_mta-sts.b.example", "CNAME")])

    def test_delegation_of_two_policies(self):
        for domains in ([], ["c.example"]):
            out, err = records(self.config, "--delegate-to", "a.example",
                               *domains, status=1)
            self.assertEqual(out, "")
            self.assertIn('domain "c.example" has another policy than '
                          '"a.example"', err)

    def test_delegation_leaves_room_for_the_labels_in_front(self):
        """RFC 1035, 2.3.4: a name has 253 octets at most, as text."""
        longest = ".".join(["a" * 60] * 3 + ["b" * 59])
        out, _ = records(self.config, "--delegate-to", longest, "b.example",
                         "--only", "tls-rpt", "--format", "json")
        self.assertIn("_smtp._tls." + longest,
                      [one["name"] for one in json.loads(out)])
        _, err = records(self.config, "--delegate-to", longest + "b",
                         "b.example", status=2)
        self.assertIn("has more than 242 octets", err)

    def test_every_form_is_stable(self):
        forms = re.search(r"records:\n  --format FORM(.*?)\(", records(
            self.config, "--help")[0], re.DOTALL)[1].replace(",", "").split()
        self.assertEqual(len(forms), 11)
        for form in forms:
            first = records(self.config, "--format", form)
            self.assertEqual(first, records(self.config, "--format", form))
            for line in first[0].splitlines():
                self.assertEqual(line, line.rstrip())

    def test_wrong_usage(self):
        for message, *arguments in (
                ("--format: ", "--format", "bind"),
                ("--only: ", "--only", "sts"),
                ("--ttl: ", "--ttl", "-1"),
                ("--ttl: ", "--ttl", "2147483648"),
                ("--only host does not say where the policy host is",
                 "--only", "host"),
                ("--only mta-sts leaves --address out", "--only", "mta-sts",
                 "--address", "192.0.2.1"),
                ('--address "192.0.2.256" is an address, not a host name',
                 "--address", "192.0.2.256"),
                ('--address "" is empty', "--address", ""),
                ("--address has a name and something else", "--address",
                 "192.0.2.1", "--address", "x.example"),
                ("--address has a name and something else", "--address",
                 "y.example", "--address", "x.example"),
                ('--delegate-to "a b" has " "', "--delegate-to", "a b"),
                ('--delegate-to "" is empty', "--delegate-to", ""),
                ('--delegate-to "mta-sts.p.example" is a policy host',
                 "--delegate-to", "mta-sts.p.example"),
                ("--diff has no --format", "--diff", "-", "--format", "json"),
                ("--diff names no file", "--diff", "")):
            with self.subTest(arguments):
                out, err = records(self.config, *arguments, status=2)
                self.assertEqual(out, "")
                self.assertIn("mta-stsd: error: " + message, err)

    def test_both_from_standard_input(self):
        self.assertEqual(
            records("-", "--diff", "-", status=2)[1],
            "mta-stsd: error: --diff and --config can't both read standard "
            "input\n")

    def test_address_of_the_policy_host_itself(self):
        self.assertEqual(
            records(self.config, "--address", "mta-sts.b.example", status=1),
            ("", 'mta-stsd: error: "mta-sts.b.example" would lead to '
             "itself\n"))


class DiffTest(RecordsTestCase):
    def diff(self, zone, *arguments, status=1, err=""):
        out, said = records(self.config, "--diff", "-", *arguments,
                            stdin=zone, status=status)
        self.assertEqual(said, err)
        return out

    def test_its_own_zone(self):
        for arguments in ([], ["--ttl", "60"], ["--delegate-to", "p.example",
                                                "a.example", "b.example"],
                          ["--address", "192.0.2.1"]):
            zone, _ = records(self.config, *arguments)
            self.assertEqual(self.diff(zone, *arguments, status=0), "")

    def test_a_file(self):
        path = self.config.parent / "zone"
        zone, _ = records(self.config)
        path.write_text(zone.replace("id=", "id=x", 1))
        out, _ = records(self.config, "--diff", path, status=1)
        id = re.search("id=([0-9a-f]{32})", zone)[1]
        self.assertEqual(
            out, '_mta-sts.a.example. 300 IN TXT "v=STSv1; id=%s"'.join(
                ("change ", " ; line 2\nto     ", "\n"))
            % ("x" + id, id))

    def test_a_zone_file_with_every_form(self):
        zone, _ = records(self.config, "b.example")
        id = re.search("id=([0-9a-f]{32})", zone)[1]
        self.assertEqual(self.diff(
            "$TTL 1h\n@ IN SOA ns hostmaster ( 1 ; serial\n 2 3 4 5 )\n"
            "  NS ns\n_mta-sts IN 300 TXT ( \"v=STSv1;\" ; cut\n"
            f'  " id={id}" )\n  TXT "google-site-verification=1"\n'
            "$ORIGIN _tls.b.example.\n"
            "_SMTP._tls.B.example. TXT v=TLSRPTv1\\;\\ rua=mailto:"
            "tls@a.example\n_443 TLSA 3 1 1 00\n", "b.example", status=0,
            err="mta-stsd: warning: -:5: the text at _mta-sts.b.example is in "
            "2 strings, and Courier does not join them\nmta-stsd: hint: write "
            "it as one string\n"), "")

    def test_a_pipe(self):
        """As bash makes one of <(dig ...)."""
        zone, _ = records(self.config)
        reader, writer = os.pipe()
        with os.fdopen(reader), os.fdopen(writer, "w") as pipe:
            pipe.write(zone)
            pipe.close()
            done = subprocess.run(
                [os.environ["MTA_STSD"], "-c", self.config, "records",
                 "--diff", f"/dev/fd/{reader}"], pass_fds=[reader],
                capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "", ""))

    def test_a_folder(self):
        self.assertEqual(
            records(self.config, "--diff", self.config.parent, status=1),
            ("", f"mta-stsd: error: {self.config.parent}: Is a directory\n"))

    def test_dig(self):
        self.assertEqual(self.diff(
            "\n; <<>> DiG 9.18 <<>> TXT _mta-sts.b.example\n"
            ";; QUESTION SECTION:\n;_mta-sts.b.example. IN TXT\n\n"
            ";; ANSWER SECTION:\n"
            '_mta-sts.b.example.\t17\tIN\tTXT\t"v=STSv1; id=old"\n'
            '_mta-sts.b.example.\t17\tIN\tTXT\t"v=STSv1; id=older"\n',
            "--only", "mta-sts", "b.example").splitlines()[0],
            '_mta-sts.b.example. 17 IN TXT "v=STSv1; id=old" ; line 7, '
            "several are taken for none".join(("change ", "")))

    def test_dig_short(self):
        id = re.search("id=([0-9a-f]{32})", records(self.config)[0])[1]
        self.assertEqual(self.diff(f'"v=STSv1; id={id}"\n', "--only",
                                   "mta-sts", "b.example", status=0), "")
        out, err = records(self.config, "--diff", "-", stdin='"v=STSv1; "',
                           status=1)
        self.assertEqual(
            (out, err), ("", "mta-stsd: error: -: line 1: a text without a "
                         "name could belong to any of 3 domains\nmta-stsd: "
                         "hint: name one domain, or use dig without +short\n"))

    def test_what_can_not_be_read(self):
        for zone, message in (
                ('_mta-sts.a.example. TXT "v=STSv1',
                 "-: line 1: a quote is not closed"),
                ("$INCLUDE x", "-: line 1: $INCLUDE is not followed"),
                ("a TXT x", '-: line 1: the name "a" is relative')):
            out, err = records(self.config, "--diff", "-", stdin=zone,
                               status=1)
            self.assertEqual(out, "")
            self.assertIn("mta-stsd: error: " + message, err)
        _, err = records(self.config, "--diff", "/nowhere", status=1)
        self.assertIn("mta-stsd: error: /nowhere: ", err)


class ServerTest(RecordsTestCase):
    """knotd loads the zone form; kdig asks it."""

    def setUp(self):
        super().setUp()
        if reason := missing_tools("knotd", "kdig"):
            self.skipTest(reason)

    def check(self, config, *arguments):
        """Every record comes back as the text of the plain form."""
        zone, _ = records(config, *arguments)
        wanted = plain_values(records(config, "--format", "plain",
                                      *arguments)[0])
        self.assertTrue(wanted)
        zones = {}
        for part in zone.split("\n\n"):
            name = part.split(":", 1)[0].removeprefix("; ")
            zones[name] = part + "\n"
        with NameServer(zones) as server:
            for owner, (ttl, value) in wanted.items():
                answer = server.ask(owner, "TXT")
                # More than one record for a name makes senders ignore all
                # (RFC 8461, 3.1; RFC 8460, 3).
                self.assertEqual(len(answer.records), 1, owner)
                record = answer.records[0]
                self.assertEqual(record.ttl, ttl)
                strings = re.findall(r'"([^"]*)"', record.data)
                self.assertEqual("".join(strings), value)
                self.assertLessEqual(max(map(len, strings)), 255)
                self.assertEqual(len(strings), -(-len(value) // 255))
        return wanted

    def test_short_record_and_one_of_several_strings(self):
        wanted = self.check(self.config)
        self.assertIn(len(wanted["_mta-sts.c.example"][1]), range(40, 50))
        self.assertIn(len(wanted["_smtp._tls.c.example"][1]),
                      range(511, 700))

    def test_given_time_to_live(self):
        wanted = self.check(self.config, "--ttl", "77")
        self.assertEqual({ttl for ttl, _ in wanted.values()}, {77})

    def test_every_golden_zone(self):
        for path in sorted(GOLDEN.glob("*.toml")):
            with self.subTest(path.stem):
                self.check(path)


if __name__ == "__main__":
    unittest.main()
