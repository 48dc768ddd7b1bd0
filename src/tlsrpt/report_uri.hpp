// SPDX-License-Identifier: MIT
// Where TLS-RPT reports go: a mailto: or https: URI that is fit for the rua
// field (RFC 8460, 3): ASCII, and "," "!" ";" percent-encoded.
#pragma once

#include <string>
#include <string_view>

#include "result.hpp"

namespace mtasts::tlsrpt {

class ReportUri {
 public:
  /// Accepts an internationalised host as people type it and turns it into
  /// A-labels; everything else has to be a proper URI already.
  static Result<ReportUri> from_typed(std::string_view text);

  /// Accepts the form that records carry.
  static Result<ReportUri> parse(std::string_view text);

  const std::string& text() const { return text_; }
  /// The host that receives the reports: of the address, or of the URL.
  const std::string& host() const { return host_; }
  bool is_mail() const { return text_.starts_with("mailto:"); }

  friend bool operator==(const ReportUri&, const ReportUri&) = default;

 private:
  static Result<ReportUri> from_mailto(std::string_view text);
  static Result<ReportUri> from_https(std::string_view text);

  ReportUri(std::string text, std::string host)
      : text_(std::move(text)), host_(std::move(host)) {}

  std::string text_;
  std::string host_;
};

}  // namespace mtasts::tlsrpt
