// SPDX-License-Identifier: MIT
#include "verify/judge_fetch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "result.hpp"
#include "sts/policy_host.hpp"
#include "sts/policy_reading.hpp"
#include "sts/policy_text.hpp"
#include "text/ascii.hpp"
#include "verify/judge_certificate.hpp"

namespace mtasts::verify {
namespace {

using net::Reach;
using std::chrono::milliseconds;

// RFC 8461, 3.3: "a timeout of one minute"; what the stricter senders wait.
constexpr milliseconds k_timeout{60'000};
constexpr milliseconds k_slow{2'000};
constexpr milliseconds k_not_fast{1'000};
// A conversation that ended without an answer after that time has timed out.
constexpr milliseconds k_gave_up{5'000};

class FetchJudgement {
 public:
  FetchJudgement(const Case& on, const Fetch& fetch) : on_(on), fetch_(fetch) {}

  Diagnostics run() {
    if (check_reach() && check_tls() && check_answer()) check_text();
    return std::move(found_);
  }

 private:
  void add(Severity severity, std::string id, std::string message,
           std::string hint) {
    found_.push_back({severity, std::move(id),
                      Place{fmt::format("{} {}", on_.host, fetch_.address)},
                      std::move(message), std::move(hint)});
  }
  std::string try_it() const {
    const bool is_ipv6 = text::has(fetch_.address, ':');
    return fmt::format(
        "curl -v --connect-to ::{}:{} https://{}{}",
        is_ipv6 ? fmt::format("[{}]", fetch_.address) : fetch_.address,
        fetch_.port, on_.host, sts::k_policy_path);
  }
  std::string leave_it() const;
  bool check_reach();
  bool check_tls();
  void check_certificate();
  bool check_answer();
  void check_status();
  void check_time();
  void check_text();
  void check_type();

  const Case& on_;
  const Fetch& fetch_;
  Diagnostics found_ = {};
};

/// That the record goes which leads there; it may be that of an alias.
std::string FetchJudgement::leave_it() const {
  for (const nameserver::Answer* answer :
       {&on_.facts.host_a, &on_.facts.host_aaaa}) {
    const auto record = std::ranges::find(answer->records, fetch_.address,
                                          &nameserver::Record::data);
    if (record == answer->records.end()) continue;
    const auto type = static_cast<std::size_t>(record->type);
    return fmt::format("delete {}. IN {} {}", record->owner,
                       nameserver::k_type_names[type], record->data);
  }
  return "take the address out of the DNS";
}

/// Each of these is true when there is a point in going on.
bool FetchJudgement::check_reach() {
  const bool is_ipv6 = text::has(fetch_.address, ':');
  const View& view = on_.facts.view;
  if (fetch_.is_private) {
    add(Severity::untested, "fetch.untested",
        "is a private address, and was not asked",
        "for a private network: --allow-private");
  } else if (fetch_.reach == Reach::no_route ||
             (fetch_.reach != Reach::reached &&
              !(is_ipv6 ? view.has_ipv6 : view.has_ipv4))) {
    add(Severity::untested, "fetch.untested",
        fmt::format("this machine has no way to {} addresses",
                    is_ipv6 ? "IPv6" : "IPv4"),
        "run it again where senders are: on a mail server");
  } else if (fetch_.reach == Reach::not_tried) {
    add(Severity::untested, "fetch.untested",
        fmt::format("was not asked{}",
                    fetch_.reason.empty() ? "" : ": " + fetch_.reason),
        "run it again");
  } else if (fetch_.reach != Reach::reached) {
    const bool has_other =
        std::ranges::find(on_.facts.fetches, Reach::reached, &Fetch::reach) !=
        on_.facts.fetches.end();
    add(has_other ? Severity::warning : Severity::error, "fetch.connect",
        fmt::format("no connection to port {}: {}{}", fetch_.port,
                    fetch_.reason,
                    has_other ? "; senders without fall-back (mailauth) see "
                                "no policy"
                              : ""),
        fmt::format(
            "let the policy host listen there and the firewall pass it, or {}",
            has_other ? leave_it()
                      : fmt::format("let {} lead to where it does", on_.host)));
  }
  return fetch_.reach == Reach::reached && !fetch_.is_private;
}

bool FetchJudgement::check_tls() {
  const tls::PeerFacts& tls = fetch_.tls;
  if (!tls.is_established) {
    if (fetch_.time >= k_gave_up) {
      add(Severity::error, "fetch.timeout",
          fmt::format("no handshake within {} s", fetch_.time.count() / 1000),
          try_it());
      return false;
    }
    add(Severity::error, "fetch.tls",
        fmt::format("the handshake fails: {}", tls.failure),
        text::has(tls.failure, "alert 112")
            ? fmt::format("the server has no certificate for {0}: certbot "
                          "certonly -d {0}",
                          on_.host)
            : try_it());
    return false;
  }
  if (tls.version != "TLSv1.2" && tls.version != "TLSv1.3") {
    add(Severity::error, "fetch.tls",
        fmt::format("{} is all that the server speaks", tls.version),
        "let it speak TLS 1.2 and 1.3 (RFC 8461, 3.3)");
    return false;
  }
  check_certificate();
  return true;
}

void FetchJudgement::check_certificate() {
  for (CertificateFault& one :
       find_certificate_faults(fetch_.tls, on_.host, on_.now)) {
    add(one.is_fatal ? Severity::error : Severity::warning,
        fmt::format("fetch.certificate-{}", one.name), std::move(one.message),
        std::move(one.hint));
  }
  const bool is_right =
      !fetch_.tls.chain.empty() && is_for(fetch_.tls.chain.front(), on_.host);
  if (is_right && fetch_.without_name &&
      !is_for(*fetch_.without_name, on_.host)) {
    add(Severity::note, "fetch.sni-ignored",
        fmt::format("without a name (SNI), {}",
                    format_names(*fetch_.without_name)),
        "senders name the policy host (RFC 8461, 3.3); a scanner may not");
  }
}

bool FetchJudgement::check_answer() {
  if (!fetch_.http_failure.empty()) {
    if (fetch_.time >= k_gave_up) {
      add(Severity::error, "fetch.timeout",
          fmt::format("no answer within {} s", fetch_.time.count() / 1000),
          try_it());
    } else {
      add(Severity::error, "fetch.http",
          fmt::format("the answer can't be read: {}", fetch_.http_failure),
          try_it());
    }
    return false;
  }
  if (fetch_.status != 200) {
    check_status();
    return false;
  }
  if (!fetch_.broken.empty() && fetch_.time >= k_gave_up) {
    add(Severity::error, "fetch.timeout",
        fmt::format("no whole answer within {} s: {}",
                    fetch_.time.count() / 1000, fetch_.broken),
        try_it());
    return false;
  }
  check_time();
  return true;
}

void FetchJudgement::check_status() {
  if (fetch_.status >= 300 && fetch_.status < 400) {
    add(Severity::error, "fetch.redirect",
        fmt::format("answers {} and leads to {}", fetch_.status,
                    in_quotes(fetch_.location.value_or(""))),
        fmt::format("answer {} with the policy itself: senders must not follow "
                    "(RFC 8461, 3.3)",
                    sts::k_policy_path));
    return;
  }
  add(Severity::error, "fetch.status",
      fmt::format("answers {} instead of 200", fetch_.status),
      on_.ours != nullptr
          ? "let mta-stsd answer there; a bot filter in front has to go"
          : fmt::format("put the policy at https://{}{}", on_.host,
                        sts::k_policy_path));
}

void FetchJudgement::check_time() {
  if (fetch_.time > k_timeout) {
    add(Severity::error, "fetch.timeout",
        fmt::format("the answer took {} s", fetch_.time.count() / 1000),
        "RFC 8461, 3.3 has senders wait for one minute");
  } else if (fetch_.time > k_not_fast) {
    const bool is_slow = fetch_.time > k_slow;
    add(is_slow ? Severity::warning : Severity::note, "fetch.slow",
        fmt::format("the answer took {:.1f} s",
                    static_cast<double>(fetch_.time.count()) / 1000),
        "serve it from memory, and near");
  }
}

void FetchJudgement::check_text() {
  check_type();
  if (fetch_.content_encoding &&
      text::to_lower(*fetch_.content_encoding) != "identity") {
    add(Severity::error, "fetch.encoding",
        fmt::format("Content-Encoding is {}, which nobody asked for",
                    in_quotes(*fetch_.content_encoding)),
        "switch compression off for the policy host");
  }
  if (!fetch_.broken.empty()) {
    add(Severity::error, "fetch.length",
        fmt::format("the body {}", fetch_.broken),
        "let Content-Length be the octets of the body");
  }
  const std::size_t octets = fetch_.body.size();
  const bool is_over = fetch_.is_cut || octets > sts::k_max_fetched_octets;
  if (is_over || octets > sts::k_max_policy_octets) {
    add(is_over ? Severity::error : Severity::warning, "fetch.size",
        is_over ? fmt::format("the text has more than {} octets",
                              sts::k_max_fetched_octets)
                : fmt::format("the text has {} octets", octets),
        "a wildcard can stand for many hosts (RFC 8461, 4.1)");
  }
}

/// RFC 8461, 3.3: "the media type is 'text/plain'", with parameters or without.
void FetchJudgement::check_type() {
  constexpr std::array<std::string_view, 3> k_charsets = {"utf-8", "us-ascii",
                                                          "iso-8859-1"};
  const std::string hint = "let the server say Content-Type: text/plain for it";
  if (!fetch_.content_type) {
    add(by_mode(on_), "fetch.content-type", "there is no Content-Type", hint);
    return;
  }
  const std::string lower = text::to_lower(*fetch_.content_type);
  std::string_view rest = lower;
  if (text::trim(text::take_until(rest, ";")) != "text/plain") {
    add(by_mode(on_), "fetch.content-type",
        fmt::format("Content-Type is {}, not \"text/plain\"",
                    in_quotes(*fetch_.content_type)),
        hint);
    return;
  }
  const std::size_t charset = rest.find("charset=");
  if (charset == std::string_view::npos) return;
  std::string_view value = rest.substr(charset + 8);
  value = text::trim(value.substr(0, value.find(';')), " \t\"");
  if (std::ranges::find(k_charsets, value) == k_charsets.end()) {
    add(Severity::warning, "fetch.content-type",
        fmt::format("the charset is {}, which postfix-mta-sts-resolver may "
                    "not know",
                    in_quotes(value)),
        hint);
  }
}

}  // namespace

Diagnostics judge_fetches(const Case& on) {
  Diagnostics found;
  std::set<std::string> bodies;
  for (const Fetch& one : on.facts.fetches) {
    append(found, FetchJudgement(on, one).run());
    if (const std::string* body = find_body(one)) bodies.insert(*body);
  }
  if (on.ours == nullptr && bodies.size() > 1) {
    std::vector<std::string> list;
    for (const Fetch& one : on.facts.fetches) {
      if (const std::string* body = find_body(one)) {
        list.push_back(fmt::format(
            "{}: {} octets, first line {}", one.address, body->size(),
            in_quotes(body->substr(0, body->find_first_of("\r\n")))));
      }
    }
    found.push_back({Severity::error, "fetch.addresses-differ", Place{on.host},
                     fmt::format("the addresses serve {} different texts: {}",
                                 bodies.size(), format_some(list, "; ")),
                     "let all of them serve the same"});
  }
  return found;
}

}  // namespace mtasts::verify
