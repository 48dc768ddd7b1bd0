// SPDX-License-Identifier: MIT
// Records against a parser of their own, which knows nothing of the program's.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <sstream>

#include "dns/zone_reader.hpp"
#include "publish/format.hpp"
#include "publish/sought.hpp"
#include "random.hpp"
#include "shrink.hpp"
#include "sts/txt_record.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts {
namespace {

constexpr int k_rounds = 2000;

using Strings = std::vector<std::string>;

/// The value of `field` in a record, by the ABNF of RFC 8461, 3.1 and RFC
/// 8460, 3 as one regular expression each.
std::optional<std::string> parse(const std::string& text,
                                 const std::string& version,
                                 const std::string& field,
                                 const std::string& value) {
  const std::string name = "[A-Za-z0-9][A-Za-z0-9_.-]{0,31}";
  const std::string other = "[!-:<>-~]+";  // no ";", no "="
  const std::regex whole("v=" + version + "([ \t]*;[ \t]*(" + name + "=(" +
                         value + "|" + other + ")))+([ \t]*;[ \t]*)?");
  const std::regex one(";[ \t]*" + field + "=(" + value + ")[ \t]*(?=;|$)");
  std::smatch match;
  if (!std::regex_match(text, whole) || !std::regex_search(text, match, one)) {
    return std::nullopt;
  }
  return match[1].str();
}

std::string make_word(Random& random, std::size_t most) {
  std::string word;
  for (std::size_t left = 1 + random.below(most); left > 0; --left) {
    word += "abcXYZ0189"[random.below(10)];
  }
  return word;
}

const std::string k_id = "[A-Za-z0-9]{1,32}";

bool is_read_as_wanted(const std::string& text) {
  const auto wanted = parse(text, "STSv1", "id", k_id);
  const Result<std::string> got = sts::parse_txt_record(text);
  if (!got || !wanted) return got.has_value() == wanted.has_value();
  const std::string again = sts::format_txt_record(*got);
  return *got == *wanted && parse(again, "STSv1", "id", k_id) == *got;
}

TEST(RecordProperty, StsRecordsReadAsTheRegularExpressionHasThem) {
  Random random;
  int good = 0;
  for (int i = 0; i < k_rounds / 10; ++i) {
    const Strings spaces = {"", "", "", " ", "\t "};
    const auto space = [&] { return random.one_of(spaces); };
    std::string text = random.once_in(20) ? "v=STSv2" : "v=STSv1";
    const bool has_id = !random.once_in(8);
    for (std::size_t left = random.below(3); left > 0; --left) {
      text += space() + ";" + space() + make_word(random, 34) + "=" +
              make_word(random, 3);
    }
    if (has_id) text += space() + ";" + space() + "id=" + make_word(random, 34);
    if (random.once_in(3)) text += space() + ";" + space();
    if (random.once_in(12)) text.insert(random.below(text.size()), ";");
    ASSERT_TRUE(is_read_as_wanted(text)) << shrink(
        text, [](const std::string& less) { return !is_read_as_wanted(less); });
    good += sts::parse_txt_record(text) ? 1 : 0;
  }
  EXPECT_GT(good, k_rounds / 50);
}

std::string make_uri(Random& random) {
  const std::string host = make_word(random, 5) + "." + "test";
  std::string uri = random.once_in(2)
                        ? "mailto:" + make_word(random, 5) + "@" + host
                        : "https://" + host + "/" + make_word(random, 90);
  if (random.once_in(4)) uri += "?" + make_word(random, 3) + "%2C";
  return uri;
}

/// A zone file read as simply as can be: no brackets, no comments.
std::map<std::string, std::string> read_simply(const std::string& zone) {
  std::map<std::string, std::string> texts;
  std::istringstream lines(zone);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t in = line.find("\tTXT\t");
    if (line.starts_with(';') || in == std::string::npos) continue;
    const std::string owner = line.substr(0, line.find_first_of(" \t"));
    bool inside = false;
    for (std::size_t i = in + 5; i < line.size(); ++i) {
      if (line[i] == '"') {
        inside = !inside;
      } else if (inside) {
        if (line[i] == '\\') ++i;
        texts[owner] += line[i];
      }
    }
  }
  return texts;
}

TEST(RecordProperty, ZonesReadAsTheRecordsTheyWereMadeFrom) {
  Random random;
  for (int i = 0; i < k_rounds / 10; ++i) {
    std::vector<tlsrpt::ReportUri> rua;
    for (std::size_t left = 1 + random.below(6); left > 0; --left) {
      rua.push_back(*tlsrpt::ReportUri::parse(make_uri(random)));
    }
    const dns::Name domain = *dns::Name::parse(make_word(random, 9) + ".test");
    const std::string id = make_word(random, 32);
    const std::string sts = sts::format_txt_record(id);
    const std::string tlsrpt = tlsrpt::format_txt_record(rua);
    const auto set = [&](publish::Purpose purpose, const std::string& value) {
      return publish::RecordSet{purpose,
                                dns::Type::txt,
                                publish::owner_name(purpose, domain),
                                std::chrono::seconds(300),
                                {value}};
    };
    const std::string zone =
        publish::format_zone({{domain,
                               "note",
                               {set(publish::Purpose::mta_sts, sts),
                                set(publish::Purpose::tls_rpt, tlsrpt)},
                               {}}});
    const std::map<std::string, std::string> wanted = {
        {"_mta-sts." + domain.text() + ".", sts},
        {"_smtp._tls." + domain.text() + ".", tlsrpt}};
    ASSERT_EQ(read_simply(zone), wanted);
    const auto read_back = dns::read_zone(zone, {}, publish::k_sought);
    ASSERT_TRUE(read_back);
    std::map<std::string, std::string> got;
    for (const dns::ZoneRecord& one : read_back->records) {
      got[one.owner + "."] = one.value;
    }
    ASSERT_EQ(got, wanted);
    const auto read = tlsrpt::parse_txt_record(tlsrpt);
    ASSERT_TRUE(read);
    ASSERT_EQ(*read, rua);
  }
}

}  // namespace
}  // namespace mtasts
