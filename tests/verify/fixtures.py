# SPDX-License-Identifier: MIT
"""For each finding a domain that has it and is all right otherwise: what is
changed in the good world, and what `verify` has to say."""

import ssl
import typing

from dns_server import REFUSED, RESOLVER, SERVFAIL, SILENCE, Reply
from policy_server import Site
from world import (FAR_RESOLVER, HOSTS, NS1, NS2, POLICY_HOST, policy_id,
                   policy_text)

NO_WAY = "198.51.100.200"  # see namespace.py
STRANGE = "20240101T000000"  # an id that is not ours


class Case(typing.NamedTuple):
    """`also`: what can't be without it, warnings and errors; notes are not
    compared unless the case is one. `name` tells two of one id apart."""

    id: str
    severity: str
    spoil: typing.Callable  # of the world and the domain
    configured: bool = False
    mode: str = "enforce"
    also: tuple = ()
    name: str = ""

    @property
    def domain(self):
        label = (self.id.replace(".", "-") + ("-" + self.name if self.name
                                              else ""))
        return f"{label}.alpha.test"


CASES = []


def case(id, severity, **how):
    """Of a function with the world and the domain."""
    def add(spoil):
        CASES.append(Case(id, severity, spoil, **how))
        return spoil
    return add


def txt(owner, *values):
    return [(owner, "TXT", value) for value in values]


# --- DNS: the records ---

@case("dns.unreachable", "untested")
def _(world, domain):
    for server in (RESOLVER, FAR_RESOLVER):
        world.zones.says[server, domain.sts, "TXT"] = SILENCE


@case("dns.servfail", "untested")
def _(world, domain):
    world.zones.says[RESOLVER, domain.sts, "TXT"] = Reply(
        SERVFAIL, ede=(22, "no server could be reached"))


@case("dns.servfail", "error", name="everywhere")
def _(world, domain):
    world.zones.says[None, domain.sts, "TXT"] = Reply(SERVFAIL)


@case("dns.sts-missing", "error", configured=True)
def _(world, domain):
    world.zones.drop(domain.sts, "TXT")


@case("dns.sts-missing", "note", name="foreign")
def _(world, domain):
    world.zones.drop(domain.sts, "TXT")
    world.zones.drop(domain.rpt, "TXT")
    world.zones.drop(domain.host, "A", "AAAA")


@case("dns.sts-multiple", "error")
def _(world, domain):
    world.zones.add(domain.sts, "TXT", f"v=STSv1; id={STRANGE};")


@case("dns.sts-syntax", "error")
def _(world, domain):
    domain.put_id("2026-11-27")


@case("dns.sts-id-behind", "error", configured=True)
def _(world, domain):
    # The old policy's: an address still serves it.
    old = policy_text(mode="testing")
    domain.put_id(policy_id(old))


@case("dns.sts-id-unknown", "error", configured=True)
def _(world, domain):
    domain.put_id(STRANGE)


@case("dns.sts-id-ahead", "error", configured=True)
def _(world, domain):
    domain.serve(policy_text(mode="testing"))


@case("dns.sts-other-txt", "warning")
def _(world, domain):
    world.zones.add(domain.sts, "TXT", "site-verification=1234")


@case("dns.sts-split", "warning")
def _(world, domain):
    world.zones.put(domain.sts, "TXT", ["v=STSv1; ", f"id={STRANGE};"])


@case("dns.sts-wrong-name", "warning", also=("dns.host-missing",))
def _(world, domain):
    # With a policy, or a configuration, it is a part of dns.sts-missing.
    world.zones.drop(domain.sts, "TXT")
    world.zones.drop(domain.host, "A", "AAAA")
    world.zones.add(domain.name, "TXT",
                    f"v=STSv1; id={policy_id(domain.text)};")


@case("dns.sts-space-before-semicolon", "warning")
def _(world, domain):
    world.zones.put(domain.sts, "TXT", f"v=STSv1 ; id={STRANGE};")


@case("dns.cname-loop", "error")
def _(world, domain):
    world.zones.drop(domain.sts, "TXT")
    world.zones.add(domain.sts, "CNAME", f"loop.{domain.name}")
    world.zones.add(f"loop.{domain.name}", "CNAME", domain.sts)


@case("dns.cname-dangling", "error")
def _(world, domain):
    world.zones.drop(domain.sts, "TXT")
    world.zones.add(domain.sts, "CNAME", "_mta-sts.gone.test")


@case("dns.cname-and-others", "error")
def _(world, domain):
    value = f"v=STSv1; id={STRANGE};"
    target = f"_mta-sts.provider.{domain.name}"
    world.zones.says[None, domain.sts, "TXT"] = Reply(records=[
        (domain.sts, "CNAME", target), (domain.sts, "TXT", value)])


@case("dns.cname-long", "warning")
def _(world, domain):
    values = [one.data for one in world.zones.records[domain.sts, "TXT"]]
    names = [domain.sts, *(f"c{i}.{domain.name}" for i in range(9))]
    world.zones.drop(domain.sts, "TXT")
    for owner, target in zip(names, names[1:]):
        world.zones.add(owner, "CNAME", target)
    world.zones.add(names[-1], "TXT", *values)


@case("dns.servers-differ", "error")
def _(world, domain):
    world.zones.says[NS2, domain.sts, "TXT"] = Reply(
        records=txt(domain.sts, f"v=STSv1; id={STRANGE};"))


@case("dns.server-lame", "warning")
def _(world, domain):
    world.zones.says[NS2, domain.name, None] = Reply(REFUSED,
                                                     authoritative=False)


@case("dns.ttl-long", "warning")
def _(world, domain):
    value = world.zones.records[domain.sts, "TXT"][0].data
    world.zones.put(domain.sts, "TXT", value, ttl=2 * 86400)


@case("dns.negative-ttl-long", "note", configured=True,
      also=("dns.sts-missing",))
def _(world, domain):
    world.zones.drop(domain.sts, "TXT")
    world.zones.records.pop((domain.name, "SOA"))
    world.zones.add(domain.name, "SOA", "ns1.alpha.test "
                    "hostmaster.alpha.test 1 3600 600 86400 86400", ttl=86400)


@case("dns.servers-unreachable", "untested")
def _(world, domain):
    for server in (NS1, NS2):
        world.zones.says[server, domain.name, None] = SILENCE


@case("dns.cached", "note", configured=True)
def _(world, domain):
    for server in (RESOLVER, FAR_RESOLVER):
        world.zones.says[server, domain.sts, "TXT"] = Reply(
            records=txt(domain.sts, f"v=STSv1; id={STRANGE};"))


@case("dns.sts-deviation", "warning")
def _(world, domain):
    # KumoMTA minds the space at the end.
    world.zones.put(domain.sts, "TXT", f"v=STSv1; id={STRANGE}; ")


@case("dns.not-signed", "note")
def _(world, domain):
    pass


@case("dns.bogus", "error")
def _(world, domain):
    world.zones.bogus.add(domain.name)


@case("dns.host-missing", "error")
def _(world, domain):
    world.zones.drop(domain.host, "A", "AAAA")


@case("dns.host-elsewhere", "warning", configured=True)
def _(world, domain):
    domain.put_addresses(world.address())


@case("dns.caa-forbids", "warning")
def _(world, domain):
    world.zones.add(domain.name, "CAA", "0 issue other-ca.test")


@case("change.wait", "note", configured=True, also=("dns.sts-id-behind",))
def _(world, domain):
    # The new policy is live, and the id is that of the one in mode testing.
    domain.put_id(policy_id(policy_text(mode="testing")))


@case("change.mx-early", "warning", configured=True)
def _(world, domain):
    domain.put_past(policy_text(mx=["old.alpha.test"]), 40, 3)


@case("policy.testing-long", "note", configured=True, mode="testing")
def _(world, domain):
    domain.put_past(domain.text, 31)


# --- Reports ---

def rpt(world, domain, value):
    world.zones.put(domain.rpt, "TXT", f"v=TLSRPTv1; rua={value}")


@case("rpt.missing", "warning")
def _(world, domain):
    world.zones.drop(domain.rpt, "TXT")


@case("rpt.multiple", "error")
def _(world, domain):
    world.zones.add(domain.rpt, "TXT", "v=TLSRPTv1; rua=mailto:b@reports.test")


@case("rpt.syntax", "error")
def _(world, domain):
    rpt(world, domain, "tls@reports.test")


@case("rpt.differs", "error", configured=True)
def _(world, domain):
    rpt(world, domain, "mailto:other@reports.test")


@case("rpt.unencoded", "error")
def _(world, domain):
    rpt(world, domain, "mailto:tls!10m@reports.test")


@case("rpt.mail-domain-dead", "error")
def _(world, domain):
    rpt(world, domain, "mailto:tls@gone.test")


@case("rpt.mail-in-same-domain", "note")
def _(world, domain):
    rpt(world, domain, f"mailto:tls@{domain.name}")


def report_host(world, domain, site, listens=True, **leaf):
    host = f"reports.{domain.name}"
    address = world.address()
    world.zones.add(host, "A", address)
    world.sites[host] = site
    world.leaves[host] = ((host,), leaf)
    if listens:
        world.listen_https(address)
    rpt(world, domain, f"https://{host}/tls")


@case("rpt.untested", "untested")
def _(world, domain):
    host = f"reports.{domain.name}"
    world.zones.add(host, "A", NO_WAY)
    rpt(world, domain, f"https://{host}/tls")


@case("rpt.https-unreachable", "error")
def _(world, domain):
    report_host(world, domain, Site(), listens=False)


@case("rpt.https-certificate", "warning")
def _(world, domain):
    report_host(world, domain, Site(), days=(-20, -2))


@case("rpt.https-status", "error")
def _(world, domain):
    report_host(world, domain, Site(reports=404))


# --- The policy host, address by address ---

@case("fetch.connect", "error")
def _(world, domain):
    address = world.address()
    domain.put_addresses(address)
    world.refuse(address)


@case("fetch.connect", "warning", name="one-of-two")
def _(world, domain):
    address = world.address()
    domain.put_addresses(POLICY_HOST[0], address)
    world.refuse(address)


@case("fetch.untested", "untested")
def _(world, domain):
    world.zones.drop(domain.host, "A", "AAAA")
    world.zones.add(domain.host, "A", NO_WAY)


@case("fetch.http", "error")
def _(world, domain):
    domain.serve(raw=b"SSH-2.0-OpenSSH_9.2p1\r\n")


@case("fetch.certificate-weak", "warning")
def _(world, domain):
    domain.certify(key="RSA 1024")


@case("fetch.slow", "warning")
def _(world, domain):
    domain.serve(domain.text, delay=2.3)


@case("fetch.slow", "note", name="a-little")
def _(world, domain):
    domain.serve(domain.text, delay=1.3)


@case("fetch.tls", "error")
def _(world, domain):
    world.good_hosts.remove(domain.host)  # alert 112


@case("fetch.tls", "error", name="old")
def _(world, domain):
    address = world.address()
    domain.put_addresses(address)
    world.versions[address] = ssl.TLSVersion.TLSv1_1


@case("fetch.certificate-name", "error")
def _(world, domain):
    domain.certify(f"www.{domain.name}")


@case("fetch.certificate-expired", "error")
def _(world, domain):
    domain.certify(days=(-90, -2))


@case("fetch.certificate-not-yet-valid", "error")
def _(world, domain):
    domain.certify(days=(2, 90))


@case("fetch.certificate-untrusted", "error")
def _(world, domain):
    domain.certify(issuer="stranger")


@case("fetch.certificate-untrusted", "error", name="self-signed")
def _(world, domain):
    domain.certify(issuer="own")


@case("fetch.certificate-chain", "error")
def _(world, domain):
    domain.certify(complete=False)


@case("fetch.certificate-expires-soon", "warning")
def _(world, domain):
    domain.certify(days=(-85, 5))


@case("fetch.status", "error")
def _(world, domain):
    domain.serve(status="404 Not Found")


@case("fetch.redirect", "error")
def _(world, domain):
    domain.serve(status="301 Moved Permanently", fields=[
        f"Location: https://www.{domain.name}/.well-known/mta-sts.txt"])


@case("fetch.content-type", "error")
def _(world, domain):
    domain.serve(domain.text, kind="text/html")


@case("fetch.content-type", "warning", name="testing", mode="testing")
def _(world, domain):
    domain.serve(domain.text, kind="text/html")


@case("fetch.size", "warning", also=("policy.deviation",))
def _(world, domain):
    domain.serve(domain.text.replace("mode: ", "mode:" + " " * 11_000))


@case("fetch.size", "error", name="more")
def _(world, domain):
    domain.serve(domain.text + "x: " + "y" * 70_000 + "\r\n")


@case("fetch.encoding", "error")
def _(world, domain):
    domain.serve(domain.text, zipped=True)


@case("fetch.length", "error")
def _(world, domain):
    domain.serve(domain.text, length=len(domain.text) + 10)


@case("fetch.sni-ignored", "note")
def _(world, domain):
    address = world.address()
    domain.put_addresses(address)
    world.unnamed[address] = "other.alpha.test"


@case("fetch.addresses-differ", "error")
def _(world, domain):
    address = world.address()
    domain.put_addresses(POLICY_HOST[0], address)
    domain.serve(policy_text(mode="testing"), address)


# --- The policy ---

@case("policy.differs", "error", configured=True)
def _(world, domain):
    domain.serve(domain.text.replace("\r\n", "\n"))


@case("policy.invalid", "error")
def _(world, domain):
    domain.serve("<!DOCTYPE html><html><body>Welcome</body></html>\n")


@case("policy.deviation", "warning")
def _(world, domain):
    domain.serve(domain.text.replace("mx: ", "mx:\t", 1))


@case("policy.line-ends", "note")
def _(world, domain):
    domain.serve(domain.text.replace("\r\n", "\n"))


@case("policy.max-age-short", "warning")
def _(world, domain):
    domain.serve(policy_text(max_age=3600))


# --- MX ---

@case("mx.uncovered", "error")
def _(world, domain):
    domain.use_mx("mx1.alpha.test", "*.elsewhere.alpha.test")


@case("mx.uncovered", "warning", name="testing", mode="testing")
def _(world, domain):
    domain.use_mx("mx1.alpha.test")


@case("mx.pattern-unused", "note")
def _(world, domain):
    domain.use_mx(*HOSTS, "backup.alpha.test")


@case("mx.pattern-unregistered", "error")
def _(world, domain):
    domain.use_mx(*HOSTS, "mx.gone.test")


@case("mx.null", "warning")
def _(world, domain):
    world.zones.put(domain.name, "MX", "0 .")


@case("mx.implicit", "note")
def _(world, domain):
    world.zones.drop(domain.name, "MX")
    world.add_mail(domain.name)
    domain.use_mx(domain.name)


@case("mx.cname", "warning")
def _(world, domain):
    host = f"mx.{domain.name}"
    world.zones.put(domain.name, "MX", f"10 {host}")
    world.zones.add(host, "CNAME", f"real.{domain.name}")
    world.add_mail(f"real.{domain.name}", names=(host,))
    domain.use_mx(host)


@case("mx.no-address", "error")
def _(world, domain):
    world.zones.put(domain.name, "MX", "10 mx1.alpha.test",
                    f"20 none.{domain.name}")
    domain.use_mx("mx1.alpha.test", f"none.{domain.name}")


@case("mx.untested", "untested")
def _(world, domain):
    host = f"mx.{domain.name}"
    world.zones.put(domain.name, "MX", f"10 {host}")
    world.zones.add(host, "A", NO_WAY)
    domain.use_mx(host)


@case("mx.connect", "untested")
def _(world, domain):
    host = domain.put_mx()
    for one in world.zones.records[host, "A"]:
        world.mails.pop(one.data)


@case("mx.connect", "warning", name="one-of-two")
def _(world, domain):
    host = domain.put_mx()
    world.zones.add(host, "A", world.address())


@case("mx.greeting", "untested")
def _(world, domain):
    domain.put_mx(greeting="421 too many connections")


@case("mx.greeting", "untested", name="refused")
def _(world, domain):
    domain.put_mx(greeting="554 no mail from you")


@case("mx.greeting", "untested", name="ehlo")
def _(world, domain):
    domain.put_mx(ehlo=("greylisted, come back later",), ehlo_code=451)


@case("mx.starttls-missing", "error")
def _(world, domain):
    domain.put_mx(ehlo=("mx", "PIPELINING"))


@case("mx.starttls-missing", "warning", name="testing", mode="testing")
def _(world, domain):
    domain.put_mx(ehlo=("mx", "PIPELINING"))


@case("mx.starttls-refused", "error")
def _(world, domain):
    domain.put_mx(starttls="454 TLS not available")


@case("mx.plaintext-injection", "error")
def _(world, domain):
    domain.put_mx(injected="250 queued\r\n")


@case("mx.tls", "error")
def _(world, domain):
    domain.put_mx(hangs_up=True)


@case("mx.tls-version", "error")
def _(world, domain):
    domain.put_mx(version=ssl.TLSVersion.TLSv1_1)


@case("mx.certificate-name", "error")
def _(world, domain):
    domain.put_mx(names=(f"other.{domain.name}",))


@case("mx.certificate-expired", "error")
def _(world, domain):
    domain.put_mx(leaf={"days": (-90, -2)})


@case("mx.certificate-not-yet-valid", "error")
def _(world, domain):
    domain.put_mx(leaf={"days": (2, 90)})


@case("mx.certificate-untrusted", "error")
def _(world, domain):
    domain.put_mx(leaf={"issuer": "stranger"})


@case("mx.certificate-untrusted", "error", name="self-signed")
def _(world, domain):
    domain.put_mx(leaf={"issuer": "own"})


@case("mx.certificate-untrusted", "warning", name="testing", mode="testing")
def _(world, domain):
    domain.put_mx(leaf={"issuer": "own"})


@case("mx.certificate-chain", "error")
def _(world, domain):
    domain.put_mx(leaf={"complete": False})


@case("mx.certificate-expires-soon", "warning")
def _(world, domain):
    domain.put_mx(leaf={"days": (-85, 5)})


@case("mx.certificate-weak", "warning")
def _(world, domain):
    domain.put_mx(leaf={"key": "RSA 1024"})


@case("mx.addresses-differ", "note")
def _(world, domain):
    host = domain.put_mx()
    address = world.address()
    world.zones.add(host, "A", address)
    world.mail_leaves[f"second.{host}"] = ((host,), {"days": (-30, 60)})
    world.mails[address] = {"host": f"second.{host}"}


@case("mx.sni-needed", "warning")
def _(world, domain):
    domain.put_mx(unnamed=None, named=(f"mx.{domain.name}",))


def sign_mx(world, domain, tlsa):
    host = domain.put_mx()
    world.zones.add_zone(host)
    world.zones.signed.add(host)
    if tlsa:
        world.zones.add(f"_25._tcp.{host}", "TLSA", tlsa)


@case("mx.tlsa-mismatch", "error")
def _(world, domain):
    sign_mx(world, domain, "3 1 1 " + "0" * 64)


@case("mx.tlsa-unsigned", "note")
def _(world, domain):
    host = domain.put_mx()
    world.zones.add(f"_25._tcp.{host}", "TLSA",
                    "3 1 1 " + world.ca.key_sha256())


@case("mx.tlsa-none", "note")
def _(world, domain):
    sign_mx(world, domain, None)


# What takes a run of its own: the test that has it.
ELSEWHERE = {
    "fetch.timeout": "RealTest.test_one_minute",
    "host.challenge-unreachable": "OwnRunTest.test_challenge",
    "mx.port-blocked": "UntestedTest.test_port_25_is_closed",
    "mx.tlsa-untested": "OwnRunTest.test_resolver_elsewhere",
    "tls.no-roots": "OwnRunTest.test_no_roots",
}
