# SPDX-License-Identifier: MIT
"""Roots of Debian suites, entered by systemd-nspawn, and the packages that are
built in one of them. Everything is kept below .quickstart/package/SUITE."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SUITES = ("bookworm", "trixie")
NSPAWN = ("systemd-nspawn", "--quiet", "--register=no", "--keep-unit",
          "--resolv-conf=replace-host")
# Debian 12's debootstrap would bring perl for usrmerge.
MERGED_USR = ("--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
              "--setup-hook=printf 'Package: usrmerge\\nPin: release *\\n"
              "Pin-Priority: -1\\n' >\"$1/etc/apt/preferences.d/no-usrmerge\"")
LIMIT_SECONDS = 1800


def need_tools(*tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        sys.exit(f"needs {', '.join(missing)}")
    if os.geteuid() != 0:
        sys.exit("needs root, for systemd-nspawn")


def say(text):
    print(text, flush=True)


def folder(suite):
    path = SOURCE / ".quickstart/package" / suite
    path.mkdir(parents=True, exist_ok=True)
    return path


def base(suite):
    """A tar of the suite's minimal root; MTA_STSD_ROOTS may be a folder that
    has them already."""
    if roots := os.environ.get("MTA_STSD_ROOTS"):
        return pathlib.Path(roots, f"{suite}.tar")
    tar = folder(suite) / "base.tar"
    if not tar.exists():
        say(f"{suite}: making a minimal root")
        new = tar.with_suffix(".new.tar")
        subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase",
             *(MERGED_USR if suite == "bookworm" else ()), suite, new],
            check=True, timeout=LIMIT_SECONDS)
        new.rename(tar)
    return tar


def try_each(suites, test):
    """Exits with 0 if `test` exits for none of them."""
    failed = 0
    for suite in suites:
        try:
            test(suite)
            say(f"{suite}: ok")
        except SystemExit as fault:
            say(f"{suite}: FAILED: {fault}")
            failed += 1
    say(f"{len(suites) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


class Root:
    def __init__(self, suite, name):
        """A fresh one."""
        self.suite, self.path = suite, folder(suite) / name
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir()
        subprocess.run(["tar", "-C", self.path, "--exclude=./dev/*", "-xf",
                        base(suite)], check=True, timeout=LIMIT_SECONDS)

    @classmethod
    def kept(cls, suite, name):
        """The one of an earlier run, if there is one."""
        path = folder(suite) / name
        if not (path / ".complete").exists():
            return cls(suite, name)
        root = cls.__new__(cls)
        root.suite, root.path = suite, path
        return root

    def run(self, command, binds=(), check=True):
        """What `sh -e` prints of `command`; with its status unless `check`."""
        done = subprocess.run(
            [*NSPAWN, "--pipe", f"--directory={self.path}",
             *(f"--bind={bind}" for bind in binds),
             "--setenv=DEBIAN_FRONTEND=noninteractive",
             "--setenv=LC_ALL=C.UTF-8",
             "sh", "-ec", command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=LIMIT_SECONDS)
        if not check:
            return done.returncode, done.stdout
        if done.returncode != 0:
            sys.exit(f"{self.suite}: {command}\n{done.stdout}{done.stderr}")
        return done.stdout


def build_packages():
    """As quickstart names them, for both programs."""
    lists = re.findall(r"^(?:build|tool)_packages=\((.*?)\)",
                       (SOURCE / "quickstart").read_text(),
                       re.MULTILINE | re.DOTALL)
    return " ".join(lists).split()


def section_of(name):
    text = (SOURCE / "docs/deploy.md").read_text()
    return text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def commands_of(block):
    """As root and so without sudo, and for names of our own."""
    return [command.replace("\\\n", " ").replace("sudo ", "")
            .replace("example.com", "mine.internal")
            for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]


def documented(section, test):
    """The blocks of commands in a section of docs/deploy.md that `test`
    runs."""
    return [commands_of(block) for block in re.findall(
        rf"^<!-- {test} -->\n```console\n(.*?)^```$", section_of(section),
        re.MULTILINE | re.DOTALL)]


def documented_in_list(section):
    """The commands in a list there, which are indented."""
    return commands_of("".join(re.findall(r"^ {6}(.*\n)", section_of(section),
                                          re.MULTILINE)))


def run_in_source(root, commands):
    """In the tree, whose build/ is one of this suite."""
    (SOURCE / "build").mkdir(exist_ok=True)
    out = folder(root.suite) / "build"
    out.mkdir(exist_ok=True)
    for command in commands:
        root.run(f"cd /src && nice {command}",
                 binds=(f"{SOURCE}:/src:norbind", f"{out}:/src/build"))


def build(suite):
    """(the root that has the compiler, the package of mta-stsd)"""
    root = Root.kept(suite, "build-root")
    if not (root.path / ".complete").exists():
        say(f"{suite}: installing what a build needs")
        root.run("apt-get -qq update && apt-get -qq -y install "
                 "--no-install-recommends dpkg-dev file lintian " +
                 " ".join(build_packages()))
        (root.path / ".complete").touch()
    say(f"{suite}: building the packages")
    out = folder(suite) / "build/package"
    for old in out.glob("*.deb"):
        old.unlink()
    build_it, = documented("Debian package", "tests/package/run")
    run_in_source(root, build_it)
    package, = out.glob("mta-stsd_*.deb")
    return root, package
