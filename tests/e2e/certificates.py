# SPDX-License-Identifier: MIT
"""Throw-away certificates. Each test process has a folder of its own, which
begins as a copy of what `certificates.py DIR` has made in MTA_STSD_CERTS."""

import atexit
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading

NAMES = ("mta-sts.example.com", "mta-sts.example.net")
SCRIPT = pathlib.Path(__file__).parents[2] / "certs-example/make-certs.sh"

_scratch = None
_making = threading.RLock()


def scratch():
    """The folder of this process, with root.pem and server/ in it."""
    global _scratch
    with _making:  # again for make_certificates()
        if _scratch is None:
            _scratch = pathlib.Path(tempfile.mkdtemp(prefix="mta-stsd-e2e-"))
            atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
            made = os.environ.get("MTA_STSD_CERTS")
            if made:
                shutil.copytree(made, _scratch, dirs_exist_ok=True)
            else:
                make_certificates(*NAMES)
        return _scratch


def make_certificates(*names, options=(), folder=None):
    """Runs make-certs.sh on `folder`, or else on scratch(): all the leaves in
    it share one root CA."""
    subprocess.run(["sh", SCRIPT, *options, folder or scratch(), *names],
                   check=True, stdin=subprocess.DEVNULL, timeout=60)


def client_context(alpn=None, minimum=None, maximum=None, verify=True):
    """Trusts the throw-away root and nothing else."""
    context = ssl.create_default_context(cafile=scratch() / "root.pem")
    context.check_hostname = verify
    if alpn:
        context.set_alpn_protocols(alpn)
    if minimum:
        context.minimum_version = minimum
    if maximum:
        context.maximum_version = maximum
    return context


if __name__ == "__main__":
    make_certificates(*NAMES, folder=sys.argv[1])
