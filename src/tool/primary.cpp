// SPDX-License-Identifier: MIT
#include "tool/primary.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>

#include "dns/name.hpp"
#include "files/read.hpp"
#include "nameserver/powerdns.hpp"
#include "net/tcp_stream.hpp"
#include "text/ascii.hpp"
#include "tool/publish_plan.hpp"

namespace mtasts::tool {
namespace {

using nameserver::Answer;
using nameserver::Type;

// Of one exchange with the server.
constexpr std::chrono::milliseconds k_time{10'000};
constexpr std::size_t k_max_key_octets = 4096;

/// Its owner is not the only one who may do something with it.
bool is_open_to_others(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 &&
         (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

/// A file that has a key and nothing else.
Result<std::string> read_api_key(const std::string& path) {
  const Result<std::string> text = files::read_file(path, k_max_key_octets);
  if (!text) {
    return fail(fmt::format("{} can't be read: {}", path, text.error().message),
                "api_key in [publish] names it");
  }
  if (is_open_to_others(path)) {
    return fail(fmt::format("{} is open to others than its owner", path),
                fmt::format("chmod 600 {}", path));
  }
  const std::string_view key = text::trim(*text, " \t\r\n");
  if (key.empty() || key.find_first_of("\r\n") != std::string_view::npos) {
    return fail(fmt::format("{} has no key on one line", path),
                "the value of api-key in pdns.conf, and nothing else");
  }
  return std::string(key);
}

bool has_soa(const Answer& answer, std::string_view zone) {
  return std::ranges::any_of(answer.records, [&](const auto& one) {
    return one.type == Type::soa && one.owner == zone;
  });
}

}  // namespace

Primary::Primary(config::Publish settings)
    : settings_(std::move(settings)),
      name_(settings_.server ? net::format_endpoint(*settings_.server)
                             : settings_.powerdns),
      resolver_(nameserver::ResolverSettings{}) {}

Result<Primary> Primary::open(const config::Publish& settings) {
  Primary primary(settings);
  if (settings.server) {
    Result<nameserver::TsigKey> key = nameserver::read_tsig_key(settings.key);
    if (!key) return fail(key.error());
    primary.tsig_ = *std::move(key);
  } else {
    Result<std::string> key = read_api_key(settings.api_key);
    if (!key) return fail(key.error());
    primary.api_key_ = *std::move(key);
  }
  return primary;
}

Result<std::string> Primary::find_zone(const std::string& owner) const {
  const std::string* nearest = nullptr;
  for (const std::string& zone : settings_.zones) {
    if (!dns::is_at_or_below(owner, zone)) continue;
    if (nearest == nullptr || nearest->size() < zone.size()) nearest = &zone;
  }
  if (nearest != nullptr) return *nearest;
  if (!settings_.zones.empty()) {
    return fail(fmt::format("{} is in none of publish.zones", owner),
                fmt::format("the zones are {}", list_values(settings_.zones)));
  }
  std::string_view rest = owner;
  while (!rest.empty()) {
    const std::string zone(rest);
    const Answer answer = ask(zone, zone, Type::soa);
    if (has_soa(answer, zone)) return zone;
    // REFUSED is said of names that are in none of its zones; what is no answer
    // at all says nothing of the names above either.
    if (!answer.is_answered() &&
        answer.outcome != nameserver::Outcome::refused) {
      return fail(fmt::format("{} does not say in which zone {} is: {}", name_,
                              owner, format_failure(answer)),
                  "[publish] names the server, and the file of its key");
    }
    const std::size_t dot = rest.find('.');
    rest = dot == std::string_view::npos ? std::string_view{}
                                         : rest.substr(dot + 1);
  }
  return fail(fmt::format("{} has no zone for {}", name_, owner),
              "[publish] names the primary name server of the zone");
}

Answer Primary::ask(const std::string& zone, const std::string& owner,
                    Type type) const {
  if (settings_.server) {
    return resolver_.ask_directly(*settings_.server, owner, type);
  }
  return nameserver::ask_powerdns(settings_.powerdns, api_key_, zone, owner,
                                  type, k_time);
}

Result<void> Primary::send(
    const std::string& zone,
    const std::vector<nameserver::RecordChange>& changes) const {
  if (settings_.server) {
    return nameserver::send_update(*settings_.server, zone, changes, tsig_,
                                   k_time);
  }
  return nameserver::patch_powerdns(settings_.powerdns, api_key_, zone, changes,
                                    k_time);
}

}  // namespace mtasts::tool
