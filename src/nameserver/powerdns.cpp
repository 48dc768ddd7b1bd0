// SPDX-License-Identifier: MIT
#include "nameserver/powerdns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "http/fetch.hpp"
#include "nameserver/packet.hpp"
#include "nameserver/wire_record.hpp"
#include "net/endpoint.hpp"
#include "net/tcp_stream.hpp"
#include "text/ascii.hpp"

namespace mtasts::nameserver {
namespace {

using Json = nlohmann::json;

// A version before 4.7 leaves out what is asked for, and sends all of a zone.
constexpr std::size_t k_max_octets = 16 * 1024 * 1024;

/// One use of the API.
struct Api {
  std::string url;
  std::string key;
  net::Endpoint endpoint = {};
  net::Deadline deadline = {};
};

Result<Api> make_api(const std::string& url, const std::string& key,
                     std::chrono::milliseconds time) {
  constexpr std::string_view k_scheme = "http://";
  std::string_view place = url;
  if (!place.starts_with(k_scheme)) {
    return fail(in_quotes(url) + " is not asked: only http is",
                "name the API on this machine, \"http://127.0.0.1:8081\", or "
                "a tunnel to it");
  }
  place.remove_prefix(k_scheme.size());
  if (place.ends_with('/')) place.remove_suffix(1);
  std::string numeric(place);
  if (place.starts_with("localhost")) {
    numeric = "127.0.0.1" + std::string(place.substr(9));
  }
  const auto endpoint = net::parse_endpoint(numeric, 80);
  if (!endpoint) return fail(endpoint.error());
  if (net::is_public(endpoint->address)) {
    return fail(in_quotes(url) +
                    " is not asked: its key would cross the internet in clear "
                    "text",
                "name the API on this machine, \"http://127.0.0.1:8081\", or "
                "a tunnel to it");
  }
  return Api{url, key, *endpoint, std::chrono::steady_clock::now() + time};
}

/// What a master file calls absolute, and PowerDNS canonical.
std::string dotted(const std::string& name) {
  return name.ends_with('.') ? name : name + '.';
}

Result<http::Response> call(const Api& api, const std::string& method,
                            const std::string& path, const std::string& body) {
  const auto connected = net::connect(api.endpoint, api.deadline, api.deadline);
  if (!connected.stream) {
    return fail(fmt::format("{}: {}", api.url, connected.reason),
                "pdns.conf needs api=yes and webserver=yes, and its "
                "webserver-port");
  }
  http::Request request{
      .method = method,
      .host = net::format_endpoint(api.endpoint),
      .path = "/api/v1/servers/localhost" + path,
      .fields = {{"X-API-Key", api.key}, {"Accept", "application/json"}},
      .body = body,
      .max_octets = k_max_octets};
  if (!body.empty()) {
    request.fields.emplace_back("Content-Type", "application/json");
  }
  auto response = http::exchange(*connected.stream, request);
  if (!response) {
    return fail(fmt::format("{}: {}", api.url, response.error().message));
  }
  return response;
}

/// Its own words, if it has any, from {"error": "..."}.
std::string message_of(const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  const bool has_message =
      json.is_object() && json.contains("error") && json["error"].is_string();
  return has_message ? json["error"].get<std::string>() : std::string();
}

/// What an answer that is no success says.
Error explain(const Api& api, const std::string& zone,
              const http::Response& response) {
  const std::string place = fmt::format("{}: zone {}", api.url, zone);
  if (response.status == 401) {
    return {place + ": it does not take the API key (401)",
            "use the value of api-key in pdns.conf"};
  }
  if (response.status == 404) {
    return {place + ": it has no such zone (404)",
            "pdnsutil list-all-zones tells their names"};
  }
  std::string said = printable(message_of(response.body));
  if (!said.empty()) said = ": " + said;
  return {fmt::format("{}: it answers {}{}", place, response.status, said),
          response.status == 422
              ? "the zone has a record there that excludes it"
              : "look into its log"};
}

/// A record of the API: {"content": "\"v=STSv1; ...\"", "disabled": false}.
std::optional<Record> parse_record(const std::string& owner, Type type,
                                   std::uint32_t ttl, const Json& json) {
  if (json.value("disabled", false)) return {};
  const std::string line =
      fmt::format("{} {} IN {} {}", dotted(owner), ttl,
                  k_type_names[static_cast<std::size_t>(type)],
                  json.at("content").get<std::string>());
  ldns_rr* parsed = nullptr;
  if (ldns_rr_new_frm_str(&parsed, line.c_str(), 0, nullptr, nullptr) !=
      LDNS_STATUS_OK) {
    return {};
  }
  const Owned<ldns_rr> record(parsed);
  return find_record(record.get());
}

/// Of all sets of the answer, for it may have more than were asked for.
/// Exceptions of nlohmann's are for the caller.
std::vector<Record> parse_records(const std::string& body,
                                  const std::string& owner, Type type) {
  std::vector<Record> records;
  const Json zone = Json::parse(body);
  for (const Json& set : zone.at("rrsets")) {
    if (text::to_lower(set.at("name").get<std::string>()) != dotted(owner)) {
      continue;
    }
    // An alias stands for every type, as a server has it.
    const auto kind = set.at("type").get<std::string>();
    const bool is_alias = kind == "CNAME";
    if (!is_alias && kind != k_type_names[static_cast<std::size_t>(type)]) {
      continue;
    }
    for (const Json& one : set.at("records")) {
      auto record = parse_record(owner, is_alias ? Type::cname : type,
                                 set.at("ttl").get<std::uint32_t>(), one);
      if (record) records.push_back(*std::move(record));
    }
  }
  return records;
}

/// What the zone has at one owner, or why that is not known.
struct Listing {
  Outcome outcome = Outcome::failed;
  std::vector<Record> records = {};
  Error error = {};
};

Listing list_records(const Api& api, const std::string& zone,
                     const std::string& owner, Type type) {
  const auto response = call(
      api, "GET",
      fmt::format("/zones/{}?rrset_name={}", dotted(zone), dotted(owner)), "");
  if (!response) {
    return {.outcome = Outcome::silent, .error = response.error()};
  }
  if (response->status != 200) {
    return {
        .outcome = response->status == 404 ? Outcome::refused : Outcome::failed,
        .error = explain(api, zone, *response)};
  }
  try {
    Listing listing{.records = parse_records(response->body, owner, type)};
    const bool has_any =
        std::any_of(listing.records.begin(), listing.records.end(),
                    [&](const Record& one) { return one.type == type; });
    listing.outcome = has_any ? Outcome::found : Outcome::no_data;
    return listing;
  } catch (const Json::exception& error) {
    return {.error = {fmt::format("{}: its answer can't be read: {}", api.url,
                                  printable(error.what())),
                      "look whether that is PowerDNS"}};
  }
}

/// Fails when there is something else than was seen.
Result<void> compare(const Api& api, const std::string& zone,
                     const RecordChange& change) {
  const Listing listing = list_records(api, zone, change.owner, change.type);
  if (!listing.error.message.empty()) return fail(listing.error);
  std::vector<std::string> there;
  std::vector<std::string> seen;
  for (const Record& one : change.seen) seen.push_back(one.data);
  for (const Record& one : listing.records) there.push_back(one.data);
  std::sort(there.begin(), there.end());
  std::sort(seen.begin(), seen.end());
  if (there == seen) return {};
  return fail(fmt::format("{}: zone {}: what was seen at {} has been changed "
                          "meanwhile",
                          api.url, zone, change.owner),
              "run it again: it looks first at what is there now");
}

/// What a master file has of `value`, by ldns; nothing when it is none.
std::optional<std::string> find_content(const RecordChange& change,
                                        const std::string& value) {
  const Owned<ldns_rr> record = make_record({.owner = change.owner,
                                             .type = change.type,
                                             .ttl = change.ttl,
                                             .data = value});
  if (!record) return {};
  std::string content;
  for (std::size_t i = 0; i < ldns_rr_rd_count(record.get()); ++i) {
    const Owned<char> field(ldns_rdf2str(ldns_rr_rdf(record.get(), i)));
    if (!field) return {};
    content += (i == 0 ? "" : " ") + std::string(field.get());
  }
  return content;
}

Result<std::string> write_patch(const std::vector<RecordChange>& changes) {
  Json sets = Json::array();
  for (const RecordChange& change : changes) {
    const auto type = k_type_names[static_cast<std::size_t>(change.type)];
    Json set = {{"name", dotted(change.owner)},
                {"type", type},
                {"changetype", change.wanted.empty() ? "DELETE" : "REPLACE"}};
    if (!change.wanted.empty()) set["ttl"] = change.ttl;
    for (const std::string& value : change.wanted) {
      const auto content = find_content(change, value);
      if (!content) {
        return fail(fmt::format("{} can't be sent with its {}",
                                in_quotes(change.owner), type));
      }
      set["records"].push_back({{"content", *content}, {"disabled", false}});
    }
    sets.push_back(std::move(set));
  }
  // So it never throws: in a TXT, what is no UTF-8 is escaped already.
  return Json{{"rrsets", std::move(sets)}}.dump(-1, ' ', false,
                                                Json::error_handler_t::replace);
}

}  // namespace

Answer ask_powerdns(const std::string& url, const std::string& key,
                    const std::string& zone, const std::string& owner,
                    Type type, std::chrono::milliseconds time) {
  Answer answer{.name = text::to_lower(owner), .type = type};
  const auto api = make_api(url, key, time);
  if (!api) {
    answer.outcome = Outcome::failed;
    answer.reason = api.error().message;
    return answer;
  }
  Listing listing = list_records(*api, zone, answer.name, type);
  answer.outcome = listing.outcome;
  answer.records = std::move(listing.records);
  answer.reason = std::move(listing.error.message);
  answer.is_authoritative = answer.is_answered();
  return answer;
}

Result<void> patch_powerdns(const std::string& url, const std::string& key,
                            const std::string& zone,
                            const std::vector<RecordChange>& changes,
                            std::chrono::milliseconds time) {
  const auto api = make_api(url, key, time);
  if (!api) return fail(api.error());
  const auto body = write_patch(changes);
  if (!body) return fail(body.error());
  for (const RecordChange& change : changes) {
    if (auto same = compare(*api, zone, change); !same) return same;
  }
  const auto response = call(*api, "PATCH", "/zones/" + dotted(zone), *body);
  if (!response) return fail(response.error());
  if (response->status / 100 == 2) return {};
  return fail(explain(*api, zone, *response));
}

}  // namespace mtasts::nameserver
