# SPDX-License-Identifier: MIT
"""What the paper on growth claims, at small size: shares that are chosen by SNI
serve all domains, each replica knows its own alone, and one that is started anew
is missed by its own domains and by no other."""

import getpass
import pathlib
import shutil
import subprocess

from daemon import eventually
from replicas import Senders, dial, dial_unix, fetch, share
from sni_proxy import SniProxy

RESTARTED = 1
NGINX_MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_stream_module.so")
NGINX = """\
load_module {module};
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{}}
stream {{
  split_clients $ssl_preread_server_name $share {{
{shares}
  }}
{upstreams}
  server {{
    listen 127.0.0.1:{port};
    ssl_preread on;
    proxy_pass $share;
  }}
}}
"""


def sni_proxy(running):
    """Of the tests' own, for those without nginx."""
    return SniProxy(lambda name: str(
        running[share.share_of(name, len(running))].socket))


def has_nginx():
    return shutil.which("nginx") is not None and NGINX_MODULE.exists()


class Nginx:
    """With the settings of etc/shares/nginx.conf."""

    def __init__(self, running, folder, port):
        self.folder, self.port = folder, port
        each = share.percents(len(running))
        last = len(running) - 1
        self.text = NGINX.format(
            module=NGINX_MODULE, folder=folder, port=port,
            user=getpass.getuser(),  # who may use the sockets
            shares="\n".join(f"    {each if i < last else '*'} share{i};"
                             for i in range(len(running))),
            upstreams="\n".join(
                f"  upstream share{i} {{ server unix:{one.socket}; }}"
                for i, one in enumerate(running)))

    def __enter__(self):
        config = self.folder / "nginx.conf"
        config.write_text(self.text)
        self.process = subprocess.Popen(
            ["nginx", "-c", config, "-e", self.folder / "error.log"],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(self._listens)
        return self

    def _listens(self):
        try:
            dial(self.port).close()
        except OSError:
            return False
        return True

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def simulate(running, proxy, root, seed):
    """Fetches all by `proxy`, while a replica is started anew; (its domains
    that found nobody meanwhile, all policies)."""
    senders = Senders([domain for one in running for domain in one.domains],
                      lambda: dial(proxy.port), root, seed)

    def restart():
        running[RESTARTED].stop()
        # So that it is missed, however fast it starts.
        senders.go_on()
        senders.wait_for_failure()
        running[RESTARTED].start()
        running[RESTARTED].wait()
    senders.run(at_half=restart)
    missed = set(senders.failed)
    assert missed, "nobody missed the replica"
    assert missed <= set(running[RESTARTED].domains), (
        "others were missed: "
        f"{sorted(missed - set(running[RESTARTED].domains))[:5]}")
    for domain, policy in senders.policies.items():
        assert f".{domain}\r\n" in policy, (domain, policy)  # an mx of its own
    check_shares(running, senders.context, senders.policies)
    return missed, senders.policies


def check_shares(running, context, policies):
    """A replica answers for its own domains and for no other."""
    for one in running:
        for other in running:
            domain = other.domains[0]
            try:
                policy = fetch(lambda: dial_unix(one.socket), context, domain)
            except OSError:
                policy = None
            assert policy == (policies[domain] if one is other else None), (
                one.folder, domain, policy)
