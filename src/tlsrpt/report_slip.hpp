// SPDX-License-Identifier: MIT
// What people write where a report URI belongs: that of a DMARC record, an
// address with a name, a list, the whole record.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "tlsrpt/report_uri.hpp"

namespace mtasts::tlsrpt {

/// The URIs that somebody meant who wrote `text`; none where that is not
/// plain.
std::vector<ReportUri> find_meant_uris(std::string_view text);

/// Says better than `fault`, the fault of its grammar, what is wrong with a
/// report URI, and proposes nothing that would be refused or be another one.
Error explain_uri(std::string_view text, Error fault);

/// For a URI that is good only because what is wrong in it is
/// percent-encoded, "mailto:%2F%2Fa@example.net".
std::optional<Error> find_encoded_slip(const ReportUri& uri);

}  // namespace mtasts::tlsrpt
