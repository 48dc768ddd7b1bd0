# SPDX-License-Identifier: MIT
"""The servers under test: starting them, and what the kernel says of them."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

from domains import FOLDERS

POLICY_HOST = "mta-sts.example.com"
DESCRIPTORS = 20000
CONNECTIONS = 12000
START_SECONDS = 20

MTA_STSD_SERVER = """\
[server]
listen = ["127.0.0.1:0"]
certificates = ["{certificates}"]
threads = 1
deadline = "{deadline}"
connections_per_address = "off"
"""

# The same for many domains; where their certificates are is open.
MTA_STSD_MANY = MTA_STSD_SERVER.replace("{deadline}", "10s")

POLICY = """\
[[policy]]
domains = ["example.com"]
mode = "enforce"
mx = ["mx1.example.com", "mx2.example.com", "*.mail.example.com"]
max_age = "2w"
"""

NGINX = """\
daemon off;
worker_processes 1;
worker_rlimit_nofile {descriptors};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections {connections}; }}
http {{
  types {{ text/plain txt; }}
  server_names_hash_max_size 16384;
  server_names_hash_bucket_size 128;
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{servers}
}}
"""

NGINX_SERVER = """\
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name {name};
    ssl_certificate {chain}/fullchain.pem;
    ssl_certificate_key {chain}/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ecdh_curve X25519:P-256;
    ssl_session_tickets off;
{more}
  }}"""

# As people deploy it: a file in the document root, the rest as it comes.
NGINX_FILE = "    root {folder}/www;"

# As an expert would for this one workload: no file, no session of any kind,
# and the cheaper cipher first, which is mta-stsd's order too.
NGINX_TUNED = """\
    ssl_session_cache off;
    ssl_prefer_server_ciphers on;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256;
    ssl_conf_command NumTickets 0;
    ssl_conf_command Ciphersuites \
TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384;
    location = /.well-known/mta-sts.txt {{
      default_type text/plain;
      return 200 "{policy}";
    }}"""


class BenchError(Exception):
    """Something that the user has to be told in one line."""


def processors():
    """The processors for the server and for the client."""
    available = sorted(os.sched_getaffinity(0))
    return {available[-1]}, {available[0]}


def wait_until(condition, what, seconds=START_SECONDS):
    """Polls until condition() is true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise BenchError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.01)


def settled(measure, what):
    """What measure() says once it has said the same for a second."""
    values = []

    def at_rest():
        time.sleep(0.1)
        values.append(measure())
        return len(values) >= 10 and len(set(values[-10:])) == 1
    wait_until(at_rest, f"the {what} do not come to rest", 60)
    return values[-1]


def last_text(path, octets=65536):
    """The end of a log: with many domains the whole is long."""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - octets))
        return file.read().decode(errors="replace")


class Server:
    """A server process with its children."""

    def __init__(self, kind, command, folder, port=None,
                 seconds=START_SECONDS, cpus=None, env=None):
        """`cpus`: where it may run, if not on the server's processor alone;
        `env`: is added to the environment."""
        self.kind = kind
        self.log = folder / "output.log"
        self.started = time.monotonic()
        own = cpus or processors()[0]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **(env or {})},
                preexec_fn=lambda: os.sched_setaffinity(0, own))
        self.port = port
        try:
            wait_until(self._is_ready, f"{kind} does not listen", seconds)
        except BenchError as error:
            self.stop()
            raise BenchError(f"{error}\n{last_text(self.log)}") from None
        except BaseException:  # Ctrl-C, while it loads for a minute
            self.stop()
            raise

    def _is_ready(self):
        if self.process.poll() is not None:
            raise BenchError(f"{self.kind} ended at once")
        if self.port is None:
            found = re.search(r"event=listening address=\S+:(\d+)",
                              last_text(self.log))
            self.port = found and int(found[1])
            return self.port is not None
        with socket.socket() as probe:
            return (probe.connect_ex(("127.0.0.1", self.port)) == 0
                    and len(self.pids()) > 1)

    def operations_port(self):
        """Of the operations listener of mta-stsd."""
        def find():
            return re.search(r"event=operations address=\S+:(\d+)",
                             self.log.read_text())
        wait_until(find, "there is no operations listener")
        return int(find()[1])

    def pids(self):
        """Of the process and its children."""
        main = self.process.pid
        children = pathlib.Path(f"/proc/{main}/task/{main}/children")
        return [main, *map(int, children.read_text().split())]

    def cpu_ns(self):
        """Processor time of all threads so far, user and system, with those
        that have ended."""
        # What clock_getcpuclockid(3) makes of a process.
        return sum(time.clock_gettime_ns(~pid << 3 | 2) for pid in self.pids())

    def serving_cpu_ns(self):
        """Of the one event loop of mta-stsd: the first thread after the main
        one that stays. The one after that looks after the files."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task")
        loop = sorted(int(task.name) for task in tasks.iterdir())[1]
        return int((tasks / str(loop) / "schedstat").read_text().split()[0])

    def memory_kb(self, line):
        """Of the process itself: what /proc/PID/status calls "VmRSS",
        "VmHWM", ..."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{line}:\s+(\d+)", status, re.M)[1])

    def forget_peak(self):
        """VmHWM begins anew, with what is in use now."""
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def anonymous_kb(self):
        """Memory of its own, shared between its processes counted once."""
        total = 0
        for pid in self.pids():
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss_Anon:\s+(\d+)", rollup, re.M)[1])
        return total

    def settled_anonymous_kb(self):
        return settled(self.anonymous_kb, f"pages of {self.kind}")

    def settled_descriptors(self):
        """Without those of clients that have just gone."""
        return settled(self.descriptors, f"descriptors of {self.kind}")

    def descriptors(self):
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids())

    def serving_pid(self):
        """Of the process that serves, for strace."""
        return self.pids()[-1]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def free_port():
    """nginx cannot be told to let the kernel choose, so it is asked before."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Rack:
    """Starts servers on a chain of certificates; knows their settings."""

    def __init__(self, work, mta_stsd, make_certs):
        self.work = work
        self.mta_stsd = mta_stsd
        self.has_nginx = shutil.which("nginx") is not None
        self.chains = {}
        for key in ("ecdsa", "rsa"):
            option = ["--rsa"] if key == "rsa" else []
            subprocess.run(
                [make_certs, *option, "--leaf", key, work / "certs",
                 POLICY_HOST], check=True)
            self.chains[key] = work / "certs" / key
        config = self._config("ecdsa", work, "10s")
        self.policy = subprocess.run(
            [mta_stsd, "-c", config, "render", "example.com"],
            check=True, capture_output=True).stdout

    def kinds(self):
        rivals = ["nginx", "nginx-tuned"] if self.has_nginx else []
        return ["mta-stsd", *rivals]

    def _config(self, key, folder, deadline, more=""):
        config = folder / "mta-stsd.toml"
        config.write_text(MTA_STSD_SERVER.format(
            certificates=self.chains[key], deadline=deadline) + POLICY + more)
        return config

    def _nginx_config(self, kind, chains, folder, port, connections):
        site = folder / "www" / ".well-known"
        site.mkdir(parents=True)
        (site / "mta-sts.txt").write_bytes(self.policy)
        for path in (folder, site.parent, site):  # a worker is nobody
            path.chmod(0o755)
        more = NGINX_FILE if kind == "nginx" else NGINX_TUNED
        policy = self.policy.decode().replace("\r\n", "\\r\\n")
        config = folder / "nginx.conf"
        with open(config, "w", encoding="ascii", newline="") as out:
            out.write(NGINX.format(
                folder=folder, descriptors=DESCRIPTORS,
                connections=connections, servers="\n".join(
                    NGINX_SERVER.format(
                        port=port, name=name, chain=chain,
                        more=more.format(folder=folder, policy=policy))
                    for name, chain in chains.items())))
        return config

    @contextlib.contextmanager
    def running(self, kind, key="ecdsa", connections=CONNECTIONS, more=""):
        """The server of this kind, while the context lasts. `more` is added
        to the configuration of mta-stsd."""
        folder = self._folder(kind)
        if kind == "mta-stsd":
            server = self._start_ours(
                self._config(key, folder, "120s", more), folder)
        else:
            server = self._start_nginx(kind, {POLICY_HOST: self.chains[key]},
                                       folder, connections)
        try:
            yield server
        finally:
            server.stop()

    @contextlib.contextmanager
    def hosting(self, kind, domains, seconds, layout=FOLDERS, **options):
        """The server with the policy and certificate of each of `domains`,
        which has `seconds` to load them. `options` of mta-stsd's Server."""
        folder = self._folder(kind)
        if kind == "mta-stsd":
            config = folder / "mta-stsd.toml"
            config.write_text(domains.configure(layout, MTA_STSD_MANY))
            server = self._start_ours(config, folder, seconds, **options)
        else:
            server = self._start_nginx(kind, domains.chains(), folder,
                                       CONNECTIONS, seconds)
        try:
            yield server
        finally:
            server.stop()

    def _folder(self, kind):
        folder = self.work / f"{kind}-{time.monotonic_ns()}"
        folder.mkdir()
        return folder

    def _start_ours(self, config, folder, seconds=START_SECONDS, **options):
        return Server("mta-stsd", [self.mta_stsd, "-c", config, "serve"],
                      folder, seconds=seconds, **options)

    def _start_nginx(self, kind, chains, folder, connections,
                     seconds=START_SECONDS):
        port = free_port()
        config = self._nginx_config(kind, chains, folder, port, connections)
        return Server(kind, ["nginx", "-c", config, "-p", folder, "-e",
                             folder / "error.log"], folder, port, seconds)
