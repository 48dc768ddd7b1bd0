# SPDX-License-Identifier: MIT
"""Each command as people and scripts use it: standard output, standard error
and exit status."""

import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from certificates import make_certificates, scratch
from daemon import TIMEOUT, Daemon, eventually
from process import signals_of

ROOT = pathlib.Path(__file__).parents[2]
CONFIG = """
[[policy]]
domains = ["example.com"]
mx = ["mail.example.com"]
tls_rpt = ["mailto:tls-reports@example.com"]
"""
SERVER = '[server]\nlisten = ["127.0.0.1:0"]\ncertificates = ["certs"]\n'
BODY = ("version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\n"
        "max_age: 604800\r\n")
HELP = """\
usage: mta-stsd [-c FILE] COMMAND [OPTIONS]

Serves MTA-STS policies (RFC 8461) over HTTPS, and prints the DNS records
that go with them.

commands:
  serve               be the policy host, in the foreground
  collect             take TLS reports by HTTPS, in the foreground
  check               read everything, report everything that is wrong
  records [DOMAIN..]  print the DNS records to publish
  render DOMAIN       print the exact bytes that are served
  import [FILE]       turn an mta-sts.txt into the TOML that serves the same
  health              ask the running server whether it is ready
  status [DOMAIN]     ask it what it serves, and who has fetched it

options:
  -c, --config FILE   the configuration; "-" is standard input
                      (default: $MTA_STSD_CONFIG, else
                      /etc/mta-stsd/mta-stsd.toml)
  -h, --help          print this
  -V, --version       print the version

serve:
  --allow-example     serve placeholder names such as example.com in public
  --allow-plain-http  listen without TLS beyond this machine, for a proxy
  --log-format FORM   text or json (default: text)
  --log-level LEVEL   debug, info, warning or error (default: info)
collect:
  --log-format FORM   text or json (default: text)
  --log-level LEVEL   debug, info, warning or error (default: info)
check:
  --against OLD       also what the guard says of the change from this older
                      configuration (default: from what the history tells)
  --format FORM       text or json (default: text)
  --policies-only     leave certificates and listeners out
  --strict            exit 1 on warnings too
records:
  --format FORM       plain, zone, json, nsupdate, powerdns, octodns,
                      dnscontrol, route53, terraform-cloudflare, terraform-aws,
                      external-dns
                      (default: plain on a terminal, else zone)
  --ttl SECONDS       the same for all (default: 300, mode enforce: 3600)
  --only PART         mta-sts, tls-rpt or host
  --address TARGET    also where the policy host is: an address, given once
                      or more, or the name for a CNAME
  --delegate-to NAME  CNAMEs to the records of this provider, and its own
  --diff FILE         compare with a zone file or dig output ("-": standard
                      input), print what to add, change and delete
render:
  --output DIR        write DIR/mta-sts.DOMAIN/.well-known/mta-sts.txt, of all
                      domains unless some are named
import:
  --domain DOMAIN     whose policy it is
  --mend              read a text that senders refuse as what is plainly meant
  --tls-rpt TEXT      the TXT record at _smtp._tls.DOMAIN, to take it along
health:
  --collect           ask collect, not serve
status:
  --format FORM       table or json (default: table)

Exit status: 0 good, 1 fault or finding, 2 wrong usage. See mta-stsd(8).
"""


# CI runs as root, and root is warned.
AS_ROOT = (r"time=\S+ level=warning event=root hint=.*\n"
           if os.geteuid() == 0 else "")


class CliTestCase(unittest.TestCase):
    program = "MTA_STSD"

    def setUp(self):
        self.dir = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="mta-stsd-e2e-")))
        self.config = self.dir / "mta-stsd.toml"
        self.config.write_text(SERVER + CONFIG)
        self.env = {name: value for name, value in os.environ.items()
                    if name != "MTA_STSD_CONFIG"}

    def run_it(self, *arguments, stdin="", **how):
        return subprocess.run(
            [os.environ[self.program], *map(str, arguments)], input=stdin,
            **{"env": self.env, "cwd": self.dir, "stdout": subprocess.PIPE,
               "stderr": subprocess.PIPE, "timeout": TIMEOUT, "text": True,
               **how})

    def expect(self, done, status, out="", err=""):
        """`out` and `err` are whole texts, or patterns of whole texts."""
        self.assertEqual(done.returncode, status, done)
        for got, want in ((done.stdout, out), (done.stderr, err)):
            if isinstance(want, re.Pattern):
                self.assertRegex(got, want)
                self.assertIsNotNone(want.fullmatch(got), got)
            else:
                self.assertEqual(got.replace("\r", ""), want.replace("\r", ""))

    def add_certificates(self):
        shutil.copytree(scratch() / "server", self.dir / "certs")


def lines(*patterns):
    return re.compile("".join(one + r"\n" for one in patterns))


class UsageTest(CliTestCase):
    def test_help(self):
        for arguments in (["--help"], ["-h"], ["serve", "--help"],
                          ["render", "-h"], ["--help", "--nonsense"],
                          ["-c", "/nowhere", "--help"]):
            with self.subTest(arguments):
                self.expect(self.run_it(*arguments), 0, HELP)

    def test_help_fits_a_terminal(self):
        self.assertLess(max(map(len, HELP.splitlines())), 80)

    def test_help_lists_every_form(self):
        done = self.run_it("records", "--format", "bind")
        forms = re.search(r" not in \{(.*?)\}", done.stderr)[1]
        listed = re.search(r"records:\n  --format FORM +(.*?)\(default", HELP,
                           re.DOTALL)[1]
        self.assertEqual(forms.split(","),
                         re.sub(r"\s", "", listed).split(","))

    def test_version(self):
        version = re.search(r"VERSION (\d+\.\d+\.\d+)",
                            (ROOT / "CMakeLists.txt").read_text())[1]
        for arguments in (["--version"], ["-V"], ["records", "-V"],
                          ["--version", "--nonsense"]):
            self.expect(self.run_it(*arguments), 0, f"mta-stsd {version}\n")

    def check_usage(self, *arguments, message="[^\n]+"):
        self.expect(self.run_it(*arguments), 2, "", lines(
            "mta-stsd: error: " + message, "mta-stsd: hint: see mta-stsd "
            "--help"))

    def test_no_command(self):
        self.check_usage(message="no command is given")
        self.check_usage("-c", self.config, message="no command is given")

    def test_unknown_words(self):
        self.check_usage("sevre", message='unknown command or option "sevre"')
        self.check_usage("--sevre",
                         message='unknown command or option "--sevre"')
        self.check_usage("check", "a", message='unknown argument "a"')
        self.check_usage("check", "--ttl", "5")
        self.check_usage("serve", "--strict",
                         message='unknown argument "--strict"')
        self.check_usage("check", "a", "b",
                         message='unknown argument "a" "b"')
        self.check_usage("status", "a.example", "b.example")

    def test_two_commands(self):
        self.check_usage("-c", self.config, "check", "records")

    def test_values(self):
        self.check_usage("-c")
        self.check_usage("records", "--format", "bind")
        self.check_usage("records", "--only", "all")
        self.check_usage("check", "--format", "zone")
        self.check_usage("records", "--ttl", "-1")
        self.check_usage("records", "--ttl", "2147483648")
        self.check_usage("records", "--ttl", "soon")
        self.check_usage("serve", "--log-format", "xml")
        self.check_usage("serve", "--log-level", "loud")

    def test_render_needs_one_domain(self):
        message = "render needs one domain, or --output DIR"
        self.check_usage("render", message=message)
        self.check_usage("render", "a.example", "b.example", message=message)

    def test_import_needs_a_domain(self):
        self.check_usage("import")
        self.check_usage("import", "--domain", "a.example", "b", "c")


class ConfigTest(CliTestCase):
    """Where the configuration comes from."""

    def test_option_before_and_after_the_command(self):
        for arguments in (["-c", self.config, "render", "example.com"],
                          ["render", "-c", self.config, "example.com"],
                          [f"--config={self.config}", "render",
                           "example.com"]):
            self.expect(self.run_it(*arguments), 0, BODY)

    def test_standard_input(self):
        self.expect(self.run_it("-c", "-", "render", "example.com",
                                stdin=CONFIG), 0, BODY)
        self.expect(self.run_it("-c", "-", "check", "--policies-only",
                                stdin=CONFIG), 0,
                    "-: 1 policy domain, 0 certificates, 0 warnings\n")
        self.expect(self.run_it("-c", "-", "records", stdin="[[policy]"), 1,
                    "", re.compile(r"mta-stsd: error: <standard input>:1:\d+"
                                   r": is no valid TOML: .*\n"
                                   r"mta-stsd: hint: key = .*\n"))
        self.expect(self.run_it("-c", "-", "records",
                                preexec_fn=lambda: os.close(0)), 1, "",
                    "mta-stsd: error: <standard input>: can't be read: Bad "
                    "file descriptor [config.unreadable]\n")

    def test_serve_needs_a_file(self):
        # It is read again when a certificate is renewed.
        self.expect(
            self.run_it("-c", "-", "serve", stdin=CONFIG), 1, "",
            "mta-stsd: error: serve can't read its configuration from "
            "standard input\nmta-stsd: hint: it has to read it again when "
            "certificates are renewed\n")

    def test_environment(self):
        self.env["MTA_STSD_CONFIG"] = str(self.config)
        self.expect(self.run_it("render", "example.com"), 0, BODY)
        # What is said on the command line wins.
        self.expect(self.run_it("-c", "/nowhere", "render", "example.com"), 1,
                    "", re.compile("mta-stsd: error: /nowhere: (?s:.*)"))

    def test_default(self):
        self.env["MTA_STSD_CONFIG"] = ""  # counts as not set
        path = pathlib.Path("/etc/mta-stsd/mta-stsd.toml")
        if path.exists():
            self.skipTest(f"{path} exists here")
        for environment in (self.env, {}):
            self.expect(
                self.run_it("check", env=environment), 1, "",
                f"mta-stsd: error: {path}: can't be read: No such file or "
                "directory [config.unreadable]\nmta-stsd: hint: the path is "
                "given with -c or $MTA_STSD_CONFIG\n")

    def test_a_name_steers_no_terminal(self):
        self.expect(
            self.run_it("-c", "\x1b]0;owned\x07\n.toml", "check"), 1, "",
            "mta-stsd: error: \\x1b]0;owned\\x07\\x0a.toml: can't be read: No "
            "such file or directory [config.unreadable]\nmta-stsd: hint: the "
            "path is given with -c or $MTA_STSD_CONFIG\n")


class RenderTest(CliTestCase):
    def test_exact_octets(self):
        done = self.run_it("-c", self.config, "render", "Example.COM.",
                           text=False, stdin=b"")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, BODY.encode(), b""))

    def test_unknown_domain(self):
        self.expect(
            self.run_it("-c", self.config, "render", "example.net"), 1, "",
            'mta-stsd: error: domain "example.net" has no policy here\n'
            "mta-stsd: hint: mta-stsd records lists those that have\n")

    def test_every_fault_is_reported(self):
        self.config.write_text('[[policy]]\ndomains = ["a b"]\nmx = ["1"]\n'
                               'mode = "on"\ncolour = 1\n')
        done = self.run_it("-c", self.config, "render", "example.com")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr.count("mta-stsd: error: "), 4)


class StaticTreeTest(CliTestCase):
    """render --output"""

    PATH = ".well-known/mta-sts.txt"

    def setUp(self):
        super().setUp()
        self.config.write_text(CONFIG.replace(
            '["example.com"]', '["example.com", "example.net"]'))
        self.tree = self.dir / "tree"

    def render(self, *domains):
        return self.run_it("-c", self.config, "render", *domains, "--output",
                           self.tree)

    def files(self):
        return {str(path.relative_to(self.tree)): path.read_bytes()
                for path in self.tree.rglob("*") if path.is_file()}

    def test_all_domains(self):
        self.expect(self.render(), 0)
        self.assertEqual(self.files(), {
            f"mta-sts.example.{name}/{self.PATH}": BODY.encode()
            for name in ("com", "net")})

    def test_named_domains(self):
        self.expect(self.render("Example.NET."), 0)
        self.assertEqual(list(self.files()),
                         [f"mta-sts.example.net/{self.PATH}"])

    def test_unknown_domain_writes_nothing(self):
        done = self.render("example.com", "example.org")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertFalse(self.tree.exists())

    def test_bad_configuration_writes_nothing(self):
        self.config.write_text(CONFIG + "mode = 1\n")
        self.assertEqual(self.render().returncode, 1)
        self.assertFalse(self.tree.exists())

    def test_equal_files_are_left_alone(self):
        self.expect(self.render(), 0)
        same = self.tree / "mta-sts.example.com" / self.PATH
        other = self.tree / "mta-sts.example.net" / self.PATH
        other.write_bytes(b"old")
        before = (same.stat(), other.stat())
        self.expect(self.render(), 0)
        # Its time of access changes: it is read, to be compared.
        after = same.stat()
        self.assertEqual((after.st_ino, after.st_mtime_ns),
                         (before[0].st_ino, before[0].st_mtime_ns))
        # Renamed into place: who has the old file open reads it to its end.
        self.assertNotEqual(other.stat().st_ino, before[1].st_ino)
        self.assertEqual(other.read_bytes(), BODY.encode())
        self.assertEqual(len(self.files()), 2)

    def test_no_reader_sees_half_of_a_file(self):
        long = BODY.replace("mx: mail.example.com\r\n", "".join(
            f"mx: {i:03}.example.com\r\n" for i in range(400)))
        configs = {BODY: CONFIG, long: CONFIG.replace(
            '"mail.example.com"', ", ".join(
                f'"{i:03}.example.com"' for i in range(400)))}
        path = self.tree / "mta-sts.example.com" / self.PATH
        seen, done = set(), threading.Event()

        def read():
            while not done.is_set():
                seen.add(path.read_bytes().decode())

        self.config.write_text(CONFIG)
        self.expect(self.render(), 0)
        reader = threading.Thread(target=read)
        reader.start()
        try:
            for body, text in list(configs.items()) * 10:
                self.config.write_text(text)
                self.expect(self.render(), 0)
                self.assertEqual(path.read_bytes().decode(), body)
        finally:
            done.set()
            reader.join()
        self.assertLessEqual(seen, set(configs))

    def test_nothing_is_removed(self):
        self.expect(self.render(), 0)
        self.config.write_text(CONFIG)
        self.expect(self.render(), 0)
        self.assertEqual(len(self.files()), 2)

    def test_links_do_not_lead_out(self):
        outside = self.dir / "outside"
        outside.mkdir()
        self.tree.mkdir()
        host = self.tree / "mta-sts.example.com"
        for link, shown in ((host, host), (host / ".well-known",) * 2):
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(outside)
            self.expect(
                self.render(), 1, "", f'mta-stsd: error: can\'t open "{shown}"'
                ": Not a directory\nmta-stsd: hint: it has to be a folder; "
                "symbolic links are not followed here\n")
            link.unlink()
        # A link in the file's place is replaced, and its target not touched.
        victim = outside / "victim"
        victim.write_text("untouched")
        (host / self.PATH).parent.mkdir()
        (host / self.PATH).symlink_to(victim)
        self.expect(self.render(), 0)
        self.assertFalse((host / self.PATH).is_symlink())
        self.assertEqual(victim.read_text(), "untouched")
        self.assertEqual(list(outside.iterdir()), [victim])

    def test_what_stands_in_the_way(self):
        self.tree.write_text("a file")
        self.expect(
            self.render(), 1, "", f'mta-stsd: error: can\'t open "{self.tree}"'
            ": Not a directory\nmta-stsd: hint: it has to be a folder\n")
        self.tree.unlink()
        path = self.tree / "mta-sts.example.com" / self.PATH
        path.mkdir(parents=True)
        self.expect(
            self.render(), 1, "", f'mta-stsd: error: can\'t write "{path}"'
            ": Is a directory\n")
        self.assertEqual(list(path.parent.iterdir()), [path])
        self.tree = self.dir / "no/such"
        self.expect(
            self.render(), 1, "", f'mta-stsd: error: can\'t make "{self.tree}"'
            ": No such file or directory\n")


class ImportTest(CliTestCase):
    HEAD = """\
# The policy of example.com, imported. Its id is {id}.
#
# 1. Have a certificate for mta-sts.example.com, and look at it all with
#    mta-stsd check.
# 2. Let mta-sts.example.com lead to this server: A and AAAA, or CNAME.
# 3. Once the policy comes from here, and not before (RFC 8461, 8.1),
#    publish this record:
#      _mta-sts.example.com  TXT  v=STSv1; id={id}
""".format(id="c0a762642c8ff96deabc4e74c1e5d657")
    TABLE = """\
[[policy]]
domains = ["example.com"]
mode = "testing"
mx = ["mail.example.com"]
max_age = "1w"
"""

    def run_import(self, *arguments, stdin=BODY.encode()):
        done = self.run_it("import", "--domain", "Example.COM.", *arguments,
                           stdin=stdin, text=False)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done

    def test_standard_input(self):
        out = (self.HEAD + "# _smtp._tls.example.com, if there is one, is not "
               "among it: see --tls-rpt.\n" + self.TABLE)
        self.expect(self.run_import(), 0, out)
        self.expect(self.run_import("-"), 0, out)

    def test_record_of_tls_rpt(self):
        self.expect(
            self.run_import("--tls-rpt", "v=TLSRPTv1; rua=mailto:a@b.example"),
            0, self.HEAD + "# _smtp._tls.example.com stays as it is.\n" +
            self.TABLE + 'tls_rpt = ["mailto:a@b.example"]\n')

    def test_record_of_tls_rpt_in_another_form(self):
        record = ("v=TLSRPTv1;rua=mailto:a@B.example , https://b.example/?x=1,"
                  "mailto:a@b.example; x=y;")
        self.expect(
            self.run_import("--tls-rpt", record), 0, self.HEAD +
            "# _smtp._tls.example.com stays as it is.\n" + self.TABLE +
            'tls_rpt = [\n  "mailto:a@b.example",\n'
            '  "https://b.example/?x=1",\n]\n',
            'mta-stsd: warning: --tls-rpt: "x=y" is left out: only rua is '
            "known (RFC 8460, 3)\n")

    def test_record_of_tls_rpt_with_two_rua(self):
        record = "v=TLSRPTv1; rua=mailto:a@b.example; rua=mailto:c@b.example"
        self.expect(
            self.run_import("--tls-rpt", record), 0, self.HEAD +
            "#      _smtp._tls.example.com  TXT  v=TLSRPTv1; "
            "rua=mailto:a@b.example\n" + self.TABLE +
            'tls_rpt = ["mailto:a@b.example"]\n',
            'mta-stsd: warning: --tls-rpt: "rua=mailto:c@b.example" is left '
            "out: of two rua the first counts; put all URIs into one, with "
            "commas between\n")

    # KumoMTA refuses it.
    def test_record_of_tls_rpt_with_white_space_at_its_end(self):
        self.expect(
            self.run_import("--tls-rpt",
                            "v=TLSRPTv1; rua=mailto:a@b.example; "), 0,
            self.HEAD + "#      _smtp._tls.example.com  TXT  v=TLSRPTv1; "
            "rua=mailto:a@b.example\n" + self.TABLE +
            'tls_rpt = ["mailto:a@b.example"]\n')

    def test_policy_host_for_the_domain(self):
        done = self.run_it("import", "--domain", "mta-sts.example.com",
                           stdin=BODY)
        self.assertEqual(done.returncode, 0)
        self.assertIn("[policy.domain-is-policy-host]", done.stderr)
        self.assertIn('"example.com"', done.stderr)

    def test_url_for_the_file(self):
        url = "https://mta-sts.example.com/.well-known/mta-sts.txt"
        self.expect(self.run_import(url), 1, "",
                    f"mta-stsd: error: {url}: is a URL, not a file\n"
                    f"mta-stsd: hint: fetch it: curl -sS '{url}' | mta-stsd "
                    "import --domain Example.COM.\n")

    def test_very_many_line_ends_are_mended_in_few_words(self):
        done = self.run_import("--mend", stdin=BODY.encode() + 60000 * b"\r")
        self.assertEqual(done.returncode, 0)
        self.assertLess(done.stderr.count("\n"), 9)

    # Of its first lines none is for senders.
    def test_mend(self):
        text = BODY.replace("version", "\ufeffVersion", 1).encode()
        self.assertEqual(self.run_import(stdin=text).returncode, 1)
        done = self.run_import("--mend", stdin=text)
        self.assertEqual((done.returncode, done.stdout),
                         (0, self.run_import().stdout))
        self.assertEqual(done.stderr, "".join(
            f"mta-stsd: mended: <standard input>:1: {one}\n" for one in (
                "the byte order mark is left out",
                '"Version: STSv1" is read as "version: STSv1"')))

    def test_mend_leaves_what_is_good_alone(self):
        self.assertEqual(vars(self.run_import("--mend")) | {"args": 0},
                         vars(self.run_import()) | {"args": 0})

    def test_bad_record_of_tls_rpt(self):
        self.expect(
            self.run_import("--tls-rpt", "rua=mailto:a@b.example"), 1, "",
            'mta-stsd: error: --tls-rpt "rua=mailto:a@b.example" does not '
            'start with "v=TLSRPTv1"\nmta-stsd: hint: the version comes '
            "first, in exactly this case\n")

    def test_record_of_tls_rpt_as_dig_prints_it(self):
        done = self.run_import("--tls-rpt", '"v=TLSRPTv1; rua=mailto:a@b.c"')
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("mta-stsd: hint: leave out the quotation marks that dig "
                      "prints\n", done.stderr)

    def test_bad_domain(self):
        self.expect(
            self.run_it("import", "--domain", "a b"), 1, "",
            'mta-stsd: error: domain "a b" has " ", which no host name has\n'
            "mta-stsd: hint: letters, digits and hyphens only\n")

    def test_unreadable_file(self):
        for path, reason in (("gone", "No such file or directory"),
                             (".", "is a directory")):
            self.expect(
                self.run_import(path), 1, "", f"mta-stsd: error: {path}: "
                f"can't be read: {reason}\nmta-stsd: hint: a policy is a "
                "regular file, or standard input, of 64 KiB at most (RFC "
                "8461, 3.3)\n")

    def test_more_than_senders_read(self):
        for arguments in ([], ["big"]):
            octets = b"a: b\n" * 13108
            (self.dir / "big").write_bytes(octets)
            done = self.run_import(*arguments, stdin=octets)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("can't be read: has more than 65536 octets",
                          done.stderr)

    def test_what_it_prints_can_be_included(self):
        folder = self.dir / "policies.d"
        folder.mkdir()
        done = self.run_import()
        (folder / "example.com.toml").write_text(done.stdout)
        self.config.write_text('include = ["policies.d/*.toml"]\n')
        self.expect(self.run_it("-c", self.config, "render", "example.com"),
                    0, BODY)


class CheckTest(CliTestCase):
    def check(self, *options):
        return self.run_it("-c", self.config, "check", *options)

    def test_all_is_well(self):
        self.add_certificates()
        self.expect(self.check(), 0, f"{self.config}: 1 policy domain, "
                    "1 certificate, 0 warnings\n")
        self.expect(self.check("--strict"), 0,
                    re.compile(".*, 0 warnings\n"))

    def test_warnings(self):
        self.add_certificates()
        self.config.write_text(SERVER + CONFIG + 'max_age = "1h"\n')
        warning = lines(r"mta-stsd: warning: .*:9:11: .* "
                        r"\[policy\.max-age-short\]", "mta-stsd: hint: .*")
        self.expect(self.check(), 0, re.compile(".*, 1 warning\n"), warning)
        self.expect(self.check("--strict"), 1, re.compile(".*\n|"), warning)

    def test_policy_of_two_domains(self):
        self.config.write_text(CONFIG.replace(
            '["example.com"]', '["example.com", "example.net"]'))
        self.expect(self.check("--policies-only"), 0, f"{self.config}: "
                    "2 policy domains, 0 certificates, 0 warnings\n")

    def test_certificates_are_missing(self):
        self.expect(self.check(), 1, "", lines(
            r"mta-stsd: error: .*/certs: .* \[certificate\.[a-z-]+\]",
            "mta-stsd: hint: .*"))
        # The policies can be checked where the certificates are not.
        self.expect(self.check("--policies-only"), 0, f"{self.config}: "
                    "1 policy domain, 0 certificates, 0 warnings\n")

    def test_no_certificates_are_configured(self):
        self.config.write_text(CONFIG + '[server]\nlisten = ["[::1]:0"]\n')
        self.expect(self.check(), 0, re.compile(".*, 1 warning\n"), lines(
            r"mta-stsd: warning: .* \[server\.no-certificates\]",
            "mta-stsd: hint: .*"))

    def test_folder_without_certificates(self):
        (self.dir / "certs").mkdir()
        self.expect(self.check(), 1, "", lines(
            r"mta-stsd: error: .*/certs: .* \[certificate\.none-found\]",
            "mta-stsd: hint: .*"))

    def test_host_without_a_certificate(self):
        self.add_certificates()
        self.config.write_text(SERVER + CONFIG.replace(
            'domains = ["example.com"]', 'domains = ["example.org"]'))
        self.expect(self.check(), 1, "", lines(
            r"mta-stsd: error: .* no certificate names the host "
            r"mta-sts\.example\.org \[certificate\.name-not-covered\]",
            "mta-stsd: hint: .*"))

    def test_key_that_belongs_to_another_certificate(self):
        self.add_certificates()
        make_certificates("mta-sts.example.com", options=("--leaf", "second"))
        shutil.copy(scratch() / "second/privkey.pem", self.dir / "certs")
        self.expect(self.check(), 1, "", lines(
            r"mta-stsd: error: .*/fullchain\.pem: .* "
            r"\[certificate\.key-mismatch\]", "mta-stsd: hint: .*"))

    def test_unreadable_key(self):
        self.add_certificates()
        (self.dir / "certs/privkey.pem").chmod(0)
        if os.geteuid() == 0:
            # Root may read everything, so it runs as somebody else.
            if not shutil.which("setpriv"):
                self.skipTest("setpriv is not installed")
            self.dir.chmod(0o755)
            program = shutil.copy(os.environ["MTA_STSD"], self.dir)
            done = subprocess.run(
                ["setpriv", "--reuid=65534", "--clear-groups", program, "-c",
                 self.config, "check"], cwd=self.dir, capture_output=True,
                text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL)
        else:
            done = self.check()
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        user = 65534 if os.geteuid() == 0 else os.geteuid()
        group = os.getegid()
        self.assertIn(
            "/certs/privkey.pem: can't be read: Permission denied "
            f"[certificate.unreadable]\nmta-stsd: hint: user {user} has to be "
            f"able to read it: chown {user} {self.dir}/certs/privkey.pem, or "
            f"chgrp {group} and chmod 640; in Compose group_add with the "
            f"group of the file; in Kubernetes fsGroup: {group} and "
            "defaultMode: 0440\n", done.stderr)

    def test_encrypted_key(self):
        # The default of OpenSSL is to ask for the password, on the terminal.
        self.add_certificates()
        key = self.dir / "certs/privkey.pem"
        new = self.dir / "new.pem"
        subprocess.run(["openssl", "pkey", "-in", key, "-out", new, "-aes256",
                        "-passout", "pass:secret"], check=True,
                       timeout=TIMEOUT)
        os.replace(new, key)
        done = self.check()
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("[certificate.key-encrypted]", done.stderr)
        self.assertIn("openssl pkey -in", done.stderr)

    def test_file_that_was_replaced_where_it_was_mounted_from(self):
        with open(self.config) as old:
            self.config.unlink()
            self.expect(
                self.run_it("-c", f"/proc/self/fd/{old.fileno()}", "check",
                            "--policies-only", pass_fds=[old.fileno()]), 0,
                re.compile(".*, 1 warning\n"), lines(
                    r"mta-stsd: warning: .*: was replaced by another file "
                    r"outside, and this is the old one still "
                    r"\[config\.replaced\]", "mta-stsd: hint: mount its "
                    "folder and not the file; a restart shows the new one"))

    def test_json(self):
        self.config.write_text(CONFIG + 'max_age = "1h"\n')
        done = self.check("--policies-only", "--format", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout), {
            "config": str(self.config), "domains": 1, "certificates": 0,
            "errors": 0, "warnings": 1, "findings": [{
                "id": "policy.max-age-short", "severity": "warning",
                "file": str(self.config), "line": 6, "column": 11,
                "message": "max_age 1h is below one day",
                "hint": 'the aykevl checker fails it, in mode none too: "1d" '
                        "is the least; RFC 8461, 3.2 expects weeks"}]})
        self.assertEqual(self.check("--policies-only", "--format", "json",
                                    "--strict").returncode, 1)

    def test_json_of_errors(self):
        self.config.write_text('a = "\\u0001\\""\n[[policy]]\nmode = 1\n')
        done = self.check("--format=json")
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        found = json.loads(done.stdout)
        self.assertEqual((found["errors"], found["warnings"]), (3, 0))
        self.assertEqual(
            [(one["id"], one["line"]) for one in found["findings"]],
            [("config.unknown-key", 1), ("policy.domains-missing", 2),
             ("config.wrong-type", 3)])

    def test_findings_are_sorted(self):
        # Of policies, of certificates and of the whole: by file and place.
        (self.dir / "a").mkdir()
        (self.dir / "z").mkdir()
        self.config.write_text(
            CONFIG + 'max_age = "1h"\n[server]\nlisten = ["[::1]:0"]\n'
            'certificates = ["z", "a"]\n')
        found = json.loads(self.check("--format", "json").stdout)["findings"]
        places = [(one["file"], one["line"], one["column"]) for one in found]
        self.assertEqual(len(places), 3)
        self.assertEqual(places, sorted(places))

    def test_example_configuration(self):
        self.expect(self.run_it("-c", ROOT / "etc/mta-stsd.toml", "check",
                                "--policies-only"), 0,
                    f"{ROOT}/etc/mta-stsd.toml: 1 policy domain, "
                    "0 certificates, 0 warnings\n")


class PlaceholderTest(CliTestCase):
    """Nobody must publish example.com by a configuration that was copied."""

    PUBLIC = SERVER.replace("127.0.0.1:0", "0.0.0.0:0") + CONFIG
    WARNING = (r"mta-stsd: (warning|error): .*:5:1: \"example\.com\" is a "
               r"placeholder, and serve refuses it on a public "
               r"listener \[policy\.placeholder\]")

    def setUp(self):
        super().setUp()
        self.add_certificates()

    def test_serve_refuses_it_in_public(self):
        self.config.write_text(self.PUBLIC)
        done = self.run_it("-c", self.config, "serve")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, self.WARNING)
        self.assertIn("--allow-example", done.stderr)

    def test_check_warns(self):
        self.config.write_text(self.PUBLIC)
        self.expect(self.run_it("-c", self.config, "check"), 0,
                    re.compile(".*, 1 warning\n"),
                    lines(self.WARNING, "mta-stsd: hint: .*"))

    def test_mx_counts_too(self):
        self.config.write_text(self.PUBLIC.replace(
            'domains = ["example.com"]', 'domains = ["bahn.de"]'))
        done = self.run_it("-c", self.config, "serve")
        self.assertEqual(done.returncode, 1)
        self.assertIn('"mail.example.com" is a placeholder', done.stderr)

    def test_names_to_be_filled_in_count_too(self):
        self.config.write_text(self.PUBLIC.replace("example.com", "bahn.de")
                               .replace("mail.bahn.de", "mail.yourdomain.com"))
        done = self.run_it("-c", self.config, "serve")
        self.assertEqual(done.returncode, 1)
        self.assertIn('"mail.yourdomain.com" is a placeholder', done.stderr)

    def test_reports_to_somebody_else_count_too(self):
        self.config.write_text(self.PUBLIC.replace("example.com", "bahn.de")
                               .replace("@bahn.de", "@yourdomain.com"))
        done = self.run_it("-c", self.config, "serve")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr,
                         r'"mailto:.*@yourdomain\.com" is a placeholder')

    def test_it_is_served_when_asked_for(self):
        with Daemon(None, self.PUBLIC, "--allow-example") as daemon:
            self.assertEqual(daemon.fetch()[0], 200)

    def test_it_is_served_on_loopback(self):
        with Daemon(None, SERVER + CONFIG) as daemon:
            self.assertEqual(daemon.fetch()[0], 200)


class ServeTest(CliTestCase):
    def serve(self, *arguments):
        done = self.run_it("-c", self.config, "serve", *arguments)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        return done.stderr

    def test_port_in_use(self):
        self.add_certificates()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.config.write_text(
                SERVER.replace("127.0.0.1:0", f"127.0.0.1:{port}") + CONFIG)
            self.assertEqual(
                self.serve(), f"mta-stsd: error: can't listen on 127.0.0.1:"
                f"{port}: Address already in use\nmta-stsd: hint: another "
                "program listens there; see: ss -ltnp 'sport = "
                f":{port}'\n")

    def test_address_of_another_machine(self):
        self.add_certificates()
        self.config.write_text(
            SERVER.replace("127.0.0.1:0", "192.0.2.1:8443") + CONFIG)
        self.assertIn("mta-stsd: error: ", self.serve("--allow-example"))

    def test_systemd_hands_over_no_socket(self):
        self.add_certificates()
        self.config.write_text(
            SERVER.replace("127.0.0.1:0", "systemd") + CONFIG)
        self.assertIn("no socket was handed over by the service manager",
                      self.serve("--allow-example"))

    def test_certificates_are_missing(self):
        self.assertIn("[certificate.", self.serve())

    def test_no_certificates_are_configured(self):
        self.config.write_text('[server]\nlisten = ["127.0.0.1:0"]\n' + CONFIG)
        self.assertIn("no policy host has a certificate", self.serve())

    def test_only_an_expired_certificate(self):
        make_certificates("mta-sts.example.com",
                          options=("--leaf", "expired", "--expired"))
        self.config.write_text(SERVER.replace(
            "certs", str(scratch() / "expired")) + CONFIG)
        self.assertIn("[certificate.expired]", self.serve())

    def test_bad_configuration(self):
        self.config.write_text(SERVER + CONFIG + "mode = 1\n")
        self.assertIn("[config.wrong-type]", self.serve())

    def test_without_a_configuration(self):
        self.config.unlink()
        says, _, example = self.serve().partition("\n\n")
        self.assertEqual(
            says, f"mta-stsd: error: {self.config}: can't be read: No such "
            "file or directory [config.unreadable]\nmta-stsd: hint: the path "
            "is given with -c or $MTA_STSD_CONFIG")
        advice, _, example = example.partition("\n\n")
        self.assertIn("/etc/mta-stsd, and one with certificate and key at "
                      "/certs:", advice)
        self.assertEqual(len(example.splitlines()), 10)
        self.config.write_text(example)
        self.expect(
            self.run_it("-c", self.config, "check", "--policies-only"), 0,
            f"{self.config}: 1 policy domain, 0 certificates, 0 warnings\n")

    def test_a_signal_ends_it_while_it_loads(self):
        # Enough for seconds; the signal comes as soon as it has a handler.
        names = ",".join(f'"d{n}.example.com"' for n in range(1_000_000))
        self.config.write_text(SERVER + CONFIG.replace('"example.com"', names))
        bit = 1 << signal.SIGTERM - 1
        with subprocess.Popen(
                [os.environ["MTA_STSD"], "-c", self.config, "serve"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            eventually(lambda: signals_of(process.pid, "SigCgt")
                       & bit)
            process.terminate()
            out, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual((process.returncode, out, err), (0, b"", b""))

    def run_for_a_moment(self, *arguments):
        """Standard error of `serve`, stopped once it serves."""
        # The harness waits for a line that may not be written here.
        self.add_certificates()
        with subprocess.Popen(
                [os.environ["MTA_STSD"], "-c", self.config, "serve",
                 *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True) as process:
            self.assertTrue(process.stdout.readline())
            process.terminate()
            log = process.stderr.read()
        self.assertEqual(process.returncode, 0)
        return log

    def test_json_log(self):
        log = self.run_for_a_moment("--log-format", "json")
        events = [json.loads(line) for line in log.splitlines()]
        self.assertIn("listening", [event["event"] for event in events])
        self.assertEqual(events[0]["domains"], 1)

    def test_log_level(self):
        self.assertRegex(self.run_for_a_moment("--log-level", "warning"),
                         rf"\A{AS_ROOT}\Z")

    def test_records_that_can_not_be_written(self):
        self.add_certificates()
        self.config.write_text(
            SERVER + f'[operations]\nlisten = "unix:{self.dir}/socket"\n'
            + CONFIG)
        for level, want in (("warning", AS_ROOT + r"time=\S+ level=warning "
                             "event=records-lost domains=1 "
                             'hint="mta-stsd records prints them"\n'),
                            ("error", "")):
            with self.subTest(level), open("/dev/full", "w") as full, \
                    subprocess.Popen(
                        [os.environ["MTA_STSD"], "-c", self.config, "serve",
                         "--log-level", level], stdout=full,
                        stderr=subprocess.PIPE, text=True) as process:
                eventually(lambda: self.run_it(
                    "-c", self.config, "health").returncode == 0)
                process.terminate()
                self.assertRegex(process.stderr.read(), rf"\A{want}\Z")


class AskTest(CliTestCase):
    """`health` and `status`, where another program listens."""

    def setUp(self):
        super().setUp()
        self.answer = 200

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                handler.send_response(self.answer)
                handler.end_headers()
                handler.wfile.write(b"hello\n")

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        self.config.write_text(
            f'[operations]\nlisten = "127.0.0.1:{server.server_port}"\n')

    def check(self, status, out="hello\n", **how):
        for command in ("health", "status"):
            with self.subTest(command):
                done = self.run_it("-c", self.config, command, **how)
                self.assertEqual((done.returncode, done.stdout, done.stderr),
                                 (status, out, ""))

    def test_answer_that_is_no_success(self):
        self.check(0)
        for self.answer in (201, 404, 503):
            self.check(1)

    def test_output_that_can_not_be_written(self):
        with open("/dev/full", "w") as full:
            self.check(1, None, stdout=full)

    def test_bad_domain(self):
        self.expect(
            self.run_it("-c", self.config, "status", "a b"), 1, "",
            'mta-stsd: error: domain "a b" has " ", which no host name has\n'
            "mta-stsd: hint: letters, digits and hyphens only\n")


class OutputTest(CliTestCase):
    """A result that can't be written is a fault, and never silent success."""

    COMMANDS = (("--help",), ("--version",), ("check", "--policies-only"),
                ("check", "--policies-only", "--format", "json"),
                ("import", "--domain", "example.com", "mta-sts.txt"),
                ("records",), ("records", "--format", "plain"),
                ("render", "example.com"))

    def setUp(self):
        super().setUp()
        (self.dir / "mta-sts.txt").write_bytes(BODY.encode())
        # So many that their records are more than what stdio keeps.
        self.config.write_text(CONFIG.replace(
            '["example.com"', '["example.com"' + "".join(
                f', "d{i}.example.com"' for i in range(100))))

    def check(self, **how):
        for command in self.COMMANDS:
            with self.subTest(command):
                done = self.run_it("-c", self.config, *command, **how)
                self.assertEqual(done.returncode, 1, done)

    def test_full_device(self):
        with open("/dev/full", "w") as full:
            self.check(stdout=full)

    def test_closed_output(self):
        self.check(stdout=None, preexec_fn=lambda: os.close(1))

    def test_closed_pipe(self):
        # SIGPIPE would be no exit status of ours.
        for command in self.COMMANDS:
            with self.subTest(command):
                reader, writer = os.pipe()
                os.close(reader)
                with open(writer, "w") as pipe:
                    done = self.run_it("-c", self.config, *command,
                                       stdout=pipe)
                self.assertIn(done.returncode, (1, -13), done)


if __name__ == "__main__":
    unittest.main()
