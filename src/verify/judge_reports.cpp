// SPDX-License-Identifier: MIT
#include "verify/judge_reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "publish/record_set.hpp"
#include "publish/records.hpp"
#include "result.hpp"
#include "text/ascii.hpp"
#include "tlsrpt/txt_record.hpp"
#include "verify/judge_certificate.hpp"

namespace mtasts::verify {
namespace {

using net::Reach;
using publish::Purpose;

/// The octet that a URI of the record should have percent-encoded (RFC 8460, 3:
/// "," "!" and ";"); nothing where that is not what is wrong.
std::optional<char> find_unencoded(std::string_view text) {
  const std::size_t at = text.find("rua=");
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rua = text.substr(at + 4);
  const std::string_view behind =
      text::has(rua, ';') ? rua.substr(rua.find(';') + 1) : std::string_view{};
  rua = rua.substr(0, rua.find(';'));
  if (text::has(rua, '!')) return '!';
  const std::size_t last = rua.rfind("mailto:");
  if (last != std::string_view::npos && !text::has(rua.substr(last), '@')) {
    if (text::has(behind, '@')) return ';';
    return std::nullopt;
  }
  while (!rua.empty()) {
    const std::string_view one = text::trim(text::take_until(rua, ","));
    const bool is_whole = !one.starts_with("mailto:") || text::has(one, '@');
    if (!is_whole && text::has(rua, '@')) return ',';
  }
  return std::nullopt;
}

class ReportJudgement {
 public:
  explicit ReportJudgement(const Case& on)
      : on_(on), facts_(on.facts), owner_("_smtp._tls." + on.facts.domain) {}

  Diagnostics run() {
    if (!facts_.view.is_planned && facts_.rpt.is_answered()) check_record();
    for (const ReportTarget& one : facts_.reports) {
      if (one.uri.starts_with("mailto:")) {
        check_mail(one);
      } else {
        check_https(one);
      }
    }
    return std::move(found_);
  }

 private:
  void add(Severity severity, const char* id, const std::string& subject,
           std::string message, std::string hint) {
    found_.push_back(
        {severity, id, Place{subject}, std::move(message), std::move(hint)});
  }
  bool has_ours() const {
    return on_.ours != nullptr && on_.ours->has_tls_rpt();
  }
  std::string write_it() const;
  void check_record();
  void check_text(const std::string& text);
  void check_mail(const ReportTarget& target);
  void check_https(const ReportTarget& target);
  void check_status(const ReportTarget& target);

  const Case& on_;
  const Facts& facts_;
  std::string owner_;
  Diagnostics found_ = {};
};

std::string ReportJudgement::write_it() const {
  if (has_ours()) {
    return fmt::format(
        "write {}; mta-sts publish {} does it",
        format_record(owner_, tlsrpt::format_txt_record(on_.ours->tls_rpt())),
        facts_.domain);
  }
  return fmt::format(
      "write {}",
      format_record(owner_, fmt::format("v=TLSRPTv1; rua=mailto:tls-reports@{}",
                                        facts_.domain)));
}

// --- The record ---

void ReportJudgement::check_record() {
  const auto aliases = find_aliases(facts_.rpt);
  if (!aliases.empty() && facts_.rpt.outcome != nameserver::Outcome::found &&
      (facts_.rpt.outcome == nameserver::Outcome::no_name ||
       std::ranges::count(aliases, aliases.back()) > 1 ||
       aliases.back() == owner_)) {
    return;  // said of the alias
  }
  std::vector<std::string> texts;
  for (std::string& text : find_data(facts_.rpt)) {
    if (publish::is_meant_for(text, Purpose::tls_rpt)) {
      texts.push_back(std::move(text));
    }
  }
  if (texts.empty()) {
    const bool is_none = on_.mode == sts::Mode::none || on_.is_absent;
    add(is_none ? Severity::note : Severity::warning, "rpt.missing", owner_,
        "there is no record of TLS-RPT: nobody reports mail that fails",
        write_it());
  } else if (texts.size() > 1) {
    add(Severity::error, "rpt.multiple", owner_,
        fmt::format("there are {} records: {}", texts.size(),
                    format_some(texts, " and ")),
        has_ours() ? fmt::format("delete all; {}", write_it())
                   : "put the URIs of all into one, with commas between");
  } else {
    check_text(texts.front());
  }
}

void ReportJudgement::check_text(const std::string& text) {
  const auto rua = tlsrpt::parse_txt_record(text);
  if (!rua) {
    if (const auto octet = find_unencoded(text)) {
      add(Severity::error, "rpt.unencoded", owner_,
          fmt::format("{} has a \"{}\" in a URI", in_quotes(text), *octet),
          fmt::format("write %{:02X} for it (RFC 8460, 3), or leave it out",
                      static_cast<unsigned>(*octet)));
      return;
    }
    const std::string& hint = rua.error().hint;
    add(Severity::error, "rpt.syntax", owner_,
        fmt::format("{} is no record: {}", in_quotes(text),
                    rua.error().message),
        has_ours() || hint.empty() ? write_it() : hint);
    return;
  }
  if (!has_ours()) return;
  const std::string wanted = tlsrpt::format_txt_record(on_.ours->tls_rpt());
  if (!publish::find_difference(Purpose::tls_rpt, text, wanted)) return;
  add(Severity::error, "rpt.differs", owner_,
      fmt::format("{} is not the record of the configuration", in_quotes(text)),
      write_it());
}

// --- Where it leads ---

void ReportJudgement::check_mail(const ReportTarget& target) {
  const std::vector<std::string> mx = find_data(target.mx);
  const bool is_null =
      mx.size() == 1 && (mx.front() == "0 ." || mx.front() == "0 ");
  const bool is_dead =
      target.mx.is_answered() &&
      (is_null ||
       (mx.empty() && target.a.is_answered() && target.aaaa.is_answered() &&
        find_data(target.a).empty() && find_data(target.aaaa).empty()));
  if (is_dead) {
    add(Severity::error, "rpt.mail-domain-dead", target.uri,
        is_null ? fmt::format("{} takes no mail (MX 0 .)", target.host)
                : fmt::format("{} has neither MX nor address", target.host),
        "name a mailbox that exists");
  } else if (target.host == facts_.domain) {
    add(Severity::note, "rpt.mail-in-same-domain", target.uri,
        "reports about a broken MX host go to that host",
        "add a mailbox elsewhere, with a comma between");
  }
}

void ReportJudgement::check_https(const ReportTarget& target) {
  if (target.is_private || target.reach == Reach::no_route ||
      target.reach == Reach::not_tried) {
    add(Severity::untested, "rpt.untested", target.uri,
        target.is_private
            ? "leads to a private address, and was not asked"
            : fmt::format("could not be asked from here{}",
                          target.reason.empty() ? "" : ": " + target.reason),
        target.is_private ? "for a private network: --allow-private"
                          : "run it again where senders are: on a mail "
                            "server");
    return;
  }
  if (target.reach != Reach::reached || !target.tls.is_established ||
      target.status == 0) {
    const std::string& why =
        target.tls.failure.empty() || target.tls.is_established
            ? target.reason
            : target.tls.failure;
    add(Severity::error, "rpt.https-unreachable", target.uri,
        fmt::format("gives no answer: {}", why),
        fmt::format("curl -v -d {{}} {}", in_quotes(target.uri)));
    return;
  }
  for (const CertificateFault& one :
       find_certificate_faults(target.tls, target.host, on_.now)) {
    if (!one.is_fatal) continue;
    add(Severity::warning, "rpt.https-certificate", target.uri, one.message,
        one.hint);
    break;
  }
  check_status(target);
}

/// That {} is no report may be said by 400, 415 or 422; it is the others that
/// would refuse a report as well.
void ReportJudgement::check_status(const ReportTarget& target) {
  const int status = target.status;
  const bool is_refusal = (status >= 300 && status < 400) || status == 401 ||
                          status == 403 || status == 404 || status == 405 ||
                          status == 410 || (status >= 501 && status <= 504);
  if (!is_refusal) return;
  add(Severity::error, "rpt.https-status", target.uri,
      fmt::format("answers a POST by {}", status),
      "reports come as POST of application/tlsrpt+gzip (RFC 8460, 5.5); "
      "answer 201");
}

}  // namespace

Diagnostics judge_reports(const Case& on) { return ReportJudgement(on).run(); }

}  // namespace mtasts::verify
