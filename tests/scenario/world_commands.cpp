// SPDX-License-Identifier: MIT
// What the world is: its time, its certificates and its files.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "commands.hpp"

namespace mtasts::scenario {
namespace {

using std::chrono::days;

// --- The parts of commands ---

struct Life {
  long from;
  long to;
};

/// Days from the moment on in which the certificate is made.
Life take_life(Words& words, Life usual) {
  if (!words.take_if("days")) return usual;
  Life life{};
  life.from = words.take_number("the day it is valid from");
  words.expect("to");
  life.to = words.take_number("the day it ends");
  if (life.to < life.from) words.fail("it ends before it begins");
  return life;
}

/// A name with "{1..100}" in it stands for a hundred.
struct Range {
  std::string before;
  std::string after;
  long first = 0;
  long last = 0;
  bool is_one = true;

  std::string at(long number) const {
    return is_one ? before : before + std::to_string(number) + after;
  }
};

Range parse_range(const Words& words, const std::string& text) {
  const std::size_t open = text.find('{');
  if (open == std::string::npos) return {.before = text, .after = {}};
  Range range{.before = text.substr(0, open), .after = {}, .is_one = false};
  int used = 0;
  // "{1..100}" and nothing else.
  if (std::sscanf(text.c_str() + open, "{%4ld..%4ld}%n", &range.first,
                  &range.last, &used) != 2 ||
      used == 0 || range.first > range.last) {
    words.fail(fmt::format("\"{}\" has no range such as {{1..100}}", text));
  }
  range.after = text.substr(open + static_cast<std::size_t>(used));
  return range;
}

/// Where a file's content comes from: the step's lines, or a certificate.
struct Source {
  std::string lines;
  std::string certificate;  // empty: the lines
  bool is_key = false;

  std::string content(const World& world, std::size_t line) const {
    if (certificate.empty()) return lines;
    if (!world.authorities.has(certificate)) {
      throw Fault{line,
                  fmt::format("there is no certificate \"{}\"", certificate)};
    }
    return is_key ? world.authorities.key(certificate)
                  : world.authorities.chain(certificate);
  }
};

/// `[from NAME chain|key]`, or the lines of the step.
Source take_source(Words& words, const Step& step) {
  Source source{.lines = step.content, .certificate = {}};
  if (!words.take_if("from")) {
    if (!step.has_content) words.fail("lines with \"|\" are missing");
    return source;
  }
  if (step.has_content) words.fail("it has \"from\" and lines with \"|\"");
  source.certificate = words.take("the name of a certificate");
  source.is_key = words.take_if("key");
  if (!source.is_key) words.expect("chain");
  return source;
}

/// Where the first `lines` of `text` end.
std::size_t end_of_lines(const std::string& text, long lines) {
  std::size_t at = 0;
  for (; lines > 0 && at != std::string::npos; --lines) {
    at = text.find('\n', at);
    if (at != std::string::npos) ++at;
  }
  return std::min(at, text.size());
}

std::string replace_all(std::string text, std::string_view what,
                        const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

void issue(World& world, std::size_t line, Wish wish, Life life) {
  wish.from = world.time.second() + days(life.from);
  wish.to = world.time.second() + days(life.to);
  if (world.authorities.issue(wish)) return;
  throw Fault{line, fmt::format("there is a \"{}\" already, or no \"{}\"",
                                wish.name, wish.issuer)};
}

// --- The commands ---

Action parse_at(Words& words, const Step&) {
  return [at = words.take_time()](World& world) {
    world.time.begin(at);
    return std::string{};
  };
}

Action parse_authority(Words& words, const Step& step) {
  Wish wish{.name = words.take("a name"), .issuer = {}, .hosts = {}};
  if (words.take_if("by")) wish.issuer = words.take("the name of an authority");
  const Life life = take_life(words, {.from = -365, .to = 3650});
  return [wish, life, line = step.line](World& world) {
    issue(world, line, wish, life);
    return std::string{};
  };
}

Action parse_certificate(Words& words, const Step& step) {
  Wish wish{.name = words.take("a name"), .issuer = {}, .hosts = {}};
  words.expect("by");
  wish.issuer = words.take("the name of an authority, or itself");
  if (wish.issuer == "itself") wish.issuer.clear();
  const Life life = take_life(words, {.from = 0, .to = 90});
  wish.is_rsa = words.take_if("rsa");
  words.expect("for");
  for (const std::string& text : words.take_all("the name of a host")) {
    const Range range = parse_range(words, text);
    for (long i = range.first; i <= range.last; ++i) {
      wish.hosts.push_back(range.at(i));
    }
  }
  return [wish, life, line = step.line](World& world) {
    issue(world, line, wish, life);
    return std::string{};
  };
}

Action parse_write(Words& words, const Step& step) {
  const Range range = parse_range(words, words.take("the name of a file"));
  const Source source = take_source(words, step);
  return [range, source, line = step.line](World& world) {
    const std::string content = source.content(world, line);
    for (long i = range.first; i <= range.last; ++i) {
      world.files.replace(range.at(i),
                          range.is_one
                              ? content
                              : replace_all(content, "{}", std::to_string(i)),
                          world.time.wall(), source.is_key);
    }
    return std::string{};
  };
}

/// As certbot names them.
Action parse_install(Words& words, const Step& step) {
  const std::string name = words.take("the name of a certificate");
  words.expect("in");
  const std::string folder = words.take("the name of a folder") + '/';
  return [name, folder, line = step.line](World& world) {
    for (const bool is_key : {true, false}) {
      const Source source{.lines = {}, .certificate = name, .is_key = is_key};
      world.files.replace(folder + (is_key ? "privkey.pem" : "fullchain.pem"),
                          source.content(world, line), world.time.wall(),
                          is_key);
    }
    return std::string{};
  };
}

Action parse_begin(Words& words, const Step& step) {
  const std::string path = words.take("the name of a file");
  const long count = words.take_number("a number");
  const bool is_octets = words.take_if("octets");
  if (!is_octets) words.expect("lines");
  const Source source = take_source(words, step);
  return [=, line = step.line](World& world) {
    const std::string content = source.content(world, line);
    const std::size_t size = is_octets ? static_cast<std::size_t>(count)
                                       : end_of_lines(content, count);
    if (count < 0 || size >= content.size()) {
      throw Fault{line, "that is the whole file"};
    }
    world.files.begin(path, content, size, world.time.wall());
    return std::string{};
  };
}

Action end_of(Words& words, const Step& step, Files::Rest rest) {
  return [path = words.take("the name of a file"), rest,
          line = step.line](World& world) {
    if (world.files.end(path, rest, world.time.wall())) return std::string{};
    throw Fault{line, fmt::format("\"{}\" was not begun", path)};
  };
}

Action parse_finish(Words& words, const Step& step) {
  return end_of(words, step, Files::Rest::written);
}

Action parse_close(Words& words, const Step& step) {
  return end_of(words, step, Files::Rest::lost);
}

Action parse_remove(Words& words, const Step& step) {
  return [path = words.take("the name of a file or folder"),
          line = step.line](World& world) {
    if (world.files.remove(path)) return std::string{};
    throw Fault{line, fmt::format("there is no \"{}\"", path)};
  };
}

Action parse_link(Words& words, const Step&) {
  const std::string path = words.take("the name of a link");
  words.expect("to");
  return [path, target = words.take("what it leads to")](World& world) {
    world.files.link(path, target);
    return std::string{};
  };
}

Action parse_clock(Words& words, const Step&) {
  return [by = words.take_duration()](World& world) {
    world.time.set(by);
    return std::string{};
  };
}

constexpr Command k_commands[] = {
    {"at", "YYYY-MM-DDThh:mm:ssZ", Takes::nothing, Gives::nothing, parse_at},
    {"authority", "NAME [by AUTHORITY] [days FROM to TO]", Takes::nothing,
     Gives::nothing, parse_authority},
    {"begin", "FILE NUMBER lines|octets [from CERTIFICATE chain|key]",
     Takes::content, Gives::nothing, parse_begin},
    {"certificate",
     "NAME by AUTHORITY|itself [days FROM to TO] [rsa] for HOST...",
     Takes::nothing, Gives::nothing, parse_certificate},
    {"clock", "NUMBER milliseconds|seconds|minutes|hours|days", Takes::nothing,
     Gives::nothing, parse_clock},
    {"close", "FILE", Takes::nothing, Gives::nothing, parse_close},
    {"finish", "FILE", Takes::nothing, Gives::nothing, parse_finish},
    {"install", "CERTIFICATE in FOLDER", Takes::nothing, Gives::nothing,
     parse_install},
    {"link", "FILE to TARGET", Takes::nothing, Gives::nothing, parse_link},
    {"remove", "FILE", Takes::nothing, Gives::nothing, parse_remove},
    {"write", "FILE [from CERTIFICATE chain|key]", Takes::content,
     Gives::nothing, parse_write},
};

}  // namespace

std::span<const Command> world_commands() { return k_commands; }

}  // namespace mtasts::scenario
