# SPDX-License-Identifier: MIT
"""Attack tools of other people, run against a daemon of ours."""

import csv
import json
import os
import pathlib
import re
import subprocess

from authority import LEAF, issue
from certificates import NAMES, scratch
from daemon import (BODY, HOST, PATH, POLICY, TIMEOUT, Daemon,
                    eventually)
from forwarder import Forwarder

TESTSSL_SECONDS = 1800
CRL = "crlDistributionPoints = URI:http://crl.example.com/crl\n"
SLOW_SECONDS = 25  # each mode of slowhttptest
SLOW_MODES = {
    "slow headers": ("-H", "-i", "3", "-x", "24"),
    "slow body": ("-B", "-i", "3", "-s", "8192", "-x", "24"),
    "slow read": ("-X", "-k", "10", "-w", "1", "-y", "32", "-n", "3",
                  "-z", "8"),
}
# Findings that are no fault of the server, and why.
EXCUSED = {
    "engine_problem": "of the OpenSSL that testssl.sh runs, not of ours",
    "security_headers": "no browser comes here; RFC 8461 knows no such field",
}
HARMLESS = {"DEBUG", "INFO", "OK", "LOW"}
GOOD_GRADES = ("A", "A+")


def with_hosts(hosts, command):
    """`command` with a private /etc/hosts: a mount namespace of its own."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *user, "sh", "-c",
            'mount --bind "$1" /etc/hosts && shift && exec "$@"', "sh",
            str(hosts), *map(str, command)]


KEPT = pathlib.Path(__file__).resolve().parents[2] / ".quickstart/attack"
SOURCE = ("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
          "{mirror} trixie main\n")


def run(*command):
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True, cwd=KEPT,
                   capture_output=True, timeout=TESTSSL_SECONDS)


def find_mirror():
    """The one that this machine's own packages come from."""
    known = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)",
         "Created-By: Packages"], stdin=subprocess.DEVNULL, check=True,
        capture_output=True, text=True, timeout=TIMEOUT).stdout.split()
    return next(one for one in known if re.search("/debian/?$", one))


def find_testssl():
    """(the program, its environment). Debian 12's gives no grade yet, so that
    of Debian 13, which is a script, is unpacked beside it."""
    version = re.search(r"(\d+)\.(\d+)\.\d+", subprocess.run(
        ["testssl", "--version"], stdin=subprocess.DEVNULL, timeout=TIMEOUT,
        capture_output=True, text=True).stdout)
    if version and tuple(map(int, version.groups())) >= (3, 2):
        return "testssl", os.environ
    root = KEPT / "root"
    if not root.exists():
        for name in ("lists/partial", "cache/archives/partial"):
            (KEPT / name).mkdir(parents=True, exist_ok=True)
        (KEPT / "sources.list").write_text(
            SOURCE.format(mirror=find_mirror()))
        options = [f"-o{key}={value}" for key, value in {
            "Dir::Etc::sourcelist": KEPT / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::lists": KEPT / "lists", "Dir::Cache": KEPT / "cache",
            "APT::Sandbox::User": "root", "Debug::NoLocking": "1"}.items()]
        run("apt-get", *options, "update")
        run("apt-get", *options, "download", "testssl.sh")
        run("dpkg-deb", "-x", next(KEPT.glob("testssl.sh_*.deb")), root)
    return root / "usr/bin/testssl", {
        **os.environ, "TESTSSL_INSTALL_DIR": str(root / "etc/testssl")}


def run_testssl(folder):
    """(grade, [(id, severity, finding)] above LOW, number of findings)"""
    hosts, report = folder / "hosts", folder / "testssl.json"
    hosts.write_text(f"127.0.0.1 localhost {HOST}\n")
    program, environment = find_testssl()
    leaf = issue(NAMES, extensions=LEAF + CRL)
    with Daemon(None, POLICY + '[server]\ncertificates = ["pair"]\n',
                files=leaf.files()) as daemon:
        done = subprocess.run(with_hosts(hosts, [
            program, "--quiet", "--color", "0", "--warnings", "off",
            "--add-ca", scratch() / "root.pem", "--jsonfile", report,
            f"https://{HOST}:{daemon.port}{PATH}"]), env=environment,
            stdin=subprocess.DEVNULL, cwd=folder, capture_output=True,
            text=True, timeout=TESTSSL_SECONDS)
        (folder / "testssl.log").write_text(done.stdout + done.stderr)
        assert daemon.fetch()[::2] == (200, BODY)
    findings = json.loads(report.read_text())
    grade = [one["finding"] for one in findings
             if one["id"] == "overall_grade"]
    bad = [(one["id"], one["severity"], one["finding"]) for one in findings
           if one["severity"] not in HARMLESS and one["id"] not in EXCUSED]
    return (grade or ["none"])[0], bad, len(findings)


def run_slowhttptest(mode, folder):
    """[whether the service was available], second by second."""
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {HOST}\n")
    prefix = folder / mode.replace(" ", "-")
    with Daemon() as daemon:
        sockets = daemon.descriptors("socket:")
        with Forwarder(daemon) as forwarder:
            done = subprocess.run(with_hosts(hosts, [
                "slowhttptest", *SLOW_MODES[mode], "-c", "500", "-r", "200",
                "-l", SLOW_SECONDS, "-p", "5", "-g", "-o", prefix, "-u",
                f"http://{HOST}:{forwarder.port}{PATH}"]),
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=SLOW_SECONDS + TIMEOUT)
        prefix.with_suffix(".log").write_text(done.stdout + done.stderr)
        assert daemon.fetch()[::2] == (200, BODY)
        eventually(lambda: daemon.descriptors("socket:") == sockets)
    with open(f"{prefix}.csv", newline="") as report:
        return [row["Service Available"] != "0"
                for row in csv.DictReader(report)]
