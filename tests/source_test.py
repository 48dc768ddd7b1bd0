#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the source to its size, every declaration to its use, every table to
its enumeration, every name to its promise, every file to its comments and its
own includes, and every message to what its folder may know."""

import collections
import functools
import pathlib
import re
import unittest

import layering_test

ROOT = pathlib.Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
TESTS = ROOT / "tests"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MIN_COMMENT_PERCENT = 12
# Lines of code, for each folder; "." is what lies in src/ itself.
BUDGETS = {".": 720, "cli": 1450, "config": 3150, "dns": 1460, "files": 1530,
           "http": 900, "net": 950, "operations": 2050, "process": 1060,
           "publish": 1400, "server": 3300, "snapshot": 2350, "sts": 1950,
           "text": 870, "tls": 3610, "tlsrpt": 1300, "nameserver": 1700,
           "reports": 5000, "verify": 5300, "tool": 7500}
# The same for each program, by the folder of its commands: for all folders that
# those may include. A budget below the sum of those above is the one that
# counts.
PROGRAM_BUDGETS = {"cli": 25120}
# In folders that both programs have, but for mta-sts alone.
TOOL_FILES = ("http/fetch.", "net/public_address.",
              "net/reach.", "net/socket_address.", "net/stream.",
              "net/tcp_stream.", "sts/migration.", "sts/retirement.",
              "sts/step.", "text/calendar.", "text/sha256_sum.",
              "tls/client.", "tls/peer_", "tlsrpt/anomaly.",
              "tlsrpt/date_range.", "tlsrpt/report.", "tlsrpt/report_days_text.",
              "tlsrpt/report_name.", "tlsrpt/report_time.",
              "tlsrpt/result_type.")

# What a file that uses the right side has to include, itself or through
# headers of ours. Every precompiled header stands here, with the others that
# it pulls in; without, such a file would compile until somebody builds without
# precompiled headers.
NAMES = {
    "algorithm":
        r"std::(?:ranges::|(?:adjacent_find|all_of|any_of|binary_search|clamp|"
        r"copy|copy_if|copy_n|count|count_if|equal|equal_range|fill|fill_n|"
        r"find|find_if|find_if_not|for_each|generate|inplace_merge|"
        r"lower_bound|max|max_element|min|min_element|minmax|mismatch|none_of|"
        r"partition|remove|remove_if|replace|reverse|rotate|search|"
        r"set_difference|shuffle|sort|stable_sort|transform|unique|"
        r"upper_bound)\b(?!\.))",
    "array": r"std::array\b",
    "atomic": r"std::atomic\b",
    "chrono": r"std::chrono\b",
    "filesystem": r"std::filesystem\b",
    "fmt/": r"\bfmt::",
    "functional": r"std::function\b",
    "gtest/gtest.h": r"\b(?:EXPECT|ASSERT)_[A-Z]+\(|\bTEST(?:_[FP])?\(",
    "map": r"std::(?:multi)?map\b",
    "memory": r"std::(?:unique_ptr|shared_ptr|weak_ptr|make_unique|"
              r"make_shared)\b",
    "mutex": r"std::(?:mutex|lock_guard|scoped_lock|unique_lock)\b",
    "optional": r"std::(?:optional|nullopt)\b",
    "set": r"std::(?:multi)?set\b",
    "sstream": r"std::[io]?stringstream\b",
    "string": r"std::(?:string|to_string)\b",
    "string_view": r"std::string_view\b",
    "thread": r"std::thread\b",
    "tl/expected.hpp": r"\btl::",
    "tuple": r"std::(?:tuple|tie)\b",
    "unordered_map": r"std::unordered_(?:multi)?map\b",
    "utility": r"std::(?:as_const|exchange|forward|move|pair|swap)\b",
    "variant": r"std::(?:variant|visit|monostate)\b",
    "vector": r"std::vector\b",
}

# What the messages of a folder do not speak of, since it knows nothing of it:
# its own helpers, or those above, may.
POLICIES = re.compile(r"(?i)mta-?sts|tls-?rpt|RFC 846\d|\bpolic(?:y|ies)\b")
PROGRAM = re.compile(r"mta-stsd|\.toml\b|\[\[|\blisten(?:er)?\b|\breload")
UNSPOKEN = {"text": POLICIES, "dns": POLICIES, "files": POLICIES,
            "http": POLICIES, "net": POLICIES, "process": POLICIES,
            "sts": PROGRAM, "tlsrpt": PROGRAM, "publish": PROGRAM,
            "tls": PROGRAM}
SPEAKS_OF_MORE = {
    "process/sandbox.hpp",  # what is shut out: its readers all say the same
    "net/listen_address.cpp",  # an example
    "process/service_manager.cpp",  # for systemctl status
    "sts/stranger.cpp",  # tells a configuration from a policy
    "tls/key.cpp",  # a name, which OpenSSL asks for
}
# Options are the command line's, or those of other programs ... ("--name:" is
# CSS.)
OPTION = re.compile(r"(?<![\w-])--[a-z-]*[a-z](?![\w:)-])")
FOREIGN = {"--cert-name",  # of certbot
           "--compressed", "--connect-to",  # of curl
           "--dest", "--source", "--version",  # of traefik-certs-dumper
           "--system"}  # of useradd
# ... but for these, whose hint is a command.
SPEAKS_OF_OPTIONS = {("config/syntax_slip.cpp", "--domain"),
                     ("publish/diff.cpp", "--delegate-to"),
                     ("publish/diff.cpp", "--diff"), ("publish/diff.cpp", "--only"),
                     ("dns/foreign_form.cpp", "--format"),
                     ("snapshot/refusals.cpp", "--allow-example"),
                     ("config/listeners.cpp", "--allow-plain-http"),
                     ("sts/stranger.cpp", "--tls-rpt"),
                     ("tlsrpt/report_slip.cpp", "--tls-rpt"),
                     ("verify/judge.cpp", "--ca"),
                     ("verify/judge_dns.cpp", "--dns"),
                     ("verify/judge_fetch.cpp", "--allow-private"),
                     ("verify/judge_reports.cpp", "--allow-private"),
                     ("verify/judge_smtp.cpp", "--allow-private")}

TOKEN = re.compile(r"""
    (?P<raw>R"(?P<end>[^(\s]*)\(.*?\)(?P=end)")
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<character>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')
  | (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<directive>^[ ]*\#(?:[^\n]*\\\n)*[^\n]*)
""", re.DOTALL | re.MULTILINE | re.VERBOSE)


def sources(folder=SRC):
    return sorted(path for path in folder.rglob("*")
                  if path.suffix in (".cpp", ".hpp"))


def name_of(path):
    return path.relative_to(SRC).as_posix()


def folder_of(path):
    name = name_of(path)
    return name.split("/")[0] if "/" in name else "."


def bare(text):
    """Neither comments, strings nor directives; as many lines as before."""
    return TOKEN.sub(lambda found: "\n" * found[0].count("\n"), text)


def code_lines(text):
    """Lines that have more than comments."""
    return sum(bool(line.strip()) for line in TOKEN.sub(
        lambda found: "\n" * found[0].count("\n") if found["comment"]
        else found[0], text).splitlines())


def strings(text):
    """Each message in one piece, however many lines it is written on."""
    text = TOKEN.sub(lambda found: "" if found["comment"] or found["directive"]
                     else found[0], text)
    joined = re.sub(r'(?<!\\)"\s*\n\s*"', "", text)
    return [found["string"] or found["raw"] for found in TOKEN.finditer(joined)
            if found["string"] or found["raw"]]


def close_of(text, position):
    """Where the brace ends that opens at `position`."""
    depth = 0
    for found in re.compile("[{}]").finditer(text, position):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    raise ValueError("a brace stays open")


SCOPE = re.compile(r"(?:inline )?namespace\b|extern$|"
                   r"(?:template\s*<.*>\s*)?(?:class|struct|union)\b(?!.*\()",
                   re.DOTALL)
FUNCTION = re.compile(r"\(.*(?:\)|\)\s*(?:const|noexcept|override|final|mutable|"
                      r"->\s*[\w:<>*&,\s]+))\s*$", re.DOTALL)


def functions(text):
    """(name, first line, lines) of each body, from its signature on. What is
    defined inside of a function counts as a part of it."""
    text = bare(text)
    found = []
    begin = position = 0  # of the statement, and within it
    while brace := re.compile("[;{}]").search(text, position):
        position = brace.end()
        if brace[0] != "{":
            begin = position
            continue
        head = text[begin:brace.start()]
        if SCOPE.match(head.strip()):
            begin = position
            continue
        end = close_of(text, brace.start())
        position = end + 1
        if FUNCTION.search(head):
            first = text.count("\n", 0, begin + len(head) - len(head.lstrip()))
            name = re.search(r"([~\w:]+|operator\W+)\s*\(", head)
            found.append((name[1] if name else head.strip(), first + 1,
                          text.count("\n", 0, end) - first + 1))
            begin = position
        # Else an initialiser or an enumeration: the statement goes on.
    return found


@functools.cache
def own_includes(path):
    """As they are written, with the first of the quotes."""
    return re.findall(r'^#include ([<"][^>"]+)[>"]', path.read_text(),
                      re.MULTILINE)


def includes_of(path):
    """Headers from elsewhere, those of our own headers with them."""
    found, seen, left = set(), set(), [path]
    while left:
        here = left.pop()
        if here in seen:
            continue
        seen.add(here)
        for include in own_includes(here):
            if include[0] == "<":
                found.add(include[1:])
                continue
            left += [base / include[1:] for base in
                     (here.parent, SRC, TESTS / "unit", TESTS)
                     if (base / include[1:]).is_file()][:1]
    return found


SAMPLE = '''
namespace a {
// A brace { in a comment, and one in '{' or "{".
struct Pair {
  int x = 0;
  int first() const {
    return x;
  }
};
constexpr int k_table[] = {1,
                           2};
Pair::Pair(int x)
    : x_{x}, y_(0) {
  const auto lambda = [] { return R"(})"; };
}
template <class T>
std::vector<T> long_one(const std::string& text,
                        int b) noexcept {
  if (b == '}') {
  }
  return {};
}
auto operator==(const Pair& a, const Pair& b) -> bool { return true; }
}
'''


class SizeTest(unittest.TestCase):
    def test_the_scanner_itself(self):
        self.assertEqual(functions(SAMPLE), [
            ("first", 6, 3), ("Pair::Pair", 12, 4), ("long_one", 17 - 1, 6 + 1),
            ("operator==", 23, 1)])
        self.assertEqual(strings('f("a "\n  "b", R"(c)");  // "d"'),
                         ['"a b"', 'R"(c)"'])

    def test_functions(self):
        found = [(lines, f"{name_of(path)}:{line} {name}")
                 for path in sources()
                 for name, line, lines in functions(path.read_text())]
        self.assertGreater(len(found), 500)  # it would be blind otherwise
        print(f"{len(found)} functions; the longest is "
              "{1}, {0} lines".format(*max(found)))
        self.assertEqual([one for one in found
                          if one[0] > MAX_FUNCTION_LINES], [])

    def test_files(self):
        longest = max(sources(), key=lambda path: path.read_text().count("\n"))
        lines = longest.read_text().count("\n")
        print(f"the longest file is {name_of(longest)}, {lines} lines")
        self.assertLessEqual(lines, MAX_FILE_LINES)

    def test_folders(self):
        lines = dict.fromkeys(BUDGETS, 0)
        tool_lines = 0
        for path in sources():
            self.assertIn(folder_of(path), BUDGETS)
            count = code_lines(path.read_text())
            lines[folder_of(path)] += count
            if path.relative_to(SRC).as_posix().startswith(TOOL_FILES):
                tool_lines += count
        faults = []

        def compare(name, count, budget):
            print(f"{name:12} {count:5} of {budget:5}")
            if count > budget:
                faults.append(name)

        for folder, budget in BUDGETS.items():
            compare(folder, lines[folder], budget)
        for commands, budget in PROGRAM_BUDGETS.items():
            folders = {".", commands} | layering_test.BELOW[commands]
            compare(commands + ", all",
                    sum(lines[one] for one in folders) - tool_lines, budget)
        self.assertEqual(faults, [])

    def test_comments(self):
        """Why is said where the code can't say it. Each file has a comment of
        its own, the licence aside, unless it has hardly any code."""
        lines = comments = 0
        faults = []
        for path in sources():
            text = path.read_text()
            here = sum(found[0].count("\n") + 1 for found
                       in TOKEN.finditer(text) if found["comment"]) - 1
            if here == 0 and code_lines(text) > 20:
                faults.append(name_of(path))
            lines += sum(bool(line.strip()) for line in text.splitlines()) - 1
            comments += here
        percent = 100 * comments / lines
        print(f"{percent:.1f} % of the lines are comments")
        self.assertEqual(faults, [])
        self.assertGreaterEqual(percent, MIN_COMMENT_PERCENT)


DECLARATION = re.compile(
    r"^ *(?!return\b|using\b|friend\b)[\w:<>*&,\[\] ]*[\w>*&] [*&]?([a-z_]\w*)"
    r"(?:\(| = |\{)(?!.* override)", re.MULTILINE)
DEFINITION = re.compile(r"^\w[^\n;=]*?\b([a-z_]\w*)\(", re.MULTILINE)
# What a find_ function returns, for it may find nothing: an optional, a pointer,
# an error, all that it has found, or a position, which can be npos.
CAN_BE_NOTHING = re.compile(
    r"\b(?:optional|Result)<|\*|Ptr\b|\bauto\b|\b(?:vector|set|map)<|_iterator\b|"
    r"\bstd::size_t\b|\b(?:Allowed|Diagnostics|FileChanges|Inodes|List)\b")


class DeclarationTest(unittest.TestCase):
    def setUp(self):
        self.text = {path: bare(path.read_text()) for path in sources()}

    def test_nothing_is_there_for_tests_alone(self):
        """A function or constant of a header is used in src/ as well: its
        name stands there more often than it is declared and defined. If one of
        two of that name is used, the other goes unseen."""
        count = collections.Counter(
            re.findall(r"\w+", "\n".join(self.text.values())))
        declared = {}
        for path, text in self.text.items():
            if path.suffix == ".hpp":
                for name in DECLARATION.findall(text):
                    declared.setdefault(name, []).append(name_of(path))
        self.assertGreater(len(declared), 500)  # it would be blind otherwise
        defined = collections.Counter(
            name for path, text in self.text.items() if path.suffix == ".cpp"
            for name in DEFINITION.findall(text))
        self.assertEqual(
            {name: places for name, places in declared.items()
             if count[name] <= len(places) + defined[name]}, {})

    def test_finding_may_find_nothing(self):
        finder = re.compile(
            r"^ *(?P<type>(?!return\b)[A-Za-z][\w:<>,*& \n]*?[>\w*&]\s+[*&]?)"
            r"(?:\w+::)*(?P<name>find_\w+)\(", re.MULTILINE)
        found = [(name_of(path), one["type"].strip(), one["name"])
                 for path, text in self.text.items()
                 for one in finder.finditer(text)]
        self.assertGreater(len(found), 50)  # it would be blind otherwise
        self.assertEqual([one for one in found
                          if not CAN_BE_NOTHING.search(one[1])], [])

    def test_tables_go_with_their_enumeration(self):
        """What is looked up by an enumerator has a static_assert on its size:
        a new enumerator does not compile then until it has its row."""
        faults = []
        for path, text in self.text.items():
            for table in re.findall(r"\b(k_\w+)\[static_cast<std::size_t>\(",
                                    text):
                if not any(re.search(rf"static_assert\(\s*{table}\.size\(\)",
                                     one) for one in self.text.values()):
                    faults.append(f"{name_of(path)}: {table}")
        self.assertEqual(faults, [])


class IncludeTest(unittest.TestCase):
    def test_every_precompiled_header_is_watched(self):
        listed = re.search(r"^set\(precompiled\n(.*?)\)",
                           (ROOT / "CMakeLists.txt").read_text(),
                           re.DOTALL | re.MULTILINE)
        headers = re.findall(r"<(.+?)>", listed[1]) + re.findall(
            r"\$\{precompiled\} <(.+?)>",
            (TESTS / "CMakeLists.txt").read_text())
        self.assertGreater(len(headers), 5)
        self.assertEqual([one for one in headers
                          if not one.startswith(tuple(NAMES))], [])

    def test_files_include_what_they_use(self):
        files = sources() + [path for folder in ("fuzz", "property", "scenario",
                                            "unit")
                             for path in sources(TESTS / folder)]
        self.assertGreater(len(files), 150)
        faults = []
        for path in files:
            text = bare(path.read_text())
            included = includes_of(path)
            for header, names in NAMES.items():
                used = re.search(names, text)
                if used and not any(
                        one.startswith(header) if header.endswith("/")
                        else one == header for one in included):
                    faults.append(f"{path.relative_to(ROOT)} uses {used[0]} "
                                  f"and does not include <{header}>")
        self.assertEqual(faults, [])


class MessageTest(unittest.TestCase):
    def test_folders_speak_of_what_they_know(self):
        found = {(name_of(path), one) for path in sources()
                 if (unspoken := UNSPOKEN.get(folder_of(path)))
                 for one in strings(path.read_text()) if unspoken.search(one)}
        self.assertEqual({one for one in found
                          if one[0] not in SPEAKS_OF_MORE}, set())
        self.assertEqual(SPEAKS_OF_MORE - {name for name, _ in found}, set())

    def test_options_are_named_by_the_command_line(self):
        found = {(name_of(path), option) for path in sources()
                 if folder_of(path) not in ("cli", "tool")
                 and path.stem != "command_line"
                 for one in strings(path.read_text())
                 for option in OPTION.findall(one)}
        self.assertEqual(
            {one for one in found if one[1] not in FOREIGN},
            SPEAKS_OF_OPTIONS)


if __name__ == "__main__":
    unittest.main()
