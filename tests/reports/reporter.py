# SPDX-License-Identifier: MIT
"""tlsrpt-reporter, which is what Postfix's own documentation names for the
reports: a daemon that counts sessions, and one that sends the reports of
yesterday. Debian does not have it yet; installed, it is run."""

import datetime
import pathlib
import socket
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/verify"))
from services import Service, eventually, find_tool  # noqa: E402

TOOLS = ("tlsrpt-collectd", "tlsrpt-fetcher", "tlsrpt-reportd", "faketime")
# How it posts unless it is told otherwise: the report comes on standard input,
# and the URI goes behind it. That it has got an answer is enough for it.
POST = ("curl --silent --header 'Content-Type: application/tlsrpt+gzip' "
        "--data-binary @-")


class Collector(Service):
    """Counts the sessions that it is told at .path. Its day is yesterday, until
    wait_for_today(): what it is told before is reported today."""

    def __init__(self, folder):
        super().__init__()
        self.path, self.database = folder / "socket", folder / "sessions"

    def environment(self):
        library, = pathlib.Path(find_tool("faketime")).parents[1].glob(
            "lib/*/faketime/libfaketime.so.1")
        return {**super().environment(), "TZ": "UTC",
                "LD_PRELOAD": str(library), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_TIMESTAMP_FILE": str(self.dir / "clock")}

    def command(self):
        day = (datetime.datetime.now(datetime.timezone.utc)
               - datetime.timedelta(days=1))
        (self.dir / "clock").write_text(f"@{day:%Y-%m-%d} 12:00:00\n")
        return [find_tool("tlsrpt-collectd"),
                "--storage", f"sqlite://{self.database}",
                "--socketname", self.path, "--socketmode", "0777",
                "--sockettimeout", "1", "--max_uncommited_datagrams", "1",
                "--pidfilename", self.dir / "pid",
                "--logfilename", self.dir / "log.collectd"]

    def is_ready(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
            if probe.connect_ex(str(self.path)) or not self.database.exists():
                return False
        self._counted = self.database.stat().st_ino
        return True

    def wait_for_today(self):
        """Until it has put aside what it has counted."""
        (self.dir / "clock").write_text("+0\n")
        aside = self.database.with_suffix(".yesterday")
        eventually(lambda: aside.stat().st_ino == self._counted)


class Reporter(Service):
    """Sends what `collector` has counted yesterday, by these commands."""

    def __init__(self, collector, sendmail, http):
        super().__init__()
        self._collector = collector
        self._sendmail, self._http = sendmail, http

    def command(self):
        return [find_tool("tlsrpt-reportd"),
                "--dbname", self.dir / "database",
                "--fetchers", f"{find_tool('tlsrpt-fetcher')} --storage "
                              f"sqlite://{self._collector.database} "
                              f"--logfilename {self.dir}/log.fetcher",
                "--organization_name", "Sender",
                "--contact_info", "tls@sender.test",
                "--sender_address", "tls@sender.test",
                "--sendmail_script", self._sendmail,
                "--http_script", self._http,
                "--spread_out_delivery", "1", "--interval_main_loop", "1",
                "--max_collectd_timeout", "1", "--max_collectd_timediff", "1",
                "--min_wait_domainlist", "0", "--max_wait_domainlist", "1",
                "--min_wait_domaindetails", "0",
                "--max_wait_domaindetails", "1",
                "--pidfilename", self.dir / "pid",
                "--logfilename", self.dir / "log.reportd"]
