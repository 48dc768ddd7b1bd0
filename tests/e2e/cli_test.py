# SPDX-License-Identifier: MIT
"""Each command as people and scripts use it: standard output, standard error
and exit status."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from certificates import make_certificates, scratch
from daemon import TIMEOUT, Daemon

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
  check               read everything, report everything that is wrong
  records [DOMAIN..]  print the DNS records to publish
  render DOMAIN       print the exact bytes that are served

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
check:
  --policies-only     leave certificates and listeners out
  --strict            exit 1 on warnings too
records:
  --format FORM       zone or plain (default: zone)
  --ttl SECONDS       the same for all (default: 300, mode enforce: 3600)

Exit status: 0 good, 1 fault or finding, 2 wrong usage. See mta-stsd(8).
"""


class CliTestCase(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="mta-stsd-e2e-")))
        self.config = self.dir / "mta-stsd.toml"
        self.config.write_text(SERVER + CONFIG)
        self.env = {name: value for name, value in os.environ.items()
                    if name != "MTA_STSD_CONFIG"}

    def run_it(self, *arguments, stdin="", **how):
        return subprocess.run(
            [os.environ["MTA_STSD"], *map(str, arguments)], input=stdin,
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

    def test_version(self):
        version = re.search(r"VERSION (\d+\.\d+\.\d+)",
                            (ROOT / "CMakeLists.txt").read_text())[1]
        for option in ("--version", "-V"):
            self.expect(self.run_it(option), 0, f"mta-stsd {version}\n")

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

    def test_two_commands(self):
        self.check_usage("-c", self.config, "check", "records")

    def test_values(self):
        self.check_usage("-c")
        self.check_usage("records", "--format", "json")
        self.check_usage("records", "--ttl", "-1")
        self.check_usage("records", "--ttl", "2147483648")
        self.check_usage("records", "--ttl", "soon")
        self.check_usage("serve", "--log-format", "xml")
        self.check_usage("serve", "--log-level", "loud")

    def test_render_needs_one_domain(self):
        self.check_usage("render")
        self.check_usage("render", "a.example", "b.example")


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
                                   r": is no valid TOML: .*\n"))

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
            r"mta-stsd: error: .* no certificate names the policy host "
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
        self.assertIn("/certs/privkey.pem: can't be read: Permission denied "
                      "[certificate.unreadable]\nmta-stsd: hint: the user "
                      "that runs mta-stsd has to be able to read it\n",
                      done.stderr)

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

    def test_example_configuration(self):
        self.expect(self.run_it("-c", ROOT / "etc/mta-stsd.toml", "check",
                                "--policies-only"), 0,
                    f"{ROOT}/etc/mta-stsd.toml: 1 policy domain, "
                    "0 certificates, 0 warnings\n")


class PlaceholderTest(CliTestCase):
    """Nobody must publish example.com by a configuration that was copied."""

    PUBLIC = SERVER.replace("127.0.0.1:0", "0.0.0.0:0") + CONFIG
    WARNING = (r"mta-stsd: (warning|error): .*:5:1: \"example\.com\" is a "
               r"placeholder \(RFC 2606\), and serve refuses it on a public "
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
        self.assertEqual(self.run_for_a_moment("--log-level", "warning"), "")


class OutputTest(CliTestCase):
    """A result that can't be written is a fault, and never silent success."""

    COMMANDS = (("--help",), ("--version",), ("check", "--policies-only"),
                ("records",), ("records", "--format", "plain"),
                ("render", "example.com"))

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
