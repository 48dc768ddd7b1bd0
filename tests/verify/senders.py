# SPDX-License-Identifier: MIT
"""What packaged senders make of a domain: postfix-mta-sts-resolver, which
fetches policies for Postfix; Postfix's own look at the mail servers by such a
policy; and chasquid."""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from sender_tools import environment, find_folders, find_tool  # noqa: E402

TIMEOUT = 120
AT_A_TIME = 16
# mta-sts-query resolves one domain, and to start it takes half a second.
RESOLVE = """
import asyncio, json, sys
from postfix_mta_sts_resolver.resolver import STSFetchResult, STSResolver

async def resolve(domain, resolver, turns):
    async with turns:
        result, policy = await resolver.resolve(domain)
    good = result is STSFetchResult.VALID
    return domain, [result.name, policy[1] if good else None]

async def main():
    resolver = STSResolver(loop=asyncio.get_event_loop())
    turns = asyncio.Semaphore(16)
    print(json.dumps(dict(await asyncio.gather(
        *(resolve(domain, resolver, turns) for domain in sys.argv[1:])))))

asyncio.get_event_loop().run_until_complete(main())
"""


def trusting(root):
    return {**environment(), "SSL_CERT_FILE": str(root)}


def resolve(domains, root):
    """{domain: (VALID, NONE or FETCH_ERROR, the policy or None)}."""
    interpreter = "/usr/bin/python3"
    with open(find_tool("mta-sts-query"), "rb") as script:
        first = script.readline()
        if first.startswith(b"#!/"):
            interpreter = first[2:].split()[0].decode()
    done = subprocess.run(
        [interpreter, "-W", "ignore", "-c", RESOLVE, *domains],
        env=trusting(root), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def deliver(domain, policy, root):
    """Whether Postfix would send to one of the hosts: as it is told by its
    resolver, "secure match=...". A policy that is not enforced asks for
    nothing."""
    if policy is None or policy["mode"] != "enforce":
        return True, "no policy is enforced"
    match = [one[1:] if one.startswith("*.") else one for one in policy["mx"]]
    folders = find_folders("usr/lib/postfix")
    settings = trusting(root)
    settings["LD_LIBRARY_PATH"] = os.pathsep.join(
        [*map(str, folders), settings.get("LD_LIBRARY_PATH", "")])
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "main.cf").write_text(
            "compatibility_level = 3.6\ninet_protocols = all\n"
            "myhostname = sender.alpha.test\n"
            + "".join(f"shlib_directory = {one}\n" for one in folders[:1]))
        done = subprocess.run(
            [find_tool("posttls-finger"), "-c", "-t", "10", "-T", "10", "-l",
             "secure", "-s", "hostname", "-F", str(root), domain, *match],
            env={**settings, "MAIL_CONFIG": folder}, timeout=TIMEOUT,
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
    said = done.stdout + done.stderr
    return "Verified TLS connection established" in said, said


def check(domain, root):
    """What chasquid's smtp-check says: whether it is content, and why."""
    done = subprocess.run(
        [find_tool("smtp-check"), domain], env=trusting(root),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT)
    policy = done.stdout.partition("=== STS policy\n")[2].partition("===")[0]
    has_policy = " OK\n" in policy
    return done.returncode == 0 and has_policy, done.stdout


def together(function, domains):
    """{domain: what the function says of it}."""
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        return dict(zip(domains, pool.map(function, domains)))
