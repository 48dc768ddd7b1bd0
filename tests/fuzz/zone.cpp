// SPDX-License-Identifier: MIT
// dns/zone_reader: the records of any text, written as a zone, are read as the
// same; and nothing is larger than what it came from.
#include <fmt/format.h>

#include <algorithm>

#include "dns/quote.hpp"
#include "dns/zone_reader.hpp"
#include "publish/diff.hpp"
#include "publish/sought.hpp"
#include "target.hpp"
#include "text/ascii.hpp"

namespace mtasts::dns {
namespace {

using fuzz::require;

bool is_same(const ZoneRecord& a, const ZoneRecord& b) {
  return a.type == b.type && a.owner == b.owner && a.value == b.value;
}

/// "\DDD" in an owner is not of our world, so the reader leaves it out.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7F &&
           std::string_view("\"\\;()@$:,'").find(c) == std::string_view::npos;
  });
}

void check_again(const ZoneRecord& one) {
  const std::string line =
      one.owner.empty()
          ? format_data(one.type, one.value) + "\n"
          : fmt::format("{}. 60 IN {} {}\n", one.owner, format_type(one.type),
                        format_data(one.type, one.value));
  const auto again = read_zone(line, {}, publish::k_sought);
  require(again && again->records.size() == 1 &&
              is_same(again->records.front(), one),
          "a record reads as itself");
}

/// Against what should be there, each line says what to do.
void check_diff(const Zone& zone) {
  const Name domain = *Name::parse("a.example");
  const std::string text = "v=STSv1; id=1";
  const publish::DomainRecords wanted{
      domain,
      {},
      {{publish::Purpose::mta_sts,
        Type::txt,
        publish::owner_name(publish::Purpose::mta_sts, domain),
        std::chrono::seconds(300),
        {text}}},
      {}};
  const auto [diff, notes] = publish::compare_zone({wanted}, zone, {});
  const bool is_there = std::any_of(
      zone.records.begin(), zone.records.end(), [&](const ZoneRecord& one) {
        return one.value == text && one.type == Type::txt;
      });
  const bool is_open =
      std::any_of(notes.begin(), notes.end(),
                  [](const publish::DiffNote& note) { return note.is_open; });
  require(!diff.empty() || is_there || is_open,
          "what is not there is to be added");
  for (std::string_view rest = diff; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    require(line.starts_with("add    ") || line.starts_with("change ") ||
                line.starts_with("to     ") || line.starts_with("delete "),
            "a line says what to do");
  }
}

void run(std::string_view text) {
  const auto zone = read_zone(text, "a.example", publish::k_sought);
  if (!zone) {
    fuzz::require_clean(zone.error());
    return;
  }
  const auto lines =
      static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const ZoneRecord& one : zone->records) {
    require(one.line >= 1 && one.line <= lines, "a record stands in a line");
    require(one.owner.size() <= 253, "an owner of 253 octets at most");
    require(one.type == Type::cname || one.value.size() <= text.size() + 40,
            "no value is longer than the text");
    require(text::to_lower(one.owner) == one.owner, "owners in lower case");
    if (is_plain(one.owner) &&
        (one.type != Type::cname || is_plain(one.value))) {
      check_again(one);
    }
  }
  check_diff(*zone);
}

}  // namespace
}  // namespace mtasts::dns

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::dns::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
