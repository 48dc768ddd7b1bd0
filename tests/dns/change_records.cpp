// SPDX-License-Identifier: MIT
// Changes the TXT records at one owner, for update_test.py: prints what comes
// of it. change_records SERVER KEY ZONE OWNER SEEN WANTED TTL, where SERVER is
// ADDRESS:PORT for DNS UPDATE or the URL of PowerDNS's API, KEY a file or its
// API key, and SEEN and WANTED texts with "|" between them; a text
// that was seen in several strings has "^" between those.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nameserver/powerdns.hpp"
#include "nameserver/update.hpp"
#include "net/endpoint.hpp"
#include "result.hpp"
#include "text/ascii.hpp"

namespace {

using namespace mtasts;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> values;
  while (!text.empty()) values.emplace_back(text::take_until(text, "|"));
  return values;
}

/// "a^b" is one text in two strings.
std::vector<nameserver::Record> to_records(const std::string& owner,
                                           std::string_view text) {
  std::vector<nameserver::Record> records;
  for (const std::string& one : split(text)) {
    nameserver::Record record{.owner = owner, .data = one};
    if (text::has(one, '^')) {
      record.data.clear();
      for (std::string_view rest = one; !rest.empty();) {
        const std::string_view piece = text::take_until(rest, "^");
        record.data += piece;
        record.strings.push_back(static_cast<std::uint16_t>(piece.size()));
      }
    }
    records.push_back(std::move(record));
  }
  return records;
}

Result<void> change(const std::vector<std::string>& arguments) {
  const std::string& server = arguments[1];
  const std::string& key = arguments[2];
  const std::string& zone = arguments[3];
  const nameserver::RecordChange change{
      .owner = arguments[4],
      .seen = to_records(arguments[4], arguments[5]),
      .wanted = split(arguments[6]),
      .ttl = static_cast<std::uint32_t>(std::stoul(arguments[7]))};
  constexpr std::chrono::seconds k_time{20};
  if (server.starts_with("http")) {
    return nameserver::patch_powerdns(server, key, zone, {change}, k_time);
  }
  const auto endpoint = net::parse_endpoint(server, 53);
  if (!endpoint) return fail(endpoint.error());
  const auto tsig = nameserver::read_tsig_key(key);
  if (!tsig) return fail(tsig.error());
  return nameserver::send_update(*endpoint, zone, {change}, *tsig, k_time);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 8) return 2;
  const auto done = change({arguments, arguments + count});
  if (done) {
    fmt::print("done\n");
  } else {
    fmt::print("{}\n{}\n", done.error().message, done.error().hint);
  }
}
