// SPDX-License-Identifier: MIT
#include "reports/read_reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "reports/inflate.hpp"
#include "reports/read_json.hpp"
#include "reports/read_mail.hpp"
#include "text/ascii.hpp"
#include "tlsrpt/report_name.hpp"

namespace mtasts::reports {
namespace {

using Reports = Result<std::vector<ReceivedReport>>;
using tlsrpt::AnomalyKind;

/// A gzip in a gzip comes of a server that compresses what is compressed; a
/// mail in a mail, of one that was forwarded.
constexpr int k_max_layers = 3;

struct Magic {
  std::string_view octets;
  std::string_view what;
  std::string_view hint;
};
constexpr Magic k_foreign[] = {
    {"PK\x03\x04", "a zip", "unzip it, and import what is in it"},
    {"BZh", "bzip2", "unpack it with \"bunzip2\""},
    {"\xFD"
     "7zXZ",
     "xz", "unpack it with \"unxz\""},
    {"\x28\xB5\x2F\xFD", "zstd", "unpack it with \"unzstd\""},
    {"%PDF", "a PDF", ""},
    {"<?xml", "XML, as reports on DMARC are", ""},
    {"<feedback", "XML, as reports on DMARC are", ""}};

bool is_space(char c) { return text::has(" \t\r\n", c); }

/// JSON of a report begins so; UTF-16 has a NUL in front or behind.
bool is_json(std::string_view octets) {
  for (const std::string_view mark : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"}) {
    if (octets.starts_with(mark)) octets.remove_prefix(mark.size());
  }
  const auto first = std::ranges::find_if(
      octets, [](char c) { return c != '\0' && c != '\x1E' && !is_space(c); });
  return first != octets.end() && (*first == '{' || *first == '[');
}

/// Of RFC 4648, 4, with line breaks; nothing when anything else is in it.
std::optional<std::string> find_base64(std::string_view text) {
  std::string octets;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    unsigned value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<unsigned>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<unsigned>(c - 'a') + 26;
    } else if (text::is_digit(c)) {
      value = static_cast<unsigned>(c - '0') + 52;
    } else if (c == '+' || c == '/') {
      value = c == '+' ? 62 : 63;
    } else if (c == '=' || is_space(c)) {
      continue;
    } else {
      return std::nullopt;
    }
    bits = bits << 6U | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      octets += static_cast<char>(bits >> count & 0xFFU);
    }
  }
  return octets;
}

Failure refuse(std::string_view first) {
  if (first.empty()) return fail("it is empty");
  for (const Magic& one : k_foreign) {
    if (first.starts_with(one.octets)) {
      return fail(fmt::format("it is {}, and no report", one.what),
                  std::string(one.hint));
    }
  }
  return fail("it is neither a mail, nor JSON, nor gzip");
}

/// JSON, in as many layers of gzip as there may be.
Reports read_packed(OctetSource& source, const ReportHints& hints,
                    std::vector<tlsrpt::Anomaly>& anomalies, int layer) {
  SeenSource seen(source);
  if (is_deflated(seen.first()) && layer < k_max_layers) {
    InflateSource inflated(seen, anomalies);
    return read_packed(inflated, hints, anomalies, layer + 1);
  }
  if (is_json(seen.first())) return read_json(seen, hints, anomalies);
  if (seen.first().empty()) {
    if (auto fault = seen.find_fault()) return fail(*std::move(fault));
  }
  return refuse(seen.first());
}

Reports read_octets(std::string_view octets, const ReportHints& hints,
                    std::vector<tlsrpt::Anomaly> anomalies) {
  if (!is_deflated(octets) && !is_json(octets)) {
    const auto decoded = find_base64(octets);
    if (decoded && (is_deflated(*decoded) || is_json(*decoded))) {
      tlsrpt::note_anomaly(anomalies, AnomalyKind::encoding, "mail", "base64");
      OctetsInMemory source(*decoded);
      return read_packed(source, hints, anomalies, 0);
    }
  }
  OctetsInMemory source(octets);
  return read_packed(source, hints, anomalies, 0);
}

/// What the name of a file says, where nobody has said it better. The sender of
/// a mail chooses it, and any octets for it.
void add_hints(std::string_view name, ReportHints& hints) {
  auto found = tlsrpt::find_report_name(printable(name));
  if (!found) return;
  if (hints.submitter.empty()) hints.submitter = std::move(found->submitter);
  if (hints.policy_domain.empty()) {
    hints.policy_domain = std::move(found->policy_domain);
  }
  if (!hints.range.begin) hints.range = found->range;
}

/// RFC 8460, 6.4 and 6.5: whether it is what it is declared as.
bool is_as_declared(const MailPart& part) {
  return is_declared(part) &&
         is_deflated(part.octets) == part.media_type.ends_with("gzip");
}

bool is_mail_inside(const MailPart& part) {
  return part.media_type.starts_with("message/") ||
         part.file_name.ends_with(".eml");
}

Reports read_mail_reports(const Item& item, int layer);

Reports read_part(const MailPart& part, const Mail& mail, const Item& item,
                  int layer) {
  if (is_mail_inside(part) && is_mail(part.octets) && layer < k_max_layers) {
    Item inside = item;
    inside.octets = part.octets;
    return read_mail_reports(inside, layer + 1);
  }
  ReportHints hints{.submitter = mail.delivery.submitter,
                    .policy_domain = mail.delivery.report_domain,
                    .range = {},
                    .received = mail.date.value_or(item.received)};
  add_hints(part.file_name, hints);
  add_hints(item.name, hints);
  std::vector<tlsrpt::Anomaly> anomalies = mail.anomalies;
  if (!is_as_declared(part)) {
    tlsrpt::note_anomaly(anomalies, AnomalyKind::media_type, "mail",
                         part.media_type);
  }
  return read_octets(part.octets, hints, std::move(anomalies));
}

/// All that its parts have: the same report in two of them is one.
Reports read_mail_reports(const Item& item, int layer) {
  auto mail = read_mail(item.octets);
  if (!mail) return fail(std::move(mail.error()));
  std::vector<ReceivedReport> all;
  std::optional<Error> fault;  // of the part that looks most like a report
  bool is_of_text = false;
  for (const MailPart& part : mail->parts) {
    Reports reports = read_part(part, *mail, item, layer);
    if (!reports) {
      const bool is_text = part.media_type.starts_with("text/");
      if (!fault || (is_of_text && !is_text)) {
        fault = std::move(reports.error());
        is_of_text = is_text;
      }
      continue;
    }
    for (ReceivedReport& one : *reports) {
      if (std::ranges::find(all, one.digest, &ReceivedReport::digest) ==
          all.end()) {
        one.delivery = mail->delivery;
        all.push_back(std::move(one));
      }
    }
  }
  if (!all.empty()) return all;
  if (mail->parts.empty() || !fault) {
    return fail("the mail has no part that can be a report");
  }
  return fail(Error{"no part of the mail is a report: " + fault->message,
                    std::move(fault->hint)});
}

}  // namespace

Reports read_reports(const Item& item) {
  if (!is_deflated(item.octets) && !is_json(item.octets) &&
      is_mail(item.octets)) {
    return read_mail_reports(item, 0);
  }
  ReportHints hints{.received = item.received};
  add_hints(item.name, hints);
  Reports reports = read_octets(item.octets, hints, {});
  if (!reports) return reports;
  for (ReceivedReport& one : *reports) one.delivery.channel = item.channel;
  return reports;
}

}  // namespace mtasts::reports
