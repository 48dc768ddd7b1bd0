// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "config/document.hpp"
#include "config/read_policy.hpp"
#include "config/write_policy.hpp"
#include "publish/publication.hpp"
#include "random.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_reading.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::sts {
namespace {

constexpr int k_rounds = 2000;

/// What a policy means, by other types than the program's.
struct Meaning {
  std::string mode;
  std::set<std::string> mx;
  long max_age;

  friend bool operator==(const Meaning&, const Meaning&) = default;
};

Meaning make_meaning(Random& random) {
  // Few values: two of them are often equal, or nearly so.
  const std::vector<std::string> hosts = {"a.test", "b.test", "mx.a.test",
                                          "*.a.test", "x-1.xn--bcher-kva.test"};
  Meaning meaning{
      random.one_of(std::vector<std::string>{"testing", "enforce", "none"}),
      {},
      static_cast<long>(86400 * random.below(3))};
  for (std::size_t left = 1 + random.below(3); left > 0; --left) {
    meaning.mx.insert(random.one_of(hosts));
  }
  return meaning;
}

/// One of the many ways to write it: order, case and repetition are free.
Policy spell(const Meaning& meaning, Random& random) {
  std::vector<std::string> hosts(meaning.mx.begin(), meaning.mx.end());
  if (random.once_in(2)) hosts.push_back(random.one_of(hosts));
  std::vector<MxPattern> mx;
  while (!hosts.empty()) {
    const std::size_t at = random.below(hosts.size());
    std::string text = hosts[at];
    if (random.once_in(2)) text += ".";
    for (char& c : text) {
      if (random.once_in(3) && c >= 'a' && c <= 'z')
        c = static_cast<char>(c & ~0x20);
    }
    mx.push_back(*MxPattern::from_typed(text));
    hosts.erase(hosts.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return *Policy::make(*parse_mode(meaning.mode), std::move(mx),
                       std::chrono::seconds(meaning.max_age));
}

TEST(PolicyProperty, IdChangesExactlyWhenTheMeaningChanges) {
  Random random;
  for (int i = 0; i < k_rounds; ++i) {
    const Meaning a = make_meaning(random);
    const Meaning b = make_meaning(random);
    const std::string body_a = format_policy(spell(a, random));
    const std::string body_b = format_policy(spell(b, random));
    ASSERT_EQ(policy_id(body_a) == policy_id(body_b), a == b)
        << body_a << body_b;
    ASSERT_EQ(body_a == body_b, a == b);
  }
}

TEST(PolicyProperty, IsReadAsItWasWritten) {
  Random random;
  for (int i = 0; i < k_rounds; ++i) {
    const Policy policy = spell(make_meaning(random), random);
    const std::string body = format_policy(policy);
    ASSERT_EQ(read_policy(body).policy, policy);
    // Any order of the lines, and either line end, is the same policy.
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < body.size(); at = body.find('\n', at) + 1) {
      lines.push_back(body.substr(at, body.find('\r', at) - at));
    }
    std::string other;
    while (!lines.empty()) {
      const std::size_t at = random.below(lines.size());
      other += lines[at] + (random.once_in(2) ? "\r\n" : "\n");
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
    }
    ASSERT_EQ(read_policy(other).policy, policy) << other;
  }
}

TEST(PolicyProperty, IsTheSameAsATable) {
  Random random;
  for (int i = 0; i < k_rounds / 10; ++i) {
    const publish::Publication entry({*dns::Name::parse("a.test")},
                                     spell(make_meaning(random), random), {},
                                     {});
    Diagnostics out;
    const auto document =
        config::parse_document(config::format_policy_table(entry), "x", out);
    ASSERT_TRUE(document);
    const auto& tables = std::get<config::Array>(document->at(0).value.data);
    const auto again = config::read_policy(
        std::get<config::Table>(tables.at(0).data), {}, "x", out);
    ASSERT_TRUE(again);
    ASSERT_EQ(again->policy(), entry.policy());
    ASSERT_EQ(again->id(), entry.id());
  }
}

}  // namespace
}  // namespace mtasts::sts
