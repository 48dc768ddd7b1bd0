# SPDX-License-Identifier: MIT
"""Reports as senders send them (RFC 8460), and the senders' own list of what is
in them: everything that the program says of reports is held against it."""

import dataclasses
import datetime
import email.message
import email.policy
import gzip
import json

DAY = datetime.date(2026, 11, 24)
POLICY = ("version: STSv1", "mode: testing", "mx: mx.alpha.test",
          "max_age: 604800")


@dataclasses.dataclass(frozen=True)
class Report:
    """Of one sender on one domain and one day. `failures`: {result type:
    sessions}; `policies`: the member of that name, instead."""

    organization: str = "Sender"
    number: int = 1
    domain: str = "alpha.test"
    day: datetime.date = DAY
    successes: int = 0
    failures: dict = dataclasses.field(default_factory=dict)
    policy: tuple = POLICY
    policies: list = None

    @property
    def sender(self):
        return f"{self.organization.lower()}.test"

    @property
    def name(self):
        return f"{self.day}-{self.number}@{self.sender}"

    def json(self):
        return json.dumps({
            "organization-name": self.organization,
            "date-range": {"start-datetime": f"{self.day}T00:00:00Z",
                           "end-datetime": f"{self.day}T23:59:59Z"},
            "contact-info": f"tls@{self.sender}",
            "report-id": self.name,
            "policies": self.policies or [self._policy()]}, indent=1).encode()

    def _policy(self):
        return {
            "policy": {"policy-type": "sts",
                       "policy-string": list(self.policy),
                       "policy-domain": self.domain,
                       "mx-host": ["mx.alpha.test"]},
            "summary": {
                "total-successful-session-count": self.successes,
                "total-failure-session-count": sum(self.failures.values())},
            "failure-details": [
                {"result-type": kind, "sending-mta-ip": "198.51.100.7",
                 "receiving-mx-hostname": "mx.alpha.test",
                 "receiving-ip": "192.0.2.25", "failed-session-count": count}
                for kind, count in self.failures.items()]}

    def gzip(self):
        return gzip.compress(self.json(), mtime=0)

    def mail(self, to="tls-reports@alpha.test"):
        """As RFC 8460, 5.3 has it."""
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        mail["From"] = f"tls@{self.sender}"
        mail["To"] = to
        mail["Subject"] = (f"Report Domain: {self.domain} Submitter: "
                           f"{self.sender} Report-ID: <{self.name}>")
        mail["TLS-Report-Domain"] = self.domain
        mail["TLS-Report-Submitter"] = self.sender
        mail["Message-ID"] = f"<{self.name}>"
        mail.set_content("This is an aggregate TLS report.\n")
        mail.add_attachment(
            self.gzip(), "application", "tlsrpt+gzip",
            filename=f"{self.sender}!{self.domain}!{self.name}.json.gz")
        mail.replace_header("Content-Type",
                            'multipart/report; report-type="tlsrpt"; '
                            f'boundary="{self.number:032x}"')
        return mail.as_bytes()


def totals(reports):
    """{domain: [successes, failures]} of all, each of them once."""
    found = {}
    for one in set_of(reports):
        sums = found.setdefault(one.domain, [0, 0])
        sums[0] += one.successes
        sums[1] += sum(one.failures.values())
    return found


def set_of(reports):
    return {(one.name, one.domain): one for one in reports}.values()
