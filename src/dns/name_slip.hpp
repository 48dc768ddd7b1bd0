// SPDX-License-Identifier: MIT
// What people write where a host name belongs: the line of a zone file, a URL,
// a list, a name in quotation marks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtasts::dns {

/// The names in `text` as somebody may have meant them, in their order:
/// without preference, scheme, mailbox, port, path, brackets, quotation marks
/// and dots at the end. Nobody has looked whether they are good.
std::vector<std::string> split_names(std::string_view text);

}  // namespace mtasts::dns
