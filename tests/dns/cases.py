# SPDX-License-Identifier: MIT
"""Domains with records of every critical length, and what each tool has to
make of them. Nothing here comes from the forms under test."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).parents[1] / "e2e"))
from daemon import TIMEOUT

PREFIX = "v=TLSRPTv1; rua="
TTL = 420
ADDRESSES = ("192.0.2.1", "192.0.2.2", "2001:db8::1")


def rua_of(octets):
    """Report URIs whose record has this length."""
    left = octets - len(PREFIX)
    mail, web = "mailto:tls@r.example", "https://r.example/"
    if left < len(mail) + len(web) + 2:
        return [mail.replace("tls", "tls".ljust(3 + left - len(mail), "x"))]
    return [mail, web.ljust(left - len(mail) - 1, "x")]


RUA = {
    "o40.example": rua_of(40),
    "o255.example": rua_of(255),
    "o256.example": rua_of(256),
    "o600.example": rua_of(600),
    "uri.example": ["mailto:tls%21reports@uri.example?subject=TLS%20report"
                    "&x=it's%22%5C",
                    "https://r.example:8443/$a/(b)*?c=%2C%3B&d=@e"],
}
CONFIG = "".join(f"""
[[policy]]
domains = ["{domain}"]
mx = ["mx.{domain}"]
tls_rpt = {json.dumps(rua)}
""" for domain, rua in RUA.items())


def run(config, *arguments):
    done = subprocess.run(
        [os.environ["MTA_STSD"], "-c", "-", *arguments], input=config,
        capture_output=True, text=True, timeout=TIMEOUT)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.replace("\r\n", "\n")


def records(form, *arguments):
    return run(CONFIG, "records", "--format", form, "--ttl", str(TTL),
               *arguments)


def addressed(form, *domains):
    """With address records for the policy hosts."""
    options = [word for one in ADDRESSES for word in ("--address", one)]
    return records(form, *options, *domains)


def policy_id(domain):
    body = run(CONFIG, "render", domain).replace("\n", "\r\n")
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def wanted(domain):
    """{(owner, type): values} of one domain."""
    return {
        ("_mta-sts." + domain, "TXT"):
            ["v=STSv1; id=" + policy_id(domain)],
        ("_smtp._tls." + domain, "TXT"): [PREFIX + ",".join(RUA[domain])],
        ("mta-sts." + domain, "A"): list(ADDRESSES[:2]),
        ("mta-sts." + domain, "AAAA"): list(ADDRESSES[2:]),
    }


def all_wanted():
    return {key: values for domain in RUA
            for key, values in wanted(domain).items()}


def delegated(provider, domain):
    """The same for a customer."""
    return {(prefix + domain, "CNAME"): [prefix + provider]
            for prefix in ("_mta-sts.", "_smtp._tls.", "mta-sts.")}


def join_strings(data):
    """The text of a TXT record in a master file's form (RFC 1035, 5.1): one
    string or more, in quotes, of 1 to 255 octets each."""
    string = r'"((?:[^"\\]|\\.)*)"'
    assert re.fullmatch(rf"{string}(?: {string})*", data), data
    strings = [re.sub(r"\\(\d{3})|\\(.)",
                      lambda m: chr(int(m[1])) if m[1] else m[2], one)
               for one in re.findall(string, data)]
    assert all(1 <= len(one) <= 255 for one in strings), data
    return "".join(strings)
