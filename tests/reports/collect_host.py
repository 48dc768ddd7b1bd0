# SPDX-License-Identifier: MIT
"""`mta-stsd collect` where the report URI of the tests' domains leads to."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/verify"))
from importer import Importer  # noqa: E402
from services import Service  # noqa: E402

HOST, ADDRESS = "tls-reports.alpha.test", "192.0.2.40"
TOKEN = "4cc2fd33a1b0e2d35c5b33e6dcbb0e8f"
URI = f"https://{HOST}/{TOKEN}"
TABLES = """
[server]
certificates = ["{folder}/certs"]
[collect]
host = "{host}"
listen = ["{address}:443"]
tokens = "{folder}/tokens"
"""


def make_importer(folder, ca):
    """Of the spool that Collect fills, which has its certificate from `ca`."""
    certificates = folder / "certs"
    certificates.mkdir()
    for name, source in zip(("fullchain.pem", "privkey.pem"),
                            ca.leaf("reports", [HOST])):
        (certificates / name).write_bytes(source.read_bytes())
        (certificates / name).chmod(0o600)
    tokens = folder / "tokens"
    tokens.write_text(f"alpha {TOKEN}\n")
    tokens.chmod(0o600)
    return Importer(folder, tls_rpt=URI, tables=TABLES.format(
        folder=folder, host=HOST, address=ADDRESS))


class Collect(Service):
    """With the configuration of `importer`."""

    def __init__(self, importer):
        super().__init__((ADDRESS, 443))
        self._config = importer.config

    def command(self):
        return [os.environ["MTA_STSD"], "-c", self._config, "collect"]
