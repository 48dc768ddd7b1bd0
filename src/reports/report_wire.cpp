// SPDX-License-Identifier: MIT
#include "reports/report_wire.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "text/utf8.hpp"

namespace mtasts::reports {
namespace {

using tlsrpt::Anomaly;
using tlsrpt::FailureDetails;
using tlsrpt::PolicyReport;
using tlsrpt::Report;

constexpr char k_reports = 'R';
constexpr char k_fault = 'F';

// --- Which members there are, once for both ways ---

template <class Wire, class T>
void members(Wire& wire, T& value) {
  using U = std::remove_const_t<T>;
  if constexpr (std::is_same_v<U, Anomaly>) {
    wire(value.kind, value.place, value.value, value.count);
  } else if constexpr (std::is_same_v<U, FailureDetails>) {
    wire(value.result_type, value.sending_mta_ip, value.receiving_mx_hostname,
         value.receiving_mx_helo, value.receiving_ip,
         value.failed_session_count, value.additional_information,
         value.failure_reason_code);
  } else if constexpr (std::is_same_v<U, PolicyReport>) {
    wire(value.policy_type, value.policy_string, value.policy_domain,
         value.mx_host, value.total_successful_session_count,
         value.total_failure_session_count, value.failure_details);
  } else if constexpr (std::is_same_v<U, Report>) {
    wire(value.organization_name, value.contact_info, value.report_id,
         value.start_datetime, value.end_datetime, value.policies,
         value.anomalies);
  } else if constexpr (std::is_same_v<U, Delivery>) {
    wire(value.channel, value.from, value.submitter, value.report_domain,
         value.authentication_results);
  } else if constexpr (std::is_same_v<U, ReceivedReport>) {
    wire(value.report, value.delivery, value.digest);
  } else {
    static_assert(std::is_same_v<U, Error>);
    wire(value.message, value.hint);
  }
}

/// The last enumerator, up to which others are good.
constexpr auto last_of(Channel) { return Channel::https; }
constexpr auto last_of(tlsrpt::AnomalyKind) {
  return tlsrpt::AnomalyKind::mail_form;
}

// --- Writing: numbers as this machine has them, for it is the same one ---

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  template <class... T>
  void operator()(const T&... values) {
    (write(values), ...);
  }

 private:
  template <class T>
  void write(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      out_ += static_cast<char>(value);
    } else if constexpr (std::is_integral_v<T>) {
      char octets[sizeof value];
      std::memcpy(octets, &value, sizeof value);
      out_.append(octets, sizeof octets);
    } else {
      members(*this, value);
    }
  }
  void write(std::chrono::sys_seconds time) {
    write(static_cast<std::int64_t>(time.time_since_epoch().count()));
  }
  void write(const text::Sha256& digest) {
    out_.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  }
  void write(const std::string& text) {
    write(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  template <class T>
  void write(const std::vector<T>& list) {
    write(static_cast<std::uint32_t>(list.size()));
    for (const T& one : list) write(one);
  }

  std::string& out_;
};

// --- Reading ---

/// Of each text and each list, in octets; one that claims more is refused
/// before there is memory for it.
constexpr std::size_t k_least_octets = 4;

bool is_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = text::utf8_length(text);
    const char first = text.front();
    if (length == 0 || (first >= 0 && first < ' ') || first == '\x7F') {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

class Reader {
 public:
  explicit Reader(std::string_view left) : left_(left) {}

  bool is_good() const { return is_good_; }
  bool is_at_end() const { return left_.empty(); }

  template <class... T>
  void operator()(T&... values) {
    (read(values), ...);
  }

 private:
  std::string_view take(std::size_t size) {
    if (size > left_.size()) is_good_ = false;
    if (!is_good_) return {};
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  void check(bool is_good) { is_good_ = is_good_ && is_good; }

  template <class T>
  void read(T& value) {
    if constexpr (std::is_enum_v<T>) {
      const std::string_view octet = take(1);
      if (octet.empty()) return;
      const auto number = static_cast<unsigned char>(octet.front());
      check(number <= static_cast<unsigned char>(last_of(T{})));
      if (is_good_) value = static_cast<T>(number);
    } else if constexpr (std::is_integral_v<T>) {
      const std::string_view octets = take(sizeof value);
      if (!octets.empty()) std::memcpy(&value, octets.data(), sizeof value);
      if constexpr (std::is_same_v<T, std::uint64_t>) {
        check(value <= tlsrpt::k_max_count);
      }
    } else {
      members(*this, value);
    }
  }
  void read(std::chrono::sys_seconds& time) {
    using std::chrono::sys_days;
    using std::chrono::year;
    std::int64_t count = 0;
    read(count);
    time = std::chrono::sys_seconds(std::chrono::seconds(count));
    check(time >= sys_days{year{1970} / 1 / 1} &&
          time < sys_days{year{2200} / 1 / 1});
  }
  void read(text::Sha256& digest) {
    const std::string_view octets = take(digest.size());
    std::ranges::copy(octets, digest.begin());
  }
  void read(std::string& text) {
    std::uint32_t size = 0;
    read(size);
    text = take(size);
    check(text.size() <= tlsrpt::k_max_text_octets && is_text(text));
  }
  template <class T>
  void read(std::vector<T>& list) {
    std::uint32_t size = 0;
    read(size);
    check(size <= left_.size() / k_least_octets);
    for (std::uint32_t i = 0; i < size && is_good_; ++i) {
      read(list.emplace_back());
    }
  }

  std::string_view left_;
  bool is_good_ = true;
};

}  // namespace

std::string format_wire(const ReadReports& read) {
  std::string out(1, read ? k_reports : k_fault);
  Writer write(out);
  read ? write(*read) : write(read.error());
  return out;
}

ReadReports parse_wire(std::string_view octets) {
  const auto bad = [] {
    return fail("what the reader says of it is no report");
  };
  if (octets.empty()) return bad();
  const char kind = octets.front();
  Reader read(octets.substr(1));
  if (kind == k_fault) {
    Error error;
    read(error);
    return read.is_good() && read.is_at_end() ? fail(std::move(error)) : bad();
  }
  std::vector<ReceivedReport> reports;
  read(reports);
  const bool is_good = kind == k_reports && read.is_good() && read.is_at_end();
  if (!is_good || reports.empty()) return bad();
  return reports;
}

}  // namespace mtasts::reports
