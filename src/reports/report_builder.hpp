// SPDX-License-Identifier: MIT
// Puts reports together from the events of a JSON parser. Only policies[] has
// to be there; all else is taken as far as it makes sense, and what is not as
// RFC 8460, 4.4, has it is an anomaly. What it keeps is bounded. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/report_field.hpp"
#include "reports/scalar.hpp"
#include "tlsrpt/anomaly.hpp"
#include "tlsrpt/date_range.hpp"
#include "tlsrpt/report.hpp"

namespace mtasts::reports {

/// What is known of a report without its JSON, for what that does not say.
struct ReportHints {
  std::string submitter = {};
  std::string policy_domain = {};
  tlsrpt::StatedRange range = {};
  std::chrono::sys_seconds received = {};
};

constexpr std::size_t k_max_reports = 1000;

class ReportBuilder {
 public:
  explicit ReportBuilder(const ReportHints& hints) : hints_(hints) {}

  /// False when it is nested too deep to go on.
  bool begin_object();
  bool begin_list();
  void end();
  void key(std::string_view key);
  void scalar(const Scalar& scalar);

  /// There were more reports than it keeps.
  bool is_full() const { return is_full_; }
  /// All that had policies; empty if none had.
  std::vector<tlsrpt::Report> take() { return std::move(reports_); }

 private:
  /// An object or list that is open.
  struct Frame {
    Field field = Field::unknown;  // of the list, or of the last key
    Place place = Place::aside;    // of the object; of those in the list
    bool is_list = false;
  };
  using Seen = std::array<bool, k_field_count>;

  bool push(Frame frame);
  Frame& top() { return frames_.back(); }
  bool is_in_list() { return top().is_list; }
  Place open_object(Field field, Place around);
  void note(tlsrpt::AnomalyKind kind, std::string_view place,
            std::string_view value = {});
  void note(tlsrpt::AnomalyKind kind, Field field, std::string_view value = {});
  template <class T>
  T note_taken(Taken<T> taken, Field field, const Scalar& scalar);

  void clear_list(Field field);
  void take_scalar(Field field, const Scalar& scalar);
  void take_text(Field field, const Scalar& scalar);
  void take_texts(Field field, const Scalar& scalar);
  void add_text(Field field, std::string_view text);
  std::string& text_of(Field field);
  std::uint64_t& count_of(Field field);

  void begin_level(Level level);
  void finish_level(Level level);
  void finish_entry();
  void finish_report();

  tlsrpt::PolicyReport& entry() { return report_.policies.back(); }
  tlsrpt::FailureDetails& details() { return entry().failure_details.back(); }

  const ReportHints& hints_;
  std::vector<Frame> frames_;
  std::vector<tlsrpt::Report> reports_;

  tlsrpt::Report report_;  // the one that is being read, and of it:
  tlsrpt::StatedRange stated_;
  bool has_policies_ = false;
  Seen seen_{};

  // Of all reports of the document.
  std::size_t entries_ = 0;
  std::size_t details_ = 0;
  std::size_t list_items_ = 0;
  std::size_t text_octets_ = 0;
  bool is_full_ = false;
};

}  // namespace mtasts::reports
