// SPDX-License-Identifier: MIT
#include "tool/plan_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sts/policy_host.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "sts/retirement.hpp"
#include "sts/txt_record.hpp"
#include "text/join.hpp"
#include "text/time.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::days;
using std::chrono::sys_seconds;

constexpr std::chrono::seconds k_none_max_age{86400};

std::string write_mx(const std::vector<sts::MxPattern>& mx) {
  return fmt::format("mx = [{}]", text::join(mx, ", ", [](const auto& one) {
                       return in_quotes(one.text());
                     }));
}

std::vector<sts::MxPattern> patterns_of(const std::vector<dns::Name>& hosts) {
  std::vector<sts::MxPattern> mx;
  for (const dns::Name& host : hosts) {
    mx.push_back(*sts::MxPattern::parse(host.text()));
  }
  std::ranges::sort(mx);
  return mx;
}

/// How to publish the record of a policy, which is live first (RFC 8461, 8.1).
std::vector<std::string> publish(const std::string& domain,
                                 const std::optional<sts::Policy>& policy) {
  std::vector<std::string> how = {"mta-sts publish " + domain};
  if (policy) {
    how.push_back(fmt::format(
        "or by hand: _mta-sts.{}. IN TXT \"{}\"", domain,
        sts::format_txt_record(sts::policy_id(sts::format_policy(*policy)))));
  }
  return how;
}

/// `policy` with other mx; nothing when there is none.
std::optional<sts::Policy> with_mx(const std::optional<sts::Policy>& policy,
                                   std::vector<sts::MxPattern> mx) {
  if (!policy) return {};
  const auto made =
      sts::Policy::make(policy->mode(), std::move(mx), policy->max_age());
  if (!made) return {};
  return *made;
}

/// What is taken for granted when nobody says it.
std::vector<std::string> assumptions(const PlanInput& input) {
  std::vector<std::string> notes;
  if (input.past.empty()) {
    notes.push_back(
        "there is no history of this domain: what senders hold counts as "
        "served until now; \"history = FILE\" in [server] remembers");
  }
  if (!input.sight.record_since) {
    notes.push_back(
        "nobody knows since when the TXT record is as it is: from now on; "
        "--record-since TIME tells");
  }
  return notes;
}

class Writer {
 public:
  explicit Writer(const PlanInput& input, std::string_view kind,
                  std::string title)
      : document_{.kind = kind,
                  .domain = input.domain,
                  .title = std::move(title),
                  .at = input.now,
                  .steps = {},
                  .gaps = input.gaps,
                  .notes = assumptions(input)} {}

  void add(const sts::Step& step, std::string title,
           std::vector<std::string> how) {
    document_.steps.push_back({step, std::move(title), std::move(how)});
  }
  PlanDocument& document() { return document_; }

 private:
  PlanDocument document_;
};

}  // namespace

PlanDocument make_migration(const PlanInput& input,
                            const std::vector<dns::Name>& targets,
                            const std::vector<std::string>& faults) {
  const sts::Sight& sight = input.sight;
  const std::string& domain = input.domain;
  const auto name_of = [](const dns::Name& one) { return one.text(); };
  Writer writer(input, "migration",
                fmt::format("move the mail of {} to {}", domain,
                            text::join(targets, ", ", name_of)));
  const std::vector<sts::MxPattern> both =
      sight.policy ? sts::admit_both(*sight.policy, targets)
                   : patterns_of(targets);
  const std::vector<sts::MxPattern> last = patterns_of(targets);
  std::vector<std::string> records;
  for (const dns::Name& host : targets) {
    records.push_back(fmt::format("{}. IN MX 10 {}.", domain, host.text()));
  }
  for (const sts::Step& step :
       sts::plan_migration(sight, input.past, targets, input.now)) {
    if (step.id == sts::k_prepare_hosts) {
      writer.add(step, "have the new hosts offer TLS with good certificates",
                 faults);
    } else if (step.id == sts::k_admit_both) {
      writer.add(
          step, "let the policy admit the old hosts and the new ones",
          {fmt::format("in the [[policy]] of {}: {}", domain, write_mx(both))});
    } else if (step.id == sts::k_publish_both) {
      writer.add(step, "publish its record, once it is served",
                 publish(domain, with_mx(sight.policy, both)));
    } else if (step.id == sts::k_move_mx) {
      writer.add(step, "move the MX records", records);
    } else if (step.id == sts::k_drop_old) {
      writer.add(
          step, "take the old hosts out of the policy",
          {fmt::format("in the [[policy]] of {}: {}", domain, write_mx(last))});
    } else {
      writer.add(step, "publish its record, once it is served",
                 publish(domain, with_mx(sight.policy, last)));
    }
  }
  PlanDocument document = std::move(writer.document());
  const bool is_moved =
      std::ranges::any_of(document.steps, [](const PlannedStep& one) {
        return one.step.id == sts::k_move_mx &&
               one.step.state == sts::StepState::done;
      });
  if (is_moved && !sight.mx_since) {
    document.notes.push_back(
        "nobody knows since when the MX records are as they are: from now on; "
        "--mx-since TIME tells");
  }
  return document;
}

PlanDocument make_retirement(const PlanInput& input) {
  const std::string& domain = input.domain;
  Writer writer(input, "retirement",
                fmt::format("take {} out of MTA-STS", domain));
  const auto steps = sts::plan_retirement(input.sight, input.past, input.now);
  sys_seconds removed = input.now;
  for (const sts::Step& step : steps) {
    if (step.id == sts::k_remove_record) removed = step.from.value_or(removed);
  }
  const auto& policy = input.sight.policy;
  std::optional<sts::Policy> none = policy;
  if (policy && policy->mode() != sts::Mode::none) {
    const auto made =
        sts::Policy::make(sts::Mode::none, policy->mx(),
                          std::min(policy->max_age(), k_none_max_age));
    if (made) none = *made;
  }
  for (const sts::Step& step : steps) {
    if (step.id == sts::k_serve_none) {
      writer.add(
          step, "serve mode none",
          {fmt::format("in the [[policy]] of {}: retire = {}", domain,
                       text::format_date(std::chrono::ceil<days>(removed)))});
    } else if (step.id == sts::k_publish_none) {
      writer.add(step, "publish its record, once it is served",
                 publish(domain, none));
    } else if (step.id == sts::k_remove_record) {
      writer.add(step, "delete the record",
                 {fmt::format("_mta-sts.{}. TXT; _smtp._tls.{}. may stay: "
                              "reports are of use without a policy",
                              domain, domain)});
    } else {
      writer.add(
          step, "delete the policy, its host and its certificate",
          {fmt::format("the [[policy]] of {}", domain),
           fmt::format("{}. A, AAAA or CNAME", sts::policy_host(domain))});
    }
  }
  PlanDocument document = std::move(writer.document());
  document.notes.push_back(
      "before a domain goes to somebody else, let all of this be over: its "
      "next owner inherits what senders hold");
  return document;
}

}  // namespace mtasts::tool
