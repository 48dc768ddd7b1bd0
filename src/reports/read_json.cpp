// SPDX-License-Identifier: MIT
#include "reports/read_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "reports/json_text.hpp"
#include "text/ascii.hpp"

namespace mtasts::reports {
namespace {

using nlohmann::json;

/// JsonText as a range of characters; two are equal at the end alone.
class JsonIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  JsonIterator() = default;
  explicit JsonIterator(JsonText& text) : text_(&text) {}

  char operator*() const { return text_->peek(); }
  JsonIterator& operator++() {
    text_->take();
    return *this;
  }
  friend bool operator==(const JsonIterator& a, const JsonIterator& b) {
    return a.is_at_end() == b.is_at_end();
  }
  friend bool operator!=(const JsonIterator& a, const JsonIterator& b) {
    return !(a == b);
  }

 private:
  bool is_at_end() const { return text_ == nullptr || !text_->has_next(); }

  JsonText* text_ = nullptr;
};

/// Hands a parser's events on. Its base class chooses the names.
class Events final : public nlohmann::json_sax<json> {
 public:
  explicit Events(ReportBuilder& builder) : builder_(builder) {}

  const std::optional<Error>& fault() const { return fault_; }

  bool null() override { return take(std::monostate{}); }
  bool boolean(bool value) override { return take(value); }
  bool number_integer(number_integer_t value) override { return take(value); }
  bool number_unsigned(number_unsigned_t value) override { return take(value); }
  bool number_float(number_float_t value, const string_t&) override {
    return take(value);
  }
  bool string(string_t& value) override {
    return take(std::string_view(value));
  }
  bool binary(binary_t&) override { return false; }  // JSON has none
  bool start_object(std::size_t) override {
    return check_depth(builder_.begin_object());
  }
  bool start_array(std::size_t) override {
    return check_depth(builder_.begin_list());
  }
  bool key(string_t& value) override {
    builder_.key(value);
    return true;
  }
  bool end_object() override {
    builder_.end();
    return true;
  }
  bool end_array() override {
    builder_.end();
    return true;
  }
  bool parse_error(std::size_t octet, const std::string&,
                   const json::exception&) override {
    fault_ = Error{fmt::format("it is no JSON from octet {} on", octet), {}};
    return false;
  }

 private:
  bool take(Scalar scalar) {
    builder_.scalar(scalar);
    return true;
  }
  bool check_depth(bool is_good) {
    if (!is_good) fault_ = Error{"the JSON is nested too deep", {}};
    return is_good;
  }

  ReportBuilder& builder_;
  std::optional<Error> fault_;
};

bool skip_space(JsonText& text) {
  while (text.has_next() && text::has(" \t\r\n", text.peek())) text.take();
  return text.has_next();
}

/// Why the document that comes can't be read.
std::optional<Error> find_document_fault(JsonText& text,
                                         ReportBuilder& builder) {
  Events events(builder);
  constexpr bool k_to_the_end = false;
  try {
    if (json::sax_parse(JsonIterator(text), JsonIterator(), &events,
                        json::input_format_t::json, k_to_the_end)) {
      return std::nullopt;
    }
  } catch (const json::exception&) {
    return Error{"the JSON has a number that is too large", {}};
  }
  // Too little of it is the reason for a syntax error.
  if (!text.has_next() && text.find_fault()) return text.find_fault();
  return events.fault().value_or(Error{"it is no JSON", {}});
}

}  // namespace

Result<std::vector<ReceivedReport>> read_json(
    OctetSource& source, const ReportHints& hints,
    std::vector<tlsrpt::Anomaly>& anomalies) {
  JsonText text(source, anomalies);
  ReportBuilder builder(hints);
  bool is_first = true;
  while (!builder.is_full() && skip_space(text)) {
    const bool is_document = text.peek() == '{' || text.peek() == '[';
    auto fault = is_first || is_document ? find_document_fault(text, builder)
                                         : Error{"it is no document", {}};
    if (fault) {
      if (is_first || text.find_fault()) return fail(*std::move(fault));
      while (text.has_next()) text.take();  // for the digest
      tlsrpt::note_anomaly(anomalies, tlsrpt::AnomalyKind::trailing, "json");
      break;
    }
    is_first = false;
  }
  if (auto fault = text.find_fault()) return fail(*std::move(fault));
  if (builder.is_full()) {
    return fail(fmt::format("the JSON has more than {} reports", k_max_reports),
                "split it");
  }
  std::vector<tlsrpt::Report> reports = builder.take();
  if (reports.empty()) {
    return fail("the JSON has no \"policies\": it is no report of TLS-RPT");
  }
  const text::Sha256 digest = text.digest();
  std::vector<ReceivedReport> received;
  for (tlsrpt::Report& report : reports) {
    std::ranges::copy(anomalies, std::back_inserter(report.anomalies));
    // Several of one document need a digest each.
    const std::size_t number = received.size();
    received.push_back(
        {std::move(report),
         {},
         number == 0
             ? digest
             : text::sha256(fmt::format("{} {}", text::hex(digest), number))});
  }
  return received;
}

}  // namespace mtasts::reports
