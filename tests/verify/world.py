# SPDX-License-Identifier: MIT
"""A world that is all right: name servers, a policy host and mail servers for
any number of domains below alpha.test; and ways to spoil it. It is built
inside the namespace of namespace.py, and runs as threads of the test."""

import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from dns_server import (FAR_RESOLVER, RESOLVER, NameServers,  # noqa: E402
                        Zones)
from listening import Silence  # noqa: E402
from mail_server import Mail, MailServer  # noqa: E402
from own_ca import Ca  # noqa: E402
from policy_server import PolicyServer, Site  # noqa: E402

TIMEOUT = 60
NS1, NS2 = "192.0.2.1", "192.0.2.2"
POLICY_HOST = ("192.0.2.10", "2001:db8::10")
MX1, MX2 = ("192.0.2.25", "2001:db8::25"), ("192.0.2.26", "2001:db8::26")
HOSTS = ("mx1.alpha.test", "mx2.alpha.test")
RUA = "mailto:tls@reports.test"
MAX_AGE = 2419200
HAS_IPV6 = "MTA_STS_WORLD_IPV6" not in os.environ


def policy_text(mx=HOSTS, mode="enforce", max_age=MAX_AGE):
    """As mta-stsd writes it."""
    lines = ["version: STSv1", f"mode: {mode}",
             *(f"mx: {one}" for one in sorted(mx)), f"max_age: {max_age}"]
    return "".join(line + "\r\n" for line in lines)


def history_line(days, event, name, text):
    """As mta-stsd writes it, so many days ago."""
    time = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(
        days)
    fields = [one.split(": ") for one in text.split("\r\n")[:-1]]
    line = " ".join((
        time.strftime("%Y-%m-%dT%H:%M:%SZ"), event, name, policy_id(text),
        dict(fields)["mode"], dict(fields)["max_age"],
        ",".join(value for key, value in fields if key == "mx") or "-"))
    return f"{line} {hashlib.sha256(line.encode()).hexdigest()[:8]}\n"


def policy_id(text):
    octets = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(octets).hexdigest()[:32]


def family_of(address):
    return "AAAA" if ":" in address else "A"


class Domain:
    """What is there of one domain, all of it good at first. `configured`: our
    configuration has it, too."""

    def __init__(self, world, name, configured=False, mode="enforce",
                 mx=HOSTS):
        self.world, self.name, self.configured = world, name, configured
        self.mode = mode
        self.host = f"mta-sts.{name}"
        self.sts, self.rpt = f"_mta-sts.{name}", f"_smtp._tls.{name}"
        self.text = policy_text(mx, mode)
        self.patterns = sorted(mx)
        zones = world.zones
        zones.add_zone(name)
        self.serve(self.text)
        self.put_id(policy_id(self.text))
        zones.add(self.rpt, "TXT", f"v=TLSRPTv1; rua={RUA}")
        self.put_addresses(*POLICY_HOST)
        zones.put(name, "MX", "10 mx1.alpha.test", "20 mx2.alpha.test")
        # For smtp-check, which asks for it.
        zones.add(name, "TXT", "v=spf1 ip4:0.0.0.0/0 ip6:::/0 -all")
        world.chains[self.host] = None  # in the certificate of all
        world.good_hosts.append(self.host)

    def put_id(self, value):
        self.world.zones.put(self.sts, "TXT", f"v=STSv1; id={value};")

    def put_addresses(self, *addresses):
        """Of the policy host, instead of what it has."""
        zones = self.world.zones
        zones.drop(self.host, "A", "AAAA")
        for address in addresses:
            zones.add(self.host, family_of(address), address)
            self.world.listen_https(address)

    def put_past(self, text, first, last=None):
        """The history has it from `first` days ago until `last`."""
        lines = self.world.history
        lines.append(history_line(first, "serve", self.name, text))
        if last is not None:
            lines.append(history_line(last, "end", self.name, text))

    def serve(self, text="", address=None, **how):
        """`how`: see Site. At all addresses, or at one alone."""
        key = (self.host, address) if address else self.host
        self.world.sites[key] = Site(text, **how)

    def certify(self, *names, **how):
        """The policy host has a certificate of its own; see Ca.leaf()."""
        self.world.leaves[self.host] = (names or (self.host,), how)

    def put_mx(self, **how):
        """One mail host of its own, at a new address, with the policy for it;
        `how`: see World.add_mail(). Returns its name."""
        host = f"mx.{self.name}"
        self.world.zones.put(self.name, "MX", f"10 {host}")
        self.world.add_mail(host, **how)
        self.use_mx(host)
        return host

    def use_mx(self, *patterns):
        """A policy, and its id, for these."""
        self.patterns = sorted(patterns)
        self.text = policy_text(patterns, self.mode)
        self.serve(self.text)
        self.put_id(policy_id(self.text))


class World:
    """Make it, add domains and spoil them, then start(). It ends with `test`,
    if that is given."""

    def __init__(self, test=None):
        self._temporary = tempfile.TemporaryDirectory(prefix="mta-sts-world-")
        self.folder = pathlib.Path(self._temporary.name)
        self.ca = Ca(self.folder / "ca")
        self.zones = Zones()
        self.domains = {}
        self.sites, self.chains, self.leaves = {}, {}, {}
        self.good_hosts = ["reports.alpha.test"]
        self.mails = {}  # {address: keywords of Mail}
        self.mail_leaves = {}  # {host: (names, how)}
        self.silent = []  # (address, port)
        self.history = []  # lines
        self.versions, self.unnamed, self.resets = {}, {}, set()
        self.server_table = self.verify_table = ""  # of the configuration
        self._https = set()
        self._ipv4 = (f"198.51.100.{i}" for i in range(2, 127))
        self._ipv6 = (f"2001:db8::{i:x}" for i in range(0x30, 0x60))
        self._running = []
        self._add_rest()
        if test:
            test.addCleanup(self.stop)

    def _add_rest(self):
        zones = self.zones
        for zone in ("test", "alpha.test", "reports.test"):
            zones.add_zone(zone)
        zones.add("ns1.alpha.test", "A", NS1)
        zones.add("ns2.alpha.test", "A", NS2)
        zones.add("reports.test", "MX", "10 mx1.alpha.test")
        zones.add("reports.alpha.test", "A", POLICY_HOST[0])
        self.sites["reports.alpha.test"] = Site()
        for host, addresses in zip(HOSTS, (MX1, MX2)):
            for address in addresses:
                zones.add(host, family_of(address), address)
                self.mails[address] = {"host": host}
            self.mail_leaves[host] = ((host,), {})
        for address in POLICY_HOST:
            self.listen_https(address)

    def add(self, name, **how):
        domain = Domain(self, name, **how)
        self.domains[name] = domain
        return domain

    def address(self):
        """One that nothing listens at, unless told to."""
        return next(self._ipv4)

    def address6(self):
        return next(self._ipv6)

    def listen_https(self, address):
        self._https.add(address)

    def refuse(self, address):
        """Nothing listens on port 443 there."""
        self._https.discard(address)

    def stay_silent(self, address, port):
        """No SYN is answered there."""
        self._https.discard(address)
        self.mails.pop(address, None)
        self.silent.append((address, port))

    def add_mail(self, host, addresses=None, names=None, leaf=(), **how):
        """A mail host with its addresses. `how`: see Mail; `named`: what SNI
        has to be one of, else `unnamed` is shown; `leaf`: see Ca.leaf(), with
        `names` in it."""
        addresses = addresses or (self.address(),)
        for address in addresses:
            self.zones.add(host, family_of(address), address)
            self.mails[address] = {"host": host, **how}
        self.mail_leaves[host] = (names or (host,), dict(leaf))
        return addresses

    # --- What runs ---

    def start(self):
        """Certificates, servers, and the configuration."""
        good = self.ca.leaf("policy-hosts", self.good_hosts)
        chains = {host: good for host in self.good_hosts}
        for host, (names, how) in self.leaves.items():
            key = host[0] if isinstance(host, tuple) else host
            chains[host] = self.ca.leaf(f"{len(chains)}.{key}", names, **how)
        for host, chain in self.chains.items():
            if chain == "alert":
                chains[host] = None
        mail_chains = {host: self.ca.leaf(f"mail.{host}", names, **how)
                       for host, (names, how) in self.mail_leaves.items()}
        behaviours = {}
        for address, how in self.mails.items():
            how = dict(how)
            chain = mail_chains[how.pop("host")]
            named = {host: mail_chains.get(host, chain)
                     for host in how.pop("named", ())}
            how.setdefault("unnamed", chain)
            behaviours[address] = Mail(named, **how)
        usable = [one for one in self._https if HAS_IPV6 or ":" not in one]
        self.names = NameServers(self.zones, [RESOLVER, FAR_RESOLVER, NS1, NS2])
        self.policy = PolicyServer(usable, self.sites, chains)
        self.policy.versions, self.policy.resets = self.versions, self.resets
        self.policy.unnamed = {address: self.ca.leaf(f"unnamed.{name}", [name])
                               for address, name in self.unnamed.items()}
        self.mail = MailServer({address: mail for address, mail
                                in behaviours.items()
                                if HAS_IPV6 or ":" not in address})
        self._running = [self.names, self.policy, self.mail,
                         *(Silence(*one) for one in self.silent)]
        self._write_config()
        return self

    def stop(self):
        for one in self._running:
            one.close()

    def _write_config(self):
        """One [[policy]] for each set of domains that are alike."""
        policies = {}
        for domain in self.domains.values():
            if domain.configured:
                policies.setdefault((tuple(domain.patterns), domain.mode),
                                    []).append(domain.name)
        text = ["[server]", 'certificates = ["certs"]', self.server_table]
        if self.history:
            (self.folder / "history").write_text(
                "".join(sorted(self.history)))  # by time
            text.append(f'history = "{self.folder}/history"')
        text.append(self.verify_table)
        for (patterns, mode), names in policies.items():
            text += ["[[policy]]", f"domains = {json.dumps(names)}",
                     f'mode = "{mode}"', f"mx = {json.dumps(patterns)}",
                     f"max_age = {MAX_AGE}", f'tls_rpt = ["{RUA}"]']
        (self.folder / "certs").mkdir()
        self.config = self.folder / "mta-stsd.toml"
        self.config.write_text("\n".join(text) + "\n")

    def command(self, *arguments, dns=RESOLVER):
        has_config = any(one.configured for one in self.domains.values())
        return self.command_for(self.config if has_config else None,
                                self.ca.root, *arguments, dns=dns)

    @staticmethod
    def command_for(config, root, *arguments, dns):
        return [os.environ["MTA_STS"],
                *(("-c", str(config)) if config else ()), "verify",
                *map(str, arguments), "--dns", dns, "--allow-private",
                "--ca", str(root)]

    def verify(self, *arguments, timeout=TIMEOUT, **how):
        return self.run(self.command(*arguments, **how), timeout)

    def run(self, command, timeout=TIMEOUT):
        done = subprocess.run(command, timeout=timeout, cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True)
        for alarm in ("Sanitizer", "runtime error", "terminate", "Assertion"):
            assert alarm not in done.stderr, done.stderr
        return done

    def findings(self, *arguments, **how):
        """{domain: [(id, severity)]} of a run, and its exit status."""
        done = self.verify(*arguments, "--format", "jsonl", **how)
        assert done.returncode in (0, 1, 3), done.stderr
        return {one["domain"]: [(finding["id"], finding["severity"])
                                for finding in one["findings"]]
                for one in map(json.loads, done.stdout.splitlines())
                }, done.returncode
