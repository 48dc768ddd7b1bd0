// SPDX-License-Identifier: MIT
#include "verify/judge_mx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/provider_table.hpp"
#include "dns/name.hpp"
#include "result.hpp"
#include "sts/migration.hpp"
#include "sts/mx_pattern.hpp"
#include "text/ascii.hpp"
#include "text/join.hpp"
#include "text/time.hpp"

namespace mtasts::verify {
namespace {

using sts::MxPattern;

class MxJudgement {
 public:
  explicit MxJudgement(const Case& on) : on_(on), facts_(on.facts) {
    // Where another policy is served than the configuration's, that is said of
    // the policy: its patterns go with it.
    policy_ = on.ours != nullptr ? on.ours->policy() : on.policy;
  }

  Diagnostics run() {
    check_patterns();
    if (!facts_.mx.is_answered()) return std::move(found_);
    if (is_null()) {
      check_null();
      return std::move(found_);
    }
    if (find_data(facts_.mx).empty()) {
      add(Severity::note, "mx.implicit", facts_.domain,
          "there is no MX record: mail goes to the address of the domain",
          fmt::format(
              "write {0}. IN MX 10 {0}., and let the policy have mx {0}",
              facts_.domain));
    }
    for (const Mx& one : facts_.hosts) check_host(*one.host);
    check_use();
    return std::move(found_);
  }

 private:
  void add(Severity severity, const char* id, std::string subject,
           std::string message, std::string hint) {
    found_.push_back({severity, id, Place{std::move(subject)},
                      std::move(message), std::move(hint)});
  }
  bool is_null() const;
  void check_null();
  void check_host(const MxHost& host);
  void check_cover(const MxHost& host);
  void check_earlier(const MxHost& host);
  void check_patterns();
  void check_use();
  std::string write_pattern(const std::string& pattern) const;

  const Case& on_;
  const Facts& facts_;
  std::optional<sts::Policy> policy_;  // nothing: nobody knows
  Diagnostics found_ = {};
};

/// RFC 7505: the one record "0 .".
bool MxJudgement::is_null() const {
  const std::vector<std::string> data = find_data(facts_.mx);
  return data.size() == 1 && (data.front() == "0 ." || data.front() == "0 ");
}

void MxJudgement::check_null() {
  if (on_.mode != sts::Mode::enforce || !policy_) return;
  add(Severity::warning, "mx.null", facts_.domain,
      "the domain takes no mail (MX 0 .), but its policy has mode enforce",
      "take the policy back: mode none, and later no record (RFC 8461, 8.3)");
}

std::string MxJudgement::write_pattern(const std::string& pattern) const {
  return on_.ours != nullptr
             ? fmt::format("add {} to mx of the [[policy]]", in_quotes(pattern))
             : fmt::format("add the line mx: {}", pattern);
}

void MxJudgement::check_host(const MxHost& host) {
  const auto aliases = find_aliases(host.a);
  const bool has_alias = !aliases.empty() || !find_aliases(host.aaaa).empty();
  if (has_alias) {
    const std::string target =
        aliases.empty() ? find_aliases(host.aaaa).back() : aliases.back();
    add(Severity::warning, "mx.cname", host.name,
        fmt::format("is an alias of {}", target),
        fmt::format("let the MX record name {}", target));
  }
  if (host.a.outcome == nameserver::Outcome::not_asked) {
    add(Severity::untested, "mx.untested", host.name,
        "was not looked at: there are too many MX records",
        "keep those that receive mail, and no others");
  }
  if (host.a.is_answered() && host.aaaa.is_answered() &&
      find_data(host.a).empty() && find_data(host.aaaa).empty()) {
    add(Severity::error, "mx.no-address", host.name,
        "has no address, neither A nor AAAA",
        fmt::format("write {}. IN A with its address, or delete the MX record",
                    host.name));
  }
  check_cover(host);
  check_earlier(host);
}

/// RFC 8461, 8.1: the policy first, and what senders hold after it.
void MxJudgement::check_earlier(const MxHost& host) {
  const auto name = dns::Name::parse(host.name);
  if (!name || !policy_) return;
  const bool is_covered = std::ranges::any_of(
      policy_->mx(),
      [&](const MxPattern& pattern) { return pattern.matches(*name); });
  const auto until = sts::refused_until(on_.expected.past, *name, on_.now);
  if (!is_covered || !until || *until <= on_.now) return;
  add(Severity::warning, "change.mx-early", host.name,
      fmt::format("senders may hold a policy that refuses it until {}",
                  text::format_time(*until)),
      "keep the earlier hosts in the MX records, too, until then");
}

// --- RFC 8461, 4.1: a wildcard stands for exactly one label ---

/// How many labels at the end two names have in common.
std::size_t common_labels(std::string_view a, std::string_view b) {
  std::size_t count = 0;
  while (!a.empty() && !b.empty()) {
    const std::size_t left = a.rfind('.');
    const std::size_t right = b.rfind('.');
    if (a.substr(left + 1) != b.substr(right + 1)) break;
    ++count;
    a = left == std::string_view::npos ? "" : a.substr(0, left);
    b = right == std::string_view::npos ? "" : b.substr(0, right);
  }
  return count;
}

/// Why `mx`, of all patterns the nearest, does not cover `host`.
std::string explain(const MxPattern& mx, const dns::Name& host) {
  if (!mx.is_wildcard()) return "is another name";
  if (!dns::is_at_or_below(host.text(), mx.name().text())) {
    return "is for another domain";
  }
  return host == mx.name() ? "covers the names below, not this one"
                           : "covers one label, not several";
}

void MxJudgement::check_cover(const MxHost& host) {
  if (!policy_ || on_.mode == sts::Mode::none) return;
  const Result<dns::Name> name = dns::Name::parse(host.name);
  if (!name) {
    add(by_mode(on_), "mx.uncovered", host.name,
        fmt::format("is no host name: {}", name.error().message),
        "mend the MX record: no pattern can cover it");
    return;
  }
  const MxPattern* nearest = nullptr;
  std::size_t most = 0;
  for (const MxPattern& mx : policy_->mx()) {
    if (mx.matches(*name)) return;
    const std::size_t common = common_labels(mx.name().text(), name->text());
    if (nearest == nullptr || common > most) nearest = &mx;
    most = std::max(most, common);
  }
  std::string why = "no pattern of the policy covers it";
  if (nearest != nullptr) {
    why += fmt::format("; the nearest, {}, {}", in_quotes(nearest->text()),
                       explain(*nearest, *name));
  }
  add(by_mode(on_), "mx.uncovered", host.name, why,
      write_pattern(name->text()));
}

// --- Patterns ---

void MxJudgement::check_patterns() {
  if (!policy_) return;
  for (const MxPattern& mx : policy_->mx()) {
    const auto free = find_registrable(facts_, mx.name().text());
    if (!free) continue;
    add(Severity::error, "mx.pattern-unregistered", mx.text(),
        fmt::format("anybody can register {}, and receive mail by it", *free),
        "delete the pattern, or register the name");
  }
}

void MxJudgement::check_use() {
  if (!policy_ || facts_.hosts.empty()) return;
  for (const MxPattern& mx : policy_->mx()) {
    const bool is_used = std::ranges::any_of(facts_.hosts, [&](const Mx& one) {
      const Result<dns::Name> name = dns::Name::parse(one.host->name);
      return name && mx.matches(*name);
    });
    if (is_used || find_registrable(facts_, mx.name().text())) continue;
    const std::optional<Error> slip = config::find_provider_slip(mx);
    add(Severity::note, "mx.pattern-unused", mx.text(),
        fmt::format("covers none of the MX hosts, {}",
                    text::join(facts_.hosts, ", ",
                               [](const Mx& one) { return one.host->name; })),
        slip ? slip->hint
             : "delete it, unless a host is about to come or to go");
  }
}

}  // namespace

Diagnostics judge_mx(const Case& on) { return MxJudgement(on).run(); }

}  // namespace mtasts::verify
