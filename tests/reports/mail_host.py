# SPDX-License-Identifier: MIT
"""Postfix that takes reports, by etc/postfix, and Postfix that sends mail and
tells of each session, from 3.10 on."""

import collections
import json
import pathlib
import smtplib
import socket
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/verify"))
from services import Postfix, add_accounts, eventually  # noqa: E402

ADDRESS, HOST, DOMAIN = "192.0.2.25", "mx.alpha.test", "alpha.test"
SENDER_ADDRESS, SENDER_HOST = "192.0.2.30", "mx.sender.test"
REPORTS = f"tls-reports@{DOMAIN}"
USER, NUMBER = "mta-sts-reports", 59127
PATIENCE = 60  # seconds
# What libtlsrpt writes for the words of RFC 8460, 4.2 and 4.3.
POLICY_TYPES = {1: "tlsa", 2: "sts", 9: "no-policy-found"}
RESULT_TYPES = {201: "starttls-not-supported",
                202: "certificate-host-mismatch",
                203: "certificate-not-trusted", 204: "certificate-expired",
                205: "validation-failure"}
DETAILS = {"s": "sending-mta-ip", "n": "receiving-mx-hostname",
           "h": "receiving-mx-helo", "r": "receiving-ip",
           "a": "additional-information", "f": "failure-reason-code"}


def recipe(name):
    return (ROOT / "etc/postfix" / name).read_text()


class WholePostfix(Postfix):
    """One that has a queue, and delivers what is in it."""

    SERVICES = Postfix.SERVICES + """\
pickup unix n - n 1 1 pickup
qmgr unix n - n 1 1 qmgr
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
smtp unix - - n - - smtp
"""

    def __init__(self, *arguments, **settings):
        # What it can't deliver now it tries again at once.
        super().__init__(*arguments, inet_protocols="ipv4",
                         minimal_backoff_time="1s", maximal_backoff_time="1s",
                         queue_run_delay="1s", **settings)

    def send(self, *mails, to=REPORTS, sender="tls@sender.test"):
        with smtplib.SMTP(self.places[0][0], 25, timeout=PATIENCE) as client:
            client.ehlo(SENDER_HOST)
            for mail in mails:
                eventually(lambda: self._take(client, sender, to, mail),
                           PATIENCE)

    @staticmethod
    def _take(client, sender, to, mail):
        """False for "later", as from a milter that is not quite there yet."""
        try:
            client.sendmail(sender, [to], mail)
        except smtplib.SMTPResponseException as error:
            if error.smtp_code != 451:
                raise
            return False
        return True

    def maillog(self):
        path = self.dir / "maillog"
        return path.read_text() if path.exists() else ""

    def expect(self, text, count=1):
        """Waits until the log has it so often."""
        eventually(lambda: self.maillog().count(text) >= count, PATIENCE)


class MailHost(WholePostfix):
    """Takes mail for DOMAIN. `program` and `config`: of the importer, which
    runs in `home`."""

    def __init__(self, chain, home, program, config, **settings):
        self._home = home
        self._pipe = (recipe("master.cf")
                      .replace("/usr/bin/mta-sts ", f"{program} -c {config} ")
                      .replace("/var/lib/mta-sts", str(home)))
        super().__init__(ADDRESS, HOST, chain,
                         mydestination=f"$myhostname, {DOMAIN}", **settings)

    def command(self):
        add_accounts({"passwd": [f"{USER}:x:{NUMBER}:{NUMBER}::{self._home}:"
                                 "/usr/sbin/nologin"],
                      "group": [f"{USER}:x:{NUMBER}:"]})
        return super().command()

    def files(self):
        """Those of etc/postfix, for our domain and in our folder."""
        files = super().files()
        files["main.cf"] += recipe("main.cf").replace("/etc/postfix/",
                                                      f"{self.dir}/etc/")
        files["master.cf"] += self._pipe
        files["mta-sts-reports"] = recipe("mta-sts-reports").replace(
            "example.com", DOMAIN)
        return files


class Sender(WholePostfix):
    """Sends by `policies`, {domain: host}: an MTA-STS policy for each, as a
    resolver would tell it. `sessions`: the Sessions that it tells."""

    POLICY = ("{domain} secure match={host} servername=hostname "
              "policy_type=sts policy_domain={domain} policy_ttl=604800 "
              "{{ policy_string = version: STSv1 }} "
              "{{ policy_string = mode: enforce }} "
              "{{ policy_string = mx: {host} }} "
              "{{ policy_string = max_age: 604800 }} mx_host_pattern={host}\n")

    def __init__(self, chain, root, policies, sessions):
        self._policies = policies
        super().__init__(
            SENDER_ADDRESS, SENDER_HOST, chain, mynetworks="192.0.2.0/24",
            smtp_bind_address=SENDER_ADDRESS, smtp_tls_CAfile=root,
            smtp_tls_security_level="may",
            smtp_tls_policy_maps="texthash:$config_directory/policies",
            smtp_tlsrpt_enable="yes", smtp_tlsrpt_socket_name=sessions.path)

    @classmethod
    def refusal(cls):
        """Why it can't be run, or None."""
        if reason := super().refusal():
            return reason
        if b"smtp_tlsrpt_enable" not in (cls.programs()
                                         / "sbin/smtp").read_bytes():
            return "this postfix tells nobody of its sessions: 3.10 does"
        return None

    def files(self):
        policies = "".join(self.POLICY.format(domain=domain, host=host)
                           for domain, host in self._policies.items())
        return {**super().files(), "policies": policies}


class Sessions:
    """The socket that Postfix tells each of its sessions, and the reports that
    come of them: what a daemon beside it does for a day (RFC 8460, 4)."""

    def __init__(self, path):
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(PATIENCE)
        path.chmod(0o777)
        self.told = []

    def close(self):
        self._socket.close()

    def wait(self, count):
        while len(self.told) < count:
            self.told.append(json.loads(self._socket.recv(1 << 16)))

    def policies_of(self, domain):
        """The member "policies" of its report."""
        found = {}
        for session in self.told:
            if session["d"] != domain:
                continue
            for told in session["policies"]:
                policy = {key: told[key] for key in
                          ("policy-string", "policy-domain", "mx-host")
                          if key in told}
                policy["policy-type"] = POLICY_TYPES[told["policy-type"]]
                sums, details = found.setdefault(
                    json.dumps(policy), ([0, 0], collections.Counter()))
                sums[told["f"]] += 1
                details.update(json.dumps(one) for one
                               in told.get("failure-details", ()))
        return [{
            "policy": json.loads(policy),
            "summary": {"total-successful-session-count": sums[0],
                        "total-failure-session-count": sums[1]},
            "failure-details": [
                {"result-type": RESULT_TYPES[one["c"]],
                 "failed-session-count": count,
                 **{DETAILS[key]: value for key, value in one.items()
                    if key in DETAILS}}
                for one, count in ((json.loads(text), count) for text, count
                                   in details.items())]}
            for policy, (sums, details) in found.items()]
