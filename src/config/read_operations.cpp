// SPDX-License-Identifier: MIT
#include "config/read_operations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "config/document.hpp"
#include "files/read.hpp"
#include "text/ascii.hpp"
#include "text/ip_address.hpp"

namespace mtasts::config {
namespace {

constexpr std::size_t k_max_host_octets = 253;  // RFC 1035, 2.3.4, as text
constexpr const char* k_listen_hint =
    "\"127.0.0.1:9443\", \"[::1]:9443\" or \"unix:/run/mta-stsd.sock\"";

std::uint16_t default_port(Service service) {
  return service == Service::serve ? 9443 : 9444;
}

net::ListenAddress read_listen(TableReader& reader, Service service) {
  net::ListenAddress address{.kind = net::ListenAddress::Kind::tcp,
                             .host = "127.0.0.1",
                             .port = default_port(service)};
  // One that is no boolean has its own diagnostic.
  const bool may_be_remote =
      reader.find_boolean("allow_remote")
          .value_or(reader.find("allow_remote") != nullptr);
  const auto text = reader.find_string("listen");
  if (!text) return address;
  Result<net::ListenAddress> parsed = net::parse_listen_address(text->value);
  if (!parsed) {
    parsed.error().hint = k_listen_hint;
  } else if (parsed->kind == net::ListenAddress::Kind::systemd) {
    parsed = fail("is no address of its own", k_listen_hint);
  } else if (!parsed->is_local() && !may_be_remote) {
    parsed = fail("can be reached from other machines",
                  "what is shown there is for operators; allow_remote = true "
                  "if you mean it");
  }
  if (parsed) return *parsed;
  reader.refuse("operations.listen-invalid", "listen", *text, parsed.error());
  return address;
}

/// Container engines know each other by names with underscores, which dns::Name
/// refuses: those reach this listener, too.
bool is_host_name(std::string_view text) {
  const std::string name = text::to_lower(text);
  return !name.empty() && name.size() <= k_max_host_octets &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") ==
             std::string::npos;
}

std::vector<std::string> read_hosts(TableReader& reader) {
  std::vector<std::string> hosts;
  const auto entries = reader.find_strings("hosts");
  if (!entries) return hosts;
  for (const Located<std::string>& entry : *entries) {
    std::string_view text = entry.value;
    if (text.starts_with('[') && text.ends_with(']')) {
      text = text.substr(1, text.size() - 2);
    }
    if (const auto address = text::find_ip_address(text)) {
      hosts.push_back(*address);
    } else if (is_host_name(entry.value)) {
      hosts.push_back(text::to_lower(
          text.ends_with('.') ? text.substr(0, text.size() - 1) : text));
    } else {
      reader.error("operations.hosts-invalid", entry.at,
                   fmt::format("hosts has {}, which is neither a host name nor "
                               "an address",
                               in_quotes(entry.value)),
                   "what stands in the URLs that clients use, without a port: "
                   "\"metrics.example.net\" or \"192.0.2.1\"");
    }
  }
  return hosts;
}

Result<DomainMetrics> parse_domain_metrics(std::string_view text) {
  if (text == "auto") return DomainMetrics::automatic;
  if (text == "on") return DomainMetrics::on;
  if (text == "off") return DomainMetrics::off;
  return fail("is none of \"auto\", \"on\" and \"off\"");
}

/// The lines of the table alone, for a document that is broken elsewhere.
std::string_view cut_out(std::string_view text, std::string_view header) {
  std::size_t start = text.find(header);
  while (start != std::string_view::npos && start != 0 &&
         text[start - 1] != '\n') {
    start = text.find(header, start + 1);
  }
  if (start == std::string_view::npos) return {};
  return text.substr(start,
                     std::min(text.find("\n[", start), text.size()) - start);
}

}  // namespace

std::optional<Operations> find_operations(TableReader& document,
                                          std::string_view file,
                                          Diagnostics& out, Service service) {
  const Table* table = document.find_table("operations");
  if (table == nullptr) return std::nullopt;
  TableReader reader(*table, "operations", file, out);
  Operations operations{
      .listen = read_listen(reader, service),
      .domain_metrics =
          reader
              .find_parsed("per_domain_metrics",
                           "operations.per_domain_metrics",
                           "config.out-of-range", parse_domain_metrics)
              .value_or(DomainMetrics::automatic),
      .hosts = read_hosts(reader)};
  reader.finish();
  return operations;
}

Result<Operations> load_operations(const std::string& path, Service service) {
  const bool is_serve = service == Service::serve;
  const std::string_view header =
      is_serve ? "[operations]" : "[collect.operations]";
  const Result<std::string> text = files::read_file(path, k_max_config_octets);
  if (!text) {
    return fail(fmt::format("{} can't be read: {}", path, text.error().message),
                "the path is given with -c or $MTA_STSD_CONFIG");
  }
  Diagnostics faults;
  std::optional<Table> document = parse_document(*text, path, faults);
  if (!document)
    document = parse_document(cut_out(*text, header), path, faults);
  faults.clear();
  if (document) {
    TableReader whole(*document, {}, path, faults);
    const Table none;
    const Table* table = is_serve ? &*document : whole.find_table("collect");
    TableReader reader(table == nullptr ? none : *table, {}, path, faults);
    std::optional<Operations> operations =
        find_operations(reader, path, faults, service);
    if (operations && !has_errors(faults)) return *std::move(operations);
  }
  if (!faults.empty()) {
    return fail(fmt::format("{}: {}", format_place(faults.front().place),
                            faults.front().message),
                faults.front().hint);
  }
  return fail(fmt::format("{} has no {}", path, header),
              fmt::format("{} with listen = \"127.0.0.1:{}\" turns the "
                          "operations listener on, at the next start",
                          header, default_port(service)));
}

}  // namespace mtasts::config
