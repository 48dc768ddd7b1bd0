# SPDX-License-Identifier: MIT
"""As whom the program runs: what root gives up, and for whom it can't."""

import http.client
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import unittest

from daemon import BODY, POLICY, TIMEOUT, Daemon
from edits import NEW_BODY, policy, replace

IS_ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")
UID, GID = NOBODY.pw_uid, NOBODY.pw_gid
MORE = policy("new.example.com", domains=("example.net",))
SHUT_OUT = "[server.user-shut-out]"


def configured(*lines, user="nobody", policies=POLICY):
    return "\n".join(['[server]', f'user = "{user}"', *lines, policies])


def give(folder, uid=UID, gid=GID):
    os.chown(folder, uid, gid)
    for path in pathlib.Path(folder).rglob("*"):
        os.lchown(path, uid, gid)


def ask(daemon, path):
    """What the operations listener answers."""
    line = daemon.wait_for_line("event=operations address=")
    connection = http.client.HTTPConnection(line.rpartition("=")[2],
                                            timeout=TIMEOUT)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def status(pid, field):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(line.split()[1:] for line in text.splitlines()
                if line.startswith(field + ":"))


class Case(unittest.TestCase):
    def run_it(self, daemon, command, *wrapper, status=1):
        """What a command says on standard error."""
        done = subprocess.run(
            [*wrapper, daemon.binary, "-c", daemon.config, command],
            cwd=daemon.dir, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr


class RootTest(Case):
    def test_it_says_once_that_it_stays_root(self):
        with Daemon() as daemon:
            daemon.fetch()
        said = [line for line in daemon.stderr_lines if "event=root" in line]
        self.assertEqual(len(said), IS_ROOT, said)
        for line in said:
            self.assertIn('level=warning event=root hint="user = ', line)


@unittest.skipUnless(IS_ROOT, "only root can become somebody else")
class UserTest(Case):
    def test_it_becomes_the_user(self):
        text = configured('listen = ["127.0.0.1:0"]', "[operations]",
                          'listen = "127.0.0.1:0"')
        daemon = Daemon(None, text)
        give(daemon.dir)
        with daemon:
            daemon.wait_for_line(
                f"level=info event=user name=nobody uid={UID} gid={GID}")
            for task in os.listdir(f"/proc/{daemon.pid}/task"):
                self.assertEqual(status(task, "Uid"), [str(UID)] * 4)
                self.assertEqual(status(task, "Gid"), [str(GID)] * 4)
                self.assertEqual(status(task, "Groups"), [str(GID)])
                for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                    self.assertEqual(int(status(task, kind)[0], 16), 0, kind)
            self.assertEqual(daemon.fetch()[2], BODY)
            # Much of /proc/self is root's from then on.
            metrics = ask(daemon, "/metrics")
            for name in ("process_open_fds", "process_resident_memory_bytes"):
                self.assertRegex(metrics, rf"\n{name} [1-9]")
        self.assertNotIn("event=root", "".join(daemon.stderr_lines))

    def test_it_reloads_as_the_user(self):
        daemon = Daemon(None, configured(policies=policy("old.example.com")))
        give(daemon.dir)
        with daemon:
            replace(daemon.config, configured(
                'listen = ["127.0.0.1:0"]', 'certificates = ["certs"]',
                user="daemon", policies=policy("new.example.com")))
            give(daemon.dir)
            daemon.wait_for_line("event=reload result=applied")
            daemon.wait_for_line("event=restart-needed key=server.user")
            self.assertEqual(daemon.fetch()[2], NEW_BODY)

    def test_a_unix_socket_is_the_users(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o1777)
            path = folder + "/socket"
            daemon = Daemon(None, configured(
                f'listen = ["http+unix:{path}"]', "certificates = []"))
            give(daemon.dir)
            with daemon:
                owner = os.stat(path)
                self.assertEqual((owner.st_uid, owner.st_gid), (UID, GID))
                self.assertEqual(daemon.fetch()[2], BODY)
            self.assertFalse(os.path.exists(path))

    def test_a_host_that_nobody_has_a_certificate_for(self):
        daemon = Daemon(None, configured(policies=POLICY.replace(
            '"example.net"', '"example.org"')), checks=1,
            allow=("certificate.name-not-covered",))
        give(daemon.dir)
        with daemon:
            self.assertEqual(daemon.fetch()[2], BODY)

    def refusal(self, daemon):
        """What serve refuses with, and check warns of."""
        refused, warned = (self.run_it(daemon, "serve"),
                           self.run_it(daemon, "check", status=0))
        self.assertIn(SHUT_OUT, refused)
        self.assertEqual(refused.replace(" error: ", " warning: "), warned)
        self.assertNotIn("event=", refused)
        return refused

    def test_a_key_that_the_user_can_not_read(self):
        daemon = Daemon(None, configured())
        give(daemon.dir)
        os.chown(daemon.dir / "certs/privkey.pem", 0, 0)
        said = self.refusal(daemon)
        self.assertIn('privkey.pem: as user "nobody": can\'t be read: '
                      "Permission denied", said)
        self.assertIn("hint: it has to be able to read this, and the folders "
                      f"on the way: chgrp {GID}", said)

    def test_a_configuration_that_the_user_can_not_read(self):
        for hidden in ("mta-stsd.toml", "more.toml", "", "certs"):
            with self.subTest(hidden):
                text = configured(policies=policy("old.example.com"))
                daemon = Daemon(None, 'include = ["more.toml"]\n' + text,
                                files={"more.toml": MORE})
                give(daemon.dir)
                os.chown(daemon.dir / hidden, 0, 0)
                (daemon.dir / hidden).chmod(0o700)
                self.refusal(daemon)

    def test_a_folder_of_policies_that_the_user_can_not_read(self):
        """The pattern matches another file still."""
        daemon = Daemon(
            None, 'include = ["*/one.toml"]\n' + configured(policies=""),
            files={"a/one.toml": policy("mail.example.com"),
                   "b/one.toml": policy("mail.example.com",
                                        domains=("example.net",))})
        give(daemon.dir)
        os.chown(daemon.dir / "b", 0, 0)
        (daemon.dir / "b").chmod(0o700)
        self.assertIn(f"{daemon.dir}/b/.: as user", self.refusal(daemon))

    def test_users_that_can_not_be(self):
        unknown = Daemon(None, configured(user="no-such-user"))
        message = 'user "no-such-user" is not in /etc/passwd'
        self.assertIn(message, self.run_it(unknown, "serve"))
        self.assertIn(f"{message} [server.user-unknown]",
                      self.run_it(unknown, "check", status=0))
        self.assertIn('error: user "root" is root\n', self.run_it(
            Daemon(None, configured(user="root")), "serve"))

    def test_root_without_the_capability(self):
        if not shutil.which("setpriv"):
            self.skipTest("setpriv is not installed")
        said = self.run_it(
            Daemon(None, configured()), "serve", "setpriv",
            "--bounding-set=-setuid", "--inh-caps=-setuid")
        self.assertIn("can't become user \"nobody\": Operation not permitted\n"
                      "mta-stsd: hint: root needs the capabilities", said)

    def test_a_key_that_is_for_a_group_of_the_user(self):
        """Accounts and groups of its own, in a mount namespace."""
        own = ["unshare", "--mount", "sh", "-ec", 'mount --bind passwd '
               '/etc/passwd; mount --bind group /etc/group; exec "$@"', "sh"]
        daemon = Daemon(None, configured(user="policies"), files={
            "passwd": "root:x:0:0::/:\npolicies:x:4711:4712::/:\n",
            "group": "other:x:4714:root\nkeys:x:4713:root,policies\n"})
        give(daemon.dir, 0, 4712)
        daemon.dir.chmod(0o750)
        os.chown(daemon.dir / "certs/privkey.pem", 0, 4713)
        (daemon.dir / "certs/privkey.pem").chmod(0o640)
        if subprocess.run([*own, "true"], cwd=daemon.dir, check=False,
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no mount namespace can be made here")
        self.assertEqual(
            self.run_it(daemon, "check", *own, status=0), "")
        daemon.wrapper = own
        with daemon:
            self.assertEqual(status(daemon.pid, "Groups"), ["4712", "4713"])
            self.assertEqual(daemon.fetch()[2], BODY)


class OtherTest(Case):
    def test_only_root_becomes_somebody_else(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            daemon = Daemon(None, configured(user="daemon"))
            daemon.binary = shutil.copy(daemon.binary, folder)
            wrapper = []
            if IS_ROOT:
                give(daemon.dir)
                wrapper = ["setpriv", f"--reuid={UID}", f"--regid={GID}",
                           "--clear-groups"]
            uid = UID if IS_ROOT else os.geteuid()
            self.assertIn(
                f"error: can't become user \"daemon\": only root can, and this "
                f"is user {uid}\nmta-stsd: hint: start it as root or as that "
                "user", self.run_it(daemon, "serve", *wrapper))

    def test_the_user_itself_needs_nothing(self):
        user = pwd.getpwuid(UID if IS_ROOT else os.geteuid()).pw_name
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            daemon = Daemon(None, configured(user=user))
            daemon.binary = shutil.copy(daemon.binary, folder)
            if IS_ROOT:
                give(daemon.dir)
                daemon.wrapper = ["setpriv", f"--reuid={UID}",
                                  f"--regid={GID}", "--clear-groups"]
            with daemon:
                self.assertEqual(daemon.fetch()[2], BODY)
            self.assertNotIn("event=user", "".join(daemon.stderr_lines))


if __name__ == "__main__":
    unittest.main()
