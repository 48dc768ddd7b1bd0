# SPDX-License-Identifier: MIT
"""A mta-stsd with a history that is killed while its policies are edited, and
whether the history has all that senders got, for as long as they got it."""

import calendar
import hashlib
import os
import pathlib
import random
import socket
import subprocess
import tempfile
import threading
import time

TIMEOUT = 30
DOMAINS = [f"d{i}.alpha.test" for i in range(4)]


def policy(domain, mode, max_age, mx):
    return (f'[[policy]]\ndomains = ["{domain}"]\nmode = "{mode}"\n'
            f'max_age = {max_age}\nmx = ["{mx}.alpha.test"]\n'
            'tls_rpt = ["mailto:tls@alpha.test"]\n')


def read_history(octets):
    """By (domain, id): whether it is served still, and when it ended last; and
    how many lines are torn."""
    policies, torn = {}, 0
    for line in octets.decode("ascii", "replace").split("\n"):
        if not line:
            continue
        text, _, checksum = line.rpartition(" ")
        if hashlib.sha256(text.encode()).hexdigest()[:8] != checksum:
            torn += 1
            continue
        when, event, domain, policy_id, *_ = text.split(" ")
        moment = calendar.timegm(time.strptime(when, "%Y-%m-%dT%H:%M:%SZ"))
        is_open, last = policies.get((domain, policy_id), (False, 0))
        policies[domain, policy_id] = (event == "serve", max(last, moment))
    return policies, torn


class KilledServer:
    """Killed at moments that `seed` chooses; .kills and .seen count."""

    def __init__(self, binary, seed):
        self.random = random.Random(seed)
        self.binary = os.path.abspath(binary)
        self._folder = tempfile.TemporaryDirectory(prefix="mta-stsd-killed-")
        self.folder = pathlib.Path(self._folder.name)
        self.history = self.folder / "history"
        self.socket = self.folder / "socket"
        self.last_seen = {}  # (domain, id): when it was asked for last
        self.kills = self.seen = 0
        self.write()

    def close(self):
        self._folder.cleanup()

    def write(self):
        """Other policies for some of the domains, and some domains gone."""
        pick = self.random.choice
        served = [one for one in DOMAINS if self.random.random() < 0.8]
        text = (f'[server]\nlisten = ["http+unix:{self.socket}"]\n'
                'history = "history"\nguard = "off"\nthreads = 1\n')
        for domain in served or DOMAINS[:1]:
            text += policy(domain, pick(("testing", "enforce", "none")),
                           pick((86400, 604800, 31557599)), pick("abcdefgh"))
        new = self.folder / ".new"
        new.write_text(text)
        new.rename(self.folder / "mta-stsd.toml")

    def fetch(self, domain):
        begun = time.time()
        try:
            with socket.socket(socket.AF_UNIX) as plain:
                plain.settimeout(TIMEOUT)
                plain.connect(str(self.socket))
                plain.sendall(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\n"
                              b"Connection: close\r\n"
                              b"Host: mta-sts." + domain.encode() + b"\r\n\r\n")
                answer = b""
                while piece := plain.recv(65536):
                    answer += piece
        except OSError:
            return
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200") or not body.endswith(b"\r\n"):
            return
        self.seen += 1
        policy_id = hashlib.sha256(body).hexdigest()[:32]
        self.last_seen[domain, policy_id] = begun

    def fetch_all(self, stopped):
        while not stopped.is_set():
            for domain in DOMAINS:
                self.fetch(domain)
            stopped.wait(0.002)

    def kill_once(self):
        """Starts it, edits, and kills it; what is wrong then, or None."""
        self.socket.unlink(missing_ok=True)
        log = self.folder / "log"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [self.binary, "-c", "mta-stsd.toml", "serve"], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        stopped = threading.Event()
        fetcher = threading.Thread(target=self.fetch_all, args=(stopped,))
        fetcher.start()
        try:
            # A start takes 20 ms, and an edit rests for 200.
            self.wait(process, 0, 0.06)
            self.write()
            if self.random.random() < 0.8:
                self.wait(process, 0.18, 0.32)
            if process.poll() is not None:
                return f"it has ended: {log.read_text()}"
        finally:
            process.kill()
            process.wait(TIMEOUT)
            stopped.set()
            fetcher.join()
        self.kills += 1
        return self.check()

    def wait(self, process, least, most):
        try:
            process.wait(self.random.uniform(least, most))
        except subprocess.TimeoutExpired:
            pass

    def check(self):
        policies, _ = read_history(self.history.read_bytes()
                                   if self.history.exists() else b"")
        for key, begun in self.last_seen.items():
            is_open, last = policies.get(key, (False, 0))
            if not is_open and last < begun:
                return f"{key} was served at {begun}, and ended at {last}"
        return None
