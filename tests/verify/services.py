# SPDX-License-Identifier: MIT
"""Real servers for one test, each a process with a folder of its own: name
servers, mail servers, web servers and our own policy host."""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import namespace  # noqa: E402
from daemon import TIMEOUT, eventually  # noqa: E402
from sender_tools import environment, find_folders, find_tool  # noqa: E402


def brackets(address):
    return f"[{address}]" if ":" in address else address


def is_open(address, port):
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True


class Service:
    """`places`: the (address, port) that it listens at."""

    patience = TIMEOUT  # seconds until it has to be there

    def __init__(self, *places):
        self.places = places

    def command(self):
        """Writes what it needs into .dir, and returns how it is started."""
        raise NotImplementedError

    def environment(self):
        return environment()

    def __enter__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="mta-sts-real-")
        self.dir = pathlib.Path(self._temporary.name)
        self.dir.chmod(0o755)
        command = self.command()
        self._log = open(self.dir / "log", "a+")
        self.process = subprocess.Popen(
            [str(one) for one in command], env=self.environment(),
            cwd=self.dir, stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=self._log, start_new_session=True)
        try:
            eventually(self._is_up, self.patience)
        except BaseException:
            print(self.log(), file=sys.stderr)
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()
        self._temporary.cleanup()

    def log(self):
        self._log.seek(0)
        return self._log.read()

    def _is_up(self):
        assert self.process.poll() is None, self.log()
        return self.is_ready() and all(is_open(*one) for one in self.places)

    def is_ready(self):
        return True


class Knot(Service):
    """Serves `zones`, {name: the text of its file}; those in `signed` with
    signatures."""

    def __init__(self, addresses, zones, signed=(), workers=1):
        super().__init__(*((address, 53) for address in addresses))
        self._zones, self._signed, self._workers = zones, signed, workers

    def command(self):
        lines = ["server:"]
        lines += [f"  listen: {address}@53" for address, _ in self.places]
        lines += [f"  rundir: {self.dir}", f"  udp-workers: {self._workers}",
                  "  tcp-workers: 1", "  background-workers: 1", "database:",
                  f"  storage: {self.dir}/db", "template:", "- id: default",
                  f"  storage: {self.dir}", "  zonefile-sync: -1",
                  "  journal-content: none", "log:", "- target: stderr",
                  "  any: info", "zone:"]
        for i, (name, text) in enumerate(self._zones.items()):
            path = self.dir / f"{i}.zone"
            if isinstance(text, pathlib.Path):
                path = text
            else:
                path.write_text(text)
            lines += [f"- domain: {name}", f"  file: {path}"]
            if name in self._signed:
                lines.append("  dnssec-signing: on")
        (self.dir / "db").mkdir()
        (self.dir / "knot.conf").write_text("\n".join(lines) + "\n")
        return [find_tool("knotd"), "-c", self.dir / "knot.conf"]

    def is_ready(self):
        # It answers before it has loaded its zones.
        return self.log().count("] loaded, serial") >= len(self._zones)


class Chasquid(Service):
    """Takes mail for `domain` as `host`, with the files of a chain and its
    key."""

    def __init__(self, address, host, domain, chain):
        super().__init__((address, 25))
        self._host, self._domain, self._chain = host, domain, chain

    def command(self):
        certificates = self.dir / "certs" / self._host
        certificates.mkdir(parents=True)
        for name, source in zip(("fullchain.pem", "privkey.pem"), self._chain):
            (certificates / name).write_bytes(source.read_bytes())
        (self.dir / "domains" / self._domain).mkdir(parents=True)
        (self.dir / "data").mkdir()
        address = self.places[0][0]
        (self.dir / "chasquid.conf").write_text(
            f'hostname: "{self._host}"\n'
            f'smtp_address: "{brackets(address)}:25"\n'
            f'data_dir: "{self.dir}/data"\nmail_log_path: "<stderr>"\n')
        return [find_tool("chasquid"), "-config_dir", self.dir,
                "-logfile", "/dev/stderr"]


def add_accounts(accounts):
    """Those that a package makes, in this mount namespace alone; {passwd or
    group: its lines}."""
    for name, lines in accounts.items():
        text = pathlib.Path("/etc", name).read_text()
        new = [one for one in lines if f"\n{one.split(':')[0]}:" not in text]
        if not new:
            continue
        path = pathlib.Path(os.environ[namespace.INSIDE], name)
        path.write_text(text + "".join(one + "\n" for one in new))
        subprocess.run(["mount", "--bind", path, f"/etc/{name}"], check=True,
                       timeout=TIMEOUT)


def add_postfix_accounts():
    add_accounts({"passwd": ["postfix:x:59125:59125::/:/usr/sbin/nologin"],
                  "group": ["postfix:x:59125:", "postdrop:x:59126:"]})


class Postfix(Service):
    """Takes mail as `host`. Needs to be root, for it becomes others."""

    LINES = """\
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
daemon_directory = {programs}/sbin
shlib_directory = {programs}
import_environment = MAIL_CONFIG MAIL_LOGTAG LANG=C POSTLOG_SERVICE \
POSTLOG_HOSTNAME LD_LIBRARY_PATH={libraries}
maillog_file = {dir}/maillog
maillog_file_prefixes = /
myhostname = {host}
mydestination = {host}
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_tls_security_level = may
smtpd_tls_chain_files = {dir}/chain.pem
"""
    SERVICES = """\
{address}:25 inet n - n - - smtpd
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
"""
    OWN = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold",
           "incoming", "maildrop", "private", "public", "saved", "trace")

    def __init__(self, address, host, chain, **settings):
        super().__init__((address, 25))
        self._host, self._chain, self._settings = host, chain, settings

    @staticmethod
    def refusal():
        """Why it can't be run, or None."""
        if os.geteuid() != 0 or "0 4294967295" not in " ".join(
                pathlib.Path("/proc/self/gid_map").read_text().split()[1:]):
            return "postfix becomes other users, which takes root"
        return None if Postfix.programs() else "not installed: postfix"

    @staticmethod
    def programs():
        folders = [*find_folders("usr/lib/postfix"),
                   pathlib.Path("/usr/lib/postfix")]
        return next((one for one in folders if (one / "sbin/master").exists()),
                    None)

    def environment(self):
        return {**environment(), "MAIL_CONFIG": str(self.dir / "etc"),
                "LD_LIBRARY_PATH": self._libraries()}

    def _libraries(self):
        return os.pathsep.join([str(self.programs()), environment().get(
            "LD_LIBRARY_PATH", "")]).strip(os.pathsep)

    def command(self):
        add_postfix_accounts()
        queue = self.dir / "queue"
        for name in (*self.OWN, "pid"):
            (queue / name).mkdir(parents=True)
        (self.dir / "data").mkdir()
        (self.dir / "etc").mkdir()
        subprocess.run(["chown", "postfix", self.dir / "data",
                        *(queue / name for name in self.OWN)],
                       check=True, timeout=TIMEOUT)
        chain, key = self._chain
        (self.dir / "chain.pem").write_bytes(key.read_bytes()
                                             + chain.read_bytes())
        # It waits for files to be older than a moment.
        before = time.time() - 3600
        for name, text in self.files().items():
            path = self.dir / "etc" / name
            path.write_text(text)
            os.utime(path, (before, before))
        return [self.programs() / "sbin/master", "-d", "-c", self.dir / "etc"]

    def files(self):
        """{name: text} of its configuration."""
        lines = self.LINES.format(dir=self.dir, host=self._host,
                                  programs=self.programs(),
                                  libraries=self._libraries())
        lines += "".join(f"{key} = {value}\n"
                         for key, value in self._settings.items())
        return {"main.cf": lines, "master.cf": self.SERVICES.format(
            address=brackets(self.places[0][0]))}


class Nginx(Service):
    """A web server at `address`; `servers`: {host: (chain, the lines of its
    server block)}, the first for what names nobody."""

    def __init__(self, address, servers):
        super().__init__((address, 443))
        self._servers = servers

    def command(self):
        blocks = []
        for host, (chain, lines) in self._servers.items():
            blocks.append(
                f"server {{ listen {brackets(self.places[0][0])}:443 ssl; "
                f"server_name {host}; ssl_certificate {chain[0]}; "
                f"ssl_certificate_key {chain[1]}; {lines} }}")
        (self.dir / "nginx.conf").write_text(
            f"daemon off; pid {self.dir}/pid; error_log stderr; "
            "worker_processes 1; events {} http { access_log off; "
            + "".join(f"{kind}_temp_path {self.dir}/{kind}; "
                      for kind in ("client_body", "proxy", "fastcgi", "uwsgi",
                                   "scgi"))
            + "\n".join(blocks) + " }\n")
        return [find_tool("nginx"), "-c", self.dir / "nginx.conf",
                "-e", "stderr"]


class PolicyHost(Service):
    """mta-stsd with `policies` (the text of its tables) and the folder of its
    certificates."""

    def __init__(self, addresses, policies, certificates):
        super().__init__(*((address, 443) for address in addresses))
        self._policies, self._certificates = policies, certificates

    def command(self):
        listen = ", ".join(f'"{brackets(address)}:443"'
                           for address, _ in self.places)
        self.config = self.dir / "mta-stsd.toml"
        self.config.write_text(
            f"[server]\nlisten = [{listen}]\n"
            f'certificates = ["{self._certificates}"]\n'
            f'connections_per_address = "off"\n{self._policies}')
        return [os.environ["MTA_STSD"], "-c", self.config, "serve",
                "--allow-example"]

    def is_ready(self):
        return "event=listening" in self.log()
