// SPDX-License-Identifier: MIT
// sts/policy_reading: what is read is written and read again as the same, and
// writing is canonical. As a configuration it is the same policy too.
#include "sts/policy_text.hpp"

#include <algorithm>

#include "config/document.hpp"
#include "config/read_policy.hpp"
#include "config/write_policy.hpp"
#include "publish/publication.hpp"
#include "sts/mend_policy.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_reading.hpp"
#include "target.hpp"

namespace mtasts::sts {
namespace {

using fuzz::require;

void check_deviations(std::string_view text, const PolicyReading& reading) {
  const auto lines =
      static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  bool fatal = false;
  for (const Deviation& one : reading.deviations) {
    fatal = fatal || one.gravity == Gravity::fatal;
    require(one.line <= lines, "a deviation stands in a line of the text");
    fuzz::require_clean(one.error);
  }
  require(fatal != reading.policy.has_value(),
          "a policy, or a fatal deviation that says why there is none");
}

void check_canonical(const Policy& policy) {
  const std::string body = format_policy(policy);
  require(body.size() <= k_max_policy_octets, "a body below the limit");
  const PolicyReading again = read_policy(body);
  require(again.policy == policy, "parse(format(p)) == p");
  require(again.deviations.empty(), "what is written deviates in nothing");
  require(format_policy(*again.policy) == body, "writing is canonical");
}

void check_as_table(const Policy& policy) {
  const publish::Publication entry({*dns::Name::parse("a.example")}, policy, {},
                                   {});
  require(entry.id() == policy_id(format_policy(policy)), "the id of its body");
  Diagnostics diagnostics;
  const std::optional<config::Table> document = config::parse_document(
      config::format_policy_table(entry), "x", diagnostics);
  require(document.has_value(), "the table is TOML");
  const auto& tables = std::get<config::Array>(document->at(0).value.data);
  const std::optional<publish::Publication> read = config::read_policy(
      std::get<config::Table>(tables.at(0).data), {}, "x", diagnostics);
  require(read && read->policy() == policy && read->body() == entry.body(),
          "the table is the same policy");
}

void check_mended(std::string_view text) {
  const MendedPolicy mended = mend_policy(text);
  bool fatal = false;
  for (const Deviation& one : mended.reading.deviations) {
    fatal = fatal || one.gravity == Gravity::fatal;
    fuzz::require_clean(one.error);
  }
  require(fatal != mended.reading.policy.has_value(),
          "a mended policy, or a fatal deviation that says why not");
  for (const Mending& one : mended.mendings) {
    fuzz::require_clean({one.done, {}});
  }
  if (mended.reading.policy) check_canonical(*mended.reading.policy);
}

void run(std::string_view text) {
  const PolicyReading reading = read_policy(text);
  check_deviations(text, reading);
  check_mended(text);
  if (!reading.policy) return;
  check_canonical(*reading.policy);
  // TOML takes a hundred times as long as the rest.
  if (text.size() % 32 == 0) check_as_table(*reading.policy);
}

}  // namespace
}  // namespace mtasts::sts

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::sts::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
