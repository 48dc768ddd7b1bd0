#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks bash, zsh and fish what they complete, and compares it with what --help
shows. The binaries come from the environment variables MTA_STSD and MTA_STS;
the latter may be missing."""

import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "etc/completions"
LIMIT_SECONDS = 60

# Each writes the candidates for the words in "$@", the last of which is
# incomplete, one a line.
BASH = """
source "$COMPLETION"
compopt() { :; }
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
"_${PROGRAM//-/_}" "$PROGRAM" "${@: -1}" "${@: -2:1}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = """
source $COMPLETION
complete -C (string join ' ' -- $argv) | string replace -r '\\t.*' ''
true
"""
# The line editor of zsh completes on a terminal only; it starts with this.
ZSHRC = """
fpath=(${COMPLETION:h} $fpath)
autoload -U compinit && compinit -D -u
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a hits
  builtin compadd -A hits "$@"
  [[ $#hits -gt 0 ]] && print -rl -- $hits >>$OUT
  builtin compadd "$@"
}
zle-line-init() {
  BUFFER=$LINE CURSOR=$#LINE
  zle complete-word
  exit
}
zle -N zle-line-init
"""


def read_help(binary, *family):
    """{command: {option: its choices}}, "" for the common options. A command of
    a family has the name of that in front: "reports list"."""
    text = subprocess.run(
        [binary, *family, "--help"], check=True, capture_output=True,
        text=True, timeout=LIMIT_SECONDS).stdout.partition("\nExit status")[0]
    commands, here, more = {}, None, {}
    for line in text.splitlines():
        if found := re.fullmatch("([a-z]+):", line):
            here = commands.setdefault(
                "" if found[1] == "options" else found[1], {})
        elif found := re.match(r"  (?:-\w, )?(--[a-z-]+) ?\S* +(.*)", line):
            about = here[found[1]] = [found[2]]
        elif here is not None and line.startswith("          "):
            about.append(line.strip())
        elif found := re.match(r"  ([a-z]+) (COMMAND)?", line):
            commands.setdefault(found[1], {})
            if found[2]:
                more.update({f"{found[1]} {name}": options for name, options
                             in read_help(binary, found[1]).items() if name})
    del commands["commands"]
    for options in commands.values():
        for name, lines in options.items():
            words = re.split(", | or ", " ".join(lines).partition(" (")[0])
            options[name] = words if len(words) > 1 and all(
                re.fullmatch("[a-z0-9-]+", word) for word in words) else []
    return commands | more


class CompletionTestCase(unittest.TestCase):
    def setUp(self):
        if not self.binary:
            self.skipTest(f"{self.program} is not built")
        folder = tempfile.TemporaryDirectory(prefix="mta-stsd-completion-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.help = read_help(self.binary)

    def run_shell(self, command, completion, **env):
        if not shutil.which(command[0]):
            self.skipTest(f"{command[0]} is not installed")
        env = {**os.environ, "HOME": str(self.folder), "TERM": "dumb",
               "COMPLETION": str(FOLDER / completion), "PROGRAM": self.program,
               **env}
        return subprocess.run(
            command, env=env, cwd=self.folder, stdin=subprocess.DEVNULL,
            check=True, capture_output=True, text=True,
            timeout=LIMIT_SECONDS).stdout.split()

    def bash(self, *words):
        return self.run_shell(
            ["bash", "--norc", "-c", BASH, "bash", self.program, *words],
            f"{self.program}.bash")

    def fish(self, *words):
        return self.run_shell(
            ["fish", "--no-config", "-c", FISH, self.program, *words],
            f"{self.program}.fish")

    def zsh(self, *words):
        if not shutil.which("zsh"):
            self.skipTest("zsh is not installed")
        (self.folder / ".zshrc").write_text(ZSHRC)
        out = self.folder / "out"
        out.write_text("")
        terminal, its_end = pty.openpty()
        try:
            # A session of its own, so that its terminal is this one.
            subprocess.run(
                ["zsh", "-d", "-i"], stdin=its_end, stdout=its_end,
                stderr=its_end, start_new_session=True, cwd=self.folder,
                env={**os.environ, "ZDOTDIR": str(self.folder), "TERM": "vt100",
                     "COMPLETION": str(FOLDER / f"_{self.program}"),
                     "OUT": str(out),
                     "LINE": " ".join((self.program, *words))},
                timeout=LIMIT_SECONDS)
        finally:
            os.close(terminal)
            os.close(its_end)
        return out.read_text().split()

    def expect(self, complete):
        """Of every command, every option and every value."""
        asked = {}
        commands = set(self.help) - {""}
        asked["COMMAND"] = (complete(""),
                            {one for one in commands if " " not in one})
        common = set(self.help[""])
        asked["--"] = (complete("--"), common)
        for family in {one.split()[0] for one in commands if " " in one}:
            asked[family + " COMMAND"] = (
                complete(family, ""), {one.split()[1] for one in commands
                                       if one.startswith(family + " ")})
        for command in commands:
            options = self.help[command]
            asked[command] = (complete(*command.split(), "--"),
                              set(options) | common - {"--version"})
            for option, choices in options.items():
                if choices:
                    asked[command + option] = (
                        complete(*command.split(), option, ""), set(choices))
        self.assertGreater(len(asked), self.least)
        got = {name: sorted(set(one[0])) for name, one in asked.items()}
        wanted = {name: sorted(one[1]) for name, one in asked.items()}
        self.assertEqual(json.dumps(got, indent=1, sort_keys=True),
                         json.dumps(wanted, indent=1, sort_keys=True))


class CompletionTest(CompletionTestCase):
    program, binary, least = "mta-stsd", os.environ.get("MTA_STSD"), 13

    def test_bash(self):
        self.expect(self.bash)

    def test_zsh(self):
        self.expect(self.zsh)

    def test_fish(self):
        self.expect(self.fish)

    def test_bash_with_a_configuration_in_front(self):
        self.assertEqual(self.bash("-c", "check", "rec"), ["records"])
        self.assertEqual(self.bash("-c", "x", "status", "--format", "t"),
                         ["table"])


class ToolCompletionTest(CompletionTestCase):
    program, binary, least = "mta-sts", os.environ.get("MTA_STS"), 1

    def test_bash(self):
        self.expect(self.bash)

    def test_zsh(self):
        self.expect(self.zsh)

    def test_fish(self):
        self.expect(self.fish)


if __name__ == "__main__":
    unittest.main()
