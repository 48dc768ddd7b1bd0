# SPDX-License-Identifier: MIT
"""Packaged senders and `mta-sts verify` are asked about the same domains: where
a sender refuses, verify has an error, and where verify is green, it accepts.
What differs is explained by name."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import namespace  # noqa: E402
import senders  # noqa: E402
from findings_test import JOBS, TABLE  # noqa: E402
from fixtures import CASES  # noqa: E402
from sender_tools import missing_tools  # noqa: E402
from services import add_postfix_accounts  # noqa: E402
from world import POLICY_HOST, World, policy_id  # noqa: E402

# (what refuses, what verify says at most, why): {label of the domain}.
TESTING = "nothing is enforced in mode testing: reports are lost, no mail"
FROM_HERE = "only the way from here is known; verify says that it can't tell"
CHASQUID_SPACE = "chasquid wants v=STSv1 and the semicolon together"
CHASQUID_MX = "smtp-check asks for MX records, and for nothing else"
NO_MAIL = "a domain without mail refuses all of it, as it means to"
SIZE = "senders read 64 KiB, chasquid 10 KiB"
WEAK = "Debian's OpenSSL refuses RSA 1024; other senders do not"
EXPLAINED = {
    ("chasquid", "dns-unreachable"): FROM_HERE,
    ("resolver", "dns-unreachable"): FROM_HERE,
    ("chasquid", "dns-servfail"): FROM_HERE,
    ("resolver", "dns-servfail"): FROM_HERE,
    ("chasquid", "dns-sts-space-before-semicolon"): CHASQUID_SPACE,
    ("chasquid", "fetch-untested"): FROM_HERE,
    ("resolver", "fetch-untested"): FROM_HERE,
    ("resolver", "fetch-certificate-weak"): WEAK,
    ("chasquid", "fetch-size"): SIZE,
    ("chasquid", "mx-untested"): FROM_HERE,
    ("postfix", "mx-untested"): FROM_HERE,
    ("chasquid", "fetch-content-type-testing"): TESTING,
    ("resolver", "fetch-content-type-testing"): TESTING,
    ("chasquid", "mx-certificate-untrusted-testing"): TESTING,
    ("chasquid", "mx-implicit"): CHASQUID_MX,
    ("chasquid", "mx-null"): NO_MAIL,
    ("postfix", "mx-null"): NO_MAIL,
    ("chasquid", "mx-connect"): FROM_HERE,
    ("postfix", "mx-connect"): FROM_HERE,
    ("chasquid", "mx-greeting"): FROM_HERE,
    ("postfix", "mx-greeting"): FROM_HERE,
    ("chasquid", "mx-greeting-refused"): FROM_HERE,
    ("postfix", "mx-greeting-refused"): FROM_HERE,
    ("chasquid", "mx-greeting-ehlo"): FROM_HERE,
    ("postfix", "mx-greeting-ehlo"): FROM_HERE,
}


# --- Good domains, each in another way ---

def plain(world, domain):
    pass


def line_feeds(world, domain):
    domain.serve(domain.text.replace("\r\n", "\n"))


def no_last_line_end(world, domain):
    domain.serve(domain.text.removesuffix("\r\n"))


def wildcard(world, domain):
    domain.use_mx("*.alpha.test")


def upper_case(world, domain):
    domain.serve(domain.text.replace("mx1.alpha.test", "MX1.Alpha.Test"))


def more_fields(world, domain):
    domain.serve(domain.text + "remark: kept for later\r\n")


def spaces(world, domain):
    domain.serve(domain.text.replace("mode: ", "mode:   "))


def charset(world, domain):
    domain.serve(domain.text, kind="text/plain; charset=utf-8")


def unended_record(world, domain):
    world.zones.put(domain.sts, "TXT",
                    f"v=STSv1; id={policy_id(domain.text)}")


def extension_in_record(world, domain):
    world.zones.put(domain.sts, "TXT",
                    f"v=STSv1; id={policy_id(domain.text)}; ext=1;")


def delegated(world, domain):
    provider = f"provider.{domain.name}"
    value = world.zones.records[domain.sts, "TXT"][0].data
    world.zones.drop(domain.sts, "TXT")
    world.zones.add(f"_mta-sts.{provider}", "TXT", value)
    world.zones.add(domain.sts, "CNAME", f"_mta-sts.{provider}")
    world.zones.drop(domain.host, "A", "AAAA")
    world.zones.add(f"mta-sts.{provider}", "A", POLICY_HOST[0])
    world.zones.add(domain.host, "CNAME", f"mta-sts.{provider}")


def ipv4_alone(world, domain):
    domain.put_addresses(POLICY_HOST[0])


def ipv6_alone(world, domain):
    domain.put_addresses(POLICY_HOST[1])


def own_certificate(world, domain):
    domain.certify()


def wildcard_certificate(world, domain):
    domain.certify(f"*.{domain.name}")


def one_mail_host(world, domain):
    domain.put_mx()


def wildcard_mail_certificate(world, domain):
    domain.put_mx(names=(f"*.{domain.name}",))


def mail_host_of_names(world, domain):
    domain.put_mx(named=(f"mx.{domain.name}",),
                  unnamed=None)


def mail_host_of_many_lines(world, domain):
    domain.put_mx(ehlo=("mx", *(f"X{i}" for i in range(40)), "starttls"))


def mail_at_two_preferences(world, domain):
    world.zones.put(domain.name, "MX", "10 mx1.alpha.test",
                    "20 mx1.alpha.test")
    domain.use_mx("mx1.alpha.test")


GOOD = (plain, line_feeds, no_last_line_end, wildcard, upper_case, more_fields,
        spaces, charset, unended_record, extension_in_record, delegated,
        ipv4_alone, ipv6_alone, own_certificate, wildcard_certificate,
        one_mail_host, wildcard_mail_certificate, mail_host_of_names,
        mail_host_of_many_lines, mail_at_two_preferences)


def ask_senders(domains, root):
    """{(sender, domain): (whether it accepts, what it said)}."""
    said = {}
    results = senders.resolve(domains, root)
    for domain in domains:
        # Without a policy there is nothing to refuse.
        said["resolver", domain] = (results[domain][0] != "FETCH_ERROR",
                                    results[domain][0])
    for domain, one in senders.together(
            lambda name: senders.check(name, root), domains).items():
        # The same: it delivers as if there were none.
        said["chasquid", domain] = (one[0] or results[domain][0] == "NONE",
                                    one[1])
    if missing_tools("posttls-finger") is None:
        add_postfix_accounts()
        for domain, one in senders.together(
                lambda name: senders.deliver(name, results[name][1], root),
                domains).items():
            said["postfix", domain] = one
    return said


class AgreementTest(unittest.TestCase):
    def test_senders(self):
        if reason := missing_tools("mta-sts-query", "smtp-check"):
            self.skipTest(reason)
        world = World(self)
        world.verify_table = TABLE
        for case in CASES:
            domain = world.add(case.domain, configured=case.configured,
                               mode=case.mode)
            case.spoil(world, domain)
        for spoil in GOOD:
            label = "good-" + spoil.__name__.replace("_", "-")
            for configured in (False, True):
                if configured and spoil not in (plain, delegated, ipv4_alone,
                                                own_certificate):
                    continue
                name = label + ("-ours" if configured else "") + ".alpha.test"
                spoil(world, world.add(name, configured=configured))
        world.start()
        domains = list(world.domains)
        self.assertGreaterEqual(len(domains), 100)
        found, _ = world.findings(*domains, "--jobs", JOBS)
        said = ask_senders(domains, world.ca.root)
        used, disagreements = set(), []
        for (sender, domain), (accepts, words) in said.items():
            severities = {severity for _, severity in found[domain]}
            label = domain.split(".")[0]
            if label.startswith("good-"):
                with self.subTest(domain=domain, sender=sender):
                    self.assertTrue(accepts, words)
                    self.assertNotIn("error", severities, found[domain])
                    self.assertNotIn("untested", severities, found[domain])
            if accepts or "error" in severities:
                continue
            if (sender, label) in EXPLAINED:
                used.add((sender, label))
            else:
                print(sender, label, found[domain], words[-300:])
                disagreements.append((sender, label))
        self.assertEqual(disagreements, [])
        asked = {sender for sender, _ in said}
        self.assertEqual({one for one in EXPLAINED
                          if one[0] in asked} - used, set(),
                         "explained, and there is no difference")
        refused = sum(not accepts for accepts, _ in said.values())
        print(f"{len(domains)} domains, {', '.join(sorted(asked))}: "
              f"{len(said)} answers, {refused} of them refusals, "
              f"{len(used)} differences, all explained by name")


if __name__ == "__main__":
    namespace.main(__file__)
